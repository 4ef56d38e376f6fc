"""Information about home: messages, meetings and relatives' reports that move beliefs towards the truth.

Side effects: hope that cannot be met (families who now want to go and are blocked); and where the message is slanted,
by those who want people to go, beliefs above the truth, hence returns that are uninformed or premature.
"""

from typing import Literal

import numpy as np

from sim.schema.base import PRIOR, quantity
from sim.schema.programme import Changes, Float, Mask, Rows, Seen, Service


class Information(Service):
    """A course of information for families away from home; each is reached once."""

    kind: Literal["information"] = "information"
    unit_cost: float = quantity(6.0, "USD/family", "Outreach to one family", PRIOR, 0, 10_000)
    strength: float = quantity(0.5, "share", "Part of the gap between belief and message that it closes", PRIOR, 0, 1)
    slant: float = quantity(0.0, "index", "How far the message is above the truth; below it when negative", "scenario", -1, 1)  # fmt: skip

    def wanted(self, seen: Seen) -> Mask:
        """Return families away from home."""
        return seen.away

    def outcome(self, seen: Seen, rows: Rows, luck: Float) -> Changes:
        """Return beliefs nearer to what the message says."""
        origin, state = seen.fixed.origin[rows], seen.state
        return {
            "belief_security": self._told(state.belief_security[rows], seen.security[origin]),
            "belief_services": self._told(state.belief_services[rows], seen.services[origin]),
        }

    def _told(self, belief: Float, truth: Float) -> Float:
        belief = np.asarray(belief, np.float64)
        told: Float = np.clip(belief + self.strength * (truth + self.slant - belief), 0.0, 1.0)
        return told
