"""What a figure draws: the published series of one run or of a comparison in one shape, with titles and a footer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sim.experiments import Comparison, Result
from sim.experiments.comparison_cells import ALL, blocked_by
from sim.outcomes import HEADLINE, MARK
from sim.outcomes.move_book import LEADS_TO
from sim.report.lines import scenario_titles
from sim.report.words import GATES, MOVE_CLASSES, NOT_A_FORECAST, SITUATIONS, counted

ENDS = ("mean", "low", "high")
MARKED = f"{MARK}: gains with moves that families would not have made, with a closure, or with a cut of aid. "
WAYS = {situation: pathway for pathway, situation in LEADS_TO.items()}
CLASSES = {"would_have_moved_now": "moved_anyway"}  # headline outcomes under another name
PAIRED = ("end", "scenario", "outcome")
COMPARED = tuple(one.name for one in HEADLINE if one.brief and one.unit == "families")
Count = Callable[[int, str, str, str], float]  # scenario, end, what, by: a published count


@dataclass(frozen=True)
class View:
    """Published series of one or more scenarios, families; NaN where a count is withheld.

    Attributes
    ----------
    stock : xarray.DataArray
        By end (mean, low, high), scenario, situation and month (0: the start), with the coordinate ``date``.
    flows : xarray.DataArray
        Means over the whole run, by scenario, situation and situation after.
    moves, blocked : xarray.DataArray
        By end, scenario, and class of push, or gate between those who want to return and their home.
    differences : xarray.DataArray
        To the baseline, paired, by end, scenario but the baseline, and headline outcome of the first screen that
        counts families; no scenario in a run.
    titles : list of str
        One a scenario, in order.
    closings : dict of str to list of str
        Months in which camps close, by the title of the scenario.
    footer : str
        What the bands cover, and that this is no forecast.
    many_seeds : bool
        Whether there is a spread to draw.
    """

    stock: xr.DataArray
    flows: xr.DataArray
    moves: xr.DataArray
    blocked: xr.DataArray
    differences: xr.DataArray
    titles: list[str]
    closings: dict[str, list[str]]
    footer: str
    many_seeds: bool


def view_of(shown: Result | Comparison) -> View:
    """Return the view of a run or of a comparison."""
    return _of_comparison(shown) if isinstance(shown, Comparison) else _of_run(shown)


def _of_comparison(comparison: Comparison) -> View:
    manifest, counts = comparison.manifest, comparison.published_counts
    titles = scenario_titles(comparison)
    closings = {title: _closings(comparison.resolved[name]) for title, name in zip(titles, comparison.scenarios)}
    last = int(comparison.data["month"].values[-1])

    def count(scenario: int, end: str, outcome: str, by: str) -> float:
        name = CLASSES.get(outcome.removeprefix("class="), outcome.removeprefix("class="))
        return counts.value(comparison.scenarios[scenario], name, ALL if by == f"month={last}" else by, end)

    footer = f"{MARKED if comparison.flags else ''}{NOT_A_FORECAST} Ranges: {manifest['interval']}.{_rows(manifest)}"
    series = _series(comparison.data, count, len(titles))
    many = comparison.data.sizes["seed"] > 1
    return View(*series, _differences(comparison.published, comparison.scenarios[1:]), titles, closings, footer, many)


def _of_run(result: Result) -> View:
    manifest, shown = result.manifest, result.published

    def count(scenario: int, end: str, outcome: str, by: str) -> float:
        kind, _, value = by.partition("=")
        if kind == "month":
            return shown.stock(int(value), outcome)
        if kind == "to":
            return shown.moved(f"situation={outcome.removeprefix('from=')}", f"pathway={WAYS[value]}")
        if outcome.startswith("class="):
            return shown.moved(f"push_{outcome}")
        gates = {blocked_by(gate): gate for gate in GATES}
        return shown.wished(f"gate={gates[outcome]}", "return")

    title = str(manifest["title"])
    footer = f"{NOT_A_FORECAST} One run, seed {manifest['seed']}: one possible course, without a range."
    closings = {title: _closings(result.resolved)}
    none = xr.DataArray(np.zeros((len(ENDS), 0, len(COMPARED))), dims=PAIRED)
    return View(*_series(result.data, count, 1), none, [title], closings, footer + _rows(manifest), False)


def _differences(published: pd.DataFrame, others: Sequence[str]) -> xr.DataArray:
    """Return published differences; NaN where they are withheld."""
    by = published.set_index(["outcome", "scenario"])
    columns = ["difference", "difference_low", "difference_high"]
    found = [[[by.loc[(outcome, name), column] for outcome in COMPARED] for name in others] for column in columns]
    shape = (len(ENDS), len(others), len(COMPARED))
    return xr.DataArray(np.array(found, np.float64).reshape(shape), {"outcome": list(COMPARED)}, PAIRED)


def _series(
    data: xr.Dataset, count: Count, scenarios: int
) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray, xr.DataArray]:
    """Return stock, flows, moves and blocked, made of published counts."""
    months = [f"month={month}" for month in data["month"].values]
    stock = _filled(count, scenarios, ENDS, list(SITUATIONS), months)
    dates = ("month", [str(date) for date in data["date"].values])
    after = [situation for situation in SITUATIONS if situation in WAYS]
    flows = _filled(count, scenarios, ENDS[:1], [f"from={one}" for one in after], [f"to={one}" for one in after])
    moves = _filled(count, scenarios, ENDS, [f"class={name}" for name in MOVE_CLASSES], [ALL])
    gates = [gate for gate in GATES if gate in data["gate"].values]
    blocked = _filled(count, scenarios, ENDS, [blocked_by(gate) for gate in gates], [ALL])
    first, between = ("end", "scenario"), {"situation": after, "situation_after": after}
    return (
        xr.DataArray(stock, {"situation": list(SITUATIONS), "date": dates}, (*first, "situation", "month")),
        xr.DataArray(flows[0], between, ("scenario", "situation", "situation_after")),
        xr.DataArray(moves[..., 0], {"push_class": list(MOVE_CLASSES)}, (*first, "push_class")),
        xr.DataArray(blocked[..., 0], {"gate": gates}, (*first, "gate")),
    )


def _filled(
    count: Count, scenarios: int, ends: Sequence[str], outcomes: Sequence[str], by: Sequence[str]
) -> np.ndarray[Any, np.dtype[np.float64]]:
    shape = (len(ends), scenarios, len(outcomes), len(by))
    found = [
        count(n, end, outcome, one) for end in ends for n in range(scenarios) for outcome in outcomes for one in by
    ]
    return np.array(found, np.float64).reshape(shape)


def _rows(manifest: dict[str, Any]) -> str:
    return f" {counted(int(manifest['rows']), 'simulated household')}."


def _closings(resolved: dict[str, Any]) -> list[str]:
    programmes = resolved.get("programmes", {}).values()
    return sorted({spec["closing_month"] for spec in programmes if spec["kind"] == "camp_closure"})
