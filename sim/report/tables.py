"""Tables for the terminal and for text files."""

import io

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
GAP = 2  # blank columns between cells
LEAST_LABEL, MOST_LABEL = 21, 52
SHORT_HEAD, MOST_CELL = 8, 30  # a heading wraps before it makes its column wider than this


def comparison_tables(comparison: Comparison, width: int = 80, full: bool = False) -> RenderableType:
    """Return the first screen of a comparison, or all its tables, fitted to a number of columns.

    Scenarios that do not fit side by side follow below.
    """
    return _tables(comparison_sheets(comparison, full), width)


def run_tables(result: Result, width: int = 80) -> RenderableType:
    """Return the tables of a single run, fitted to a number of columns."""
    return _tables(run_sheets(result), width)


def as_text(tables: RenderableType, width: int = FILE_WIDTH) -> str:
    """Return tables as plain text, without colour."""
    console = Console(file=io.StringIO(), width=width, color_system=None, legacy_windows=False, highlight=False)
    with console.capture() as capture:
        console.print(tables)
    return "\n".join(line.rstrip() for line in capture.get().splitlines()).strip("\n") + "\n"


def _tables(sheets: list[Sheet], width: int) -> RenderableType:
    parts: list[RenderableType] = []
    for sheet in sheets:
        parts += _fitted(sheet, width)
        if sheet.caption:
            parts.append(Padding(Text(sheet.caption, style="italic"), (0, 0, 1, 0)))
    return Group(*parts)


def _fitted(sheet: Sheet, width: int) -> list[RenderableType]:
    """Return one table, or several below one another where the columns do not fit."""
    labels = max(len(label) for section in sheet.sections for label, _ in section.lines) + 1
    label = min(labels, MOST_LABEL)
    by = " " if label + _columns_width(sheet, " ") <= width else "\n"
    cell = min(_cell_width(sheet, by), width - LEAST_LABEL - GAP)
    room = max(1, (width - LEAST_LABEL) // (cell + GAP))
    shown = min(room, len(sheet.columns))
    label = min(label, width - shown * (cell + GAP))
    parts = [range(first, min(first + room, len(sheet.columns))) for first in range(0, len(sheet.columns), room)]
    return [part for columns in parts for part in _stacked(sheet, list(columns), by, (label, cell))]


def _columns_width(sheet: Sheet, by: str) -> int:
    return len(sheet.columns) * (_cell_width(sheet, by) + GAP)


def _cell_width(sheet: Sheet, by: str) -> int:
    """Return the width that holds every cell whole, and every word of every heading."""
    cells = [cell for section in sheet.sections for _, cells in section.lines for cell in cells]
    parts = [part for cell in cells for part in cell.joined(by).split("\n")]
    words = [word for column in sheet.columns for word in column.split()]
    heads = [column for column in sheet.columns if len(column) <= SHORT_HEAD]  # not broken
    return max(len(text) for text in (*parts, *heads, *(word[:MOST_CELL] for word in words)))


def _stacked(sheet: Sheet, shown: list[int], by: str, widths: tuple[int, int]) -> list[RenderableType]:
    """Return title, headings, and every section under its own heading, all with the same columns."""
    head = _grid(widths, len(shown), bottom=True)
    head.add_row("", *(Text(sheet.columns[n], style="bold") for n in shown))
    rule = Constrain(Rule(style="dim"), widths[0] + len(shown) * (widths[1] + GAP))
    parts: list[RenderableType] = [Text(sheet.title, style="bold"), head, rule]
    for section in sheet.sections:
        parts += [Text(section.title, style="bold"), _lines(section, shown, by, widths)]
    return parts


def _lines(section: Section, shown: list[int], by: str, widths: tuple[int, int]) -> RenderableType:
    grid = _grid(widths, len(shown))
    for label, cells in section.lines:
        grid.add_row(Padding(Text(label), (0, 0, 0, 1)), *_texts(cells, shown, by))
    return Padding(grid, (0, 0, 1, 0))


def _grid(widths: tuple[int, int], columns: int, bottom: bool = False) -> Table:
    label, cell = widths
    grid = Table(box=None, show_header=False, padding=(0, 0, 0, GAP), pad_edge=False)
    grid.add_column(width=label, overflow="fold")
    for _ in range(columns):
        grid.add_column(justify="right", width=cell, overflow="fold", vertical="bottom" if bottom else "top")
    return grid


def _texts(cells: tuple[Shown, ...], shown: list[int], by: str) -> list[Text]:
    return [Text(cells[n].joined(by)) if n < len(cells) else Text("") for n in shown]
