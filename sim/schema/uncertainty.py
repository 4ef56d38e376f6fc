"""What is not known: uncertain parameters with their priors, as a person writes them."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from sim.schema.base import PRIOR, Prose, Strict

Float = npt.NDArray[np.float64]
MOST_UNCERTAIN = 500


class Prior(Strict):
    """What is believed of one parameter before anything is fitted.

    ``uniform``: every value alike; ``log_uniform``: every ratio alike, for rates known to an order of magnitude;
    ``triangular``: most likely at ``mode``, less and less so towards the ends.
    """

    low: float = Field(allow_inf_nan=False, description="Least value")
    high: float = Field(allow_inf_nan=False, description="Greatest value")
    mode: float | None = Field(None, allow_inf_nan=False, description="Most likely value, of a triangular prior")
    shape: Literal["uniform", "log_uniform", "triangular"] = "uniform"
    source: Prose = PRIOR

    @model_validator(mode="after")
    def _is_a_range(self) -> "Prior":
        if not self.low < self.high:
            raise ValueError(f"low {self.low:g} is not below high {self.high:g}")
        if self.shape == "log_uniform" and self.low <= 0:
            raise ValueError(f"low {self.low:g} of a log_uniform prior is not above 0")
        if (self.shape == "triangular") != (self.mode is not None):
            raise ValueError("mode belongs to shape: triangular, which needs it")
        if self.mode is not None and not self.low <= self.mode <= self.high:
            raise ValueError(f"mode {self.mode:g} does not lie between low {self.low:g} and high {self.high:g}")
        return self

    def at(self, share: npt.ArrayLike) -> Float:
        """Return the values below which these shares of the prior lie: its quantile function.

        Parameters
        ----------
        share : array_like
            0 to 1, of any shape.
        """
        below, width = np.asarray(share, np.float64), self.high - self.low
        if self.shape == "log_uniform":
            found: Float = np.exp(np.log(self.low) + below * (np.log(self.high) - np.log(self.low)))
        elif self.mode is None:
            found = self.low + below * width
        else:
            rising = (self.mode - self.low) / width
            up = self.low + np.sqrt(below * width * (self.mode - self.low))
            down = self.high - np.sqrt((1.0 - below) * width * (self.high - self.mode))
            found = np.where(below < rising, up, down)
        return np.clip(found, self.low, self.high)

    def share(self, value: npt.ArrayLike) -> Float:
        """Return the shares of the prior that lie below these values: its distribution function, 0 to 1.

        Parameters
        ----------
        value : array_like
            In units of the parameter, of any shape; ends of the range stand for what lies beyond them.
        """
        at, width = np.clip(np.asarray(value, np.float64), self.low, self.high), self.high - self.low
        if self.shape == "log_uniform":
            found: Float = (np.log(at) - np.log(self.low)) / (np.log(self.high) - np.log(self.low))
        elif self.mode is None:
            found = (at - self.low) / width
        else:  # where the mode is an end one side is empty, and its width stands for nothing
            up = np.square(at - self.low) / (width * ((self.mode - self.low) or 1.0))
            down = 1.0 - np.square(self.high - at) / (width * ((self.high - self.mode) or 1.0))
            found = np.where(at < self.mode, up, down)
        return np.clip(found, 0.0, 1.0)


class Uncertainties(Strict):
    """A file of priors: dotted keys of a scenario, as ``--set`` takes them, and what is believed of each."""

    title: Prose = Field(description="What is uncertain, in a line")
    uncertainties: dict[str, Prior] = Field(min_length=1, max_length=MOST_UNCERTAIN, description="Prior by dotted key")
