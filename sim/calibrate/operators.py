"""What tracking counts of a run, month by month: the observation operators of the targets."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import RETURNED
from sim.model import AWAY, SolutionsModel
from sim.scenario import Compiled
from sim.scenario.paths import month_index

Float = npt.NDArray[np.float64]


def by_origin(model: SolutionsModel) -> Float:
    """Return families tracked by month and origin, with changes of the books."""
    stock: Float = _away(model, "families").sum(axis=2)
    scenario, pcodes = model.compiled.scenario, model.compiled.geography.pcodes
    for recode in scenario.spec.recodes.values():
        begins = max(0, month_index(scenario, recode.month) + 1)
        stock[begins:, pcodes.index(recode.origin)] += recode.families
    return stock


def by_area(model: SolutionsModel) -> Float:
    """Return families tracked by month and place."""
    stock: Float = _away(model, "families").sum(axis=1)
    return stock


def by_wave(model: SolutionsModel) -> Float:
    """Return families tracked by month and displacement wave."""
    return _away(model, "by_wave")


def in_camps(model: SolutionsModel) -> Float:
    """Return families in camps by month, in one column."""
    stock: Float = model.recorder.arrays["site_families"].sum(axis=1, keepdims=True).astype(np.float64)
    return stock


def back_by_origin(model: SolutionsModel) -> Float:
    """Return families that are back by month and origin, with those who returned before the start.

    Home lies in the area of origin, so that this is by place of return as well.
    """
    since: Float = model.recorder.arrays["families"][:, RETURNED].sum(axis=2).astype(np.float64)
    before: Float = model.compiled.paths["returned_before"][0]
    return since + before


def _away(model: SolutionsModel, name: str) -> Float:
    found: Float = model.recorder.arrays[name][:, list(AWAY)].sum(axis=1).astype(np.float64)
    return found


class Operator(NamedTuple):
    """How a statistic is read off a run, and compared.

    Attributes
    ----------
    stock : callable
        Families by month, from the start on, and category.
    over : int
        Months over which changes are compared; 0: since the start.
    returnees : bool
        Whether families are counted in the list of those who are back.
    """

    stock: Callable[[SolutionsModel], Float]
    over: int = 0
    returnees: bool = False


OPERATORS: Mapping[str, Operator] = {
    "stock_by_origin": Operator(by_origin),
    "stock_by_area": Operator(by_area),
    "stock_by_wave": Operator(by_wave),
    "camp_stock": Operator(in_camps),
    "net_change_12": Operator(by_origin, over=12),
    "returnees_by_origin": Operator(back_by_origin, returnees=True),
}


def categories(statistic: str, compiled: Compiled) -> list[str]:
    """Return the names of the columns of an operator."""
    if statistic == "stock_by_wave":
        return [str(wave) for wave in compiled.tables.waves["wave"]]
    return ["camp"] if statistic == "camp_stock" else list(compiled.geography.pcodes)
