"""What it would be worth to know a parameter before choosing between scenarios.

The expected value of partial perfect information (Raiffa and Schlaifer 1961) by regression on draws (Strong, Oakley and
Brennan 2014): the value of each scenario is regressed on a parameter by a natural cubic spline; its fit is what one
would expect of the scenario if the parameter were known. What is gained by choosing the best scenario for every value,
over choosing one for all, is what a survey question or a better count that settles the parameter could bring at most.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiments.compare import Comparison
from sim.experiments.contrast import grid, has_draws
from sim.experiments.draws import DRAW_SEED
from sim.experiments.robustness import by_future
from sim.experiments.sensitivity import LEAST_DRAWS
from sim.experiments.store import Store
from sim.outcomes import known_outcome, require_aimable
from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
KNOTS = (0.05, 0.35, 0.65, 0.95)  # quantiles of a parameter (Harrell 2015, section 2.4.6)
RESAMPLES = 200


@dataclass(frozen=True)
class Choice:
    """A choice between the scenarios of an experiment, with what comes of each under every draw.

    Attributes
    ----------
    outcome : str
    more : bool
        Whether more of it is meant to be better.
    scenarios : tuple of str
        The baseline first.
    gain : float64[scenarios, draws]
        Means over seeds; negative where less is better.
    drawn : pandas.DataFrame
        Parameters, a row a draw.
    """

    outcome: str
    more: bool
    scenarios: tuple[str, ...]
    gain: Float
    drawn: pd.DataFrame

    @property
    def best(self) -> str:
        """What is chosen as things are known now: the best on average."""
        return self.scenarios[int(self.gain.mean(axis=1).argmax())]

    @property
    def everything(self) -> float:
        """Worth of knowing all parameters, in units of the outcome."""
        return float(self.gain.max(axis=0).mean() - self.gain.mean(axis=1).max())


def choice_between(store: Store, comparison: Comparison, outcome: str, more: bool = True) -> Choice:
    """Return the choice between the scenarios of an experiment.

    Parameters
    ----------
    store : Store
        Of an experiment whose parameters vary.
    comparison : Comparison
        What is finished of it.
    outcome : str
        A headline outcome that a plan may aim at.
    more : bool
        Whether more of it is meant to be better.

    Raises
    ------
    InputError
        Where parameters do not vary, draws are too few, there is one scenario only, no plan may aim at the outcome, or
        it may not be published.
    """
    require_aimable(known_outcome(outcome, "--outcome"), more)
    drawn, values = store.draws(), _told(comparison, outcome)
    if not has_draws(comparison) or values.shape[1] < LEAST_DRAWS:
        message = f"{values.shape[1]} draws are too few to tell what knowing more is worth"
        raise InputError(message, file=store.folder, allowed=f"{LEAST_DRAWS} or more")
    if len(values) < 2:
        raise InputError("one scenario leaves nothing to choose", file=store.folder, allowed="two or more")
    gain = values if more else -values
    return Choice(outcome, more, tuple(comparison.scenarios), gain, drawn.iloc[_finished(comparison)])


@dataclass(frozen=True)
class Information:
    """What knowing more is worth.

    Attributes
    ----------
    outcome : str
    scenario : str
        Chosen as things are known now: the best on average.
    futures : int
        Draws that it was found from.
    everything : float
        Worth of knowing all parameters, in units of the outcome.
    table : pandas.DataFrame
        parameter; worth, low, high: with a bootstrapped 90 % interval, in units of the outcome; the most first.
    """

    outcome: str
    scenario: str
    futures: int
    everything: float
    table: pd.DataFrame


def information(choice: Choice) -> Information:
    """Return what knowing each parameter is worth for the choice between the scenarios of an experiment."""
    draws, rng = choice.drawn.to_numpy(np.float64), np.random.default_rng(DRAW_SEED)
    rows = [(name, *_worth(draws[:, n], choice.gain, rng)) for n, name in enumerate(map(str, choice.drawn))]
    table = pd.DataFrame(rows, columns=["parameter", "worth", "low", "high"])
    table = table.sort_values("worth", ascending=False, kind="stable", ignore_index=True)
    return Information(choice.outcome, choice.best, len(draws), choice.everything, table)


def _told(comparison: Comparison, outcome: str) -> Float:
    """Return means over seeds by scenario and draw, of an outcome that may be told."""
    published = comparison.published.set_index(["outcome", "scenario"])["mean"]
    if published.loc[outcome].isna().any():
        raise InputError("is withheld in one of the scenarios", key="--outcome", value=outcome)
    return np.stack([by_future(comparison, outcome, name) for name in comparison.scenarios])


def _finished(comparison: Comparison) -> npt.NDArray[np.int64]:
    """Return the draws whose means over seeds are compared, in the order of `grid`."""
    draw = comparison.data["draw"].values
    seeds = grid(comparison.data["outcome_value"].isel(outcome=0, scenario=0)).shape[1]
    numbers, counts = np.unique(draw, return_counts=True)
    found: npt.NDArray[np.int64] = numbers[counts >= seeds]
    return found


def _worth(parameter: Float, gain: Float, rng: np.random.Generator) -> tuple[float, float, float]:
    """Return what knowing one parameter is worth, with a bootstrapped 90 % interval."""
    n = len(parameter)
    resampled = [worth_of(parameter[rows], gain[:, rows]) for rows in rng.integers(0, n, (RESAMPLES, n))]
    low, high = np.quantile(resampled, [0.05, 0.95])
    return worth_of(parameter, gain), float(low), float(high)


def worth_of(parameter: Float, gain: Float) -> float:
    """Return the expected value of knowing a parameter [draws] for a choice with these values [scenarios, draws]."""
    if np.ptp(parameter) == 0.0:
        return 0.0
    basis = natural_spline(parameter)
    expected = basis @ np.linalg.lstsq(basis, gain.T, rcond=None)[0]
    return float(max(0.0, expected.max(axis=1).mean() - expected.mean(axis=0).max()))


def natural_spline(values: Float) -> Float:
    """Return a natural cubic spline basis [n, 4] with knots at quantiles (Harrell 2015)."""
    knots = np.quantile(values, KNOTS)
    scaled, knots = (values - knots[0]) / (knots[-1] - knots[0]), (knots - knots[0]) / (knots[-1] - knots[0])

    def cubed(x: Float, knot: float) -> Float:
        return np.asarray(np.maximum(x - knot, 0.0) ** 3, np.float64)

    last, before = float(knots[-1]), float(knots[-2])
    bent = [
        cubed(scaled, float(knot))
        - cubed(scaled, before) * (last - knot) / (last - before)
        + cubed(scaled, last) * (before - knot) / (last - before)
        for knot in knots[:-2]
    ]
    return np.column_stack([np.ones_like(scaled), scaled, *bent])
