"""Watch out: every rule speaks from its threshold on, and never where luck explains it or few would be told of."""

from typing import Any

import numpy as np
import pytest
from rooms import AREAS, FAMILIES, a_glance, base_of, levers_at, words

from sim.live.engine import _room
from sim.live.frames import Pairs, frame
from sim.live.glance import Glance, glance_at, trait_values
from sim.live.levers import changes, settled
from sim.live.watch import OF_FAMILIES, OF_MONEY, OF_RENT, OF_SHARES, OF_WORST, ORDER, Room, warnings
from sim.outcomes import BEST
from sim.scenario import compile_scenario

ROOM = Room(tuple(f"Area {n + 1}" for n in range(AREAS)))
MOVED = {"closing.share": 0.5}
PER = 100 / FAMILIES
TRAITS = [value for _, value in trait_values()]


def told(before: list[Glance], after: list[Glance], moved: dict[str, float] = MOVED) -> dict[str, Any]:
    return {one["rule"]: one["values"] for one in warnings(before, after, ROOM, moved, PER)}


def ends(name: str, *numbers: float) -> list[Glance]:
    """Return glances, one a seed, with an outcome at so many families per hundred."""
    return [a_glance(ends={name: number / PER}) for number in numbers]


FAMILY_RULES = [
    ("induced", "expelled", OF_FAMILIES),
    ("induced", "diverted", OF_FAMILIES),
    ("induced", "hastened", OF_FAMILIES),
    ("premature", "premature_returns", OF_FAMILIES),
    ("displaced_again", "displaced_again", OF_FAMILIES),
    ("elsewhere", "settled_elsewhere", 1.0),
]


# ---------------------------------------------------------------------------------- rules about families


@pytest.mark.parametrize(("rule", "outcome", "least"), FAMILY_RULES)
def test_a_rule_about_families_speaks_from_its_threshold_on(rule: str, outcome: str, least: float) -> None:
    over, under = (ends(outcome, *(10 + least + more, 20 + least + more)) for more in (0.01, -0.01))
    before = ends(outcome, 10, 20)
    assert told(before, over) == {rule: {"baseline": 15.0, "actions": pytest.approx(15 + least, abs=0.06)}}
    assert told(before, under) == {}
    assert told(over, before) == {}, "nor where it falls"


@pytest.mark.parametrize(("rule", "outcome"), [rule[:2] for rule in FAMILY_RULES])
def test_luck_that_spans_zero_is_no_warning(rule: str, outcome: str) -> None:
    """On average it rises by far more than the threshold, in one seed of four it falls."""
    before, after = ends(outcome, 10, 10, 10, 10), ends(outcome, 20, 20, 20, 5)
    assert told(before, after) == {}
    assert rule in told(before, ends(outcome, 20, 20, 20, 10.1))


@pytest.mark.parametrize("families", [4, 9])
def test_few_families_are_not_told_of(families: float) -> None:
    """In a small case few families may be many per hundred."""
    before, after = ([a_glance(ends={"expelled": number})] for number in (0.0, families))
    assert warnings(before, after, ROOM, MOVED, per=1.0) == []
    assert warnings(after, [a_glance(ends={"expelled": 400.0})], ROOM, MOVED, per=1.0) == [], "nor of few before"
    assert warnings(before, [a_glance(ends={"expelled": 400.0})], ROOM, MOVED, per=1.0) != []


def test_few_simulated_households_are_not_told_of() -> None:
    before = ends("expelled", 0)
    thin = [a_glance(ends={"expelled": 20 / PER}, rows=6.0)]
    assert told(before, thin) == {}
    assert "induced" in told(before, ends("expelled", 20))
    assert told([a_glance(ends={"expelled": 5 / PER}, rows=6.0)], ends("expelled", 20)) == {}, "nor at the baseline"


def test_induced_moves_are_counted_together() -> None:
    """Each alone stays below the threshold."""
    parts = dict.fromkeys(("expelled", "diverted", "hastened"), 0.2 / PER)
    assert told([a_glance()], [a_glance(ends=parts)]) == {"induced": {"baseline": 0.0, "actions": 0.6}}
    assert told([a_glance()], [a_glance(ends={"expelled": 0.2 / PER, "hastened": 0.2 / PER})]) == {}


