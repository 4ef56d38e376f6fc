"""Running a kernel over blocks of rows, on any number of threads, with the same result."""

import operator
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import reduce
from typing import Any

import numpy as np

from sim.kernels.codes import GATES, PUSHES
from sim.kernels.tally import GROUPS, ROWS_AT, Events, Stocks

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


def new_stocks(areas: int, sites: int, waves: int) -> Any:
    """Return zeroed stocks, int64."""
    shapes = {
        "families": (5, areas, areas),
        "persons": (5, areas, areas),
        "by_wave": (5, waves),
        "by_group": (5, GROUPS),
        "by_shelter": (5, 5),
        "in_debt": (5,),
        "savings": (5,),
        "site_families": (sites,),
        "workers": (areas,),
        "employed": (areas,),
        "renters": (areas,),
        "claims": (areas,),
    }
    return Stocks(**{name: np.zeros(shape, np.int64) for name, shape in shapes.items()})


def new_events(areas: int, programmes: int) -> Any:
    """Return zeroed events, int64."""
    gates = len(GATES)
    shapes = {
        "flows": (5, 5),
        "moves": (5, 5, GROUPS),
        "premature": (5, 5, GROUPS),
        "uninformed": (5, 5, GROUPS),
        "voluntary": (5, GROUPS),
        "moves_by_push": (2 ** len(PUSHES), 5),
        "after_push": (5, GROUPS),
        "retries": (GROUPS,),
        "overridden": (gates,),
        "reviewed": (1,),
        "intended": (5, areas),
        "blocked": (5, areas, gates),
        "blocked_alone": (5, areas, gates, 2),
        "served": (programmes,),
    }
    return Events(**{name: np.zeros(shape, np.int64) for name, shape in shapes.items()})


def added(parts: list[Any]) -> tuple[Any, Any]:
    """Return the sum of NamedTuples of counts, field by field: people (or money), and the rows they come from."""
    kind = type(parts[0])
    sums = {name: reduce(operator.add, arrays) for name, *arrays in zip(kind._fields, *parts)}
    counts = {name: values if name in MONEY else values & _PEOPLE for name, values in sums.items()}
    rows = {name: np.zeros_like(values) if name in MONEY else values >> ROWS_AT for name, values in sums.items()}
    return kind(**counts), kind(**rows)
