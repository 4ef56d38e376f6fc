"""Every lever on the small case: what it does to its cause, to the tracked stock, and to whom it does harm.

A lever is compared with the scenario without it, seed by seed. The sign a measure must have is stated where the
mechanism leaves no doubt; where it does not (a lever may raise or lower the stock), the sign is left open and shown.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from sim.kernels.codes import DISPLACED, DWELLING, EXPELLED, HASTENED, OWNER, RETURN, RETURNED, VACANCY
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario

CASE = "valley/as-is"
DANGER, ORIGIN, TOWN = "VA02", "VA04", "VA05"  # below the landslide; most displaced from; most displaced to
WINDOW = {"first_month": "2024-10", "last_month": "2026-06"}
Measure = Callable[[SolutionsModel], float]


@dataclass(frozen=True)
class Reading:
    """One measure of a run: what it is in words, and the sign a lever must give it (0: either)."""

    label: str
    sign: int
    value: Measure


@dataclass(frozen=True)
class Lever:
    """A change of the case, the cause it works on, and its known side effect."""

    changes: dict[str, Any]
    cause: Reading
    side: Reading
    stock: int = 0
    months: int = 36  # beliefs are read while they still differ, the rest at the end


def families(model: SolutionsModel, mask: np.ndarray) -> float:
    """Return the families in rows where a condition holds."""
    return float(model.households["weight"][mask & (model.households["present"] == 1)].sum())


def unusable(model: SolutionsModel) -> float:
    """Return owners whose house cannot be lived in for its condition."""
    h = model.households
    return families(model, (h["tenure"] == OWNER) & (h["house"] < model.compiled.params.house.usable))


def occupied(model: SolutionsModel) -> float:
    """Return owners whose house is occupied by others."""
    return families(model, model.households["occupied"] == 1)


def built_for_nobody(model: SolutionsModel) -> float:
    """Return owners who are away from a house that is usable and empty."""
    h = model.households
    usable = (h["tenure"] == OWNER) & (h["house"] >= model.compiled.params.house.usable) & (h["occupied"] == 0)
    return families(model, usable & (h["at_home"] == 0))


def displaced_from(area: str, month: int) -> Measure:
    """Return families not at home, of those who come from an area, at the end of a month counted from 0."""

    def value(model: SolutionsModel) -> float:
        at = model.world.geography.pcodes.index(area)
        return float(model.recorder.arrays["families"][month + 1, DISPLACED:RETURNED, at].sum())

    return value


def without_documents(model: SolutionsModel) -> float:
    """Return families without civil documents."""
    return families(model, model.households["civil_documents"] == 0)


def belief_gap(model: SolutionsModel, absolute: bool) -> float:
    """Return how far beliefs of families away are from (or above) the truth, on average."""
    h, world = model.households, model.world
    away = (h["at_home"] == 0) & (h["present"] == 1)
    origin = h["origin"][away]
    gaps = [
        h["belief_security"][away] - world.conditions["security"][origin],
        h["belief_services"][away] - world.prices.services[origin],
    ]
    gap = np.mean([np.abs(g) if absolute else g for g in gaps], axis=0)
    return float(np.average(gap, weights=h["weight"][away]))


def recorded(name: str, *at: Any) -> Measure:
    """Return the sum over months of a recorded array at some place."""
    return lambda model: float(model.recorder.arrays[name][(slice(None), *at)].sum())


def want_of(model: SolutionsModel, gate: int) -> float:
    """Return family-months in which a gate stopped an intention of any kind."""
    return float(model.recorder.arrays["blocked"][..., gate].sum())


def average(name: str, area: str | None = None) -> Measure:
    """Return the average over months of a price, in one area or over all."""

    def value(model: SolutionsModel) -> float:
        columns = slice(None) if area is None else model.world.geography.pcodes.index(area)
        return float(model.recorder.arrays[name][:, columns].mean())

    return value


def savings(model: SolutionsModel) -> float:
    """Return average savings of families still displaced at the end, USD."""
    arrays = model.recorder.arrays
    return float(arrays["savings"][-1, DISPLACED] / max(1, arrays["families"][-1, DISPLACED].sum()) / 100)


def displaced(model: SolutionsModel) -> float:
    """Return families not at home at the end: the tracked stock."""
    stock = model.recorder.arrays["families"][-1]
    return float(stock[DISPLACED:RETURNED].sum())


def programme(kind: str, **more: Any) -> dict[str, Any]:
    """Return a case with one more programme, at a scale that shows."""
    return {"programmes.lever": {"kind": kind, "window": WINDOW, **more}}


BLOCKED = Reading("want to return and cannot, family-months", +1, recorded("blocked", RETURN))
RENT = Reading("rent, average of areas, cents", +1, average("rent"))
INDUCED = slice(HASTENED, EXPELLED + 1)

LEVERS: dict[str, Lever] = {
    "light repair": Lever(
        programme("light_repair", places_per_month=150, occupied_risk=0.1),
        Reading("owners with an unusable house", -1, unusable),
        Reading("houses occupied by others", +1, occupied),
        stock=-1,
    ),
    "heavy repair": Lever(
        programme("heavy_repair", places_per_month=100, occupied_risk=0),
        Reading("owners with an unusable house", -1, unusable),
        Reading("usable houses of families that stay away", +1, built_for_nobody),
        stock=-1,
    ),
    "go-and-see": Lever(
        programme("go_and_see", places_per_month=600),
        Reading("gap of belief to truth", -1, lambda model: belief_gap(model, absolute=True)),
        BLOCKED,
        months=9,
    ),
    "information": Lever(
        programme("information", places_per_month=1000, strength=0.8),
        Reading("gap of belief to truth", -1, lambda model: belief_gap(model, absolute=True)),
        BLOCKED,
        months=9,
    ),
    "slanted information": Lever(
        programme("information", places_per_month=1000, strength=0.8, slant=0.5),
        Reading("belief above truth", +1, lambda model: belief_gap(model, absolute=False)),
        Reading("uninformed returns", +1, recorded("uninformed", slice(None), RETURN)),
        months=9,
    ),
    "documents mission": Lever(
        programme("documents_mission", places_per_month=600),
        Reading("families without civil documents", -1, without_documents),
        Reading(
            "stopped by want of a dwelling, family-months", +1, lambda m: want_of(m, DWELLING) + want_of(m, VACANCY)
        ),
    ),
    "legal aid": Lever(
        programme("legal_aid", places_per_month=60, months=3, handles="occupied_houses"),
        Reading("houses occupied by others", -1, occupied),
        Reading(f"rent in {ORIGIN}, cents", +1, average("rent", ORIGIN)),
    ),
    "security path up": Lever(
        programme("security_path", areas=[DANGER], to=0.95, ramp_months=4),
        Reading(f"security in {DANGER}", +1, average("security", DANGER)),
        Reading(f"service cover in {DANGER}", -1, average("services", DANGER)),
        stock=-1,
    ),
    "security path down": Lever(
        programme("security_path", areas=[TOWN], to=0.2, ramp_months=4, lasting=False),
        Reading(f"security in {TOWN}", -1, average("security", TOWN)),
        Reading("left home again", +1, recorded("flows", RETURNED)),
    ),
    "displacing shock": Lever(
        {
            "shocks.flood": {
                "area": ORIGIN,
                "month": "2025-03",
                "security": 0.6,
                "displaces": 0.5,
                "damages": 0.3,
                "hosts": 800,
                "rows": 60,
                "wave": "f3",
            }
        },
        Reading(f"not at home, of those from {ORIGIN}, that month", +1, displaced_from(ORIGIN, 8)),
        RENT,
        stock=+1,
    ),
    "aid cut": Lever(
        programme("aid_cut"),
        Reading("savings of the displaced, USD", -1, savings),
        Reading("induced moves", +1, recorded("moves", INDUCED)),
    ),
}


def differences(name: str, seeds: Iterable[int]) -> dict[str, np.ndarray]:
    """Return the paired differences of cause, tracked stock and side effect of a lever, one a seed."""
    lever = LEVERS[name]
    readings = {"cause": lever.cause.value, "stock": displaced, "side": lever.side.value}
    compiled = [
        compile_scenario(load_scenario(CASE).override({"months": lever.months, **changes}))
        for changes in ({}, lever.changes)
    ]
    pairs = [[_readings(one, seed, readings) for one in compiled] for seed in seeds]
    return {key: np.array([with_it[key] - without[key] for without, with_it in pairs]) for key in readings}


def _readings(compiled: Compiled, seed: int, readings: dict[str, Measure]) -> dict[str, float]:
    model = SolutionsModel(compiled, seed=seed).run()
    return {key: value(model) for key, value in readings.items()}
