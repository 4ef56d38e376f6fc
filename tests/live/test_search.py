"""What would it take: found where full results are, in a bounded number of them, however previews lie."""

import asyncio
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.live.levers import Lever, Moves
from sim.live.scales import Scale
from sim.live.search import LOOKS, NEAR, TRIES, Found, search

Curve = Callable[[float], float | None]
MOST_FULL = 1 + 2 + TRIES  # where the lever stands, what is worth a try, and what closes in
PLACES = Lever("buses", "support", {}, Scale(0, 400, 5, "families/month", whole=True), 0.0, Moves("key", "x"))
SHARE = Lever("aid_cut", "coordination", {}, Scale(0, 1, 0.05, "share"), 0.0, Moves("key", "x"))


class Levels:
    """Levels by value of the lever, and how often each kind was asked for."""

    def __init__(self, full: Curve, quick: Curve | None = None) -> None:
        self.full, self.quick = full, quick or full
        self.looked: list[float] = []
        self.tried: list[float] = []

    async def __call__(self, value: float, quick: bool) -> float | None:
        (self.looked if quick else self.tried).append(value)
        return (self.quick if quick else self.full)(value)


def found(lever: Lever, levels: Levels, target: float, now: float = 0.0) -> Found:
    answer = asyncio.run(search(lever, now, target, levels))
    assert len(levels.looked) <= LOOKS
    assert len(levels.tried) <= MOST_FULL
    on_steps = [(value - lever.scale.low) / lever.scale.step for value in [*levels.looked, *levels.tried]]
    assert all(abs(step - round(step)) < 1e-6 for step in on_steps)
    if answer["value"] in levels.tried:
        assert answer["reached"] == levels.full(answer["value"]), "never the level of a preview"
    return answer


@pytest.mark.parametrize("lever", [PLACES, SHARE])
@pytest.mark.parametrize("slope", [30.0, -30.0])
@given(part=st.floats(0, 1), start=st.floats(0, 1), bend=st.floats(0.5, 2))
@settings(max_examples=40, deadline=None)
def test_a_target_on_a_monotone_curve_is_reached_within_one_step(
    lever: Lever, slope: float, part: float, start: float, bend: float
) -> None:
    high = lever.scale.high

    def curve(value: float) -> float:
        return 40 + slope * (value / high) ** bend

    step = lever.scale.step
    target = 40 + slope * part
    answer = found(lever, Levels(curve), target, now=round(start * high / step) * step)
    assert answer["found"]
    within_one_step = abs(answer["value"] - high * part ** (1 / bend)) <= step + 1e-6
    assert within_one_step or abs(curve(answer["value"]) - target) <= NEAR


@given(bias=st.floats(-8, 8), noise=st.lists(st.floats(-2, 2), min_size=81, max_size=81), part=st.floats(0.2, 0.8))
@settings(max_examples=60, deadline=None)
def test_previews_that_are_wrong_lead_astray_no_further_than_the_answer_says(
    bias: float, noise: list[float], part: float
) -> None:
    """Both ends are tried where the nearest is not enough, so a target between them is always found."""

    def curve(value: float) -> float:
        return 20 + value / 10

    target = 20 + 40 * part
    levels = Levels(curve, lambda value: curve(value) + bias + noise[round(value / 5)])
    answer = found(PLACES, levels, target)
    assert answer["found"] == (abs(answer["reached"] - target) <= 4.0)
    assert answer["reached"] == curve(answer["value"])


@pytest.mark.parametrize(("target", "value"), [(90.0, 400.0), (10.0, 0.0)])
def test_out_of_reach_the_nearest_is_said(target: float, value: float) -> None:
    answer = found(PLACES, Levels(lambda places: 20 + places / 10), target)
    assert answer == {"found": False, "value": value, "reached": 20 + value / 10}


def test_a_lever_that_moves_nothing_finds_only_what_is_there() -> None:
    assert found(PLACES, Levels(lambda _: 30.0), 50.0) == {"found": False, "value": 0.0, "reached": 30.0}
    assert found(PLACES, Levels(lambda _: 30.0), 30.2)["found"]


def test_a_curve_that_turns_is_found_on_the_side_that_is_reached() -> None:
    """Up to the middle and down again: both the ends stay below the target."""
    answer = found(PLACES, Levels(lambda places: 60 - abs(places - 200) / 5), 50.0)
    assert answer["found"]
    assert abs(answer["reached"] - 50) <= 1.0


def test_where_too_few_are_left_to_tell_nothing_is_claimed() -> None:
    assert found(PLACES, Levels(lambda _: None), 50.0) == {"found": False, "value": 0.0, "reached": None}
    halfway = found(PLACES, Levels(lambda places: None if places > 100 else 20 + places / 10), 50.0)
    assert halfway["found"] is False
    assert halfway["value"] <= 100
    assert halfway["reached"] is not None


def test_from_the_middle_both_ways_can_be_gone() -> None:
    for target in (25.0, 55.0):
        answer = found(PLACES, Levels(lambda places: 20 + places / 10), target, now=200.0)
        assert (answer["found"], answer["value"]) == (True, (target - 20) * 10)
