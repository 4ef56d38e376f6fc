"""Every count of people that a comparison publishes, in its tables and figures, as cells of one table.

One table, because tables and figures share totals: judged apart, one would give away what another withholds. A cell is
an outcome, a headline outcome by its name, and what it is told apart ``by``: a trait, an area, a situation, a month.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sim.outcomes.equity import BY_GROUP, by_trait
from sim.outcomes.groups import TRAITS
from sim.outcomes.measures import SOLVED, rows_behind

ALL, HIGH, LOW = "all", 0.95, 0.05
#: Outcomes by group that are headline outcomes under another name; the others are headline outcomes, or on their own.
GROUPED = {"still_displaced": "displaced", "in_debt": "debtors"}
#: Gates that are headline outcomes under another name.
GATES = {"dwelling": "blocked_house"}
SOLUTIONS = ("return", "local_integration", "settlement_elsewhere")  # pathways
SITUATIONS = ("not_arrived", "displaced", *SOLVED)
COLUMNS = ["outcome", "by", "mean", "low", "high", "rows"]
Cell = tuple[str, str, float, float]  # outcome, by, families, rows
Numbers = npt.NDArray[np.float64]
Series = tuple[str, str, Numbers, Numbers]  # outcome, by, families and rows by seed


def wanted(pathway: str = "return") -> str:
    """Return the outcome of families that want to take a pathway."""
    return "wanted" if pathway == "return" else f"wanted_{pathway}"


def blocked_by(gate: str, pathway: str = "return") -> str:
    """Return the outcome of families that want to take a pathway and that a gate stops."""
    return GATES.get(gate, f"blocked_{gate}") if pathway == "return" else f"blocked_{gate}_{pathway}"


def cells(table: pd.DataFrame, ends: Mapping[str, xr.Dataset], series: xr.Dataset) -> pd.DataFrame:
    """Return all cells of a comparison.

    Parameters
    ----------
    table : pandas.DataFrame
        Headline outcomes that count families.
    ends : mapping of str to xarray.Dataset
        Mean condensed run of every scenario.
    series : xarray.Dataset
        Series by scenario, seed and month.

    Returns
    -------
    pandas.DataFrame
        Columns outcome, by, scenario; mean, low and high over seeds, of what is shown as mean only alike; rows.
    """
    headline = table.assign(by=ALL)[[*COLUMNS[:2], "scenario", *COLUMNS[2:]]]
    known = set(headline["outcome"])
    frames = [headline]
    for name, run in ends.items():
        means = pd.DataFrame(_of_run(run, known), columns=["outcome", "by", "mean", "rows"])
        means = means.assign(low=means["mean"], high=means["mean"])
        moving = pd.DataFrame([_spread(one) for one in _of_series(series.sel(scenario=name), known)], columns=COLUMNS)
        frames.append(pd.concat([means, moving], ignore_index=True).assign(scenario=name))
    return pd.concat(frames, ignore_index=True)


def _spread(one: Series) -> tuple[str, str, float, float, float, float]:
    outcome, by, families, rows = one
    low, high = np.quantile(families, [LOW, HIGH])
    return outcome, by, float(families.mean()), float(low), float(high), float(rows.mean())


def _of_run(run: xr.Dataset, known: set[str]) -> list[Cell]:
    """Return what the tables of outcomes tell apart."""
    behind = rows_behind(run)
    parts = (_groups, _start, _wishes, _hosts, _shelters, _served)
    found = [cell for part in parts for cell in part(run, behind)]
    return [cell for cell in found if cell[1] != ALL or cell[0] not in known]


def _groups(run: xr.Dataset, behind: xr.Dataset) -> Iterator[Cell]:
    """Yield outcomes by trait, and the size of the groups."""
    sizes = (lambda data: data["by_group"].isel(month=-1).drop_sel(situation="not_arrived").sum("situation"), False)
    for outcome, (count, _) in {**BY_GROUP, "all_families": sizes}.items():
        yield from _traits(GROUPED.get(outcome, outcome), count(run), count(behind))


def _traits(outcome: str, families: xr.DataArray, rows: xr.DataArray) -> Iterator[Cell]:
    for trait, values in {ALL: (ALL,), **TRAITS}.items():
        counts, numbers = by_trait(families, trait), by_trait(rows, trait)
        for value, count, number in zip(values, counts, numbers):
            yield outcome, ALL if trait == ALL else f"{trait}={value}", float(count), float(number)


def _start(run: xr.Dataset, behind: xr.Dataset) -> Iterator[Cell]:
    """Yield the displaced at the start by trait."""
    families, rows = (one["by_group"].sel(situation="displaced").isel(month=0) for one in (run, behind))
    yield from _traits("start", families, rows)


def _wishes(run: xr.Dataset, behind: xr.Dataset) -> Iterator[Cell]:
    """Yield who wanted a solution in the last month, and by what they are stopped, by pathway and destination."""
    for pathway in SOLUTIONS:
        last, last_rows = (one.isel(month=-1).sel(pathway=pathway) for one in (run, behind))
        yield from _areas(wanted(pathway), last["intended"], last_rows["intended"])
        families, rows = last["blocked"], last_rows["blocked"]
        for gate in map(str, run["gate"].values):
            yield from _areas(blocked_by(gate, pathway), families.sel(gate=gate), rows.sel(gate=gate))


def _areas(outcome: str, families: xr.DataArray, rows: xr.DataArray) -> Iterator[Cell]:
    yield outcome, ALL, float(families.sum()), float(rows.sum())
    for area, count, number in zip(families["area"].values, families.values, rows.values):
        yield outcome, f"area={area}", float(count), float(number)


def _hosts(run: xr.Dataset, behind: xr.Dataset) -> Iterator[Cell]:
    """Yield exits by metric and situation, what passes by sub-criterion in a solution, and who chose where they are."""
    exits, rows = (_last(one["exits"].sum("area"), "metric", "situation") for one in (run, behind))
    for m, metric in enumerate(map(str, run["metric"].values)):
        for n, situation in enumerate(map(str, run["situation"].values)):
            if situation in SITUATIONS[1:]:
                yield f"exits={metric}", f"situation={situation}", float(exits[m, n]), float(rows[m, n])
    yield from _passes(run, behind)
    ends, ends_rows = (one.isel(assessed=-1).sel(situation=SOLVED).sum("situation") for one in (run, behind))
    yield "chosen", ALL, float(ends["chosen"]), float(ends_rows["chosen"])


def _passes(run: xr.Dataset, behind: xr.Dataset) -> Iterator[Cell]:
    """Yield what the displaced pass, and those in a solution, by sub-criterion."""
    for by, situations in ((ALL, SOLVED), ("situation=displaced", ["displaced"])):
        there = [one["passes"].sel(situation=situations).sum(["situation", "area"]) for one in (run, behind)]
        for criterion, count, number in zip(run["criterion"].values, *(_last(one, "criterion") for one in there)):
            yield f"passes={criterion}", by, float(count), float(number)


def _last(assessed: xr.DataArray, *dims: str) -> Numbers:
    """Return what the last assessment found, over some dimensions."""
    return np.asarray(assessed.isel(assessed=-1).transpose(*dims).values, np.float64)


def _shelters(run: xr.Dataset, behind: xr.Dataset) -> Iterator[Cell]:
    """Yield the displaced by shelter, at the end and at the start."""
    for outcome, month in (("displaced", -1), ("start", 0)):
        families, rows = (one["by_shelter"].sel(situation="displaced").isel(month=month) for one in (run, behind))
        for shelter, count, number in zip(families["shelter"].values, families.values, rows.values):
            yield outcome, f"shelter={shelter}", float(count), float(number)


def _served(run: xr.Dataset, behind: xr.Dataset) -> Iterator[Cell]:
    """Yield families served by programme."""
    if "programme" not in run.dims:
        return
    families, rows = (one["served"].sum("month") for one in (run, behind))
    yield "served", ALL, float(families.sum()), float(rows.sum())
    for name, count, number in zip(families["programme"].values, families.values, rows.values):
        yield "served", f"programme={name}", float(count), float(number)


def _of_series(series: xr.Dataset, known: set[str]) -> Iterator[Series]:
    """Yield what figures draw over time, by class of move, and between situations."""
    months = [int(month) for month in series["month"].values]
    place = {str(name): n for n, name in enumerate(series["situation"].values)}
    changes = _by_seed(series, "changed", "change")
    yield "changed", ALL, *(one.sum(axis=0) for one in changes)
    for n, change in enumerate(map(str, series["change"].values)):
        yield "changed", f"change={change}", *(one[n] for one in changes)
    stock = _by_seed(series, "families", "situation", "month")
    yield "everyone", ALL, *(one[:, 0].sum(axis=0) for one in stock)
    for situation in SITUATIONS:
        for m, month in enumerate(months):
            by = ALL if month == months[-1] else f"month={month}"
            if by != ALL or situation not in known:
                yield situation, by, *(one[place[situation], m] for one in stock)
    run = series[["flows", "flows_rows", "moves", "moves_rows"]].sum("month")
    free = _by_seed(run.sel(push_class="no_push").sum("pathway"), "moves")
    yield "no_push", ALL, *free
    flows = _by_seed(run, "flows", "situation", "situation_after")
    yield "moves", ALL, *(one.sum(axis=(0, 1)) for one in flows)
    for before in SITUATIONS:
        for after in SITUATIONS[1:]:
            yield f"from={before}", f"to={after}", *(one[place[before], place[after]] for one in flows)


def _by_seed(data: xr.Dataset, name: str, *dims: str) -> tuple[Numbers, Numbers]:
    """Return a count and its rows as arrays over some dimensions, seeds last."""
    families, rows = (data[one].transpose(*dims, "seed").values.astype(float) for one in (name, f"{name}_rows"))
    return families, rows
