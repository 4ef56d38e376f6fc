"""From a run to what would have been published of it: the observation operators of the targets.

Tracking (such as IOM DTM) counts families displaced since the base date and not at home, whether integrating, settled
or displaced again. What is compared is the log of a stock relative to the start, where model and tracking agree.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from sim.model import AWAY, SolutionsModel
from sim.scenario import Compiled
from sim.scenario.paths import month_index

Float = npt.NDArray[np.float64]
FEWEST = 1.0  # families: a stock that has run out keeps a logarithm
PERSISTENCE = 0.9  # of what the model misses, from month to month (PRIOR)


class Nuisances(NamedTuple):
    """What stands between the model and what is published, for one simulation."""

    discrepancy: float = 0.0  # of the log of a stock, a month
    books: float = 0.0  # families, a root month
    plan_shift: float = 0.0  # utility of return when asked, over when going
    plan_margin: float = 0.5  # utility by which return has to win, or lose, for a plan to be certain
    coverage: float = 1.0  # families tracked after 12 months, of those that would have been at the start


class Series(NamedTuple):
    """A target as it is compared: some stocks at some months.

    Attributes
    ----------
    name, statistic : str
    labels : tuple of str
        One a stock.
    members : int64[stocks, categories]
        1 where a category of the statistic belongs to a stock.
    months : int64[dates]
        Months simulated until the dates that are compared.
    dates : tuple of str
        The same as ``YYYY-MM``.
    families : float64[dates, stocks]
        As published.
    at_start : float64[stocks]
        Published at the start.
    noise : float64
        Standard deviation of the log of a count, round by round.
    before : int64[rounds]
        Months, below 0, of rounds published before the start; what naive forecasts go by.
    families_before : float64[rounds, stocks]
    """

    name: str
    statistic: str
    labels: tuple[str, ...]
    members: npt.NDArray[np.int64]
    months: npt.NDArray[np.int64]
    dates: tuple[str, ...]
    families: Float
    at_start: Float
    noise: float
    before: npt.NDArray[np.int64]
    families_before: Float

    @property
    def names(self) -> list[str]:
        """Names of the statistics, date by date."""
        return [f"{self.name} {label} {date}" for date in self.dates for label in self.labels]

    @property
    def observed(self) -> Float:
        """What was published, as it is compared, float64[dates * stocks]."""
        return relative(self.families, self.at_start).ravel()


def relative(stock: Float, at_start: Float) -> Float:
    """Return the log of stocks relative to the start; ``stock`` is [..., stocks]."""
    found: Float = np.log(np.maximum(stock, FEWEST) / np.maximum(at_start, FEWEST))
    return found


def by_origin(model: SolutionsModel) -> Float:
    """Return families tracked by month and origin, with changes of the books."""
    stock: Float = _away(model, "families").sum(axis=2)
    scenario, pcodes = model.compiled.scenario, model.compiled.geography.pcodes
    for recode in scenario.spec.recodes.values():
        begins = max(0, month_index(scenario, recode.month) + 1)
        stock[begins:, pcodes.index(recode.origin)] += recode.families
    return stock


def by_area(model: SolutionsModel) -> Float:
    """Return families tracked by month and place."""
    stock: Float = _away(model, "families").sum(axis=1)
    return stock


def by_wave(model: SolutionsModel) -> Float:
    """Return families tracked by month and displacement wave."""
    return _away(model, "by_wave")


def in_camps(model: SolutionsModel) -> Float:
    """Return families in camps by month, in one column."""
    stock: Float = model.recorder.arrays["site_families"].sum(axis=1, keepdims=True).astype(np.float64)
    return stock


def _away(model: SolutionsModel, name: str) -> Float:
    found: Float = model.recorder.arrays[name][:, list(AWAY)].sum(axis=1).astype(np.float64)
    return found


OPERATORS: Mapping[str, Callable[[SolutionsModel], Float]] = {
    "stock_by_origin": by_origin,
    "stock_by_area": by_area,
    "stock_by_wave": by_wave,
    "camp_stock": in_camps,
}


def categories(statistic: str, compiled: Compiled) -> list[str]:
    """Return the names of the columns of an operator."""
    if statistic == "stock_by_wave":
        return [str(wave) for wave in compiled.tables.waves["wave"]]
    return ["camp"] if statistic == "camp_stock" else list(compiled.geography.pcodes)


def stocks(series: Series, model: SolutionsModel) -> Float:
    """Return the stocks of a target by month, from the start, float64[months + 1, stocks]."""
    found: Float = OPERATORS[series.statistic](model) @ series.members.T
    return found


def published(series: Series, model: SolutionsModel, nuisances: Nuisances, luck: np.random.Generator) -> Float:
    """Return what would have been published of a run, as it is compared, float64[dates * stocks]."""
    own = stocks(series, model)
    missed, books = strays(nuisances, own.shape[0] - 1, own.shape[1], luck)
    at = series.months - 1
    counted = np.maximum(own[series.months] + books[at], FEWEST)
    reached = np.log(nuisances.coverage) * series.months[:, None] / 12.0
    noise = series.noise * luck.standard_normal(counted.shape)
    found: Float = relative(counted, own[0]) + missed[at] + reached + noise
    return found.ravel()


def strays(nuisances: Nuisances, months: int, stocks: int, luck: np.random.Generator) -> tuple[Float, Float]:
    """Return how far what is published strays from the model, month by month, [months, stocks].

    Returns
    -------
    float64
        Added to the log of each stock: what the model misses. It misses in a month much of what it missed in the month
        before (AR(1) of the increments, coefficient 0.9), and that adds up.
    float64
        Added to each stock, families: changes of the books, arrivals that nobody foresaw; a random walk.
    """
    news = luck.standard_normal((months, stocks))
    news[1:] *= np.sqrt(1.0 - PERSISTENCE**2)
    increments = lfilter([1.0], [1.0, -PERSISTENCE], news, axis=0)
    walk = np.cumsum(luck.standard_normal((months, stocks)), axis=0)
    return nuisances.discrepancy * np.cumsum(increments, axis=0), nuisances.books * walk
