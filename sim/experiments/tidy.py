"""The publishable table of a run: one value a row, small cells suppressed."""

import pandas as pd
import xarray as xr

from sim.outcomes import released, suppressed

# What is published, and over which dimensions it is summed first: crossings of many dimensions make small cells.
PUBLISHED: dict[str, tuple[str, ...]] = {
    "families": ("origin",),
    "persons": ("origin",),
    "families_by_origin": ("area",),
    "by_wave": (),
    "by_group": (),
    "by_shelter": (),
    "in_debt": (),
    "site_families": (),
    "flows": (),
    "moves": (),
    "premature": (),
    "uninformed": (),
    "voluntary": (),
    "moves_by_push": (),
    "after_push": (),
    "overridden": (),
    "intended": (),
    "blocked": (),
    "released": (),
    "served": (),
    "waiting": (),
    "claims": (),
    "spent": (),
    "employment": (),
    "rent": (),
    "services": (),
    "security": (),
}
FOLLOWERS = {"families": "persons", "served": "spent"}  # what would reveal a withheld count


def tidy(data: xr.Dataset) -> pd.DataFrame:
    """Return the publishable values: variable, month, date, labels, unit, value, suppressed; zeros left out."""
    data = data.assign(released=released(data))
    frames = [_long(data, name, summed) for name, summed in PUBLISHED.items() if _source(name) in data]
    table = pd.concat(frames, ignore_index=True)
    labels = [name for name in table.columns if name not in ("variable", "month", "date", "unit", "value")]
    ordered = table[["variable", "month", "date", *labels, "unit", "value"]]
    return _withheld_together(suppressed(ordered), labels)


def _withheld_together(table: pd.DataFrame, labels: list[str]) -> pd.DataFrame:
    """Withhold persons and money wherever the families they belong to are withheld: one gives the other away."""
    key = table[["month", *labels]].astype(object).fillna("").astype(str).agg("|".join, axis=1)
    result = table.copy()
    for leader, follower in FOLLOWERS.items():
        hidden = set(key[(table["variable"] == leader) & table["suppressed"]])
        at = (table["variable"] == follower) & key.isin(hidden)
        result.loc[at, "value"] = float("nan")
        result.loc[at, "suppressed"] = True
    return result


def _source(name: str) -> str:
    return name.removesuffix("_by_origin")


def _long(data: xr.Dataset, name: str, summed: tuple[str, ...]) -> pd.DataFrame:
    array = data[_source(name)]
    unit = array.attrs.get("unit", "")
    frame = array.sum(list(summed)).rename("value").to_dataframe().reset_index()
    frame = frame[frame["value"] != 0].drop(columns=["area_name"], errors="ignore")
    return frame.assign(variable=name, unit=unit)
