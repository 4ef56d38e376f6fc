"""Watch out: what a gain on the page rests on, or costs somebody, by rule.

Every rule compares the moved scenario with the baseline, paired by seed, and speaks where the difference is large
enough to matter and luck does not explain it. Thresholds are PRIOR: what a room should not overlook.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from sim.live.glance import COUNTED, MONEY, SHARES, Glance, Numbers, trait_values
from sim.live.levers import Lever
from sim.outcomes import BEST, rounded
from sim.outcomes.measures import INDUCED
from sim.outcomes.suppression import is_small

Plain = dict[str, Any]
OF_FAMILIES = 0.5  # per hundred families
OF_SHARES = 1.0  # percentage points
OF_WORST = 2.0  # the same, of the worst-off group, which is small
OF_RENT = 3.0  # per cent
OF_MONEY = 0.02  # of what care of the displaced costs
SURE = 0.05  # quantile over seeds that must lie on the same side


@dataclass(frozen=True)
class Room:
    """What of a case the page knows and nobody moves.

    Attributes
    ----------
    areas : tuple of str
        Names, in the order of the columns of glances.
    pushes : tuple of Lever
        Those that close camps, the month first, or how many of them, and those that cut aid.
    offers : tuple of Lever
        Those that give families in camps another way: transport, grants, help with rent, notice.
    """

    areas: tuple[str, ...]
    pushes: tuple[Lever, ...] = ()
    offers: tuple[Lever, ...] = ()

    def leaves_no_choice(self, settings: Mapping[str, float]) -> bool:
        """Return whether camps close or aid ends, nothing else is offered, and levers have to do with it."""
        moved = any(one.id in settings for one in self.pushes)
        return self._without_offer(settings) and (moved or not self._without_offer({}))

    def _without_offer(self, settings: Mapping[str, float]) -> bool:
        pushed = any(_is_on(one, settings) for one in self.pushes if one.needs is None)
        return pushed and not any(_is_on(one, settings) for one in self.offers)


class Rule(NamedTuple):
    """One rule about families: what is counted, and from which rise per hundred families it speaks."""

    name: str
    outcomes: tuple[str, ...]
    least: float = OF_FAMILIES
    sign: int = 1


RULES = (
    Rule("induced", tuple(INDUCED)),
    Rule("premature", ("premature_returns",)),
    Rule("displaced_again", ("displaced_again",)),
    Rule("fewer_lasting", (BEST,), sign=-1),
    Rule("elsewhere", ("settled_elsewhere",), least=1.0),
)
#: The order in which warnings are shown.
ORDER = (
    *("induced", "alternatives", "premature", "severe", "displaced_again", "worst_group", "fewer_lasting"),
    *("elsewhere", "aid_withheld", "debt", "rent", "host_rent"),
)


def warnings(
    baseline: Sequence[Glance], actions: Sequence[Glance], room: Room, settings: Mapping[str, float], per: float
) -> list[Plain]:
    """Return what a room must be told of its settings, the gravest first; nothing where nothing has moved.

    Parameters
    ----------
    baseline, actions : sequence of Glance
        Paired by seed.
    room : Room
    settings : mapping of str to float
        Levers that are not at the baseline.
    per : float
        From families to families per hundred.

    Returns
    -------
    list of dict
        rule, weight (how far down it stands), values (for the sentence).
    """
    if not settings:
        return []
    found = {
        **dict(_of_families(baseline, actions, per)),
        **dict(_of_shares(baseline, actions)),
        **dict(_of_prices(baseline, actions, room)),
    }
    if room.leaves_no_choice(settings):
        found["alternatives"] = {}
    return [
        {"rule": rule, "weight": len(ORDER) - place, "values": found[rule]}
        for place, rule in enumerate(ORDER)
        if rule in found
    ]


def _of_families(baseline: Sequence[Glance], actions: Sequence[Glance], per: float) -> Iterator[tuple[str, Plain]]:
    before, after = (np.array([one.families.ends for one in side]) for side in (baseline, actions))
    behind = np.array([np.mean([one.rows.ends for one in side], axis=0) for side in (baseline, actions)])
    for rule in RULES:
        at = [COUNTED.index(name) for name in rule.outcomes]
        yield from _spoken(rule, before[:, at].sum(axis=1), after[:, at].sum(axis=1), behind[:, at].sum(axis=1), per)
    severe = [np.array([one.families.severe for one in side]) for side in (baseline, actions)]
    rows = np.array([np.mean([one.rows.severe for one in side]) for side in (baseline, actions)])
    yield from _spoken(Rule("severe", ()), severe[0], severe[1], rows, per)


def _spoken(rule: Rule, before: Numbers, after: Numbers, rows: Numbers, per: float) -> Iterator[tuple[str, Plain]]:
    """Yield the warning of a rule, unless it would tell of few; ``rows`` are those behind the means of both."""
    if not _rises(rule.sign * before * per, rule.sign * after * per, rule.least):
        return
    if not is_small(np.array([before.mean(), after.mean()]), rows).any():
        yield rule.name, {"baseline": _per(before, per), "actions": _per(after, per)}


def _per(counts: Numbers, per: float) -> float:
    return round(float(rounded(counts.mean())) * per, 1)


def _of_shares(baseline: Sequence[Glance], actions: Sequence[Glance]) -> Iterator[tuple[str, Plain]]:
    before, after = (np.array([one.shares for one in side]) for side in (baseline, actions))
    worst, debt = ((before[:, at], after[:, at]) for at in map(SHARES.index, ("worst_group_induced", "in_debt")))
    if _rises(*worst, OF_WORST) and (group := _worst_trait(baseline, actions)) is not None:
        yield "worst_group", group
    if _rises(*debt, OF_SHARES):
        yield "debt", {"baseline": round(float(debt[0].mean()), 1), "actions": round(float(debt[1].mean()), 1)}


def _worst_trait(baseline: Sequence[Glance], actions: Sequence[Glance]) -> Plain | None:
    """Return who is moved under a push most often, of all values of all traits that are not few."""
    families, rows = (
        np.array([np.mean([getattr(one, of).groups for one in side], axis=0) for side in (baseline, actions)])
        for of in ("families", "rows")
    )
    (was_moved, was), (moved, size) = families
    known = (size > 0) & ~is_small(families, rows).any(axis=(0, 1))
    if not known.any():
        return None
    share = np.where(known, 100.0 * moved / np.maximum(size, 1.0), -1.0)
    at = int(share.argmax())
    before = 100.0 * was_moved[at] / max(float(was[at]), 1.0)
    return {"group": trait_values()[at][1], "actions": round(float(share[at]), 1), "baseline": round(float(before), 1)}


def _of_prices(baseline: Sequence[Glance], actions: Sequence[Glance], room: Room) -> Iterator[tuple[str, Plain]]:
    before, after = (np.mean([one.rent for one in side], axis=0) for side in (baseline, actions))
    change = 100.0 * (after / np.maximum(before, 1.0) - 1.0)
    at = int(change.argmax())
    if change[at] >= OF_RENT:
        yield "rent", {"area": room.areas[at], "baseline": round(float(before[at])), "actions": round(float(after[at]))}
    money = [np.mean([one.money for one in side], axis=0) for side in (baseline, actions)]
    care = max(float(money[0][MONEY.index("care")]), 1.0)
    for name in ("aid_withheld", "host_rent"):
        was, now = (float(side[MONEY.index(name)]) for side in money)
        if now > 0 and now - was >= OF_MONEY * care:
            yield name, {"baseline": round(was), "actions": round(now)}


def _is_on(lever: Lever, settings: Mapping[str, float]) -> bool:
    return settings.get(lever.id, lever.value) != (lever.off or 0.0)


def _rises(before: Numbers, after: Numbers, least: float) -> bool:
    """Return whether something rises by enough, and in nearly every seed."""
    difference = after - before
    return bool(difference.mean() >= least and np.quantile(difference, SURE) > 0)
