"""What a page is told when it opens: the case, its levers, its map, its examples, and how the baseline comes out."""

import hashlib
import json
from importlib.metadata import version
from typing import Any

from sim.experiments.record import input_hashes
from sim.library import find_scenario
from sim.live.engine import AIMABLE, Engine
from sim.live.export import Origin
from sim.live.frames import OUTCOMES
from sim.live.glance import SITUATIONS
from sim.live.lever_making import words_of
from sim.live.levers import Lever
from sim.live.pack import GROUPS, Example, Texts
from sim.live.places import map_of
from sim.scenario import Scenario
from sim.schema.errors import InputError

Plain = dict[str, Any]
LANGUAGES = ("en", "fr", "ar")
HASH_SHOWN = 12  # characters


def origin_of(engine: Engine) -> Origin:
    """Return where the numbers of a page come from."""
    scenario = engine.scenario
    hashes = json.dumps(input_hashes(scenario), sort_keys=True).encode()
    data = hashlib.sha256(hashes).hexdigest()[:HASH_SHOWN]
    return Origin(_found_as(scenario), version("solutions-sim"), data, engine.size.seeds, engine.size.rows)


def _found_as(scenario: Scenario) -> str:
    """Return how others find a scenario: by its name where that leads to it, else by its file."""
    file = scenario.lineage[0]
    try:
        return scenario.name if find_scenario(scenario.name).resolve() == file else str(file)
    except InputError:
        return str(file)


async def opening(engine: Engine) -> Plain:
    """Return what a page is told when it opens, as plain data; waits until the baseline is known."""
    baseline, origin, spec = await engine.baseline(), origin_of(engine), engine.scenario.spec
    pack = None if engine.opened is None else engine.opened.pack
    return {
        "version": origin.version,
        "case": engine.scenario.name.partition("/")[0],
        "scenario": origin.scenario,
        "title": {"en": spec.title} if pack is None else words_of(pack.title),
        "question": {"en": spec.question.strip()} if pack is None else words_of(pack.question),
        "families": int(engine.compiled.households["weight"][engine.compiled.households["arrival"] == 0].sum()),
        "simulated": {"rows": engine.rows, "seeds": origin.seeds},
        "data_date": spec.start,
        "data_hash": origin.data,
        "fictional": "fictional" in spec.title.lower() or "fictional" in spec.question.lower(),
        "start": spec.start,
        "months": spec.months,
        "groups": list(GROUPS),
        "levers": [described(lever) for lever in engine.levers],
        "outcomes": list(OUTCOMES),
        "situations": list(SITUATIONS),
        "aimable": list(AIMABLE),
        "map": map_of(engine.scenario),
        "languages": list(LANGUAGES),
        "examples": [] if pack is None else [_example(engine, one) for one in pack.examples],
        "pack": None if pack is None else _pack(pack.title, pack.question, pack.notes),
        "baseline": baseline,
    }


def described(lever: Lever) -> Plain:
    """Return a lever as the page is told of it."""
    scale = lever.scale
    return {
        "id": lever.id,
        "group": lever.group,
        "label": lever.label,
        "about": str(lever.moves.rest.get("kind", "")) if lever.moves.kind == "programme" else "",
        "unit": scale.unit,
        "kind": "month" if scale.is_month else "range",
        "low": scale.low,
        "high": scale.high,
        "step": scale.step,
        "whole": scale.whole,
        "value": lever.value,
        "off": lever.off,
        "as_is": lever.moves.part == "to",
        "needs": lever.needs,
        "scale": scale.per,
    }


def _pack(title: Texts, question: Texts, notes: Texts | None) -> Plain:
    return {
        "title": words_of(title),
        "question": words_of(question),
        "notes": {} if notes is None else words_of(notes),
    }


def _example(engine: Engine, example: Example) -> Plain:
    return {
        "id": example.id,
        "title": words_of(example.title),
        "ask": words_of(example.ask),
        "settings": example_settings(engine, example),
        "notes": words_of(example.notes),
    }


def example_settings(engine: Engine, example: Example) -> dict[str, float]:
    """Return the settings of an example, months counted from the start; raises InputError where they do not fit."""
    known = {lever.id: lever for lever in engine.levers}
    found = {}
    for name, value in example.settings.items():
        if name not in known:
            raise InputError("no such lever", key=f"examples.{example.id}.{name}", allowed=", ".join(known))
        scale = known[name].scale
        number = scale.read(value, engine.scenario.spec.start) if isinstance(value, str) else value
        found[name] = scale.checked(number, f"examples.{example.id}.{name}")
    return found