def test_fewer_lasting_solutions_are_told_where_they_fall() -> None:
    before, after = ends(BEST, 30, 30), ends(BEST, 29, 29)
    assert told(before, after) == {"fewer_lasting": {"baseline": 30.0, "actions": 29.0}}
    assert told(after, before) == {}
    assert told(before, ends(BEST, 29.6, 29.6)) == {}


def test_returns_to_severe_places() -> None:
    at = [[a_glance(severe=number / PER)] for number in (3.0, 3.4, 3.6)]
    assert told(at[0], at[2]) == {
        "severe": {"baseline": pytest.approx(3, abs=0.06), "actions": pytest.approx(3.6, abs=0.06)}
    }
    assert told(at[0], at[1]) == {}


# ---------------------------------------------------------------------------------- shares, prices, money


def test_debt_speaks_from_its_threshold_on() -> None:
    before = [a_glance(shares={"in_debt": 40.0}), a_glance(shares={"in_debt": 44.0})]
    over, under = (
        [a_glance(shares={"in_debt": number + OF_SHARES + more}) for number in (40, 44)] for more in (0.01, -0.01)
    )
    assert told(before, over) == {"debt": {"baseline": 42.0, "actions": 43.0}}
    assert told(before, under) == {}
    swinging = [a_glance(shares={"in_debt": 60.0}), a_glance(shares={"in_debt": 40.0})]
    assert told(before, swinging) == {}


def grouped(**moved: float) -> np.ndarray:
    """Return groups of 1,000 families each, of whom so many are moved under a push."""
    found = np.zeros((2, len(TRAITS)))
    found[1] = 1000
    for name, number in moved.items():
        found[0, TRAITS.index(name)] = number
    return found


def test_the_worst_group_is_named_with_its_own_numbers() -> None:
    before = [a_glance(groups=grouped(female=20, camp=50), shares={"worst_group_induced": 5.0})]
    after = [a_glance(groups=grouped(female=100, camp=300), shares={"worst_group_induced": 5 + OF_WORST})]
    assert told(before, after) == {"worst_group": {"group": "camp", "actions": 30.0, "baseline": 5.0}}
    assert told(before, [after[0]._replace(shares=after[0].shares - 0.01)]) == {}


def test_a_group_of_few_is_never_the_worst() -> None:
    few = grouped(female=100, camp=5)
    few[1, TRAITS.index("camp")] = 8
    before = [a_glance(groups=grouped(), shares={"worst_group_induced": 0.0})]
    after = [a_glance(groups=few, shares={"worst_group_induced": 60.0})]
    assert told(before, after)["worst_group"]["group"] == "female"
    assert told(before, [a_glance(groups=few, rows=3.0, shares={"worst_group_induced": 60.0})]) == {}


def test_every_group_has_words() -> None:
    assert [trait for trait in TRAITS if not words().get(f"trait.{trait}")] == []
    assert [rule for rule in ORDER if not words().get(f"watch.{rule}")] == []


def test_rent_is_told_of_the_area_where_it_rises_most() -> None:
    before = [a_glance(rent=[100.0, 200.0])]
    assert told(before, [a_glance(rent=[104.0, 210.0])]) == {
        "rent": {"area": "Area 2", "baseline": 200, "actions": 210}
    }
    assert told(before, [a_glance(rent=[100 + OF_RENT - 0.01, 180.0])]) == {}


@pytest.mark.parametrize("name", ["aid_withheld", "host_rent"])
def test_money_that_others_pay_speaks_from_a_part_of_what_care_costs(name: str) -> None:
    care = 1e6
    before = [a_glance(money={"care": care, name: 5000.0})]
    over, under = ([a_glance(money={"care": 1.0, name: 5000 + OF_MONEY * care + more})] for more in (1, -1))
    assert told(before, over) == {name: {"baseline": 5000, "actions": 25001}}
    assert told(before, under) == {}
    assert told([a_glance(money={"care": care, name: -50000.0})], [a_glance(money={"care": care, name: -1.0})]) == {}


# ---------------------------------------------------------------------------------- alternatives, order


CLOSED, NOTICE = "camp_closure", "camp_closure.notice_months"


