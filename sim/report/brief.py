"""One screen that answers five questions: what changes, for whom, how sure, who is harmed, and at what cost.

The baseline stands as levels; every other scenario as its difference to it, seed by seed.
"""

from typing import Any

import numpy as np
import pandas as pd

from sim.experiments import Comparison
from sim.experiments.comparison_cells import HIGH, LOW
from sim.experiments.contrast import has_draws, replicates
from sim.outcomes import BEST, HEADLINE
from sim.outcomes.costs import cost_per, payback_month
from sim.report.experiment import contrast_sheet
from sim.report.lines import (
    Section,
    Sheet,
    comparison_caption,
    difference_cell,
    headline_sheets,
    level_cell,
    scenario_titles,
)
from sim.report.numbers import WITHHELD, Shown, count, level
from sim.report.sheets import for_whom, full_sheets

QUESTIONS = {
    "What changes": ("Where families are", "Solutions that last"),
    "Who is harmed or held back": ("Moved under a push", "Quality of returns", "Blocked from returning at the end"),
    "What it costs": ("Money",),
}
LEFT_OUT_IF_ZERO = ("aid_withheld", "spent")
STARRED = "*: of the groups that may be shown; another could be worse off."
NEVER = "not within the run"


def comparison_sheets(comparison: Comparison, full: bool = False) -> list[Sheet]:
    """Return the first screen of a comparison; in full, every table."""
    first = brief_sheet(comparison)
    if not full:
        return [first]
    behind = [contrast_sheet(comparison)] if len(comparison.scenarios) > 1 and replicates(comparison) > 1 else []
    return [first, *headline_sheets(comparison), *behind, *full_sheets(comparison)]


def brief_sheet(comparison: Comparison) -> Sheet:
    """Return the first screen of a comparison."""
    table, titles = comparison.published, scenario_titles(comparison)
    brief = {one.name: one.block for one in HEADLINE if one.brief}
    by = {
        question: [name for name, block in brief.items() if block in blocks] for question, blocks in QUESTIONS.items()
    }
    sections = [Section(question, _lines(table, comparison.scenarios, names)) for question, names in by.items()]
    sections.insert(1, Section("For whom, families per 100", for_whom(comparison)))
    if len(titles) > 1:
        sections[-1] = Section(sections[-1].title, (*sections[-1].lines, *_when_it_pays(comparison)))
        sections.append(Section("How sure", _how_sure(comparison)))
    columns = (titles[0], *(f"{title}: difference" for title in titles[1:]))
    caption = f"{STARRED} {comparison_caption(comparison)}"
    return Sheet("What follows, and for whom", columns, tuple(sections), caption)


def _lines(table: pd.DataFrame, scenarios: list[str], names: list[str]) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    by = table.set_index(["outcome", "scenario"])
    lines = []
    for name in names:
        first, *others = (_row(by, name, scenario) for scenario in scenarios)
        if name in LEFT_OUT_IF_ZERO and all(row["high"] == 0 for row in (first, *others)):
            continue
        lines.append((str(first["label"]), (level_cell(first), *map(_change_cell, others))))
    return tuple(lines)


def _change_cell(row: Any) -> Shown:
    """Return the difference to the baseline; where that is withheld and the level is not, the level in its place."""
    if np.isnan(row["difference"]) and not np.isnan(row["mean"]):
        return Shown(f"{level_cell(row).value} in all", "")
    return difference_cell(row)


def _row(table: pd.DataFrame, outcome: str, scenario: str) -> Any:
    return table.loc[(outcome, scenario)]


def _when_it_pays(comparison: Comparison) -> list[tuple[str, tuple[Shown, ...]]]:
    """Return when a scenario has paid for itself, and what it costs for each solution more."""
    costs = comparison.data["discounted"].transpose("scenario", "seed", "month").values
    whole = comparison.data["outcome_value"].sel(outcome=BEST).transpose("scenario", "seed").values
    hidden = _hidden(comparison)
    pays: list[Shown] = [Shown("", "")]
    price: list[Shown] = [Shown("", "")]
    for n, name in enumerate(comparison.scenarios[1:], start=1):
        months = np.array([payback_month(own, base) for own, base in zip(costs[n], costs[0])])
        pays.append(_months(months) if ("spent", name) not in hidden else Shown(WITHHELD, ""))
        extra = (costs[n] - costs[0]).sum(axis=1)
        price.append(
            _price(extra, whole[n] - whole[0]) if not hidden & {("spent", name), (BEST, name)} else Shown(WITHHELD, "")
        )
    return [("Month from which it has paid for itself", tuple(pays)), ("Cost of each such solution more", tuple(price))]


def _hidden(comparison: Comparison) -> set[tuple[str, str]]:
    table = comparison.published
    return set(zip(table["outcome"][table["suppressed"]], table["scenario"][table["suppressed"]]))


def _months(months: np.ndarray[Any, Any]) -> Shown:
    """Return the median month and the range over seeds; none where the median is never."""
    middle, low, high = np.quantile(months, [0.5, LOW, HIGH], method="nearest")
    words = [
        NEVER if not np.isfinite(value) else "from the start" if value == 0 else f"{value:.0f}"
        for value in (middle, low, high)
    ]
    return Shown(words[0], "" if low == high else f"({words[1]} to {words[2]})")


def _price(extra: np.ndarray[Any, Any], more: np.ndarray[Any, Any]) -> Shown:
    """Return the cost of each solution more; in words where there is none more, or where it costs less."""
    if more.mean() <= 0:
        return Shown("no more of them", "")
    if extra.mean() <= 0:
        return Shown("none: it costs less", "")
    each = [cost_per(one, number) for one, number in zip(extra, more) if number > 0]
    low, high = np.quantile(each, [LOW, HIGH])
    return level(cost_per(float(extra.mean()), float(more.mean())), float(low), float(high), "USD")


def _how_sure(comparison: Comparison) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    whole = comparison.data["outcome_value"].sel(outcome=BEST).transpose("scenario", "seed").values
    seeds = whole.shape[1]
    word = "replicates" if has_draws(comparison) else "seeds"
    better = [Shown(f"{int((own > whole[0]).sum())} of {count(seeds, '')} {word}", "") for own in whole[1:]]
    order = (-whole.mean(axis=1)).argsort(kind="stable").argsort(kind="stable")
    ranks = [Shown(f"{place + 1} of {len(order)}", "") for place in order]
    return (
        ("More solutions held, chosen and informed, in", (Shown("", ""), *better)),
        ("Rank by solutions held, chosen and informed", tuple(ranks)),
    )
