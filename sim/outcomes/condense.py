"""The start and the end of a run: small enough to keep for every seed, enough for every table of outcomes.

A condensed run looks like the run, with two entries on the axes ``month`` and ``assessed``: the start, and the end
with all events of the run. Outcomes are computed from it by the same functions.
"""

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
    kept: dict[str, xr.DataArray] = {}
    for names, events in ((STOCKS, False), (EVENTS, True), (LATEST, False)):
        for name, summed in names.items():
            for one in (name, f"{name}_rows"):
                if one in data:
                    array = data[one].sum(summed) if summed else data[one]
                    ends = array.isel(month=[0, last])
                    kept[one] = ends.where(ends["month"] == 0, array.sum("month")) if events else ends
    kept |= {name: data[name].isel(month=[0, last]) for name in STATES}
    twins = [f"{name}_rows" for name in ASSESSED]
    kept |= {name: data[name].isel(assessed=[0, -1]) for name in (*ASSESSED, *twins) if name in data}
    return xr.Dataset(kept)
