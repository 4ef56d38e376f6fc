"""How headline outcomes are computed: functions that make functions from recorded data to one number."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
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
    counted = [str(name) for name in data.data_vars if f"{name}_rows" in data]
    return data.drop_vars(counted).rename({f"{name}_rows": name for name in counted})


def chosen(
    data: xr.Dataset, variable: str, at: Mapping[str, int | slice], labels: Mapping[str, Names | int]
) -> npt.NDArray[np.generic]:
    """Return a recorded variable at some positions, and at some labels; of all others everything.

    As ``data[variable].isel(at).sel(labels)`` gives it, without making labelled arrays of all on the way.
    """
    found = data.variables[variable]
    dims = [str(dim) for dim in found.dims]
    values = found.values[tuple(at.get(dim, slice(None)) for dim in dims)]
    left = [dim for dim in dims if not isinstance(at.get(dim), int)]
    for dim, names in labels.items():
        places = data.get_index(dim)
        wanted: list[Any] = [places.get_loc(one) for one in (names if isinstance(names, list) else [names])]
        values = values.take(wanted, axis=left.index(dim))
    return values


def sum_of(data: xr.Dataset, variable: str, at: Mapping[str, int | slice], labels: Mapping[str, Names | int]) -> float:
    """Return the sum of what is `chosen`."""
    return float(np.sum(chosen(data, variable, at, labels)))


def at_end(variable: str, situation: Names) -> Measure:
    """Return what stands in some situations at the end."""
    return lambda data: sum_of(data, variable, {"month": -1}, {"situation": situation})


def total(variable: str, **which: Names) -> Measure:
    """Return a sum over the whole run, of some labels or of all."""
    return lambda data: sum_of(data, variable, {}, which)


def total_at_end(variable: str) -> Measure:
    """Return what stands at the end, of all labels."""
    return lambda data: sum_of(data, variable, {"month": -1}, {})


def assessed(variable: str, situation: Names = SOLVED, **which: str | int) -> Measure:
    """Return what the last assessment found in some situations."""
    return lambda data: sum_of(data, variable, {"assessed": -1}, {"situation": situation, **which})


def moved_by(push: str, classes: Names, alone: bool = False) -> Measure:
    """Return moves of some classes under a push, with or without others beside it."""

    def measure(data: xr.Dataset) -> float:
        found = {str(mask): str(mask).split("_and_") for mask in data.indexes["push"]}
        pushes = [mask for mask, parts in found.items() if parts == [push] or (push in parts and not alone)]
        return sum_of(data, "moves_by_push", {}, {"push": pushes, "push_class": classes})

    return measure


def blocked(gate: str) -> Measure:
    """Return families that wish to return at the end and that a gate stops."""
    return lambda data: sum_of(data, "blocked", {"month": -1}, {"gate": gate, "pathway": "return"})


def person_months(data: xr.Dataset) -> float:
    """Return person-months spent displaced."""
    return sum_of(data, "persons", {"month": slice(1, None)}, {"situation": "displaced"})


def all_families(data: xr.Dataset) -> float:
    """Return everybody who has entered the run."""
    return sum_of(data, "families", {"month": -1}, {"situation": PRESENT})


def worst_group(data: xr.Dataset) -> float:
    """Return the largest share, over equity groups, of families moved against or ahead of their choice.

    Groups in which that, or they themselves, are too few to publish are left out.
    """
    induced, moved = (
        chosen(data, name, {}, {"push_class": INDUCED}).sum(axis=(0, 1, 2)) for name in ("moves", "moves_rows")
    )
    size, size_rows = (
        chosen(data, name, {"month": -1}, {"situation": PRESENT}).sum(axis=0) for name in ("by_group", "by_group_rows")
    )
    few = [(one > 0) & (one < SMALLEST_CELL) for one in (induced, moved, size, size_rows)]
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
    return total_at_end("savings")(data) / 100 / max(all_families(data), 1.0)
