"""Saved files: what is saved is opened again as it was, runs like any scenario, and anything else is refused."""

import shlex
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms import BASELINES, base_of, levers_at, settings_of

from sim.experiments.new_case import new_case
from sim.live.engine import Engine, Size
from sim.live.export import MOST_TITLE, Origin, exported, imported
from sim.live.levers import changes, settled
from sim.live.opening import origin_of
from sim.scenario import load_scenario
from sim.schema.errors import InputError

FILE = "my-scenario.yaml"
AS_IS = "valley/as-is"
HEAD = f"extends: {AS_IS}\n"


def origin(baseline: str = AS_IS, rows: int | None = None) -> Origin:
    return Origin(baseline, "0.1.0", "ab12cd34ef56", 8, rows)


def changed(baseline: str, moved: dict[str, float]) -> dict[str, Any]:
    levers = levers_at(baseline)
    return changes(levers, settled(levers, moved), base_of(baseline).start)


def saved(baseline: str, moved: dict[str, float], title: str = "What if") -> str:
    return exported(changed(baseline, moved), title, FILE, origin(baseline))


def opened(text: str, baseline: str = AS_IS) -> tuple[dict[str, Any], str, list[str]]:
    return imported(text, levers_at(baseline), origin(baseline), base_of(baseline).start)


def acting(baseline: str, moved: dict[str, float]) -> dict[str, float]:
    """Return settings at work: without those at the baseline, and without those of programmes that are off."""
    levers = {one.id: one for one in levers_at(baseline)}
    found = settled(list(levers.values()), moved)
    at = {name: found.get(name, one.value) for name, one in levers.items()}
    return {
        name: value
        for name, value in found.items()
        if (needs := levers[name].needs) is None or at[needs] != levers[needs].off
    }


# ---------------------------------------------------------------------------------- there and back


@pytest.mark.parametrize("baseline", BASELINES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_what_is_saved_is_opened_as_it_was(baseline: str, data: st.DataObject) -> None:
    moved = data.draw(settings_of(levers_at(baseline)))
    found, title, notes = opened(saved(baseline, moved), baseline)
    assert acting(baseline, found) == acting(baseline, moved)
    assert changed(baseline, found) == changed(baseline, moved)
    assert (title, notes) == ("What if", [])


@pytest.mark.parametrize("baseline", BASELINES)
def test_a_saved_file_is_a_scenario_with_these_changes(baseline: str, tmp_path: Path) -> None:
    switches = {one.id: one.scale.high for one in levers_at(baseline) if one.off is not None}
    everything = {name: high - (name in ("camp_closure", "close_sites")) for name, high in switches.items()}
    for moved in ({}, everything, {one.id: one.off for one in levers_at(baseline) if one.off is not None}):
        file = tmp_path / FILE
        file.write_text(saved(baseline, moved), encoding="utf-8")
        wanted = base_of(baseline).scenario.override(changed(baseline, moved) | {"title": "What if"})
        assert load_scenario(file).spec == wanted.spec
        assert load_scenario(file).tables == wanted.tables


@given(title=st.text(max_size=200))
@settings(max_examples=25, deadline=None)
def test_any_title_is_one_line_that_changes_nothing_else(title: str) -> None:
    text = saved(AS_IS, {"transport": 50}, title)
    found, kept, notes = opened(text)
    assert (found, notes) == ({"transport": 50}, [])
    assert "\n" not in kept
    assert len(kept) <= MOST_TITLE
    assert opened(saved(AS_IS, {"transport": 50}, kept))[1] == kept


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("Buses: 50 # and more", "Buses: 50 # and more"),
        ("two\nlines\tand\r\nmore", "two lines and more"),
        ("x\nprogrammes:\n  evil: {kind: aid_cut}", "x programmes: evil: {kind: aid_cut}"),
        ("bell\x07 and \x1b[31mred", "bell\\x07 and \\x1b[31mred"),
        ("\u202etxt.exe", "\\u202etxt.exe"),
        ("!!python/object:os.system", "!!python/object:os.system"),
        ("*alias &anchor", "*alias &anchor"),
        ("'\"- [", "'\"- ["),
        ("ماذا لو؟ Et si… ?", "ماذا لو؟ Et si… ?"),
        ("2024-07", "2024-07"),
        ("null", "null"),
        ("a" * 500, "a" * MOST_TITLE),
    ],
)
def test_titles_of_all_kinds_are_kept_or_made_safe(title: str, kept: str, tmp_path: Path) -> None:
    text = saved(AS_IS, {"transport": 50}, title)
    assert opened(text)[1] == kept
    (tmp_path / FILE).write_text(text, encoding="utf-8")
    assert load_scenario(tmp_path / FILE).spec.title == kept
    assert list(load_scenario(tmp_path / FILE).spec.programmes) == ["transport"]


