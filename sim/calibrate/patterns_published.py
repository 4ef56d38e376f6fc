"""What was published of the patterns: three tables beside a study, each of which may be missing.

``patterns.csv``: figures by name, with range and source. ``places.csv``: families displaced and in camps by date and
place. ``return_index.csv``: returnees in severe conditions by round. What is missing is compared with nothing.
"""

from pathlib import Path

import numpy as np
import pandas as pd

from sim.calibrate.patterns_evidence import Entry, Figure, Places
from sim.calibrate.study import MONTH_END, Study
from sim.data.tables import read_table, require, unique
from sim.scenario.paths import month_index
from sim.schema.base import month_name, month_number
from sim.schema.errors import InputError

FIGURES, PLACES, RETURN_INDEX = "patterns.csv", "places.csv", "return_index.csv"
SEVERE = "returnees_in_severe_conditions"
#: Figures that a pattern asks for.
KNOWN = (
    "displaced_after_closure",
    "would_return_failed",
    "would_return_never_tried",
    "house_destroyed_displaced",
    "house_destroyed_returned",
    "stay_all",
    "stay_five_years",
    "wish_return",
    "plan_return",
    "returned_of_planners",
    "returned_of_settlers",
    "rent_with_arrivals",
)


def published_figures(folder: Path) -> dict[str, Figure]:
    """Return the figures beside a study, and the range of its return index.

    Raises
    ------
    InputError
        Where a table is there and cannot be read, or names a figure that no pattern asks for.
    """
    return _figures(folder / FIGURES) | _return_index(folder / RETURN_INDEX)


def _figures(path: Path) -> dict[str, Figure]:
    if not path.exists():
        return {}
    kinds = {"figure": "name", "value": "number", "low": "number", "high": "number", "unit": "text", "source": "text"}
    table = read_table(path, kinds, ("low", "high"))
    require(table["figure"].isin(KNOWN), path, "figure", table, ", ".join(KNOWN))
    require(~table["figure"].duplicated(), path, "figure", table, "every figure once")
    require(table["value"] > 0, path, "value", table, "a number above 0")
    low, high = (table[end].fillna(table["value"]) for end in ("low", "high"))
    require((low <= table["value"]) & (table["value"] <= high), path, "value", table, "a number from low to high")
    return {
        str(name): Figure(float(value), float(least), float(most), str(source))
        for name, value, least, most, source in zip(table["figure"], table["value"], low, high, table["source"])
    }


def _return_index(path: Path) -> dict[str, Figure]:
    """Return the share of returnees in severe conditions, %: mean, least and most of all rounds."""
    if not path.exists():
        return {}
    table = read_table(
        path, {"date": "month", "category": "name", "severe": "number", "households": "count", "source": "text"}
    )
    percent = 100.0 * table["severe"]
    require((percent > 0) & (percent <= 100), path, "severe", table, "a share above 0, at most 1")
    rounds = f"IOM Iraq, Return Index, {len(table)} rounds from {table['date'].iloc[0]} on, mean"
    return {SEVERE: Figure(float(percent.mean()), float(percent.min()), float(percent.max()), rounds)}


def published_places(folder: Path, study: Study, pcodes: tuple[str, ...]) -> Places | None:
    """Return families displaced by place at the ends of months, from the start of the run to its end.

    Raises
    ------
    InputError
        Where the table is there and cannot be read, names a place that the model has not, or has no round at the start.
    """
    path = folder / PLACES
    if not path.exists():
        return None
    kinds = {"date": "date", "area": "text", "area_name": "text", "families": "count", "in_camps": "count"}
    table = read_table(path, {**kinds, "source": "text"})
    require(table["area"].isin(pcodes), path, "area", table, ", ".join(pcodes))
    unique(table, ["date", "area"], path)
    start = month_number(study.scenario.spec.start)
    table["month"] = [month_number(date[:7]) - start + 1 for date in table["date"]]
    ends = table["date"].str.slice(8).astype(int) >= MONTH_END
    table = table[ends & table["month"].between(0, study.scenario.spec.months)]
    wide = {name: _by_place(table, name, pcodes) for name in ("families", "in_camps")}
    months = wide["families"].index.to_numpy(np.int64)
    if len(months) < 2 or months[0] != 0:
        allowed = f"rounds at the end of {month_name(start - 1)} and later"
        raise InputError("has too few rounds of the run", file=path, allowed=allowed)
    dates = tuple(month_name(start + int(one) - 1) for one in months)
    families, in_camps = (one.to_numpy(np.float64) for one in wide.values())
    return Places(months, dates, pcodes, families, in_camps)


def _by_place(table: pd.DataFrame, name: str, pcodes: tuple[str, ...]) -> pd.DataFrame:
    """Return a column of a table by month and place; 0 where nothing is written."""
    wide = table.pivot(index="month", columns="area", values=name)
    return wide.reindex(columns=list(pcodes)).fillna(0.0)


def asked_in_camps(study: Study) -> dict[int, float]:
    """Return the published shares of families in camps that plan to return, by months simulated when asked."""
    found: dict[int, float] = {}
    for survey in study.surveys:
        if survey.statistic == "plans_by_shelter":
            camps = [n for n, label in enumerate(survey.labels) if label == "camp"]
            found |= {int(survey.months[n]): float(survey.shares[n, 0]) for n in camps}
    return found


def renting_arrivals(study: Study, pcodes: tuple[str, ...]) -> tuple[Entry, ...]:
    """Return the arrivals of a scenario that rent, each from its first month that lies in the run."""
    scenario = study.scenario
    return tuple(
        Entry(pcodes.index(one.area), month_index(scenario, one.first_month), float(one.families_per_month))
        for one in scenario.spec.arrivals.values()
        if one.shelter == "rented" and 0 <= month_index(scenario, one.first_month) < scenario.spec.months
    )
