"""A part of the prior: a box in turned normal scores, from which parameters are drawn as from the prior.

In normal scores of its shares a prior of independent parameters is a standard normal, whatever way the axes are
turned. A box in turned axes then has a probability that is a product, and is drawn from axis by axis, without
rejection; in logits, which change less at the ends of a prior, neither holds.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from sim.calibrate.problem import Bool, Float

NARROWEST = 1e-3  # half of a box, prior sd: a model without luck would else be fitted until nothing varies
TAIL = 0.0  # a box wholly above is drawn as its mirror image, as numbers near 0 are finer than those near 1


@dataclass(frozen=True)
class Region:
    """A box of parameters.

    Attributes
    ----------
    axes : float64[p, p]
        Directions in normal scores, one a column, orthonormal.
    low, high : float64[p]
        Ends along each axis; infinite where it is open.
    """

    axes: Float
    low: Float
    high: Float

    @classmethod
    def whole(cls, parameters: int) -> "Region":
        """Return the whole prior."""
        ends = np.full(parameters, np.inf)
        return cls(np.eye(parameters), -ends, ends)

    @classmethod
    def around(cls, normal: Float, inflate: float) -> "Region":
        """Return the box around equally likely normal scores [m, p], in their principal axes, so much wider."""
        _, axes = np.linalg.eigh(np.atleast_2d(np.cov(normal, rowvar=False)))
        turned = normal @ axes
        low, high = turned.min(axis=0), turned.max(axis=0)
        middle, half = 0.5 * (low + high), np.maximum(0.5 * inflate * (high - low), NARROWEST)
        return cls(axes, middle - half, middle + half)

    def widened(self, inflate: float) -> "Region":
        """Return a box so many times as wide, about the same middle; axes that are open stay open."""
        closed = np.isfinite(self.low) & np.isfinite(self.high)
        middle = np.where(closed, 0.5 * (np.where(closed, self.low, 0.0) + np.where(closed, self.high, 0.0)), 0.0)
        half = inflate * (np.where(closed, self.high, np.inf) - middle)
        return Region(self.axes, np.where(closed, middle - half, self.low), np.where(closed, middle + half, self.high))

    def holds(self, normal: Float) -> Bool:
        """Return which normal scores [n, p] lie in it."""
        turned = normal @ self.axes
        return np.asarray(((turned >= self.low) & (turned <= self.high)).all(axis=1))

    def log_probability(self) -> float:
        """Return the logarithm of the share of the prior that it holds."""
        low, high, _ = self._mirrored()
        return float(np.log(np.maximum(ndtr(high) - ndtr(low), np.finfo(float).tiny)).sum())

    def draw(self, rng: np.random.Generator, number: int) -> Float:
        """Return normal scores [number, p] drawn from the prior within it."""
        low, high, sign = self._mirrored()
        below = ndtr(low) + rng.random((number, len(low))) * (ndtr(high) - ndtr(low))
        drawn: Float = sign * np.clip(ndtri(below), low, high)
        return drawn @ self.axes.T

    def _mirrored(self) -> tuple[Float, Float, Float]:
        """Return ends, with boxes in the upper tail mirrored to the lower one, and the sign that turns them back."""
        upper = self.low > TAIL
        sign = np.where(upper, -1.0, 1.0)
        return np.where(upper, -self.high, self.low), np.where(upper, -self.low, self.high), sign
