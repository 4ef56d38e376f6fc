"""Forecasts of tracked stocks: every draw of a posterior run on from a month, from the stock published then.

What is not known at that month is not used: later events of the scenario are left out, and the security of that month
stays. Camps may close although nobody has announced it, where the study says so (`sim.calibrate.unforeseen`). A model
that is off at the launch would go on being off; so each stock starts from what was published, and moves as the model's
does: published at launch x model at t / model at launch. To that comes what the model misses since and what changes in
the books, both as large as in the past that it was fitted to, and the noise of counting.
"""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.observe import FEWEST, Nuisances, Series, stocks, strays
from sim.calibrate.simulations import nuisances
from sim.calibrate.study import Study
from sim.calibrate.unforeseen import with_closures
from sim.experiments.executors import Executor
from sim.model import SolutionsModel
from sim.scenario import Compiled, Scenario, compiled_as_known
from sim.schema.base import month_name, month_number
from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
STRAYS, CLOSURES = 2, 3  # purposes of generators
QUANTILES = {"q05": 0.05, "q25": 0.25, "median": 0.5, "q75": 0.75, "q95": 0.95}
ALL = "all"


@dataclass(frozen=True)
class Ahead:
    """Runs of a forecast, one a draw: work for an executor.

    Attributes
    ----------
    study : Study
    scenarios : tuple of Scenario
        What is known, to the last month that is forecast.
    launch : str
        ``YYYY-MM``, the last month that is known.
    series : tuple of Series
        Whose stocks are forecast.
    values : float64[n, p]
        Draws, in the order of the priors of the study.
    seeds : tuple of int
    """

    study: Study
    scenarios: tuple[Scenario, ...]
    launch: str
    series: tuple[Series, ...]
    values: Float
    seeds: tuple[int, ...]

    def place(self, number: int) -> tuple[int, int]:
        """Return draw and seed of a run, for messages."""
        return number, self.seeds[number]

    def run(self, number: int) -> list[Float]:
        """Return the stocks of every series from the start on, [months + 1, stocks]."""
        named = dict(zip(self.study.priors, self.values[number].tolist()))
        scenario = self.scenarios[0].override(self.study.overrides(named))
        compiled = self._with_closures(compiled_as_known(scenario, self.launch), number)
        model = SolutionsModel(compiled, seed=self.seeds[number], collect=False).run()
        return [stocks(one, model) for one in self.series]

    def _with_closures(self, compiled: Compiled, number: int) -> Compiled:
        """Return what is known with the closures that one draw has to reckon with."""
        unforeseen, spec = self.study.spec.unforeseen, self.study.spec
        if unforeseen is None:
            return compiled
        luck = np.random.default_rng([spec.seed, month_number(self.launch), number, CLOSURES])
        chance = float(unforeseen.camp_closures.at(luck.random(1))[0])
        return with_closures(compiled, self.study.months_until(self.launch), chance, luck)


@dataclass(frozen=True)
class Forecast:
    """Stocks that are forecast, draw by draw.

    Attributes
    ----------
    launch : str
        The last month that was known.
    dates : tuple of str
        Months that are forecast, ``YYYY-MM``.
    stocks : dict of str to float64[draws, dates, stocks]
        By series; families as they would be published.
    labels : dict of str to tuple of str
        Stocks of every series.
    """

    launch: str
    dates: tuple[str, ...]
    stocks: dict[str, Float]
    labels: dict[str, tuple[str, ...]]

    def table(self, series: str) -> pd.DataFrame:
        """Return quantiles of a series: date, its labels and their sum, q05 to q95."""
        values = self.stocks[series]
        whole = np.concatenate([values, values.sum(axis=2, keepdims=True)], axis=2)
        found = np.quantile(whole, list(QUANTILES.values()), axis=0)
        index = pd.MultiIndex.from_product([self.dates, [*self.labels[series], ALL]], names=["date", "stock"])
        columns = {name: found[n].ravel() for n, name in enumerate(QUANTILES)}
        return pd.DataFrame(columns, index=index).reset_index()


def forecast(
    study: Study, draws: Float, launch: str, months: int, executor: Executor, tick: Callable[[], None] | None = None
) -> Forecast:
    """Return the forecast of all series of a study.

    Parameters
    ----------
    study : Study
    draws : float64[n, p]
        Of a posterior, in the order of the priors of the study.
    launch : str
        ``YYYY-MM``, the last month that is known: the end of a month with a published round.
    months : int
        How far ahead.
    executor : Executor
        Who runs; results do not depend on it.
    tick : callable, optional
        Called after every run.

    Raises
    ------
    InputError
        Where no round is published at the launch, or a run fails.
    """
    series = study.series
    begins = study.months_until(launch)
    _refuse_unpublished(series, begins, launch)
    base = study.scenario.override({"months": begins + months, "rows": study.spec.effort.forecast_rows})
    base = base.override({f"recodes.{name}": None for name in base.spec.recodes})  # those families behave as others do
    work = Ahead(study, (base,), launch, series, draws, tuple(range(len(draws))))
    runs: list[list[Float] | None] = [None] * len(draws)
    with closing(executor.finished(work, range(len(draws)))) as ended:
        for done in ended:
            if done.summary is None:
                raise InputError(done.error, key="forecast")
            runs[done.number] = done.summary
            if tick is not None:
                tick()
    dates = tuple(month_name(month_number(launch) + n) for n in range(1, months + 1))
    spread = [nuisances(dict(zip(study.priors, one.tolist()))) for one in draws]
    found = {}
    for n, one in enumerate(study.until(launch)):
        key = (study.spec.seed, month_number(launch), n)
        sampled = [_as_published(run[n], one, sd, (*key, k)) for k, (run, sd) in enumerate(zip(runs, spread)) if run]
        found[one.name] = np.stack(sampled)
    return Forecast(launch, dates, found, {one.name: one.labels for one in series})


def _as_published(stock: Float, series: Series, between: Nuisances, key: Sequence[int]) -> Float:
    """Return the stocks of a run after the last round of a series as they would be published, [months, stocks]."""
    launch, luck = int(series.months[-1]), np.random.default_rng([*key, STRAYS])
    between = series.between(between)
    moved = np.maximum(stock[launch + 1 :], FEWEST) / np.maximum(stock[launch], FEWEST)
    missed, books = strays(between, moved.shape[0], moved.shape[1], luck)
    reached = np.log(between.coverage) * np.arange(1, len(moved) + 1)[:, None] / 12.0
    counted = np.exp(missed + reached + series.noise * luck.standard_normal(moved.shape))
    found: Float = np.maximum(series.families[-1] * moved * counted + books, 0.0)
    return found


def _refuse_unpublished(series: Sequence[Series], months: int, launch: str) -> None:
    """Refuse a launch at whose end a series has no round, with which a forecast begins."""
    for one in series:
        if months not in one.months:
            message, allowed = "no round is published at the end of this month", ", ".join(one.dates)
            raise InputError(message, key=one.name, value=launch, allowed=allowed)
