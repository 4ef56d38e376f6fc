"""How a number is shown: rounded to what it can carry, with its unit; what may not be published is withheld.

Which numbers may not is decided before, by the publishing engine, and reads NaN here.
"""

import math
from typing import NamedTuple

DIGITS = 4  # significant digits of the largest number of a line
MILLION = 1e6
WITHHELD = "withheld"


class Shown(NamedTuple):
    """A value as text and the range around it as text, empty where there is none."""

    value: str
    range: str

    def joined(self, by: str) -> str:
        """Return both in one text."""
        return f"{self.value}{by}{self.range}" if self.range else self.value


def level(mean: float, low: float, high: float, unit: str) -> Shown:
    """Return ``326,300`` and ``(324,900-327,800)``, below zero ``(-800 to -200)``; no range where every seed agrees."""
    if math.isnan(mean):
        return Shown(WITHHELD, "")
    scale = _scale((mean, low, high), unit)
    value = _text(mean, scale, "") + scale.unit
    if low == high:
        return Shown(value, "")
    between = " to " if low < 0 else "-"
    return Shown(value, f"({_text(low, scale, '')}{between}{_text(high, scale, '')}{scale.mark})")


def difference(mean: float, low: float, high: float, unit: str) -> Shown:
    """Return ``+12,100`` and ``(+11,000 to +13,400)``.

    A difference that is missing is withheld, as one of the two counts compared is. A small difference is shown: both
    counts are large.
    """
    if math.isnan(mean):
        return Shown(WITHHELD, "")
    scale = _scale((mean, low, high), unit)
    value = _text(mean, scale, "+") + scale.unit.replace("%", " points")
    if low == high:
        return Shown(value, "")
    return Shown(value, f"({_text(low, scale, '+')} to {_text(high, scale, '+')}{scale.mark})")


def count(value: float, unit: str = "families") -> str:
    """Return one number that has no range."""
    return level(value, value, value, unit).value


class _Scale(NamedTuple):
    divisor: float
    decimals: int  # negative: rounded to tens, hundreds, ...
    mark: str  # after a range
    unit: str  # after a value


def _scale(values: tuple[float, ...], unit: str) -> _Scale:
    """Return how the numbers of one cell are rounded: all alike, by the largest."""
    if unit == "%":
        return _Scale(1, 1, "", "%")
    largest = max(abs(value) for value in values)
    magnitude = math.floor(math.log10(largest)) if largest >= 1 else 0
    dollars = " USD" if unit == "USD" else ""
    if largest >= MILLION:
        return _Scale(MILLION, DIGITS - 1 - (magnitude - 6), " M", f" M{dollars}")
    return _Scale(1, min(0, DIGITS - 1 - magnitude), "", dollars)


def _text(value: float, scale: _Scale, sign: str) -> str:
    rounded = round(value / scale.divisor, scale.decimals)
    if rounded == 0:
        return "0"
    return f"{rounded:{sign},.{max(0, scale.decimals)}f}"
