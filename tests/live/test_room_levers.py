"""Levers: all there are, what moving them changes, and values that are refused in the numbers people see."""

import math
from dataclasses import replace
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms import BASELINES, base_of, levers_at, settings_of, words

from sim.interventions import InterventionSpec
from sim.live.lever_making import GROUP_OF, class_of, lever_fields, levers_of, switch_of
from sim.live.levers import Lever, changes, settled
from sim.live.opening import described
from sim.live.pack import GROUPS
from sim.live.scales import DIGITS, IN_HUNDREDS, Scale, scale_of
from sim.scenario import compile_scenario
from sim.schema.errors import InputError

KINDS = [one.model_fields["kind"].default for one in get_args(get_args(InterventionSpec)[0])]
UNITS = ("families/month", "USD/family", "USD/month", "months", "share", "index", "ratio", "number")


def lever(baseline: str, name: str) -> Lever:
    return next(one for one in levers_at(baseline) if one.id == name)


def changed(baseline: str, moved: dict[str, float]) -> dict[str, Any]:
    levers = levers_at(baseline)
    return changes(levers, settled(levers, moved), base_of(baseline).start)


def on_a_step(scale: Scale, value: float) -> bool:
    steps = (value - scale.low) / scale.step
    return abs(steps - round(steps)) < 1e-6


# ---------------------------------------------------------------------------------- all there are


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_intervention_has_a_group_and_levers(kind: str) -> None:
    fields = lever_fields(kind)
    assert GROUP_OF[kind] in GROUPS
    assert fields[0] == switch_of(kind)
    assert set(fields) <= set(class_of(kind).model_fields)
    assert len(set(fields)) == len(fields)


def test_groups_are_given_to_kinds_alone() -> None:
    assert set(GROUP_OF) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_every_lever_has_a_name_and_help(kind: str) -> None:
    keys = [f"help.{kind}", f"group.{GROUP_OF[kind]}", *(f"lever.{kind}.{field}" for field in lever_fields(kind))]
    assert [key for key in keys if not words().get(key)] == []


@pytest.mark.parametrize("baseline", [*BASELINES, "valley/aid-ends", "valley/papers-and-news"])
def test_levers_of_a_baseline_are_whole(baseline: str) -> None:
    """The page finds words for each; ids are its own; each stands on a step of its scale; what it needs is above it."""
    levers = levers_at(baseline)
    assert len({one.id for one in levers}) == len(levers)
    above: set[str] = set()
    for one in levers:
        told = described(one)
        assert words()[told["label"]["key"]]
        assert words()[f"unit.{told['unit']}"]
        assert words()[f"help.{told['about']}"]
        assert one.scale.low <= one.value <= one.scale.high
        assert on_a_step(one.scale, one.value)
        assert one.off is None or (one.scale.low <= one.off <= one.scale.high and on_a_step(one.scale, one.off))
        assert (one.needs is None) == (one.off is not None)
        assert one.needs is None or one.needs in above
        above.add(one.id)


def test_programmes_of_the_baseline_come_first_and_stand_where_they_stand_there() -> None:
    levers = levers_at("valley/closure-with-alternatives")
    assert levers[0].id == "close_sites"
    at = {one.id: one.value for one in levers}
    assert at["close_sites"] == 14, "August 2025, of a run from July 2024"
    assert (at["close_sites.notice_months"], at["buses"], at["return_grant.amount"]) == (6, 120, 1500)
    assert "camp_closure" not in at, "no second one of a kind that is there"
    assert "transport" not in at
    assert at["light_repair"] == 0


def test_without_camps_there_is_none_to_close() -> None:
    levers = levers_at("valley/as-is")
    assert any(one.id == "camp_closure" for one in levers)
    bare = levers_of(replace(base_of("valley/as-is"), has_camps=False), None)
    assert [one.id for one in levers if one not in bare] == [
        "camp_closure",
        "camp_closure.share",
        "camp_closure.notice_months",
    ]


# ---------------------------------------------------------------------------------- what moving them changes


@pytest.mark.parametrize("baseline", BASELINES)
def test_nothing_moved_changes_nothing(baseline: str) -> None:
    everywhere = {one.id: one.value for one in levers_at(baseline)}
    assert settled(levers_at(baseline), everywhere) == {}
    assert changed(baseline, everywhere) == changed(baseline, {}) == {}


