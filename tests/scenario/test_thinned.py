"""Fewer households: families conserved cohort by cohort and place by place, luck kept, and it runs."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.experiments.dataset import dataset_of
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario
from sim.scenario.thinned import PLACES, thinned

NAMES = ("valley/as-is", "valley/third-flood", "iraq/no-closure")


@pytest.fixture(scope="module")
def whole() -> dict[str, Compiled]:
    return {name: compile_scenario(load_scenario(name)) for name in NAMES}


def families_by(compiled: Compiled, *names: str) -> dict[tuple[int, ...], int]:
    """Return families by the values of some columns."""
    keys = zip(*(compiled.households[name].tolist() for name in names))
    found: dict[tuple[int, ...], int] = {}
    for key, weight in zip(keys, compiled.households["weight"].tolist()):
        found[key] = found.get(key, 0) + int(weight)
    return found


def at_the_start(compiled: Compiled) -> np.ndarray:
    return compiled.households["arrival"] == 0


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rows", [1, 7, 150, 1500])
def test_families_of_every_cohort_are_as_many_to_the_last_one(whole: dict[str, Compiled], name: str, rows: int) -> None:
    few = thinned(whole[name], rows)
    assert families_by(few, "arrival") == families_by(whole[name], "arrival")
    assert (few.households["weight"] >= 1).all()
    assert 0 < at_the_start(few).sum() <= rows
    assert at_the_start(few).sum() >= 0.8 * rows, "about so many"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rows", [40, 300, 1500])
def test_every_place_keeps_its_families_to_within_one_sampled_household(
    whole: dict[str, Compiled], name: str, rows: int
) -> None:
    """In the order of the sample: areas of origin, then of stay in each, then shelters, then camps."""
    few, full = thinned(whole[name], rows), whole[name]
    order = PLACES[::-1]
    heaviest = families_by(full, "arrival")[(0,)] / at_the_start(few).sum()
    for depth in range(1, len(order) + 1):
        was, now = (families_by(one, "arrival", *order[:depth]) for one in (full, few))
        gaps = {key: now.get(key, 0) - families for key, families in was.items() if key[0] == 0}
        assert max(map(abs, gaps.values())) <= 1.01 * heaviest + 1, order[depth - 1]
        assert set(now) <= set(was)


@pytest.mark.parametrize("name", NAMES)
def test_who_stays_is_as_it_was_but_for_the_weight(whole: dict[str, Compiled], name: str) -> None:
    """Numbers are kept and with them luck, so that two scenarios of one case stay paired."""
    few, full = thinned(whole[name], 150).households, whole[name].households
    assert list(few) == list(full)
    assert (np.diff(few["id"]) > 0).all(), "in the order they had, each once"
    at = np.searchsorted(full["id"], few["id"])
    for column, values in few.items():
        assert values.dtype == full[column].dtype
        if column != "weight":
            np.testing.assert_array_equal(values, full[column][at])


def test_scenarios_of_one_case_are_thinned_to_the_same_households(whole: dict[str, Compiled]) -> None:
    other = compile_scenario(load_scenario("valley/closure-with-alternatives"))
    one, two = (thinned(compiled, 150).households for compiled in (whole["valley/as-is"], other))
    for column in one:
        np.testing.assert_array_equal(one[column], two[column])


def test_the_same_is_thinned_to_the_same(whole: dict[str, Compiled]) -> None:
    one, two = (thinned(whole["valley/as-is"], 300).households for _ in range(2))
    for column in one:
        np.testing.assert_array_equal(one[column], two[column])
    assert len(thinned(whole["valley/as-is"], 300).households["id"]) < len(whole["valley/as-is"].households["id"])


def test_where_there_are_no_more_all_stay(whole: dict[str, Compiled]) -> None:
    full = whole["valley/as-is"]
    number = int(at_the_start(full).sum())
    assert thinned(full, number) is full
    assert thinned(full, 10**6) is full
    assert thinned(full, number - 1) is not full


@given(weights=st.lists(st.integers(1, 60), min_size=1, max_size=60), data=st.data())
@settings(max_examples=80, deadline=None)
def test_any_households_are_thinned_without_losing_anybody(weights: list[int], data: st.DataObject) -> None:
    """However uneven: no cohort is left without a household, and nobody is counted twice."""
    number = len(weights)
    columns = {name: np.array(data.draw(st.lists(st.integers(0, 2), min_size=number, max_size=number)))
               for name in (*PLACES, "arrival")}  # fmt: skip
    columns["arrival"][0] = 0
    columns |= {"id": np.arange(number), "weight": np.array(weights, np.int32)}
    full = replace(any_compiled(), households=columns)
    rows = data.draw(st.integers(1, number))
    few = thinned(full, rows)
    assert families_by(few, "arrival") == families_by(full, "arrival")
    assert (few.households["weight"] >= 1).all()
    assert at_the_start(few).sum() <= rows
    assert (np.diff(few.households["id"]) > 0).all()


@cache
def any_compiled() -> Compiled:
    return compile_scenario(load_scenario("valley/as-is"))


def test_fewer_households_run_and_are_paired(whole: dict[str, Compiled]) -> None:
    """The same luck in the baseline and under a policy: nothing differs before the policy begins."""
    other = compile_scenario(load_scenario("valley/closure-no-notice"))
    one, two = (
        SolutionsModel(thinned(compiled, 300), seed=1, collect=False).run()
        for compiled in (whole["valley/as-is"], other)
    )
    before, after = (dataset_of(run)["families"].sum(["origin", "area"]) for run in (one, two))
    assert float(before.isel(month=0).sum()) == families_by(whole["valley/as-is"], "arrival")[(0,)]
    assert bool((before.isel(month=slice(0, 13)) == after.isel(month=slice(0, 13))).all()), "until August 2025"
    assert not bool((before.isel(month=-1) == after.isel(month=-1)).all())
