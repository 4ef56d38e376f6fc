"""A problem of calibration: parameters with priors, statistics that were observed, and how to simulate them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from sim.schema.errors import InputError
from sim.schema.uncertainty import Prior

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Bool = npt.NDArray[np.bool_]
#: Parameters [n, p] and seeds [n] to statistics [n, s]; all that the engine sees of a model.
Simulate = Callable[[Float, Int], Float]

FARTHEST = 5.0  # normal scores beyond which a share is told from 0 or 1 by less than 3e-7


@dataclass(frozen=True)
class Problem:
    """What is to be fitted to what.

    Attributes
    ----------
    names : tuple of str
        Of the p parameters.
    priors : tuple of Prior
        What is believed of each before.
    statistics : tuple of str
        Names of the s statistics.
    observed : float64[s]
        Their observed values. Counts that may be near zero are better given as square roots, of observation and
        simulation alike.
    simulate : Simulate
        The model. It is called for batches; a row of statistics may depend on its own parameters and seed only.
    model : str
        What the model is, to tell simulations that were kept from those of another one: a sum of its sources, say.
    """

    names: tuple[str, ...]
    priors: tuple[Prior, ...]
    statistics: tuple[str, ...]
    observed: Float
    simulate: Simulate
    model: str = ""

    def __post_init__(self) -> None:
        _refuse_unequal("parameters", self.names, len(self.priors), "priors")
        _refuse_unequal("statistics", self.statistics, len(self.observed), "observed values")
        if not np.isfinite(self.observed).all():
            which = self.statistics[int(np.flatnonzero(~np.isfinite(self.observed))[0])]
            raise InputError("the observed value is no number", key=which)

    def values(self, shares: Float) -> Float:
        """Return parameter values [..., p] at shares of their priors [..., p], 0 to 1."""
        return np.stack([prior.at(shares[..., n]) for n, prior in enumerate(self.priors)], axis=-1)

    def shares(self, values: Float) -> Float:
        """Return the shares of their priors [..., p], 0 to 1, that lie below parameter values [..., p]."""
        return np.stack([prior.share(values[..., n]) for n, prior in enumerate(self.priors)], axis=-1)

    def simulated(self, shares: Float, seeds: Int) -> Float:
        """Return statistics [n, s] at shares of the priors [n, p].

        Raises
        ------
        InputError
            Where the model returns something else than a row of statistics for each row of parameters.
        """
        found = np.asarray(self.simulate(self.values(shares), seeds), np.float64)
        wanted = (len(shares), len(self.statistics))
        if found.shape != wanted:
            raise InputError("the model returns no such statistics", value=found.shape, allowed=f"{wanted}")
        return found


def scores(shares: Float) -> Float:
    """Return normal scores of shares: what is uniform in shares is standard normal in scores."""
    found: Float = np.clip(ndtri(shares), -FARTHEST, FARTHEST)
    return found


def shares_of(normal: Float) -> Float:
    """Return the shares that have these normal scores."""
    found: Float = ndtr(normal)
    return found


def _refuse_unequal(what: str, names: tuple[str, ...], count: int, others: str) -> None:
    if not names or len(set(names)) < len(names):
        raise InputError(f"{what} need a name each, no two the same", value=names)
    if len(names) != count:
        raise InputError(f"there are {len(names)} {what} and {count} {others}", allowed="as many")
