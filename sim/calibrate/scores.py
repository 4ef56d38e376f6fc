"""How good a forecast was: its error, and whether its intervals were honest; alike for every forecast.

A forecast is a sample of what might be published, so that all are scored by the same rules.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
LOW, HIGH = 0.05, 0.95  # ends of the interval that is scored


class Score(NamedTuple):
    """Scores of a forecast over some dates and stocks.

    Attributes
    ----------
    wape : float
        Weighted absolute percentage error of the medians: sum of |median - published| over sum published.
    crps : float
        Continuous ranked probability score, summed, over sum published, in % (Gneiting and Raftery 2007).
    interval : float
        Interval score of the 90 % intervals, summed, over sum published, in % (likewise): width, and twenty times how
        far what was published lies outside.
    covered : int
        Of ``counts``, how many lie in their 90 % interval.
    counts : int
    """

    wape: float
    crps: float
    interval: float
    covered: int
    counts: int


def score(sample: Float, published: Float) -> Score:
    """Return the scores of a sample [draws, ...] of what was published [...]."""
    total = published.sum()
    median = np.median(sample, axis=0)
    low, high = np.quantile(sample, [LOW, HIGH], axis=0)
    missed = np.maximum(low - published, 0.0) + np.maximum(published - high, 0.0)
    interval = (high - low) + 2.0 / (1.0 - (HIGH - LOW)) * missed
    return Score(
        float(100 * np.abs(median - published).sum() / total),
        float(100 * crps(sample, published).sum() / total),
        float(100 * interval.sum() / total),
        int((missed == 0).sum()),
        int(published.size),
    )


def crps(sample: Float, published: Float) -> Float:
    """Return the continuous ranked probability score of samples [draws, ...]: E|X - y| - E|X - X'| / 2."""
    n = len(sample)
    error = np.abs(sample - published).mean(axis=0)
    ranks = np.arange(1, n + 1).reshape(-1, *([1] * (sample.ndim - 1)))
    spread = (2.0 * (2 * ranks - n - 1) * np.sort(sample, axis=0)).sum(axis=0) / n**2
    found: Float = error - spread / 2.0
    return found
