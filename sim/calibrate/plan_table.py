"""The table of a survey: read, and checked against the model."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibrate.plans import Plans
from sim.calibrate.questions import STATISTICS
from sim.scenario import Compiled
from sim.schema.base import month_name, month_number
from sim.schema.document import Document
from sim.schema.errors import InputError, nearest
from sim.schema.study import Survey


def read_plans(name: str, survey: Survey, study: Path, document: Document, compiled: Compiled) -> Plans:
    """Return a survey as it is compared; rows outside the months of the run are left out.

    Raises
    ------
    InputError
        Where the table cannot be read, lacks a column, has shares that are none, or a group the model does not know;
        where the survey names an answer that the question has not.
    """
    question, grouping = STATISTICS[survey.statistic]
    known, given = grouping.names(compiled), _answers(name, survey, question.answers, document)
    table = _table(name, survey, given, study, document)
    if not question.several and (table[list(given)].sum(axis=1) > 1).any():
        raise _wrong(document, name, "has rows whose shares are no shares of one whole", survey.table)
    for category in table["category"]:
        if category not in known:
            message, allowed = f"no such group{nearest(str(category), known)}", ", ".join(known[:20])
            raise _wrong(document, name, message, str(category), allowed)
    months = table["month"].to_numpy() - month_number(compiled.scenario.spec.start) + 1
    table = table[(months >= 1) & (months <= compiled.months)]
    return Plans(
        name,
        survey.statistic,
        tuple(table["category"]),
        np.array([known.index(category) for category in table["category"]], np.int64),
        (table["month"] - month_number(compiled.scenario.spec.start) + 1).to_numpy(np.int64),
        tuple(month_name(int(month)) for month in table["month"]),
        given,
        np.array([question.answers.index(one) for one in given], np.int64),
        table[list(given)].to_numpy(np.float64),
        table["households"].to_numpy(np.float64) / survey.design_effect,
    )


def _answers(name: str, survey: Survey, known: tuple[str, ...], document: Document) -> tuple[str, ...]:
    """Return the answers that are compared: those that the survey names, each once, or all of the question."""
    for n, one in enumerate(survey.answers or ()):
        if one not in known:
            message, allowed = f"no such answer{nearest(one, known)}", ", ".join(known)
            raise document.error(message, "surveys", name, "answers", value=one, allowed=allowed)
        if one in (survey.answers or ())[:n]:
            raise document.error("is named twice", "surveys", name, "answers", value=one)
    return tuple(survey.answers or known)


def _table(name: str, survey: Survey, given: Sequence[str], study: Path, document: Document) -> pd.DataFrame:
    try:
        table = pd.read_csv(study.parent / survey.table, dtype={"date": str, "category": str})
    except (OSError, ValueError) as error:
        raise _wrong(document, name, f"cannot be read: {error}", survey.table) from None
    columns = [str(column) for column in table.columns]
    for column in ("date", "category", *given, "households", *(["margin"] if survey.margin else [])):
        if column not in columns:
            message = f"the table has no column {column!r}{nearest(column, columns)}"
            raise _wrong(document, name, message, survey.table)
    if survey.margin:
        table = table[table["margin"] == survey.margin]
    names = [*given, "households"]
    numbers = pd.DataFrame({name: pd.to_numeric(table[name], errors="coerce") for name in names})
    shares = numbers[list(given)]
    days = pd.to_datetime(table["date"], format="%Y-%m", errors="coerce")
    if numbers.isna().any(axis=None) or (shares < 0).any(axis=None) or (shares > 1).any(axis=None):
        raise _wrong(document, name, "has rows whose shares are no shares, from 0 to 1", survey.table)
    if days.isna().any() or (numbers["households"] < 1).any():
        raise _wrong(document, name, "has rows without a month as YYYY-MM, or without households", survey.table)
    return table.assign(**{name: numbers[name] for name in names}, month=days.dt.year * 12 + days.dt.month - 1)


def _wrong(document: Document, name: str, message: str, value: str, allowed: str | None = None) -> InputError:
    return document.error(message, "surveys", name, "table", value=value, allowed=allowed)
