"""Backtests: fitted to a month, run on from there, and scored against later rounds, beside naive forecasts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.abc import Posterior
from sim.calibrate.fitting import fitted, thinned
from sim.calibrate.forecast import Forecast, forecast
from sim.calibrate.naive import NAIVE, sample
from sim.calibrate.observe import Series
from sim.calibrate.scores import Score, score
from sim.calibrate.study import Study
from sim.experiments.executors import Executor
from sim.schema.base import month_name, month_number
from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
Samples = list[Float]  # by date, [draws, stocks]
MODEL = "model"


@dataclass(frozen=True)
class Launch:
    """One forecast from the past.

    Attributes
    ----------
    month : str
    posterior : Posterior
        Fitted to what was published until then.
    forecast : Forecast
    scores : pandas.DataFrame
        series, forecast (the model or a naive one), and the fields of `Score`.
    """

    month: str
    posterior: Posterior
    forecast: Forecast
    scores: pd.DataFrame


def backtests(
    study: Study, executor: Executor, keep: Path | None = None, tick: Callable[[], None] | None = None
) -> Iterator[Launch]:
    """Yield every launch of a study in order, each fit starting from the one before.

    Parameters
    ----------
    study : Study
    executor : Executor
        Who runs; results do not depend on it.
    keep : Path, optional
        Folder in which fits are kept as they go, so that a stopped backtest goes on.
    tick : callable, optional
        Called after every simulation.

    Raises
    ------
    InputError
        Where the study has no backtest, or a launch is not the end of a month with published rounds.
    """
    plan = study.spec.backtest
    if plan is None:
        raise study.document.error("the study has no backtest", "backtest", allowed="launches to forecast from")
    region = None
    for month in sorted(plan.launches, key=month_number):
        folder = None if keep is None else keep / month
        posterior = fitted(study, month, executor, folder, region, tick)
        region = posterior.region
        draws = thinned(posterior.draws, study.spec.effort.draws)
        ahead = forecast(study, draws, month, _ahead(study, month, plan.months), executor, tick)
        yield Launch(month, posterior, ahead, scored(study, ahead))


def _ahead(study: Study, launch: str, most: int) -> int:
    """Return how many months ahead of a launch something is published, at most so many."""
    return min(most, month_number(study.spec.origin) - month_number(launch))


def scored(study: Study, ahead: Forecast) -> pd.DataFrame:
    """Return the scores of a forecast of every series, and of all stocks of the first together, beside naive ones."""
    plan = study.spec.backtest
    assert plan is not None, "only backtests are scored"
    rows: list[tuple[object, ...]] = []
    for series in study.series:
        dates, published = _published_after(study, series, ahead, plan.every)
        if not len(dates):
            continue
        at = [ahead.dates.index(month_name(month_number(ahead.launch) + n)) for n in dates]
        samples: dict[str, Samples] = {MODEL: [ahead.stocks[series.name][:, n] for n in at]}
        samples |= _naive(study, series, ahead.launch, dates)
        for name, found in samples.items():
            rows.append((series.name, name, *_score(found, published)))
            if series is study.series[0]:
                whole = [one.sum(axis=1, keepdims=True) for one in found]
                rows.append(("all", name, *_score(whole, published.sum(axis=1, keepdims=True))))
    return pd.DataFrame(rows, columns=["series", "forecast", *Score._fields])


def _score(sampled: Samples, published: Float) -> Score:
    """Return the scores of samples, one a date, over all dates; dates count by what was published."""
    parts = [score(one, published[n]) for n, one in enumerate(sampled)]
    share = published.sum(axis=1) / published.sum()
    wape, crps, interval = (float(np.dot(share, [one[n] for one in parts])) for n in range(3))
    return Score(wape, crps, interval, sum(one.covered for one in parts), sum(one.counts for one in parts))


def _published_after(study: Study, series: Series, ahead: Forecast, every: int) -> tuple[list[int], Float]:
    """Return how far ahead the dates that are scored lie, and what was published then, [dates, stocks]."""
    launch = study.months_until(ahead.launch)
    months, calendar = series.months - launch, [int(date[5:]) for date in series.dates]
    kept = [n for n, ahead_of in enumerate(months) if 0 < ahead_of <= len(ahead.dates) and calendar[n] % every == 0]
    return [int(months[n]) for n in kept], series.families[kept]


def _naive(study: Study, series: Series, launch: str, dates: list[int]) -> dict[str, Samples]:
    """Return naive forecasts of a series, one sample a date."""
    stock = history(study, series, launch)
    return {name: [sample(one, stock, ahead) for ahead in dates] for name, one in NAIVE.items()}


def history(study: Study, series: Series, launch: str) -> Float:
    """Return what was published month by month until the launch, [months, stocks]; NaN where nothing was."""
    last = study.months_until(launch)
    known = {int(month): row for month, row in zip(series.before, series.families_before)}
    known |= {0: series.at_start}
    known |= {int(month): row for month, row in zip(series.months, series.families) if month <= last}
    first = min(known)
    found = np.full((last - first + 1, len(series.labels)), np.nan)
    for month, row in known.items():
        found[month - first] = row
    if np.isnan(found[-1]).any():
        raise InputError("no round is published at the end of this month", key=series.name, value=launch)
    return found
