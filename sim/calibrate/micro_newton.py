"""The weighted multinomial logit likelihood and its maximum, by Newton's method.

Columns are first made orthonormal under the weights: a covariate in dollars and one in shares then weigh alike in
every step, and a column that repeats others is known before anything is fitted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]

MOST_STEPS, MOST_HALVINGS = 100, 40
COLLINEAR = 1e-8  # share of a column's length that the columns before it leave unexplained
CONVERGED = 1e-16  # squared length of a step in standard errors (Newton decrement)
FLAT, MOVING = 1e-6, 0.1  # a step that gains nothing, yet moves a log-odds: its standard error is 100 or more


@dataclass(frozen=True, eq=False)
class Maximum:
    """Where the likelihood is greatest, for n households, m alternatives beside the reference and k columns.

    Attributes
    ----------
    coefficients : numpy.ndarray
        (m, k) log-odds against the reference per unit of each column.
    scores : numpy.ndarray
        (n, mk) derivative of each household's weighted log-likelihood, in the orthonormal columns.
    information : numpy.ndarray
        (mk, mk) minus the second derivative of the whole, in the orthonormal columns.
    back : numpy.ndarray
        (k, k): turns coefficients of the orthonormal columns into those of the columns given.
    log_likelihood : float
        At the maximum.
    """

    coefficients: Float
    scores: Float
    information: Float
    back: Float
    log_likelihood: float

    def influence(self) -> Float:
        """Return what each household adds to the error of the coefficients, (n, mk), alternative by alternative.

        The covariance of their sum is the sandwich; it is taken of them, since it then has no negative variance.
        """
        whole = np.kron(np.eye(len(self.coefficients)), self.back)
        found: Float = self.scores @ np.linalg.solve(self.information, whole.T)
        return found


def log_probabilities(utilities: Float) -> Float:
    """Return log probabilities, (n, alternatives) as ``utilities``; only differences of utility matter."""
    below = utilities - utilities.max(axis=1, keepdims=True)
    found: Float = below - np.log(np.exp(below).sum(axis=1, keepdims=True))
    return found


def utilities(x: Float, coefficients: Float) -> Float:
    """Return utilities (n, m + 1) of covariates (n, k) at coefficients (m, k); the reference, first, has 0."""
    found = np.zeros((len(coefficients) + 1, len(x)))  # alternatives in rows: sums over them are then fast
    found[1:] = coefficients @ x.T
    return found.T


def maximise(choice: Int, x: Float, weights: Float, alternatives: Sequence[str], columns: Sequence[str]) -> Maximum:
    """Return the maximum of the weighted likelihood.

    Parameters
    ----------
    choice : numpy.ndarray
        (n,) position of the alternative chosen.
    x : numpy.ndarray
        (n, k) covariates, a constant among them if there is to be one.
    weights : numpy.ndarray
        (n,) positive, with mean 1.
    alternatives, columns : sequence of str
        Names, for messages.

    Raises
    ------
    InputError
        If a column is a combination of others, a coefficient runs away, or nothing is found in `MOST_STEPS` steps.
    """
    back = _orthonormal(x, weights, columns)
    basis = x @ back
    taken = (choice == np.arange(len(alternatives))[:, None]).astype(np.float64).T
    at = np.zeros((len(alternatives) - 1, x.shape[1]))
    for _ in range(MOST_STEPS):
        logs = log_probabilities(utilities(basis, at))
        weighed = (weights * (taken - np.exp(logs))[:, 1:].T).T
        slope, held = weighed.T @ basis, _information(basis, np.exp(logs), weights)
        step = _step(held, slope)
        gain = float((slope * step).sum())
        if gain < CONVERGED:
            scores = (weighed[:, :, None] * basis[:, None, :]).reshape(len(basis), -1)
            return Maximum(at @ back.T, scores, held, back, _log_likelihood(taken, logs, weights))
        if not np.isfinite(gain) or (gain < FLAT and np.abs(basis @ step.T).max() > MOVING):
            raise _runaway((step if np.isfinite(gain) else at) @ back.T, x, alternatives, columns)
        at = at + step if gain < FLAT else _uphill(taken, basis, weights, at, step, gain)
    raise InputError(f"the fit has not converged in {MOST_STEPS} steps", allowed="fewer covariates or alternatives")


def _orthonormal(x: Float, weights: Float, columns: Sequence[str]) -> Float:
    """Return the (k, k) matrix ``back``: the weighted mean of the squares of ``x @ back`` is the identity."""
    if len(x) < x.shape[1]:
        raise InputError(f"{len(x)} households are too few for {x.shape[1]} columns", key="x", allowed="fewer columns")
    weighed = np.sqrt(weights)[:, None] * x
    upper = np.linalg.qr(weighed, mode="r")
    left, length = np.abs(np.diag(upper)), np.sqrt((weighed**2).sum(axis=0))
    bad = np.flatnonzero(left <= COLLINEAR * length)
    if bad.size:
        at = int(bad[0])
        message = "it is a combination of the columns before it" if length[at] > 0 else "it is 0 for every household"
        raise InputError(f"collinear: {message}", key=columns[at], allowed="leave the column out")
    back: Float = np.linalg.inv(upper / np.sqrt(len(x)))
    return back


def _information(basis: Float, chances: Float, weights: Float) -> Float:
    """Return (mk, mk): sum over households of w (diag(p) - p p') kron x x', the reference left out."""
    others, columns = chances.shape[1] - 1, basis.shape[1]
    found = np.empty((others, columns, others, columns))
    for row in range(others):
        for column in range(others):
            spread = weights * chances[:, row + 1] * (float(row == column) - chances[:, column + 1])
            found[row, :, column, :] = basis.T @ (spread[:, None] * basis)
    return found.reshape(others * columns, others * columns)


def _step(held: Float, slope: Float) -> Float:
    """Return the Newton step, (m, k) as the slope, NaN where the likelihood is flat to the last digit."""
    try:
        found: Float = np.reshape(np.linalg.solve(held, slope.ravel()), slope.shape)
    except np.linalg.LinAlgError:
        return np.full(slope.shape, np.nan)
    return found


def _uphill(taken: Float, basis: Float, weights: Float, at: Float, step: Float, gain: float) -> Float:
    """Return ``at`` moved by the step, halved until the likelihood rises by a tenth of what the slope promises."""
    before = _log_likelihood(taken, log_probabilities(utilities(basis, at)), weights)
    for part in 0.5 ** np.arange(MOST_HALVINGS):
        there: Float = at + part * step
        if _log_likelihood(taken, log_probabilities(utilities(basis, there)), weights) >= before + 0.1 * part * gain:
            return there
    raise InputError("the fit has not converged: no step raises the likelihood", allowed="covariates of usual size")


def _log_likelihood(taken: Float, logs: Float, weights: Float) -> float:
    return float((weights * np.where(taken > 0, logs, 0.0).sum(axis=1)).sum())


def _runaway(direction: Float, x: Float, alternatives: Sequence[str], columns: Sequence[str]) -> InputError:
    """Return the refusal of coefficients without a finite value, naming the one that moves utilities most."""
    spread = np.ptp(x, axis=0)  # none for a constant, which only follows the others
    row, column = divmod(int(np.argmax(np.abs(direction) * spread)), direction.shape[1])
    return InputError(
        f"separation: the column tells apart who chose '{alternatives[row + 1]}', and its coefficient runs away",
        key=columns[column],
        allowed="merge categories or alternatives, or leave the column out",
    )
