"""The engine of the page: from settings of levers to frames, paired with the baseline, previews first.

It keeps the last results, so that going back is instant, and never compares runs that do not share households and
luck.
"""

import asyncio
import json
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.experiments.run import fitted
from sim.live.frames import OUTCOMES, Pairs, frame
from sim.live.glance import Glance
from sim.live.lever_making import Base, levers_of
from sim.live.levers import Lever, changes, lever_named, settled
from sim.live.pack import OpenPack
from sim.live.search import Found, search
from sim.live.watch import Room
from sim.live.workers import Priority, Workers
from sim.outcomes.flags import NOT_AIMED_AT, require_aimable
from sim.scenario import Compiled, Scenario, compile_scenario
from sim.schema.errors import InputError

Plain = dict[str, Any]
Settings = dict[str, float]
MOST_KEPT = 64  # results kept
QUICK_SEED = 0  # the luck of previews
UNMOVED = "{}"  # the key of the baseline
#: Kinds that push families out, and those that give them another way to go.
PUSHES, LEAVES = ("camp_closure", "aid_cut"), ("transport", "return_grant", "rent_subsidy")
#: Outcomes of which more may be asked for.
AIMABLE = tuple(name for name in OUTCOMES if name != "displaced" and (name, True) not in NOT_AIMED_AT)


@dataclass(frozen=True)
class Size:
    """How much is run for a result.

    Attributes
    ----------
    seeds : int
        Runs of a full result, by seeds from 0.
    rows : int or None
        Simulated households of a full result; those of the scenario where None.
    quick_rows : int
        Simulated households of a preview, which is one run.
    """

    seeds: int = 8
    rows: int | None = None
    quick_rows: int = 1500


class Engine:
    """Answers what a room asks.

    Parameters
    ----------
    scenario : Scenario
        The baseline.
    opened : OpenPack, optional
        The workshop pack.
    size : Size
    processes : int
        How many work.
    """

    def __init__(self, scenario: Scenario, opened: OpenPack | None, size: Size, processes: int) -> None:
        self.scenario, self.opened, self.size = fitted(scenario, size.rows), opened, size
        self.compiled: Compiled = compile_scenario(self.scenario)
        self.levers: list[Lever] = levers_of(Base.of(self.compiled), opened)
        self.room = _room(self.compiled, self.levers)
        self.rows = len(self.compiled.households["id"])
        self._workers = Workers(self.scenario, size.quick_rows, processes)
        self._full: OrderedDict[str, list[Glance]] = OrderedDict()
        self._quick: Glance | None = None
        self._ready: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to compute the baseline; called once there is a loop."""
        self._workers.start()
        self._ready = asyncio.create_task(self._prepare())

    async def ready(self) -> None:
        """Wait until the baseline is known."""
        assert self._ready is not None, "the engine is started first"
        await asyncio.shield(self._ready)

    def close(self) -> None:
        """End every process."""
        self._workers.close()

    async def preview(self, settings: Mapping[str, object]) -> Plain:
        """Return a quick frame: the baseline as it is known, moved by the difference of two quick runs."""
        await self.ready()
        moved, began = settled(self.levers, settings), time.perf_counter()
        asked = self._changes(moved)
        if _key(asked) in self._full:
            return await self.full(moved)
        assert self._quick is not None, "the baseline is known"
        quick = await self._workers.glance(asked, QUICK_SEED, Priority.PREVIEW, quick=True)
        return self._frame(Pairs.previewed(self._full[UNMOVED], self._quick, quick), moved, began)

    async def full(self, settings: Mapping[str, object], priority: Priority = Priority.FULL) -> Plain:
        """Return the full frame: every seed, paired with the baseline."""
        await self.ready()
        moved, began = settled(self.levers, settings), time.perf_counter()
        actions = await self._glances(self._changes(moved), priority)
        return self._frame(Pairs("full", self._full[UNMOVED], actions), moved, began)

    async def take(self, settings: Mapping[str, object], lever: str, outcome: str, target: float) -> Found:
        """Return the value of a lever with which an outcome reaches a target per hundred families, others unchanged.

        Raises
        ------
        InputError
            For an unknown lever, and for an outcome that no plan is fitted to.
        """
        await self.ready()
        require_aimable(outcome, more=True)
        if outcome not in AIMABLE:
            raise InputError("no plan is fitted to this", key="outcome", value=outcome, allowed=", ".join(AIMABLE))
        moved, chosen = settled(self.levers, settings), lever_named(self.levers, lever)

        async def level(value: float, quick: bool) -> float | None:
            asked = {**moved, lever: value}
            shown = await (self.preview(asked) if quick else self.full(asked, Priority.SEARCH))
            found: float | None = shown["outcomes"][outcome]["end"]["actions"]
            return found

        return await search(chosen, moved.get(lever, chosen.value), target, level)

    def changed(self, settings: Mapping[str, object]) -> tuple[Plain, Scenario]:
        """Return what settings change, and the scenario with the changes; raises InputError where they do not fit."""
        moved = self._changes(settled(self.levers, settings))
        return moved, self.scenario.override(moved)

    async def baseline(self) -> Plain:
        """Return the frame of the baseline against itself."""
        return await self.full({})

    async def _prepare(self) -> None:
        full = asyncio.create_task(self._glances({}, Priority.FULL))
        self._quick = await self._workers.glance({}, QUICK_SEED, Priority.PREVIEW, quick=True)
        await full

    async def _glances(self, asked: Plain, priority: Priority) -> list[Glance]:
        """Return a glance by every seed; the same changes are run once, whichever settings make them."""
        key = _key(asked)
        if key not in self._full:
            wanted = [self._workers.glance(asked, seed, priority, turn=seed) for seed in range(self.size.seeds)]
            self._full[key] = list(await asyncio.gather(*wanted))
        self._keep(key)
        return self._full[key]

    def _keep(self, key: str) -> None:
        """Let the oldest results go, but never the baseline."""
        self._full.move_to_end(key)
        while len(self._full) > MOST_KEPT:
            self._full.pop(next(one for one in self._full if one != UNMOVED))

    def _frame(self, pairs: Pairs, moved: Settings, began: float) -> Plain:
        found = frame(pairs, self.room, moved)
        return found | {"rows": self.rows, "seconds": round(time.perf_counter() - began, 3)}

    def _changes(self, moved: Settings) -> Plain:
        return changes(self.levers, moved, self.scenario.spec.start)


def _key(asked: Plain) -> str:
    return json.dumps(asked, sort_keys=True)


def _room(compiled: Compiled, levers: Sequence[Lever]) -> Room:
    kinds = {lever.id: str(lever.moves.rest.get("kind")) for lever in levers if lever.moves.kind == "programme"}
    pushing = [lever for lever in levers if kinds.get(lever.id) in PUSHES]
    notice = [lever for lever in pushing if lever.moves.part == "notice_months"]
    leaves = [lever for lever in levers if kinds.get(lever.id) in LEAVES and lever.needs is None]
    pushes = tuple(lever for lever in pushing if lever not in notice)
    return Room(tuple(compiled.geography.area_names), pushes, (*notice, *leaves))
