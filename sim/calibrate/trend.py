"""What a model has missed of late, and so is likely to go on missing: a filter of what was published.

The log of each stock strays from the model as `sim.calibrate.observe.strays` says: a level that drifts by what the
model misses in a month, which persists, and by changes of the books; each round is counted with noise. That is linear
and Gaussian, so what is known of both at a launch follows from the rounds until then (Kalman 1960; Durbin and Koopman
2012, chapter 4). A jump that this can hardly make moves the level and says nothing of the drift: families were booked
elsewhere, or arrived at once.
"""

import numpy as np
import numpy.typing as npt

from sim.calibrate.observe import FEWEST, PERSISTENCE, Nuisances

Float = npt.NDArray[np.float64]
JUMP = 4.0  # standard deviations


def drift_at_launch(
    published: Float, modelled: Float, months: npt.NDArray[np.int64], noise: float, between: Nuisances
) -> tuple[Float, Float]:
    """Return mean and standard deviation of what the model misses in the month of the last round, a stock.

    Parameters
    ----------
    published, modelled : float64[rounds + 1, stocks]
        At the start and at every round until the launch.
    months : int64[rounds]
        Months from the start, in order.
    noise : float
        Standard deviation of the log of a count.
    between : Nuisances
        How much the model misses in a month, and how much the books change.
    """
    ratio = np.log(np.maximum(published, FEWEST)) - np.log(np.maximum(modelled, FEWEST))
    missed = ratio - ratio[0]
    books = between.books / np.maximum(published, FEWEST)
    stocks = missed.shape[1]
    state, spread = np.zeros((stocks, 2)), np.zeros((stocks, 2, 2))
    spread[:, 1, 1] = between.discrepancy**2  # of the drift; the level is known at the start
    now = 0
    for at, month in enumerate(months, start=1):
        for _ in range(int(month) - now):
            state, spread = _a_month_on(state, spread, between.discrepancy, books[at])
        now = int(month)
        state, spread = _seen(state, spread, missed[at], noise)
    return state[:, 1], np.sqrt(np.maximum(spread[:, 1, 1], 0.0))


def _a_month_on(state: Float, spread: Float, discrepancy: float, books: Float) -> tuple[Float, Float]:
    """Return level and drift a month later: the drift persists in part, and adds to the level."""
    step = np.array([[1.0, PERSISTENCE], [0.0, PERSISTENCE]])
    news = (1.0 - PERSISTENCE**2) * discrepancy**2 * np.ones((2, 2))
    spread = step @ spread @ step.T + news
    spread[:, 0, 0] += books**2
    return state @ step.T, spread


def _seen(state: Float, spread: Float, missed: Float, noise: float) -> tuple[Float, Float]:
    """Return level and drift once a round is known."""
    surprise, variance = missed - state[:, 0], spread[:, 0, 0] + noise**2
    jumped = np.abs(surprise) > JUMP * np.sqrt(variance)
    gain = spread[:, :, 0] / variance[:, None]
    updated = state + gain * surprise[:, None]
    narrowed = spread - gain[:, :, None] * spread[:, None, 0, :]
    updated[jumped] = np.column_stack([missed, state[:, 1]])[jumped]
    narrowed[jumped] = _level_only(spread, noise)[jumped]
    return updated, narrowed


def _level_only(spread: Float, noise: float) -> Float:
    """Return the spread after a jump: the level is as exact as the count, the drift as before."""
    found = np.zeros_like(spread)
    found[:, 0, 0], found[:, 1, 1] = noise**2, spread[:, 1, 1]
    return found


def strays_from(
    drift: tuple[Float, Float], between: Nuisances, months: int, luck: np.random.Generator
) -> tuple[Float, Float]:
    """Return how far what is published strays after a launch, as `strays` does from a start, [months, stocks]."""
    mean, sd = drift
    now = mean + sd * luck.standard_normal(len(mean))
    news = np.sqrt(1.0 - PERSISTENCE**2) * between.discrepancy * luck.standard_normal((months, len(mean)))
    increments = np.empty((months, len(mean)))
    for n in range(months):
        now = PERSISTENCE * now + news[n]
        increments[n] = now
    walk = np.cumsum(luck.standard_normal((months, len(mean))), axis=0)
    return np.cumsum(increments, axis=0), between.books * walk
