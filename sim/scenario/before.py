"""Work and money before the run: families have lived on what they earn and owe since they were displaced.

Savings drawn apart from work and rent are not what families like these would have. In the first years of a run those
who cannot make ends meet would use them up, and month by month more of them could not pay the way home: returns would
slow down for a reason that nobody would see, and a fit would blame it on something else (docs/decisions/023).
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.before import live_before_rows
from sim.kernels.inputs import Place
from sim.population.composition import POPULATION_SEED
from sim.world.households import Households

Columns = dict[str, npt.NDArray[Any]]
Float = npt.NDArray[np.float64]
LIVED_ON = {"wage": "wage", "rent": "rent", "employment": "employment_rate"} | {
    name: name for name in ("aid_camp_share", "aid_out_share")
}  # of a place, by its conditions


def lived_before(columns: Columns, paths: dict[str, Float], budget: Any) -> Columns:
    """Return households whose work and savings are what they would be after the months that they have been displaced.

    Parameters
    ----------
    columns : dict of str to ndarray[n]
        Every household column, work and savings as drawn.
    paths : dict of str to float64[T, A]
        Conditions; those of the first month count. Money in cents.
    budget : BudgetParams
        As the kernels take it.
    """
    households = Households(columns)
    areas = np.zeros((paths["wage"].shape[1], len(Place._fields)))
    for field, condition in LIVED_ON.items():
        areas[:, Place._fields.index(field)] = paths[condition][0]
    live_before_rows(POPULATION_SEED, households.fixed, households.state, areas, budget, 0, len(households))
    return households.columns()
