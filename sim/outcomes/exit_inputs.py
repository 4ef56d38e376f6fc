"""Survey tables for exit metrics, checked: every value is what it must be, or one clear message says where not."""

import math
import numbers
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

import numpy as np
import pandas as pd

from sim.schema.errors import InputError

Rows: TypeAlias = pd.Series | pd.api.extensions.ExtensionArray | np.ndarray | Sequence[object]  # one value a household
Indexed = TypeVar("Indexed", pd.Series, pd.DataFrame)

ANSWERS = "1 (vulnerability overcome), 0 (not overcome), or missing"
LEAST_WEIGHT, MOST_WEIGHT = 1e-100, 1e100  # beyond these, sums of weights lose their digits or are infinite
_NO_ANSWER = -1.0
_MISSING = (None, pd.NA, pd.NaT)


@dataclass(frozen=True)
class Survey:
    """A checked survey of n households and k indicators.

    Attributes
    ----------
    passed : numpy.ndarray
        (n, k) float64: 1 vulnerability overcome, 0 not, NaN missing.
    host : numpy.ndarray
        (n,) bool: True for a host household, False for a displaced one.
    weights : numpy.ndarray
        (n,) float64: households that a row stands for.
    columns : tuple of str
        Names of the indicators.
    index : pandas.Index
        Labels of the rows.
    """

    passed: np.ndarray
    host: np.ndarray
    weights: np.ndarray
    columns: tuple[str, ...]
    index: pd.Index

    @property
    def complete(self) -> np.ndarray:
        """(n,) bool: households without a missing indicator."""
        whole: np.ndarray = ~np.isnan(self.passed).any(axis=1)
        return whole


def read_survey(indicators: pd.DataFrame, host: Rows, weights: Rows | None = None) -> Survey:
    """Check the parts of a survey that every metric needs.

    Parameters
    ----------
    indicators : pandas.DataFrame
        One row a household, one column a sub-criterion; 0, 1 or missing.
    host : pandas.Series or array
        True for a host household, False for a displaced one.
    weights : pandas.Series or array, optional
        Positive and finite; 1 each by default.

    Returns
    -------
    Survey
        The same rows in the same order.

    Raises
    ------
    InputError
        If a value is not accepted, nobody is host or nobody is displaced, or an indicator is missing for all of either.
    """
    columns = _columns(indicators)
    passed = np.column_stack([_passed(indicators.iloc[:, at], name) for at, name in enumerate(columns)])
    hosts = _hosts(host, indicators.index)
    _answered_in_both(passed, hosts, columns)
    weighed = np.ones(len(hosts)) if weights is None else _weights(weights, indicators.index)
    return Survey(passed, hosts, weighed, columns, indicators.index)


def labels(values: Rows, key: str, index: pd.Index) -> pd.Series:
    """Return one label a household, in the order of the survey and numbered from 0; none may be missing."""
    found = _in_rows(values, key, index)
    if found.isna().any():
        raise InputError("a household has no value here", key=key, allowed="a value for every household")
    if found.dtype.kind == "O" and not all(isinstance(label, Hashable) for label in found):
        raise InputError("a value is a list or table", key=key, allowed="a text, number, date or yes/no in every row")
    return found


def in_order(values: Indexed, key: str, index: pd.Index) -> Indexed:
    """Return a Series or DataFrame in the order of the survey's index, numbered from 0.

    Raises
    ------
    InputError
        If the labels of its rows are not those of the survey, or repeat in another order than there.
    """
    if values.index.equals(index):
        return values.reset_index(drop=True)
    expected = f"the index of the indicators ({len(index)} rows)"
    if len(values) != len(index):
        raise InputError(f"it has {len(values)} rows", key=key, allowed=expected)
    if not (values.index.is_unique and index.is_unique):
        raise InputError("row labels repeat and are not in the order of the indicators", key=key, allowed=expected)
    where = values.index.get_indexer(index)
    if (where < 0).any():
        absent = index[int(np.argmin(where))]
        raise InputError(f"it has other row labels: {absent} is not among them", key=key, allowed=expected)
    return values.iloc[where].reset_index(drop=True)


