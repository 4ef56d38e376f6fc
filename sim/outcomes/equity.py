"""Who fares how: outcomes by who heads a household, vulnerability, tenure at origin, and camp or not.

A total can rise while a group is left behind. Every outcome is therefore given for every trait, with the worst-off
beside the mean, and the residual caseload is described.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sim.outcomes.groups import TRAITS, trait_codes
from sim.outcomes.measures import INDUCED, SOLVED, rows_behind
from sim.outcomes.suppression import SMALLEST_CELL

Of = Callable[[xr.Dataset], xr.DataArray]  # families (or rows, where the dataset holds rows) by group


def _held(name: str) -> Of:
    return lambda data: data[name].isel(assessed=-1, horizon=0).sel(situation=SOLVED).sum("situation")


def _moved(name: str, classes: list[str] | None = None) -> Of:
    over = ["month", "push_class", "pathway"]
    return lambda data: (data[name] if classes is None else data[name].sel(push_class=classes)).sum(over)


def _live_as_hosts(data: xr.Dataset) -> xr.DataArray:
    return data["exits_by_group"].isel(assessed=-1).sel(metric="composite").sum("situation")


#: Outcomes by group: how many families, and whether more of them is worse.
BY_GROUP: dict[str, tuple[Of, bool]] = {
    "still_displaced": (lambda data: data["by_group"].isel(month=-1).sel(situation="displaced"), True),
    "sustained": (_held("sustained"), False),
    "sustained_whole": (_held("sustained_whole"), False),
    "lives_as_hosts": (_live_as_hosts, False),
    "induced_moves": (_moved("moves", INDUCED), True),
    "premature_moves": (_moved("premature"), True),
    "in_debt": (lambda data: data["debtors"].isel(assessed=-1).sum("situation"), True),
}


def equity(data: xr.Dataset) -> pd.DataFrame:
    """Return every outcome by trait.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run.

    Returns
    -------
    pandas.DataFrame
        Columns outcome, trait, value (of the trait; ``all`` for everybody), families and rows, of and of_rows (the
        whole group), per_100 (families per hundred of the group).
    """
    rows_of = rows_behind(data)
    size, size_rows = _everybody(data), _everybody(rows_of)
    frames = []
    for outcome, (count, _) in BY_GROUP.items():
        families, rows = count(data), count(rows_of)
        frames += [_by(outcome, trait, families, rows, size, size_rows) for trait in ("all", *TRAITS)]
    return pd.concat(frames, ignore_index=True)


def worst_off(table: pd.DataFrame) -> pd.DataFrame:
    """Return, for every outcome of `equity`, the worst-off trait value beside everybody.

    Groups of fewer than 10 families or rows are left out: one that small is no finding, and must not be published.
    How many of a larger group are concerned may still be few: what is published passes through `publish_counts`.

    Returns
    -------
    pandas.DataFrame
        Columns outcome, trait, value, per_100, mean (per hundred of all); an outcome without any group that large is
        left out.
    """
    rows = []
    for outcome in BY_GROUP:
        mine = table[(table["outcome"] == outcome)]
        mean = float(mine["per_100"][mine["trait"] == "all"].iloc[0])
        groups = mine[(mine["trait"] != "all") & (mine[["of", "of_rows"]].min(axis=1) >= SMALLEST_CELL)]
        for _, worst in worst_first(outcome, groups).head(1).iterrows():
            rows.append((outcome, worst["trait"], worst["value"], float(worst["per_100"]), mean))
    return pd.DataFrame(rows, columns=["outcome", "trait", "value", "per_100", "mean"])


def worst_first(outcome: str, groups: pd.DataFrame) -> pd.DataFrame:
    """Return groups of which ``per_100`` is known, the worst off by an outcome of BY_GROUP first."""
    _, more_is_worse = BY_GROUP[outcome]
    return groups.dropna(subset=["per_100"]).sort_values("per_100", ascending=not more_is_worse, kind="stable")


def residual_profile(data: xr.Dataset) -> pd.DataFrame:
    """Return who is still displaced at the end, against who was at the start.

    Returns
    -------
    pandas.DataFrame
        Columns trait, value, start, end (per hundred of the displaced then), families, rows (at the end).
    """
    start, end = (data["by_group"].sel(situation="displaced").isel(month=month) for month in (0, -1))
    rows = data["by_group_rows"].sel(situation="displaced").isel(month=-1)
    frames = []
    for trait, values in TRAITS.items():
        then, now, behind = by_trait(start, trait), by_trait(end, trait), by_trait(rows, trait)
        shares = [100.0 * one / (one.sum() or 1.0) for one in (then, now)]
        frames += [(trait, value, *(one[n] for one in (*shares, now, behind))) for n, value in enumerate(values)]
    return pd.DataFrame(frames, columns=["trait", "value", "start", "end", "families", "rows"])


def by_trait(families: xr.DataArray, trait: str) -> npt.NDArray[np.float64]:
    """Return families of each value of a trait, in the order of TRAITS; of ``all``, everybody."""
    codes = np.zeros(families.size, np.intp) if trait == "all" else trait_codes(trait)
    counts: npt.NDArray[np.float64] = np.bincount(codes, families.values, codes.max() + 1).astype(np.float64)
    return counts


def _everybody(data: xr.Dataset) -> xr.DataArray:
    last = data["by_group"].isel(month=-1)
    return last.sum("situation") - last.sel(situation="not_arrived")


def _by(
    outcome: str, trait: str, families: xr.DataArray, rows: xr.DataArray, size: xr.DataArray, size_rows: xr.DataArray
) -> pd.DataFrame:
    found, of = by_trait(families, trait), by_trait(size, trait)
    return pd.DataFrame(
        {
            "outcome": outcome,
            "trait": trait,
            "value": ["all"] if trait == "all" else list(TRAITS[trait]),
            "families": found,
            "rows": by_trait(rows, trait),
            "of": of,
            "of_rows": by_trait(size_rows, trait),
            "per_100": 100.0 * np.divide(found, of, out=np.zeros_like(found), where=of > 0),
        }
    )
