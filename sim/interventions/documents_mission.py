"""Civil documents mission: a mobile registry that issues lost or missing civil documents.

It opens the documents gate of all three pathways alike: return, local integration and settlement elsewhere. Side
effects: the next gate binds, so more families are stopped by a ruined house or for want of a dwelling to rent; those
who can now file a claim lengthen the queue for legal aid.
"""

from typing import Literal

import numpy as np

from sim.schema.base import PRIOR, quantity
from sim.schema.programme import Changes, Float, Mask, Rows, Seen, Service


class DocumentsMission(Service):
    """Documents for families that miss at least one key document."""

    kind: Literal["documents_mission"] = "documents_mission"
    unit_cost: float = quantity(40.0, "USD/family", "Registration and fees of one family", PRIOR, 0, 10_000)
    months: int = quantity(1, "months", "From application to documents", PRIOR, 0, 60)
    success: float = quantity(0.9, "share", "Applications that end in documents", PRIOR, 0, 1)

    def wanted(self, seen: Seen) -> Mask:
        """Return families without civil documents."""
        return np.asarray(seen.state.civil_documents == 0)

    def outcome(self, seen: Seen, rows: Rows, luck: Float) -> Changes:
        """Return who has documents now."""
        had = seen.state.civil_documents[rows]
        return {"civil_documents": np.where(luck < self.success, 1, had)}