def _in_rows(values: Rows, key: str, index: pd.Index) -> pd.Series:
    """Return the values in the order of the survey: matched by label if they have labels, else by position."""
    if isinstance(values, pd.Series):
        return in_order(values, key, index)
    listed = isinstance(values, (list, tuple, np.ndarray, pd.api.extensions.ExtensionArray, pd.Index))
    if not listed or getattr(values, "ndim", 1) != 1:
        kind = type(values).__name__
        raise InputError("not one value a household", key=key, value=kind, allowed="a Series or a flat array")
    if len(values) != len(index):
        raise InputError(f"it has {len(values)} values", key=key, allowed=f"one for each of {len(index)} rows")
    return pd.Series(values)


def _columns(indicators: pd.DataFrame) -> tuple[str, ...]:
    if not isinstance(indicators, pd.DataFrame):
        raise InputError("not a table", key="indicators", allowed="a pandas DataFrame")
    if indicators.empty:
        raise InputError("the table is empty", key="indicators", allowed="at least one row and one column")
    names = tuple(str(name) for name in indicators.columns)
    for at, name in enumerate(names):
        if name in names[:at]:
            raise InputError("this column appears twice", key="indicators", value=name)
    return names


def _passed(column: pd.Series, name: str) -> np.ndarray:
    plain = column.dtype.kind in "biuf"
    values = column.to_numpy(dtype=float, na_value=np.nan) if plain else np.array([_answer(value) for value in column])
    wrong = np.flatnonzero(~(np.isnan(values) | (values == 0) | (values == 1)))
    if wrong.size:
        raise InputError("not an answer", key=name, value=_plain(column.iloc[int(wrong[0])]), allowed=ANSWERS)
    return values


def _answer(value: object) -> float:
    """Return 1, 0 or NaN; texts such as "1" are no answers, since "yes" and "no" would not be either."""
    if isinstance(value, (float, int, np.bool_, numbers.Real)):  # the usual types first: this is asked of every cell
        return float(value) if value in (0, 1) or value != value else _NO_ANSWER
    return math.nan if any(value is missing for missing in _MISSING) else _NO_ANSWER


def _hosts(host: Rows, index: pd.Index) -> np.ndarray:
    found = labels(host, "host", index)
    for value in found:
        if not isinstance(value, (bool, np.bool_)):
            allowed = "True (host) or False (displaced)"
            raise InputError("not a yes or no", key="host", value=_plain(value), allowed=allowed)
    hosts = found.to_numpy(dtype=bool)
    if not hosts.any() or hosts.all():
        message = "no household is displaced" if hosts.any() else "no household is a host"
        raise InputError(message, key="host", allowed="households of both populations")
    return hosts


def _weights(weights: Rows, index: pd.Index) -> np.ndarray:
    found = _in_rows(weights, "weights", index)
    plain = found.dtype.kind in "iuf"
    values = found.to_numpy(dtype=float, na_value=np.nan) if plain else np.array([_weight(value) for value in found])
    wrong = np.flatnonzero(~((values >= LEAST_WEIGHT) & (values <= MOST_WEIGHT)))
    if wrong.size:
        value, allowed = _plain(found.iloc[int(wrong[0])]), f"numbers above 0 ({LEAST_WEIGHT:g} to {MOST_WEIGHT:g})"
        raise InputError("not a weight", key="weights", value=value, allowed=allowed)
    return values


def _weight(value: object) -> float:
    try:
        return float(value) if isinstance(value, numbers.Real) and not isinstance(value, bool) else math.nan
    except OverflowError:
        return math.inf


def _answered_in_both(passed: np.ndarray, host: np.ndarray, columns: tuple[str, ...]) -> None:
    for population, rows in (("host", host), ("displaced", ~host)):
        unknown = np.isnan(passed[rows]).all(axis=0)
        if unknown.any():
            message = f"this indicator is missing for every {population} household"
            allowed = "an answer of at least one; or leave the column out"
            raise InputError(message, key=columns[int(np.argmax(unknown))], allowed=allowed)


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
