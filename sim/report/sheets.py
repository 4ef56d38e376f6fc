"""Tables of outcomes of a comparison beside the headline, laid out to be read: what `sim compare --full` adds."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from sim.experiments import Comparison
from sim.report.lines import Section, Sheet, scenario_titles
from sim.report.numbers import WITHHELD, Shown, count
from sim.report.words import AREAS, CHANGES, COSTS, CRITERIA, GATES, METRICS, OUTCOMES, SHORT_TRAITS, TRAIT_VALUES, word

#: What is said of who wants to take a pathway, and over what stops them.
STOPPED = {
    "return": ("Wanted to return", "What stops families from returning, by where they would go"),
    "local_integration": ("Wanted to integrate", "What stops families from integrating, by where they are"),
    "settlement_elsewhere": ("Wanted to settle", "What stops families from settling elsewhere, by where they would go"),
}
Lines = tuple[tuple[str, tuple[Shown, ...]], ...]
FIRST = ("sustained_whole", "still_displaced", "induced_moves", "in_debt")  # on the first screen
SCENARIO = "scenario"
NONE = Shown("-", "")
SITUATIONS = {
    "returned": "Of families at home",
    "integrating": "Of families integrating where they were displaced",
    "settled_elsewhere": "Of families settled elsewhere",
    "displaced": "Of families still displaced",
    "hosts": "Of hosts by the same rule, mean of areas",
}


def full_sheets(comparison: Comparison) -> list[Sheet]:
    """Return the tables that `sim compare --full` adds."""
    before, after = (_changed, _equity, _residual, _severity), (_exits, _criteria, _areas, _costs)
    parts = [[make(comparison) for make in makers] for makers in (before, after)]
    return [*parts[0], *_blocked(comparison), *parts[1]]


def _changed(comparison: Comparison) -> Sheet:
    """Return what became of each family against the baseline."""
    lines = _lines(comparison, comparison.tables["changed"], ["change"], CHANGES, "families", _count)
    caption = (
        "Families matched one by one, with the same luck; means over seeds. A solution is better if it has held for 12 "
        "months, and better still if it was chosen and informed. Pushed: moved under a push, and not so in the "
        "baseline. Families that are in one of the scenarios only are left out."
    )
    return _sheet(comparison, "Who ends otherwise than in the baseline", [Section("Families", lines)], caption)


def for_whom(comparison: Comparison) -> Lines:
    """Return, for the outcomes of the first screen, everybody and the worst-off group of every scenario."""
    table = comparison.tables["worst_off"].set_index(["outcome", SCENARIO])
    lines = []
    for outcome in FIRST:
        rows = [_row(table, outcome, name) for name in comparison.scenarios]
        lines.append((word(OUTCOMES, outcome), tuple(_per_100(row["all_per_100"]) for row in rows)))
        lines.append(("   worst-off group", tuple(map(_worst, rows))))
    return tuple(lines)


def _worst(row: Any) -> Shown:
    if np.isnan(row["per_100"]):
        return Shown(WITHHELD, "")
    beside = "*" if row["withheld"] else ""
    return Shown(f"{row['per_100']:.1f}", f"({SHORT_TRAITS[str(row['value'])]}{beside})")


def _equity(comparison: Comparison) -> Sheet:
    table = comparison.tables["equity"]
    sections = [
        Section(word(OUTCOMES, str(outcome)), _lines(comparison, rows, ["value"], TRAIT_VALUES, "per_100", _per_100))
        for outcome, rows in table.groupby("outcome", sort=False)
    ]
    caption = "Means over seeds. Groups overlap: every family is headed by somebody, and came from somewhere."
    return _sheet(comparison, "For whom: families per 100 of each group", sections, caption)


def _residual(comparison: Comparison) -> Sheet:
    table = comparison.tables["residual"]
    then = table[table[SCENARIO] == comparison.scenarios[0]].set_index("value")["start"]
    lines = _lines(comparison, table, ["value"], TRAIT_VALUES, "end", _per_100)
    start = [_per_100(then[value]) for value in dict.fromkeys(table["value"])]
    joined = tuple((label, (first, *cells)) for first, (label, cells) in zip(start, lines))
    columns = ("At the start", *scenario_titles(comparison))
    return Sheet("Who is still displaced: families per 100 of the displaced", columns, (Section("At the end", joined),))


def _severity(comparison: Comparison) -> Sheet:
    def shown(row: Any) -> Shown:
        return Shown(f"{row['livelihoods']:.0f} / {row['safety']:.0f} {row['level']}", "")

    sections = []
    for place, rows in comparison.tables["severity"].groupby("place", sort=False):
        at = rows.set_index(["area", SCENARIO])
        lines = []
        for area in dict.fromkeys(rows["area"]):
            cells = [
                shown(_row(at, str(area), name)) if (area, name) in at.index else NONE for name in comparison.scenarios
            ]
            lines.append((_area_names(comparison)[str(area)], tuple(cells)))
        sections.append(Section(f"Places of {place}", tuple(lines)))
    caption = (
        "Livelihoods and services / safety and cohesion, each from 0 (as good as can be) to 100; high, medium or low "
        "by the worse of the two. Mean over seeds, of families that live there. '-': too few families to say."
    )
    return _sheet(comparison, "How hard conditions are, by place, at the end", sections, caption)


def _blocked(comparison: Comparison) -> list[Sheet]:
    """Return the binding-constraint map: what stops families from each solution, by the place it would be in."""
    table, names = comparison.tables["blocked"], _area_names(comparison) | {"all": "Everywhere"}
    caption = "Of families that reviewed their situation in the last month; a family can be stopped by several."
    sheets = []
    for pathway, (wish, title) in STOPPED.items():
        sections, silent = [], []
        for area, rows in table[table["pathway"] == pathway].groupby("area", sort=False):
            some = rows.groupby("gate")["families"].transform(lambda families: families.ne(0).any())
            if not rows["families"].gt(0).any():
                silent += [names[str(area)]] if some.any() else []
                continue
            lines = _lines(comparison, rows[some], ["gate"], {"wanted": wish} | GATES, "families", _count)
            sections.append(Section(names[str(area)], lines))
        if sections:
            all_withheld = f" All is withheld in {', '.join(silent)}." if silent else ""
            sheets.append(_sheet(comparison, title, sections, caption + all_withheld))
    return sheets


def _exits(comparison: Comparison) -> Sheet:
    table = comparison.tables["exits"]
    metrics = table[table["measure"] == "metric"]
    sections = [
        Section(title, _lines(comparison, metrics[metrics["of"] == of], ["name"], METRICS, "per_100", _per_100))
        for of, title in SITUATIONS.items()
    ]
    caption = (
        "Per 100, at the end, judged by hosts as they lived at the start; docs/exit-metrics.md says what each asks."
    )
    return _sheet(comparison, "Who lives as hosts do, by every metric", sections, caption)


def _criteria(comparison: Comparison) -> Sheet:
    table = comparison.tables["exits"]
    passed = table[table["measure"] == "sub-criterion"]
    titles = {
        "in a solution": "Of families in a solution",
        "displaced": SITUATIONS["displaced"],
        "hosts": "Of hosts, mean of areas",
    }
    sections = [
        Section(title, _lines(comparison, passed[passed["of"] == of], ["name"], CRITERIA, "per_100", _per_100))
        for of, title in titles.items()
    ]
    return _sheet(comparison, "Sub-criteria passed (IRIS)", sections, "Per 100, at the end, mean over seeds.")


def _areas(comparison: Comparison) -> Sheet:
    names = _area_names(comparison)
    sections = [
        Section(
            names[str(area)],
            _lines(comparison, rows, ["measure"], AREAS, "value", lambda value: Shown(f"{value:,.0f}", "")),
        )
        for area, rows in comparison.tables["areas"].groupby("area", sort=False)
    ]
    return _sheet(comparison, "Areas at the end", sections, "Means over seeds.")


def _costs(comparison: Comparison) -> Sheet:
    titles = {
        "programme": "Programmes, money committed",
        "care": "Care and maintenance of the displaced, as if all aid were paid",
        "shifted": "Shifted to households and hosts",
    }
    sections = [
        Section(titles[str(line)], _lines(comparison, rows, ["name"], COSTS, "usd", _money))
        for line, rows in comparison.tables["costs"].groupby("line", sort=False)
    ]
    return _sheet(comparison, "What it costs, and whom", sections, "Whole run, mean over seeds, not discounted.")


def _lines(
    comparison: Comparison,
    table: pd.DataFrame,
    key: list[str],
    words: Mapping[str, str],
    column: str,
    cell: Callable[[Any], Shown],
) -> Lines:
    """Return a line for every label of a tidy table, with a cell a scenario."""
    by = {(label, name): value for label, name, value in zip(table[key[0]], table[SCENARIO], table[column])}
    labels = dict.fromkeys(table[key[0]])
    return tuple(
        (word(dict(words), str(label)), tuple(cell(by[label, name]) for name in comparison.scenarios))
        for label in labels
    )


def _row(table: pd.DataFrame, label: str, scenario: str) -> Any:
    return table.loc[(label, scenario)]


def _per_100(value: Any) -> Shown:
    return Shown(WITHHELD if np.isnan(value) else f"{value:.1f}", "")


def _count(value: Any) -> Shown:
    return Shown(WITHHELD if np.isnan(value) else count(float(value)), "")


def _money(value: Any) -> Shown:
    return Shown(WITHHELD if np.isnan(value) else count(float(value), "USD"), "")


def _area_names(comparison: Comparison) -> dict[str, str]:
    ends = comparison.ends
    return {str(code): str(name) for code, name in zip(ends["area"].values, ends["area_name"].values)}


def _sheet(comparison: Comparison, title: str, sections: list[Section], caption: str = "") -> Sheet:
    return Sheet(title, tuple(scenario_titles(comparison)), tuple(sections), caption)
