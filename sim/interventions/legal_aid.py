"""Legal aid for housing, land and property: claims to occupied houses, and certificates of occupancy.

Cases come in one by one, up to the places of the month, and take time; families wait in a queue. It opens the dwelling
gate of owners whose house is occupied, and adds the security of documents to the value of home. Side effects: the
occupants of a house given back have to rent nearby, which raises rents and fills dwellings there; with more cases than
places, the queue grows.
"""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.kernels.codes import HLP_FULL, OWNER
from sim.schema.base import PRIOR, quantity
from sim.schema.programme import Changes, Float, Mask, Rows, Seen, Service


class LegalAid(Service):
    """Lawyers and mediators for a number of cases a month."""

    kind: Literal["legal_aid"] = "legal_aid"
    unit_cost: float = quantity(350.0, "USD/family", "One case, fees included", PRIOR, 0, 100_000)
    months: int = quantity(6, "months", "From intake to a decision", PRIOR, 0, 120)
    success: float = quantity(0.7, "share", "Cases decided for the family", PRIOR, 0, 1)
    handles: Literal["occupied_houses", "certificates", "both"] = Field("both", description="Claims to occupied houses, certificates of occupancy for those without full documents, or both")  # fmt: skip
    needs_documents: bool = Field(True, description="Only families with civil documents can file a case")

    def wanted(self, seen: Seen) -> Mask:
        """Return families with a case of this kind that they can file."""
        fixed, state = seen.fixed, seen.state
        claim = (fixed.tenure == OWNER) & (state.occupied == 1) & (self.handles != "certificates")
        paper = (state.hlp < HLP_FULL) & (self.handles != "occupied_houses")
        can_file = (state.civil_documents == 1) | (not self.needs_documents)
        return np.asarray((claim | paper) & can_file)

    def outcome(self, seen: Seen, rows: Rows, luck: Float) -> Changes:
        """Return houses given back and documents issued, in the cases that were won."""
        won, changes = luck < self.success, {}
        if self.handles != "certificates":
            changes["occupied"] = np.where(won, 0, seen.state.occupied[rows])
        if self.handles != "occupied_houses":
            changes["hlp"] = np.where(won, HLP_FULL, seen.state.hlp[rows])
        return changes
