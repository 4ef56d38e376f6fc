"""Robustness: how plans do over all futures, and how much is lost by a plan where another would have done better.

A future is one parameter draw; values in it are means over its seeds, so that luck is not taken for a future.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiments.compare import Comparison
from sim.experiments.contrast import grid, has_draws
from sim.experiments.reach import HARM, Target
from sim.outcomes import known_outcome, require_aimable
from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
POOR = 0.1  # of futures: the poorest tenth
COLUMNS = (
    "scenario",
    "mean",
    "in_poor_futures",
    "best_in",
    "regret_mean",
    "regret_in_poor_futures",
    "regret_most",
    "met_in",
    *(f"{name}_{what}" for name in HARM for what in ("mean", "in_poor_futures")),
)


@dataclass(frozen=True)
class Robustness:
    """How plans do over futures.

    Attributes
    ----------
    outcome : str
    more : bool
        Whether more of it is meant to be better.
    target : Target or None
    futures : int
        How many of them there are.
    table : pandas.DataFrame
        As :func:`robustness` says.
    """

    outcome: str
    more: bool
    target: Target | None
    futures: int
    table: pd.DataFrame


def robustness(comparison: Comparison, outcome: str, more: bool = True, target: Target | None = None) -> Robustness:
    """Return how every scenario does over futures, and its regret in them.

    Parameters
    ----------
    comparison : Comparison
        Of an experiment whose parameters vary.
    outcome : str
        A headline outcome that a plan may aim at.
    more : bool
        Whether more of it is meant to be better.
    target : Target, optional
        Of the same outcome; in how many futures it is met is told then.

    Returns
    -------
    Robustness
        Its table has a scenario a row: mean (over futures); in_poor_futures (the value that nine futures in ten do
        better than); best_in (share of futures in which no other scenario does better); regret_mean,
        regret_in_poor_futures (exceeded in one future in ten), regret_most: how far it falls short of the best
        scenario of the same future (Savage 1951); met_in (share of futures in which the target is met, NaN without
        one; Starr 1963); and for what harm there is the mean, and what one future in ten exceeds. All that rests on
        an outcome which may not be published is NaN.

    Raises
    ------
    InputError
        Where parameters do not vary, there is no such outcome, or no plan may aim at it.
    """
    require_aimable(known_outcome(outcome, "--outcome"), more)
    if not has_draws(comparison):
        raise InputError("parameters do not vary in this experiment", key="sim robust", allowed="one with --draws")
    if target is not None and (target.outcome != outcome or target.at_least != more):
        allowed = f"{outcome} {'>=' if more else '<='} a number"
        raise InputError("the target is of another outcome", key="--target", value=str(target), allowed=allowed)
    names, published = comparison.scenarios, comparison.published.set_index(["outcome", "scenario"])["mean"]
    values = np.array([by_future(comparison, outcome, name) for name in names])
    hidden = np.array([np.isnan(published[outcome, name]) for name in names])
    lost = np.full_like(values, np.nan) if hidden.any() else regret(values, more)  # the best may be what is hidden
    rows = []
    for n, name in enumerate(names):
        own: tuple[Any, ...] = (np.nan,) * 2 if hidden[n] else (values[n].mean(), _poor(values[n], not more))
        best = np.nan if hidden.any() else float((lost[n] == 0).mean())
        met = np.nan if target is None or hidden[n] else float(np.mean([target.met(float(one)) for one in values[n]]))
        harm = [_harm(comparison, one, name, bool(np.isnan(published[one, name]))) for one in HARM]
        rows.append((name, *own, best, *_summed_up(lost[n]), met, *(value for both in harm for value in both)))
    return Robustness(outcome, more, target, values.shape[1], pd.DataFrame(rows, columns=list(COLUMNS)))


def regret(values: Float, more: bool) -> Float:
    """Return how far each value falls short of the best of its future; values are [scenario, future]."""
    short: Float = (values.max(axis=0) - values) if more else (values - values.min(axis=0))
    return short


def by_future(comparison: Comparison, outcome: str, scenario: str) -> Float:
    """Return means over seeds by draw."""
    means: Float = grid(comparison.data["outcome_value"].sel(outcome=outcome, scenario=scenario)).mean(axis=1)
    return means


def _poor(values: Float, high: bool) -> float:
    """Return the end of the poorest tenth: the high one where less is better."""
    return float(np.quantile(values, 1 - POOR if high else POOR))


def _summed_up(lost: Float) -> tuple[float, float, float]:
    return float(lost.mean()), _poor(lost, high=True), float(lost.max())


def _harm(comparison: Comparison, outcome: str, scenario: str, hidden: bool) -> tuple[float, float]:
    if hidden:
        return np.nan, np.nan
    values = by_future(comparison, outcome, scenario)
    return float(values.mean()), _poor(values, high=True)
