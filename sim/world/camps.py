"""Camps: what is announced to close, when, and what is left open."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import CLOSED, CLOSING, OPEN

Int = npt.NDArray[np.int64]
ALL_OF_IT = 2**32  # threshold on a 32-bit draw below which every household is


@dataclass(frozen=True)
class Closures:
    """The closures of a run; months count from its start. Each array has one entry per camp, [S].

    Attributes
    ----------
    announced, closing : int64[S]
        Month of announcement and of closing; beyond the run where a camp does not close.
    share : float64[S]
        Part of the camp, or of a group of camps under one name, that closes; 1 is all of it.
    """

    announced: Int
    closing: Int
    share: npt.NDArray[np.float64]


class SiteCalendar(NamedTuple):
    """The camps in one month, int64[S] each.

    Attributes
    ----------
    status : open, closing or closed; a camp closed in part is open.
    months_left : months to the closing month, while closing.
    notice : months between announcement and closing.
    threshold : households whose draw is below it live in the closing part.
    capacity : families that the open part holds.
    """

    status: Int
    months_left: Int
    notice: Int
    threshold: Int
    capacity: Int


def site_calendar(closures: Closures, capacity: Int, month: int) -> SiteCalendar:
    """Return the camps in a month: closing from the announcement to the closing month included, then closed."""
    told, gone = month >= closures.announced, month > closures.closing
    closing, whole = told & ~gone, closures.share >= 1.0
    left = np.floor(capacity * (1.0 - closures.share)).astype(np.int64)
    return SiteCalendar(
        status=np.where(gone & whole, CLOSED, np.where(closing, CLOSING, OPEN)),
        months_left=np.where(closing, closures.closing - month, 0),
        notice=np.where(told, closures.closing - closures.announced, 0),
        threshold=np.floor(closures.share * ALL_OF_IT).astype(np.int64),
        capacity=np.where(told, left, capacity),
    )
