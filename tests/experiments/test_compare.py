"""Paired comparison: the same households and the same luck, so that what differs is the policy."""

import numpy as np
import pytest

from sim.experiments import compare, run
from sim.experiments.counterparts import AID_CUT_WARNING, closures, with_counterparts
from sim.interventions import CampClosure
from sim.scenario import Scenario, load_scenario
from sim.schema.errors import InputError
from sim.schema.programme import Offer

SMALL = {"households": 5500, "months": 4}
CLOSING = {"programmes.close_camps.closing_month": "2018-02"}


@pytest.fixture(scope="module")
def closing() -> Scenario:
    return load_scenario("iraq/closure-no-notice", CLOSING)


@pytest.fixture(scope="module")
def both(closing):
    return compare(["iraq/no-closure", closing], seeds=[3, 8], counterparts=False, **SMALL)


def test_the_baseline_differs_from_itself_by_nothing(both):
    table = both.table()
    base = table[table["scenario"] == "iraq/no-closure"]
    assert (base[["difference", "difference_low", "difference_high"]].fillna(0) == 0).all(axis=None)
    other = table[table["scenario"] != "iraq/no-closure"]
    assert (other["difference"].abs() > 0).any()


def test_every_seed_is_the_run_of_that_seed(both, closing):
    alone = run(closing, seed=8, **SMALL)
    assert both.manifest["state_hash"][closing.name][1] == alone.manifest["state_hash"]
    families = alone.data["families"].sum(["origin", "area"])
    paired = both.data["families"].sel(scenario=closing.name, seed=8)
    assert np.array_equal(paired.values, families.transpose(*paired.dims).values)
    assert both.manifest["seeds"] == [3, 8]


def test_scenarios_are_the_same_until_they_differ(both):
    """With the same seed, nothing differs before the closure is announced."""
    families = both.data["families"].sel(seed=3)
    base, other = (families.isel(scenario=k) for k in (0, 1))
    assert np.array_equal(base.sel(month=[0, 1]), other.sel(month=[0, 1]))
    assert not np.array_equal(base.sel(month=2), other.sel(month=2))


def test_intervals_are_named_for_what_they_cover(both):
    assert "luck only; parameter uncertainty not included" in both.manifest["interval"]
    table = both.table().dropna()
    assert (table["low"] <= table["mean"]).all()
    assert (table["mean"] <= table["high"]).all()


def test_identical_scenarios_do_not_differ(closing):
    twin = closing.renamed("twin", "The same again")
    found = compare([closing, twin], seeds=2, counterparts=False, **SMALL)
    assert (found.table()["difference"].fillna(0) == 0).all()
    hashes = list(found.manifest["state_hash"].values())
    assert hashes[0] == hashes[1]


@pytest.mark.parametrize(
    ("scenarios", "seeds", "message"),
    [([], 2, "at least one scenario"), (["iraq/no-closure"], 0, "seed"), (["iraq/no-closure"], [], "seed")],
)
def test_nothing_to_compare_is_refused(scenarios, seeds, message):
    with pytest.raises(InputError, match=message):
        compare(scenarios, seeds=seeds, **SMALL)


def test_scenarios_over_different_months_are_refused():
    longer = load_scenario("iraq/no-closure", {"months": 7}).renamed("longer", "Longer")
    with pytest.raises(InputError, match="different months"):
        compare([load_scenario("iraq/no-closure", {"months": 6}), longer], seeds=1, households=5500)


# ---------------------------------------------------------------------------------- a closure is never alone


def test_a_closure_gets_both_counterparts():
    loaded, notes = with_counterparts(["iraq/closure-no-notice"])
    assert [bool(closures(one)) for one in loaded] == [False, True, True]
    assert not loaded[0].spec.programmes
    assert len(notes) == 3
    alternatives = loaded[2].spec.programmes
    assert alternatives["close_camps"].notice_months > 0
    assert alternatives["close_camps"].closing_month == "2019-08"
    assert {type(spec).__name__ for spec in alternatives.values() if isinstance(spec, Offer)} == {
        "Transport",
        "ReturnGrant",
        "RentSubsidy",
    }
    assert all(name in " ".join(notes) for name in (loaded[0].name, loaded[2].name))


def test_what_is_there_is_not_added_again():
    names = ["iraq/closure-with-alternatives", "iraq/no-closure", "iraq/closure-no-notice"]
    loaded, notes = with_counterparts(names)
    assert len(loaded) == 3
    assert loaded[0].name == "iraq/no-closure", "the baseline comes first"
    assert len(notes) == 1, "the warning alone"
    assert "moves people who would not have moved" in notes[0]


def test_without_a_closure_nothing_is_added():
    assert with_counterparts(["iraq/no-closure"])[1] == []


def test_only_closures_are_taken_out():
    loaded, _ = with_counterparts(["iraq/closure-with-alternatives"])
    kinds = [{type(spec) for spec in one.spec.programmes.values()} for one in loaded]
    assert CampClosure not in kinds[0]
    assert len(kinds[0]) == 3, "its programmes stay, so that the closure alone is the difference"


def test_an_aid_cut_is_never_shown_without_its_warning() -> None:
    cut = {"kind": "aid_cut", "window": {"first_month": "2018-02"}}
    loaded, notes = with_counterparts([load_scenario("iraq/no-closure", {"programmes.cut": cut})])
    assert notes == [AID_CUT_WARNING]
    assert len(loaded) == 1


@pytest.mark.parametrize("other", ["valley/aid-ends", "valley/rebuild-first"])
def test_another_policy_does_not_stand_for_no_closure(other: str) -> None:
    loaded, notes = with_counterparts([other, "valley/closure-no-notice"])
    assert any("the same without the closure" in note for note in notes)
    assert "valley/closure-no-notice (no closure)" in [one.name for one in loaded]


def test_scenarios_of_different_families_say_so() -> None:
    notes = " ".join(compare(["valley/as-is", "valley/third-flood"], seeds=1, months=10).notes)
    assert "9,700" in notes
    assert "9,000" in notes
    assert not compare(["valley/as-is", "valley/rebuild-first"], seeds=1, months=2).notes
