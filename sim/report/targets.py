"""What each target does to a posterior, in plain words: what it narrows, what it moves, what it tells alone."""

import pandas as pd

from sim.report.lines import Section, Sheet
from sim.report.numbers import Shown

MOST = 3  # parameters of a target that are named as narrowed or moved
ALONE = 0.85  # width with a target alone over that of the box, below which it tells something by itself
CAPTION = (
    "Nothing was simulated again. In sd, standard deviations of the posterior of all targets, and x, times its width. "
    "In brackets, how it is for known truths, simulations near what was published that are taken as observed: widths "
    "of 90 % of them, and shifts that 99 % stay within; of a mean that moves farther, targets say different things. "
    "All these simulations lie in a box around the posterior of all targets, so that what a target contributes is a "
    "lower bound; with no target the box is left. What two targets tell alike is lost with neither."
)


def sensitivity_sheet(table: pd.DataFrame) -> Sheet:
    """Return, for each target, the parameters that it narrows most and moves most.

    Parameters
    ----------
    table : pandas.DataFrame
        As `sim.calibrate.sensitivity.sensitivity` returns it.
    """
    sections = tuple(_section(str(target), part) for target, part in table.groupby("target", sort=False))
    columns = ("width without it", "moves without it", "width with it alone", "width with no target")
    return Sheet("What each target does to the posterior", columns, sections, CAPTION)


def _section(target: str, part: pd.DataFrame) -> Section:
    narrowed, moved, alone = narrowed_most(part), moved_most(part), told_alone(part)
    words = (
        f"{target} narrows {_listed(narrowed, 'nothing that others do not')}; moves "
        f"{_listed(moved, 'nothing more than is usual')}; alone tells most of {_listed(alone, 'nothing')}"
    )
    shown = list(dict.fromkeys([*narrowed, *moved, *alone])) or [_widest(part)]
    rows = {str(row["parameter"]): row for _, row in part.iterrows()}
    return Section(words, tuple((name, _cells(rows[name])) for name in shown))


def narrowed_most(part: pd.DataFrame) -> list[str]:
    """Return the parameters that a target narrows, the most first, from its rows."""
    told = part[part["narrows"]].sort_values("sd_ratio", ascending=False, kind="stable")
    return [str(name) for name in told["parameter"].head(MOST)]


def moved_most(part: pd.DataFrame) -> list[str]:
    """Return the parameters that a target moves farther than is usual, the farthest first, from its rows."""
    told = part[part["moves"]].sort_values("shift", key=lambda shift: -shift.abs(), kind="stable")
    return [str(name) for name in told["parameter"].head(MOST)]


def told_alone(part: pd.DataFrame) -> list[str]:
    """Return the parameter that a target by itself tells most of, from its rows; none where it tells little of all."""
    width = (part["sd_ratio_alone"] / part["sd_ratio_none"]).set_axis(part["parameter"])
    return [str(width.idxmin())] if width.min() < ALONE else []


def _widest(part: pd.DataFrame) -> str:
    return str(part["parameter"].iloc[int(part["sd_ratio"].to_numpy().argmax())])


def _listed(names: list[str], otherwise: str) -> str:
    return ", ".join(names) if names else otherwise


def _cells(row: "pd.Series") -> tuple[Shown, ...]:
    return (
        Shown(f"{row['sd_ratio']:.2f}x", f"({row['sd_ratio_q05']:.2f}-{row['sd_ratio_q95']:.2f})"),
        Shown(f"{row['shift']:+.1f} sd", f"({row['shift_usual']:.1f})"),
        Shown(f"{row['sd_ratio_alone']:.2f}x", ""),
        Shown(f"{row['sd_ratio_none']:.2f}x", ""),
    )
