"""What every schema model shares: frozen, unknown keys refused, every field documented."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from sim.schema.errors import is_printable

PRIOR = "PRIOR"
FIRST_YEAR, LAST_YEAR = 1900, 2199
MOST_NAME, MOST_TITLE = 80, 200  # characters
_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class Strict(BaseModel):
    """Base of everything a person may write: immutable, with no key beyond those declared."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False, strict=False)


def quantity(
    default: Any, unit: str, meaning: str, source: str, low: float | None = None, high: float | None = None
) -> Any:
    """Declare a number with everything its reader needs: unit, meaning, source and range.

    ``default=...`` makes the field required. The texts become the parameter tables of the manual.
    """
    return Field(default, ge=low, le=high, description=meaning, json_schema_extra={"unit": unit, "source": source})


def _month(value: str) -> str:
    found = _MONTH.fullmatch(value)
    if found is None:
        raise ValueError("a month is written YYYY-MM, for example 2019-08")
    if not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise ValueError(f"a month lies between {FIRST_YEAR}-01 and {LAST_YEAR}-12")
    return value


def _text_only(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a month is written YYYY-MM, for example 2019-08")
    return value


def _safe_text(value: str) -> str:
    if not is_printable(value.replace("\n", " ").replace("\t", " ")):
        raise ValueError("holds control characters, or marks that turn the direction of writing")
    return value


def wrong_name(name: str) -> str | None:
    """Return what is wrong with a name, None where it can be used.

    Names become cells of CSV files and labels of data files. A spreadsheet takes a cell that begins with one of
    ``= + - @`` for a formula, which may do harm when somebody opens the results; the other limits keep tables legible.
    """
    if not name or name != name.strip():
        return "a name is not blank, and has no blanks around it"
    if not is_printable(name):
        return "a name is one line of characters that can be seen"
    if name[0] in "=+-@":
        return "a name does not begin with = + - or @, which spreadsheets take for a formula"
    return None if len(name) <= MOST_NAME else f"a name has at most {MOST_NAME} characters"


def _name(value: str) -> str:
    if wrong := wrong_name(value):
        raise ValueError(wrong)
    return value


Name = Annotated[str, AfterValidator(_name)]
Prose = Annotated[str, AfterValidator(_safe_text)]
CalendarMonth = Annotated[str, BeforeValidator(_text_only), AfterValidator(_month)]


def month_number(month: str) -> int:
    """Return months since year 0 for ``YYYY-MM``, so that differences count months."""
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number) - 1


def month_name(number: int) -> str:
    """Return ``YYYY-MM`` for months since year 0; inverse of :func:`month_number`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
