"""A cloud of simulations, and whether what was observed lies within it."""

from dataclasses import dataclass

import numpy as np

from sim.calibrate.problem import Float
from sim.calibrate.region import Region

FLAT = 1e-6  # variance along a principal axis, as a share of the mean one, below which the axis is left out


@dataclass(frozen=True)
class Cloud:
    """Simulations of a region.

    Attributes
    ----------
    normal : float64[n, p]
        Normal scores of parameters.
    statistics : float64[n, s]
    weights : float64[n]
        How much each weighs as a draw from the prior; they sum to 1.
    region : Region
        In which all of them lie.
    """

    normal: Float
    statistics: Float
    weights: Float
    region: Region


@dataclass(frozen=True)
class Outside:
    """How far what was observed lies from simulations.

    Attributes
    ----------
    distance : float
        Mahalanobis distance of the observed statistics from the cloud of simulated ones.
    farther : float
        Share of simulations that lie farther from all others; near 0, the model does not make what was observed.
    """

    distance: float
    farther: float


def outside(statistics: Float, observed: Float) -> Outside:
    """Return how far observed statistics [s] lie from simulated ones [n, s].

    Each simulation is held against all others, as is what was observed: within its own cloud it would seem nearer.
    Statistics that do not vary, and axes along which the cloud is flat, as of shares that sum to 1, do not count.
    """
    mean, sd = statistics.mean(axis=0), statistics.std(axis=0)
    varies = sd > 0.0
    standard = (statistics[:, varies] - mean[varies]) / sd[varies]
    size, axes = np.linalg.eigh(standard.T @ standard / len(standard))
    kept = size > FLAT * size.mean()
    root = axes[:, kept] / np.sqrt(size[kept])
    own = np.square(standard @ root).sum(axis=1)
    away = float(np.square(((observed[varies] - mean[varies]) / sd[varies]) @ root).sum())
    n = len(statistics)
    left_out = own * n / (n - 1) / np.maximum(1.0 - own / (n - 1), np.finfo(float).tiny)
    return Outside(float(np.sqrt(away)), float((left_out > away).mean()))
