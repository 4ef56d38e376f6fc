"""What a second opinion says beside the posterior of a fit."""

import pandas as pd

from sim.calibrate.opinions import DISAGREE
from sim.calibrate.second_opinion import SecondOpinion
from sim.report.lines import Section, Sheet
from sim.report.numbers import Shown

LEAKS = 0.2  # share of draws where nothing was simulated, from which it is said


def second_opinion_sheet(opinion: SecondOpinion) -> Sheet:
    """Return the posterior of a fit and a second opinion on it, side by side, and how far they overlap."""
    lines = tuple((str(row["parameter"]), _parameter(row)) for _, row in opinion.table.iterrows())
    caption = (
        "Median and 90 % interval; the second opinion by neural posterior estimation (sbi) from the same simulations. "
        f"Overlap: what the intervals share over what they cover together. {second_opinion_text(opinion)}"
    )
    return Sheet("A second opinion", ("the fit", "second opinion", "overlap"), (Section("Parameter", lines),), caption)


def _parameter(row: "pd.Series") -> tuple[Shown, ...]:
    told = [Shown(f"{row[f'{who}q50']:.3g}", _interval(row, who)) for who in ("", "second_")]
    return *told, Shown(f"{row['overlap']:.0%}", str(row["differs"]))


def _interval(row: "pd.Series", who: str) -> str:
    return f"({row[f'{who}q05']:.3g} to {row[f'{who}q95']:.3g})"


def second_opinion_text(opinion: SecondOpinion) -> str:
    """Return where two posteriors disagree, and what the second is worth, in plain sentences."""
    apart = opinion.table[opinion.table["differs"] != ""]
    words = ", ".join(f"{row['parameter']} ({row['differs']})" for _, row in apart.iterrows())
    where = f"The second opinion disagrees on {words}: " if words else "The two agree on every parameter: "
    than = f"overlap below {DISAGREE:.0%}" if words else f"overlap of {DISAGREE:.0%} or more"
    held = f"{opinion.coverage.mean_90:.0%} of {len(opinion.coverage.truths)} known truths"
    told = (
        f"{where}{than}. Its 90 % intervals, of single networks, hold {held}; the posterior of the fit stays as it is."
    )
    if opinion.outside < LEAKS:
        return told
    return f"{told} {opinion.outside:.0%} of its draws fell where nothing was simulated: give it little weight."
