"""What a measurement would be worth before choosing between scenarios, and how far it would narrow their differences.

The expected value of sample information by regression on draws (Strong, Oakley, Brennan and Breeze 2015): it is
simulated what would be published under every draw, and what comes of the scenarios is regressed on that. Where draws
are few and statistics many, such a fit makes much of chance. So every draw is judged by a ridge regression that did not
see it, gains are those of the choice it would lead to, and what draws that are shuffled would show too is told to be
none. What is left is what so many draws suffice to learn: it may be more. How far variances fall is the value of the
same information to who estimates rather than chooses (Jackson, Presanis, Conti and De Angelis 2019).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.measurements import Measurement
from sim.calibrate.summaries import COMPONENTS, learn
from sim.experiments.draws import DRAW_SEED
from sim.experiments.information import RESAMPLES, Choice

Float = npt.NDArray[np.float64]
FOLDS = 10
SHUFFLES = 200
BY_CHANCE = 0.95  # of shuffles show less than what is told
PENALTIES = (1e-3, 1e-2, 1e-1, 1.0, 10.0, 100.0, 1000.0)  # the last leaves little but the mean
DRAWS_A_PRODUCT = 20  # all 55 at once find 17 % of a variance where this finds 25 % (40 draws), or 27 % for 35 % (150)
INTERVAL = (0.05, 0.95)


@dataclass(frozen=True)
class SampleInformation:
    """What measurements would be worth.

    Attributes
    ----------
    choice : Choice
    worth : pandas.DataFrame
        of, how: the measurement; worth, low, high: gain of the choice, in units of the outcome, with a bootstrapped
        90 % interval; told: whether chance would not show it too.
    narrowing : pandas.DataFrame
        of, how, scenario; share, low, high, told: likewise, the share of the variance over draws of the difference to
        the baseline that goes.
    chance, chance_share : float
        The largest gain, and the largest share, of all measurements together that one shuffle in twenty exceeds
        (Westfall and Young 1993).
    """

    choice: Choice
    worth: pd.DataFrame
    narrowing: pd.DataFrame
    chance: float
    chance_share: float


@dataclass(frozen=True)
class Judged:
    """Of one measurement, what came of the draws as they are and shuffled.

    Attributes
    ----------
    gained : float64[1 + shuffles]
        By the choice that it leads to, over the best on average.
    removed : float64[1 + shuffles, scenarios - 1]
        Shares of the variance of differences to the baseline.
    gained_again : float64[resamples]
        Of the draws as they are.
    removed_again : float64[resamples, scenarios - 1]
    """

    gained: Float
    removed: Float
    gained_again: Float
    removed_again: Float


def sample_information(
    choice: Choice, measurements: Sequence[Measurement], statistics: Sequence[Float]
) -> SampleInformation:
    """Return what measurements would be worth for a choice.

    Parameters
    ----------
    choice : Choice
    measurements : sequence of Measurement
    statistics : sequence of float64[draws, statistics]
        What each would publish, for the draws of the choice.
    """
    judged = [judge(choice.gain, one) for one in statistics]
    chance = _by_chance(np.stack([one.gained[1:] for one in judged]))
    chance_share = _by_chance(np.stack([one.removed[1:].max(axis=1) for one in judged]))
    worth, narrowing = [], []
    for (of, how, _), one in zip(measurements, judged):
        worth.append((of, how, *_summed_up(float(one.gained[0]), one.gained_again, chance)))
        for n, name in enumerate(choice.scenarios[1:]):
            share = float(one.removed[0, n])
            narrowing.append((of, how, name, *_summed_up(share, one.removed_again[:, n], chance_share)))
    tables = (
        pd.DataFrame(worth, columns=["of", "how", "worth", "low", "high", "told"]),
        pd.DataFrame(narrowing, columns=["of", "how", "scenario", "share", "low", "high", "told"]),
    )
    return SampleInformation(choice, *tables, chance, chance_share)


def judge(gain: Float, statistics: Float) -> Judged:
    """Return what statistics [draws, s] tell of gains [scenarios, draws].

    Shuffles, folds and resamples are the same for all statistics.
    """
    draws, rng = gain.shape[1], np.random.default_rng(DRAW_SEED)
    fold = rng.permutation(np.arange(draws) % FOLDS)
    order = np.stack([np.arange(draws), *(rng.permutation(draws) for _ in range(SHUFFLES))])
    again = rng.integers(0, draws, (RESAMPLES, draws))
    apart = (gain - gain[0]).T[order]  # [1 + shuffles, draws, scenarios]; the baseline is 0
    expected = _expected(apart, statistics, fold)
    chosen = np.take_along_axis(apart, expected.argmax(axis=2)[..., None], axis=2)[..., 0]
    missed, spread = np.square(apart - expected)[..., 1:], np.square(apart - apart.mean(axis=1, keepdims=True))[..., 1:]
    return Judged(
        chosen.mean(axis=1) - apart.mean(axis=1).max(axis=1),
        _removed(missed.sum(axis=1), spread.sum(axis=1)),
        chosen[0][again].mean(axis=1) - apart[0][again].mean(axis=1).max(axis=1),
        _removed(missed[0][again].sum(axis=1), spread[0][again].sum(axis=1)),
    )


def _expected(apart: Float, statistics: Float, fold: npt.NDArray[np.int64]) -> Float:
    """Return differences [shuffles, draws, scenarios] as expected of statistics, each by a fit that did not see it."""
    shuffles, draws, scenarios = apart.shape
    columns = apart.transpose(1, 0, 2).reshape(draws, -1)
    products = draws / DRAWS_A_PRODUCT
    components = min(COMPONENTS, int((np.sqrt(8 * products + 1) - 1) / 2))  # c have c (c + 1) / 2 products
    own = learn(columns, statistics, fold, PENALTIES, components).own
    return own.reshape(draws, shuffles, scenarios).transpose(1, 0, 2)


def _removed(missed: Float, spread: Float) -> Float:
    """Return shares of sums of squares that are gone; none of a difference that does not vary."""
    found: Float = 1.0 - missed / np.where(spread > 0.0, spread, np.inf)
    return np.where(spread > 0.0, found, 0.0)


def _by_chance(shuffled: Float) -> float:
    """Return what the largest of all measurements [measurements, shuffles] exceeds in one shuffle in twenty, or 0."""
    return max(0.0, float(np.quantile(shuffled.max(axis=0), BY_CHANCE)))


def _summed_up(found: float, resampled: Float, chance: float) -> tuple[float, float, float, bool]:
    low, high = np.quantile(resampled, INTERVAL)
    return found, float(low), float(high), found > chance
