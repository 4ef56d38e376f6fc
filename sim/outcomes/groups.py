"""Equity groups: every combination of who heads a household, vulnerability, tenure at origin, and camp or not."""

from typing import Any

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import TENURES
from sim.kernels.tally import CAME_FROM, GROUPS, HEADED, VULNERABLE

#: Coordinates along the dimension ``group``, with their values in the order of the codes; the first varies fastest.
TRAITS: dict[str, tuple[str, ...]] = {
    "headed_by": HEADED,
    "vulnerability": VULNERABLE,
    "tenure": TENURES,
    "came_from": CAME_FROM,
}


def group_coordinates() -> dict[str, Any]:
    """Return the coordinate ``group``, a number, and along it one coordinate for each trait."""
    traits = {name: ("group", [values[code] for code in trait_codes(name)]) for name, values in TRAITS.items()}
    return {"group": np.arange(GROUPS), **traits}


def trait_codes(trait: str) -> npt.NDArray[np.intp]:
    """Return the value of a trait in every group, as its place in TRAITS; intp[GROUPS]."""
    sizes = [len(values) for values in TRAITS.values()]
    codes = np.unravel_index(np.arange(GROUPS), sizes, order="F")
    return np.asarray(codes[list(TRAITS).index(trait)], np.intp)
