"""Random households in random months, and the criteria they pass by the same rules written on whole columns."""

import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from sim.kernels import codes
from sim.kernels.columns import FIXED, STATE
from sim.kernels.criteria import criteria_rows
from sim.kernels.draws import RANKS
from sim.kernels.inputs import CriteriaParams, Place
from sim.kernels.uniforms import uniforms
from sim.model import SolutionsModel
from sim.scenario import compile_scenario, load_scenario
from sim.world.households import Households

AREAS, SUBSIDIES = 6, 3
BITS = codes.ECONOMIC_UNAIDED + 1
Columns = dict[str, np.ndarray]


@cache
def a_month() -> Any:
    """Return a month as the kernels read it, so of the types that they are compiled for."""
    rent = {"kind": "rent_subsidy", "window": {"first_month": "2024-07"}, "places_per_month": 1}
    rents = {f"programmes.rent{n}": rent for n in range(SUBSIDIES)}
    scenario = load_scenario("valley/as-is").override({"rows": 600, "months": 1, **rents})
    month = SolutionsModel(compile_scenario(scenario), seed=3).world._lived
    assert (len(month.areas), len(month.offers)) == (AREAS, SUBSIDIES)
    return month


def random_month(seed: int) -> Any:
    """Return a month of random prices, conditions, standards and parameters of the criteria."""
    rng, month = np.random.default_rng(seed), a_month()
    areas, offers = month.areas.copy(), month.offers.copy()
    for name, values in {
        "wage": rng.integers(5_000, 60_000, AREAS),
        "rent": rng.integers(0, 20_000, AREAS),
        "clearance": rng.integers(0, 2, AREAS),
        "aid_camp_share": rng.choice([0.0, 0.4, 1.0], AREAS),
        "aid_out_share": rng.choice([0.0, 0.4, 1.0], AREAS),
    }.items():
        areas[:, Place._fields.index(name)] = values
    offers[:, 3] = rng.choice([0, 4_000, 30_000], SUBSIDIES)
    criteria = CriteriaParams(food_share=rng.uniform(0.1, 0.9), bearable_debt=rng.uniform(0, 10))
    return month._replace(
        areas=areas,
        offers=offers,
        params=month.params._replace(criteria=criteria),
        exits=(rng.random(month.exits.shape) < 0.5).astype(np.uint8),
        standards=rng.random(month.standards.shape),
    )


def random_columns(n: int, seed: int) -> Columns:
    """Return the columns of random households as there could be, most of them poor, so that money decides."""
    rng = np.random.default_rng(seed)
    values = {column.name: np.zeros(n) for column in (*FIXED, *STATE)} | _dwellings(n, rng)
    values |= {
        "id": rng.integers(0, 2**63, n),
        "weight": np.ones(n),
        "size": rng.integers(1, 12, n),
        "earners": rng.integers(0, 3, n),
        "skill": rng.uniform(0.2, 3.0, n),
        "remittance": rng.integers(0, 3, n) * rng.integers(0, 20_000, n),
        "tenure": rng.integers(0, 3, n),
        "affiliated": rng.random(n) < 0.3,
        "present": rng.random(n) < 0.95,
        "house": rng.choice([0.0, 0.2, 0.4, 1.0], n),
        "occupied": rng.random(n) < 0.2,
        "hlp": rng.integers(0, 3, n),
        "civil_documents": rng.random(n) < 0.5,
        "employed": rng.random(n) < 0.5,
        "savings": rng.integers(-150_000, 30_000, n),
        "held": rng.integers(0, 1001, n),
    }
    return {column.name: np.asarray(values[column.name]).astype(column.dtype) for column in (*FIXED, *STATE)}


def _dwellings(n: int, rng: np.random.Generator) -> Columns:
    at_home = rng.random(n) < 0.3
    settled = np.where(at_home, 0, rng.choice([0, 0, 1, 2], n))
    away = np.where(settled > 0, codes.RENTED, rng.integers(0, codes.OWN_HOME, n))
    shelter = np.where(at_home, rng.integers(codes.RENTED, codes.OWN_HOME + 1, n), away)
    subsidised = (shelter == codes.RENTED) & (rng.random(n) < 0.4)
    return {
        "area": rng.integers(0, AREAS, n),
        "origin": rng.integers(0, AREAS, n),
        "site": np.where(shelter == codes.CAMP, 0, -1),
        "at_home": at_home,
        "settled": settled,
        "shelter": shelter,
        "subsidy": np.where(subsidised, rng.integers(0, SUBSIDIES, n), -1),
        "subsidy_months": np.where(subsidised, rng.integers(1, 12, n), 0),
    }


def judged(columns: Columns, month: Any) -> Columns:
    """Return the columns of households that the kernels have judged."""
    households = Households(columns)
    criteria_rows(households.fixed, households.state, month, 0, len(households))
    return households.columns()


