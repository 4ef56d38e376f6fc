"""A model that is let go is freed, with its threads, however it ended."""

import gc
import inspect
import threading
import time
import tracemalloc
import weakref
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import mesa
import pytest

from sim.agents import Area
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario
from sim.world import blocks

BORN: "weakref.WeakSet[SolutionsModel]" = weakref.WeakSet()
BY_RNG = "rng" in inspect.signature(mesa.batch_run).parameters  # how this version of Mesa takes seeds


class Watched(SolutionsModel):
    """The model, noted at its birth, before anything can fail."""

    def __init__(self, scenario: Any, seed: int = 0, threads: int = 1) -> None:
        BORN.add(self)
        super().__init__(scenario, seed, threads)


@pytest.fixture(scope="module")
def compiled() -> Compiled:
    return compile_scenario(load_scenario("iraq/closure-with-alternatives", {"rows": 5000, "months": 2}))


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of few rows, so that a pool is used; nothing is noted from other tests."""
    monkeypatch.setattr(blocks, "BLOCK", 500)
    BORN.clear()


@pytest.fixture
def workers() -> Callable[[], set[threading.Thread]]:
    """What tells the threads that the test has started and that still run."""
    before = set(threading.enumerate())
    return lambda: set(threading.enumerate()) - before


def ended(threads: set[threading.Thread]) -> bool:
    """Return whether threads end by themselves."""
    until = time.monotonic() + 5
    for thread in threads:
        thread.join(timeout=max(0.0, until - time.monotonic()))
    return not any(thread.is_alive() for thread in threads)


def alive() -> int:
    gc.collect()
    return len(BORN)


@pytest.mark.parametrize("threads", [1, 3])
def test_a_model_is_freed_with_its_agents_and_threads(compiled, workers, threads):
    model = Watched(compiled, threads=threads)
    model.step()
    agents = [weakref.ref(agent) for agent in model.agents]
    assert alive() == 1, "the test sees models"
    assert bool(workers()) == (threads > 1), "the test sees threads"
    del model
    assert alive() == 0
    assert not any(agent() for agent in agents)
    assert ended(workers()), "threads of a model that nobody closed end with it"


def test_what_is_kept_of_a_model_does_not_keep_it(compiled):
    model = Watched(compiled).run()
    frame = model.datacollector.get_agenttype_vars_dataframe(Area)
    kept = model.recorder.arrays, model.households, model.households[0], frame
    del model
    assert alive() == 0
    assert kept[2].situation


def test_models_of_batch_run_are_freed(compiled):
    parameters: dict[str, Any] = {"scenario": [compiled], "threads": [1, 2]}
    options: dict[str, Any] = {"rng": [1, 2]} if BY_RNG else {}
    parameters |= {} if options else {"seed": [1, 2]}
    rows = mesa.batch_run(Watched, parameters, display_progress=False, **options)
    assert {row["RunId"] for row in rows} == {0, 1, 2, 3}
    assert alive() == 0


def test_a_model_that_fails_at_birth_is_freed(compiled, workers):
    broken = replace(compiled, paths={})
    for _ in range(3):
        with pytest.raises(KeyError):
            Watched(broken, threads=3)
    assert alive() == 0
    assert ended(workers())


@pytest.mark.slow
def test_twenty_models_take_the_memory_of_one(compiled):
    """Allocations, numpy's included, after all models are let go, against one that lives.

    Python itself keeps some thousand small tuples for reuse, about 80 kB.
    """

    def traced() -> int:
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        for _ in range(3):  # what is made once
            Watched(compiled).step()
        before = traced()
        model = Watched(compiled)
        one = traced() - before
        del model
        for _ in range(20):
            Watched(compiled).step()
        grown = traced() - before
    finally:
        tracemalloc.stop()
    assert one > 500_000
    assert grown < one / 2, f"{grown} bytes kept after 20 models of {one} bytes"
