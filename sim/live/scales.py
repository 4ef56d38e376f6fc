"""Scales: how far a lever goes, in what steps, and how people read and write its numbers."""

import math
from dataclasses import dataclass, replace
from typing import Any

from pydantic import TypeAdapter, ValidationError

from sim.schema.base import CalendarMonth, month_name, month_number
from sim.schema.errors import InputError

IN_HUNDREDS = ("share", "index", "ratio")  # units that people read per hundred
FAMILIES_PART = 20  # PRIOR: a lever of places goes up to one of so many families a month
MOST_OF_DEFAULT = 4  # PRIOR: an amount of money goes up to so many times its default
STEPS = 50  # on a scale that nobody described
NICE = (1.0, 2.0, 5.0, 10.0)  # steps are one of these times a power of ten
ENDS = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)  # and so are ends
DIGITS = 6  # after the point, of values that are written
_MONTH: TypeAdapter[str] = TypeAdapter(CalendarMonth)


@dataclass(frozen=True)
class Scale:
    """Ends, step and unit of a lever.

    Attributes
    ----------
    low, high, step : float
        As the scenario counts, so that a share goes from 0 to 1.
    unit : str
        Unit of the schema, or ``month`` for a month of the run, counted from 1.
    whole : bool
        Whether only whole numbers make sense.
    least : float
        The smallest value that the schema accepts; below it the left end alone, where that stands for nothing done.
    """

    low: float
    high: float
    step: float
    unit: str
    whole: bool = False
    least: float = -math.inf

    @classmethod
    def of_months(cls, months: int) -> "Scale":
        """Return the months of a run, and one more that stands for never."""
        return cls(1, months + 1, 1, "month", whole=True)

    @property
    def is_month(self) -> bool:
        """Whether values are months of the run."""
        return self.unit == "month"

    @property
    def per(self) -> int:
        """What a value is multiplied by for people."""
        return 100 if self.unit in IN_HUNDREDS else 1

    @property
    def off(self) -> float:
        """The value that stands for nothing done, of a lever that switches a programme on: never, or none."""
        return self.high if self.is_month else 0.0

    @property
    def allowed(self) -> str:
        """What may be set, in the numbers that people see."""
        low, least, high = (f"{end * self.per:g}" for end in (self.low, self.least, self.high))
        return f"{low}, or {least} to {high}" if self.least > self.low else f"{low} to {high}"

    def checked(self, value: object, key: str) -> float:
        """Return a value that lies on the scale.

        Raises
        ------
        InputError
            For what is no number, or out of range; in the numbers that people see.
        """
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:  # which NaN is not
            raise InputError("is not a number", key=key, value=value, allowed=self.allowed)
        if not self.low <= value <= self.high or self.low < value < self.least:
            raise InputError("is out of range", key=key, value=round(value * self.per, DIGITS), allowed=self.allowed)
        return float(round(value)) if self.whole else round(float(value), DIGITS)

    def written(self, value: float, start: str) -> Any:
        """Return a value as it stands in a scenario that begins in a month: a number, or a calendar month."""
        if self.is_month:
            return month_name(month_number(start) + round(value) - 1)
        return round(value) if self.whole else round(value, DIGITS)

    def read(self, written: object, start: str) -> float:
        """Return the value of what stands in a scenario; inverse of `written`."""
        if self.is_month:
            return float(month_number(_calendar_month(written)) - month_number(start) + 1)
        if isinstance(written, bool) or not isinstance(written, int | float):
            raise InputError("is no number", value=written)
        try:
            return float(written)
        except OverflowError:  # a whole number of hundreds of digits
            return math.inf if written > 0 else -math.inf

    def holding(self, value: float) -> "Scale":
        """Return the scale, stretched and with steps so fine that a value lies on it."""
        low, high, step = min(self.low, value), max(self.high, value), self.step
        while step > 10.0**-DIGITS and not _is_whole((value - low) / step):
            step = _nice_below(step * 0.99)
        return replace(self, low=low, high=high, step=step)


def scale_of(
    unit: str,
    default: float | None,
    bounds: tuple[float | None, float | None] = (None, None),
    families: int = 0,
    whole: bool = False,
) -> Scale:
    """Return the scale of a number that nobody described.

    Parameters
    ----------
    unit : str
        Unit of the schema.
    default : float, optional
        What it is by default.
    bounds : (float or None, float or None)
        What the schema accepts.
    families : int
        Families of the case, by which places are scaled.
    whole : bool
        Whether it is a whole number.
    """
    lowest, highest = bounds
    if unit in ("share", "index"):
        least = lowest or 0.0
        return Scale(max(-1.0, least), min(1.0, 1.0 if highest is None else highest), 0.05, unit, least=least)
    if unit == "ratio":
        return Scale(0.5, 1.5, 0.05, unit)
    if unit == "months":
        return Scale(max(0, lowest or 0), max(24, math.ceil(2 * (default or 0))), 1, unit, whole=True)
    wished = families / FAMILIES_PART if unit.startswith("families") else MOST_OF_DEFAULT * abs(default or 250)
    high = _nice_below(max(wished, 1.0), ENDS)
    step = max(_nice_below(high / STEPS), 1.0 if whole else 0.0)
    return Scale(max(0.0 if (default or 0) >= 0 else -high, lowest or -math.inf), high, step, unit, whole)


def _calendar_month(written: object) -> str:
    try:
        return _MONTH.validate_python(written)
    except ValidationError:
        raise InputError("is no month", value=written, allowed="YYYY-MM, for example 2019-08") from None


def _nice_below(number: float, nice: tuple[float, ...] = NICE) -> float:
    """Return the largest nice number times a power of ten that is not above a number."""
    power = 10.0 ** math.floor(math.log10(number) + 1e-9)
    return max(one * power for one in nice if one * power <= number * (1 + 1e-9))


def _is_whole(number: float) -> bool:
    return abs(number - round(number)) < 1e-6
