"""The household store: a struct of arrays, one row for a simulated household."""

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.columns import FIXED, PLAN, STATE, Column, Fixed, Plan, State
from sim.world.changing import Changing
from sim.world.checked import COLUMNS, no_column
from sim.world.selection import HouseholdSet

Array = npt.NDArray[Any]


class Households(Changing, HouseholdSet):
    """All households of a run, those included that have not arrived yet.

    Parameters
    ----------
    columns : mapping of str to ndarray
        Every column of FIXED and STATE, all of one length n; cast to the declared type.
    """

    NOT_KEPT = ("_n", "fixed")

    def __init__(self, columns: Mapping[str, Array]) -> None:
        lengths = {len(columns[name]) for name in COLUMNS}
        if len(lengths) != 1:
            raise ValueError(f"columns differ in length: {sorted(lengths)}")
        self._n = lengths.pop()
        self.fixed = Fixed(*(_column(columns[c.name], c) for c in FIXED))
        self.state = State(*(_column(columns[c.name], c) for c in STATE))
        self.plan = Plan(*(np.zeros(self._n, c.dtype) for c in PLAN))

    def __len__(self) -> int:
        return self._n

    @property
    def store(self) -> "Households":
        """This store."""
        return self

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """Numbers of all rows, intp[n]."""
        return np.arange(self._n)

    def column(self, name: str) -> Array:
        """Return a column: the array itself, not a copy."""
        if name not in COLUMNS:
            raise KeyError(no_column(name))
        found: Array = getattr(self.fixed if hasattr(self.fixed, name) else self.state, name)
        return found

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Take over the changing columns of a snapshot, of as many rows."""
        super().restore(arrays)
        if any(len(column) != self._n for column in (*self.state, *self.plan)):
            raise ValueError(f"household columns are not of {self._n} rows")

    def fixed_sum(self) -> str:
        """Return the SHA-256 of the columns that never change: equal for the same households."""
        return hashlib.sha256(b"".join(column.tobytes() for column in self.fixed)).hexdigest()

    def columns(self) -> dict[str, Array]:
        """Return every column by name."""
        return {name: self.column(name) for name in COLUMNS}


def _column(values: Array, declared: Column) -> Array:
    """Return a contiguous, writable copy in the declared type; refuse values that do not fit it."""
    kind = np.dtype(declared.dtype)
    if kind.kind in "iu" and values.dtype != kind and len(values):
        bounds = np.iinfo(kind)
        if int(values.min()) < bounds.min or int(values.max()) > bounds.max:
            raise ValueError(f"column {declared.name} holds values beyond {declared.dtype}")
    return np.array(values, dtype=kind, order="C", copy=True)
