"""Return grant: cash to a family on its return.

It opens the money gate and adds to the value of returning. Side effect: it weighs on the choice of those in
need whatever awaits them at home; such returns show as premature or uninformed.
"""

from typing import Literal

from sim.kernels.codes import OFFER_RETURN_GRANT
from sim.schema.base import quantity
from sim.schema.programme import Offer, Terms


class ReturnGrant(Offer):
    """A one-off grant on return."""

    kind: Literal["return_grant"] = "return_grant"
    amount: float = quantity(1260.0, "USD/family", "Cash on return", "scenario; default 1.5 M IQD, Ministry of Migration and Displaced, press; up to 4 M", 0, 100_000)  # fmt: skip

    def terms(self) -> Terms:
        """Return the grant."""
        cents = round(self.amount * 100)
        return Terms(offer=OFFER_RETURN_GRANT, amount=cents, cost=self.with_overhead(self.amount))
