"""Fitting a study: what inference sees of it, and how many draws are kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from sim.calibrate.abc import Posterior, Settings, fit
from sim.calibrate.problem import Problem
from sim.calibrate.region import Region
from sim.calibrate.simulations import Simulator
from sim.calibrate.study import Study, observed, statistic_names
from sim.experiments.account import sources_now
from sim.experiments.executors import Executor

Float = npt.NDArray[np.float64]


def problem_of(study: Study, until: str, executor: Executor, tick: Callable[[], None] | None = None) -> Problem:
    """Return what inference sees of a study: what was published until a month, and its model."""
    compared = study.compared_until(until)
    return Problem(
        tuple(study.priors),
        tuple(study.priors.values()),
        statistic_names(compared),
        observed(compared),
        Simulator(study, until, executor, tick),
        model=str(sorted(sources_now().items())),
    )


def fitted(
    study: Study,
    until: str,
    executor: Executor,
    keep: Path | None = None,
    start: Region | None = None,
    tick: Callable[[], None] | None = None,
) -> Posterior:
    """Return the posterior of a study on what was published until a month; warm from a region where one is given."""
    effort = study.spec.effort
    rounds = effort.rounds if start is None else effort.rounds_warm
    settings = Settings(rounds=rounds, simulations=effort.simulations, batch=effort.batch)
    return fit(problem_of(study, until, executor, tick), settings, study.spec.seed, keep=keep, start=start)


def thinned(draws: Float, count: int) -> Float:
    """Return so many of the draws, evenly chosen; all where there are no more."""
    chosen = np.linspace(0, len(draws) - 1, min(count, len(draws))).round().astype(int)
    found: Float = draws[chosen]
    return found
