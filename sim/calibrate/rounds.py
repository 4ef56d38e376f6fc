"""Rounds of simulations: drawn in a region, batch by batch, and weighed together as draws from the prior."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.calibrate.cloud import Cloud
from sim.calibrate.kept import Kept
from sim.calibrate.problem import Bool, Float, Int, Problem, shares_of
from sim.calibrate.region import Region
from sim.calibrate.settings import Settings
from sim.schema.errors import InputError

SEEDS = 2**24  # seeds of simulations that belong to one seed of a fit: more than the limits of settings let it use


@dataclass(frozen=True)
class Round:
    """Simulations of one round: the region, how many were drawn in it, and those that gave numbers."""

    region: Region
    drawn: int
    normal: Float
    statistics: Float


def simulated(
    problem: Problem, settings: Settings, seed: int, number: int, region: Region, normal: Float, store: Kept
) -> Round:
    """Return the simulations of a round, batch by batch; what was drawn is kept too, as all else follows from it."""
    name = f"round-{number + 1}"
    box = {"axes": region.axes, "low": region.low, "high": region.high}
    drawn = store.once(name, lambda: {"normal": normal, **box})
    normal, seeds = drawn["normal"], seeds_of(seed, number * settings.simulations, settings.simulations)
    found = []
    for first in range(0, len(normal), settings.batch):
        part = slice(first, first + settings.batch)
        shares, ours = shares_of(normal[part]), seeds[part]
        batch = store.once(
            f"{name}-from-{first}",
            lambda: {"statistics": problem.simulated(shares, ours)},  # noqa: B023
        )
        found.append(batch["statistics"])
    statistics = np.concatenate(found)
    usable = np.asarray(np.isfinite(statistics).all(axis=1))
    _refuse_unusable(problem, normal, usable)
    region = Region(drawn["axes"], drawn["low"], drawn["high"])
    return Round(region, len(normal), normal[usable], statistics[usable])


def seeds_of(seed: int, first: int, number: int) -> Int:
    """Return the numbered seeds of simulations, int64[number]; seeds of fits that differ share none."""
    return seed * SEEDS + np.arange(first, first + number, dtype=np.int64)


def pooled(rounds: Sequence[Round]) -> Cloud:
    """Return the simulations of all rounds that lie in the last region, each weighed as a draw from the prior.

    A simulation could have come from every round whose region holds it; its weight is the prior over the mixture of
    them all (the balance heuristic of Veach and Guibas 1995; Owen and Zhou 2000), which no region can distort.
    """
    normal = np.concatenate([one.normal for one in rounds])
    statistics = np.concatenate([one.statistics for one in rounds])
    region = rounds[-1].region
    inside = region.holds(normal)
    normal, statistics = normal[inside], statistics[inside]
    smallest = min(one.region.log_probability() for one in rounds)
    density = np.zeros(len(normal))
    for one in rounds:
        density += one.region.holds(normal) * one.drawn * np.exp(smallest - one.region.log_probability())
    return Cloud(normal, statistics, (1.0 / density) / (1.0 / density).sum(), region)


def _refuse_unusable(problem: Problem, normal: Float, usable: Bool) -> None:
    """Refuse a round in which most simulations gave no numbers, and say for which parameters."""
    if 2 * usable.sum() >= len(usable):
        return
    values = problem.values(shares_of(normal[~usable]))
    ends = zip(problem.names, values.min(axis=0), values.max(axis=0))
    ranges = ", ".join(f"{name} {low:.4g} to {high:.4g}" for name, low, high in ends)
    message = f"{(~usable).sum():,} of {len(usable):,} simulations give statistics that are no numbers, at {ranges}"
    raise InputError(message, key="priors", allowed="ranges in which most simulations give numbers")
