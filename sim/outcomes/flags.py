"""What a gain rests on, and what scenarios may be ranked by.

Fewer displaced is a gain only if nobody was pushed for it. A scenario whose gain comes with induced moves, a closure
or a cut of aid is marked wherever it is shown; and no scenario is ranked by returns.
"""

from collections.abc import Iterable, Mapping

from sim.outcomes.headline import BEST, HEADLINE
from sim.outcomes.measures import INDUCED
from sim.schema.errors import InputError, nearest

MARK = "(!)"
TELLING = 0.1  # induced moves of at least this part of a gain mark it
PRESSING = {"camp_closure": "a camp closure", "aid_cut": "a cut of aid"}
RANKED_BY = (BEST,)
NOT_RANKED = (
    "more returns, or fewer displaced, is not what displaced people gain: families expelled from a camp count as "
    "moved, and a return that does not last counts as one"
)
#: What is no aim: an outcome, and whether more of it is wanted.
NOT_AIMED_AT = {
    ("returned", True),
    ("returns", True),
    ("displaced", False),
    ("displaced_persons", False),
    ("person_months", False),
}


def flags(values: Mapping[str, float], baseline: Mapping[str, float], kinds: Iterable[str]) -> list[str]:
    """Return what the gain of a scenario over its baseline rests on, in words; empty where nothing speaks against it.

    Parameters
    ----------
    values, baseline : mapping of str to float
        Headline outcomes, means over seeds.
    kinds : iterable of str
        Kinds of the programmes that the scenario has and the baseline has not.
    """
    gain = baseline["displaced"] - values["displaced"]
    if gain <= 0:
        return []
    found = [words for kind, words in PRESSING.items() if kind in set(kinds)]
    induced = sum(values[name] - baseline[name] for name in INDUCED)
    if induced >= TELLING * gain:
        found.insert(0, "moves that families would not have made, or not then")
    return found


def require_aimable(name: str, more: bool) -> str:
    """Return the name of an outcome that a plan may aim at having more of, or less.

    Raises
    ------
    InputError
        For more returns, and for fewer displaced.
    """
    if (name, more) in NOT_AIMED_AT:
        aim = "more" if more else "less"
        allowed = f"another outcome, such as {BEST}"
        raise InputError(
            f"no plan is fitted to {aim} of this: {NOT_RANKED}", key="--target", value=name, allowed=allowed
        )
    return name


def require_rankable(name: str) -> str:
    """Return the name of an outcome that scenarios may be ranked by.

    Raises
    ------
    InputError
        For any other: for a known outcome with the reason, for an unknown one with the nearest name.
    """
    if name in RANKED_BY:
        return name
    known = {one.name: one.label for one in HEADLINE}
    label = known[BEST].removeprefix("of these ")
    allowed = f"{BEST}: solutions held for 12 months by families that live as hosts do, {label}"
    if name in known:
        raise InputError(
            f"scenarios are not ranked by this: {NOT_RANKED}", key="--rank-by", value=name, allowed=allowed
        )
    message = f"no such outcome{nearest(name, [*RANKED_BY, *known])}"
    raise InputError(message, key="--rank-by", value=name, allowed=allowed)
