"""Fewer simulated households, each for more families: quick to run, good for differences, not for levels.

Small camps and places of origin need rows of their own to be seen, which sets how few rows a case can have. Where
only the difference of two scenarios matters, both with the same households and the same luck, a sample will do.
"""

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.scenario.compiled import Compiled

Rows = npt.NDArray[np.intp]
PLACES = ("site", "shelter", "area", "origin")  # the sample is spread over


def thinned(compiled: Compiled, rows: int) -> Compiled:
    """Return a compiled scenario with about so many households there at the start, and as thinly sampled later ones.

    A systematic sample, households being chosen in proportion to the families they stand for, in the order of places:
    every place keeps its families to within one sampled household, and the families of each cohort stay as many.

    Parameters
    ----------
    compiled : Compiled
    rows : int
        Households to aim at, 1 or more; where there are no more than that, all stay.

    Notes
    -----
    Households keep their numbers, and with them their luck: two scenarios of one case, thinned alike, are paired.
    """
    columns = compiled.households
    arrival, there = columns["arrival"], columns["arrival"] == 0
    if there.sum() <= rows:
        return compiled
    step = int(columns["weight"][there].sum()) / rows
    samples = [_sample(columns, np.flatnonzero(arrival == month), step) for month in np.unique(arrival)]
    kept, weight = (np.concatenate(parts) for parts in zip(*samples))
    order = np.argsort(kept)
    fewer = {name: values[kept[order]] for name, values in columns.items()}
    fewer["weight"] = weight[order].astype(columns["weight"].dtype)
    return replace(compiled, households=fewer)


def _sample(columns: dict[str, npt.NDArray[Any]], cohort: Rows, step: float) -> tuple[Rows, npt.NDArray[np.int64]]:
    """Return the rows of a cohort that stay, and the families each of them stands for."""
    ordered = cohort[np.lexsort([columns[name][cohort] for name in ("id", *PLACES)])]
    passed = np.cumsum(columns["weight"][ordered].astype(np.int64))
    families = int(passed[-1])
    number = max(1, round(families / step))
    marks = np.linspace(0, families, number + 1).round().astype(np.int64)
    middle = (marks[:-1] + marks[1:]) // 2
    chosen, hits = np.unique(np.searchsorted(passed, middle, side="right"), return_inverse=True)
    return ordered[chosen], np.bincount(hits, np.diff(marks)).astype(np.int64)
