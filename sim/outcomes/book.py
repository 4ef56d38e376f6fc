"""Counts of one run as cells of books, most of them by when, which families, and by what they are told apart.

Tables that share totals have to be judged together, or one gives away what another withholds. A book therefore holds
tables of different shape side by side; their relations tie them to each other.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sim.outcomes.layout import Layout, Relation
from sim.outcomes.publish import publish_counts

ALL = "all"
DIMENSIONS = ("when", "which", "by")
Labels = Sequence[Hashable] | npt.NDArray[Any]


@dataclass(frozen=True)
class Book:
    """Cells and relations of one or more tables.

    Attributes
    ----------
    cells : pandas.DataFrame
        Columns variable, the dimensions, families, rows (simulated households), persons (0 where they are not counted).
        The dimension ``when`` is a month, or ``run`` for all of them; others read ``all``, a name, or ``label=value``.
    relations : tuple of Relation
        What sums to what, and what is part of what.
    dimensions : tuple of str
        Columns that together name a cell.
    blanked : tuple of str
        Columns that go with the families of their cell, such as money.
    kept : tuple of mapping
        Labels of cells to withhold in company of others only where nothing else is left.
    """

    cells: pd.DataFrame
    relations: tuple[Relation, ...]
    dimensions: tuple[str, ...] = DIMENSIONS
    blanked: tuple[str, ...] = ()
    kept: tuple[Mapping[str, Hashable], ...] = ()

    def __add__(self, other: "Book") -> "Book":
        """Return both in one book; their dimensions are alike."""
        cells = pd.concat([self.cells, other.cells], ignore_index=True)
        return Book(cells, self.relations + other.relations, self.dimensions, self.blanked, self.kept + other.kept)

    def published(self) -> pd.DataFrame:
        """Return the cells as they may be published: ``publish_counts`` with the relations of the book."""
        labels = {name: self.cells[name].astype(str) for name in self.dimensions}
        values = ("families", "persons")
        layout = Layout(
            self.dimensions,
            values=values,
            scenario=None,
            relations=self.relations,
            blanked=self.blanked,
            kept=self.kept,
        )
        return publish_counts(self.cells.assign(**labels), layout)


def cells_of(
    data: xr.Dataset, name: str, when: Labels, which: Sequence[str], by: Sequence[str], variable: str = ""
) -> pd.DataFrame:
    """Return a recorded count as cells.

    Parameters
    ----------
    data : xarray.Dataset
        Holds the count and its twin of rows over three dimensions: when, which, by.
    name : str
        The count; persons where the dataset has them.
    when, which, by : sequence
        Labels along its dimensions.
    variable : str, optional
        What it is called in the book, if not by its name.
    """
    index = pd.MultiIndex.from_product([when, which, by], names=DIMENSIONS)
    values = {"families": data[name], "rows": data[f"{name}_rows"]}
    counts = {key: np.asarray(array.values, float).ravel() for key, array in values.items()}
    persons = np.asarray(data["persons"].values, float).ravel() if "persons" in data else np.zeros(len(index))
    return index.to_frame(index=False).assign(variable=variable or name, **counts, persons=persons)


def sum_of(dimension: str, parts: Sequence[str], total: str = ALL) -> Relation:
    """Return that some labels of a dimension sum to another, wherever that is a cell."""
    return Relation({dimension: total}, tuple({dimension: part} for part in parts))


def part_of(dimension: str, total: str, *parts: str) -> Relation:
    """Return that some labels of a dimension, which exclude each other, are parts of another and leave a rest."""
    return Relation({dimension: total}, tuple({dimension: part} for part in parts), rest=True)


def at(when: Hashable, which: str, by: str) -> Mapping[str, Hashable]:
    """Return the labels of one cell."""
    return {"when": str(when), "which": which, "by": by}


def labels(name: str, values: Labels) -> list[str]:
    """Return ``name=value`` for every value."""
    return [f"{name}={value}" for value in values]
