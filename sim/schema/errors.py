"""The one way bad input is reported: file, line or row, key, value, what is allowed, nearest name."""

import difflib
from collections.abc import Iterable
from pathlib import Path


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
        super().__init__(self._text())

    def _text(self) -> str:
        place = "" if self.file is None else str(self.file)
        if self.line is not None:
            place += f", line {self.line}"
        parts = [f"{place}: " if place else ""]
        if self.key:
            parts.append(f"{self.key}: ")
        parts.append(self.message)
        if self.value is not None:
            parts.append(f" (found {_shown(self.value)})")
        if self.allowed:
            parts.append(f"; allowed: {self.allowed}")
        return "".join(parts)


def nearest(name: str, valid: Iterable[str]) -> str:
    """Return `` - did you mean 'x'?`` for the closest valid name, or an empty string."""
    close = difflib.get_close_matches(name, list(valid), n=1, cutoff=0.5)
    return f" - did you mean '{close[0]}'?" if close else ""


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 80 else text[:77] + "..."
