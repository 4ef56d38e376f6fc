"""Groupings that two exit metrics need: criteria of indicators, and cells of households."""

import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sim.outcomes.exit_inputs import Survey, in_order, labels
from sim.schema.errors import InputError, nearest

_CRITERION = re.compile(r"([0-9]+)[._]")
_FORM = "a criterion for each column, such as {'2.3 health': '2'}"


def criteria_of(columns: tuple[str, ...], criteria: Mapping[str, str] | None = None) -> dict[str, list[int]]:
    """Return the columns of each criterion, by position.

    Parameters
    ----------
    columns : tuple of str
        Names of the indicators.
    criteria : mapping of str to str, optional
        Criterion of every column. By default the digits that a name begins with: "2" for "2.3 health" and "2_3".

    Returns
    -------
    dict of str to list of int
        In the order in which criteria first appear.

    Raises
    ------
    InputError
        If a column has no criterion, or ``criteria`` names a column that does not exist.
    """
    named = _by_number(columns) if criteria is None else _as_given(columns, criteria)
    found: dict[str, list[int]] = {}
    for at, name in enumerate(columns):
        found.setdefault(named[name], []).append(at)
    return found


def are_numbered(columns: tuple[str, ...]) -> bool:
    """Return whether every column says its criterion by number, as "2.3 health" does."""
    return all(_CRITERION.match(name) for name in columns)


def cells_of(survey: Survey, cells: pd.DataFrame | pd.Series, judged: np.ndarray) -> np.ndarray:
    """Return the number of each household's cell: the same characteristics, displaced and host apart.

    Parameters
    ----------
    survey : Survey
        n households.
    cells : pandas.DataFrame or pandas.Series
        Characteristics, with the index of the survey.
    judged : numpy.ndarray
        (n,) bool: households asked for; their cells need two households with complete data, or none.

    Returns
    -------
    numpy.ndarray
        (n,) int64, from 0; not every number need be used.

    Raises
    ------
    InputError
        If a characteristic is missing, or a cell has one household: its mean says nothing of a group.
    """
    table = _characteristics(cells, survey.index)
    alike = table.groupby(list(table.columns), observed=True, sort=False).ngroup().to_numpy(np.int64)
    cell: np.ndarray = 2 * alike + survey.host
    _refuse_single(cell, judged, survey, table, "one household")
    _refuse_single(cell, judged & survey.complete, survey, table, "one household with complete data")
    return cell


def _by_number(columns: tuple[str, ...]) -> dict[str, str]:
    found = {name: match[1] for name in columns if (match := _CRITERION.match(name))}
    for name in columns:
        if name not in found:
            allowed = "column names such as '2.3 health' or '2_3' (criterion 2), or the argument criteria"
            raise InputError("the criterion of this column is not known", key=name, allowed=allowed)
    return found


def _as_given(columns: tuple[str, ...], criteria: Mapping[str, str]) -> dict[str, str]:
    if not isinstance(criteria, Mapping):
        raise InputError("not a mapping", key="criteria", value=type(criteria).__name__, allowed=_FORM)
    for value in criteria.values():
        if not isinstance(value, (str, int)):
            raise InputError("not the name of a criterion", key="criteria", value=value, allowed=_FORM)
    found = {str(name): str(value) for name, value in criteria.items()}
    for name in found:
        if name not in columns:
            raise InputError(f"no such column{nearest(name, columns)}", key="criteria", value=name)
    for name in columns:
        if name not in found:
            raise InputError("a column is left out", key="criteria", value=name, allowed=_FORM)
    return found


def _characteristics(cells: pd.DataFrame | pd.Series, index: pd.Index) -> pd.DataFrame:
    """Return checked characteristics in the order of the survey, a column each."""
    if isinstance(cells, pd.Series):
        cells = cells.to_frame("cell" if cells.name is None else cells.name)
    if not isinstance(cells, pd.DataFrame) or not len(cells.columns):
        kind = type(cells).__name__
        raise InputError("no characteristics", key="cells", value=kind, allowed="a DataFrame or Series with columns")
    table = in_order(cells, "cells", index)
    table.columns = [str(name) for name in table.columns]
    twice = table.columns[table.columns.duplicated()]
    if len(twice):
        raise InputError("this column appears twice", key="cells", value=twice[0])
    for name in table.columns:
        labels(table[name], f"cells, {name}", table.index)
    return table


def _refuse_single(cell: np.ndarray, rows: np.ndarray, survey: Survey, table: pd.DataFrame, what: str) -> None:
    """Raise where a cell has one of the rows only, and name the cell."""
    single = rows & (np.bincount(cell[rows], minlength=int(cell.max()) + 1) == 1)[cell]
    if single.any():
        at = int(np.argmax(single))
        population = "host" if survey.host[at] else "displaced"
        named = ", ".join(f"{name}: {table[name].iloc[at]}" for name in table.columns)
        message = f"the cell of {population} households with {named} has {what}"
        raise InputError(message, key="cells", allowed="cells of two households or more; use fewer characteristics")
