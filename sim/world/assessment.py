"""What is assessed of households once a year: criteria, exits under every metric, solutions held, debt.

Arrays of weighted families, each beside the number of rows it comes from. The months are the start, every twelfth,
and the last.
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import (
    CAME_CHOSEN,
    CAME_INFORMED,
    CRITERIA,
    ECONOMIC_SECURITY,
    ECONOMIC_UNAIDED,
    FOOD,
    FOOD_UNAIDED,
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


class Tellers:
    """The rows that are present, told apart by situation, area and group, for counting."""

    def __init__(self, households: Households, areas: int) -> None:
        fixed, state = households.fixed, households.state
        there = np.flatnonzero(state.present)
        self.areas = areas
        self.weight = fixed.weight[there].astype(np.float64)
        self.situation = _situation(state, there)
        self.area = state.area[there].astype(np.intp)
        tenure, camp = fixed.tenure[there].astype(np.intp), fixed.from_camp[there].astype(np.intp)
        self.group = fixed.female_headed[there] + 2 * fixed.vulnerable[there] + 4 * tenure + 4 * N_TENURES * camp
        self.mask = state.criteria[there].astype(np.intp) & (MASKS - 1)
        self.unaided = _unaided(state.criteria[there].astype(np.intp))
        self.held, self.came = state.held[there], state.came[there]
        self.in_debt = state.savings[there] < 0

    def by(self, *axes: tuple[Array, int], amount: Array) -> tuple[Float, Array]:
        """Return families, and rows, that ``amount`` (0 to 1 a row) selects, by the codes and sizes of some axes."""
        code, size = np.zeros(len(self.weight), np.intp), 1
        for values, length in axes:
            code, size = code * length + values, size * length
        shape = [length for _, length in axes]
        families: Float = np.bincount(code, self.weight * amount, size).astype(np.float64).reshape(shape)
        rows = np.bincount(code, amount > 0, size).astype(np.int64).reshape(shape)
        return families, rows


def assess(households: Households, frozen: Benchmark, moving: Benchmark) -> dict[str, Array]:
    """Return the arrays of `Assessed` and their rows.

    Parameters
    ----------
    households : Households
    frozen, moving : Benchmark
        Hosts as at the start of the run, and as they live now.
    """
    rows = Tellers(households, len(frozen.passes))
    situation, area, group = (rows.situation, len(SITUATIONS)), (rows.area, rows.areas), (rows.group, GROUPS)
    exits = [*_exits(rows, frozen, BY_MASK), _cells(rows, frozen)]
    exits_now = _exits(rows, moving, MOVING)
    unaided = frozen.exits[HEADLINE_METRIC][rows.area, rows.unaided]
    whole = (rows.came & WHOLE) == WHOLE
    counted = {
        "passes": [rows.by(situation, area, amount=(rows.mask >> c) & 1) for c in range(len(CRITERIA))],
        "exits": [rows.by(situation, area, amount=one) for one in exits],
        "exits_by_group": [rows.by(situation, group, amount=one) for one in exits],
        "exits_moving": [rows.by(situation, amount=one) for one in exits_now],
        "sustained": [rows.by(situation, group, amount=rows.held >= horizon) for horizon in HORIZONS],
        "sustained_whole": [rows.by(situation, group, amount=(rows.held >= horizon) & whole) for horizon in HORIZONS],
    }
    single = {
        "exits_unaided": rows.by(situation, amount=unaided),
        "chosen": rows.by(situation, amount=rows.came & CAME_CHOSEN > 0),
        "debtors": rows.by(situation, group, amount=rows.in_debt),
    }
    stacked = {name: tuple(np.stack(part) for part in zip(*found)) for name, found in counted.items()}
    stacked["passes"] = tuple(np.moveaxis(part, 0, -1) for part in stacked["passes"])
    both = {name: (stacked | single)[name] for name in Assessed._fields}
    return {f"{name}{end}": part for name, pair in both.items() for end, part in zip(("", "_rows"), pair)}


def _situation(state: Any, rows: Array) -> Array:
    """Return the situation codes of rows that are present."""
    settled = state.settled[rows].astype(np.intp)
    return np.where(state.at_home[rows] > 0, SITUATIONS.index("returned"), 1 + settled)


def _unaided(criteria: Array) -> Array:
    """Return masks with food and economic security as they would be without assistance."""
    mask = criteria & (MASKS - 1) & ~(1 << FOOD | 1 << ECONOMIC_SECURITY)
    return mask | (criteria >> FOOD_UNAIDED & 1) << FOOD | (criteria >> ECONOMIC_UNAIDED & 1) << ECONOMIC_SECURITY


def _exits(rows: Tellers, hosts: Benchmark, metrics: tuple[str, ...]) -> list[Float]:
    """Return what some metrics give for every row."""
    return [hosts.exits[metric][rows.area, rows.mask] for metric in metrics]


def _cells(rows: Tellers, hosts: Benchmark) -> Float:
    """Return whether the cell of a row exits: those of its situation, area and group, against the hosts of the area.

    A cell of one row is not judged, and does not exit.
    """
    axes = (rows.situation, len(SITUATIONS)), (rows.area, rows.areas), (rows.group, GROUPS)
    everyone, members = rows.by(*axes, amount=np.ones(len(rows.weight)))
    good = members > 1
    for c in range(len(CRITERIA)):
        passing, _ = rows.by(*axes, amount=(rows.mask >> c) & 1)
        mean = passing / np.maximum(everyone, 1.0)
        good &= mean >= hosts.passes[None, :, None, c] - TOLERANCE
    exits: Float = good[rows.situation, rows.area, rows.group].astype(np.float64)
    return exits
