"""From recorded arrays to one xarray Dataset with named dimensions and units."""

from typing import Any

import numpy as np
import xarray as xr

from sim.kernels.codes import GATES, INTENTIONS, MOVE_CLASSES, PUSHES, SHELTERS, SITUATIONS
from sim.kernels.tally import GROUPS
from sim.model import SolutionsModel
from sim.schema.base import month_name, month_number
from sim.world.recorder import RECORDED

PUSH_MASKS = [
    "_and_".join(name for bit, name in enumerate(PUSHES) if mask >> bit & 1) or "none"
    for mask in range(2 ** len(PUSHES))
]


def dataset_of(model: SolutionsModel) -> xr.Dataset:
    """Return what a run recorded. ``month`` 0 is the start; entry t is the end of the t-th month."""
    coords = coordinates(model)
    variables = {}
    for name, variable in RECORDED.items():
        values = model.recorder.arrays[name]
        attrs = {"unit": variable.unit, "long_name": variable.meaning}
        variables[name] = (("month", *variable.dims), values, attrs)
    if not model.programmes:  # an empty dimension cannot be read back from every format
        variables = {name: spec for name, spec in variables.items() if "programme" not in spec[0]}
        variables["spent"] = (("month",), np.zeros(len(coords["month"]), np.int64), {"unit": "cents"})
    used = {dim for spec in variables.values() for dim in spec[0]}
    kept = {name: values for name, values in coords.items() if name in used or name in ("date", "area_name")}
    return xr.Dataset(variables, coords=kept).squeeze("once", drop=True)


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
        "wave": [str(wave) for wave in tables.waves["wave"]],
        "group": list(GROUPS),
        "shelter": list(SHELTERS),
        "push_class": list(MOVE_CLASSES),
        "pathway": list(INTENTIONS),
        "push": PUSH_MASKS,
        "gate": list(GATES),
        "needs_vacancy": ["no", "yes"],
        "programme": [programme.name for programme in model.programmes],
    }
