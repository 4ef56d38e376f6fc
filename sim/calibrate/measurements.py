"""Measurements that a study could have: its targets and surveys once more, and better ones.

Each is told of the same run by the same luck, so that they are compared and not their luck; together they are never
used. A target that is counted again strays from the model as tracking has so far; only the noise of counting is halved.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.calibrate.observe import Nuisances, Series, published
from sim.calibrate.plans import Plans, answered
from sim.calibrate.rounds import seeds_of
from sim.calibrate.simulations import NOISE, Simulations, Simulator
from sim.calibrate.study import Compared, Study
from sim.experiments.draws import DRAW_SEED
from sim.experiments.executors import Executor
from sim.model import SolutionsModel
from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
AS_IS = "as it is"
HOUSEHOLDS = {1: "", 2: ", 2 x households", 4: ", 4 x households"}
NOISES = {1.0: "", 0.5: ", noise halved"}


class Measurement(NamedTuple):
    """A measurement of which is asked what it would be worth.

    Attributes
    ----------
    of : str
        The target or survey of the study.
    how : str
        In words.
    compared : Series or Plans
        What would be published; values are NaN where nothing has been.
    """

    of: str
    how: str
    compared: Compared


def offered(study: Study) -> list[Measurement]:
    """Return every target and survey as it is, and again in the last month that is fitted to, as then and better."""
    month, last = study.spec.origin, study.months_until(study.spec.origin)
    return [*_counted(study.series, month, last), *_asked(study.surveys, month, last)]


def _counted(series: Sequence[Series], month: str, last: int) -> Iterator[Measurement]:
    for one in series:
        yield Measurement(one.name, AS_IS, one)
        unknown = np.full((1, len(one.labels)), np.nan)
        again = one._replace(months=np.array([last]), dates=(month,), families=unknown)
        for times, words in NOISES.items():
            yield Measurement(one.name, f"again in {month}{words}", again._replace(noise=one.noise * times))


def _asked(surveys: Sequence[Plans], month: str, last: int) -> Iterator[Measurement]:
    for one in surveys:
        yield Measurement(one.name, AS_IS, one)
        latest = {one.labels[row]: row for row in np.argsort(one.months, kind="stable")}  # of every group, the last
        rows = one.only(np.isin(np.arange(len(one.labels)), list(latest.values())))
        count = len(rows.labels)
        unknown = np.full((count, 2), np.nan)
        again = rows._replace(months=np.full(count, last), dates=(month,) * count, shares=unknown)
        for times, words in HOUSEHOLDS.items():
            more = again._replace(households=again.households * times)
            yield Measurement(one.name, f"again in {month}{words}", more)


@dataclass(frozen=True)
class Measured(Simulations):
    """Simulations of which every measurement is told by the same luck, whatever the others are."""

    def told(self, model: SolutionsModel, asked: Sequence[Float], between: Nuisances, seed: int) -> list[Float]:
        """Return what would have been published of a run, each target and survey as if it were the only one."""

        def luck() -> np.random.Generator:
            return np.random.default_rng([seed, NOISE])

        parts = [published(one, model, between, luck()) for one in self.series]
        return [*parts, *(answered(one, found, luck()) for one, found in zip(self.surveys, asked))]


def measured(
    study: Study,
    measurements: Sequence[Measurement],
    values: Float,
    numbers: Sequence[int],
    executor: Executor,
    tick: Callable[[], None] | None = None,
) -> list[Float]:
    """Return what every measurement would publish, float64[draws, statistics] each.

    Parameters
    ----------
    study : Study
    measurements : sequence of Measurement
    values : float64[draws, p]
        In the order of the priors of the study.
    numbers : sequence of int
        Of the draws, by which their luck is told.
    executor : Executor
        Who runs; results do not depend on it.
    tick : callable, optional
        Called after every simulation.

    Raises
    ------
    InputError
        Where a simulation fails.
    """
    every = [one.compared for one in measurements]
    series = tuple(one for one in every if isinstance(one, Series))
    surveys = tuple(one for one in every if isinstance(one, Plans))
    simulate = Simulator(replace(study, series=series, surveys=surveys), study.spec.origin, executor, tick, Measured)
    seeds = seeds_of(DRAW_SEED, 0, max(numbers) + 1)[list(numbers)]
    found = simulate(values, seeds)
    failed = np.flatnonzero(~np.isfinite(found).all(axis=1))
    if len(failed):
        message = (
            f"{len(failed)} simulations of the study fail or give no numbers, the first at draw {numbers[failed[0]]}"
        )
        raise InputError(message, key="--study", value=study.spec.title)
    return np.split(found, np.cumsum([len(one.names) for one in every])[:-1], axis=1)
