"""The tables of a run or a comparison as a page in markdown."""

from sim.report.figures import MEANING, charts_of
from sim.report.lines import Sheet
from sim.report.parameter_tables import markdown_table


def page(title: str, sheets: list[Sheet], notes: tuple[str, ...], scenarios: int) -> str:
    """Return title, notes, tables and figures of a results folder with so many scenarios."""
    parts = [sheets_as_markdown(title, sheets, notes)]
    parts += ["## Figures", *(f"![{MEANING[name]}](figures/{name}.png)" for name in charts_of(scenarios))]
    parts.append("What was assumed: [assumed.md](assumed.md).")
    return "\n\n".join(part for part in parts if part) + "\n"


def sheets_as_markdown(title: str, sheets: list[Sheet], notes: tuple[str, ...] = ()) -> str:
    """Return title, notes and tables."""
    parts = [f"# {title}", *(f"> {note}" for note in notes)]
    for sheet in sheets:
        parts += [f"## {sheet.title}", _table(sheet), sheet.caption]
    return "\n\n".join(part for part in parts if part)


def _table(sheet: Sheet) -> str:
    rows: list[tuple[str, ...]] = []
    for section in sheet.sections:
        rows.append((f"**{section.title}**", *([""] * len(sheet.columns))))
        for label, cells in section.lines:
            shown = [cell.joined("\n") for cell in cells] + [""] * (len(sheet.columns) - len(cells))
            rows.append((label, *(_escaped(text) for text in shown)))
    return markdown_table(["", *sheet.columns], rows)


def _escaped(text: str) -> str:
    """Return text in which ``<10`` does not read as the start of a tag."""
    return text.replace("<", "&lt;")
