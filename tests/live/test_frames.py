"""Frames: nothing that tells of few is in any, whatever the numbers; a preview of nothing is the baseline itself."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rooms import AREAS, ASSESSED, FAMILIES, MONTHS, a_glance

from sim.live.frames import OUTCOMES, Pairs, frame
from sim.live.glance import COUNTED, MONEY, SHARES, SITUATIONS, Counts, Glance, trait_values
from sim.live.watch import RULES, Room, warnings
from sim.outcomes import BEST
from sim.outcomes.publish import ROUNDED_TO
from sim.outcomes.suppression import is_small

ROOM = Room(tuple(f"Area {n + 1}" for n in range(AREAS)))
FEW = [0, 0, 1, 4, 9, 9.5, 10, 11, 30]
SETTINGS = {"closing": 14.0}
SHAPES = {
    "stock": (4, MONTHS + 1),
    "held": (len(ASSESSED),),
    "ends": (len(COUNTED),),
    "areas": (4, AREAS),
    "bases": (2, AREAS),
    "severe": (),
    "groups": (2, len(trait_values())),
}


def random_glance(seed: int) -> Glance:
    """Return a glance at any run: many families or few, many simulated households behind them or few."""
    rng = np.random.default_rng(seed)

    def counts(shape: tuple[int, ...]) -> np.ndarray:
        few = rng.random(shape) < rng.random()
        return np.where(few, rng.choice(FEW, shape), rng.integers(0, 3000, shape))

    families = {name: counts(shape) for name, shape in SHAPES.items()}
    families["ends"][COUNTED.index("all_families")] = FAMILIES
    behind = {name: np.clip(counts(one.shape), 1.0, np.maximum(one, 1.0)) for name, one in families.items()}
    rows = {name: np.where(one > 0, behind[name], 0.0) for name, one in families.items()}
    money, shares, rent = rng.uniform(0, 1e8, len(MONEY)), rng.uniform(0, 100, len(SHARES)), rng.uniform(20, 300, AREAS)
    return Glance(Counts(**families), Counts(**rows), money, shares, rent, ASSESSED)


GLANCES = st.integers(0, 2**32).map(random_glance)
SIDES = st.lists(GLANCES, min_size=1, max_size=3)
PAIRS = st.integers(1, 3).flatmap(
    lambda seeds: st.tuples(*[st.lists(GLANCES, min_size=seeds, max_size=seeds) for _ in range(2)])
)


def small(side: list[Glance], of: str) -> np.ndarray:
    families = np.mean([getattr(one.families, of) for one in side], axis=0)
    rows = np.mean([getattr(one.rows, of) for one in side], axis=0)
    found: np.ndarray = is_small(families, rows)
    return found


# ---------------------------------------------------------------------------------- few are never shown


@given(pairs=PAIRS, kind=st.sampled_from(["full", "preview"]))
@settings(max_examples=15, deadline=None)
def test_few_are_in_no_month_no_end_no_bar_and_no_area(pairs: tuple[list[Glance], list[Glance]], kind: Any) -> None:
    shown = frame(Pairs(kind, *pairs), ROOM, SETTINGS)
    months = {name: [small(side, "stock")[at] for side in pairs] for at, name in enumerate(SITUATIONS)}
    months[BEST] = [small(side, "held") for side in pairs]
    for name in OUTCOMES:
        told = shown["outcomes"][name]
        for side, hidden in zip(("baseline", "actions"), months[name]):
            for line in told[side].values():
                assert all(line[month] is None for month in np.flatnonzero(hidden)), name
        ends = [bool(hidden[-1]) for hidden in months[name]]
        for side, hidden in zip(("baseline", "actions"), ends):
            assert told["end"][side] is None or not hidden
            assert name == BEST or shown["bars"][side][name] == told["end"][side]
        if any(ends):
            assert [told["end"][one] for one in ("difference", "low", "high")] == [None] * 3
        assert told["withheld"] == any(None in told[side]["mean"] for side in ("baseline", "actions"))
    areas = [small(side, "areas") for side in pairs]
    for at, name in enumerate(SITUATIONS):
        for area in range(AREAS):
            assert shown["areas"][name]["level"][area] is None or not areas[1][at, area]
            assert shown["areas"][name]["change"][area] is None or not (areas[0] | areas[1])[at, area]


@given(pairs=PAIRS)
@settings(max_examples=15, deadline=None)
def test_a_single_small_month_is_not_given_away_by_the_others(pairs: tuple[list[Glance], list[Glance]]) -> None:
    """Where the total of all situations is known to the family, one that is withheld never stands alone as a sum."""
    shown = frame(Pairs("full", *pairs), ROOM, SETTINGS)
    for n, side in enumerate(("baseline", "actions")):
        hidden = small(pairs[n], "stock")
        for month in range(MONTHS + 1):
            withheld = [shown["outcomes"][name][side]["mean"][month] is None for name in SITUATIONS]
            assert np.all(~hidden[:, month] | withheld)


@given(pairs=PAIRS)
@settings(max_examples=100, deadline=None)
def test_few_are_in_no_warning(pairs: tuple[list[Glance], list[Glance]]) -> None:
    """Neither few families nor few simulated households, with actions or at the baseline."""
    found = {one["rule"]: one["values"] for one in warnings(*pairs, ROOM, SETTINGS, 100 / FAMILIES)}
    for rule in RULES:
        at = [COUNTED.index(name) for name in rule.outcomes]
        for side in pairs:
            families, rows = (
                np.mean([one.ends[at].sum() for one in part])
                for part in ([one.families for one in side], [one.rows for one in side])
            )
            assert rule.name not in found or not is_small(np.array(families), np.array(rows)), rule.name
    assert "severe" not in found or not any(small(side, "severe") for side in pairs)
    if "worst_group" in found:
        at = [value for _, value in trait_values()].index(found["worst_group"]["group"])
        assert not any(small(side, "groups")[:, at].any() for side in pairs)


# ---------------------------------------------------------------------------------- what a frame is made of


@given(pairs=PAIRS, kind=st.sampled_from(["full", "preview"]))
@settings(max_examples=15, deadline=None)
def test_any_frame_can_be_sent_and_a_preview_claims_no_spread(
    pairs: tuple[list[Glance], list[Glance]], kind: Any
) -> None:
    shown = frame(Pairs(kind, *pairs), ROOM, SETTINGS)
    assert json.loads(json.dumps(shown, allow_nan=False)) == shown
    assert (shown["kind"], shown["settings"], shown["seeds"]) == (kind, SETTINGS, len(pairs[0]))
    for one in shown["outcomes"].values():
        end = one["end"]
        spread = end["low"], end["high"]
        assert spread == (None, None) if kind == "preview" or end["difference"] is None else None not in spread


@given(pairs=PAIRS)
@settings(max_examples=15, deadline=None)
def test_every_number_of_families_is_rounded_as_it_is_published(pairs: tuple[list[Glance], list[Glance]]) -> None:
    """What is shown are multiples of five families: no exact count can be worked out from numbers per hundred."""
    for name, told in frame(Pairs("full", *pairs), ROOM, SETTINGS)["outcomes"].items():
        lines = [line for side in ("baseline", "actions") for line in told[side].values()]
        numbers = [number for line in [*lines, list(told["end"].values())] for number in line if number is not None]
        steps = np.array(numbers) * FAMILIES / 100 / ROUNDED_TO
        assert np.abs(steps - steps.round()).max(initial=0) < 0.01, name


@given(side=SIDES)
@settings(max_examples=15, deadline=None)
def test_what_changes_nothing_differs_by_nothing_and_warns_of_nothing(side: list[Glance]) -> None:
    shown = frame(Pairs("full", side, side), ROOM, {})
    assert shown["watch"] == []
    for one in shown["outcomes"].values():
        assert one["baseline"] == one["actions"]
        assert {one["end"][name] for name in ("difference", "low", "high")} <= {0.0, None}
    assert shown["bars"]["baseline"] == shown["bars"]["actions"]
    assert {change for area in shown["areas"].values() for change in area["change"]} <= {0.0, None}
    assert all(one["baseline"] == one["actions"] for one in shown["money"].values())


@given(side=SIDES, quick=GLANCES)
@settings(max_examples=15, deadline=None)
def test_a_preview_of_no_difference_is_the_baseline_exactly(side: list[Glance], quick: Glance) -> None:
    previewed, full = Pairs.previewed(side, quick, quick), Pairs("full", side, side)
    told, known = frame(previewed, ROOM, {}), frame(full, ROOM, {})
    for name in OUTCOMES:
        assert told["outcomes"][name]["actions"] == known["outcomes"][name]["actions"]
        assert told["outcomes"][name]["end"]["difference"] in (0.0, None)
    assert told["areas"] == known["areas"]
    assert told["money"] == known["money"]


@given(side=SIDES, quick=GLANCES, other=GLANCES)
@settings(max_examples=15, deadline=None)
def test_a_preview_moves_by_the_difference_of_quick_runs_and_never_below_none(
    side: list[Glance], quick: Glance, other: Glance
) -> None:
    pairs = Pairs.previewed(side, quick, other)
    assert pairs.kind == "preview"
    for one, moved in zip(side, pairs.actions):
        for of in ("families", "rows"):
            for base, now, before, after in zip(*(getattr(glance, of) for glance in (one, moved, quick, other))):
                np.testing.assert_allclose(now, np.maximum(base + after - before, 0))
        np.testing.assert_allclose(moved.money, one.money + other.money - quick.money)


def test_a_preview_withholds_what_few_simulated_households_make_of_nobody() -> None:
    """Nobody returns at the baseline; in the quick run 60 families do, for whom 6 simulated households stand."""
    none, some = a_glance(), a_glance(stock=stock_of(60.0), rows=6.0)
    quick = none._replace(rows=some.rows._replace(stock=np.where(none.families.stock > 0, 6.0, 0.0)))
    told = frame(Pairs.previewed([none], quick, some), ROOM, SETTINGS)["outcomes"]["returned"]
    assert told["end"]["actions"] is None
    assert told["end"]["difference"] is None


@given(parts=st.lists(st.integers(10, 3000), min_size=4, max_size=4))
def test_bars_add_up_to_a_hundred_where_nothing_is_withheld(parts: list[int]) -> None:
    stock = np.zeros((4, MONTHS + 1))
    stock[:, :] = np.array(parts)[:, None]
    one = a_glance(stock=stock, ends={"all_families": float(sum(parts))})
    bars = frame(Pairs("full", [one], [one]), ROOM, {})["bars"]
    for bar in bars.values():
        assert None not in bar.values()
        assert sum(bar.values()) == pytest.approx(100, abs=5 * 100 * ROUNDED_TO / 2 / sum(parts) / 0.85)


def test_a_difference_is_withheld_where_either_side_is_of_few() -> None:
    many, few = (a_glance(stock=stock_of(returned)) for returned in (400.0, 4.0))
    for pair, hidden in (((many, few), "actions"), ((few, many), "baseline")):
        end = frame(Pairs("full", [pair[0]], [pair[1]]), ROOM, SETTINGS)["outcomes"]["returned"]["end"]
        assert end.pop(hidden) is None
        assert end.pop("actions" if hidden == "baseline" else "baseline") == pytest.approx(
            100 * 400 / FAMILIES, abs=1e-4
        )
        assert list(end.values()) == [None] * 3
    known = frame(Pairs("full", [many], [many]), ROOM, {})["outcomes"]["returned"]["end"]
    assert known["difference"] == 0


def test_few_simulated_households_are_withheld_as_few_families_are() -> None:
    """400 families, for whom 4 simulated households stand."""
    one = a_glance(stock=stock_of(400.0), rows=4.0)
    shown = frame(Pairs("full", [one], [one]), ROOM, {})
    assert shown["outcomes"]["returned"]["end"]["actions"] is None
    assert shown["outcomes"]["returned"]["withheld"]


def test_what_is_withheld_of_one_side_keeps_the_other_of_the_bars() -> None:
    one = a_glance(stock=stock_of(4.0))
    bars = frame(Pairs("full", [a_glance(stock=stock_of(400.0))], [one]), ROOM, SETTINGS)["bars"]
    assert bars["actions"]["returned"] is None
    assert bars["baseline"]["returned"] is not None


def test_nothing_is_said_of_an_area_where_nobody_was() -> None:
    side = [a_glance()]
    bare = side[0].families._replace(bases=np.array([[0.0, 4500.0], [0.0, 4500.0]]))
    shown = frame(Pairs("full", [side[0]._replace(families=bare)], side), ROOM, SETTINGS)
    assert [areas["level"][0] for areas in shown["areas"].values()] == [None] * 4
    assert shown["areas"]["displaced"]["level"][1] == 100


def test_the_spread_is_that_of_differences_not_of_levels() -> None:
    """Levels go far apart with luck, the difference of a pair is the same every time."""
    levels = (1000.0, 2000.0, 3000.0)
    before, after = ([a_glance(stock=stock_of(level + more)) for level in levels] for more in (0.0, 90.0))
    end = frame(Pairs("full", before, after), ROOM, SETTINGS)["outcomes"]["returned"]["end"]
    assert end["low"] == end["difference"] == end["high"] == pytest.approx(1.0)
    lines = frame(Pairs("full", before, after), replace(ROOM), SETTINGS)["outcomes"]["returned"]["actions"]
    assert lines["low"][-1] < lines["q25"][-1] < lines["mean"][-1] < lines["q75"][-1] < lines["high"][-1]


def stock_of(returned: float) -> np.ndarray:
    """Return a stock in which so many have returned at the end."""
    stock = np.zeros((4, MONTHS + 1))
    stock[0], stock[1, -1] = FAMILIES, returned
    stock[0, -1] -= returned
    return stock
