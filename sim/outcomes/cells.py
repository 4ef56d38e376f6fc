"""Tidy tables as arrays: which cells a table has, and which of them sum to which."""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.outcomes.additive import Float, Index, Line, Mask
from sim.outcomes.layout import Layout, Relation, require
from sim.schema.errors import InputError


@dataclass(frozen=True)
class Cells:
    """The cells of a table in the order of their labels, and where each row of the table belongs.

    Attributes
    ----------
    keys : pandas.DataFrame
        Labels [cell, dimension].
    names : tuple
        Scenarios, in the order of the table; one without a name if the table has no column of them.
    cell, scenario : numpy.ndarray
        Of each row of the table, int [row].
    """

    keys: pd.DataFrame
    names: tuple[Hashable, ...]
    cell: Index
    scenario: Index

    @classmethod
    def of(cls, table: pd.DataFrame, layout: Layout) -> "Cells":
        """Return the cells of a table.

        Raises
        ------
        InputError
            If a cell is there twice in one scenario.
        """
        labels = table[list(layout.dimensions)].astype(object).reset_index(drop=True)
        cell = _groups(labels, [*layout.dimensions])
        keys = labels.iloc[np.unique(cell, return_index=True)[1]].reset_index(drop=True)
        names = table[layout.scenario] if layout.scenario else pd.Series("", index=table.index)
        scenario, unique = pd.factorize(names, use_na_sentinel=False)
        twice = pd.DataFrame({"scenario": scenario, "cell": cell}).duplicated()
        if twice.any():
            key = _named(labels, int(np.argmax(twice)))
            raise InputError("the table has a cell twice in one scenario", key=key)
        return cls(keys, tuple(unique), cell, scenario.astype(np.intp))

    def array(self, column: "pd.Series[float]") -> Float:
        """Return a column of the table as an array, zero where the table has no row, float [scenario, cell]."""
        found = np.zeros((len(self.names), len(self.keys)))
        found[self.scenario, self.cell] = column.to_numpy(float)
        return found

    def lines(self, layout: Layout) -> list[Line]:
        """Return the lines that totals and relations make of the cells.

        Raises
        ------
        InputError
            If they name a dimension or label that is not there.
        """
        if self.keys.empty:
            return []
        require(layout.totals, layout.dimensions, "totals")
        require(layout.partial, layout.totals, "partial")
        margins = [line for name, label in layout.totals.items() for line in self._margin(name, label, layout.partial)]
        return margins + [line for relation in layout.relations for line in self._related(relation)]

    def kept(self, layout: Layout) -> Mask:
        """Return which cells are to be withheld in company last, bool [cell].

        Raises
        ------
        InputError
            If they are named by a dimension or label that is not there.
        """
        found = np.zeros(len(self.keys), bool)
        for labels in layout.kept:
            found |= self._at(labels)
        return found

    def name(self, cell: int) -> str:
        """Return the labels of a cell in words."""
        return _named(self.keys, cell)

    def _margin(self, dimension: str, label: Hashable, partial: tuple[str, ...]) -> list[Line]:
        total = self._at({dimension: label})
        group = self._alike_but_for(frozenset([dimension]))
        sums = [(int(cell), np.flatnonzero((group == group[cell]) & ~total)) for cell in np.flatnonzero(total)]
        return [Line(cell, tuple(parts.tolist()), dimension in partial) for cell, parts in sums if len(parts)]

    def _related(self, relation: Relation) -> list[Line]:
        if any(set(part) != set(relation.total) for part in relation.parts):
            raise InputError("a part names other dimensions than its total", key="relations", value=relation)
        group = self._alike_but_for(frozenset(relation.total))
        parts = np.logical_or.reduce([self._at(part) for part in relation.parts])
        total = np.flatnonzero(self._at(relation.total))
        sums = [(int(cell), np.flatnonzero((group == group[cell]) & parts)) for cell in total]
        return [Line(cell, tuple(found.tolist()), relation.rest) for cell, found in sums if len(found)]

    def _at(self, labels: Mapping[str, Hashable]) -> Mask:
        """Return which cells have the given labels, bool [cell]; there must be one."""
        require(labels, self.keys.columns, "dimension")
        for name, label in labels.items():
            if label not in self._codes[name][1]:
                require([label], self._codes[name][1], name)
        found: Mask = np.logical_and.reduce(
            [self._codes[name][0] == self._codes[name][1][label] for name, label in labels.items()]
        )
        return found

    def _alike_but_for(self, names: frozenset[Hashable]) -> Index:
        """Return a number a cell, the same for cells whose labels differ in some dimensions at most, int [cell]."""
        if names not in self._alike:
            number = np.zeros(len(self.keys), np.intp)
            for name, (numbers, labels) in self._codes.items():
                if name not in names:
                    _, number = np.unique(number * len(labels) + numbers, return_inverse=True)
            self._alike[names] = number
        return self._alike[names]

    @cached_property
    def _alike(self) -> dict[frozenset[Hashable], Index]:
        return {}

    @cached_property
    def _codes(self) -> dict[Hashable, tuple[Index, dict[Hashable, int]]]:
        """Numbers of the labels of every dimension, int [cell], and the number of each label."""
        found = {}
        for name in self.keys:
            numbers, labels = pd.factorize(self.keys[name], use_na_sentinel=False)
            found[name] = (numbers.astype(np.intp), {label: number for number, label in enumerate(labels)})
        return found


def _groups(labels: pd.DataFrame, names: list[Hashable]) -> Index:
    """Return numbers of the combinations of labels in some columns, in the order of labels, int [row]."""
    if not names:
        return np.zeros(len(labels), np.intp)
    return labels.groupby(names, dropna=False, sort=True).ngroup().to_numpy().astype(np.intp)


def _named(labels: pd.DataFrame, row: int) -> str:
    return ", ".join(f"{name} {labels[name].iloc[row]}" for name in labels)
