"""A survey table of intentions, checked: cells are what the description says, or one message says where not."""

import math
import numbers
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.calibrate.micro_design import Float, Int
from sim.schema.errors import InputError, nearest
from sim.schema.survey import IntentionSurvey

NO_CHOICE = -1
BLANK = "blank"  # what a missing answer is called among the answers that are no choice


@dataclass(frozen=True, eq=False)
class Answers:
    """What n households with a usable weight stated.

    Attributes
    ----------
    rows : numpy.ndarray
        (n,) position of each household in the table.
    choice : numpy.ndarray
        (n,) position of the alternative, `NO_CHOICE` for no answer.
    weights : numpy.ndarray
        (n,) above 0.
    clusters, strata : numpy.ndarray or None
        (n,) labels as texts.
    left_out : dict of str to int
        Rows of the table without a usable weight, by reason, and of those here that stated no choice.
    no_answer : dict of str to float
        Weighted share of each answer that is no choice.
    """

    rows: Int
    choice: Int
    weights: Float
    clusters: np.ndarray | None
    strata: np.ndarray | None
    left_out: dict[str, int]
    no_answer: dict[str, float]


def read_answers(table: pd.DataFrame, spec: IntentionSurvey) -> Answers:
    """Return the stated intentions of a survey table.

    Raises
    ------
    InputError
        If a column is not there, a cell is not accepted, or no household has a usable weight.
    """
    weights = np.ones(len(table)) if spec.weight is None else _weights(table, spec.weight)
    rows = np.flatnonzero(weights > 0)
    if not rows.size:
        raise InputError("no household has a usable weight", key=spec.weight, allowed="at least one weight above 0")
    words = np.array(_words(_column(table, spec.intention)), np.object_)
    _require_known(words, [*spec.answers, *spec.no_answer], spec.intention)
    order = [str(name) for name in spec.alternatives]
    position = {answer: order.index(name) for answer, name in spec.answers.items()}
    choice = np.array([position.get(word, NO_CHOICE) for word in words], np.int64)[rows]
    kept = weights[rows]
    labels = [None if name is None else _labels(table.iloc[rows], name) for name in (spec.cluster, spec.stratum)]
    unstated = {word: float(kept[words[rows] == word].sum() / kept.sum()) for word in ["", *spec.no_answer]}
    unstated[BLANK] = unstated.pop("") + unstated.get(BLANK, 0.0)
    return Answers(rows, choice, kept, labels[0], labels[1], _left_out(weights, choice), unstated)


def covariates(table: pd.DataFrame, spec: IntentionSurvey) -> Float:
    """Return the covariates of households, (n, k) in the order of `columns`; NaN where one is missing.

    Survey and simulated households are coded alike, whichever categories occur.

    Raises
    ------
    InputError
        If a column is not there, or a cell is neither missing nor a number or category as described.
    """
    parts = [np.ones(len(table))]
    parts += [_numbers(_column(table, name), name) for name in spec.numeric]
    for name, categories in spec.categorical.items():
        words = np.array(_words(_column(table, name)), np.object_)
        _require_known(words, categories, name)
        parts += [np.where(words == "", np.nan, words == category) for category in categories[1:]]
    return np.column_stack(parts)


def columns(spec: IntentionSurvey) -> tuple[str, ...]:
    """Return the names of the k columns of `covariates`: the constant, numbers, then categories but the first."""
    dummies = [f"{name}={category}" for name, categories in spec.categorical.items() for category in categories[1:]]
    return ("constant", *spec.numeric, *dummies)


def groups(table: pd.DataFrame, by: list[str]) -> tuple[Int, pd.DataFrame]:
    """Return the number of each household's group, (n,), and the values of ``by`` of each group, in their order."""
    for name in by:
        if _column(table, name).isna().any():
            raise InputError("a household has no value here", key=name, allowed="a value for every household")
    if not by:
        return np.zeros(len(table), np.int64), pd.DataFrame(index=[0])
    number = table.groupby(by, observed=True, sort=True).ngroup().to_numpy().astype(np.int64)
    first = np.unique(number, return_index=True)[1]
    return number, table[by].iloc[first].reset_index(drop=True)


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    if not isinstance(table, pd.DataFrame):
        raise InputError("not a table", key="table", value=type(table).__name__, allowed="a pandas DataFrame")
    held = [str(column) for column in table.columns]
    if name not in held:
        raise InputError(f"this column is missing{nearest(name, held)}", key=name, allowed=", ".join(held))
    if held.count(name) > 1:
        raise InputError("this column appears twice", key=name)
    return table.iloc[:, held.index(name)]


def _weights(table: pd.DataFrame, name: str) -> Float:
    column = _column(table, name)
    values = _numbers(column, name)
    wrong = np.flatnonzero(values < 0)
    if wrong.size:
        raise InputError("a weight is negative", key=name, value=float(values[wrong[0]]), allowed="0 or more, or blank")
    return values


def _numbers(column: pd.Series, name: str) -> Float:
    """Return numbers, NaN where missing; refuse what is neither, infinity among it."""
    plain = column.dtype.kind in "iuf"
    values = column.to_numpy(np.float64, na_value=np.nan) if plain else np.array([_number(cell) for cell in column])
    wrong = np.flatnonzero(np.isinf(values))
    if wrong.size:
        raise InputError(
            "not a number", key=name, value=_plain(column.iloc[int(wrong[0])]), allowed="numbers, or blank"
        )
    return values.astype(np.float64)


def _number(cell: object) -> float:
    """Return the number a cell holds, NaN if it is missing, infinity if it is something else."""
    if not isinstance(cell, numbers.Real):
        return math.nan if _is_missing(cell) else math.inf
    try:
        return float(cell)
    except OverflowError:
        return math.inf


def _words(column: pd.Series) -> list[str]:
    """Return every cell as text, "" where missing: a column of codes with blanks reads as 1.0, and means 1."""
    return ["" if _is_missing(cell) else _word(cell) for cell in column]


def _word(cell: object) -> str:
    return str(int(cell)) if isinstance(cell, (float, np.floating)) and float(cell).is_integer() else str(cell).strip()


def _is_missing(cell: object) -> bool:
    if isinstance(cell, str):
        return not cell.strip()
    return cell is None or cell is pd.NA or cell is pd.NaT or (isinstance(cell, (float, np.floating)) and cell != cell)


def _require_known(words: np.ndarray, valid: Iterable[str], name: str) -> None:
    known = list(valid)
    for word in dict.fromkeys(words):
        if word and word not in known:
            message = f"the description does not name this answer{nearest(word, known)}"
            raise InputError(message, key=name, value=word, allowed=", ".join(known))


def _labels(table: pd.DataFrame, name: str) -> np.ndarray:
    words = _words(_column(table, name))
    if "" in words:
        raise InputError("a household has no value here", key=name, allowed="a value for every household with a weight")
    return np.array(words)


def _left_out(weights: Float, choice: Int) -> dict[str, int]:
    return {
        "weight missing": int(np.isnan(weights).sum()),
        "weight zero": int((weights == 0).sum()),
        "no answer": int((choice == NO_CHOICE).sum()),
    }


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
