"""Hosts: as many pass as the case says, whatever the seed, and they follow the conditions of their area."""

import re
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.kernels import codes
from sim.kernels.codes import CRITERIA, ECONOMIC_SECURITY, FOOD, SAFETY
from sim.model import SolutionsModel
from sim.population.hosts import ROWS_PER_AREA
from sim.scenario import compile_scenario, load_scenario
from sim.world.benchmark import Benchmark, HostSample
from sim.world.standards import host_pass, host_rates, standards

AREAS = 6  # of the valley
HALF_A_ROW = 0.5 / ROWS_PER_AREA
EXACT = 1e-8
STRUCK = 3  # VA04
SCENARIOS = ("iraq/no-closure", "iraq/closure-with-alternatives", "valley/as-is", "valley/closure-with-alternatives")


def model_of(name: str, seed: int = 1, **changes: Any) -> SolutionsModel:
    rows = min(load_scenario(name).spec.rows or 0, 5000)
    keys = {key.replace("__", "."): value for key, value in changes.items()}
    return SolutionsModel(
        compile_scenario(load_scenario(name).override({"rows": rows, "months": 12, **keys})), seed=seed
    )


@cache
def started(name: str, seed: int = 1) -> SolutionsModel:
    return model_of(name, seed)


def hosts_at(rates: np.ndarray, alike: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    """Return what hosts pass where the case declares these rates, float64[A, 10], and their weights."""
    world = started("valley/as-is").world
    opening = {**world.opening, **{host_pass(name): rates[:, c] for c, name in enumerate(CRITERIA)}}
    criteria = world.criteria.model_copy(update={"hosts_alike": alike})
    sample = HostSample(opening, world.params, criteria)
    none = np.zeros(len(rates))
    month = world._lived._replace(standards=standards(opening, none, none, criteria))
    return sample.benchmark(month, ("composite",)).passes, sample._weights


# ------------------------------------------------------------------------------------------ declared rates


@pytest.mark.parametrize("name", SCENARIOS)
def test_hosts_of_the_cases_pass_as_often_as_declared(name: str) -> None:
    world = started(name).world
    declared = host_rates(world.opening)
    assert world.frozen.passes == pytest.approx(declared, abs=EXACT)
    assert world.frozen.passes.shape == (len(world.geography.pcodes), len(CRITERIA))
    assert declared.min() < 0.6, "not everything is passed by all"


@pytest.mark.parametrize("name", SCENARIOS)
def test_weights_are_positive_and_add_up_to_one_in_every_area(name: str) -> None:
    hosts = started(name).world.hosts
    assert np.bincount(hosts._area).tolist() == [ROWS_PER_AREA] * len(hosts.rates)
    assert hosts._weights.min() > 0
    assert np.bincount(hosts._area, hosts._weights) == pytest.approx(np.ones(len(hosts.rates)))


@st.composite
def rates(draw: st.DrawFn, low: float = 0.03, high: float = 0.97, apart: float = 0.015) -> np.ndarray:
    """Pass rates of the hosts of all areas: more have food than can pay for everything."""
    shares = np.array(draw(st.lists(st.floats(0, 1), min_size=10 * AREAS, max_size=10 * AREAS))).reshape(AREAS, 10)
    found = low + (high - low) * shares
    found[:, ECONOMIC_SECURITY] = low + (high - apart - low) * shares[:, ECONOMIC_SECURITY]
    more = (high - apart - found[:, ECONOMIC_SECURITY]) * shares[:, FOOD]
    found[:, FOOD] = found[:, ECONOMIC_SECURITY] + apart + more
    return found


@settings(max_examples=25, deadline=None, database=None, derandomize=True)
@given(rates(), st.floats(0, 0.8))
def test_any_rates_but_extreme_ones_are_hit(declared: np.ndarray, alike: float) -> None:
    """Unless hosts are alike in nearly everything: at a correlation of 0.94 rates of 3 % were missed by 0.15 points."""
    passes, weights = hosts_at(declared, alike)
    assert passes == pytest.approx(declared, abs=EXACT)
    assert weights.min() > 0


@settings(max_examples=25, deadline=None, database=None, derandomize=True)
@given(rates(0, 1, 0), st.floats(0, 0.95))
def test_extreme_rates_are_hit_within_a_point(declared: np.ndarray, alike: float) -> None:
    """A hundredth of hosts are two rows: no weights may give both of two rates that the same two rows decide."""
    passes, weights = hosts_at(declared, alike)
    assert passes == pytest.approx(declared, abs=0.01)
    assert weights.min() > 0


@pytest.mark.parametrize("share", [0.0, 0.5 * HALF_A_ROW, 1 - 0.5 * HALF_A_ROW, 1.0])
def test_all_hosts_or_none(share: float) -> None:
    declared = np.full((AREAS, 10), 0.6)
    declared[:, [SAFETY, codes.WORK, codes.TENURE]] = share
    declared[:, FOOD] = 0.7
    passes, _ = hosts_at(declared)
    assert passes[:, SAFETY] == pytest.approx(np.full(AREAS, round(share)))
    assert np.abs(passes - declared).max() < HALF_A_ROW


@settings(max_examples=25, deadline=None, database=None, derandomize=True)
@given(rates(), st.data())
def test_raising_rates_never_lowers_what_hosts_pass(low: np.ndarray, data: st.DataObject) -> None:
    raised = np.maximum(low, data.draw(rates()))
    before, after = hosts_at(low)[0], hosts_at(raised)[0]
    assert (after >= before - EXACT).all()
    assert (after.sum(axis=1) >= before.sum(axis=1) - EXACT).all()


# ------------------------------------------------------------------------------------------ the same hosts


def same(one: Benchmark, other: Benchmark) -> bool:
    tables = all(np.array_equal(one.exits[metric], other.exits[metric]) for metric in one.exits)
    return tables and np.array_equal(one.passes, other.passes)


@pytest.mark.parametrize(("one", "other"), [SCENARIOS[:2], SCENARIOS[2:]])
def test_one_start_has_one_standard_whatever_the_seed_and_the_programmes(one: str, other: str) -> None:
    first = started(one).world
    for model in (started(one, seed=2), started(other), started(other, seed=2**40)):
        hosts = model.world.hosts
        assert same(model.world.frozen, first.frozen)
        assert np.array_equal(hosts._weights, first.hosts._weights)
        assert np.array_equal(hosts._ranks, first.hosts._ranks)
        for name, values in hosts._households.columns().items():
            assert np.array_equal(values, first.hosts._households[name]), name


def test_other_rates_are_another_standard() -> None:
    change = {"condition": "host_pass_safety", "first_month": "2024-07", "value": 0.5}
    changed = model_of("valley/as-is", conditions__unsafe=change).world.frozen
    usual = started("valley/as-is").world.frozen
    assert not same(changed, usual)
    assert changed.passes[:, SAFETY] == pytest.approx(np.full(AREAS, 0.5), abs=EXACT)
    assert np.delete(changed.passes, SAFETY, axis=1) == pytest.approx(np.delete(usual.passes, SAFETY, axis=1))


# ------------------------------------------------------------------------------------ frozen, and moving


def test_a_shock_makes_hosts_fare_worse_and_leaves_the_standard() -> None:
    shock = {"area": "VA04", "month": "2024-12", "security": 0.2, "months": 12}
    calm, struck = started("valley/as-is"), model_of("valley/as-is", shocks__slide=shock)
    for model in (calm, struck):
        model.run()
    assert same(struck.world.frozen, calm.world.frozen)
    now, usual = struck.recorder.arrays["host_passes"], calm.recorder.arrays["host_passes"]
    assert np.array_equal(now[0], usual[0]), "before the shock"
    driven = [SAFETY, codes.MOVEMENT]
    assert (now[1, STRUCK, driven] < usual[1, STRUCK, driven] - 0.01).all()
    others = np.arange(AREAS) != STRUCK
    assert now[1][others][:, driven] == pytest.approx(usual[1][others][:, driven])
    kept = [FOOD, codes.WORK, ECONOMIC_SECURITY, codes.TENURE, codes.IDENTITY_DOCUMENTS, codes.HOUSING]
    assert now[1][:, kept] == pytest.approx(now[0][:, kept]), "hosts never change, but what areas ration does"
    exits = struck.recorder.arrays["host_exits"]
    assert np.array_equal(exits[0], exits[1])
    assert struck.recorder.arrays["host_exits_moving"][1, 0, STRUCK] < exits[0, 0, STRUCK]


def test_hosts_are_owners_at_home_in_sound_houses() -> None:
    hosts = started("iraq/no-closure").world.hosts._households
    assert (hosts["at_home"] == 1).all()
    assert (hosts["shelter"] == codes.OWN_HOME).all()
    assert (hosts["tenure"] == codes.OWNER).all()
    assert (hosts["house"] == 1).all()
    assert not hosts["occupied"].any()
    assert np.array_equal(hosts["origin"], hosts["area"])


def test_rates_that_cannot_all_be_met_are_said() -> None:
    """Found by trying: ten rates within a hundredth of 0 or 1, which the same few rows decide."""
    near = {"safety": 0.0052, "movement": 0.9929, "food": 0.9952, "housing": 0.9974, "health": 0.005}
    near |= {"education": 0.0072, "work": 0.0069, "economic_security": 0.0041, "tenure": 0.9947, "documents": 0.0043}
    plain = load_scenario("valley/as-is").override({"rows": 800, "months": 1})
    declared = {"first_month": "2024-07", "areas": ["VA01"]}
    rates = {
        f"conditions.{name}": declared | {"condition": host_pass(name), "value": rate} for name, rate in near.items()
    }
    assert not sim.run(plain).notes
    (note,) = sim.compare([plain.override(rates)], seeds=2).notes
    said = r"Hosts of Upper Marrel pass movement at [0-9.]+ %, where the case says [0-9.]+ %; rates off by more"
    assert re.match(said, note)
