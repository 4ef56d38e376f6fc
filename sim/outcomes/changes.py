"""Who changed: households that end otherwise in one scenario than in another with the same luck and parameters.

Totals hide exchanges: as many may gain as lose. Households are matched one by one, and told apart by what became of
them and whether they were pushed on the way.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.world.assessment import HORIZONS, WHOLE

Counts = npt.NDArray[np.int64]
#: What can become of a household against the baseline; every household is in one.
CHANGES = ("same", "gained", "gained_pushed", "lost", "lost_pushed", "pushed", "spared")


class Lives(NamedTuple):
    """What has become of the households of a run.

    ``standing``: 0 in no solution; 1 in one; 2 in one held for 12 months, living as hosts do; 3 in such a one, come to
    of their choice and informed. ``pushed``: moved under a push at least once in the run.
    """

    id: npt.NDArray[np.uint64]
    weight: npt.NDArray[np.int64]
    standing: npt.NDArray[np.uint8]
    pushed: npt.NDArray[np.bool_]


def lives_of(households: Any) -> Lives:
    """Return what has become of households by now; they are read by column (:mod:`sim.world.households`)."""
    fixed, state = households.fixed, households.state
    there = (state.present > 0) & ((state.at_home > 0) | (state.settled > 0))
    held = there & (state.held >= HORIZONS[0])
    whole = held & ((state.came & WHOLE) == WHOLE)
    standing = there.astype(np.uint8) + held + whole
    return Lives(fixed.id.copy(), fixed.weight.astype(np.int64), standing, state.months_since_push >= 0)


def changed(own: Lives, base: Lives) -> tuple[Counts, Counts]:
    """Return families, and simulated households, by what changed for them; those in one of the runs only are left out.

    Returns
    -------
    tuple of int64[7]
        In the order of CHANGES.
    """
    _, here, there = np.intersect1d(own.id, base.id, assume_unique=True, return_indices=True)
    gain = own.standing[here].astype(np.int64) - base.standing[there]
    newly, spared = own.pushed[here] & ~base.pushed[there], base.pushed[there] & ~own.pushed[here]
    code = np.select(
        [(gain > 0) & newly, gain > 0, (gain < 0) & newly, gain < 0, newly, spared],
        [CHANGES.index(name) for name in ("gained_pushed", "gained", "lost_pushed", "lost", "pushed", "spared")],
        CHANGES.index("same"),
    )
    families = np.zeros(len(CHANGES), np.int64)
    np.add.at(families, code, own.weight[here])
    return families, np.bincount(code, minlength=len(CHANGES)).astype(np.int64)
