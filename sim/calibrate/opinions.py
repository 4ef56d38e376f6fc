"""Two posteriors of the same parameters, side by side: how far they overlap, and where they disagree."""

import numpy as np
import pandas as pd

from sim.calibrate.problem import Float, Problem
from sim.calibrate.scores import HIGH, LOW

DISAGREE = 0.5  # overlap below which intervals disagree: those of equal width, by 1.1 standard deviations of a normal


def side_by_side(problem: Problem, first: Float, second: Float) -> pd.DataFrame:
    """Return a row a parameter: medians and 90 % intervals of two posteriors, their overlap, and how they differ.

    Parameters
    ----------
    problem : Problem
        Whose parameters and priors they are.
    first, second : float64[m, p]
        Equally likely values of the parameters, in their units.

    Returns
    -------
    DataFrame
        Columns parameter; q05, q50, q95 and second_q05, second_q50, second_q95; overlap; differs. Overlap is what the
        two intervals share over what they cover together, both as shares of the prior. Where it is below
        ``DISAGREE``, differs is ``higher`` or ``lower`` if the second's interval lies elsewhere more than it is of
        another width, and else ``wider`` or ``narrower``; it is empty where they agree.
    """
    levels = [LOW, 0.5, HIGH]
    values = [np.quantile(one, levels, axis=0) for one in (first, second)]
    (low, _, high), (second_low, _, second_high) = (problem.shares(one) for one in values)
    shared = np.maximum(np.minimum(high, second_high) - np.maximum(low, second_low), 0.0)
    together = np.maximum((high - low) + (second_high - second_low) - shared, np.finfo(float).tiny)
    moved = 0.5 * ((second_low + second_high) - (low + high))
    widened = 0.5 * ((second_high - second_low) - (high - low))
    words = [_difference(*one) for one in zip(shared / together, moved, widened)]
    names = [f"{who}q{100 * level:02.0f}" for who in ("", "second_") for level in levels]
    table = pd.DataFrame(np.concatenate(values).T, columns=names)
    table.insert(0, "parameter", list(problem.names))
    return table.assign(overlap=shared / together, differs=words)


def _difference(overlap: float, moved: float, widened: float) -> str:
    """Return how a second interval differs from a first, in a word; none where they agree."""
    if overlap >= DISAGREE:
        return ""
    if abs(moved) > abs(widened):
        return "higher" if moved > 0 else "lower"
    return "wider" if widened > 0 else "narrower"