@pytest.mark.parametrize(
    ("baseline", "moved", "speaks"),
    [
        ("valley/as-is", {CLOSED: 14}, True),
        ("valley/as-is", {CLOSED: 14, "camp_closure.share": 0.5}, True),
        ("valley/as-is", {CLOSED: 14, NOTICE: 6}, False),
        ("valley/as-is", {CLOSED: 14, "transport": 50}, False),
        ("valley/as-is", {CLOSED: 14, "return_grant.amount": 2000}, True),  # of a grant that nobody gets
        ("valley/as-is", {CLOSED: 14, "light_repair": 50}, True),
        ("valley/as-is", {"camp_closure.share": 0.5}, False),  # of camps that stay open
        ("valley/as-is", {"transport": 50}, False),
        ("valley/closure-no-notice", {"close_sites": 20}, True),
        ("valley/closure-no-notice", {"close_sites": 37}, False),
        ("valley/closure-no-notice", {"light_repair": 50}, False),  # which has nothing to do with it
        ("valley/closure-no-notice", {"close_sites": 20, "transport": 50}, False),
        ("valley/closure-with-alternatives", {"close_sites": 20}, False),
        ("valley/closure-with-alternatives", {"buses": 0}, False),
        (
            "valley/closure-with-alternatives",
            {"buses": 0, "return_grant": 0, "rent_subsidy": 0, "close_sites.notice_months": 0},
            True,
        ),
    ],
)
def test_a_closure_without_another_way_is_told(baseline: str, moved: dict[str, float], speaks: bool) -> None:
    """Whatever opens another way must be there, not only have been touched."""
    room = room_of(baseline)
    assert room.leaves_no_choice(settled(levers_at(baseline), moved)) == speaks


def room_of(baseline: str) -> Room:
    return _room(compile_scenario(base_of(baseline).scenario), levers_at(baseline))


def test_the_gravest_comes_first_and_nothing_moved_says_nothing() -> None:
    worse = a_glance(
        ends=dict.fromkeys(("expelled", "premature_returns", "displaced_again", "settled_elsewhere"), 500.0),
        severe=500.0,
        groups=grouped(camp=300),
        shares={"worst_group_induced": 30.0, "in_debt": 9.0},
        rent=[150.0, 100.0],
        money={"aid_withheld": 1e5, "host_rent": 1e5},
    )
    before, moved, room = a_glance(ends={BEST: 900.0}), {CLOSED: 14.0}, room_of("valley/as-is")
    found = warnings([before], [worse], room, moved, PER)
    assert [one["rule"] for one in found] == list(ORDER), "every rule there is, in order"
    weights = [one["weight"] for one in found]
    assert weights == sorted(set(weights), reverse=True)
    assert weights[-1] >= 1
    assert warnings([before], [worse], room, {}, PER) == []


# ---------------------------------------------------------------------------------- real runs


SEEDS = 3


def pair_of(baseline: str, moved: dict[str, float]) -> list[str]:
    """Return the rules that speak of real runs with settings."""
    base, levers = base_of(baseline), levers_at(baseline)
    found = settled(levers, moved)
    sides = [compile_scenario(base.scenario.override(change)) for change in ({}, changes(levers, found, base.start))]
    pairs = [[glance_at(side, seed) for seed in range(SEEDS)] for side in sides]
    shown = frame(Pairs("full", *pairs), room_of(baseline), found)["watch"]
    for one in shown:
        assert words()[f"watch.{one['rule']}"].format(**{"n": 0, **one["values"]})
    return [one["rule"] for one in shown]


def test_camps_closed_without_notice_push_families() -> None:
    found = pair_of("valley/as-is", {"camp_closure": 14})
    assert found[:2] == ["induced", "alternatives"]


def test_camps_closed_with_notice_and_buses_still_push_but_not_without_another_way() -> None:
    found = pair_of("valley/as-is", {"camp_closure": 14, "camp_closure.notice_months": 6, "transport": 100})
    assert "induced" in found
    assert "alternatives" not in found


def test_aid_that_ends_is_kept_from_families() -> None:
    found = pair_of("valley/as-is", {"aid_cut": 1.0})
    assert "aid_withheld" in found
    assert {"debt", "induced"} & set(found)


def test_houses_repaired_for_a_few_families_push_nobody() -> None:
    assert not {"induced", "alternatives", "aid_withheld"} & set(pair_of("valley/as-is", {"light_repair": 20}))