@pytest.mark.parametrize("baseline", BASELINES)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_whatever_is_on_the_scales_a_scenario_accepts(baseline: str, data: st.DataObject) -> None:
    moved = settled(levers_at(baseline), data.draw(settings_of(levers_at(baseline))))
    scenario = base_of(baseline).scenario
    found = scenario.override(changed(baseline, moved)).spec.programmes
    untouched = {one.moves.name for one in levers_at(baseline)} - {name.split(".")[0] for name in moved}
    assert {name: found.get(name) for name in untouched} == {
        name: scenario.spec.programmes.get(name) for name in untouched
    }


@given(moved=settings_of(levers_at("valley/as-is")))
@settings(max_examples=8, deadline=None)
def test_whatever_is_on_the_scales_can_be_run(moved: dict[str, float]) -> None:
    compile_scenario(base_of("valley/as-is").scenario.override(changed("valley/as-is", moved)))


@pytest.mark.parametrize("baseline", BASELINES)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_programme_is_there_exactly_while_its_lever_is_on(baseline: str, data: st.DataObject) -> None:
    levers = levers_at(baseline)
    moved = settled(levers, data.draw(settings_of(levers)))
    found = base_of(baseline).scenario.override(changed(baseline, moved)).spec.programmes
    for one in levers:
        if one.off is not None:
            assert (one.id in found) == (moved.get(one.id, one.value) != one.off), one.id


def test_a_lever_off_takes_out_what_is_there_and_writes_nothing_where_nothing_is() -> None:
    assert changed("valley/closure-with-alternatives", {"buses": 0}) == {"programmes.buses": None}
    assert changed("valley/closure-with-alternatives", {"close_sites": 37}) == {"programmes.close_sites": None}
    assert changed("valley/as-is", {"return_grant": 0, "return_grant.amount": 2000}) == {}


def test_a_lever_moved_writes_its_programme_whole_and_no_other() -> None:
    found = changed("valley/as-is", {"camp_closure": 14, "camp_closure.notice_months": 6})
    closure = {"kind": "camp_closure", "sites": "all", "closing_month": "2025-08", "share": 1.0, "notice_months": 6}
    assert found == {"programmes.camp_closure": closure}
    found = changed("valley/closure-with-alternatives", {"return_grant.amount": 1000})
    written = base_of("valley/closure-with-alternatives").written["return_grant"]
    assert found == {"programmes.return_grant": {**written, "amount": 1000.0}}


# ---------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("name", "value", "said", "allowed"),
    [
        ("aid_cut", 1.5, "out of range (found 150", "0, or 1 to 100"),
        ("aid_cut", 0.005, "out of range (found 0.5", "0, or 1 to 100"),
        ("aid_cut", -0.01, "out of range (found -1", "0, or 1 to 100"),
        ("information.slant", -1.01, "out of range (found -101", "-100 to 100"),
        ("camp_closure", 38, "out of range (found 38", "1 to 37"),
        ("camp_closure", 0, "out of range (found 0", "1 to 37"),
        ("transport", 401, "out of range (found 401", "0 to 400"),
        ("transport", 10**400, "out of range", "0 to 400"),
        ("transport", math.nan, "not a number (found nan", "0 to 400"),
        ("transport", math.inf, "out of range (found inf", "0 to 400"),
        ("transport", "50", "not a number (found '50'", "0 to 400"),
        ("transport", True, "not a number (found True", "0 to 400"),
        ("transport", None, "not a number", "0 to 400"),
        ("transport", [50], "not a number (found [50]", "0 to 400"),
    ],
)
def test_what_is_not_on_the_scale_is_refused_in_the_numbers_people_see(
    name: str, value: object, said: str, allowed: str
) -> None:
    with pytest.raises(InputError) as refused:
        settled(levers_at("valley/as-is"), {name: value})
    assert refused.value.key == name
    assert said in str(refused.value)
    assert refused.value.allowed == allowed


def test_an_unknown_lever_is_refused_with_the_nearest_that_there_is() -> None:
    with pytest.raises(InputError, match="no such lever - did you mean 'transport'") as refused:
        settled(levers_at("valley/as-is"), {"transprot": 10})
    assert refused.value.key == "transprot"


# ---------------------------------------------------------------------------------- scales


