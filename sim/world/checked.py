"""What a person may ask of, and write into, the household columns; everything else is refused in plain words."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.budget import MOST_SAVINGS
from sim.kernels.columns import FIXED, STATE, Column
from sim.kernels.moves import MOST_MONTHS, MOST_TIMES
from sim.schema.errors import InputError, nearest

Array = npt.NDArray[Any]
COLUMNS: Mapping[str, Column] = {column.name: column for column in (*FIXED, *STATE)}
# Columns that may be set, and their range: those that can change without any other. Where a household is (area, site,
# settlement type, commitment, subsidy) changes in several columns at once, by a move, and never by hand.
SETTABLE: Mapping[str, tuple[float, float]] = {
    "months_here": (0, MOST_MONTHS),
    "months_displaced": (0, MOST_MONTHS),
    "house": (0, 1),
    "occupied": (0, 1),
    "employed": (0, 1),
    "savings": (-MOST_SAVINGS, MOST_SAVINGS),
    "belief_security": (0, 1),
    "belief_services": (0, 1),
    "times_displaced": (0, MOST_TIMES),
    "months_since_push": (-1, MOST_MONTHS),
}


def no_column(name: str) -> str:
    """Return the message for a name that is no column."""
    return f"a household has no column '{name}'" + nearest(name, (*COLUMNS, "situation"))


def checked_mask(mask: Any, n: int) -> npt.NDArray[np.bool_]:
    """Return a mask over ``n`` rows, bool[n]; refuse anything else."""
    values = np.asarray(mask)
    if values.dtype != np.bool_ or values.shape != (n,):
        message = "select needs True or False for every row, such as households['savings'] < 0; join two with & or |"
        raise InputError(message, value=f"{values.dtype}{list(values.shape)}", allowed=f"bool[{n}]")
    return values


def checked_count(at_most: float, n: int) -> int:
    """Return how many of ``n`` rows at most: a number of rows, or as a float up to 1.0 a share of them."""
    if isinstance(at_most, float) and 0 <= at_most <= 1:
        return int(n * at_most)
    if not at_most >= 0 or (at_most != math.inf and at_most != int(at_most)):
        allowed = "a number of rows, or a share of them from 0.0 to 1.0"
        raise InputError("is not usable", key="at_most", value=at_most, allowed=allowed)
    return int(min(at_most, n))


def checked_values(name: str, value: Any, n: int) -> Array:
    """Return values as the column stores them; refuse what it cannot hold or what no household can have."""
    if name not in SETTABLE:
        known = name in COLUMNS
        message = "cannot be set by hand" if known else f"is no column{nearest(name, SETTABLE)}"
        raise InputError(message, key=name, allowed=", ".join(SETTABLE))
    values, kind = np.asarray(value), np.dtype(COLUMNS[name].dtype)
    if values.dtype.kind not in "biuf" or values.shape not in ((), (n,)):
        raise InputError("needs a number, or one a row", key=name, value=value, allowed=f"a number, or {n} of them")
    low, high = SETTABLE[name]
    usable = (values >= low) & (values <= high)
    if kind.kind in "iu":
        usable &= values == np.floor(values)
    if not usable.all():
        number = "a whole number" if kind.kind in "iu" else "a number"
        allowed = f"{number} from {low:,.0f} to {high:,.0f} ({COLUMNS[name].unit})"
        raise InputError("is out of range", key=name, value=values[~usable].flat[0].item(), allowed=allowed)
    return values.astype(kind)
