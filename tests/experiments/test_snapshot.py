"""A restored model is the model it was taken of, in every attribute; what a checkpoint forgets shows here."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import pytest
from interrupted import as_happened, with_books

from sim.experiments.snapshot import restore, snapshot
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario

OWN = ("sim.", "mesa.datacollection")  # objects that are looked into
PASSING = ("conditions", "_lived")  # of the world: of the month that is lived, set anew before they are read again
MESA = ("_agents", "_agents_by_type", "_all_agents", "random", "rng", "_rng")  # agents are compared by our own lists


@pytest.fixture(scope="module", params=[with_books, as_happened])
def compiled(request: pytest.FixtureRequest) -> Compiled:
    return compile_scenario(request.param())


def leaves(value: Any, path: str = "model", seen: tuple[int, ...] = ()) -> Iterator[tuple[str, object]]:
    """Yield every array and plain value that can be reached from an object through its attributes."""
    if id(value) in seen:
        return
    seen = (*seen, id(value))
    parts: dict[Any, Any] = {}
    if isinstance(value, np.ndarray):
        yield path, (value.dtype.str, value.shape, value.tobytes())
    elif isinstance(value, bool | int | float | str | np.generic | None):
        yield path, (type(value).__name__, repr(value))
    elif isinstance(value, dict):
        parts = {getattr(key, "__name__", key): part for key, part in value.items()}
    elif hasattr(value, "_asdict"):
        parts = value._asdict()
    elif isinstance(value, list | tuple | set | frozenset):
        parts = dict(enumerate(value))
    elif is_dataclass(value) or (type(value).__module__.startswith(OWN) and hasattr(value, "__dict__")):
        parts = {field.name: getattr(value, field.name) for field in fields(value)} if is_dataclass(value) else {}
        parts |= getattr(value, "__dict__", {})
    for name, part in parts.items():
        if not (path == "model" and name in MESA) and not (path == "model.world" and name in PASSING):
            yield from leaves(part, f"{path}.{name}", seen)


def differing(one: SolutionsModel, other: SolutionsModel) -> list[str]:
    here, there = dict(leaves(one)), dict(leaves(other))
    return sorted(name for name in {*here, *there} if here.get(name) != there.get(name))


def lived(compiled: Compiled, months: int) -> SolutionsModel:
    model = SolutionsModel(compiled, seed=4)
    for _ in range(months):
        model.step()
    return model


def test_a_restored_model_is_the_same_in_every_attribute(compiled: Compiled) -> None:
    model, again = lived(compiled, 3), SolutionsModel(compiled, seed=4)
    assert len(differing(model, again)) > 50
    restore(again, {name: array.copy() for name, array in snapshot(model).items()})
    assert differing(model, again) == []
    model.step()
    again.step()
    assert differing(model, again) == []


def test_what_is_forgotten_shows(compiled: Compiled) -> None:
    model, again = lived(compiled, 1), lived(compiled, 1)
    assert differing(model, again) == []
    model.areas[3].mood = 1  # type: ignore[attr-defined]
    model.world.households.state.savings[-1] += 1
    assert differing(model, again) == ["model.areas.3.mood", "model.world.households.state.savings"]


def test_mesa_holds_the_same_series(compiled: Compiled) -> None:
    model, again = lived(compiled, 2), SolutionsModel(compiled, seed=4)
    restore(again, snapshot(model))
    frames = [one.datacollector.get_model_vars_dataframe() for one in (model, again)]
    assert frames[0].equals(frames[1])
    kind = type(model.areas[0])
    frames = [one.datacollector.get_agenttype_vars_dataframe(kind) for one in (model, again)]
    assert frames[0].equals(frames[1])
    assert len(frames[0]) == 3 * len(model.areas)


def test_the_state_of_another_model_is_refused(compiled: Compiled) -> None:
    arrays = snapshot(lived(compiled, 1))
    shorter = {**arrays, "households/state.area": arrays["households/state.area"][:-1]}
    with pytest.raises(ValueError, match="are not of"):
        restore(SolutionsModel(compiled, seed=4), shorter)
    with pytest.raises(KeyError):
        restore(SolutionsModel(compiled, seed=4), {name: arrays[name] for name in arrays if "rent" not in name})
