"""Criteria of the independent oracle: which sub-criteria of a durable solution a household passes.

One method per row of the table in the section "Criteria" of ``docs/household-month.md``. What hosts passed at the
start is given to the oracle; all else it works out itself.
"""

import math
from typing import TYPE_CHECKING

from oracle_draws import RANKS, words

from sim.kernels import codes

if TYPE_CHECKING:
    from oracle import Area, HouseholdAgent

HOST_PASSES = tuple(f"host_pass_{codes.CRITERIA[c]}" for c in codes.RATED)
TOLERANCE = 1e-9  # of a mean number that is whole but for rounding


def ranks(seed: int, identity: int) -> dict[int, float]:
    """Return the rank of a household in each sub-criterion that areas ration: 16 bits of a word each."""
    first, second, third, _ = words(seed, identity, RANKS, 0, 0)
    halves = {
        codes.SAFETY: first >> 16,
        codes.MOVEMENT: first & 0xFFFF,
        codes.HOUSING: second >> 16,
        codes.HEALTH: second & 0xFFFF,
        codes.EDUCATION: third >> 16,
    }
    return {criterion: (half + 0.5) / 65536 for criterion, half in halves.items()}


def logit(share: float) -> float:
    """Return the log odds of a share; infinite for none and for all."""
    if 0.0 < share < 1.0:
        return math.log(share / (1.0 - share))
    return math.inf if share > 0.5 else -math.inf


def logistic(odds: float) -> float:
    """Return the share with these log odds."""
    return 1.0 / (1.0 + math.exp(-odds)) if odds > -700.0 else 0.0


class Judgement:
    """A household judged as it stands, where it is, in the conditions and prices of the month."""

    def __init__(self, h: "HouseholdAgent"):
        self.h, self.p = h, h.model.params.criteria
        self.needs = h.model.params.budget.subsistence * h.size
        self.help = self.aid_and_subsidy()

    def mask(self) -> int:
        """Return the bits of the sub-criteria that it passes, and of food and economic security without help."""
        passed = (
            self.is_safe(),
            self.moves_freely(),
            self.has_food(self.help),
            self.is_housed(),
            self.within_rate(codes.HEALTH),
            self.within_rate(codes.EDUCATION),
            self.has_work(),
            self.is_secure(self.help),
            self.has_tenure(),
            bool(self.h.civil_documents),
            self.has_food(0.0),
            self.is_secure(0.0),
        )
        return sum(1 << bit for bit, passes in enumerate(passed) if passes)

    # -- what areas ration

    def within_rate(self, criterion: int) -> bool:
        """Return whether its rank is below the share that passes where and as it lives."""
        return self.h.ranks[criterion] < self.rate(criterion)

    def rate(self, criterion: int) -> float:
        """Return the share that passes in its area and settlement type."""
        area = self.h.here
        hosts = getattr(area, f"host_pass_{codes.CRITERIA[criterion]}")
        share = logistic(logit(hosts) + self.slope(criterion, area) - self.handicap(criterion))
        if criterion == codes.HOUSING:
            no_house = self.h.shelter in (codes.CAMP, codes.INFORMAL)
            share *= 0.0 if no_house else self.p.hosted_adequate if self.h.shelter == codes.HOSTED else 1.0
        return share

    def slope(self, criterion: int, area: "Area") -> float:
        """Return how much better than at the start the area has become, in log odds."""
        safer, served = area.security - area.security_at_start, area.services - area.services_at_start
        return {
            codes.SAFETY: self.p.safety_per_security * safer,
            codes.MOVEMENT: self.p.movement_per_security * safer,
            codes.HEALTH: self.p.health_per_services * served,
            codes.EDUCATION: self.p.education_per_services * served,
        }.get(criterion, 0.0)

    def handicap(self, criterion: int) -> float:
        """Return what a camp or an informal site takes away, in log odds."""
        lived_in = {
            (codes.MOVEMENT, codes.CAMP): self.p.camp_movement,
            (codes.HEALTH, codes.INFORMAL): self.p.informal_services,
            (codes.EDUCATION, codes.INFORMAL): self.p.informal_services,
        }
        return lived_in.get((criterion, self.h.shelter), 0.0)

    def is_safe(self) -> bool:
        """Return whether it is safe from violence."""
        return self.within_rate(codes.SAFETY)

    def moves_freely(self) -> bool:
        """Return whether it moves freely: not where it would need a clearance that it does not get."""
        barred = self.h.affiliated and self.h.here.clearance
        return self.within_rate(codes.MOVEMENT) and not barred

    def is_housed(self) -> bool:
        """Return whether its housing is adequate."""
        unfit = self.h.shelter == codes.OWN_HOME and not self.h.house_fit
        return self.within_rate(codes.HOUSING) and not unfit

    # -- what it can pay for

    def left(self) -> float:
        """Return what it has for its needs in a month, after rent, in cents, if nobody helps."""
        h = self.h
        earned = math.floor(h.here.wage * h.skill * h.earners) if h.employed else 0
        return h.remittance + earned - math.floor(h.rent_of(h.here, h.shelter))

    def aid_and_subsidy(self) -> float:
        """Return the help that it gets in a month, in cents."""
        h = self.h
        aid = h.aid(h.here, h.committed, h.shelter)
        if h.shelter == codes.RENTED and h.subsidy_months > 0:
            aid += min(h.here.rent, h.model.programmes[h.subsidy].amount)
        return aid

    def has_food(self, aid: float) -> bool:
        """Return whether it can pay for food, from its savings if need be."""
        return self.left() + aid >= self.p.food_share * self.needs - max(0, self.h.savings)

    def is_secure(self, aid: float) -> bool:
        """Return whether it can pay for all its needs, and bear its debt."""
        return self.left() + aid >= self.needs and self.h.savings >= -self.p.bearable_debt * self.needs

    def has_work(self) -> bool:
        """Return whether somebody works."""
        return bool(self.h.employed and self.h.earners > 0)

    # -- the dwelling

    def has_tenure(self) -> bool:
        """Return whether nobody can put it out of where it lives, or keeps it out of what it owns."""
        h = self.h
        held = h.shelter == codes.OWN_HOME or (h.shelter == codes.RENTED and h.committed)
        dispossessed = h.owner and (h.occupied or h.hlp == codes.HLP_NONE)
        return bool(held and not dispossessed)


def passed(mask: int) -> int:
    """Return how many of the ten sub-criteria a mask holds; the bits above them are not counted."""
    return sum(mask >> c & 1 for c in range(len(codes.CRITERIA)))


def lives_as_hosts(mask: int, area: "Area") -> bool:
    """Return whether it passes as many sub-criteria as hosts of the area did on average at the start."""
    return passed(mask) >= area.hosts_passed - TOLERANCE
