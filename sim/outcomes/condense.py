"""The start and the end of a run: small enough to keep for every seed, enough for every table of outcomes.

A condensed run looks like the run, with two entries on the axes ``month`` and ``assessed``: the start, and the end
with all events of the run. Outcomes are computed from it by the same functions.
"""

import numpy as np
import xarray as xr

#: What is kept, and over which dimensions it is summed.
STOCKS: dict[str, tuple[str, ...]] = {
    "families": ("origin",),
    "persons": ("origin",),
    "by_group": (),
    "by_shelter": (),
    "in_debt": (),
}
EVENTS: dict[str, tuple[str, ...]] = {
    "moves": (),
    "premature": (),
    "served": (),
    "spent": (),
    "care": (),
    "aid_withheld": (),
    "host_rent": (),
}
LATEST: dict[str, tuple[str, ...]] = {"blocked": (), "intended": (), "waiting": ()}  # events of the last month
STATES = ("employment", "rent", "services", "security", "cohesion", "families_reunited", "participation", "remedies")
ASSESSED = (
    "passes",
    "exits",
    "exits_by_group",
    "exits_moving",
    "sustained",
    "sustained_whole",
    "debtors",
    "chosen",
    "host_passes",
    "host_exits",
    "host_exits_moving",
)


def condensed(data: xr.Dataset) -> xr.Dataset:
    """Return the start and the end of a recorded run."""
    last = data.sizes["month"] - 1
    twins = [f"{name}_rows" for name in ASSESSED]
    kept = {name: data.variables[name].isel(month=[0, last]) for name in STATES}
    kept |= {name: data.variables[name].isel(assessed=[0, -1]) for name in (*ASSESSED, *twins) if name in data}
    for names, ends in ((STOCKS, _start_and_end), (EVENTS, _start_and_all), (LATEST, _start_and_end)):
        for name, summed in names.items():
            kept |= {one: ends(data.variables[one].sum(summed)) for one in (name, f"{name}_rows") if one in data}
    coords = data.coords.to_dataset().isel(month=[0, last], assessed=[0, -1]).variables
    used = {dim for variable in kept.values() for dim in variable.dims}
    return xr.Dataset(kept, {name: found for name, found in coords.items() if used.issuperset(found.dims)})


def _start_and_end(variable: xr.Variable) -> xr.Variable:
    return variable.isel(month=[0, -1])


def _start_and_all(variable: xr.Variable) -> xr.Variable:
    ends = np.stack([variable.isel(month=0).values, variable.sum("month").values])
    return xr.Variable(("month", *(dim for dim in variable.dims if dim != "month")), ends)
