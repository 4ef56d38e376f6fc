"""What it would take, as a page: the answer, and what every value that was tried did, with the harm beside it."""

import numpy as np

from sim.experiments.reach import HARM, Reach, Tried
from sim.outcomes import HEADLINE
from sim.report.lines import Section, Sheet, full_label
from sim.report.numbers import WITHHELD, Shown, count
from sim.report.words import NOT_A_FORECAST

OUTCOMES = {one.name: one for one in HEADLINE}


def reach_sheet(found: Reach) -> Sheet:
    """Return every value that was tried, in order, one a column."""
    names = list(dict.fromkeys((found.target.outcome, *HARM)))
    lines = [
        ("Met the target, of replicates", tuple(Shown(f"{one.met} of {one.of}", "") for one in found.tried)),
        ("Chance to meet it, 95 %", tuple(_chance(one) for one in found.tried)),
        *((full_label(name), tuple(_mean(one, name) for one in found.tried)) for name in names),
    ]
    columns = tuple(f"{one.value:,.6g}" for one in found.tried)
    return Sheet(f"{found.lever}, by value", columns, (Section("Means over replicates", tuple(lines)),), caption(found))


def answer(found: Reach) -> str:
    """Return the answer in a sentence."""
    aim = f"{found.target} in {found.probability:.0%} of replicates"
    if found.answer is None:
        low, high = found.tried[0].value, found.tried[-1].value
        return f"No value of {found.lever} from {low:,.6g} to {high:,.6g} that was tried reaches {aim}."
    if found.within == 0:
        return f"The lowest value, {found.lever} = {found.answer:,.6g}, already reaches {aim}."
    return f"{found.lever} = {found.answer:,.6g} reaches {aim}; {found.within:,.3g} less does not."


def caption(found: Reach) -> str:
    """Return how to read the table."""
    doubt = "" if found.is_monotone else " More of it did not always help: a smaller value that was not tried may do."
    return f"{NOT_A_FORECAST} Every value with the same luck and parameters.{doubt} Chance: Clopper and Pearson 1934."


def _chance(one: Tried) -> Shown:
    return Shown(f"{one.met / one.of:.0%}", f"({one.low:.0%}-{one.high:.0%})")


def _mean(one: Tried, name: str) -> Shown:
    value = one.means[name]
    return Shown(WITHHELD, "") if np.isnan(value) else Shown(count(value, OUTCOMES[name].unit), "")
