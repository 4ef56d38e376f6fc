"""Reading small tables strictly: every cell is what its column says, or one clear message says where not.

A table is a CSV file in UTF-8 with one header row. Rows are numbered as in a spreadsheet, so the header
is row 1 and a message can be followed with a finger on the screen.
"""

import re
from collections.abc import Callable, Collection, Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from sim.schema.base import FIRST_YEAR, LAST_YEAR, wrong_name
from sim.schema.errors import InputError, is_printable, nearest

Kind = str
Cells = np.ndarray  # of str, as Python objects
Converter = Callable[[Cells, str | Path, str, bool], np.ndarray]  # cells, file, column, optional

#: What each kind of column accepts, in the words of the error message.
ALLOWED: Mapping[Kind, str] = {
    "text": "text that can be seen, not blank",
    "name": "a name: one line, at most 80 characters, not beginning with = + - or @",
    "count": "a whole number, 0 or more",
    "number": "a number",
    "share": "a number from 0 to 1",
    "month": f"a month as YYYY-MM, {FIRST_YEAR} to {LAST_YEAR}",
    "date": f"a date as YYYY-MM-DD, {FIRST_YEAR} to {LAST_YEAR}",
}

MOST_BYTES = 50_000_000  # far beyond any table of a case, and of what cases are built from
_LARGEST = 2.0**53  # beyond this a float no longer holds every whole number
_LINES = str.maketrans("\n\r\t", "   ")  # that text may hold
_MONTH = r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])"
_DATE = _MONTH + r"-(?:0[1-9]|[12][0-9]|3[01])"


class TableError(InputError):
    """A table cannot be used: which file, row and column, the value found and what is allowed.

    Parameters
    ----------
    message : str
        What is wrong.
    file : str or Path
        The table.
    row : int, optional
        Row as in a spreadsheet: the header is row 1.
    column : str, optional
        Name of the column.
    value : object, optional
        What the cell holds.
    allowed : str, optional
        What it may hold.
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | Path,
        row: int | None = None,
        column: str | None = None,
        value: object = None,
        allowed: str | None = None,
    ) -> None:
        place = f"{file}, row {row}" if row is not None else file
        super().__init__(message, file=place, key=column, value=value, allowed=allowed)
        self.file, self.line = file, row


def read_table(path: str | Path, columns: Mapping[str, Kind], optional: Collection[str] = ()) -> pd.DataFrame:
    """Read a CSV table and check every column and cell.

    Parameters
    ----------
    path : str or Path
        CSV file in UTF-8 (a byte-order mark is accepted); may be compressed as ``.gz``.
    columns : mapping of str to str
        Kind of every column: "text", "name", "count", "number", "share", "month" or "date".
    optional : collection of str, optional
        Columns that may be absent or hold blanks. A blank reads as "" or, in a numeric column, NaN.

    Returns
    -------
    pandas.DataFrame
        The columns in the order of ``columns``: text, months and dates as str, counts as int64 (float64
        where optional), other numbers as float64. Row ``i`` of the frame is row ``i + 2`` of the file.

    Raises
    ------
    TableError
        At the first problem found, columns checked in order.
    """
    raw = _read_cells(Path(path))
    frame = _named(raw, path, columns, optional)
    checked = {
        name: _CONVERT[kind](frame[name].to_numpy(np.object_), path, name, name in optional)
        for name, kind in columns.items()
    }
    return pd.DataFrame(checked)


def require(
    ok: pd.Series | np.ndarray | pd.Index, path: str | Path, column: str, frame: pd.DataFrame, allowed: str
) -> None:
    """Raise a `TableError` at the first row of ``frame`` (as `read_table` returned it) that is not ok."""
    bad = np.flatnonzero(~np.asarray(ok, dtype=bool))
    if bad.size:
        at = int(bad[0])
        raise TableError(
            "not accepted here",
            file=path,
            row=at + 2,
            column=column,
            value=_plain(frame[column].iloc[at]),
            allowed=allowed,
        )


def unique(frame: pd.DataFrame, columns: list[str], path: str | Path) -> None:
    """Raise a `TableError` where two rows share the same values in ``columns``."""
    twice = frame.duplicated(subset=columns).to_numpy()
    if twice.any():
        at = int(np.flatnonzero(twice)[0])
        value = ", ".join(str(frame[name].iloc[at]) for name in columns)
        message = f"the same {', '.join(columns)} appears twice"
        raise TableError(message, file=path, row=at + 2, column=columns[0], value=value)


def _read_cells(path: Path) -> pd.DataFrame:
    """Return every cell as text, header included, so that frame row ``i`` is file row ``i + 1``."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise TableError("the file is too large", file=path, allowed=f"at most {MOST_BYTES:,} bytes")
        cells = pd.read_csv(
            path,
            header=None,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            skip_blank_lines=False,
        )
    except FileNotFoundError as error:
        raise TableError("the file does not exist", file=path) from error
    except UnicodeDecodeError as error:
        raise TableError(
            "the file is not UTF-8", file=path, allowed="CSV saved as UTF-8 ('CSV UTF-8' in Excel)"
        ) from error
    except pd.errors.EmptyDataError as error:
        raise TableError("the table is empty", file=path, allowed="a header and at least one row") from error
    except (pd.errors.ParserError, OSError) as error:
        raise TableError(f"the file is not a readable CSV table: {error}", file=path) from error
    return cells.fillna("")


