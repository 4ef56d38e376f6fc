"""One seed, one result: whatever the number of threads, the blocks, or whether the code is compiled."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from glue import small_world

from sim.kernels import criteria, uniforms
from sim.kernels import month as kernel
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario
from sim.world import blocks

HERE = Path(__file__).parent
ENTRIES = (
    kernel.plan_rows,
    kernel.replan_rows,
    kernel.act_rows,
    kernel.count_rows,
    kernel.fill_lottery,
    criteria.criteria_rows,
    criteria.host_criteria,
    uniforms.fill_uniforms,
)
# On ~100 rows, without a compiler. Programmes, a closing camp, arrivals: every path through the month.
INTERPRETED = """
import sys, warnings
sys.path.insert(0, {here!r})
import numpy as np
np.seterr(over="ignore")  # counters wrap around by design
from test_determinism import hundred_rows
from sim.kernels.month import plan_rows
from sim.model import SolutionsModel
assert not hasattr(plan_rows, "signatures"), "the kernels are compiled after all"
model = SolutionsModel(hundred_rows(), seed=5)
for _ in range(6):
    model.step()
np.savez({out!r}, **model.households.columns())
"""


def hundred_rows() -> Compiled:
    """Return a hundred rows in a world with everything going on in its first months."""
    window = {"first_month": "2018-01"}
    changes: dict[str, Any] = {
        "months": 8,
        "rows": 5000,
        "programmes.closing": {
            "kind": "camp_closure",
            "sites": "all",
            "closing_month": "2018-04",
            "notice_months": 2,
        },
        "programmes.grant": {"kind": "return_grant", "window": window, "places_per_month": 30},
        "programmes.rent": {"kind": "rent_subsidy", "window": window, "places_per_month": 30},
        "parameters.review.eviction_rented": 0.1,
    }
    return small_world(load_scenario("iraq/no-closure").override(changes), 100)


@pytest.fixture(scope="module", params=[("iraq", 5000), ("valley", 2200)], ids=lambda case: str(case[0]))
def whole_case(request) -> Compiled:
    name, rows = request.param
    return compile_scenario(load_scenario(f"{name}/closure-with-alternatives").override({"rows": rows, "months": 22}))


def state_hash(compiled: Compiled, threads: int) -> str:
    return SolutionsModel(compiled, seed=9, threads=threads).run().state_hash()


def test_threads_and_blocks_change_nothing(whole_case, monkeypatch):
    assert len(whole_case.households["id"]) < blocks.BLOCK
    whole = state_hash(whole_case, 1)
    monkeypatch.setattr(blocks, "BLOCK", 200)
    assert len(blocks.spans(len(whole_case.households["id"]))) > 10
    assert state_hash(whole_case, 1) == whole
    assert state_hash(whole_case, 2) == whole
    assert state_hash(whole_case, 5) == whole


@pytest.mark.slow
def test_two_threads_on_more_rows_than_a_block():
    scenario = load_scenario("iraq/closure-with-alternatives").override({"rows": 150_000, "months": 24})
    compiled = compile_scenario(scenario)
    assert len(compiled.households["id"]) > 2 * blocks.BLOCK
    assert state_hash(compiled, 1) == state_hash(compiled, 2)


def test_another_seed_is_another_run_of_the_same_households(whole_case):
    one, other = (SolutionsModel(whole_case, seed=seed) for seed in (1, 2))
    by_luck = {"criteria"}  # whom an area serves first is luck, and everybody is judged before the first month
    for name in set(one.households.columns()) - by_luck:
        assert np.array_equal(one.households[name], other.households[name]), name
    assert one.run().state_hash() != other.run().state_hash()


def test_each_kernel_compiles_once_whatever_is_run(whole_case):
    hundred = SolutionsModel(hundred_rows(), seed=1)
    for _ in range(5):
        hundred.step()
    SolutionsModel(whole_case, seed=2, threads=2).run()
    plain = compile_scenario(load_scenario("iraq/no-closure").override({"rows": 5000, "months": 2}))
    SolutionsModel(plain, seed=2**40).run()
    counts = {entry.py_func.__name__: len(entry.signatures) for entry in ENTRIES}
    assert set(counts.values()) == {1}, json.dumps(counts)


@pytest.mark.slow
def test_the_month_without_a_compiler_is_the_same(tmp_path):
    out = tmp_path / "columns.npz"
    script = INTERPRETED.format(here=str(HERE), out=str(out))
    environment = {**os.environ, "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    model = SolutionsModel(hundred_rows(), seed=5)
    for _ in range(6):
        model.step()
    plain = np.load(out)
    for name, values in model.households.columns().items():
        if values.dtype.kind == "f":  # the compiler may round the last place another way
            assert np.allclose(plain[name], values, rtol=2 * np.finfo(np.float32).eps, atol=0), name
        else:
            assert np.array_equal(plain[name], values), name
    assert model.households["times_displaced"].max() > 1
