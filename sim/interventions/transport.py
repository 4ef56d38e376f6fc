"""Facilitated movement: a seat for the family and its belongings in a convoy home.

It lifts the cost of travel. Side effects: it makes some go who would have stayed, and a family told of a convoy
reviews its stay in the first month. A family without a seat goes only if it can and still wants to.
"""

from typing import Literal

from sim.kernels.codes import OFFER_TRANSPORT
from sim.schema.base import PRIOR, quantity
from sim.schema.programme import Offer, Terms


class Transport(Offer):
    """Convoy seats per month, for families who return."""

    kind: Literal["transport"] = "transport"
    unit_cost: float = quantity(250.0, "USD/family", "Vehicles and escort for one family", PRIOR, 0, 100_000)

    def terms(self) -> Terms:
        """Return one seat: no cash to the family."""
        return Terms(offer=OFFER_TRANSPORT, cost=self.with_overhead(self.unit_cost))