def _named(raw: pd.DataFrame, path: str | Path, columns: Mapping[str, Kind], optional: Collection[str]) -> pd.DataFrame:
    """Return the body under its header, after checking that the header is exactly the columns asked for."""
    header = [str(name).strip() for name in raw.iloc[0]]
    for at, name in enumerate(header):
        if name in header[:at]:
            raise TableError("this column appears twice", file=path, row=1, column=name)
    missing = [name for name in columns if name not in header and name not in optional]
    unknown = [name for name in header if name not in columns]
    if missing:
        hint = nearest(missing[0], unknown)
        raise TableError(
            f"this column is missing{hint}", file=path, row=1, column=missing[0], allowed=", ".join(columns)
        )
    if unknown:
        hint = nearest(unknown[0], columns)
        raise TableError(f"unknown column{hint}", file=path, row=1, column=unknown[0], allowed=", ".join(columns))
    if len(raw) == 1:
        raise TableError("the table is empty", file=path, allowed="a header and at least one row")
    body = raw.iloc[1:].reset_index(drop=True).set_axis(header, axis=1)
    return body.reindex(columns=list(columns), fill_value="")


def _text(cells: Cells, path: str | Path, name: str, optional: bool) -> Cells:
    text = _stripped(cells)
    if not optional:
        _refuse_blank(text, path, name, "text")
    return text


def _prose(cells: Cells, path: str | Path, name: str, optional: bool) -> Cells:
    text = _text(cells, path, name, optional)
    unseen = np.array([not is_printable(cell.translate(_LINES)) for cell in text], np.bool_)
    _refuse(unseen, text, path, name, "text")
    return text


def _name(cells: Cells, path: str | Path, name: str, optional: bool) -> Cells:
    text = _text(cells, path, name, optional)
    wrong = np.array([bool(cell) and wrong_name(cell) is not None for cell in text], np.bool_)
    _refuse(wrong, text, path, name, "name")
    return text


def _matching(kind: Kind, pattern: re.Pattern[str]) -> Converter:
    def convert(cells: Cells, path: str | Path, name: str, optional: bool) -> Cells:
        text = _text(cells, path, name, optional)
        ok = [bool(pattern.fullmatch(cell)) or (optional and not cell) for cell in text]
        _refuse(~np.array(ok, np.bool_), text, path, name, kind)
        return text

    return convert


def _numeric(kind: Kind, low: float, high: float, whole: bool) -> Converter:
    def convert(cells: Cells, path: str | Path, name: str, optional: bool) -> np.ndarray:
        text = _stripped(cells)
        blank = _blank(text)
        if not optional:
            _refuse_blank(text, path, name, kind)
        values = np.asarray(pd.to_numeric(np.where(blank, "nan", text), errors="coerce"), np.float64)
        ok = np.isfinite(values) & (values >= low) & (values <= high)
        if whole:
            ok &= values == np.floor(values)
        _refuse(~(ok | blank), text, path, name, kind)
        return values.astype(np.int64) if whole and not optional else values

    return convert


def _stripped(cells: Cells) -> Cells:
    return np.array([cell.strip() for cell in cells], np.object_)


def _blank(text: Cells) -> np.ndarray:
    return np.array([cell.lower() in ("", "nan") for cell in text], np.bool_)


def _refuse_blank(text: Cells, path: str | Path, name: str, kind: Kind) -> None:
    _refuse(_blank(text), text, path, name, kind, "the cell is blank")


def _refuse(
    bad: np.ndarray, text: Cells, path: str | Path, name: str, kind: Kind, message: str = "wrong value"
) -> None:
    found = np.flatnonzero(bad)
    if found.size:
        at = int(found[0])
        raise TableError(message, file=path, row=at + 2, column=name, value=text[at], allowed=ALLOWED[kind])


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value


_CONVERT: Mapping[Kind, Converter] = {
    "text": _prose,
    "name": _name,
    "count": _numeric("count", 0.0, _LARGEST, whole=True),
    "number": _numeric("number", -np.inf, np.inf, whole=False),
    "share": _numeric("share", 0.0, 1.0, whole=False),
    "month": _matching("month", re.compile(_MONTH)),
    "date": _matching("date", re.compile(_DATE)),
}
