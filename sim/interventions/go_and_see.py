"""Go-and-see visit: one member of the family visits home and comes back knowing how it is there.

It makes beliefs true. Side effects: a visit shows the worst as well as the best, so some give up the thought of home;
others now want to go and are stopped by house, money or access, and count as blocked.
"""

from typing import Literal

import numpy as np

from sim.schema.base import PRIOR, quantity
from sim.schema.programme import Changes, Float, Mask, Rows, Seen, Service


class GoAndSee(Service):
    """Visits home for families away from it."""

    kind: Literal["go_and_see"] = "go_and_see"
    unit_cost: float = quantity(120.0, "USD/family", "Transport and escort of one visit", PRIOR, 0, 100_000)

    def wanted(self, seen: Seen) -> Mask:
        """Return families away from a home that can be reached."""
        return np.asarray(seen.away & (seen.return_access[seen.fixed.origin] > 0))

    def outcome(self, seen: Seen, rows: Rows, luck: Float) -> Changes:
        """Return beliefs that are true."""
        origin = seen.fixed.origin[rows]
        return {"belief_security": seen.security[origin], "belief_services": seen.services[origin]}
