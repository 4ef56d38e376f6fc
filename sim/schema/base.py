"""What every schema model shares: frozen, unknown keys refused, every field documented."""

from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

PRIOR = "PRIOR"


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
    year, _, month = value.partition("-")
    valid = len(year) == 4 and len(month) == 2 and (year + month).isdigit() and 1 <= int(month) <= 12
    if not valid:
        raise ValueError("a month is written YYYY-MM, for example 2019-08")
    return value


def _text_only(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError("a month is written YYYY-MM, for example 2019-08")
    return value


CalendarMonth = Annotated[str, BeforeValidator(_text_only), AfterValidator(_month)]


def month_number(month: str) -> int:
    """Return months since year 0 for ``YYYY-MM``, so that differences count months."""
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number) - 1


def month_name(number: int) -> str:
    """Return ``YYYY-MM`` for months since year 0; inverse of :func:`month_number`."""
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
