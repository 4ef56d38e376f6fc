"""Simple worlds for the statistical tests: one household many times over, in conditions that do not change."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from sim.kernels import codes
from sim.kernels.columns import FIXED, STATE
from sim.scenario import Compiled, compile_scenario, load_scenario

PLENTY = 1e9  # dwellings, services: nobody is ever refused
HERE, HOME, THIRD = 7, 14, 10  # area numbers in the Iraq case: Dahuk, Ninewa, Erbil

# No taste, no news, no feedback, everybody reviews every month.
PLAIN: dict[str, Any] = {
    "parameters.choice.taste_return": 0,
    "parameters.choice.taste_commitment": 0,
    "parameters.beliefs.rate": 0,
    "parameters.beliefs.rate_per_share_back": 0,
    "parameters.beliefs.noise_sd": 0,
    "parameters.review.base": 1,
    "parameters.review.floor": 1,
    "parameters.review.eviction_rented": 0,
    "parameters.review.eviction_informal": 0,
    "parameters.markets.feedback": False,
}
# A family of five that owns a sound house at home, rents where it is, and has money for any move.
FAMILY: dict[str, Any] = {
    "weight": 1,
    "size": 5,
    "origin": HOME,
    "earners": 1,
    "skill": 1.25,
    "remittance": 10_000,
    "tenure": codes.OWNER,
    "hlp": codes.HLP_PARTIAL,
    "civil_documents": 1,
    "present": 1,
    "area": HERE,
    "site": -1,
    "shelter": codes.RENTED,
    "months_here": 18,
    "months_displaced": 30,
    "house": 0.75,
    "employed": 1,
    "savings": 100_000_000,
    "belief_security": 0.5,
    "belief_services": 0.75,
    "months_since_push": -1,
    "last_area": -1,
    "subsidy": -1,
}


def same_family(n: int, **changes: Any) -> dict[str, np.ndarray]:
    """Return the columns of ``n`` families that differ in their number, and so in their luck, only."""
    values = {**FAMILY, **changes}
    columns = {c.name: np.full(n, values.get(c.name, 0), c.dtype) for c in (*FIXED, *STATE)}
    return columns | {"id": np.arange(n, dtype=np.uint64)}


@cache
def _iraq(changes: tuple[tuple[str, Any], ...]) -> Compiled:
    return compile_scenario(load_scenario("iraq/no-closure").override(dict(changes)))


def plain_world(
    households: Mapping[str, np.ndarray], months: int, conditions: Mapping[str, float], **changes: Any
) -> Compiled:
    """Return the Iraq case with these households, and with conditions that are alike in all areas and months.

    Parameters
    ----------
    households : mapping of str to ndarray
    months : int
    conditions : mapping of str to float
        Value of area conditions; money in cents.
    changes
        Parameters to change from PLAIN, by dotted key with ``__`` for the dots.
    """
    overrides = PLAIN | {"months": months} | {key.replace("__", "."): value for key, value in changes.items()}
    whole = _iraq(tuple(sorted(overrides.items())))
    paths = {name: path.copy() for name, path in whole.paths.items()}
    plenty = {"vacant_rentals": PLENTY, "service_capacity": PLENTY, "return_access": 1, "host_at_origin": 0}
    for name, value in {**plenty, "clearance": 0, "shock": 0, **conditions}.items():
        paths[name][:] = value
    return replace(whole, households=dict(households), paths=paths)
