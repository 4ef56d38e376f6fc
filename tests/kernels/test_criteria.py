"""Criteria of a durable solution: the same without a compiler, the same in NumPy, and never lost by having more."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from random_households import AREAS, BITS, Columns, Expected, judged, random_columns, random_month, without_a_compiler

from sim.kernels import codes
from sim.kernels.draws import RANKS, ranks5
from sim.kernels.uniforms import uniforms
from sim.schema.parameters import Criteria
from sim.world.standards import host_pass, standards

N = 10_000
INTERPRETED = """
import sys
sys.path.insert(0, {here!r})
import numpy as np
np.seterr(over="ignore")  # counters wrap around by design
from random_households import judged, random_columns, random_month
from sim.kernels.criteria import criteria_rows
assert not hasattr(criteria_rows, "signatures"), "the kernels are compiled after all"
found = judged(random_columns(1500, seed=5), random_month(6))
np.savez({out!r}, criteria=found["criteria"], held=found["held"])
"""


@pytest.mark.parametrize("seed", range(4))
def test_ten_thousand_households_pass_what_numpy_says(seed: int) -> None:
    columns, month = random_columns(N, seed), random_month(seed + 100)
    found, expected = judged(columns, month), Expected(columns, month).masks()
    assert np.array_equal(found["criteria"], expected)
    met = expected[columns["present"] > 0, None] >> np.arange(BITS) & 1
    assert (met.mean(axis=0) > 0.02).all(), "every sub-criterion is passed"
    assert (met.mean(axis=0) < 0.98).all(), "and failed"


@pytest.mark.parametrize("seed", range(4))
def test_solutions_are_held_by_those_at_home_or_settled_who_live_as_hosts_do(seed: int) -> None:
    columns, month = random_columns(N, seed), random_month(seed + 100)
    found, there = judged(columns, month), columns["present"] > 0
    durable = (columns["at_home"] > 0) | (columns["settled"] > 0)
    as_hosts = month.exits[columns["area"], found["criteria"] & codes.ALL_CRITERIA] > 0
    expected = np.where(durable & as_hosts, np.minimum(columns["held"] + 1, 1000), 0)
    assert np.array_equal(found["held"], np.where(there, expected, columns["held"]))
    changed = {name for name in columns if not np.array_equal(found[name], columns[name])}
    assert changed == {"criteria", "held"}


def test_the_same_without_a_compiler(tmp_path: Path) -> None:
    compiled, plain = (
        judged(random_columns(1500, seed=5), random_month(6)),
        without_a_compiler(INTERPRETED, tmp_path / "found.npz"),
    )
    assert np.array_equal(plain["criteria"], compiled["criteria"])
    assert np.array_equal(plain["held"], compiled["held"])


def test_ranks_are_the_halves_of_three_words() -> None:
    identity = np.arange(2**40, 2**40 + 500, dtype=np.uint64)
    found = np.array([ranks5(np.uint64(9), one) for one in identity])
    words = uniforms(9, identity, RANKS, 0)
    assert np.array_equal(np.floor(words[:, 0] * 2**16), np.floor(found[:, 0] * 2**16)), "the high half of the first"
    assert 0 < found.min() < found.max() < 1
    assert np.abs(np.corrcoef(found.T) - np.eye(5)).max() < 5 / np.sqrt(len(identity))


# ------------------------------------------------------------------------------------------ more is no loss


def more_income(columns: Columns, rng: np.random.Generator) -> Columns:
    return {"remittance": columns["remittance"] + rng.integers(0, 30_000, len(columns["id"]))}


def work(columns: Columns, rng: np.random.Generator) -> Columns:
    return {"employed": np.ones_like(columns["employed"])}


def more_skill(columns: Columns, rng: np.random.Generator) -> Columns:
    return {"skill": columns["skill"] * rng.uniform(1, 2, len(columns["id"]))}


def no_debt(columns: Columns, rng: np.random.Generator) -> Columns:
    return {"savings": np.maximum(columns["savings"], 0)}


def more_savings(columns: Columns, rng: np.random.Generator) -> Columns:
    return {"savings": columns["savings"] + rng.integers(0, 100_000, len(columns["id"]))}


def papers(columns: Columns, rng: np.random.Generator) -> Columns:
    return {"civil_documents": np.ones_like(columns["civil_documents"]), "hlp": np.maximum(columns["hlp"], 1)}


def house_back(columns: Columns, rng: np.random.Generator) -> Columns:
    return {"occupied": np.zeros_like(columns["occupied"]), "house": np.ones_like(columns["house"])}


def cleared(columns: Columns, rng: np.random.Generator) -> Columns:
    return {"affiliated": np.zeros_like(columns["affiliated"])}


GAINS = (more_income, work, more_skill, no_debt, more_savings, papers, house_back, cleared)


@pytest.mark.parametrize("gain", GAINS)
@settings(max_examples=20, deadline=None, database=None)
@given(st.integers(0, 2**32))
def test_having_more_never_loses_a_sub_criterion(gain: Callable[..., Columns], seed: int) -> None:
    columns, month = random_columns(300, seed), random_month(seed)
    better = columns | gain(columns, np.random.default_rng(seed))
    before, after = judged(columns, month)["criteria"], judged(better, month)["criteria"]
    assert not (before & ~after).any()


@settings(max_examples=20, deadline=None, database=None)
@given(st.integers(0, 2**32))
def test_help_never_loses_a_sub_criterion(seed: int) -> None:
    """What is passed without help is passed with it."""
    found = judged(random_columns(300, seed), random_month(seed))["criteria"]
    for helped, alone in ((codes.FOOD, codes.FOOD_UNAIDED), (codes.ECONOMIC_SECURITY, codes.ECONOMIC_UNAIDED)):
        assert not ((found >> alone & 1) & ~(found >> helped)).any()


shares = st.lists(st.floats(0, 1), min_size=AREAS, max_size=AREAS).map(np.array)
drifts = st.lists(st.floats(-1, 1), min_size=AREAS, max_size=AREAS).map(np.array)
rises = st.lists(st.floats(0, 1), min_size=AREAS, max_size=AREAS).map(np.array)


@settings(max_examples=100, deadline=None, database=None)
@given(st.data())
def test_higher_rates_never_lose_a_sub_criterion(data: st.DataObject) -> None:
    """More hosts that pass, more security, more services: the rates rise, and no household loses by that."""
    low = {host_pass(name): data.draw(shares) for name in codes.CRITERIA}
    high = {name: share + (1 - share) * data.draw(rises) for name, share in low.items()}
    security, services = data.draw(drifts), data.draw(drifts)
    before = standards(low, security, services, Criteria())
    after = standards(high, security + data.draw(rises), services + data.draw(rises), Criteria())
    assert (after >= before - 1e-12).all()
    assert before.min() >= 0
    assert after.max() <= 1
    columns, month = random_columns(100, 1), random_month(1)
    found = [judged(columns, month._replace(standards=rates))["criteria"] for rates in (before, after + 1e-12)]
    assert not (found[0] & ~found[1]).any()
