"""Processes that make glances: previews before refinements, and nothing for pages that no longer wait.

Threads would take turns at whatever is not a kernel. A process keeps the last scenarios that it compiled, so that the
runs of one refinement share that.
"""

import asyncio
import itertools
import json
from collections import OrderedDict
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from sim.experiments.processes import live_with_parent
from sim.live.forking import started_anew
from sim.live.glance import Glance, glance_at
from sim.scenario import Compiled, Scenario, compile_scenario
from sim.scenario.people import keep_populations, populations_kept
from sim.scenario.thinned import thinned

MOST_COMPILED = 8  # scenarios that a process keeps
ATTEMPTS = 2  # of a glance whose process was lost


class Priority(IntEnum):
    """Who comes first."""

    PREVIEW = 0
    FULL = 1
    SEARCH = 2


class Bench:
    """What one process keeps: the baseline, and the scenarios compiled last."""

    def __init__(self, scenario: Scenario, quick_rows: int) -> None:
        self._scenario, self._quick_rows = scenario, quick_rows
        self._kept: OrderedDict[tuple[str, bool], Compiled] = OrderedDict()

    def glance(self, changes: dict[str, Any], seed: int, quick: bool) -> Glance:
        """Run the baseline with changes, with fewer households where a ``quick`` glance will do."""
        return glance_at(self._compiled(changes, quick), seed, quick)

    def _compiled(self, changes: dict[str, Any], quick: bool) -> Compiled:
        key = json.dumps(changes, sort_keys=True), quick
        if key not in self._kept:
            whole = compile_scenario(self._scenario.override(changes))
            self._kept[key] = thinned(whole, self._quick_rows) if quick else whole
        self._kept.move_to_end(key)
        while len(self._kept) > MOST_COMPILED:
            self._kept.popitem(last=False)
        return self._kept[key]


_BENCH: list[Bench] = []  # of this process: one, once it has been prepared


def _prepare(scenario: Scenario, quick_rows: int, populations: Any) -> None:
    live_with_parent()
    keep_populations(populations)
    _BENCH[:] = [Bench(scenario, quick_rows)]


def _warm() -> None:
    """Load the compiled model, by a quick glance at the baseline."""
    _BENCH[0].glance({}, 0, quick=True)


def _glance(changes: dict[str, Any], seed: int, quick: bool) -> Glance:
    return _BENCH[0].glance(changes, seed, quick)


@dataclass(order=True)
class Job:
    """A glance that somebody waits for; jobs are ordered by priority, then turn, then who asked first."""

    priority: Priority
    turn: int
    number: int
    work: tuple[dict[str, Any], int, bool] = field(compare=False)
    result: "asyncio.Future[Glance]" = field(compare=False)


class Workers:
    """A pool of processes with a queue before it.

    Parameters
    ----------
    scenario : Scenario
        The baseline.
    quick_rows : int
        Simulated households of quick glances.
    number : int
        Processes.
    """

    def __init__(self, scenario: Scenario, quick_rows: int, number: int) -> None:
        self._prepared = scenario, quick_rows, populations_kept()
        self.number = number
        self._numbers = itertools.count()
        self._queue: asyncio.PriorityQueue[Job] = asyncio.PriorityQueue()
        self._pool = self._new_pool()
        self._warm = [self._pool.submit(_warm) for _ in range(number)]  # processes start at once, not when first asked
        self._takers: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to take jobs; called once there is a loop."""
        self._takers = [asyncio.create_task(self._take()) for _ in range(self.number)]

    def close(self) -> None:
        """End the processes, whatever they are doing."""
        for taker in self._takers:
            taker.cancel()
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def glance(
        self, changes: dict[str, Any], seed: int, priority: Priority, quick: bool = False, turn: int = 0
    ) -> Glance:
        """Return a glance at the baseline with changes, when it is its turn; cancelled before that, it is not made."""
        result: asyncio.Future[Glance] = asyncio.get_running_loop().create_future()
        self._queue.put_nowait(Job(priority, turn, next(self._numbers), (changes, seed, quick), result))
        return await result

    async def _take(self) -> None:
        """Make one glance after the other, those that nobody waits for left out."""
        while True:
            job = await self._queue.get()
            if job.result.cancelled():
                continue
            try:
                found = await self._made(job)
            except Exception as error:
                if not job.result.done():
                    job.result.set_exception(error)
            else:
                if not job.result.done():
                    job.result.set_result(found)

    async def _made(self, job: Job) -> Glance:
        loop = asyncio.get_running_loop()
        for attempt in range(1, ATTEMPTS + 1):
            pool = self._pool
            try:
                return await loop.run_in_executor(pool, _glance, *job.work)
            except BrokenProcessPool:
                if attempt == ATTEMPTS:
                    raise
                if pool is self._pool:  # the first who notices starts anew
                    self._pool = self._new_pool()
        raise AssertionError("every attempt ends in one way or the other")

    def _new_pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(self.number, started_anew(), initializer=_prepare, initargs=self._prepared)
