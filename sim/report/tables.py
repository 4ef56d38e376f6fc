"""Tables for the terminal and for text files."""

import io
from typing import NamedTuple

from rich.console import Console, Group, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from sim.experiments import Comparison, Result
from sim.report.brief import comparison_sheets
from sim.report.lines import Section, Sheet, run_sheets
from sim.report.numbers import Shown

FILE_WIDTH = 140  # columns of the text files
MOST_LABEL = 52
SHORT_HEAD, MOST_CELL = 8, 30  # a heading wraps before it makes its column wider than this


class Fit(NamedTuple):
    """How numbers and their ranges are set: on one line or two, how far apart, and ``tight`` or not.

    Tight, a range has no brackets, and what is words may be broken.
    """

    by: str
    gap: int
    label: int  # columns that labels need at least
    tight: bool = False

    def text(self, cell: Shown) -> str:
        """Return a cell as it is set."""
        return Shown(cell.value, cell.range.strip("()") if self.tight else cell.range).joined(self.by)

    def unbroken(self, line: str) -> list[str]:
        """Return the parts of a line that have to stay whole."""
        return line.split() if self.tight and not any(map(str.isdigit, line)) else [line]


BESIDE, BELOW, TIGHT = Fit(" ", 2, MOST_LABEL), Fit("\n", 2, 21), Fit("\n", 1, 17, tight=True)
FITS = (BESIDE, BELOW, TIGHT)  # the first that a table fits in is taken


def comparison_tables(comparison: Comparison, width: int = 80, full: bool = False) -> RenderableType:
    """Return the first screen of a comparison, or all its tables, fitted to a number of columns.

    Scenarios that do not fit side by side follow below.
    """
    return sheet_tables(comparison_sheets(comparison, full), width)


def run_tables(result: Result, width: int = 80) -> RenderableType:
    """Return the tables of a single run, fitted to a number of columns."""
    return sheet_tables(run_sheets(result), width)


def as_text(tables: RenderableType, width: int = FILE_WIDTH) -> str:
    """Return tables as plain text, without colour."""
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False, highlight=False)
    with console.capture() as capture:
        console.print(tables)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()).strip("\n") + "\n"


def sheet_tables(sheets: list[Sheet], width: int) -> RenderableType:
    """Return sheets as tables, each with its caption below."""
    parts: list[RenderableType] = []
    for sheet in sheets:
        parts += _fitted(sheet, width)
        if sheet.caption:
            parts.append(Padding(Text(sheet.caption, style="italic"), (0, 0, 1, 0)))
    return Group(*parts)


def _fitted(sheet: Sheet, width: int) -> list[RenderableType]:
    """Return one table, or several below one another where the columns do not fit in any way."""
    labels = max(len(label) for section in sheet.sections for label, _ in section.lines) + 1
    fit = next((fit for fit in FITS if min(labels, fit.label) + _columns_width(sheet, fit) <= width), None)
    shown, cell = len(sheet.columns), _cell_width(sheet, fit or BELOW)
    if fit is None:
        fit = BELOW
        cell = min(cell, width - fit.label - fit.gap)
        shown = max(1, (width - fit.label) // (cell + fit.gap))
    label = min(labels, MOST_LABEL, width - shown * (cell + fit.gap))
    parts = [range(first, min(first + shown, len(sheet.columns))) for first in range(0, len(sheet.columns), shown)]
    return [part for columns in parts for part in _stacked(sheet, list(columns), fit, (label, cell))]


def _columns_width(sheet: Sheet, fit: Fit) -> int:
    return len(sheet.columns) * (_cell_width(sheet, fit) + fit.gap)


def _cell_width(sheet: Sheet, fit: Fit) -> int:
    """Return the width that holds every number whole, and every word of every heading."""
    cells = [cell for section in sheet.sections for _, cells in section.lines for cell in cells]
    parts = [part for cell in cells for line in fit.text(cell).split("\n") for part in fit.unbroken(line)]
    words = [word for column in sheet.columns for word in column.split()]
    heads = [column for column in sheet.columns if len(column) <= SHORT_HEAD]  # not broken
    return max(len(text) for text in (*parts, *heads, *(word[:MOST_CELL] for word in words)))


def _stacked(sheet: Sheet, shown: list[int], fit: Fit, widths: tuple[int, int]) -> list[RenderableType]:
    """Return title, headings, and every section under its own heading, all with the same columns."""
    head = _grid(widths, fit, len(shown), bottom=True)
    head.add_row("", *(Text(sheet.columns[n], style="bold") for n in shown))
    rule = Constrain(Rule(style="dim"), widths[0] + len(shown) * (widths[1] + fit.gap))
    parts: list[RenderableType] = [Text(sheet.title, style="bold"), head, rule]
    for section in sheet.sections:
        parts += [Text(section.title, style="bold"), _lines(section, shown, fit, widths)]
    return parts


def _lines(section: Section, shown: list[int], fit: Fit, widths: tuple[int, int]) -> RenderableType:
    grid = _grid(widths, fit, len(shown))
    for label, cells in section.lines:
        texts = [Text(fit.text(cells[n])) if n < len(cells) else Text("") for n in shown]
        grid.add_row(Padding(Text(label), (0, 0, 0, 1)), *texts)
    return Padding(grid, (0, 0, 1, 0))


def _grid(widths: tuple[int, int], fit: Fit, columns: int, bottom: bool = False) -> Table:
    label, cell = widths
    grid = Table(box=None, show_header=False, padding=(0, 0, 0, fit.gap), pad_edge=False)
    grid.add_column(width=label, overflow="fold")
    for _ in range(columns):
        grid.add_column(justify="right", width=cell, overflow="fold", vertical="bottom" if bottom else "top")
    return grid
