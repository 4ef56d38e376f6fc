"""House repair: light repair of a damaged house, or a core house where one was destroyed.

It opens the dwelling gate of going home, and a better house makes home worth more. Side effects, by design visible: the
family may stay where it is all the same; a repaired house whose owner is away may be taken by others; and a house
says nothing of security or services around it, so returns can be premature.
"""

from typing import Literal

import numpy as np
from pydantic import Field

from sim.kernels.codes import OWNER
from sim.schema.base import PRIOR, quantity
from sim.schema.programme import Changes, Float, Mask, Rows, Seen, Service


class HouseRepair(Service):
    """What both repairs share."""

    whose: Literal["away", "home", "all"] = Field("all", description="Owners away from home, at home, or both")
    destroyed_below: float = quantity(0.2, "0-1", "Condition below which a house is past light repair", PRIOR, 0, 1)
    occupied_risk: float = quantity(
        0.03, "share", "Repaired houses of absent owners that others move into", PRIOR, 0, 1
    )
    to: float = quantity(0.7, "0-1", "Condition after the repair, at least usable", PRIOR, 0, 1)

    def wanted(self, seen: Seen) -> Mask:
        """Return owners of unusable, empty houses of this grade that crews can reach."""
        fixed, state = seen.fixed, seen.state
        reached = seen.return_access[fixed.origin] > 0
        house = seen.house
        unusable = (fixed.tenure == OWNER) & (state.occupied == 0) & (house < seen.usable)
        whose = {"away": seen.away, "home": ~seen.away, "all": True}[self.whose]
        return np.asarray(unusable & reached & self.grade(house) & whose)

    def grade(self, house: Float) -> Mask:
        """Return which houses are of this grade of damage."""
        raise TypeError(f"{type(self).__name__} has no grade")

    def outcome(self, seen: Seen, rows: Rows, luck: Float) -> Changes:
        """Return better houses, some of them taken by others before their owners came."""
        house, occupied = seen.house[rows], seen.state.occupied[rows]
        built = house < seen.usable
        taken = built & seen.away[rows] & (luck < self.occupied_risk)
        return {
            "house": np.where(built, np.maximum(house, max(self.to, seen.usable)), house),
            "occupied": np.where(taken, 1, occupied),
        }


class LightRepair(HouseRepair):
    """Roof, doors, wiring: damaged houses made usable."""

    kind: Literal["light_repair"] = "light_repair"
    unit_cost: float = quantity(2500.0, "USD/family", "Materials and labour for one house", PRIOR, 0, 100_000)
    months: int = quantity(1, "months", "From intake to a usable house", PRIOR, 0, 60)

    def grade(self, house: Float) -> Mask:
        """Return damaged houses."""
        return np.asarray(house >= self.destroyed_below)


class HeavyRepair(HouseRepair):
    """A core house where one was destroyed."""

    kind: Literal["heavy_repair"] = "heavy_repair"
    unit_cost: float = quantity(9000.0, "USD/family", "Materials and labour for one core house", PRIOR, 0, 500_000)
    months: int = quantity(6, "months", "From intake to a usable house", PRIOR, 0, 60)

    def grade(self, house: Float) -> Mask:
        """Return destroyed houses."""
        return np.asarray(house < self.destroyed_below)
