"""What a tidy table of counts says of itself: its dimensions, their totals, and which of its columns are counts."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd
from pandas.api.types import is_bool_dtype, is_numeric_dtype

from sim.schema.errors import InputError, nearest


class Relation(NamedTuple):
    """A cell that is the sum of others, by labels, beside those that totals of dimensions make.

    Every part names labels in the same dimensions as the total, and the relation holds for each combination of labels
    in the other dimensions. With ``rest`` the parts leave a remainder, zero or more, that is not in the table: such is
    a measure that is a subset of another.
    """

    total: Mapping[str, Hashable]
    parts: tuple[Mapping[str, Hashable], ...]
    rest: bool = False


@dataclass(frozen=True)
class Layout:
    """How a tidy table, one cell and scenario a row, is to be read. A cell that is not in the table counts as empty.

    Attributes
    ----------
    dimensions : tuple of str
        Columns whose labels together name a cell.
    totals : mapping
        Of each dimension along which cells sum, the label of the sum. A dimension with a hierarchy, such as districts
        within governorates, is left out here and described by ``relations``.
    values : tuple of str
        Columns of one count (families or persons): its mean, then others that stand for it, as ends of an interval.
    rows : str
        Column of the simulated households behind the count.
    scenario : str, optional
        Column of scenarios; None if there is one only.
    partial : tuple of str
        Dimensions whose labels in the table do not exhaust their total.
    relations : tuple of Relation
        Further relations that a reader knows of.
    blanked : tuple of str
        Columns that are no counts but would give one away, such as money spent: withheld with it, else left alone.
    kept : tuple of mapping
        Labels of cells that readers need most: withheld to protect others only where nothing else is left.
    """

    dimensions: tuple[str, ...]
    totals: Mapping[str, Hashable] = field(default_factory=dict)
    values: tuple[str, ...] = ("families",)
    rows: str = "rows"
    scenario: str | None = "scenario"
    partial: tuple[str, ...] = ()
    relations: tuple[Relation, ...] = ()
    blanked: tuple[str, ...] = ()
    kept: tuple[Mapping[str, Hashable], ...] = ()

    def check(self, table: pd.DataFrame, differences: tuple[str, ...] = ()) -> None:
        """Refuse a table that has not the columns named, or has numbers that are not.

        Parameters
        ----------
        table : pandas.DataFrame
            The table.
        differences : tuple of str
            Columns of differences, which are no part of the layout.

        Raises
        ------
        InputError
            A column is not there or holds no numbers, or a number has no known meaning: it could be a count that
            nobody judges.
        """
        labels = (*self.dimensions, *([self.scenario] if self.scenario else []))
        numbers = (*self.values, self.rows, *self.blanked, *differences)
        require((*labels, *numbers), table.columns, "column")
        for name in numbers:
            if not _is_number(table[name]):
                raise InputError("the column holds no numbers", key=name)
        for name in table.columns.difference([*labels, *numbers], sort=False):
            if _is_number(table[name]):
                allowed = "dimensions, values, rows, blanked"
                raise InputError("a column of numbers that the layout does not name", key=str(name), allowed=allowed)


def require(names: Iterable[Hashable], valid: Iterable[Hashable], key: str) -> None:
    """Raise InputError for the first name that is not among the valid ones."""
    known = list(valid)
    for name in names:
        if name not in known:
            texts = [str(one) for one in known]
            allowed = ", ".join(texts)
            raise InputError(f"is not there{nearest(str(name), texts)}", key=key, value=name, allowed=allowed)


def _is_number(column: "pd.Series[float]") -> bool:
    return is_numeric_dtype(column) and not is_bool_dtype(column)
