"""Programmes as households meet them: their books, who is in reach, how many places are left this month."""

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import WHO_ALL, WHO_FEMALE_HEADED, WHO_VULNERABLE
from sim.kernels.inputs import Offer as Row
from sim.schema.base import month_number
from sim.schema.programme import Booked, Delivered, Measure, Offer, Service, Target
from sim.world.changing import Changing

Mask = npt.NDArray[np.uint8]
Cases = npt.NDArray[np.int64]
WHO = {"all": WHO_ALL, "vulnerable": WHO_VULNERABLE, "female_headed": WHO_FEMALE_HEADED}


Kind = TypeVar("Kind", bound=Delivered)


class Terms(NamedTuple, Generic[Kind]):
    """A programme as the world delivers it.

    Attributes
    ----------
    spec : Offer or Service
    number : int
        Its place among those of its kind, and its bit in household columns.
    key : int
        Its number in draws, from its name alone.
    reach : uint8[2 * A + S + 1]
        Areas of stay, areas of origin and sites it reaches.
    """

    spec: Kind
    number: int
    key: int
    reach: Mask


def no_cases() -> Cases:
    """Return an empty list of cases."""
    return np.zeros(0, np.int64)


@dataclass
class Ledger(Changing):
    """The books of one programme. Money in cents.

    Attributes
    ----------
    spec : Offer, Service or Measure
    first, last : int
        Months of delivery, counted from the start of the run.
    cost : int
        Cost of one family.
    carry : int
        Places left over because the next in line did not fit.
    spent, served : int
        Money spent and families served so far; ``_now``: in the current month.
    waiting : int
        Families that a service is for and could not take this month.
    served_rows_now, waiting_rows : int
        Household rows behind ``served_now`` and ``waiting``.
    case_rows, case_due : int64[k]
        Open cases of a service: household rows, and the months in which they are decided.
    """

    NOT_KEPT = ("spec",)

    spec: Booked
    first: int
    last: int
    cost: int
    carry: int = 0
    spent: int = 0
    served: int = 0
    spent_now: int = 0
    served_now: int = 0
    served_rows_now: int = 0
    waiting: int = 0
    waiting_rows: int = 0
    case_rows: Cases = field(default_factory=no_cases)
    case_due: Cases = field(default_factory=no_cases)

    @classmethod
    def open(cls, spec: Booked, start: str, months: int) -> "Ledger":
        """Return empty books for a programme in a run."""
        first = month_number(spec.window.first_month) - month_number(start)
        first += spec.lag_months if isinstance(spec, Delivered) else 0
        last = months - 1
        if spec.window.last_month is not None:
            last = month_number(spec.window.last_month) - month_number(start)
        return cls(spec, first, last, _cost(spec))

    def places(self, month: int) -> int:
        """Return the families that can be served this month, within capacity and money."""
        if not self.first <= month <= self.last or not isinstance(self.spec, Delivered):
            return 0
        places = self.spec.places_per_month + self.carry
        if self.spec.budget is not None and self.cost > 0:
            left = round(self.spec.budget * 100) - self.spent
            places = min(places, left // self.cost)
        return max(0, places)

    def book(self, families: int, rows: int, carry: int) -> None:
        """Book the families served this month, and the household rows that stand for them."""
        self.carry, self.served_now, self.served_rows_now = carry, families, rows
        self.served += families
        self._spend(families * self.cost)

    def book_month(self, month: int) -> None:
        """Book what a measure costs this month."""
        if isinstance(self.spec, Measure):
            self._spend(round(self.spec.monthly_cost * 100) if self.first <= month <= self.last else 0)

    def _spend(self, cents: int) -> None:
        self.spent_now = cents
        self.spent += cents


def _cost(spec: Booked) -> int:
    if isinstance(spec, Offer):
        return spec.terms().cost
    return spec.cost if isinstance(spec, Service) else 0


def reach(target: Target, pcodes: list[str], site_ids: list[str]) -> Mask:
    """Return where a programme reaches, uint8[2 * A + S + 1].

    Areas of stay, then areas of origin, then sites; the last entry stands for households in no site.
    """
    areas, origins = (_among(names, pcodes) for names in (target.areas, target.origins))
    sites = np.ones(len(site_ids) + 1, np.uint8)
    if target.sites is not None:
        sites[:-1], sites[-1] = _among(target.sites, site_ids), 0
    elif target.where == "camps":
        sites[-1] = 0
    elif target.where == "out_of_camp":
        sites[:-1] = 0
    return np.concatenate([areas, origins, sites])


def _among(names: list[str] | None, valid: list[str]) -> Mask:
    return np.array([names is None or name in names for name in valid], np.uint8)


def offers_this_month(offers: list[tuple[Terms[Offer], Ledger]], month: int) -> npt.NDArray[np.int64]:
    """Return the offers that households meet this month, int64[P, fields of Offer]."""
    rows = []
    for (spec, *_), ledger in offers:
        terms = spec.terms()
        rows.append(
            Row(
                kind=terms.offer,
                active=int(ledger.places(month) > 0),
                starts=int(ledger.first == month),
                amount=terms.amount,
                months=terms.months,
                who=WHO[spec.target.who],
            )
        )
    return np.array(rows, np.int64).reshape(len(rows), len(Row._fields))
