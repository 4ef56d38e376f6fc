"""Forecasts that any other has to beat: nothing changes, or every origin goes on as it did.

Their intervals are their own: the errors, relative and pooled over origins, that the same forecast made as far ahead
from every earlier month, as far as these were known at the launch.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
DAMPED = 12.0  # months in which a damped hazard falls to 1/e
FEWEST = 1.0  # families
BUILT_UP = 10.0  # times as many as at the beginning
LEAST_ERRORS = 5  # earlier launches before errors say anything


def persistence(stock: Float, ahead: int) -> Float:
    """Return the last stock; ``stock`` is [months, origins] up to the launch, NaN where no round is published."""
    return np.asarray(stock[-1], np.float64)


def constant_hazard(stock: Float, ahead: int, months: int) -> Float:
    """Return what is left if each stock goes on falling (or rising) as over the last months."""
    found: Float = stock[-1] * np.exp(-_hazard(stock, months) * ahead)
    return found


def damped_hazard(stock: Float, ahead: int, months: int = 12) -> Float:
    """Return the same with a hazard that fades."""
    found: Float = stock[-1] * np.exp(-_hazard(stock, months) * DAMPED * (1.0 - np.exp(-ahead / DAMPED)))
    return found


def _hazard(stock: Float, months: int) -> Float:
    """Return the mean monthly fall of the log since the last round at least so many months ago, or the first."""
    known = np.flatnonzero(~np.isnan(stock[:, 0]))
    at = len(stock) - 1
    before = known[known <= at - months]
    begin = before[-1] if len(before) else known[0]
    if begin == at:
        return np.zeros(stock.shape[1])
    then, now = np.maximum(stock[begin], FEWEST), np.maximum(stock[at], FEWEST)
    arose = now > BUILT_UP * then  # in these months: they say nothing of how it will fall
    found: Float = np.where(arose, 0.0, -np.log(now / then) / (at - begin))
    return found


Naive = Callable[[Float, int], Float]
NAIVE: dict[str, Naive] = {
    "persistence": persistence,
    "hazard of 6 months": lambda stock, ahead: constant_hazard(stock, ahead, 6),
    "hazard of 12 months": lambda stock, ahead: constant_hazard(stock, ahead, 12),
    "hazard of 24 months": lambda stock, ahead: constant_hazard(stock, ahead, 24),
    "damped hazard": damped_hazard,
}


def sample(forecast: Naive, stock: Float, ahead: int) -> Float:
    """Return a forecast with its errors as they were, [errors, origins]; the median is the forecast itself.

    Parameters
    ----------
    forecast : callable
        One of `NAIVE`.
    stock : float64[months, origins]
        Published up to the launch; NaN where no round is. The last is published.
    ahead : int
        Months.
    """
    point = forecast(stock, ahead)
    known = np.flatnonzero(~np.isnan(stock[:, 0]))
    errors = [
        np.log(np.maximum(stock[at + ahead], FEWEST) / np.maximum(forecast(stock[: at + 1], ahead), FEWEST))
        for at in known
        if at + ahead in known and (stock[at] > 0).all()
    ]
    if len(errors) < LEAST_ERRORS:
        return point[None, :]
    pooled = np.concatenate(errors)
    centred = pooled - np.median(pooled)  # its bias then is not its bias now
    found: Float = point * np.exp(centred)[:, None]
    return found
