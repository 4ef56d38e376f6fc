"""Simulations of a study: parameters and seeds in, statistics as they would have been published out."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.calibrate.observe import Nuisances, Series, published
from sim.calibrate.plans import Plans, answered
from sim.calibrate.questions import answers
from sim.calibrate.study import NUISANCE, Study, statistic_names
from sim.experiments.executors import Executor
from sim.model import SolutionsModel
from sim.scenario import Scenario, compile_scenario
from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
NOISE = 1  # purpose of a generator: what is published of a run, apart from its luck


@dataclass(frozen=True)
class Simulations:
    """Some simulations of a study, each with its parameters and its seed: work for an executor.

    Attributes
    ----------
    study : Study
    scenarios : tuple of Scenario
        The one that is run, to the month that is fitted to.
    series : tuple of Series
        The targets to that month.
    surveys : tuple of Plans
        Likewise.
    values : float64[n, p]
        Parameters in the order of the priors of the study.
    seeds : tuple of int
    """

    study: Study
    scenarios: tuple[Scenario, ...]
    series: tuple[Series, ...]
    surveys: tuple[Plans, ...]
    values: Float
    seeds: tuple[int, ...]

    def place(self, number: int) -> tuple[int, int]:
        """Return number and seed of a simulation, for messages."""
        return number, self.seeds[number]

    def run(self, number: int) -> Float:
        """Run one simulation and return what would have been published."""
        named = dict(zip(self.study.priors, self.values[number].tolist()))
        compiled = compile_scenario(self.scenarios[0].override(self.study.overrides(named)))
        model, between = SolutionsModel(compiled, seed=self.seeds[number], collect=False), nuisances(named)
        asked = lived(model, self.surveys, between)
        return np.concatenate(self.told(model, asked, between, self.seeds[number]))

    def told(self, model: SolutionsModel, asked: Sequence[Float], between: Nuisances, seed: int) -> list[Float]:
        """Return what would have been published of a run that was lived: targets, then surveys, by one luck."""
        luck = np.random.default_rng([seed, NOISE])
        parts = [published(one, model, between, luck) for one in self.series]
        return [*parts, *(answered(one, found, luck) for one, found in zip(self.surveys, asked))]


def lived(model: SolutionsModel, surveys: Sequence[Plans], between: Nuisances) -> list[Float]:
    """Live all months of a model, and return the true shares of every row of every survey, [rows, answers]."""
    shares = [np.zeros(one.shares.shape) for one in surveys]
    while model.month < model.compiled.months:
        model.step()
        for one, found in zip(surveys, shares):
            now = one.months == model.month
            if now.any():
                found[now] = one.of(answers(one.statistic, model, between), now)
    model.world.close()
    return shares


@dataclass(frozen=True)
class Simulator:
    """What inference sees of a study: a function of parameters and seeds.

    Attributes
    ----------
    study : Study
    until : str
        Month that is fitted to, ``YYYY-MM``.
    executor : Executor
        Who runs; results do not depend on it.
    tick : callable, optional
        Called after every simulation.
    work : type
        The kind of simulations.
    """

    study: Study
    until: str
    executor: Executor
    tick: Callable[[], None] | None = None
    work: type[Simulations] = Simulations

    @property
    def series(self) -> tuple[Series, ...]:
        """The targets to that month."""
        return self.study.until(self.until)

    def __call__(self, values: Float, seeds: Int) -> Float:
        """Return statistics, float64[n, s], of parameters [n, p] and seeds [n]; NaN where a simulation failed.

        Raises
        ------
        InputError
            Where nobody is left to run them.
        """
        base, surveys = self.study.scenario, self.study.surveys_until(self.until)
        months = self.study.months_until(self.until)
        work = self.work(
            self.study,
            (base.override({"months": months}),),
            self.series,
            surveys,
            values,
            tuple(int(seed) for seed in seeds),
        )
        found = np.full((len(values), len(statistic_names([*work.series, *surveys]))), np.nan)
        ran = 0
        with closing(self.executor.finished(work, range(len(values)))) as ended:
            for done in ended:
                ran += 1
                if self.tick is not None:
                    self.tick()
                if done.summary is not None:
                    found[done.number] = done.summary
        if ran < len(values):
            raise InputError(f"{len(values) - ran} simulations were not run", key="--executor", value=done.error)
        return found


def nuisances(named: dict[str, float]) -> Nuisances:
    """Return what stands between model and publication, from named values."""
    return Nuisances(
        **{name.removeprefix(NUISANCE): value for name, value in named.items() if name.startswith(NUISANCE)}
    )
