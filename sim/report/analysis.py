"""What is asked of an experiment, as tables: what matters, how sure it is, what is robust, and where a plan fails."""

from collections.abc import Callable

import numpy as np
import pandas as pd

from sim.experiments import Comparison
from sim.experiments.contrast import grid
from sim.experiments.discovery import Box, Failures
from sim.experiments.reach import HARM
from sim.experiments.robustness import Robustness
from sim.outcomes import HEADLINE
from sim.report.lines import Section, Sheet, comparison_caption, full_label, scenario_titles
from sim.report.numbers import WITHHELD, Shown, count, difference
from sim.report.words import counted

NONE, HIDDEN = Shown("-", ""), Shown(WITHHELD, "")
Cells = tuple[Shown, ...]
UNITS = {one.name: one.unit for one in HEADLINE}


def sensitivity_sheet(found: pd.DataFrame, outcome: str, of: str, against: str | None) -> Sheet:
    """Return parameters by how far they explain an outcome, the most important first."""
    known = bool(found["total"].notna().any())
    columns = {"first": "alone", "total": "with others"} if known else {"first": "alone"}
    lines = tuple((str(row["parameter"]), tuple(_index(row, name) for name in columns)) for _, row in found.iterrows())
    subject = f"{full_label(outcome)}: {of}" + (f" against {against}" if against else "")
    caption = (
        f"Share of the variance between draws due to a parameter alone{', and together with others' if known else ''}, "
        "with bootstrapped 95 % intervals. "
        + ("Sobol indices." if known else "A screening (RBD-FAST): small shares cannot be told from none.")
    )
    return Sheet("What the spread comes from", tuple(columns.values()), (Section(subject, lines),), caption)


def _index(row: "pd.Series", name: str) -> Shown:
    if np.isnan(row[name]):
        return NONE
    share, low, high = (100 * max(0.0, float(row[key])) for key in (name, f"{name}_low", f"{name}_high"))
    return Shown(f"{share:.0f}%", f"({low:.0f}-{high:.0f})")


def failures_text(found: Failures) -> str:
    """Return in which futures a target is missed, in sentences."""
    head = f"{found.scenario} misses {found.target} in {found.failing} of {found.replicates} replicates"
    if not found.boxes:
        reason = "" if 0 < found.failing < found.replicates else ", so that no future stands out"
        return f"{head}{reason}{'.' if reason else ', in no futures more than in others.'}"
    return "\n".join([f"{head}; more often where:", "", *(f"  {_box(box)}" for box in found.boxes)])


def _box(box: Box) -> str:
    where = " and ".join(_bounds(name, low, high) for name, low, high in box.ranges)
    return f"{box.failing} of {box.replicates} ({box.density:.0%}; {box.coverage:.0%} of all that fail): {where}"


def _bounds(name: str, low: float, high: float) -> str:
    if np.isinf(low):
        return f"{name} <= {high:.3g}"
    return f"{name} > {low:.3g}" if np.isinf(high) else f"{low:.3g} < {name} <= {high:.3g}"


def precision_sheet(found: pd.DataFrame, comparison: Comparison, outcome: str, half_width: float) -> Sheet:
    """Return how well differences are known, and what it takes to know them to within a half-width."""
    unit = UNITS[outcome]
    draws, seeds = _design(comparison)
    lines = (
        (
            "Difference to the baseline, mean",
            _cells(found["mean"], lambda value: difference(value, value, value, unit)),
        ),
        ("Known to within, 95 %", _cells(found["half_width"], lambda value: Shown(count(value, unit), ""))),
        (f"Draws it takes, with {counted(seeds, 'seed')} each", _cells(found["draws_needed"], _whole, found["mean"])),
        (f"Seeds a draw it takes, with {counted(draws, 'draw')}", _cells(found["seeds_needed"], _whole, found["mean"])),
    )
    titles = tuple(scenario_titles(comparison)[1:])
    wanted = f"to within {count(half_width, unit)}"
    caption = (
        f"To know the mean difference {wanted}, if the spread stays what it is among these {draws * seeds} replicates. "
        "More seeds tell luck, more draws tell parameters; '-': this experiment cannot tell. "
        "The same command with more --seeds goes on with the experiment; more --draws are another one."
    )
    return Sheet(f"How well the difference is known, and what it takes to know it {wanted}", titles,
                 (Section(full_label(outcome), lines),), caption)  # fmt: skip


def robustness_sheet(found: Robustness, comparison: Comparison) -> Sheet:
    """Return how scenarios do over futures, with the harm below."""
    table, unit = found.table, UNITS[found.outcome]
    worse, share = ("more" if found.more else "less"), f"per 100 of {found.futures} futures"
    lines = [
        ("Mean over futures", _counted(table["mean"], unit)),
        (f"Nine futures in ten have {worse} than", _counted(table["in_poor_futures"], unit)),
        (f"No other scenario does better, {share}", _cells(table["best_in"], _hundredths)),
    ]
    lost = [
        ("On average", _counted(table["regret_mean"], unit)),
        ("In one future in ten, more than", _counted(table["regret_in_poor_futures"], unit)),
        ("At most", _counted(table["regret_most"], unit)),
    ]
    if found.target is not None:
        lines.append((f"Reaches {found.target}, {share}", _cells(table["met_in"], _hundredths)))
    harm = [
        (f"{full_label(name)}: {words}", _counted(table[f"{name}_{what}"], UNITS[name]))
        for name in HARM
        for what, words in (("mean", "mean"), ("in_poor_futures", "in one future in ten, more than"))
    ]
    sections = (
        Section(full_label(found.outcome), tuple(lines)),
        Section("Short of the best of these scenarios in the same future", tuple(lost)),
        Section("Harm, over the same futures", tuple(harm)),
    )
    caption = (
        f"A future is one draw of the uncertain parameters; each value is a mean over its seeds. "
        f"{'More' if found.more else 'Less'} is taken to be better, as asked. What is lost against the best is known "
        f"as regret (Savage 1951). {comparison_caption(comparison)}"
    )
    return Sheet("How scenarios do over all futures", tuple(scenario_titles(comparison)), sections, caption)


def _design(comparison: Comparison) -> tuple[int, int]:
    shape = grid(comparison.data["outcome_value"].isel(outcome=0, scenario=0)).shape
    return shape[0], shape[1]


def _cells(
    values: "pd.Series[float]", shown: Callable[[float], Shown], hidden: "pd.Series[float] | None" = None
) -> Cells:
    """Return one cell a value; NaN is withheld, or not known where what is hidden is told by others."""
    withheld = values if hidden is None else hidden
    return tuple(
        HIDDEN if np.isnan(other) else NONE if np.isnan(value) else shown(float(value))
        for value, other in zip(values, withheld)
    )


def _counted(values: "pd.Series[float]", unit: str) -> Cells:
    return _cells(values, lambda value: Shown(count(value, unit), ""))


def _whole(value: float) -> Shown:
    return Shown("none is enough" if np.isinf(value) else f"{value:,.0f}", "")


def _hundredths(value: float) -> Shown:
    return Shown(f"{100 * value:.0f}", "")
