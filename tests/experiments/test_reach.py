"""What would it take: the smallest value that is enough, as trying all of them finds it; or that none is."""

from typing import Any

import numpy as np
import pytest

import sim
from sim.experiments.draws import Draws
from sim.experiments.executors import Threads
from sim.experiments.reach import Reach, Target, reach, read_target
from sim.report.reach import answer, reach_sheet
from sim.schema.errors import InputError

SCENARIO, LEVER = "valley/rebuild-first", "programmes.core_houses.places_per_month"
SIZE: dict[str, Any] = {"households": 500, "months": 12, "seeds": 2}
SPENT = "spent >= 5_200_000"


def spent(places: int) -> list[float]:
    scenario = sim.load_scenario(SCENARIO, {LEVER: places, "rows": 500, "months": 12})
    return [float(sim.run(scenario, seed=seed).data["spent"].sum()) / 100 for seed in (0, 1)]


@pytest.mark.slow
@pytest.mark.parametrize("probability", [0.5, 1.0])
def test_the_answer_is_that_of_trying_all(probability: float) -> None:
    tried = {places: spent(places) for places in range(1, 13)}
    aim = sorted(np.concatenate(list(tried.values())))[len(tried)]
    enough = [n for n, found in tried.items() if np.mean([one >= aim for one in found]) >= probability]
    found = reach(SCENARIO, LEVER, f"spent >= {aim:.2f}", 1, 12, probability, **SIZE)
    assert found.answer == min(enough)
    assert found.is_monotone
    assert len(found.tried) < 12, "not all were tried"
    by_value = {one.value: one for one in found.tried}
    assert by_value[found.answer].met >= probability * 2
    assert by_value[found.answer - 1].met < probability * 2, "one less is known to fall short"
    assert answer(found).endswith("1 less does not.")


@pytest.mark.slow
def test_nothing_is_enough() -> None:
    found = reach(SCENARIO, LEVER, "sustained >= 8000", 1, 12, **SIZE)
    assert found.answer is None
    assert len(found.tried) == 6, "both ends and four between"
    assert answer(found) == (
        f"No value of {LEVER} from 1 to 12 that was tried reaches sustained >= 8,000 in 90% of replicates."
    )


def test_the_least_is_enough_already() -> None:
    found = reach(SCENARIO, LEVER, "displaced >= 1", 3, 12, **SIZE)
    assert (found.answer, len(found.tried)) == (3, 1)
    assert "already reaches" in answer(found)


@pytest.mark.slow
def test_a_lever_of_any_number_and_draws_in_threads() -> None:
    draws = Draws(("parameters.beliefs.rate",), np.array([[0.08], [0.2]]), "two by hand")
    arguments = (SCENARIO, "parameters.costs.care_camp", "care >= 9_000_000", 0.0, 4000.0, 1.0, draws, 2, 400, 6)
    found = reach(*arguments)
    assert found.answer is not None
    assert 0 < found.within <= 40 * (1 + 1e-9)
    assert repr(reach(*arguments, executor=Threads(2))) == repr(found), "to the last digit"
    assert {one.of for one in found.tried} == {4}
    below = max(one.value for one in found.tried if one.value < found.answer)
    assert found.answer - below == pytest.approx(found.within)


def test_harm_stands_beside_every_value() -> None:
    found = reach(SCENARIO, LEVER, "sustained >= 1", 1, 2, **SIZE)
    (section,) = reach_sheet(found).sections
    labels = [label for label, _ in section.lines]
    assert any(label.startswith("Expelled") for label in labels)
    assert any("worst-off group" in label for label in labels)


def test_chances_have_intervals_and_small_counts_are_withheld() -> None:
    found = reach(SCENARIO, LEVER, "hastened >= 0", 1, 2, **SIZE)
    (one,) = found.tried
    assert (one.met, one.of, one.high) == (2, 2, 1.0)
    assert one.low == pytest.approx(0.025 ** (1 / 2))
    assert np.isnan(one.means["hastened"]) or one.means["hastened"] == 0 or one.means["hastened"] >= 10


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("sustained_whole >= 20000", Target("sustained_whole", True, 20_000)),
        ("sustained_solutions>=2e4", Target("sustained_whole", True, 20_000)),
        (" expelled <= 1,500.5 ", Target("expelled", False, 1500.5)),
        ("displaced >= 3", Target("displaced", True, 3)),
    ],
)
def test_targets_are_read(text: str, target: Target) -> None:
    assert read_target(text) == target


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("sustained", "is no target"),
        ("sustained = 3", "is no target"),
        ("sustained >= many", "is no target"),
        ("__import__('os') >= 1", "is no target"),
        ("sustaned >= 3", "no run records this outcome - did you mean 'sustained'?"),
        ("returns >= 3", "no plan is fitted to more of this: more returns, or fewer displaced"),
        ("returned >= 3", "no plan is fitted to more of this"),
        ("displaced <= 3", "no plan is fitted to less of this"),
        ("person_months <= 3", "no plan is fitted to less of this"),
    ],
)
def test_targets_that_are_none(text: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        read_target(text)
    assert message in str(caught.value)
    assert "--target" in str(caught.value)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"lever": "programmes.core_house.places_per_month"}, "did you mean 'core_houses'?"),
        ({"lever": "programmes.core_houses"}, "is no number that could be turned up or down"),
        ({"lever": "parameters.markets.feedback"}, "is no number that could be turned up or down"),
        ({"low": 5, "high": 5}, "is no range to look in"),
        ({"low": 1.5}, "the lever is a whole number"),
        ({"high": float("inf")}, "is no range to look in"),
        ({"probability": 0.0}, "is no probability"),
        ({"low": -4}, "places_per_month"),
    ],
)
def test_what_cannot_be_asked(changed: dict[str, Any], message: str) -> None:
    asked: dict[str, Any] = {"lever": LEVER, "target": SPENT, "low": 1, "high": 9, **changed}
    with pytest.raises(InputError) as caught:
        reach(SCENARIO, **asked, **SIZE)
    assert message in str(caught.value)


def test_more_that_helps_less_is_said() -> None:
    found = reach(SCENARIO, LEVER, "sustained >= 1", 1, 2, **SIZE)
    (one,) = found.tried
    falling = (one, *(type(one)(value, met, 2, 0, 1, one.means) for value, met in ((2, 1), (3, 2))))
    crooked = Reach(found.scenario, LEVER, found.target, 0.9, falling, 3, 1)
    assert not crooked.is_monotone
    assert "More of it did not always help" in reach_sheet(crooked).caption
