"""The engine: what is made once and in which order, what nobody waits for is not made, what is lost is made again."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

import numpy as np
import pytest
from rooms import a_glance, base_of
from serving_it import engine_of, in_threads

from sim.live import engine as engine_module
from sim.live.engine import AIMABLE, Engine
from sim.live.glance import Glance, glance_at
from sim.live.workers import MOST_COMPILED, Bench, Priority, Workers
from sim.schema.errors import InputError

Made = list[tuple[str, int]]


class Gate:
    """Glances of which the first waits until it is let go; what was made, by name and seed."""

    def __init__(self) -> None:
        self.made: Made = []
        self.began, self.open = threading.Event(), threading.Event()

    def __call__(self, changes: dict[str, Any], seed: int, quick: bool) -> Glance:
        name = str(changes["name"])
        self.made.append((name, seed))
        if name == "first":
            self.began.set()
            assert self.open.wait(60)
        if name == "bad":
            raise InputError("does not fit")
        return a_glance()


def with_a_worker(
    glance: Any, patch: pytest.MonkeyPatch, what: Callable[[Workers], Awaitable[Any]], number: int = 1
) -> Any:
    """Return what is done with workers that are threads."""
    in_threads(glance, patch)

    async def done() -> Any:
        workers = Workers(base_of("valley/as-is").scenario, 300, 1)
        workers.start()
        try:
            return await asyncio.wait_for(what(workers), 60)
        finally:
            workers.close()

    return asyncio.run(done())


async def behind_the_first(workers: Workers, gate: Gate) -> "asyncio.Task[Glance]":
    first = asyncio.create_task(workers.glance({"name": "first"}, 0, Priority.FULL))
    while not gate.began.is_set():
        await asyncio.sleep(0.005)
    return first


# ---------------------------------------------------------------------------------- workers


def test_previews_come_first_and_pages_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two pages refine at once: seed by seed each in turn, so that both see their result in time."""
    gate = Gate()

    async def asked(workers: Workers) -> None:
        waiting = [await behind_the_first(workers, gate)]
        both = [workers.glance({"name": name}, n, Priority.FULL, turn=n) for name in ("one", "two") for n in range(2)]
        waiting += [asyncio.create_task(one) for one in both]
        waiting += [asyncio.create_task(workers.glance({"name": "search"}, 0, Priority.SEARCH))]
        waiting += [asyncio.create_task(workers.glance({"name": "quick"}, 0, Priority.PREVIEW, quick=True))]
        await asyncio.sleep(0)
        gate.open.set()
        await asyncio.gather(*waiting)

    with_a_worker(gate, monkeypatch, asked)
    wanted = [("first", 0), ("quick", 0), ("one", 0), ("two", 0), ("one", 1), ("two", 1), ("search", 0)]
    assert gate.made == wanted


def test_what_nobody_waits_for_is_not_made(monkeypatch: pytest.MonkeyPatch) -> None:
    gate = Gate()

    async def asked(workers: Workers) -> None:
        first = await behind_the_first(workers, gate)
        left = [asyncio.create_task(workers.glance({"name": "left"}, seed, Priority.FULL)) for seed in range(5)]
        kept = asyncio.create_task(workers.glance({"name": "kept"}, 0, Priority.FULL))
        await asyncio.sleep(0)
        for one in left:
            one.cancel()
        first.cancel()
        await asyncio.sleep(0)
        gate.open.set()
        await kept

    with_a_worker(gate, monkeypatch, asked)
    assert gate.made == [("first", 0), ("kept", 0)]


def test_what_fails_is_told_to_who_asked_and_the_next_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    async def asked(workers: Workers) -> Any:
        return await asyncio.gather(
            *(workers.glance({"name": name}, 0, Priority.FULL) for name in ("bad", "good")), return_exceptions=True
        )

    bad, good = with_a_worker(Gate(), monkeypatch, asked)
    assert isinstance(bad, InputError)
    assert isinstance(good, Glance)


@pytest.mark.parametrize(("losses", "made_in_the_end"), [(1, True), (2, False)])
def test_a_glance_whose_process_is_lost_is_made_once_more(
    monkeypatch: pytest.MonkeyPatch, losses: int, made_in_the_end: bool
) -> None:
    left, pools = [losses], []

    def lost(changes: dict[str, Any], seed: int, quick: bool) -> Glance:
        if left[0]:
            left[0] -= 1
            raise BrokenProcessPool("killed")
        return a_glance()

    async def asked(workers: Workers) -> Any:
        monkeypatch.setattr(Workers, "_new_pool", lambda self: pools.append(ThreadPoolExecutor(1)) or pools[-1])
        ask = workers.glance({}, 0, Priority.FULL)
        first = (await asyncio.gather(ask, return_exceptions=True))[0]
        return first, await workers.glance({}, 1, Priority.FULL)

    first, second = with_a_worker(lost, monkeypatch, asked)
    assert isinstance(first, Glance if made_in_the_end else BrokenProcessPool)
    assert isinstance(second, Glance), "whatever happened, the next is made"
    assert len(pools) == 1, "the pool is started anew once"


