"""What knowing more, and what measuring more, would be worth for a choice between scenarios, as tables."""

from collections.abc import Mapping

import pandas as pd

from sim.calibrate.sample_information import SampleInformation
from sim.experiments import Comparison
from sim.experiments.information import Information
from sim.report.analysis import UNITS
from sim.report.lines import Section, Sheet, full_label, scenario_titles
from sim.report.numbers import Shown, count

NOT_TOLD = Shown("none", "")
OF_POSTERIOR = "of the same draws of the posterior"
DRAWN = "drawn from the posterior, independent of the parameters"


def information_sheet(found: Information, comparison: Comparison) -> Sheet:
    """Return what knowing each parameter is worth, the most first."""
    unit = UNITS[found.outcome]
    lines = [
        (str(row["parameter"]), (_amount(row["worth"], row["low"], row["high"], unit),))
        for _, row in found.table.iterrows()
    ]
    whole = ("Everything at once", (Shown(count(found.everything, unit), ""),))
    caption = (
        f"As things are known now, {_titles(comparison)[found.scenario]} is chosen. What is gained on average if a "
        "parameter were known before: at most what a survey question or a better count that settles it could bring, in "
        f"{unit} of the outcome, with bootstrapped 90 % intervals. By regression on {found.futures} draws (Strong, "
        "Oakley and Brennan 2014)."
    )
    section = Section(full_label(found.outcome), (whole, *lines))
    return Sheet("What knowing more would be worth", ("worth",), (section,), caption)


def measurement_sheet(found: SampleInformation, comparison: Comparison, joint: bool) -> Sheet:
    """Return what every measurement would be worth, by target and survey of the study.

    Parameters
    ----------
    found : SampleInformation
    comparison : Comparison
    joint : bool
        Whether nuisances are of the same draws of the posterior as parameters.
    """
    choice, titles = found.choice, _titles(comparison)
    unit = UNITS[choice.outcome]
    columns = ("gain", *(f"narrows {titles[name]}" for name in choice.scenarios[1:]))
    shares = found.narrowing.set_index(["of", "how"])
    lines: dict[str, list[tuple[str, tuple[Shown, ...]]]] = {}
    for _, row in found.worth.iterrows():
        gain = _amount(row["worth"], row["low"], row["high"], unit) if row["told"] else NOT_TOLD
        narrowed = (_share(one) for _, one in shares.loc[[(row["of"], row["how"])]].iterrows())
        lines.setdefault(str(row["of"]), []).append((str(row["how"]), (gain, *narrowed)))
    sections = tuple(Section(of, tuple(own)) for of, own in lines.items())
    return Sheet("What a measurement would be worth", columns, sections, _caption(found, titles, unit, joint))


def _caption(found: SampleInformation, titles: Mapping[str, str], unit: str, joint: bool) -> str:
    choice = found.choice
    return " ".join((
        f"Gain: what is gained on average, in {unit} of the outcome, if what would be published were known before the "
        f"choice; now that is {titles[choice.best]}, and knowing everything would be worth "
        f"{count(choice.everything, unit)}. Narrows: share that goes of the variance over draws of the difference to "
        f"{titles[choice.scenarios[0]]}.",
        f"By regression on {choice.gain.shape[1]} draws, each judged by a fit that did not see it (Strong, Oakley, "
        "Brennan and Breeze 2015), with bootstrapped 90 % intervals. None: chance would show as much. When draws are "
        f"shuffled, the largest gain of this table is above {count(found.chance, unit)} one time in twenty, and the "
        f"largest share above {found.chance_share:.0%}.",
        _first(found),
        "It is what so many draws can tell: a measurement may be worth more, and more draws may tell it. All is "
        "measured anew: what the model misses, and what changes in the books of tracking, is drawn again. Nuisances, "
        f"which an experiment does not hold, are {OF_POSTERIOR if joint else DRAWN}.",
    ))  # fmt: skip


def _first(found: SampleInformation) -> str:
    """Return what to measure first, in a sentence."""
    worth, narrowing = found.worth[found.worth["told"]], found.narrowing[found.narrowing["told"]]
    if worth.empty and narrowing.empty:
        return "Nothing here can be told from chance."
    if worth.empty:
        return f"No gain can be told; {_most(narrowing, 'share')} would narrow a difference most."
    return f"Worth most: {_most(worth, 'worth')}."


def _most(told: pd.DataFrame, column: str) -> str:
    row = told.sort_values(column, ascending=False, kind="stable").iloc[0]
    return f"{row['of']}, {row['how']}"


def _share(row: "pd.Series") -> Shown:
    if not row["told"]:
        return NOT_TOLD
    share, low, high = (100 * max(0.0, float(row[name])) for name in ("share", "low", "high"))
    return Shown(f"{share:.0f}%", f"({low:.0f}-{high:.0f})")


def _amount(worth: float, low: float, high: float, unit: str) -> Shown:
    return Shown(count(worth, unit), f"({count(max(0.0, low), unit)}-{count(high, unit)})")


def _titles(comparison: Comparison) -> dict[str, str]:
    return dict(zip(comparison.scenarios, scenario_titles(comparison)))
