"""Closures of camps that nobody has announced: what a forecast has to reckon with, though it cannot know where or when.

Every camp that is open, and not known to close, closes in a month with a small chance, without notice, all or a part of
it. How families then leave is the model's own closing day; only the event is drawn. Without it a forecast says that
what governments have done time and again will not be done.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from sim.scenario import Compiled
from sim.world.camps import Closures

LEAST_SHARE = (
    0.2  # of a camp, or of a group of camps under one name, that closes at once: even from here to all (PRIOR)
)
LATEST = 2**31  # months: as good as never


def with_closures(compiled: Compiled, known: int, chance: float, luck: np.random.Generator) -> Compiled:
    """Return a compiled scenario with closures drawn after the months that are known.

    Parameters
    ----------
    compiled : Compiled
    known : int
        Months simulated at the launch; the first closure may fall in the month after.
    chance : float
        That a camp closes in a month, 0 to 1.
    luck : numpy.random.Generator
        Two numbers of it are used for every camp, whether it closes or not.
    """
    return replace(compiled, closures=drawn(compiled.closures, known, compiled.months, chance, luck))


def drawn(closures: Closures, known: int, months: int, chance: float, luck: np.random.Generator) -> Closures:
    """Return closures with those that nobody has announced; what was announced stays as it was."""
    uniform = luck.random((2, len(closures.closing)))
    month = known + waiting_time(uniform[0], chance)
    share = LEAST_SHARE + (1.0 - LEAST_SHARE) * uniform[1]
    new = (closures.closing >= months) & (month < months)
    return Closures(
        announced=np.where(new, month, closures.announced),
        closing=np.where(new, month, closures.closing),
        share=np.where(new, share, closures.share),
    )


def waiting_time(uniform: npt.NDArray[np.float64], chance: float) -> npt.NDArray[np.int64]:
    """Return in which month, from 0, that happens which in every month has the same chance (geometric)."""
    if chance >= 1.0:
        return np.zeros(uniform.shape, np.int64)
    each = max(-np.log1p(-chance), np.finfo(float).tiny)
    months: npt.NDArray[np.int64] = np.floor(np.minimum(-np.log1p(-uniform), LATEST * each) / each).astype(np.int64)
    return months
