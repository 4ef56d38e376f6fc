"""Equity groups: every combination of who heads a household, vulnerability, tenure at origin, and camp or not."""

from typing import Any

import numpy as np

from sim.kernels.codes import TENURES
from sim.kernels.tally import CAME_FROM, HEADED, VULNERABLE

#: Coordinates along the dimension ``group``, with their values in the order of the codes; the first varies fastest.
TRAITS: dict[str, tuple[str, ...]] = {
    "headed_by": HEADED,
    "vulnerability": VULNERABLE,
    "tenure": TENURES,
    "came_from": CAME_FROM,
}


def group_coordinates() -> dict[str, Any]:
    """Return the coordinate ``group``, a number, and along it one coordinate for each trait."""
    sizes = [len(values) for values in TRAITS.values()]
    codes = np.unravel_index(np.arange(int(np.prod(sizes))), sizes, order="F")
    traits = {
        name: ("group", [values[code] for code in column]) for (name, values), column in zip(TRAITS.items(), codes)
    }
    return {"group": np.arange(int(np.prod(sizes))), **traits}
