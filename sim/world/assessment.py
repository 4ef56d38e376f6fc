"""What is assessed of households once a year: criteria, exits under every metric, solutions held, debt.

Arrays of weighted families, each beside the number of rows it comes from. The months are the start, every twelfth,
and the last.
"""

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.kernels.codes import (
    CAME_CHOSEN,
    CAME_INFORMED,
    CRITERIA,
    DISPLACED,
    ECONOMIC_SECURITY,
    ECONOMIC_UNAIDED,
    FOOD,
    FOOD_UNAIDED,
    RETURNED,
    SITUATIONS,
)
from sim.kernels.tally import GROUPS, N_TENURES
from sim.world.benchmark import BY_MASK, HEADLINE_METRIC, MASKS, MOVING, Benchmark
from sim.world.households import Households

Array = npt.NDArray[Any]
Float = npt.NDArray[np.float64]
EVERY = 12  # months
HORIZONS = (12, 24)  # months a solution is held to be called sustained
WHOLE = CAME_CHOSEN | CAME_INFORMED
TOLERANCE = 1e-9  # of a mean that equals the mean of hosts but for rounding


class Assessed(NamedTuple):
    """Weighted families, float64; each has a twin of int64 rows under the same name with ``_rows``.

    Sizes: 5 situations, A areas, 24 groups, 10 sub-criteria, 5 metrics, 2 horizons.
    """

    passes: Float  # [5, A, 10]
    exits: Float  # [5 metric, 5, A]
    exits_by_group: Float  # [5 metric, 5, 24]
    exits_moving: Float  # [3 metric of MOVING, 5], judged by hosts as they live this month
    exits_unaided: Float  # [5], headline metric without any assistance
    sustained: Float  # [2, 5, 24]
    sustained_whole: Float  # [2, 5, 24], of those: come of their choice and informed
    chosen: Float  # [5], who came of their choice
    debtors: Float  # [5, 24]


def is_assessed(month: int, months: int) -> bool:
    """Return whether households are assessed at the end of a month (0: at the start)."""
    return month % EVERY == 0 or month == months


def assessed_months(months: int) -> list[int]:
    """Return every month at whose end households are assessed."""
    return [month for month in range(months + 1) if is_assessed(month, months)]


class Kinds:
    """The rows that are present, those alike in all that is assessed counted as one kind.

    Attributes
    ----------
    families, rows : float64[k], float64[k]
        How many of a kind there are.
    situation, area, group, mask, unaided, held, whole, chosen, in_debt : intp[k]
        What a kind is; ``held`` is the number of HORIZONS it has held a solution for.
    """

    def __init__(self, households: Households, areas: int) -> None:
        self.areas = areas
        axes = _axes(households, areas)
        code = np.zeros(len(next(iter(axes.values()))[0]), np.int64)
        for values, size in axes.values():
            code = code * size + values
        kind, codes = pd.factorize(code)
        weight = households.fixed.weight[np.flatnonzero(households.state.present)]
        self.families: Float = np.bincount(kind, weight, len(codes)).astype(np.float64)
        self.rows: Float = np.bincount(kind, minlength=len(codes)).astype(np.float64)
        of = dict(zip(axes, np.unravel_index(codes, [size for _, size in axes.values()])))
        self.situation, self.area, self.group, self.mask = (of[name] for name in ("situation", "area", "group", "mask"))
        self.held, self.whole, self.chosen, self.in_debt = (of[name] for name in ("held", "whole", "chosen", "in_debt"))
        self.unaided = (
            self.mask & ~(1 << FOOD | 1 << ECONOMIC_SECURITY) | of["fed"] << FOOD | of["secure"] << ECONOMIC_SECURITY
        )

    @property
    def passed(self) -> Array:
        """Which sub-criteria every kind passes, 0 or 1, intp[10, k]."""
        return (self.mask >> np.arange(len(CRITERIA))[:, None]) & 1

    def along(self, *names: str) -> "Cells":
        """Return the cells that some of ``situation``, ``area`` and ``group`` make."""
        sizes = {"situation": len(SITUATIONS), "area": self.areas, "group": GROUPS}
        shape = tuple(sizes[name] for name in names)
        code = np.ravel_multi_index([getattr(self, name) for name in names], shape)
        return Cells(self, code, shape)


