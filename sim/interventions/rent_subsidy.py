"""Rent subsidy: part of the rent of a family that moves from where it is into a rented dwelling in the area.

It opens the money gate of renting, committed or not. Side effects: more renters raise rents for all, and the
family must pay alone when it ends.
"""

from typing import Literal

from sim.kernels.codes import OFFER_RENT_SUBSIDY
from sim.schema.base import quantity
from sim.schema.programme import Offer, Terms


class RentSubsidy(Offer):
    """A monthly contribution to rent for a number of months."""

    kind: Literal["rent_subsidy"] = "rent_subsidy"
    amount: float = quantity(120.0, "USD/month", "Paid each month, at most the rent", "scenario", 0, 10_000)
    months: int = quantity(12, "months", "How long it is paid", "scenario", 1, 120)

    def terms(self) -> Terms:
        """Return the monthly amount; its whole course is committed at the start."""
        cost = self.with_overhead(self.amount * self.months)
        return Terms(offer=OFFER_RENT_SUBSIDY, amount=round(self.amount * 100), months=self.months, cost=cost)
