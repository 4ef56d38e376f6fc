"""What the tables say, before it is decided how they look: sections of lines of cells, all text, nothing to hide.

The terminal, the text file and the markdown page are three views of these.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd
import xarray as xr

from sim.experiments import Comparison, Result
from sim.outcomes import HEADLINE, MARK, SMALLEST_CELL, PublishedRun, rates
from sim.report.numbers import Shown, count, difference, level
from sim.report.words import GATES, METRICS, MOVE_CLASSES, NOT_A_FORECAST, PATHWAYS, SITUATIONS, month_words

MOST_DATES = 6  # columns of a table over time that fit on a terminal
Cell = Callable[[Any], Shown]  # from a row of the comparison table
SMALL_CELLS = (
    f"Counts of fewer than {SMALLEST_CELL} families, or from fewer than {SMALLEST_CELL} simulated households, are "
    "withheld, with what would give them away; others are rounded."
)
STANDARDS = {name: METRICS[name] for name in ("composite", "pass_fail")}
WAYS = ("return", "local_integration", "settlement_elsewhere", "displaced_elsewhere")


@dataclass(frozen=True)
class Section:
    """Lines under one heading; every line is a label and one cell a column."""

    title: str
    lines: tuple[tuple[str, tuple[Shown, ...]], ...]


@dataclass(frozen=True)
class Sheet:
    """One table.

    Attributes
    ----------
    title : str
    columns : tuple of str
        Headings of the value columns.
    sections : tuple of Section
    caption : str
        What a reader must know to read it right.
    """

    title: str
    columns: tuple[str, ...]
    sections: tuple[Section, ...]
    caption: str = ""


def headline_sheets(comparison: Comparison) -> list[Sheet]:
    """Return all headline outcomes: levels of every scenario, and paired differences to the baseline."""
    titles = scenario_titles(comparison)
    table = comparison.published
    caption = comparison_caption(comparison)
    if len(titles) == 1:
        return [Sheet("What follows", tuple(titles), _sections(table, comparison.scenarios, level_cell), caption)]
    paired = f"Difference to the baseline ({titles[0]}), seed by seed"
    others = comparison.scenarios[1:]
    return [
        Sheet("What follows in each scenario", tuple(titles), _sections(table, comparison.scenarios, level_cell)),
        Sheet(paired, tuple(titles[1:]), _sections(table, others, difference_cell), caption),
    ]


def scenario_titles(comparison: Comparison) -> list[str]:
    """Return the titles of the scenarios in order, told apart by name where two are alike, and marked where flagged."""
    titles = [comparison.titles.get(name, name) for name in comparison.scenarios]
    marks = [f" {MARK}" if name in comparison.flags else "" for name in comparison.scenarios]
    told = [
        title if titles.count(title) == 1 else f"{title} [{name}]" for title, name in zip(titles, comparison.scenarios)
    ]
    return [title + mark for title, mark in zip(told, marks)]


def full_label(name: str) -> str:
    """Return the label of an outcome, with the one above it where it reads on from that."""
    one = next(one for one in HEADLINE if one.name == name)
    above = one.within if one.label.startswith("of these") else ""
    return f"{full_label(above)}, {one.label}" if above else one.label


def comparison_caption(comparison: Comparison) -> str:
    """Return what every table of a comparison says: what the ranges cover, and what it is not."""
    manifest = comparison.manifest
    kind = "replicates" if "draws" in manifest else "seeds"
    marked = [
        f"{MARK} {comparison.titles[name]}: fewer are displaced than in the baseline, with {' and '.join(words)}."
        for name, words in comparison.flags.items()
    ]
    return " ".join(marked) + (
        f"{' ' if marked else ''}{NOT_A_FORECAST} Baseline: {scenario_titles(comparison)[0]}. "
        f"Ranges: {manifest['interval']}. "
        f"{manifest['rows']:,} simulated households, {len(manifest['seeds'])} {kind}, {manifest['months']} months "
        f"from {month_words(manifest['start'])}. Families, unless a line says otherwise. {SMALL_CELLS}"
    )


def run_sheets(result: Result) -> list[Sheet]:
    """Return stock by situation over time, moves by class, and blocked intentions of one run; all as published."""
    shown, data = result.published, result.data
    books = [_programme_sheet(shown, data)] if "programme" in data.dims else []
    return [
        _stock_sheet(shown, data),
        _solutions_sheet(shown, data),
        _moves_sheet(shown),
        _blocked_sheet(shown, data),
        *books,
        _other_sheet(shown, result),
    ]


def run_caption(result: Result) -> str:
    """Return what every table of a single run says."""
    manifest = result.manifest
    return (
        f"{NOT_A_FORECAST} One run with seed {manifest['seed']}: one possible course, without a range; "
        f"compare scenarios over several seeds before reading anything into a difference. "
        f"{manifest['rows']:,} simulated households stand for {manifest['families']:,} families. {SMALL_CELLS}"
    )


def _sections(table: pd.DataFrame, names: list[str], cell: Cell) -> tuple[Section, ...]:
    by = table.set_index(["outcome", "scenario"])
    blocks: dict[str, list[tuple[str, tuple[Shown, ...]]]] = {}
    for outcome in dict.fromkeys(table["outcome"]):
        rows = [by.loc[(outcome, name)] for name in names]
        cells = tuple(cell(row) for row in rows)
        blocks.setdefault(str(rows[0]["block"]), []).append((str(rows[0]["label"]), cells))
    return tuple(Section(block, tuple(lines)) for block, lines in blocks.items())


def level_cell(row: Any) -> Shown:
    """Return the level of a row of the published table."""
    return level(row["mean"], row["low"], row["high"], str(row["unit"]))


def difference_cell(row: Any) -> Shown:
    """Return the paired difference of a row of the published table."""
    return difference(row["difference"], row["difference_low"], row["difference_high"], str(row["unit"]))


def _stock_sheet(shown: PublishedRun, data: xr.Dataset) -> Sheet:
    months = _shown_months(list(data["date"].values))
    heads = tuple("start" if m == 0 else month_words(str(data["date"].values[m])) for m in months)
    arrivals = bool((data["families"].sel(situation="not_arrived") > 0).any())
    kept = {key: label for key, label in SITUATIONS.items() if key != "not_arrived" or arrivals}
    sections = []
    for name, title in (("families", "Families"), ("persons", "Persons")):
        lines = [
            (label, tuple(_plain(shown.stock(m, key, count=name), name) for m in months)) for key, label in kept.items()
        ]
        sections.append(Section(title, tuple(lines)))
    return Sheet("Where families are, at the end of the month", heads, tuple(sections))


def _shown_months(dates: list[str]) -> list[int]:
    """Return the start, every December and the last month, thinned where there are too many."""
    last = len(dates) - 1
    ends = [n for n, date in enumerate(dates) if str(date).endswith("-12") and 0 < n < last]
    step = -(-len(ends) // (MOST_DATES - 2)) if ends else 1
    return sorted({0, *ends[::-1][::step], last})


def _solutions_sheet(shown: PublishedRun, data: xr.Dataset) -> Sheet:
    """Return, of families in each solution at the end, who live as hosts do, and who have held it."""
    last, ways = int(data["month"].values[-1]), ("returned", "integrating", "settled_elsewhere")

    def line(by: str) -> tuple[Shown, ...]:
        return tuple(_plain(shown.stock(last, way, by)) for way in ways)

    standard = [("Families", line("all")), *((label, line(f"metric={name}")) for name, label in STANDARDS.items())]
    held = [
        ("Held for 12 months, living as hosts do", line("sustained=12")),
        ("of these of their own choice, and informed", line("sustained_whole=12")),
        ("Held for 24 months, living as hosts do", line("sustained=24")),
    ]
    sections = (Section("Living as hosts do", tuple(standard)), Section("Solutions that last", tuple(held)))
    return Sheet("Solutions at the end", tuple(SITUATIONS[way] for way in ways), sections)


def _moves_sheet(shown: PublishedRun) -> Sheet:
    def line(which: str) -> tuple[Shown, ...]:
        return tuple(_plain(shown.moved(which, f"pathway={way}")) for way in WAYS)

    not_judged = Shown("-", "")
    classes = [(label, line(f"push_class={name}")) for name, label in MOVE_CLASSES.items()]
    premature, uninformed = line("premature"), line("uninformed")
    harm = [
        ("All moves", line("all")),
        ("Premature: conditions below the minimum", (premature[0], not_judged, premature[2], not_judged)),
        ("Uninformed: beliefs far from the truth", (uninformed[0], not_judged, not_judged, not_judged)),
        ("Voluntary: unforced, informed, with an alternative", line("voluntary")),
    ]
    heads = tuple(PATHWAYS[way] for way in WAYS)
    sections = (Section("By how free they were", tuple(classes)), Section("Of all moves", tuple(harm)))
    return Sheet("Moves by families over the whole run", heads, sections)


def _blocked_sheet(shown: PublishedRun, data: xr.Dataset) -> Sheet:
    def line(what: str) -> tuple[Shown, ...]:
        return tuple(_plain(shown.wished(what, way)) for way in WAYS[:3])

    by_gate = {label: line(f"gate={gate}") for gate, label in GATES.items() if gate in data["gate"].values}
    gates = tuple((label, cells) for label, cells in by_gate.items() if any(cell.value != "0" for cell in cells))
    sections = (
        Section("Reviewed their situation and wanted to", (("Families", line("intended")),)),
        Section("Stopped by (a family can be stopped by several)", gates or (("Nothing", ()),)),
    )
    heads = tuple(PATHWAYS[way] for way in WAYS[:3])
    return Sheet(f"Intentions and what blocked them, {month_words(str(data['date'].values[-1]))}", heads, sections)


def _programme_sheet(shown: PublishedRun, data: xr.Dataset) -> Sheet:
    """Return what every programme did; money is withheld with the families it would give away."""
    lines = []
    for name in data["programme"].values:
        key = f"programme={name}"
        families, waiting = (_plain(shown.programme(what, key)) for what in ("served", "waiting"))
        lines.append((str(name), (families, waiting, _plain(_dollars(shown, key), "USD"))))
    heads = ("Families served", "Waiting at the end", "Money committed")
    return Sheet("Programmes", heads, (Section("Over the whole run", tuple(lines)),))


def _other_sheet(shown: PublishedRun, result: Result) -> Sheet:
    values = {
        "worst_group_induced": _value(result, "worst_group_induced"),
        "returns_lost": shown.moved("situation=returned"),
        "person_months": _person_months(shown, result),
        "in_debt": _debt_share(shown, result),
        "spent": _dollars(shown, "all") if shown.programmes is not None else 0.0,
    }
    lines = tuple((one.label, (_plain(values[one.name], one.unit),)) for one in HEADLINE if one.name in values)
    return Sheet("Beside the totals", ("Run",), (Section("Harm, debt and money", lines),), run_caption(result))


def _value(result: Result, name: str) -> float:
    return next(float(one.value(result.data)) for one in HEADLINE if one.name == name)


def _dollars(shown: PublishedRun, programme: str) -> float:
    return shown.programme("served", programme, "spent") / 100


def _person_months(shown: PublishedRun, result: Result) -> float:
    """Return person-months spent displaced; NaN where a month is withheld, which the other months would give away."""
    months = [int(month) for month in result.data["month"].values[1:]]
    withheld = any(math.isnan(shown.stock(month, "displaced")) for month in months)
    return math.nan if withheld else _value(result, "person_months")


def _debt_share(shown: PublishedRun, result: Result) -> float:
    """Return families in debt per hundred of those who have entered the run; NaN where it would tell of a few."""
    last = int(result.data["month"].values[-1])
    whole = _value(result, "all_families")
    part = float(result.data["in_debt"].isel(month=-1).sum())
    hidden = [math.isnan(shown.stock(last, *one)) for one in (("all", "in_debt"), ("not_arrived",))]
    return float(rates([part], [whole], hidden[:1], hidden[1:])[0])


def _plain(value: float, unit: str = "families") -> Shown:
    return Shown(count(value, unit), "")
