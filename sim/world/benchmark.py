"""The standard of hosts: which criteria masks count as living as hosts of an area do, under every exit metric.

Whether a household exits depends on its mask and its area alone once the hosts are known, so each metric is a table
with one entry an area and mask. The metrics are those of :mod:`sim.outcomes.exits`, which fills the tables.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.kernels.codes import CRITERIA, IRIS_NUMBERS
from sim.kernels.criteria import host_criteria
from sim.outcomes.exits import exit_shares
from sim.population.hosts import host_rows, raked
from sim.schema.parameters import Criteria
from sim.world.households import Households
from sim.world.standards import host_rates

Float = npt.NDArray[np.float64]
BY_MASK = ("pass_fail", "composite", "criterion_composite", "ecdf")  # what a mask decides; `cells` compares groups
METRICS = (*BY_MASK, "cells")
HEADLINE_METRIC = "composite"
MASKS = 1 << len(CRITERIA)
_OF_CRITERION = {name: number.split(".")[0] for name, number in zip(CRITERIA, IRIS_NUMBERS)}


@dataclass(frozen=True)
class Benchmark:
    """The hosts of every area under one set of conditions.

    Attributes
    ----------
    exits : dict of str to float64[A, MASKS]
        By metric of BY_MASK: 1 where a household of this mask exits, 0 where not; for ``ecdf`` a share.
    host_exits : float64[metrics, A]
        The same rule applied to the hosts: their weighted share that would exit, in the order of METRICS.
    passes : float64[A, 10]
        Weighted share of hosts that pass each sub-criterion.
    """

    exits: dict[str, Float]
    host_exits: Float
    passes: Float

    @cached_property
    def headline(self) -> npt.NDArray[np.uint8]:
        """The table of the headline metric as kernels read it, uint8[A, MASKS]."""
        return np.ascontiguousarray(self.exits[HEADLINE_METRIC] > 0, np.uint8)


class HostSample:
    """The host rows of a run, weighted so that they pass as often as the case says at the start.

    Parameters
    ----------
    opening : dict of str to float64[A]
        Area conditions of the first month.
    params : sim.kernels.inputs.Params
    criteria : sim.schema.parameters.Criteria
    """

    def __init__(self, opening: dict[str, Float], params: Any, criteria: Criteria) -> None:
        self.rates = host_rates(opening)
        needs = int(np.ceil(params.budget.subsistence))
        rows = host_rows(self.rates, 1, needs, criteria.food_share, criteria.hosts_alike)
        self._households, self._ranks, self._area = Households(rows.columns), rows.ranks, rows.area
        self._weights: Float | None = None

    def benchmark(self, month: Any) -> Benchmark:
        """Return the standard that hosts set as they live in a month; in the first, as the case declares it."""
        masks = np.zeros(len(self._area), np.uint16)
        host_criteria(self._households.fixed, self._households.state, month, self._ranks, masks)
        if self._weights is None:
            self._weights = raked(masks, self._area, self.rates)
        return benchmark(masks, self._area, self._weights, len(self.rates))


def no_exits(areas: int) -> npt.NDArray[np.uint8]:
    """Return the table of a standard that is not known yet: nobody meets it."""
    return np.zeros((areas, MASKS), np.uint8)


def benchmark(masks: npt.NDArray[np.uint16], area: npt.NDArray[np.intp], weights: Float, areas: int) -> Benchmark:
    """Return the standard that host rows set.

    Parameters
    ----------
    masks : uint16[n]
        Criteria mask of every host row.
    area : intp[n]
    weights : float64[n]
    areas : int
        How many areas there are.
    """
    exits = {metric: np.zeros((areas, MASKS)) for metric in BY_MASK}
    host_exits, passes = np.zeros((len(METRICS), areas)), np.zeros((areas, len(CRITERIA)))
    for one in range(areas):
        mine = masks[area == one] & (MASKS - 1)
        counts = np.bincount(mine, weights[area == one], MASKS)
        passes[one] = counts @ _BITS
        for at, metric in enumerate(BY_MASK):
            exits[metric][one] = _by_mask(counts, metric)
            host_exits[at, one] = counts @ exits[metric][one]
    host_exits[METRICS.index("cells")] = 1.0  # all hosts as one cell are at their own mean
    return Benchmark(exits, host_exits, passes)


def _by_mask(hosts: Float, metric: str) -> Float:
    """Return what every mask gives against hosts, of whom ``hosts`` counts each mask; float64[MASKS]."""
    found = np.flatnonzero(hosts)
    indicators = pd.DataFrame(_BITS[np.concatenate([found, np.arange(MASKS)])], columns=list(CRITERIA))
    host = pd.Series(np.arange(len(indicators)) < len(found))
    weights = pd.Series(np.concatenate([hosts[found], np.ones(MASKS)]))
    criteria = _OF_CRITERION if metric == "criterion_composite" else None
    result = exit_shares(indicators, host, weights, metric, criteria, per_household=True)
    return np.asarray(result.to_numpy(np.float64)[len(found) :])


_BITS = ((np.arange(MASKS)[:, None] >> np.arange(len(CRITERIA))) & 1).astype(np.float64)
