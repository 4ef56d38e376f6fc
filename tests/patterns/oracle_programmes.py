"""Programmes of the independent oracle: offers that households choose with, and services that reach them.

Both take families in the order of a queue while places and money last (``Rationed``). What a service is for, and
what comes of it, is one class per kind, a row of the table in ``docs/household-month.md`` each.
"""

import math
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from oracle_draws import PROGRAMME_QUEUE, SERVICE

from sim.kernels import codes

if TYPE_CHECKING:
    from oracle import HouseholdAgent


class Rationed:
    """What takes so many families a month, within a budget, a window of time and a reach."""

    def __init__(self, index: int, terms: Mapping[str, Any]):
        self.index, self.bit, self.key = index, 1 << index, int(terms["key"])
        self.first, self.last = int(terms["first"]), terms.get("last")
        self.who = int(terms.get("who", codes.WHO_ALL))
        self.from_area, self.from_site = terms["from_area"], terms["from_site"]
        self.from_origin = terms["from_origin"]
        self.capacity, self.by_need = int(terms["places"]), bool(terms.get("by_need", False))
        budget = terms.get("budget")
        self.money = math.inf if budget is None else float(budget)
        self.unit_cost = float(terms["unit_cost"])
        self.carry = self.places = 0

    def in_window(self, t: int) -> bool:
        """Return whether month ``t`` is one in which families are taken."""
        return self.first <= t and (self.last is None or t <= self.last)

    def read(self, t: int) -> None:
        """Set the places of month ``t``: those of the month and the carry, as far as there is money."""
        self.places = self.capacity + self.carry if self.in_window(t) else 0
        if self.places and self.unit_cost > 0 and math.isfinite(self.money):
            self.places = min(self.places, int(self.money // self.unit_cost))

    def reaches(self, h: "HouseholdAgent") -> bool:
        """Return whether a household is where, from where and of whom the programme serves."""
        served = (1, h.vulnerable, h.female_headed)  # WHO_ALL, WHO_VULNERABLE, WHO_FEMALE_HEADED
        return bool(
            self.from_area[h.area]
            and self.from_site[h.site]  # -1, in no site, is the last column
            and self.from_origin[h.origin]
            and served[self.who]
        )

    def turn(self, h: "HouseholdAgent", needy: bool) -> tuple[bool, float, int]:
        """Return what orders the queue: need first where that counts, then the lottery, then the id."""
        return not (self.by_need and needy), *h.lottery(PROGRAMME_QUEUE + self.key)

    def take(self, queue: "Sequence[HouseholdAgent]") -> "list[HouseholdAgent]":
        """Return those who get a place, in the order of the queue, until the first row that does not fit."""
        self.carry, used = 0, 0
        for position, household in enumerate(queue):
            if used + household.weight > self.places:
                self.carry = self.places - used
                return list(queue[:position])
            used += household.weight
            self.money -= household.weight * self.unit_cost
        return list(queue)


class Programme(Rationed):
    """A programme that households meet as an offer."""

    def __init__(self, index: int, offer: Mapping[str, Any]):
        super().__init__(index, offer)
        self.kind = int(offer["kind"])
        self.amount, self.months = float(offer.get("amount", 0.0)), int(offer.get("months", 0))
        self.active = self.starts = False

    def read(self, t: int) -> None:
        """Set the places of month ``t`` and whether the programme is active and starts now."""
        super().read(t)
        self.active, self.starts = self.places >= 1, t == self.first

    def serve(self, queue: "Sequence[HouseholdAgent]") -> None:
        """Grant places in the order of the queue."""
        for household in self.take(queue):
            household.granted |= self.bit

    def give_back(self, weight: int) -> None:
        """Take back the money of a place that was not used; the place itself is lost."""
        self.money += weight * self.unit_cost

    def open_to(self, h: "HouseholdAgent") -> bool:
        """Return whether a household may be offered this programme this month."""
        settled_tenant = self.kind == codes.OFFER_RENT_SUBSIDY and h.settled
        return bool(self.active and not h.at_home and not settled_tenant and self.reaches(h))


# ------------------------------------------------------------------------------------------------ services


@dataclass
class Delivery:
    """What a service did in a month, in families (weight) and cents."""

    time: int
    service: int
    taken: int
    spent: float
    waiting: int  # eligible while the window is open, and not taken this month


class Service(Rationed, ABC):
    """A programme that reaches households without a choice of theirs; a kind says for whom and what it does."""

    def __init__(self, index: int, terms: Mapping[str, Any]):
        super().__init__(index, terms)
        self.months, self.price = int(terms["months"]), float(terms["price"])
        self.terms = SimpleNamespace(**terms)  # the parameters of the kind
        self.cases: dict[int, list[HouseholdAgent]] = defaultdict(list)  # by the month in which they were taken

    @abstractmethod
    def is_for(self, h: "HouseholdAgent") -> bool:
        """Return whether a household is one that this kind of service is for."""

    @abstractmethod
    def complete(self, h: "HouseholdAgent", word: float) -> None:
        """Bring about what comes of a case; ``word`` is its luck."""

    def deliver(self, households: "Iterable[HouseholdAgent]", t: int) -> Delivery:
        """Live through month ``t``: complete old cases and take new ones; what takes no time is completed at once."""
        self.read(t)
        if self.months > 0:
            self.complete_cases(t)
        delivery = self.intake(households, t)
        if self.months == 0:
            self.complete_cases(t)
        return delivery

    def intake(self, households: "Iterable[HouseholdAgent]", t: int) -> Delivery:
        """Take in families while the window is open."""
        eligible = [h for h in households if self.eligible(h)] if self.in_window(t) else []
        taken = self.take(sorted(eligible, key=lambda h: self.turn(h, h.means() < self.price)))
        for household in taken:
            household.reached |= self.bit
        self.cases[t] = taken
        served = sum(h.weight for h in taken)
        waiting = sum(h.weight for h in eligible) - served
        return Delivery(t, self.index, served, served * self.unit_cost, waiting)

    def eligible(self, h: "HouseholdAgent") -> bool:
        """Return whether a household may be taken: in reach, never taken before, and in want of this service."""
        return bool(self.reaches(h) and not h.reached & self.bit and self.is_for(h))

    def complete_cases(self, t: int) -> None:
        """Complete the cases that are due in month ``t``."""
        for household in self.cases.pop(t - self.months, []):
            self.complete(household, household.draw(SERVICE, t, self.key)[0])
            household.served = True


class LightRepair(Service):
    """Repair of a damaged house."""

    def is_for(self, h: "HouseholdAgent") -> bool:
        """Return whether its house is damaged, empty and within reach, and the household where it should be."""
        where = {"away": not h.at_home, "home": h.at_home, "all": True}[self.terms.whose]
        return bool(h.owner and not h.occupied and self.is_damage(h) and h.home.return_access > 0 and where)

    def is_damage(self, h: "HouseholdAgent") -> bool:
        """Return whether the house is damaged as much as this service repairs."""
        return self.terms.destroyed_below <= h.house < h.usable

    def complete(self, h: "HouseholdAgent", word: float) -> None:
        """Repair what is still unusable; a good house that stands empty may draw others."""
        if h.house < h.usable:
            h.mend(max(h.house, self.terms.to, h.usable))
            if not h.at_home and word < self.terms.occupied_risk:
                h.occupied = 1


class HeavyRepair(LightRepair):
    """Rebuilding of a destroyed house."""

    def is_damage(self, h: "HouseholdAgent") -> bool:
        """Return whether the house is destroyed."""
        return h.house < min(self.terms.destroyed_below, h.usable)


class GoAndSee(Service):
    """A visit to the place of origin."""

    def is_for(self, h: "HouseholdAgent") -> bool:
        """Return whether it is away from a home that can be reached."""
        return not h.at_home and h.home.return_access > 0

    def complete(self, h: "HouseholdAgent", word: float) -> None:
        """See for itself how things are."""
        h.believe(h.home.security, h.home.services)


class Information(Service):
    """News of the place of origin, which may be slanted."""

    def is_for(self, h: "HouseholdAgent") -> bool:
        """Return whether it is away from home."""
        return not h.at_home

    def complete(self, h: "HouseholdAgent", word: float) -> None:
        """Believe what it is told, so far as it trusts it."""

        def told(belief: float, truth: float) -> float:
            return belief + self.terms.strength * (truth + self.terms.slant - belief)

        h.believe(told(h.belief_security, h.home.security), told(h.belief_services, h.home.services))


class DocumentsMission(Service):
    """Civil documents, issued where displaced families live."""

    def is_for(self, h: "HouseholdAgent") -> bool:
        """Return whether it lacks civil documents."""
        return not h.civil_documents

    def complete(self, h: "HouseholdAgent", word: float) -> None:
        """Issue the documents, or fail to."""
        if word < self.terms.success:
            h.civil_documents = 1


class LegalAid(Service):
    """Help with an occupied house, with certificates of ownership, or both."""

    def is_for(self, h: "HouseholdAgent") -> bool:
        """Return whether it has a case of the sort that is handled, and the papers to bring it."""
        house = self.handles("occupied_houses") and h.owner and h.occupied
        certificate = self.handles("certificates") and h.hlp < codes.HLP_FULL
        papers = h.civil_documents or not self.terms.needs_documents
        return bool((house or certificate) and papers)

    def complete(self, h: "HouseholdAgent", word: float) -> None:
        """Win the case, or lose it."""
        if word < self.terms.success:
            if self.handles("occupied_houses"):
                h.occupied = 0
            if self.handles("certificates"):
                h.hlp = codes.HLP_FULL

    def handles(self, sort: str) -> bool:
        """Return whether a sort of case is handled."""
        return self.terms.handles in (sort, "both")


KINDS: dict[str, type[Service]] = {
    "light_repair": LightRepair,
    "heavy_repair": HeavyRepair,
    "go_and_see": GoAndSee,
    "information": Information,
    "documents_mission": DocumentsMission,
    "legal_aid": LegalAid,
}


def service_of(index: int, terms: Mapping[str, Any]) -> Service:
    """Return the service of a kind."""
    return KINDS[terms["kind"]](index, terms)
