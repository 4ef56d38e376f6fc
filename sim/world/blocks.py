"""Running a kernel over blocks of rows, on any number of threads, with the same result."""

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import GATES, PUSHES
from sim.kernels.tally import GROUPS, ROWS_AT, Events, Stocks

Counts = npt.NDArray[np.int64]
MONEY = ("savings",)  # sums of money, which carry no rows
_PEOPLE = (1 << ROWS_AT) - 1
BLOCK = 65_536  # rows; large enough that a call costs nothing, small enough to spread over cores


def spans(n: int) -> list[tuple[int, int]]:
    """Return the blocks of ``n`` rows as (start, stop)."""
    return [(start, min(start + BLOCK, n)) for start in range(0, n, BLOCK)]


def run_blocks(work: Callable[[int, int], Any], n: int, pool: ThreadPoolExecutor | None) -> list[Any]:
    """Call ``work(start, stop)`` for every block, and return what each returned, in order."""
    if pool is None or n <= BLOCK:
        return [work(start, stop) for start, stop in spans(n)]
    return [future.result() for future in [pool.submit(work, *span) for span in spans(n)]]


@dataclass(frozen=True)
class Layout:
    """Where the fields of a NamedTuple of counts stand in one array, so that all are added, or split, at once.

    Attributes
    ----------
    shapes : Stocks or Events
        Shape of every field; one stands behind the other.
    """

    shapes: Any

    def zeros(self) -> Counts:
        """Return zeroed counts, int64[n]."""
        return np.zeros(len(self._money), np.int64)

    def fields(self, counts: Counts) -> Any:
        """Return counts as the NamedTuple, of which every field is a view."""
        return type(self.shapes)(*(counts[place].reshape(shape) for place, shape in zip(self._places, self.shapes)))

    def added(self, parts: Sequence[Counts]) -> tuple[Any, Any]:
        """Return the sum of counts as two NamedTuples: people (or money), and the rows they come from."""
        sums = sum(parts)
        people, rows = np.where(self._money, sums, sums & _PEOPLE), np.where(self._money, 0, sums >> ROWS_AT)
        return self.fields(people), self.fields(rows)

    @cached_property
    def _places(self) -> list[slice]:
        ends = accumulate((math.prod(shape) for shape in self.shapes), initial=0)
        return [slice(*ends) for ends in pairwise(ends)]

    @cached_property
    def _money(self) -> npt.NDArray[np.bool_]:
        return np.concatenate(
            [np.full(math.prod(shape), name in MONEY) for name, shape in self.shapes._asdict().items()]
        )


def layout_of_stocks(areas: int, sites: int, waves: int) -> Layout:
    """Return the layout of stocks."""
    return Layout(
        Stocks(
            families=(5, areas, areas),
            persons=(5, areas, areas),
            by_wave=(5, waves),
            by_group=(5, GROUPS),
            by_shelter=(5, 5),
            in_debt=(5,),
            savings=(5,),
            site_families=(sites,),
            workers=(areas,),
            employed=(areas,),
            renters=(areas,),
            claims=(areas,),
        )
    )


def layout_of_events(areas: int, programmes: int) -> Layout:
    """Return the layout of events."""
    gates = len(GATES)
    return Layout(
        Events(
            flows=(5, 5),
            moves=(5, 5, GROUPS),
            premature=(5, 5, GROUPS),
            uninformed=(5, 5, GROUPS),
            voluntary=(5, GROUPS),
            moves_by_push=(2 ** len(PUSHES), 5),
            after_push=(5, GROUPS),
            retries=(GROUPS,),
            overridden=(gates,),
            reviewed=(1,),
            intended=(5, areas),
            blocked=(5, areas, gates),
            blocked_alone=(5, areas, gates, 2),
            served=(programmes,),
        )
    )
