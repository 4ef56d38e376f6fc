"""What patterns are judged on, and by which rule: numbers of runs, what was published, and bounds that can be missed.

A finding is one number, computed of every draw, with bounds that are stated before anything is run. It is *shown*
where nine draws in ten lie within them, *not shown* where at most half do, and *cannot be told* in between, or where
too few draws give a number at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.calibrate.observe import Series
from sim.schema.base import PRIOR

Float = npt.NDArray[np.float64]
Measures = Mapping[str, Float]  # what was measured, each [draws, ...]

SHOWN, NOT_SHOWN, UNTOLD = "shown", "not shown", "cannot be told"
MOST, HALF = 0.9, 0.5  # shares of the draws (PRIOR)
FEWEST_DRAWS = 5  # with a number, below which nothing is told (PRIOR)

AS_HAPPENED, NO_CLOSURES, NO_ARRIVALS = "as it happened", "without closures", "without arrivals"
HARDSHIP, BETTER_HOMES = "hardship where they stay", "better homes"


class Figure(NamedTuple):
    """A figure that was published, with its range where it has one."""

    value: float
    low: float
    high: float
    source: str


class Places(NamedTuple):
    """Families displaced by place, as published.

    Attributes
    ----------
    months : int64[dates]
        Months simulated until each round; the first is 0.
    dates : tuple of str
        The same as ``YYYY-MM``.
    labels : tuple of str
        P-codes, in the order of the model.
    families, in_camps : float64[dates, places]
    """

    months: npt.NDArray[np.int64]
    dates: tuple[str, ...]
    labels: tuple[str, ...]
    families: Float
    in_camps: Float


class Entry(NamedTuple):
    """Families that arrive and rent: in which area, from which month (counted from the start), and how many."""

    area: int
    month: int
    families: float


@dataclass(frozen=True)
class Evidence:
    """Runs of all draws, and what was published of the same.

    Attributes
    ----------
    runs : dict of str to dict of str to float64[draws, ...]
        By variant of the scenario and name of the measure (`sim.calibrate.patterns_measures`); NaN where too few
        households stand behind a number.
    series : tuple of Series
        Targets of the study.
    camp_plans : dict of int to float
        Published shares of families in camps that plan to return, by months simulated when they were asked.
    places : Places, optional
    figures : dict of str to Figure
    arrivals : tuple of Entry
    names : dict of str to str
        Of places, by p-code.
    """

    runs: Mapping[str, Measures]
    series: tuple[Series, ...] = ()
    camp_plans: Mapping[int, float] = field(default_factory=dict)
    places: Places | None = None
    figures: Mapping[str, Figure] = field(default_factory=dict)
    arrivals: tuple[Entry, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    def measure(self, name: str, variant: str = AS_HAPPENED) -> Float:
        """Return a measure of every draw, [draws, ...]."""
        return self.runs[variant][name]

    def published(self, figure: str) -> float:
        """Return a published figure; NaN where there is none."""
        return self.figures[figure].value if figure in self.figures else float("nan")

    def source(self, *figures: str) -> str:
        """Return where published figures are from; empty where one is missing."""
        known = [self.figures[one].source for one in figures if one in self.figures]
        return "; ".join(dict.fromkeys(known)) if len(known) == len(figures) else ""


@dataclass(frozen=True)
class Finding:
    """One number that a pattern hangs on.

    Attributes
    ----------
    compared : str
        What it is, in words.
    unit : str
    values : float64[draws]
        Of the model; NaN where it cannot be told.
    low, high : float
        Within which the pattern is shown.
    bound : str
        Where the bounds are from.
    published : float
        The same as published; NaN where it is not.
    source : str
        Of what was published.

    Raises
    ------
    ValueError
        Without a bound: what cannot be missed shows nothing.
    """

    compared: str
    unit: str
    values: Float
    low: float = -np.inf
    high: float = np.inf
    bound: str = PRIOR
    published: float = float("nan")
    source: str = ""

    def __post_init__(self) -> None:
        if np.isinf(self.low) and np.isinf(self.high):
            raise ValueError(f"{self.compared}: a finding without bounds can not be missed")

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Draws that give a number."""
        return ~np.isnan(self.values)

    @property
    def holding(self) -> float:
        """Share of the draws with a number that lie within the bounds; NaN where there are none."""
        values = self.values[self.known]
        return float(np.mean((values >= self.low) & (values <= self.high))) if len(values) else float("nan")

    @property
    def verdict(self) -> str:
        """Whether it is shown, not shown, or cannot be told."""
        if self.known.sum() < max(FEWEST_DRAWS, HALF * len(self.values)):
            return UNTOLD
        return SHOWN if self.holding >= MOST else NOT_SHOWN if self.holding <= HALF else UNTOLD

    def quantiles(self) -> tuple[float, float, float]:
        """Return median, 5 % and 95 % quantile of the draws that give a number; NaN where there are none."""
        if not self.known.any():
            return (float("nan"),) * 3
        median, low, high = np.quantile(self.values[self.known], [0.5, 0.05, 0.95], method="closest_observation")
        return float(median), float(low), float(high)


def together(findings: list[Finding]) -> str:
    """Return what is to be said of a pattern: shown where all its findings are, not shown where one is not."""
    verdicts = {one.verdict for one in findings}
    if NOT_SHOWN in verdicts:
        return NOT_SHOWN
    return SHOWN if verdicts == {SHOWN} else UNTOLD


def ratio(part: Float, whole: Float) -> Float:
    """Return part over whole; infinite over nothing, NaN where both are nothing or one is not known."""
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Float = np.asarray(part, np.float64) / np.asarray(whole, np.float64)
    return found
