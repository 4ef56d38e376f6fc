"""Programmes as households meet them: who is in reach, and how many places are left this month."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import WHO_ALL, WHO_FEMALE_HEADED, WHO_VULNERABLE
from sim.kernels.inputs import Offer as Row
from sim.schema.base import month_number
from sim.schema.programme import Offer, Target, Terms
from sim.world.changing import Changing

Mask = npt.NDArray[np.uint8]
WHO = {"all": WHO_ALL, "vulnerable": WHO_VULNERABLE, "female_headed": WHO_FEMALE_HEADED}
UNLIMITED = 2**62


@dataclass
class Ledger(Changing):
    """The books of one programme. Money in cents.

    Attributes
    ----------
    spec : Offer
    first, last : int
        Months of delivery, counted from the start of the run.
    terms : Terms
        What one family gets and costs.
    carry : int
        Places left over because the next in line did not fit.
    spent, served : int
        Money spent and families served so far.
    """

    NOT_KEPT = ("spec", "terms")

    spec: Offer
    first: int
    last: int
    terms: Terms
    carry: int = 0
    spent: int = 0
    served: int = 0
    spent_now: int = field(default=0)

    @classmethod
    def open(cls, spec: Offer, start: str, months: int) -> "Ledger":
        """Return empty books for a programme in a run."""
        first = month_number(spec.window.first_month) - month_number(start) + spec.lag_months
        last = months - 1
        if spec.window.last_month is not None:
            last = month_number(spec.window.last_month) - month_number(start)
        return cls(spec, first, last, spec.terms())

    def places(self, month: int) -> int:
        """Return the families that can be served this month, within capacity and money."""
        if not self.first <= month <= self.last:
            return 0
        places = self.spec.places_per_month + self.carry
        if self.spec.budget is not None and self.terms.cost > 0:
            left = round(self.spec.budget * 100) - self.spent
            places = min(places, left // self.terms.cost)
        return max(0, places)

    def book(self, families: int, carry: int) -> None:
        """Book the families served this month."""
        self.carry, self.served = carry, self.served + families
        self.spent_now = families * self.terms.cost
        self.spent += self.spent_now


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


def offers_this_month(ledgers: list[Ledger], month: int) -> npt.NDArray[np.int64]:
    """Return the offers that households meet this month, int64[P, fields of Offer]."""
    rows = [
        Row(
            kind=ledger.terms.offer,
            active=int(ledger.places(month) > 0),
            starts=int(ledger.first == month),
            amount=ledger.terms.amount,
            months=ledger.terms.months,
            who=WHO[ledger.spec.target.who],
        )
        for ledger in ledgers
    ]
    return np.array(rows, np.int64).reshape(len(rows), len(Row._fields))
