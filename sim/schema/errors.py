"""The one way bad input is reported: file, line or row, key, value, what is allowed, nearest name."""

import difflib
import re
from collections.abc import Iterable
from pathlib import Path

MOST_KEY, MOST_VALUE, MOST_MESSAGE = 200, 80, 1000  # characters shown of each
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufeff]")


class InputError(ValueError):
    """Something a person wrote cannot be used.

    Parameters
    ----------
    message : str
        What is wrong, as a sentence a planner understands.
    file : str or Path, optional
        The file it stands in.
    line : int, optional
        Line of a YAML file, or row of a table counted as in a spreadsheet (the header is row 1).
    key : str, optional
        Dotted key or column name.
    value : object, optional
        The offending value.
    allowed : str, optional
        What would be accepted.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | Path | None = None,
        line: int | None = None,
        key: str | None = None,
        value: object = None,
        allowed: str | None = None,
    ) -> None:
        self.message, self.file, self.line = message, file, line
        self.key, self.value, self.allowed = key, value, allowed
        super().__init__(printable(self._text()))

    def _text(self) -> str:
        place = "" if self.file is None else _end(str(self.file), MOST_MESSAGE)
        if self.line is not None:
            place += f", line {self.line}"
        parts = [f"{place}: " if place else ""]
        if self.key:
            parts.append(f"{_clipped(self.key, MOST_KEY)}: ")
        parts.append(_clipped(self.message, MOST_MESSAGE))
        if self.value is not None:
            parts.append(f" (found {_shown(self.value)})")
        if self.allowed:
            parts.append(f"; allowed: {_clipped(self.allowed, MOST_MESSAGE)}")
        return "".join(parts)


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return `` - did you mean 'x'?`` for the closest valid name, or an empty string."""
    close = difflib.get_close_matches(name[:MOST_VALUE], list(valid), n=1, cutoff=0.5)
    return f" - did you mean '{close[0]}'?" if close else ""


def is_printable(text: str) -> bool:
    """Return whether a text has no control characters, line breaks, or marks that turn the direction of writing."""
    return _UNSEEN.search(text) is None


def printable(text: str) -> str:
    """Return a text with what cannot be shown on one line of a terminal written as an escape, such as ``\\x1b``."""
    return _UNSEEN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def _clipped(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 3] + "..."


def _end(text: str, most: int) -> str:
    return text if len(text) <= most else "..." + text[3 - most :]


def _shown(value: object) -> str:
    try:
        return _clipped(repr(value), MOST_VALUE)
    except (ValueError, RecursionError):  # a number of thousands of digits is not written out
        return f"a very long {type(value).__name__}"
