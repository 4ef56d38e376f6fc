"""What a figure draws: the series of one run or of a comparison in one shape, with titles and a footer."""

from dataclasses import dataclass
from typing import Any

import xarray as xr

from sim.experiments import Comparison, Result
from sim.report.lines import scenario_titles
from sim.report.words import NOT_A_FORECAST, counted

SERIES = ("families", "flows", "moves", "blocked")
PLACES = ("origin", "area")


@dataclass(frozen=True)
class View:
    """Series of one or more scenarios.

    Attributes
    ----------
    data : xarray.Dataset
        SERIES in families, each over seed, scenario and month (0: the start) and its own dimensions.
    titles : list of str
        One a scenario, in order.
    closings : dict of str to list of str
        Months in which camps close, by the title of the scenario.
    footer : str
        What the bands cover, and that this is no forecast.
    """

    data: xr.Dataset
    titles: list[str]
    closings: dict[str, list[str]]
    footer: str

    @property
    def many_seeds(self) -> bool:
        """Whether there is a spread to draw."""
        return self.data.sizes["seed"] > 1


def view_of(shown: Result | Comparison) -> View:
    """Return the view of a run or of a comparison."""
    return _of_comparison(shown) if isinstance(shown, Comparison) else _of_run(shown)


def _of_comparison(comparison: Comparison) -> View:
    manifest = comparison.manifest
    titles = scenario_titles(comparison)
    closings = {title: _closings(comparison.resolved[name]) for title, name in zip(titles, comparison.scenarios)}
    footer = f"{NOT_A_FORECAST} Ranges: {manifest['interval']}."
    return View(comparison.data, titles, closings, footer + _rows(manifest))


def _of_run(result: Result) -> View:
    manifest, data = result.manifest, result.data
    series = {name: data[name].sum([dim for dim in data[name].dims if dim in PLACES]) for name in SERIES}
    kept = xr.Dataset(series).drop_vars("area_name", errors="ignore").expand_dims(("seed", "scenario"))
    title = str(manifest["title"])
    footer = f"{NOT_A_FORECAST} One run, seed {manifest['seed']}: one possible course, without a range."
    return View(kept, [title], {title: _closings(result.resolved)}, footer + _rows(manifest))


def _rows(manifest: dict[str, Any]) -> str:
    return f" {counted(int(manifest['rows']), 'simulated household')}."


def _closings(resolved: dict[str, Any]) -> list[str]:
    programmes = resolved.get("programmes", {}).values()
    return sorted({spec["closing_month"] for spec in programmes if spec["kind"] == "camp_closure"})
