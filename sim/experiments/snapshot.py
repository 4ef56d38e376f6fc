"""All that the months of a run have changed in a model, as flat arrays by name, and back."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.model import SolutionsModel
from sim.world.changing import Changing, flat, refilled

Array = npt.NDArray[Any]
CLOCK = "_collection_steps"  # when a DataCollector collected, from Mesa 3.5


def snapshot(model: SolutionsModel) -> dict[str, Array]:
    """Return the state of a model between two months; the arrays themselves, not copies."""
    kept = {"model": flat(_counters(model)), "collected": _collected(model.datacollector)}
    kept |= {name: part.snapshot() for name, part in _changing(model).items()}
    return {f"{part}/{name}": array for part, arrays in kept.items() for name, array in arrays.items()}


def restore(model: SolutionsModel, arrays: Mapping[str, Array]) -> None:
    """Make a model that was just built from the same inputs the one that `snapshot` was taken of.

    Raises
    ------
    KeyError, ValueError
        When the arrays are those of another model.
    """
    _wind_clocks(model, int(arrays["model/_month"]))
    for name, part in _changing(model).items():
        part.restore(_under(name, arrays))
    _collect_again(model.datacollector, _under("collected", arrays))
    for name, value in refilled(_counters(model), _under("model", arrays)).items():
        setattr(model, name, value)


def _wind_clocks(model: SolutionsModel, month: int) -> None:
    """Take as many steps in which no month is left: they move the clocks that Mesa keeps itself, and nothing else."""
    model._month = model.compiled.months
    for _ in range(month):
        model.step()


def _changing(model: SolutionsModel) -> dict[str, Changing]:
    ledgers: dict[str, Changing] = {f"ledger {n}": programme.ledger for n, programme in enumerate(model.programmes)}
    return {"households": model.households, "world": model.world, "recorder": model.recorder, **ledgers}


def _counters(model: SolutionsModel) -> dict[str, Any]:
    return {"_month": model.month, "running": model.running}


def _under(part: str, arrays: Mapping[str, Array]) -> dict[str, Array]:
    prefix = f"{part}/"
    return {name.removeprefix(prefix): array for name, array in arrays.items() if name.startswith(prefix)}


def _collected(collector: Any) -> dict[str, Array]:
    """Return what Mesa's DataCollector holds: a column for every reporter, and the step and number of agents."""
    columns = flat(dict(collector.model_vars), "model")
    if hasattr(collector, CLOCK):
        columns[CLOCK] = np.asarray(getattr(collector, CLOCK))
    for kind in collector.agenttype_reporters:
        records = [record for step in collector._agenttype_records.values() for record in step[kind]]
        columns |= {f"{kind.__name__}.{n}": np.asarray(column) for n, column in enumerate(zip(*records))}
    return columns


def _collect_again(collector: Any, arrays: Mapping[str, Array]) -> None:
    """Put the columns of `_collected` back."""
    collector.model_vars = refilled(dict(collector.model_vars), arrays, "model")
    if hasattr(collector, CLOCK):
        setattr(collector, CLOCK, arrays[CLOCK].tolist())
    collector._agenttype_records = {}
    for kind, reporters in collector.agenttype_reporters.items():
        columns = [arrays[f"{kind.__name__}.{n}"].tolist() for n in range(len(reporters) + 2)]
        for record in zip(*columns):
            collector._agenttype_records.setdefault(record[0], {}).setdefault(kind, []).append(record)
