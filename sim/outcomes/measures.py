"""How headline outcomes are computed: functions that make functions from recorded data to one number."""

from collections.abc import Callable

import numpy as np
import xarray as xr

from sim.outcomes.suppression import SMALLEST_CELL

INDUCED = ["hastened", "diverted", "expelled"]
SOLVED = ["returned", "integrating", "settled_elsewhere"]
PRESENT = ["displaced", *SOLVED]  # all who have entered the run
PUSHED = ["would_have_moved_now", *INDUCED]

Measure = Callable[[xr.Dataset], float]
Names = str | list[str]


def rows_behind(data: xr.Dataset) -> xr.Dataset:
    """Return recorded data with rows in the place of what they stand for, so that measures count rows."""
    return data.assign({name: data[f"{name}_rows"] for name in data.data_vars if f"{name}_rows" in data})


def at_end(variable: str, situation: Names) -> Measure:
    """Return what stands in some situations at the end."""
    return lambda data: float(data[variable].isel(month=-1).sel(situation=situation).sum())


def total(variable: str, **which: Names) -> Measure:
    """Return a sum over the whole run, of some labels or of all."""
    return lambda data: float(data[variable].sel(dict(which)).sum())


def total_at_end(variable: str) -> Measure:
    """Return what stands at the end, of all labels."""
    return lambda data: float(data[variable].isel(month=-1).sum())


def assessed(variable: str, situation: Names = SOLVED, **which: str | int) -> Measure:
    """Return what the last assessment found in some situations."""
    return lambda data: float(data[variable].isel(assessed=-1).sel({"situation": situation, **which}).sum())


def money(variable: str) -> Measure:
    """Return an account over the whole run, USD."""
    return lambda data: float(data[variable].sum())


def moved_by(push: str, classes: Names, alone: bool = False) -> Measure:
    """Return moves of some classes under a push, with or without others beside it."""

    def measure(data: xr.Dataset) -> float:
        found = {str(mask): str(mask).split("_and_") for mask in data["push"].values}
        pushes = [mask for mask, parts in found.items() if parts == [push] or (push in parts and not alone)]
        return float(data["moves_by_push"].sel(push=pushes, push_class=classes).sum())

    return measure


def blocked(gate: str) -> Measure:
    """Return families that wish to return at the end and that a gate stops."""
    return lambda data: float(data["blocked"].isel(month=-1).sel(gate=gate, pathway="return").sum())


def person_months(data: xr.Dataset) -> float:
    """Return person-months spent displaced."""
    return float(data["persons"].isel(month=slice(1, None)).sel(situation="displaced").sum())


def all_families(data: xr.Dataset) -> float:
    """Return everybody who has entered the run."""
    stock = data["families"].isel(month=-1)
    return float(stock.sum() - stock.sel(situation="not_arrived").sum())


def worst_group(data: xr.Dataset) -> float:
    """Return the largest share, over equity groups, of families moved against or ahead of their choice.

    Groups in which that, or they themselves, are too few to publish are left out.
    """
    induced = data["moves"].sel(push_class=INDUCED).sum(["month", "push_class", "pathway"]).values
    last = data[["by_group", "by_group_rows"]].isel(month=-1).drop_sel(situation="not_arrived").sum("situation")
    size = last["by_group"].values
    moved = data["moves_rows"].sel(push_class=INDUCED).sum(["month", "push_class", "pathway"]).values
    few = [(one > 0) & (one < SMALLEST_CELL) for one in (induced, moved, size, last["by_group_rows"].values)]
    known = ~np.any(few, axis=0)
    return float(100 * np.where(known, induced / np.maximum(size, 1), 0.0).max())


def debt_share(data: xr.Dataset) -> float:
    """Return families in debt, in per cent of those who have entered the run."""
    return 100.0 * total_at_end("in_debt")(data) / max(all_families(data), 1.0)


def preference_match(data: xr.Dataset) -> float:
    """Return families that are in a solution of their own choice, in per cent of those in any."""
    there = at_end("families", SOLVED)(data)
    return 100.0 * assessed("chosen")(data) / there if there > 0 else 0.0


def savings_per_family(data: xr.Dataset) -> float:
    """Return mean savings net of debt at the end, USD."""
    return float(data["savings"].isel(month=-1).sum()) / 100 / max(all_families(data), 1.0)