class Expected:
    """What households pass, in NumPy, column by column."""

    def __init__(self, columns: Columns, month: Any) -> None:
        self.identity, self.month = columns["id"], month
        self.c = {name: values.astype(np.float64) for name, values in columns.items() if name != "id"}
        self.area, self.shelter = columns["area"].astype(int), columns["shelter"].astype(int)
        self.rooted = (self.c["at_home"] > 0) | (self.c["settled"] > 0)
        self.needs = month.params.budget.subsistence * self.c["size"]
        self.usable = (self.c["house"] >= month.params.house.usable) & (self.c["occupied"] == 0)

    def here(self, name: str) -> np.ndarray:
        """Return what the area of every household has this month."""
        return self.month.areas[self.area, Place._fields.index(name)]

    def masks(self) -> np.ndarray:
        """Return the criteria masks, uint16[n]."""
        rated, c = self.rated(), self.c
        helped, alone = self.left() + self.help(), self.left()
        passes = {
            codes.SAFETY: rated[:, 0],
            codes.MOVEMENT: rated[:, 1] & ~((c["affiliated"] > 0) & (self.here("clearance") > 0)),
            codes.FOOD: self.has_food(helped),
            codes.HOUSING: rated[:, 2] & (self.usable | (self.shelter != codes.OWN_HOME)),
            codes.HEALTH: rated[:, 3],
            codes.EDUCATION: rated[:, 4],
            codes.WORK: (c["employed"] > 0) & (c["earners"] > 0),
            codes.ECONOMIC_SECURITY: self.is_secure(helped),
            codes.TENURE: self.has_tenure(),
            codes.IDENTITY_DOCUMENTS: c["civil_documents"] > 0,
            codes.FOOD_UNAIDED: self.has_food(alone),
            codes.ECONOMIC_UNAIDED: self.is_secure(alone),
        }
        masks: np.ndarray = sum(passes[bit].astype(np.uint16) << np.uint16(bit) for bit in range(BITS))
        return np.where(c["present"] > 0, masks, 0).astype(np.uint16)

    def rated(self) -> np.ndarray:
        """Return what ranks decide, bool[n, 5]; ranks from whole words of the draw."""
        words = (uniforms(self.month.seed, self.identity, RANKS, 0) * 2.0**32).astype(np.uint64)
        high, low = words >> np.uint64(16), words & np.uint64(0xFFFF)
        halves = np.stack([high[:, 0], low[:, 0], high[:, 1], low[:, 1], high[:, 2]], axis=1)
        below: np.ndarray = (halves + 0.5) / 2.0**16 < self.month.standards[self.area, self.shelter]
        return below

    def left(self) -> np.ndarray:
        """Return what is left after rent, of what is earned and sent, cents."""
        earned = np.floor(self.here("wage") * self.c["skill"] * self.c["earners"]) * self.c["employed"]
        share = np.choose(self.shelter, [0.0, self.month.params.budget.informal_rent_share, 1.0, 0.0, 0.0])
        left: np.ndarray = self.c["remittance"] + earned - np.floor(share * self.here("rent"))
        return left

    def help(self) -> np.ndarray:
        """Return aid and the rent that a programme pays, cents."""
        budget, camp = self.month.params.budget, self.shelter == codes.CAMP
        in_camp, outside = budget.aid_camp * self.here("aid_camp_share"), budget.aid_out * self.here("aid_out_share")
        aid = np.where(self.rooted, 0.0, np.where(camp, in_camp, outside) * self.c["size"])
        amount = self.month.offers[self.c["subsidy"].astype(int), 3]
        paid = np.minimum(amount, self.here("rent")) * (self.shelter == codes.RENTED) * (self.c["subsidy_months"] > 0)
        return aid + paid

    def has_food(self, income: np.ndarray) -> np.ndarray:
        """Return who can pay for food, bool[n]."""
        food = self.month.params.criteria.food_share * self.needs
        return income + np.maximum(0.0, self.c["savings"]) >= food

    def is_secure(self, income: np.ndarray) -> np.ndarray:
        """Return who can pay for all needs, and bear the debt, bool[n]."""
        debt = np.maximum(0.0, -self.c["savings"])
        return (income >= self.needs) & (debt <= self.month.params.criteria.bearable_debt * self.needs)

    def has_tenure(self) -> np.ndarray:
        """Return whose dwelling nobody can take, and who has back what was owned, bool[n]."""
        dwelling = (self.shelter == codes.OWN_HOME) | ((self.shelter == codes.RENTED) & self.rooted)
        lost = (self.c["tenure"] == codes.OWNER) & ((self.c["occupied"] > 0) | (self.c["hlp"] == codes.HLP_NONE))
        secure: np.ndarray = dwelling & ~lost
        return secure


def without_a_compiler(script: str, out: Path) -> Columns:
    """Return the arrays that a script writes to ``out`` where kernels are plain Python."""
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    source = script.format(here=str(Path(__file__).parent), out=str(out))
    done = subprocess.run(
        [sys.executable, "-c", source], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return dict(np.load(out))
