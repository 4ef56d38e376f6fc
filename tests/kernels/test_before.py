"""Work and money before the run: as NumPy has it, the same without a compiler, and no drift once it begins."""

from pathlib import Path

import numpy as np
import pytest
from random_households import AREAS, Columns, random_columns, without_a_compiler

from sim.kernels import codes
from sim.kernels.before import LONGEST, live_before_rows
from sim.kernels.draws import BEFORE
from sim.kernels.inputs import BudgetParams, Place
from sim.kernels.uniforms import uniforms
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario
from sim.schema.parameters import Budget
from sim.world.households import Households

KEY = np.uint64(77)
INTERPRETED = """
import sys
sys.path.insert(0, {here!r})
import numpy as np
np.seterr(over="ignore")  # counters wrap around by design
from test_before import live_before_rows, lived, some
assert not hasattr(live_before_rows, "signatures"), "the kernels are compiled after all"
found = lived(some(300))
np.savez({out!r}, employed=found["employed"], savings=found["savings"])
"""


def budget_params() -> BudgetParams:
    money = {"subsistence", "aid_camp", "aid_out", "debt_limit"}
    return BudgetParams(**{name: value * (100.0 if name in money else 1.0) for name, value in Budget()})


def places() -> np.ndarray:
    rng, areas = np.random.default_rng(4), np.zeros((AREAS, len(Place._fields)))
    drawn = {"wage": (5_000, 40_000), "rent": (0, 20_000), "employment": (0.2, 0.9)}
    for name, (low, high) in drawn.items():
        areas[:, Place._fields.index(name)] = rng.uniform(low, high, AREAS).round(2 if name == "employment" else 0)
    for name in ("aid_camp_share", "aid_out_share"):
        areas[:, Place._fields.index(name)] = 1.0
    return areas


def some(number: int) -> Columns:
    """Return households displaced for nothing to four years, all away from home."""
    columns = random_columns(number, 8)
    away = np.minimum(columns["shelter"], codes.HOSTED)
    months = np.random.default_rng(9).integers(0, 2 * LONGEST, number).astype(np.int16)
    return columns | {"at_home": 0 * columns["at_home"], "shelter": away, "months_displaced": months}


def lived(columns: Columns) -> Columns:
    households = Households(columns)
    live_before_rows(KEY, households.fixed, households.state, places(), budget_params(), 0, len(households))
    return households.columns()


def expected(columns: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Return work and savings, month by month over all households at once."""
    budget, area = budget_params(), columns["area"].astype(int)
    wage, rent, employment = (places()[area, Place._fields.index(name)] for name in ("wage", "rent", "employment"))
    settled, camp = columns["settled"] > 0, columns["shelter"] == codes.CAMP
    access = np.where(settled, 1.0, np.where(camp, budget.camp_job_access, budget.displaced_job_access))
    aid = np.where(settled, 0.0, columns["size"] * np.where(camp, budget.aid_camp, budget.aid_out))
    paid = np.select(
        [columns["shelter"] == codes.RENTED, columns["shelter"] == codes.INFORMAL],
        [rent, np.floor(budget.informal_rent_share * rent)],
    )
    employed, savings = columns["employed"] > 0, columns["savings"].astype(np.float64)
    for month in range(LONGEST):
        luck = uniforms(KEY, columns["id"], BEFORE, month)[:, 0]
        churn = np.where(columns["months_here"] == 0, 1.0, budget.job_churn)
        works = np.where(luck < churn, luck / churn < employment * access, employed)
        earned = np.where(works, np.floor(wage * columns["skill"].astype(np.float64) * columns["earners"]), 0.0)
        net = columns["remittance"] + aid + earned - paid - budget.subsistence * columns["size"]
        after = savings + np.floor(np.where(net > 0, net * budget.saving_share, net))
        still = month < columns["months_displaced"]
        employed = np.where(still, works, employed)
        savings = np.where(still, np.maximum(after, -budget.debt_limit), savings)
    return employed, savings


def test_as_numpy_has_it() -> None:
    columns = some(5_000)
    found, (employed, savings) = lived(columns), expected(columns)
    assert (found["employed"] == employed).all()
    assert (found["savings"] == savings).all()
    assert (found["savings"] != columns["savings"]).mean() > 0.5
    untouched = columns["months_displaced"] == 0
    assert (found["savings"] == columns["savings"])[untouched].all(), "who has just been displaced has what was drawn"
    changed = {name for name in columns if not np.array_equal(found[name], columns[name])}
    assert changed == {"employed", "savings"}


def test_the_same_without_a_compiler(tmp_path: Path) -> None:
    compiled, plain = lived(some(300)), without_a_compiler(INTERPRETED, tmp_path / "found.npz")
    for name in ("employed", "savings"):
        assert np.array_equal(plain[name], compiled[name])


@pytest.fixture(scope="module")
def iraq() -> Compiled:
    return compile_scenario(load_scenario("iraq/no-closure").override({"rows": 6_000, "months": 12}))


def test_as_many_are_in_debt_as_surveys_find(iraq: Compiled) -> None:
    """REACH MCNA VIII 2020: 55 % owe over 505,000 IQD."""
    columns = iraq.households
    there = columns["arrival"] == 0
    weight = columns["weight"][there].astype(np.float64)
    assert weight @ (columns["savings"][there] < 0) / weight.sum() == pytest.approx(0.55, abs=0.05)


def test_ways_home_do_not_become_dearer_than_they_were(iraq: Compiled) -> None:
    """Within a year the share of renters at the end of their credit hardly moves; drawn apart, it doubled."""
    model, limit = SolutionsModel(iraq, seed=2, collect=False), -0.9 * iraq.params.budget.debt_limit

    def at_their_limit() -> float:
        h = model.households
        rents = (h["present"] > 0) & (h["at_home"] == 0) & (h["settled"] == 0) & (h["shelter"] == codes.RENTED)
        weight = h["weight"][rents].astype(np.float64)
        return float(weight @ (h["savings"][rents] < limit) / weight.sum())

    then = at_their_limit()
    model.run()
    assert at_their_limit() == pytest.approx(then, rel=0.25)
