"""Running one scenario."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim.experiments.dataset import dataset_of
from sim.experiments.record import input_hashes, stamp
from sim.experiments.result import Result
from sim.model import SolutionsModel
from sim.scenario import Compiled, Scenario, compile_scenario, load_scenario
from sim.schema.errors import InputError

MOST_SEED = 2**32 - 1

Tick = Callable[[], None]


def run(
    scenario: str | Path | Scenario | Compiled,
    seed: int = 0,
    households: int | None = None,
    months: int | None = None,
    threads: int = 1,
    tick: Tick | None = None,
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

    Returns
    -------
    Result
    """
    if not 0 <= seed <= MOST_SEED:
        raise InputError("the seed is not usable", key="seed", value=seed, allowed=f"0 to {MOST_SEED}")
    compiled = prepared(scenario, households, months)
    began = time.perf_counter()
    model = SolutionsModel(compiled, seed=seed, threads=threads)
    try:
        while model.running and model.month < compiled.months:
            model.step()
            if tick is not None:
                tick()
    finally:
        model.world.close()
    return Result(dataset_of(model), _manifest(model, seed, time.perf_counter() - began), _resolved(compiled))


def prepared(
    scenario: str | Path | Scenario | Compiled, households: int | None = None, months: int | None = None
) -> Compiled:
    """Return a scenario compiled, with another number of households or months."""
    if isinstance(scenario, Compiled):
        if households is None and months is None:
            return scenario
        scenario = scenario.scenario
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    changes: dict[str, Any] = {}
    if households is not None:
        changes["rows"] = households
    if months is not None:
        changes["months"] = months
    return compile_scenario(loaded.override(changes) if changes else loaded)


def _resolved(compiled: Compiled) -> dict[str, Any]:
    return compiled.scenario.spec.model_dump(mode="json")


def _manifest(model: SolutionsModel, seed: int, seconds: float) -> dict[str, Any]:
    scenario = model.compiled.scenario
    return {
        **stamp("run"),
        "scenario": scenario.name,
        "title": scenario.spec.title,
        "seed": int(seed),
        "months": model.compiled.months,
        "rows": len(model.households),
        "families": int(model.households["weight"].sum()),
        "inputs": input_hashes(scenario),
        "state_hash": model.state_hash(),
        "seconds": round(seconds, 3),
    }
