"""Looking at households as a Mesa user would: one as an object, some as a set, and groups of them.

The methods are those of Mesa's ``AgentSet`` where they make sense on columns: a function gets a whole column, not one
household after the other. ``len`` counts rows; a row stands for ``weight`` families, counted by ``families``.
"""

import math
import operator
from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, Self, SupportsIndex, overload

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.kernels.codes import SITUATIONS
from sim.schema.errors import InputError
from sim.world.checked import COLUMNS, checked_count, checked_mask, checked_values, no_column

if TYPE_CHECKING:
    from sim.world.households import Households

Array = npt.NDArray[Any]
Which = Array | Callable[["HouseholdSet"], Array]


class Row:
    """One household, read from the columns; attributes are column names. It shows the household as it is now."""

    __slots__ = ("_store", "index")

    def __init__(self, store: "Households", index: int) -> None:
        object.__setattr__(self, "_store", store)
        object.__setattr__(self, "index", index)

    def __getattr__(self, name: str) -> Any:
        if name not in COLUMNS:
            raise AttributeError(no_column(name))
        return self._store.column(name)[self.index].item()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        where = f"households.select(households['id'] == {self.id}).set('{name}', {value!r})"
        raise AttributeError(f"a household seen as an object cannot be written to; use {where}")

    def __dir__(self) -> list[str]:
        return [*COLUMNS, "index", "situation"]

    @property
    def situation(self) -> str:
        """Where the household stands."""
        return str(Selection(self._store, np.array([self.index]))["situation"][0])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Row) and self._store is other._store and self.index == other.index

    def __hash__(self) -> int:
        return hash((id(self._store), self.index))

    def __repr__(self) -> str:
        return f"<household {self.id}: {self.situation}, weight {self.weight}>"


