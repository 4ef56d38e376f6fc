"""From a run to what would have been published of it, and how far what is published strays from it.

Tracking (such as IOM DTM) counts families displaced since the base date and not at home, whether integrating, settled
or displaced again; and families that are back, in another list. What is compared is the log of a stock relative to the
start, where model and tracking agree, or to what it was some months before.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.signal import lfilter

from sim.calibrate.operators import OPERATORS
from sim.model import SolutionsModel

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
FEWEST = 1.0  # families: a stock that has run out keeps a logarithm
PERSISTENCE = 0.9  # of what the model misses, from month to month (PRIOR)


class Nuisances(NamedTuple):
    """What stands between the model and what is published, for one simulation."""

    discrepancy: float = 0.0  # of the log of a stock, a month
    books: float = 0.0  # families, a root month
    plan_shift: float = 0.0  # utility of return when asked, over when going
    plan_margin: float = 0.5  # utility by which return has to win, or lose, for a plan to be certain
    reason_margin: float = 0.5  # utility that a reason not to return has to take from going home to be named
    coverage: float = 1.0  # families tracked after 12 months, of those that would have been at the start
    returnee_discrepancy: float = 0.01  # of the log of families that are back, a month

    def of_returnees(self) -> "Nuisances":
        """Return the same for families that are back: their list is kept apart, and goes its own way."""
        return self._replace(discrepancy=self.returnee_discrepancy, books=0.0, coverage=1.0)


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
        Months simulated until the dates of rounds.
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
    members: Int
    months: Int
    dates: tuple[str, ...]
    families: Float
    at_start: Float
    noise: float
    before: Int
    families_before: Float

    def between(self, nuisances: Nuisances) -> Nuisances:
        """Return what stands between the model and this series, of all nuisances."""
        return nuisances.of_returnees() if OPERATORS[self.statistic].returnees else nuisances

    @property
    def rounds(self) -> Int:
        """Months simulated until every round: the start, and the dates; int64[1 + dates]."""
        return np.concatenate([[0], self.months])

    @property
    def levels(self) -> Float:
        """Families published in every round, float64[1 + dates, stocks]."""
        return np.concatenate([self.at_start[None], self.families])

    @property
    def pairs(self) -> tuple[Int, Int]:
        """Which rounds are compared, and the round that each is compared with: the start, or some months before."""
        over, now = OPERATORS[self.statistic].over, np.arange(1, len(self.rounds))
        if over == 0:
            return now, np.zeros_like(now)
        before = self.months - over
        known = np.isin(before, self.rounds)
        return now[known], np.searchsorted(self.rounds, before[known])

    @property
    def names(self) -> list[str]:
        """Names of the statistics, date by date."""
        return [f"{self.name} {label} {self.dates[n - 1]}" for n in self.pairs[0] for label in self.labels]

    @property
    def observed(self) -> Float:
        """What was published, as it is compared, float64[compared * stocks]."""
        now, then = self.pairs
        return relative(self.levels[now], self.levels[then]).ravel()


def relative(stock: Float, at_start: Float) -> Float:
    """Return the log of stocks relative to the start; ``stock`` is [..., stocks]."""
    found: Float = np.log(np.maximum(stock, FEWEST) / np.maximum(at_start, FEWEST))
    return found


def stocks(series: Series, model: SolutionsModel) -> Float:
    """Return the stocks of a target by month, from the start, float64[months + 1, stocks]."""
    found: Float = OPERATORS[series.statistic].stock(model) @ series.members.T
    return found


def published(series: Series, model: SolutionsModel, nuisances: Nuisances, luck: np.random.Generator) -> Float:
    """Return what would have been published of a run, as it is compared, float64[compared * stocks]."""
    own, at = stocks(series, model), series.rounds
    between = series.between(nuisances)
    missed, books = (_from_zero(one)[at] for one in strays(between, own.shape[0] - 1, own.shape[1], luck))
    level = np.log(np.maximum(own[at] + books, FEWEST)) + missed + np.log(between.coverage) * at[:, None] / 12.0
    level[1:] += series.noise * luck.standard_normal(series.families.shape)
    now, then = series.pairs
    found: Float = level[now] - level[then]
    return found.ravel()


def _from_zero(stray: Float) -> Float:
    """Return how far something has strayed by month, from the start on, where it has not yet."""
    return np.concatenate([np.zeros_like(stray[:1]), stray])


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
