"""Running one scenario."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from sim.experiments.account import conditions_now
from sim.experiments.checkpoint import Checkpoint, Keeper, open_checkpoint
from sim.experiments.counterparts import warnings_on
from sim.experiments.dataset import dataset_of
from sim.experiments.record import input_hashes, stamp
from sim.experiments.result import Result
from sim.kernels.codes import CRITERIA
from sim.model import SolutionsModel
from sim.outcomes.changes import lives_of
from sim.scenario import Compiled, Scenario, compile_scenario, load_scenario
from sim.schema.errors import InputError
from sim.world.world import World

MOST_SEED = 2**32 - 1
HOSTS_OFF = 0.003  # by which hosts may miss a pass rate unsaid: 200 rows an area resolve 0.25 % near 0 and 1

Tick = Callable[[], None]


def run(
    scenario: str | Path | Scenario | Compiled,
    seed: int = 0,
    households: int | None = None,
    months: int | None = None,
    threads: int = 1,
    tick: Tick | None = None,
    checkpoint_every: int | None = None,
    checkpoint: str | Path | None = None,
) -> Result:
    """Run one scenario.

    Parameters
    ----------
    scenario : str, Path, Scenario or Compiled
        A name such as ``iraq/no-closure``, a file, or what `load_scenario` returned.
    seed : int
        The luck of the run, 0 or more.
    households : int, optional
        Simulated households to aim at, instead of the scenario's.
    months : int, optional
        Months simulated, instead of the scenario's.
    threads : int
        Threads; the result does not depend on it.
    tick : callable, optional
        Called after every month, for progress.
    checkpoint_every : int, optional
        Keep the state after every so many months, from which `resume` goes on.
    checkpoint : str or Path, optional
        The results folder beside which it is kept, until the result is saved; belongs to ``checkpoint_every``.

    Returns
    -------
    Result
    """
    if not 0 <= seed <= MOST_SEED:
        raise InputError("the seed is not usable", key="seed", value=seed, allowed=f"0 to {MOST_SEED}")
    compiled = prepared(scenario, households, months)
    keeper = _keeper(compiled.scenario, checkpoint_every, checkpoint)
    began = time.perf_counter()
    return _finished(SolutionsModel(compiled, seed=seed, threads=threads), began, tick, keeper)


def resume(folder: str | Path | Checkpoint, threads: int = 1, tick: Tick | None = None) -> Result:
    """Finish an interrupted run from its last checkpoint, to the last bit as if it had never stopped.

    Parameters
    ----------
    folder : str, Path or Checkpoint
        The results folder named when the run began, or the checkpoint opened.
    threads, tick
        As in :func:`run`.

    Raises
    ------
    InputError
        Where there is no checkpoint, or it was damaged, or software, machine or inputs have changed since.
    """
    kept = folder if isinstance(folder, Checkpoint) else open_checkpoint(Path(folder))
    began = time.perf_counter() - kept.account.seconds
    keeper = Keeper(kept.results, kept.account.every, kept.account.began_with)
    return _finished(kept.model(threads), began, tick, keeper)


def prepared(
    scenario: str | Path | Scenario | Compiled, households: int | None = None, months: int | None = None
) -> Compiled:
    """Return a scenario compiled, with another number of households or months."""
    if isinstance(scenario, Compiled):
        if households is None and months is None:
            return scenario
        scenario = scenario.scenario
    return compile_scenario(fitted(scenario, households, months))


def fitted(scenario: str | Path | Scenario, households: int | None = None, months: int | None = None) -> Scenario:
    """Return a scenario, loaded if need be, with another number of households or months."""
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    changes: dict[str, Any] = {}
    if households is not None:
        changes["rows"] = households
    if months is not None:
        changes["months"] = months
    return loaded.override(changes) if changes else loaded


def _keeper(scenario: Scenario, every: int | None, folder: str | Path | None) -> Keeper | None:
    if every is None and folder is None:
        return None
    if every is None or folder is None or every < 1:
        allowed = "1 or more, together with checkpoint, the folder the results will be saved to"
        raise InputError("checkpoints need months and a folder", key="checkpoint_every", value=every, allowed=allowed)
    keeper = Keeper(Path(folder), every, conditions_now(scenario))
    keeper.start()
    return keeper


def _finished(model: SolutionsModel, began: float, tick: Tick | None, keeper: Keeper | None) -> Result:
    """Live the months that are left and return the result; ``began`` is on the clock of time.perf_counter."""
    try:
        while model.running and model.month < model.compiled.months:
            model.step()
            if keeper is not None:
                keeper.after_month(model, time.perf_counter() - began)
            if tick is not None:
                tick()
    finally:
        model.world.close()
        if keeper is not None:
            keeper.leave()
    manifest = _manifest(model, time.perf_counter() - began)
    kept = None if keeper is None else keeper.folder
    return Result(dataset_of(model), manifest, _resolved(model.compiled), kept, lives_of(model.households))


def _hosts_off(world: World) -> list[str]:
    """Return a note where hosts do not pass a sub-criterion as often as the case says.

    That happens at rates very near 0 or 1, which the same few of the host rows of an area decide.
    """
    assert world.frozen is not None, "hosts set the standard when the model is made"
    off = np.abs(world.frozen.passes - world.hosts.rates)
    if off.max() <= HOSTS_OFF:
        return []
    area, criterion = (int(at) for at in np.unravel_index(int(off.argmax()), off.shape))
    found, wanted = (100 * rates[area, criterion] for rates in (world.frozen.passes, world.hosts.rates))
    return [
        f"Hosts of {world.geography.area_names[area]} pass {CRITERIA[criterion]} at {found:.1f} %, where the case says "
        f"{wanted:.1f} %; rates off by more than {100 * HOSTS_OFF:g} points: {int((off > HOSTS_OFF).sum())} of "
        f"{off.size}. Rates that near to 0 or 100 % cannot all be met by the host households of an area."
    ]


def _resolved(compiled: Compiled) -> dict[str, Any]:
    return compiled.scenario.spec.model_dump(mode="json")


def _manifest(model: SolutionsModel, seconds: float) -> dict[str, Any]:
    scenario = model.compiled.scenario
    return {
        **stamp("run"),
        "scenario": scenario.name,
        "title": scenario.spec.title,
        "seed": model.world.seed,
        "months": model.compiled.months,
        "rows": len(model.households),
        "families": int(model.households["weight"].sum()),
        "notes": [*warnings_on([scenario]), *_hosts_off(model.world)],
        "inputs": input_hashes(scenario),
        "state_hash": model.state_hash(),
        "seconds": round(seconds, 3),
    }
