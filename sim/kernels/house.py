"""The house at origin: its slow repair, and the claim on it when others live there."""

import numpy as np

from sim.kernels.codes import OWNER
from sim.kernels.compile import inlined
from sim.kernels.draws import HOUSE, SHOCK, draw4


@inlined
def usable(now, house):
    """Whether the house at origin can be lived in: sound enough and not occupied by others."""
    return now.house >= house.usable and not now.occupied


@inlined
def house_after(who, now, home, month, served):
    """Return the condition of the house after a month, and whether others still occupy it.

    A claim is not decided in the month in which a service was completed: who just moved in is not out at once.
    """
    house, condition, occupied = month.params.house, now.house, now.occupied
    if who.tenure != OWNER:
        return condition, occupied
    if home.damages > 0.0:
        _, struck, severity, _ = draw4(month.seed, who.id, SHOCK, month.time, 0)
        if struck < home.damages:
            condition = float(np.float32(min(condition, severity * house.usable)))  # as the column keeps it
    damaged_away = not now.at_home and condition < house.usable
    if damaged_away or occupied:
        repair, claim, _, _ = draw4(month.seed, who.id, HOUSE, month.time, 0)
        if damaged_away and repair < house.repair_away:
            condition = house.repaired_to
        if occupied and not served and claim < home.claim_rate:
            occupied = False
    if now.at_home:
        condition = min(1.0, condition + house.repair_home)
    return condition, occupied