def test_the_file_states_the_command_and_where_the_numbers_come_from() -> None:
    assert origin(rows=5500).command(FILE) == f"sim compare {AS_IS} {FILE} --seeds 8 --households 5500"
    head = [line for line in saved(AS_IS, {}).splitlines() if line.startswith("#")]
    assert f"#   {origin().command(FILE)}" in head
    assert "data ab12cd34ef56" in head[0]
    assert "0.1.0" in head[0]
    assert origin().command(FILE) == f"sim compare {AS_IS} {FILE} --seeds 8"


@pytest.mark.parametrize("name", ["mine.yaml", "copy", "copy/as-is.yaml", "valley/aid-ends"])
def test_a_baseline_of_ones_own_is_named_so_that_it_is_found(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder with a blank in its name, as many have."""
    folder = tmp_path / "my workshop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    (folder / "mine.yaml").write_text("extends: valley/as-is\nmonths: 24\n", encoding="utf-8")
    new_case(folder / "copy", "valley")
    engine = Engine(load_scenario(name), None, Size(), processes=1)
    found, moved = origin_of(engine), {"transport": 50}
    text = exported(engine.changed(moved)[0], "What if", FILE, found)
    assert imported(text, engine.levers, found, engine.scenario.spec.start)[0] == moved
    (folder / FILE).write_text(text, encoding="utf-8")
    assert load_scenario(FILE).spec == engine.changed(moved)[1].renamed("what-if", "What if").spec
    _, _, baseline, own, *_ = shlex.split(found.command(FILE))
    assert (load_scenario(baseline).spec, own) == (engine.scenario.spec, FILE)


# ---------------------------------------------------------------------------------- what levers do not know


@pytest.mark.parametrize(
    ("rest", "left"),
    [
        ("months: 24\n", "months"),
        ("parameters: {choice: {leave_commitment: 2.0}}\n", "parameters.choice.leave_commitment"),
        ("programmes: {mine: {kind: transport, places_per_month: 9}}\n", "programmes.mine"),
        ("programmes: {transport: {kind: transport, places_per_month: 50}}\n", "programmes.transport"),
        ("conditions: {rent: {condition: rent, times: 2.0}}\n", "conditions.rent"),
    ],
)
def test_what_levers_do_not_move_is_named(rest: str, left: str) -> None:
    *_, notes = opened(HEAD + rest)
    assert len(notes) == 1
    assert left in notes[0]
    assert opened(HEAD + "question: Why?\ntitle: Mine\n") == ({}, "Mine", [])


# ---------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not a scenario file saved from this page"),
        ("# nothing", "not a scenario file"),
        ("null", "not a scenario file"),
        ("- extends", "not a scenario file"),
        ("extends", "not a scenario file"),
        ("title: Mine", "not a scenario file"),
        ("extends: valley/aid-ends", "another baseline .*'valley/aid-ends'.*allowed: valley/as-is"),
        ("extends: [valley/as-is]", "another baseline"),
        ("extends: null", "another baseline"),
        (HEAD + "title: !!python/object/apply:os.system ['true']", "tags are not accepted"),
        (HEAD + "title: !mine x", "tags are not accepted"),
        ("a: &a [1, 2]\nb: *a\n" + HEAD, "aliases"),
        (HEAD + HEAD, "appears twice"),
        (HEAD + "programmes: {transport: {places_per_month: 50}", "not readable as YAML"),
        (HEAD + "? [a, b]\n: 1", "a key must be a plain word"),
        (HEAD + "x: " + "[" * 400, "not readable as YAML"),
        (HEAD + "a: " * 40, "YAML"),
        (HEAD + "x: \x07", "not readable as YAML"),
        (HEAD + "programmes: {transport: {kind: transport, places_per_month: 401}}", "transport: is out of range"),
        (HEAD + "programmes: {transport: {kind: transport, places_per_month: 1.0e+400}}", "out of range"),
        (HEAD + f"programmes: {{transport: {{kind: transport, places_per_month: {'9' * 400}}}}}", "out of range"),
        (HEAD + "programmes: {transport: {kind: transport, places_per_month: .nan}}", "is not a number"),
        (HEAD + "programmes: {transport: {kind: transport, places_per_month: many}}", "is no number"),
        (HEAD + "programmes: {transport: {kind: transport, places_per_month: [50]}}", "is no number"),
        (HEAD + "programmes: {aid_cut: {kind: aid_cut, share: true}}", "is no number"),
        (HEAD + "programmes: {camp_closure: {closing_month: soon}}", "is no month"),
        (HEAD + "programmes: {camp_closure: {closing_month: 2099-01}}", "camp_closure: is out of range"),
        (HEAD + "title: " + "x" * 2_000_000, "too large"),
    ],
)
def test_another_file_is_refused_in_one_sentence(text: str, message: str) -> None:
    with pytest.raises(InputError, match=message) as refused:
        opened(text)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 3000


@given(text=st.text(max_size=120) | st.text("extndsvaly/-i:{}[]&*!|>#'\" \n\t-1.", max_size=60).map(HEAD.__add__))
@settings(max_examples=300, deadline=None)
def test_whatever_is_opened_is_opened_or_refused(text: str) -> None:
    try:
        found, _, _ = opened(text)
    except InputError:
        return
    assert settled(levers_at(AS_IS), found) == found
