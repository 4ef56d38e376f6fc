"""The standard of hosts: which criteria masks count as living as hosts of an area do, under every exit metric.

Whether a household exits depends on its mask and its area alone once the hosts are known, so each metric is a table
with one entry an area and mask. The metrics are those of :mod:`sim.outcomes.exits`, whose rules fill the tables.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import ALL_CRITERIA, CRITERIA, IRIS_NUMBERS
from sim.kernels.criteria import host_criteria
from sim.outcomes.exit_groups import criteria_of
from sim.outcomes.exit_rules import covered, reached
from sim.population.hosts import host_rows, raked
from sim.schema.parameters import Criteria
from sim.world.households import Households
from sim.world.standards import host_rates

Float = npt.NDArray[np.float64]
Names = tuple[str, ...]
BY_MASK = ("pass_fail", "composite", "criterion_composite", "ecdf")  # what a mask decides; `cells` compares groups
METRICS = (*BY_MASK, "cells")  # MOVING comes first
MOVING = ("pass_fail", "composite", "criterion_composite")  # also judged by hosts as they live now
HEADLINE_METRIC = "composite"
KEPT = 64  # standards kept in memory
MASKS = 1 << len(CRITERIA)
_OF_CRITERION = {name: number.split(".")[0] for name, number in zip(CRITERIA, IRIS_NUMBERS)}


@dataclass(frozen=True)
class Benchmark:
    """The hosts of every area under one set of conditions.

    Attributes
    ----------
    exits : dict of str to float64[A, MASKS]
        By metric: 1 where a household of this mask exits, 0 where not; for ``ecdf`` a share.
    host_exits : float64[metrics, A]
        The same rule applied to the hosts: their weighted share that would exit, in the order of METRICS; NaN where
        not asked for, and 1 for ``cells``, as all hosts of an area are at their own mean.
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

    def benchmark(self, month: Any, metrics: Names) -> Benchmark:
        """Return the standard that hosts set as they live in a month; in the first, as the case declares it."""
        masks: npt.NDArray[np.uint16] = np.zeros(len(self._area), np.uint16)
        host_criteria(self._households.fixed, self._households.state, month, self._ranks, masks)
        if self._weights is None:
            self._weights = _weights_at_start(masks.tobytes(), self._area.tobytes(), self.rates.tobytes())
        return benchmark(masks & np.uint16(ALL_CRITERIA), self._area, self._weights, metrics)


def no_exits(areas: int) -> npt.NDArray[np.uint8]:
    """Return the table of a standard that is not known yet: nobody meets it."""
    return np.zeros((areas, MASKS), np.uint8)


def benchmark(masks: npt.NDArray[np.uint16], area: npt.NDArray[np.intp], weights: Float, metrics: Names) -> Benchmark:
    """Return the standard that host rows set, under some metrics of BY_MASK.

    Parameters
    ----------
    masks : uint16[n]
        Criteria mask of every host row.
    area : intp[n]
        Codes from 0, none left out.
    weights : float64[n]
        Adding up to 1 in every area.
    metrics : tuple of str
    """
    counts = np.stack([np.bincount(masks[area == one], weights[area == one], MASKS) for one in range(area.max() + 1)])
    return _from_counts(counts.tobytes(), metrics)


@lru_cache(maxsize=KEPT)
def _weights_at_start(masks: bytes, area: bytes, rates: bytes) -> Float:
    """Return the weights under which host rows pass as the case says; runs of a case share them."""
    wanted = np.frombuffer(rates).reshape(-1, len(CRITERIA))
    return raked(np.frombuffer(masks, np.uint16), np.frombuffer(area, np.intp), wanted)


@lru_cache(maxsize=KEPT)
def _from_counts(packed: bytes, metrics: Names) -> Benchmark:
    """Return the standard of hosts, of whom so many have each mask, float64[A, MASKS]; runs share their hosts."""
    counts = np.frombuffer(packed).reshape(-1, MASKS)
    exits = {metric: _TABLES[metric](counts) for metric in metrics}
    by_host = {metric: (counts * table).sum(axis=1) for metric, table in exits.items()} | {
        "cells": np.ones(len(counts))
    }
    unknown = np.full(len(counts), np.nan)
    return Benchmark(
        exits, np.stack([by_host.get(metric, unknown) for metric in METRICS]), np.minimum(1.0, counts @ _BITS)
    )


def _pass_fail(counts: Float) -> Float:
    """Return what every mask gives by a metric, whoever the hosts are; here and below float64[A, MASKS]."""
    return np.tile(_BITS.all(axis=1).astype(np.float64), (len(counts), 1))


def _composite(counts: Float) -> Float:
    return _reaches_hosts(counts, list(range(len(CRITERIA))))


def _criterion_composite(counts: Float) -> Float:
    within = criteria_of(CRITERIA, _OF_CRITERION).values()
    every: Float = np.minimum.reduce([_reaches_hosts(counts, columns) for columns in within])
    return every


def _reaches_hosts(counts: Float, columns: list[int]) -> Float:
    """Return which masks pass as many sub-criteria, of some, as the hosts of an area do on average."""
    passed = _BITS[:, columns].sum(axis=1)
    return reached(passed, passed, (counts @ passed / counts.sum(axis=1))[:, None])


def _ecdf(counts: Float) -> Float:
    return np.stack([_ecdf_of_one(hosts) for hosts in counts])


def _ecdf_of_one(hosts: Float) -> Float:
    """Return what every mask gives against hosts, of whom ``hosts`` counts each mask; float64[MASKS]."""
    found = _IN_ORDER[hosts[_IN_ORDER] > 0]
    share: Float = covered(_BITS, _BITS[found], hosts[found])
    return share


_TABLES: dict[str, Callable[[Float], Float]] = {
    "pass_fail": _pass_fail,
    "composite": _composite,
    "criterion_composite": _criterion_composite,
    "ecdf": _ecdf,
}
_BITS = ((np.arange(MASKS)[:, None] >> np.arange(len(CRITERIA))) & 1).astype(np.float64)
_IN_ORDER = np.lexsort(_BITS.T[::-1])  # masks in the order in which a survey's patterns are sorted: sums round alike