class HouseholdSet(ABC):
    """Households of one store: all of them, or a selection."""

    @property
    @abstractmethod
    def store(self) -> "Households":
        """The store that holds the columns."""

    @property
    @abstractmethod
    def rows(self) -> npt.NDArray[np.intp]:
        """Numbers of these rows in the store, intp[n]."""

    @abstractmethod
    def column(self, name: str) -> Array:
        """Return a column over these rows; raises KeyError, with the nearest name, where there is none."""

    @property
    def families(self) -> int:
        """Families that these rows stand for."""
        return int(self.column("weight").sum(dtype=np.int64))

    @property
    def persons(self) -> int:
        """Persons in these families."""
        return int((self.column("weight").astype(np.int64) * self.column("size")).sum())

    def situation(self) -> npt.NDArray[np.int8]:
        """Return the situation code of every row, int8[n]; ``self["situation"]`` has their names."""
        away = np.minimum(self.column("settled"), 2) + 1
        code = np.where(self.column("at_home") == 1, len(SITUATIONS) - 1, away)
        return np.where(self.column("present") == 1, code, 0).astype(np.int8)

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[Row]:
        return (Row(self.store, index) for index in self.rows.tolist())

    def __contains__(self, row: object) -> bool:
        return isinstance(row, Row) and row._store is self.store and row.index in self.rows

    @overload
    def __getitem__(self, key: str) -> Array: ...
    @overload
    def __getitem__(self, key: slice) -> "Selection": ...
    @overload
    def __getitem__(self, key: SupportsIndex) -> Row: ...
    def __getitem__(self, key: str | slice | SupportsIndex) -> Any:
        """Return a column for a name, one household for a number, a selection for a slice."""
        if isinstance(key, str):
            return np.array(SITUATIONS)[self.situation()] if key == "situation" else self.column(key)
        if isinstance(key, slice):
            return Selection(self.store, self.rows[key])
        index = operator.index(key)
        if not -len(self) <= index < len(self):
            raise IndexError(f"row {index} of {len(self)}")
        return Row(self.store, int(self.rows[index]))

    def select(self, which: Which | None = None, at_most: float = math.inf) -> "Selection":
        """Return some of these households.

        Parameters
        ----------
        which : bool[n], or a function of this set that returns it
            ``households["savings"] < 0`` or ``lambda h: (h["savings"] < 0) & (h["size"] > 5)``.
        at_most : int or float
            The first so many rows, or, as a float up to 1.0, a share of these rows, rounded down.
        """
        mask = which(self) if callable(which) else which
        rows = self.rows if mask is None else self.rows[checked_mask(mask, len(self))]
        return Selection(self.store, rows[: checked_count(at_most, len(self))])

    def sort(self, key: str | Callable[["HouseholdSet"], Array], ascending: bool = False) -> "Selection":
        """Return these households in the order of a column, or of a function of this set; equals keep theirs."""
        values = self._values(key)
        if ascending:
            order = np.argsort(values, kind="stable")
        else:
            order = len(self) - 1 - np.argsort(values[::-1], kind="stable")[::-1]
        return Selection(self.store, self.rows[order])

    def get(self, names: str | Sequence[str]) -> Any:
        """Return a copy of a column, or a data frame of several; ``"situation"`` is one of them."""
        if isinstance(names, str):
            return self[names].copy()
        return pd.DataFrame({name: self[name] for name in names}, index=pd.Index(self.rows, name="row"))

    def set(self, name: str, value: Any) -> Self:
        """Set a column of these households to one value, or to one value a row.

        Stocks, and what the DataCollector collects, follow at the end of the next month.

        Raises
        ------
        InputError
            Where the column may not be set (see SETTABLE), or a value is not in its range.
        """
        self.store.column(name)[self.rows] = checked_values(name, value, len(self))
        return self

    def agg(self, column: str, function: Callable[[Array], Any] | Iterable[Callable[[Array], Any]]) -> Any:
        """Return a function of a column, or a list for several functions. A row counts once, whatever its weight."""
        values = self[column]
        return function(values) if callable(function) else [one(values) for one in function]

    def mean(self, column: str) -> float:
        """Return the mean of a column over families, not rows; NaN where there are none."""
        weight = self.column("weight").astype(np.float64)
        return float(np.average(self.column(column), weights=weight)) if weight.sum() > 0 else math.nan

    def groupby(self, by: str | Callable[["HouseholdSet"], Array]) -> "Groups":
        """Group by a column, by ``"situation"``, or by a function of this set that returns one label a row."""
        labels, group = np.unique(self._values(by), return_inverse=True)
        order = np.argsort(group, kind="stable")
        parts = np.split(self.rows[order], np.cumsum(np.bincount(group, minlength=len(labels)))[:-1])
        return Groups({label: Selection(self.store, rows) for label, rows in zip(labels.tolist(), parts)})

    def to_list(self) -> list[Row]:
        """Return these households as objects."""
        return list(self)

    def do(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: households act together, in compiled code, not one by one."""
        _refuse("do", "households['savings'], select(), set()")

    def shuffle_do(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse, as `do`; the order of households has no effect."""
        _refuse("shuffle_do", "households['savings'], select(), set()")

    def map(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: a column is computed with as a whole."""
        _refuse("map", "arithmetic on columns, households['savings'] / 100, or agg()")

    def shuffle(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse: the order of households has no effect."""
        _refuse("shuffle", "select(generator.random(len(households)) < 0.1) for a sample")

    def _values(self, key: str | Callable[["HouseholdSet"], Array]) -> Array:
        values = np.asarray(self[key] if isinstance(key, str) else key(self))
        if values.shape != (len(self),):
            raise InputError("needs one value a row", value=values.shape, allowed=f"shape ({len(self)},)")
        return values

    def __repr__(self) -> str:
        return f"<{len(self):,} simulated households, {self.families:,} families>"


class Selection(HouseholdSet):
    """Some households of a store; it holds their row numbers only, and shows them as they are now."""

    def __init__(self, store: "Households", rows: npt.NDArray[np.intp]) -> None:
        self._store, self._rows = store, rows

    @property
    def store(self) -> "Households":
        """The store that holds the columns."""
        return self._store

    @property
    def rows(self) -> npt.NDArray[np.intp]:
        """Numbers of these rows in the store, intp[n]."""
        return self._rows

    def column(self, name: str) -> Array:
        """Return a copy of a column over these rows; it cannot be written to, since that would change nothing."""
        values = self._store.column(name)[self._rows]
        values.flags.writeable = False
        return values


class Groups:
    """Households by label, as Mesa's ``GroupBy``.

    Attributes
    ----------
    groups : dict of label to Selection
    """

    def __init__(self, groups: dict[Hashable, Selection]) -> None:
        self.groups = groups

    def count(self) -> dict[Hashable, int]:
        """Return the number of rows of each group."""
        return self.map(len)

    def families(self) -> dict[Hashable, int]:
        """Return the families that each group stands for."""
        return self.map(lambda group: group.families)

    def agg(self, column: str, function: Callable[[Array], Any]) -> dict[Hashable, Any]:
        """Return a function of a column for each group."""
        return self.map("agg", column, function)

    def map(self, method: str | Callable[..., Any], *args: Any, **kwargs: Any) -> dict[Hashable, Any]:
        """Return what a function of the group, or a method of it by name, returns for each group."""
        call = operator.methodcaller(method, *args, **kwargs) if isinstance(method, str) else method
        given = () if isinstance(method, str) else args
        named = {} if isinstance(method, str) else kwargs
        return {label: call(group, *given, **named) for label, group in self.groups.items()}

    def __iter__(self) -> Iterator[tuple[Hashable, Selection]]:
        return iter(self.groups.items())

    def __len__(self) -> int:
        return len(self.groups)


def _refuse(name: str, instead: str) -> NoReturn:
    reason = "their month is one compiled pass (sim.kernels.month), the same for all"
    raise TypeError(f"households have no {name}(): {reason}; use columns instead: {instead}")