@given(
    unit=st.sampled_from(UNITS),
    default=st.none() | st.floats(-5000, 5000).map(lambda value: round(value, 3)),
    families=st.integers(1, 3_000_000),
    whole=st.booleans(),
    data=st.data(),
)
def test_any_value_can_be_held_on_a_step(
    unit: str, default: float | None, families: int, whole: bool, data: st.DataObject
) -> None:
    scale = scale_of(unit, default, families=families, whole=whole)
    assert scale.low < scale.high
    assert on_a_step(scale, scale.high), "the right end can be reached"
    value = data.draw(values_near(scale))
    held = scale.holding(value)
    assert held.low <= value <= held.high
    assert held.low <= scale.low
    assert scale.high <= held.high
    assert on_a_step(held, value)
    assert 0 < held.step <= scale.step
    assert held.checked(value, "it") == value


def values_near(scale: Scale) -> st.SearchStrategy[float]:
    """Return what a scenario may hold: on the scale or not, whole where only whole numbers make sense."""
    if scale.whole:
        return st.integers(math.floor(scale.low) - 9, math.ceil(scale.high) + 9).map(float)
    span = scale.high - scale.low
    return st.floats(scale.low - span, scale.high + span).map(lambda value: round(value, 3))


@given(families=st.integers(1, 3_000_000))
def test_steps_and_ends_of_places_are_nice_numbers(families: int) -> None:
    scale = scale_of("families/month", None, families=families, whole=True)
    assert f"{scale.high:.0e}"[0] in "1234568"
    assert scale.high == float(f"{scale.high:.0e}")
    assert scale.step == float(f"{scale.step:.0e}")
    assert f"{scale.step:.0e}"[0] in "125"
    assert scale.high <= max(families / 20, 1) < 2 * scale.high


@given(start=st.integers(1990 * 12, 2060 * 12), months=st.integers(1, 120), data=st.data())
def test_months_are_written_as_in_a_calendar_and_read_back(start: int, months: int, data: st.DataObject) -> None:
    scale, first = Scale.of_months(months), f"{start // 12:04d}-{start % 12 + 1:02d}"
    month = data.draw(st.integers(1, months + 1))
    written = scale.written(month, first)
    assert scale.read(written, first) == month
    assert scale.written(1, first) == first
    assert scale.off == months + 1, "the month after the last stands for never"


@pytest.mark.parametrize(("unit", "per"), [*((unit, 100) for unit in IN_HUNDREDS), ("months", 1), ("USD/family", 1)])
def test_shares_are_read_per_hundred(unit: str, per: int) -> None:
    assert Scale(0, 1, 0.05, unit).per == per


def test_whole_numbers_are_rounded_and_others_cut_to_what_is_written() -> None:
    assert Scale(0, 400, 5, "families/month", whole=True).checked(12.6, "it") == 13
    assert Scale(0, 1, 0.05, "share").checked(0.1 + 0.2, "it") == 0.3
    assert len(repr(Scale(0, 1, 0.05, "share").checked(1 / 3, "it"))) == 2 + DIGITS


@pytest.mark.parametrize("written", ["soon", "2025-8x", "2025-13", "2025", "", 14, True, None, [1], {"a": 1}])
def test_what_is_no_month_is_refused(written: object) -> None:
    with pytest.raises(InputError, match="is no month"):
        Scale.of_months(36).read(written, "2024-07")


@pytest.mark.parametrize("written", ["50", "2025-08", True, None, [1], {"a": 1}])
def test_what_is_no_number_is_refused(written: object) -> None:
    with pytest.raises(InputError, match="is no number"):
        Scale(0, 1, 0.05, "share").read(written, "2024-07")


def test_a_number_beyond_all_numbers_is_out_of_range() -> None:
    scale = Scale(0, 1, 0.05, "share")
    with pytest.raises(InputError, match="out of range"):
        scale.checked(scale.read(10**400, "2024-07"), "it")


@pytest.mark.parametrize("kind", KINDS)
def test_between_off_and_the_least_that_a_scenario_accepts_nothing_can_be_set(kind: str) -> None:
    """Every value that the scale of a switch lets through is accepted, down to the smallest."""
    switch = lever("valley/as-is", kind)
    smallest = switch.scale.least if switch.scale.least > switch.scale.low else switch.scale.low + 1e-6
    moved = settled(levers_at("valley/as-is"), {kind: smallest})
    base_of("valley/as-is").scenario.override(changed("valley/as-is", moved))
