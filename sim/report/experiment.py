"""What is said of an experiment: how far it has come, and what stands behind its differences."""

from typing import Any

import numpy as np
import pandas as pd

from sim.experiments import Comparison
from sim.experiments.contrast import contrasts, has_draws, replicates_needed
from sim.experiments.store import Store
from sim.outcomes import HEADLINE
from sim.report.lines import Section, Sheet, scenario_titles
from sim.report.numbers import WITHHELD, Shown

PRECISE = 0.1  # of a difference: the half-width that the number of replicates is told for
NONE = Shown("-", "")


def status_page(store: Store) -> str:
    """Return how much of an experiment is finished, and of what, as text."""
    manifest = store.manifest
    draws, seeds = manifest["draws"], manifest["seeds"]
    size = store.layout.record.itemsize
    lines = [
        f"{len(store.finished)} of {store.planned} replicates are finished"
        + (f", {len(store.missing)} are missing." if store.missing else "."),
        "",
        *(f"  {name}: {title}" for name, title in manifest["titles"].items()),
        "",
        f"  draws     {draws['count']} ({draws['origin']})",
        f"  seeds     {len(seeds)}",
        f"  months    {manifest['months']} from {manifest['start']}",
        f"  on disk   {len(store.finished) * size / 1e6:,.1f} of {store.planned * size / 1e6:,.1f} MB",
        f"  software  {manifest['software']}",
    ]
    return "\n".join(lines)


def contrast_sheet(comparison: Comparison) -> Sheet:
    """Return what stands behind the differences of the first screen."""
    table = contrasts(comparison)
    rows = {(str(row["outcome"]), str(row["scenario"])): row for _, row in table.iterrows()}
    names, titles = comparison.scenarios[1:], scenario_titles(comparison)[1:]
    brief = [one for one in HEADLINE if one.brief]
    word = "replicates" if has_draws(comparison) else "seeds"
    makers = [(f"More than in the baseline, per 100 {word}", _more)]
    if has_draws(comparison):
        makers.append(("Of the spread of the difference, due to parameters", _parameters))
    makers.append((f"{word.capitalize()} that know the difference to within a tenth", _needed))
    makers.append(("Times as many runs, had they not been paired", _worth))
    sections = []
    for title, cell in makers:
        lines = tuple((one.label, tuple(cell(rows[one.name, name]) for name in names)) for one in brief)
        sections.append(Section(title, lines))
    return Sheet("What stands behind the differences to the baseline", tuple(titles), tuple(sections), _caption(word))


def _caption(word: str) -> str:
    return (
        f"A difference is taken within each of the {word}, where both scenarios have the same luck"
        f"{' and the same parameters' if word == 'replicates' else ''}. '-': it is always the same, or cannot be told."
    )


def _more(row: "pd.Series[Any]") -> Shown:
    return _shown(row["more_in"], f"{100 * row['more_in']:.0f}")


def _parameters(row: "pd.Series[Any]") -> Shown:
    return Shown(WITHHELD, "") if np.isnan(row["mean"]) else _shown_or_none(row["parameters_share"], "{:.0%}")


def _needed(row: "pd.Series[Any]") -> Shown:
    if np.isnan(row["mean"]):
        return Shown(WITHHELD, "")
    if not row["sd"] > 0 or row["mean"] == 0:
        return NONE
    return Shown(f"{replicates_needed(row['sd'], PRECISE * abs(row['mean'])):,}", "")


def _worth(row: "pd.Series[Any]") -> Shown:
    return Shown(WITHHELD, "") if np.isnan(row["mean"]) else _shown_or_none(row["pairing_worth"], "{:.1f}")


def _shown(value: float, text: str) -> Shown:
    return Shown(WITHHELD, "") if np.isnan(value) else Shown(text, "")


def _shown_or_none(value: float, form: str) -> Shown:
    return NONE if np.isnan(value) else Shown(form.format(value), "")