@dataclass(frozen=True)
class Cells:
    """Cells of a table, and the cell that each kind belongs to."""

    kinds: Kinds
    code: Array
    shape: tuple[int, ...]

    def count(self, amounts: Array) -> tuple[Float, Array]:
        """Return families, and rows, that one selection of kinds or several leave.

        Parameters
        ----------
        amounts : array[..., k]
            What part of every kind a selection leaves, 0 to 1.

        Returns
        -------
        families, rows : float64[..., *shape], int64[..., *shape]
        """
        selections, size = amounts.shape[:-1], math.prod(self.shape)
        tables = math.prod(selections)
        code = self.code + size * np.arange(tables)[:, None]
        families, rows = (
            np.bincount(code.ravel(), left.ravel(), tables * size).reshape(*selections, *self.shape)
            for left in (self.kinds.families * amounts, self.kinds.rows * (amounts > 0))
        )
        return families.astype(np.float64), rows.astype(np.int64)


def _axes(households: Households, areas: int) -> dict[str, tuple[Array, int]]:
    """Return what tells rows apart: a code a row that is present, and how many codes there are."""
    fixed, state = households.fixed, households.state
    there = np.flatnonzero(state.present)
    criteria, held, came = state.criteria[there], state.held[there], state.came[there]
    settled = state.settled[there].astype(np.intp)
    tenure, camp = fixed.tenure[there].astype(np.intp), fixed.from_camp[there].astype(np.intp)
    group = fixed.female_headed[there] + 2 * fixed.vulnerable[there] + 4 * tenure + 4 * N_TENURES * camp
    return {
        "situation": (np.where(state.at_home[there] > 0, RETURNED, DISPLACED + settled), len(SITUATIONS)),
        "area": (state.area[there].astype(np.intp), areas),
        "group": (group, GROUPS),
        "mask": (criteria.astype(np.intp) & (MASKS - 1), MASKS),
        "fed": (criteria >> FOOD_UNAIDED & 1, 2),
        "secure": (criteria >> ECONOMIC_UNAIDED & 1, 2),
        "held": (np.searchsorted(HORIZONS, held, side="right"), len(HORIZONS) + 1),
        "whole": ((came & WHOLE) == WHOLE, 2),
        "chosen": (came & CAME_CHOSEN > 0, 2),
        "in_debt": (state.savings[there] < 0, 2),
    }


def assess(households: Households, frozen: Benchmark, moving: Benchmark) -> dict[str, Array]:
    """Return the arrays of `Assessed` and their rows.

    Parameters
    ----------
    households : Households
    frozen, moving : Benchmark
        Hosts as at the start of the run, and as they live now.
    """
    kinds = Kinds(households, len(frozen.passes))
    at_all, by_area, by_group = (kinds.along("situation", *more) for more in ((), ("area",), ("group",)))
    exits = np.stack([*_exits(kinds, frozen, BY_MASK), _cells(kinds, frozen)])
    held = kinds.held > np.arange(len(HORIZONS))[:, None]
    counted = {
        "passes": tuple(np.moveaxis(table, 0, -1) for table in by_area.count(kinds.passed)),
        "exits": by_area.count(exits),
        "exits_by_group": by_group.count(exits),
        "exits_moving": at_all.count(np.stack(_exits(kinds, moving, MOVING))),
        "exits_unaided": at_all.count(frozen.exits[HEADLINE_METRIC][kinds.area, kinds.unaided]),
        "sustained": by_group.count(held),
        "sustained_whole": by_group.count(held & (kinds.whole > 0)),
        "chosen": at_all.count(kinds.chosen),
        "debtors": by_group.count(kinds.in_debt),
    }
    return {f"{name}{end}": table for name in Assessed._fields for end, table in zip(("", "_rows"), counted[name])}


def _exits(kinds: Kinds, hosts: Benchmark, metrics: tuple[str, ...]) -> list[Float]:
    """Return what some metrics give for every kind."""
    return [hosts.exits[metric][kinds.area, kinds.mask] for metric in metrics]


def _cells(kinds: Kinds, hosts: Benchmark) -> Float:
    """Return whether the cell of a kind exits: those of its situation, area and group, against the hosts of the area.

    A cell of one row is not judged, and does not exit.
    """
    cells = kinds.along("situation", "area", "group")
    everyone, members = cells.count(np.ones(len(kinds.families)))
    passing, _ = cells.count(kinds.passed)
    wanted = hosts.passes.T[:, None, :, None] - TOLERANCE
    good = (members > 1) & (passing >= wanted * everyone).all(axis=0)
    exits: Float = good.ravel()[cells.code].astype(np.float64)
    return exits
