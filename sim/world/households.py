"""The household store: columns, and an object view of any row made on demand."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import SITUATIONS
from sim.kernels.columns import FIXED, PLAN, STATE, Column, Fixed, Plan, State
from sim.world.changing import Changing

Array = npt.NDArray[Any]
COLUMNS: Mapping[str, Column] = {column.name: column for column in (*FIXED, *STATE)}


class Row:
    """One household, read from the columns; attributes are column names."""

    __slots__ = ("_store", "index")

    def __init__(self, store: "Households", index: int) -> None:
        self._store, self.index = store, index

    def __getattr__(self, name: str) -> Any:
        if name not in COLUMNS:
            raise AttributeError(f"a household has no column '{name}'")
        return self._store[name][self.index].item()

    @property
    def situation(self) -> str:
        """Where the household stands."""
        return SITUATIONS[int(self._store.situation()[self.index])]

    def __repr__(self) -> str:
        return f"<household {self.id}: {self.situation}, weight {self.weight}>"


class Households(Changing):
    """All households as a struct of arrays.

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

    def __getitem__(self, key: int | str) -> Any:
        """Return a row view for a number, or the column for a name (the array itself, not a copy)."""
        if isinstance(key, str):
            if key not in COLUMNS:
                raise KeyError(f"no column '{key}'; columns are {', '.join(COLUMNS)}")
            return getattr(self.fixed if hasattr(self.fixed, key) else self.state, key)
        if not -self._n <= key < self._n:
            raise IndexError(f"row {key} of {self._n}")
        return Row(self, int(key) % self._n)

    def __iter__(self) -> Iterator[Row]:
        return (Row(self, index) for index in range(self._n))

    def situation(self) -> npt.NDArray[np.int8]:
        """Return the situation code of every row, int8[n]."""
        state = self.state
        away = np.minimum(state.settled, 2) + 1
        code = np.where(state.at_home == 1, len(SITUATIONS) - 1, away)
        return np.where(state.present == 1, code, 0).astype(np.int8)

    def select(self, mask: Array) -> npt.NDArray[np.intp]:
        """Return the row numbers where ``mask`` (bool[n]) holds."""
        return np.flatnonzero(mask)

    def agg(self, column: str, function: Callable[[Array], Any], mask: Array | None = None) -> Any:
        """Return ``function`` of a column, over the rows of ``mask``."""
        values = self[column]
        return function(values if mask is None else values[mask])

    def do(self, *_: Any, **__: Any) -> None:
        """Refuse: households act together, in compiled code, not one by one."""
        raise TypeError(
            "households have no do(): their month is one compiled pass (sim.kernels.month); use the columns, "
            "households['savings'], or agg()"
        )

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
        return {name: self[name] for name in COLUMNS}


def _column(values: Array, declared: Column) -> Array:
    """Return a contiguous, writable copy in the declared type; refuse values that do not fit it."""
    kind = np.dtype(declared.dtype)
    if kind.kind in "iu" and len(values):
        bounds = np.iinfo(kind)
        if int(values.min()) < bounds.min or int(values.max()) > bounds.max:
            raise ValueError(f"column {declared.name} holds values beyond {declared.dtype}")
    return np.array(values, dtype=kind, order="C", copy=True)
