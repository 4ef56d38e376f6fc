"""From recorded arrays to one xarray Dataset with named dimensions and units."""

from typing import Any

import numpy as np
import xarray as xr

from sim.kernels.codes import CRITERIA, GATES, INTENTIONS, MOVE_CLASSES, PUSHES, SHELTERS, SITUATIONS
from sim.model import SolutionsModel
from sim.outcomes.costs import accounts
from sim.outcomes.groups import group_coordinates
from sim.schema.base import month_name, month_number
from sim.world.assessment import HORIZONS, assessed_months
from sim.world.benchmark import METRICS, MOVING
from sim.world.recorder import ASSESSED, RECORDED, ROWS

PUSH_MASKS = [
    "_and_".join(name for bit, name in enumerate(PUSHES) if mask >> bit & 1) or "none"
    for mask in range(2 ** len(PUSHES))
]


def dataset_of(model: SolutionsModel) -> xr.Dataset:
    """Return what a run recorded. ``month`` 0 is the start; entry t is the end of the t-th month."""
    coords = coordinates(model)
    variables = {}
    for recorded, axis in ((RECORDED, "month"), (ASSESSED, "assessed")):
        for name, variable in recorded.items():
            dims, attrs = (axis, *variable.dims), {"unit": variable.unit, "long_name": variable.meaning}
            variables[name] = (dims, model.recorder.arrays[name], attrs)
            if (rows := model.recorder.arrays.get(name + ROWS)) is not None:
                attrs = {"unit": "rows", "long_name": f"simulated households behind {name}"}
                variables[name + ROWS] = (dims, rows.astype(np.int32), attrs)
    if not model.programmes:  # an empty dimension cannot be read back from every format
        variables = {name: spec for name, spec in variables.items() if "programme" not in spec[0]}
        variables["spent"] = (("month",), np.zeros(len(coords["month"]), np.int64), {"unit": "cents"})
    used = {dim for spec in variables.values() for dim in spec[0]}
    kept = {name: values for name, values in coords.items() if _of(name, values) in used}
    data = xr.Dataset(variables, coords=kept).squeeze("once", drop=True)
    return data.assign(accounts(data, model.compiled.scenario.spec.parameters))


def _of(name: str, values: Any) -> str:
    """Return the dimension that a coordinate belongs to."""
    return str(values[0]) if isinstance(values, tuple) else name


def coordinates(model: SolutionsModel) -> dict[str, Any]:
    """Return the labels of every dimension."""
    geography, tables = model.world.geography, model.compiled.tables
    months = model.compiled.months
    first = month_number(model.compiled.scenario.spec.start)
    return {
        "month": np.arange(months + 1),
        "date": ("month", [month_name(first - 1 + t) for t in range(months + 1)]),
        "situation": list(SITUATIONS),
        "situation_after": list(SITUATIONS),
        "origin": list(geography.pcodes),
        "area": list(geography.pcodes),
        "area_name": ("area", list(geography.area_names)),
        "site": list(geography.site_ids),
        "site_area": ("site", [geography.pcodes[area] for area in geography.site_area]),
        "wave": [str(wave) for wave in tables.waves["wave"]],
        **group_coordinates(),
        "criterion": list(CRITERIA),
        "metric": list(METRICS),
        "moving_metric": list(MOVING),
        "horizon": list(HORIZONS),
        "assessed": assessed_months(months),
        "shelter": list(SHELTERS),
        "push_class": list(MOVE_CLASSES),
        "pathway": list(INTENTIONS),
        "push": PUSH_MASKS,
        "gate": list(GATES),
        "needs_vacancy": ["no", "yes"],
        "programme": [programme.name for programme in model.programmes],
    }
