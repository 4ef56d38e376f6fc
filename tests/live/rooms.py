"""What tests of the live page share: levers of shipped scenarios, settings drawn at random, glances made up."""

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from hypothesis import strategies as st

from sim.live.glance import COUNTED, MONEY, SHARES, Counts, Glance, trait_values
from sim.live.lever_making import Base, levers_of
from sim.live.levers import Lever
from sim.live.scales import DIGITS, Scale
from sim.live.server import WORDS
from sim.scenario import compile_scenario, load_scenario

BASELINES = ("valley/as-is", "valley/closure-with-alternatives", "iraq/no-closure")
FAMILIES, MONTHS, AREAS = 9000.0, 3, 2
ASSESSED = (0, 3)


@cache
def base_of(name: str) -> Base:
    return Base.of(compile_scenario(load_scenario(name)))


@cache
def levers_at(name: str) -> tuple[Lever, ...]:
    """Return every lever there is for a baseline."""
    return tuple(levers_of(base_of(name), None))


@cache
def words() -> dict[str, str]:
    found: dict[str, str] = json.loads((WORDS / "en.json").read_text(encoding="utf-8"))
    return found


def values_on(scale: Scale) -> st.SearchStrategy[float]:
    """Return values of a scale: its ends and what is next to them, its steps, and anything between."""
    steps = round((scale.high - scale.low) / scale.step)
    stepped = st.integers(0, steps).map(lambda n: min(scale.high, scale.low + n * scale.step))
    ends = [scale.low, scale.low + scale.step / 9, scale.high - scale.step / 9, scale.high]
    every = st.sampled_from(ends) | stepped | st.floats(scale.low, scale.high)
    return every.map(lambda value: round(value, DIGITS)).filter(lambda value: not scale.low < value < scale.least)


def settings_of(levers: Sequence[Lever]) -> st.SearchStrategy[dict[str, float]]:
    """Return settings of some of the levers, each somewhere on its scale."""
    return st.fixed_dictionaries({}, optional={one.id: values_on(one.scale) for one in levers})


def a_glance(**parts: Any) -> Glance:
    """Return a glance at a run of 9,000 families in which everybody is displaced and nothing happens, but for parts.

    ``ends`` are by name; ``rows`` is how many simulated households stand behind every count above zero.
    """
    ends = np.zeros(len(COUNTED))
    for name, value in ({"all_families": FAMILIES, "displaced": FAMILIES} | parts.get("ends", {})).items():
        ends[COUNTED.index(name)] = value
    stock = np.zeros((4, MONTHS + 1))
    stock[0] = FAMILIES
    areas, groups = np.zeros((4, AREAS)), np.zeros((2, len(trait_values())))
    areas[0], groups[1] = FAMILIES / AREAS, FAMILIES / 2
    families = Counts(
        parts.get("stock", stock),
        parts.get("held", np.zeros(len(ASSESSED))),
        ends,
        parts.get("areas", areas),
        np.full((2, AREAS), FAMILIES / AREAS),
        np.array(parts.get("severe", 0.0)),
        parts.get("groups", groups),
    )
    rows = parts.get("rows", 500.0)
    behind = rows if isinstance(rows, Counts) else Counts(*(np.where(one > 0, rows, 0.0) for one in families))
    money, shares = np.zeros(len(MONEY)), np.zeros(len(SHARES))
    for name, value in ({"care": 1e6} | parts.get("money", {})).items():
        money[MONEY.index(name)] = value
    for name, value in parts.get("shares", {}).items():
        shares[SHARES.index(name)] = value
    rent = np.array(parts.get("rent", [100.0] * AREAS))
    return Glance(families, behind, money, shares, rent, ASSESSED)
