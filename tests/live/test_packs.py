"""Workshop packs: those shipped are whole, and one that is not is refused with file, line and key."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from rooms import base_of, words

from sim.library import content_folder
from sim.live.engine import Engine, Size
from sim.live.lever_making import levers_of
from sim.live.levers import Lever, changes, settled
from sim.live.opening import example_settings
from sim.live.pack import OpenPack, pack_for, read_pack
from sim.scenario import load_scenario
from sim.schema.errors import InputError

SHIPPED = sorted(content_folder("workshops").glob("*.yaml"))
TEXTS = {"en": "Words", "fr": "Mots"}
PACK: dict[str, Any] = {
    "scenario": "valley/as-is",
    "title": TEXTS,
    "question": TEXTS,
    "levers": {
        "buses": {
            "group": "support",
            "label": {"en": "Buses home"},
            "programme": {"kind": "transport", "window": {"first_month": "2025-01"}},
            "field": "places_per_month",
            "high": 300,
            "step": 10,
        },
        "closing": {
            "group": "coordination",
            "programme": {"kind": "camp_closure", "sites": "all"},
            "field": "closing_month",
        },
        "closing_notice": {"of": "closing", "field": "notice_months", "start": 3},
        "jobs": {"group": "conditions", "condition": "employment_rate", "areas": ["VA01"], "low": 0.8, "high": 1.2},
        "leave": {"group": "conditions", "key": "parameters.choice.leave_commitment", "low": 0, "high": 3},
    },
    "examples": [
        {"id": "closure", "title": TEXTS, "ask": TEXTS, "notes": TEXTS, "settings": {"closing": "2025-08", "buses": 50}}
    ],
}


def pack_with(**levers: Any) -> dict[str, Any]:
    """Return the pack with levers changed; None takes one out."""
    merged = {**PACK["levers"], **levers}
    return {**PACK, "levers": {name: one for name, one in merged.items() if one is not None}}


def written(folder: Path, pack: Any) -> Path:
    path = folder / "workshop.yaml"
    without_aliases = json.loads(json.dumps(pack))
    path.write_text(yaml.safe_dump(without_aliases, sort_keys=False), encoding="utf-8")
    return path


def opened(folder: Path, pack: Any) -> tuple[OpenPack, list[Lever]]:
    found = read_pack(written(folder, pack))
    return found, levers_of(base_of(found.pack.scenario), found)


def line_of(path: Path, text: str) -> int:
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if line.strip().startswith(text))


# ---------------------------------------------------------------------------------- what a pack says


def test_a_pack_says_which_levers_there_are_how_they_are_called_and_how_far_they_go(tmp_path: Path) -> None:
    _, levers = opened(tmp_path, PACK)
    assert [one.id for one in levers] == list(PACK["levers"]), "in its order"
    buses, closing, notice, jobs, leave = levers
    assert (buses.label, buses.scale.high, buses.scale.step, buses.off) == ({"en": "Buses home"}, 300, 10, 0)
    assert (closing.label, closing.value, closing.off) == ({"key": "lever.camp_closure.closing_month"}, 37, 37)
    assert (notice.needs, notice.group, notice.value, notice.off) == ("closing", "coordination", 3, None)
    assert (jobs.value, jobs.scale.low, jobs.scale.high, jobs.scale.per) == (1.0, 0.8, 1.2, 100)
    assert (leave.value, leave.scale.low, leave.scale.high) == (1.3, 0, 3)


def test_what_moves_a_condition_or_a_number_says_so_in_the_scenario(tmp_path: Path) -> None:
    _, levers = opened(tmp_path, PACK)
    base = base_of("valley/as-is")
    found = changes(levers, settled(levers, {"jobs": 1.1, "leave": 2, "closing_notice": 5}), base.start)
    assert found.keys() == {"conditions.jobs", "parameters.choice.leave_commitment"}, "notice of no closure is nothing"
    assert found["parameters.choice.leave_commitment"] == 2
    spec = base.scenario.override(found).spec
    assert spec.parameters.choice.leave_commitment == 2
    assert (found["conditions.jobs"]["times"], found["conditions.jobs"]["areas"]) == (1.1, ["VA01"])
    assert "jobs" in spec.conditions


def test_a_programme_of_the_baseline_is_moved_from_where_it_stands_there(tmp_path: Path) -> None:
    pack = pack_with(buses=None, jobs=None, leave=None, closing=None, closing_notice=None)
    pack = {**pack, "scenario": "valley/closure-with-alternatives", "examples": []}
    own = {"group": "coordination", "programme": {"kind": "camp_closure", "sites": "all"}, "field": "closing_month"}
    _, levers = opened(tmp_path, {**pack, "levers": {"close_sites": own}})
    assert (levers[0].value, levers[0].moves.there) == (14, True)


# ---------------------------------------------------------------------------------- what is refused


BUSES = PACK["levers"]["buses"]
BAD: list[tuple[dict[str, Any], str, str, str]] = [
    ({"buses": {**BUSES, "programme": {"kind": "bus"}}}, "levers.buses.programme.kind", "no such kind", "kind: bus"),
    ({"buses": {**BUSES, "field": "seats"}}, "levers.buses.field", "no such field", "field: seats"),
    ({"buses": {**BUSES, "feild": "x"}}, "levers.buses.feild", "unknown key", "feild"),
    ({"buses": {**BUSES, "key": "rows"}}, "levers.buses", "moves one thing", "buses"),
    ({"buses": {"group": "support"}}, "levers.buses", "moves one thing", "buses"),
    ({"buses": {**BUSES, "field": None}}, "levers.buses", "a field goes with", "buses"),
    ({"jobs": {"group": "homes", "condition": "wage", "field": "x"}}, "levers.jobs", "a field goes with", "jobs"),
    ({"buses": {**BUSES, "group": None}}, "levers.buses", "the group is missing", "buses"),
    ({"buses": {**BUSES, "group": "money"}}, "levers.buses.group", "support", "group: money"),
    ({"buses": {**BUSES, "low": 300, "high": 10}}, "levers.buses.high", "ends before it begins", "high: 10"),
    ({"buses": {**BUSES, "step": 0}}, "levers.buses.step", "greater than 0", "step: 0"),
    ({"first": {"of": "later", "field": "share"}}, "levers.first.of", "no such lever above", "of: later"),
    ({"leave": {"group": "homes", "key": "parameters.choice.leave"}}, "levers.leave", "nothing of this name", "leave"),
    ({"leave": {"group": "homes", "key": "start"}}, "levers.leave.key", "is no number", "key: start"),
    ({"Buses!": BUSES}, "levers.Buses!", "pattern", "Buses!"),
]


@pytest.mark.parametrize(("levers", "key", "message", "at"), BAD)
def test_a_pack_that_is_not_right_is_refused_where_it_is_wrong(
    tmp_path: Path, levers: dict[str, Any], key: str, message: str, at: str
) -> None:
    with pytest.raises(InputError, match=message) as refused:
        opened(tmp_path, pack_with(**levers))
    file = tmp_path / "workshop.yaml"
    assert (str(refused.value.file), str(refused.value.key)[: len(key)]) == (str(file), key)
    assert refused.value.line in (line_of(file, at), line_of(file, at) + 1)


@pytest.mark.parametrize(
    ("pack", "message"),
    [
        ({**PACK, "levers": {}}, "at least 1"),
        ({**PACK, "levers": {f"l{n}": BUSES for n in range(25)}}, "at most 24"),
        ({name: value for name, value in PACK.items() if name != "question"}, "question: this key is missing"),
        ({**PACK, "title": {"fr": "Mots"}}, "title.en: this key is missing"),
        ({**PACK, "title": {"en": "bell \x07"}}, "control characters"),
        ({**PACK, "title": {"de": "Wörter", "en": "Words"}}, "unknown key"),
        ([PACK], "must hold keys and values"),
        ("nothing", "must hold keys and values"),
    ],
)
def test_what_is_no_pack_is_refused(tmp_path: Path, pack: Any, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        opened(tmp_path, pack)
    assert str(refused.value.file) == str(tmp_path / "workshop.yaml")


def test_a_pack_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        pack_for("", tmp_path / "none.yaml")


# ---------------------------------------------------------------------------------- which pack is opened


def test_the_pack_of_a_case_goes_with_its_baseline_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, PACK)
    monkeypatch.setattr("sim.live.pack.workshop_of", lambda case: path if case == "valley" else None)
    for name, found in {"valley": True, "valley/as-is": True, "valley/aid-ends": False, "iraq": False}.items():
        assert (pack_for(name, None) is not None) == found, name
    assert pack_for("iraq", path) is not None, "one that is named goes before"


# ---------------------------------------------------------------------------------- those that are shipped


@pytest.fixture(scope="module", params=SHIPPED, ids=lambda path: path.stem)
def room(request: pytest.FixtureRequest) -> Engine:
    found = read_pack(request.param)
    return Engine(load_scenario(found.pack.scenario), found, Size(seeds=2), processes=1)


def test_a_shipped_pack_has_words_for_every_lever(room: Engine) -> None:
    for lever in room.levers:
        assert lever.label.get("en") or words()[lever.label["key"]]
        assert words()[f"unit.{lever.scale.unit}"]
        assert lever.scale.low <= lever.value <= lever.scale.high


def test_examples_of_a_shipped_pack_can_be_shown(room: Engine) -> None:
    assert room.opened is not None
    pack = room.opened.pack
    assert len({one.id for one in pack.examples}) == len(pack.examples)
    for example in pack.examples:
        found = example_settings(room, example)
        changed, _ = room.changed(found)
        assert changed, f"{example.id} changes something"