def test_a_bench_gives_the_glances_of_the_scenario_and_keeps_the_last_it_compiled() -> None:
    scenario = base_of("valley/as-is").scenario
    bench = Bench(scenario, 200)
    cut = {"programmes.cut": {"kind": "aid_cut", "window": {"first_month": "2024-09"}, "share": 0.5}}
    quick, again = bench.glance(cut, 3, quick=True), Bench(scenario, 200).glance(cut, 3, quick=True)
    for one, two in zip((*quick.families, *quick.rows, quick.rent), (*again.families, *again.rows, again.rent)):
        np.testing.assert_array_equal(one, two)
    whole = bench.glance({}, 1, quick=False)
    compiled = bench._kept["{}", False]
    for one, two in zip(whole.families, glance_at(compiled, 1).families):
        np.testing.assert_array_equal(one, two)
    for months in range(1, MOST_COMPILED + 3):
        bench._compiled({"months": months}, quick=True)
    assert len(bench._kept) == MOST_COMPILED


# ---------------------------------------------------------------------------------- engine


class Counted:
    """Glances at once, in which buses bring families home; how often each was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[float, int, bool]] = []

    def __call__(self, changes: dict[str, Any], seed: int, quick: bool) -> Glance:
        places = changes.get("programmes.transport", {}).get("places_per_month", 0)
        self.asked.append((places, seed, quick))
        held = np.array([0.0, 900.0 + 9 * places + seed])
        return a_glance(held=held)

    @property
    def fulls(self) -> int:
        return sum(not quick for _, _, quick in self.asked)


def asked_of(engine: Engine, what: Callable[[Engine], Awaitable[Any]]) -> Any:
    async def done() -> Any:
        engine.start()
        try:
            await engine.ready()
            return await asyncio.wait_for(what(engine), 60)
        finally:
            engine.close()

    return asyncio.run(done())


def test_a_result_is_made_once_and_then_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted()

    async def twice(engine: Engine) -> None:
        one = await engine.full({"transport": 50})
        made = len(counted.asked)
        assert counted.fulls == 2 * 2, "every seed of baseline and actions, once"
        assert {**await engine.full({"transport": 50.0, "aid_cut": 0}), "seconds": 0} == {**one, "seconds": 0}
        known = await engine.preview({"transport": 50})
        assert known["kind"] == "full", "what is known is not guessed at"
        await engine.full({})
        assert len(counted.asked) == made

    asked_of(engine_of(counted, monkeypatch), twice)


def test_two_rooms_refine_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seed by seed, so that the second need not wait until the first has all of its seeds."""
    counted = Counted()

    async def both(engine: Engine) -> None:
        made = len(counted.asked)
        await asyncio.gather(engine.full({"transport": 10}), engine.full({"transport": 20}))
        assert [seed for _, seed, _ in counted.asked[made + 1 :]] == sorted([0, 1, 1, 2, 2, 3, 3])

    asked_of(engine_of(counted, monkeypatch, seeds=4), both)


def test_a_preview_is_one_quick_run_against_a_baseline_that_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted()

    async def once(engine: Engine) -> None:
        before = list(counted.asked)
        assert sorted(before) == [(0, 0, False), (0, 0, True), (0, 1, False)]
        told = await engine.preview({"transport": 50})
        assert counted.asked[len(before) :] == [(50, 0, True)]
        assert told["kind"] == "preview"
        assert told["outcomes"]["sustained_whole"]["end"]["difference"] == pytest.approx(5.0)

    asked_of(engine_of(counted, monkeypatch), once)


def test_the_oldest_results_go_and_the_baseline_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "MOST_KEPT", 3)
    counted = Counted()

    async def many(engine: Engine) -> None:
        for places in (10, 20, 30, 40):
            await engine.full({"transport": places})
            assert len(engine._full) <= 3
        made = len(counted.asked)
        await engine.full({"transport": 40})
        await engine.full({"transport": 30})
        await engine.baseline()
        assert len(counted.asked) == made
        await engine.full({"transport": 10})
        assert len(counted.asked) == made + 2, "it had gone, and is made again"

    asked_of(engine_of(counted, monkeypatch), many)


def test_the_same_seeds_are_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Levels differ from seed to seed, the difference does not: it is that of pairs."""

    async def once(engine: Engine) -> Any:
        return (await engine.full({"transport": 50}))["outcomes"]["sustained_whole"]["end"]

    end = asked_of(engine_of(Counted(), monkeypatch, seeds=5), once)
    assert end["low"] == end["difference"] == end["high"] == pytest.approx(5.0)


def test_what_it_would_take_is_sought_with_the_other_levers_where_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = Counted()

    async def sought(engine: Engine) -> Any:
        answer = await engine.take({"transport": 10, "aid_cut": 0.5}, "transport", "sustained_whole", 35)
        shown = await engine.full({"transport": answer["value"], "aid_cut": 0.5})
        assert shown["outcomes"]["sustained_whole"]["end"]["actions"] == answer["reached"]
        return answer

    answer = asked_of(engine_of(counted, monkeypatch), sought)
    assert answer == {"found": True, "value": 250, "reached": pytest.approx(35, abs=0.06)}


@pytest.mark.parametrize("outcome", ["displaced", "returned", "nothing", ""])
def test_no_plan_is_fitted_to_fewer_displaced_or_more_returns(monkeypatch: pytest.MonkeyPatch, outcome: str) -> None:
    assert outcome not in AIMABLE

    async def sought(engine: Engine) -> None:
        with pytest.raises(InputError, match="no plan is fitted"):
            await engine.take({}, "transport", outcome, 35)

    asked_of(engine_of(Counted(), monkeypatch), sought)


def test_an_unknown_lever_is_not_sought_for(monkeypatch: pytest.MonkeyPatch) -> None:
    async def sought(engine: Engine) -> None:
        with pytest.raises(InputError, match="no such lever"):
            await engine.take({}, "nothing", "sustained_whole", 35)

    asked_of(engine_of(Counted(), monkeypatch), sought)
