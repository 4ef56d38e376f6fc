"""Rival capacity: vacancies and places go to whole households, in a fixed queue, never beyond what is there."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.kernels.month import fill_lottery
from sim.world.households import Households

Rows = npt.NDArray[np.intp]
Int = npt.NDArray[np.int64]

PROGRAMME_QUEUE = 0xA0000000  # to this a programme's key is added; queues for vacancies are numbered by resource


def allot(
    queue: npt.NDArray[np.integer], rank: Sequence[npt.NDArray[np.generic]], weight: Int, capacity: Int
) -> npt.NDArray[np.bool_]:
    """Return who is served when every queue serves its rows in order of rank while they fit.

    The first row that does not fit ends its queue, so nobody is passed over by a smaller row.

    Parameters
    ----------
    queue : int[n]
        Which queue each row stands in, an index of ``capacity``.
    rank : sequence of array[n]
        Sort keys, the most important first.
    weight : int64[n]
        Families per row, positive.
    capacity : int64[q]
        Families each queue can serve.
    """
    order = np.lexsort((*reversed(rank), queue))
    line, size = queue[order], weight[order]
    before = np.cumsum(size) - size
    ahead = before - before[np.searchsorted(line, line)]  # less what stands in the queues before
    served = np.zeros(len(queue), bool)
    served[order] = ahead + size <= capacity[line]
    return served


def allot_vacancies(households: Households, seed: int, free: Int) -> Rows:
    """Give the vacancies that plans need to rows in lottery order; return the rows refused."""
    plan, fixed = households.plan, households.fixed
    rows = np.flatnonzero(plan.vacancy >= 0)
    resource = plan.vacancy[rows].astype(np.int64)
    identity = fixed.id[rows]
    word = _lottery(seed, identity, resource)
    served = allot(resource, [word, identity], fixed.weight[rows].astype(np.int64), free)
    return rows[~served]


def allot_places(
    households: Households, seed: int, programme: int, key: int, places: int, by_need: bool
) -> tuple[Int, int]:
    """Give the places of an offer to the rows whose plan uses it, and note it in their plan.

    Returns
    -------
    granted : int64[k]
        Rows that got a place.
    carry : int
        Places left because the next in line did not fit; 0 when everybody was served.
    """
    plan = households.plan
    bit = np.uint32(1 << programme)
    rows = np.flatnonzero(plan.offers & bit)
    served, carry = serve_queue(households, seed, key, rows, plan.needy[rows] > 0, places, by_need)
    plan.granted[rows[served]] |= bit
    return rows[served], carry


def serve_queue(
    households: Households,
    seed: int,
    key: int,
    rows: Rows,
    needy: npt.NDArray[np.bool_],
    places: int,
    by_need: bool,
) -> tuple[npt.NDArray[np.bool_], int]:
    """Return which rows a programme serves, bool[n], and the places it carries forward.

    Those in need come first where ``by_need``, then its lottery decides, then the household's number.
    """
    identity, weight = households.fixed.id[rows], households.fixed.weight[rows].astype(np.int64)
    word = _lottery(seed, identity, np.full(len(rows), PROGRAMME_QUEUE + key))
    need = np.where(needy, 0, 1) if by_need else np.zeros(len(rows), np.int64)
    served = allot(np.zeros(len(rows), np.int64), [need, word, identity], weight, np.array([places]))
    carry = 0 if served.all() else places - int(weight[served].sum())
    return served, carry


def _lottery(seed: int, identity: npt.NDArray[np.uint64], queue: Int) -> npt.NDArray[np.uint32]:
    """Return the fixed place of each household in its queue."""
    word = np.empty(len(identity), np.uint32)
    fill_lottery(np.uint64(seed), identity, queue.astype(np.uint32), word)
    return word
