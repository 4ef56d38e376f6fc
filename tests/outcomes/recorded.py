"""A recorded state written as small tables, made into the dataset that outcomes are computed from."""

import io
from collections.abc import Hashable, Mapping
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sim.experiments.dataset import PUSH_MASKS
from sim.kernels.codes import CRITERIA, GATES, INTENTIONS, MOVE_CLASSES, SHELTERS, SITUATIONS
from sim.outcomes.groups import TRAITS, group_coordinates
from sim.world.assessment import HORIZONS
from sim.world.benchmark import METRICS, MOVING
from sim.world.recorder import ASSESSED, RECORDED

Labels = dict[str, list[Any]]
LABELS: Labels = {
    "situation": list(SITUATIONS),
    "situation_after": list(SITUATIONS),
    "shelter": list(SHELTERS),
    "push": PUSH_MASKS,
    "push_class": list(MOVE_CLASSES),
    "pathway": list(INTENTIONS),
    "gate": list(GATES),
    "needs_vacancy": ["no", "yes"],
    "criterion": list(CRITERIA),
    "metric": list(METRICS),
    "moving_metric": list(MOVING),
    "horizon": list(HORIZONS),
    "group": group_coordinates()["group"].tolist(),
}
PLACES = ("origin", "area", "site", "programme")  # labelled as the tables write them
VALUE = "value"
UNTOUCHED = {"aid_camp_share": 1.0, "aid_out_share": 1.0}  # what is not written is zero, but for aid: paid in full


def read_table(text: str) -> pd.DataFrame:
    """Return a table of which columns are parted by blanks; a number stays one, all else is text."""
    return pd.read_csv(io.StringIO(text), sep=r"\s+", dtype={"value": str})


def recorded(tables: Mapping[str, str], months: int, site_area: Mapping[str, str] | None = None) -> xr.Dataset:
    """Return recorded data from one table a variable.

    A column is a dimension, a trait of groups, ``value``, ``rows`` (simulated households; where left out, each stands
    for one family), or the label of a dimension of which several stand side by side. A dimension that is left out is
    the last month or assessment, else the first label. The last assessment is at the end.
    """
    long = {name: _long(name, read_table(text)) for name, text in tables.items()}
    labels = LABELS | {"month": list(range(months + 1)), "assessed": [0, months]}
    for place in PLACES:
        written = [label for table in long.values() if place in table for label in table[place]]
        labels[place] = list(dict.fromkeys(written)) or ["only"]
    data = xr.Dataset({key: one for name, table in long.items() for key, one in _variables(name, table, labels)})
    for trait, values in {name: one for name, one in group_coordinates().items() if name != "group"}.items():
        data = data.assign_coords({trait: values}) if "group" in data.dims else data
    if site_area:
        data = data.assign_coords(site_area=("site", [site_area[str(site)] for site in data["site"].values]))
    return data


def dims_of(name: str) -> tuple[str, ...]:
    """Return the dimensions of a recorded variable, as a run records them."""
    if name in ASSESSED:
        return ("assessed", *ASSESSED[name].dims)
    return ("month", *RECORDED[name].dims) if name in RECORDED else ("month",)


def _long(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with one value a line; labels that stand side by side are those of the one dimension they fit."""
    traits = TRAITS if "group" in dims_of(name) else {}
    known = {*dims_of(name), *traits, VALUE, "rows"}
    beside = [column for column in table if column not in known]
    if not beside:
        return table
    fitting = [dim for dim in dims_of(name) if set(beside) <= set(map(str, LABELS.get(dim, [])))]
    dim = fitting[0] if fitting else next(dim for dim in dims_of(name) if dim in PLACES)
    kept = [column for column in table if column not in beside]
    return table.melt(id_vars=kept, value_vars=beside, var_name=dim, value_name=VALUE)


def _variables(name: str, table: pd.DataFrame, labels: Labels) -> list[tuple[str, xr.DataArray]]:
    """Return a variable, and where it counts people the rows behind it."""
    dims = dims_of(name)
    values = xr.DataArray(
        np.full([len(labels[dim]) for dim in dims], UNTOUCHED.get(name, 0.0)),
        dims=dims,
        coords={dim: labels[dim] for dim in dims},
    )
    rows = xr.zeros_like(values)
    for line in table.to_dict("records"):
        at = {dim: _label(dim, line, labels) for dim in dims}
        values.loc[at] += float(line[VALUE]) - UNTOUCHED.get(name, 0.0)
        rows.loc[at] += float(line.get("rows", line[VALUE]))
    unit = {**RECORDED, **ASSESSED}[name].unit if name in {**RECORDED, **ASSESSED} else ""
    return [(name, values), *([(f"{name}_rows", rows)] if unit in ("families", "persons") else [])]


def _label(dim: str, line: dict[Hashable, Any], labels: Labels) -> Any:
    if dim == "group":
        return _group(line)
    if dim not in line:
        return labels[dim][-1] if dim in ("month", "assessed") else labels[dim][0]
    return line[dim]


def _group(line: dict[Hashable, Any]) -> int:
    """Return the group of these traits; one that is not given has its first value."""
    codes = [values.index(line.get(trait, values[0])) for trait, values in TRAITS.items()]
    return int(np.ravel_multi_index(codes, [len(values) for values in TRAITS.values()], order="F"))
