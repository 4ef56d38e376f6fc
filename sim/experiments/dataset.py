"""From recorded arrays to one xarray Dataset with named dimensions and units."""

from typing import Any

import numpy as np
import numpy.typing as npt
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
    arrays, labels = model.recorder.arrays, coordinates(model)
    found: dict[str, xr.Variable] = {}
    for recorded, axis in ((RECORDED, "month"), (ASSESSED, "assessed")):
        for name, variable in recorded.items():
            dims = (axis, *variable.dims)
            found[name] = _variable(dims, arrays[name], variable.unit, variable.meaning)
            if (rows := arrays.get(name + ROWS)) is not None:
                meaning = f"simulated households behind {name}"
                found[name + ROWS] = _variable(dims, rows.astype(np.int32), "rows", meaning)
    if not model.programmes:  # an empty dimension cannot be read back from every format
        found = {name: variable for name, variable in found.items() if "programme" not in variable.dims}
        found["spent"] = xr.Variable("month", np.zeros(len(labels["month"]), np.int64), {"unit": "cents"})
    used = {dim for variable in found.values() for dim in variable.dims}
    kept = {name: variable for name, variable in labels.items() if used.issuperset(variable.dims)}
    found |= accounts(found | kept, model.compiled.scenario.spec.parameters)
    return xr.Dataset(found, kept)


def _variable(dims: tuple[str, ...], values: npt.NDArray[Any], unit: str, meaning: str) -> xr.Variable:
    """Return a variable, without the axis of one place that counts of a single number have."""
    variable = xr.Variable(dims, values, {"unit": unit, "long_name": meaning})
    return variable.isel(once=0) if "once" in dims else variable


def coordinates(model: SolutionsModel) -> dict[str, xr.Variable]:
    """Return the labels of every dimension, and what else is told of months, places and groups."""
    geography, tables = model.world.geography, model.compiled.tables
    months = model.compiled.months
    first = month_number(model.compiled.scenario.spec.start)
    labels: dict[str, Any] = {
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
    along = {name: labelled if isinstance(labelled, tuple) else (name, labelled) for name, labelled in labels.items()}
    return {name: xr.Variable(dim, values) for name, (dim, values) in along.items()}
