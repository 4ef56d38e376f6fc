"""Shocks that drive people out: who enters, who leaves, what is left of the houses."""

import numpy as np
import pytest

from sim.kernels.codes import CAMP, EXPELLED, MOVED_ANYWAY, NOT_ARRIVED, OWNER, PUSH_SHOCK, RETURNED
from sim.model import SolutionsModel
from sim.scenario import Scenario, compile_scenario, load_scenario
from sim.schema.errors import InputError

AREA, MONTH = "IQ-G15", 3  # Ninewa, April 2018
SHOCK = {"area": AREA, "month": "2018-04", "security": 0.1, "months": 4}
HOSTS = {"hosts": 900, "rows": 40, "wave": "w8"}


@pytest.fixture(scope="module")
def case() -> Scenario:
    return load_scenario("iraq/no-closure", {"rows": 5000, "months": 6})


def struck(case: Scenario, **more: object) -> SolutionsModel:
    """Return the model just before the month of the shock."""
    model = SolutionsModel(case.override({"shocks.attack": SHOCK | more}), seed=2)
    for _ in range(MONTH):
        model.step()
    return model


def test_hosts_enter_at_home_and_are_gone_by_the_end_of_the_month(case: Scenario) -> None:
    model = struck(case, **HOSTS)
    households = model.households
    new = households["arrival"] == MONTH
    at = model.world.geography.pcodes.index(AREA)
    assert households["weight"][new].sum() == 900
    assert not households["present"][new].any()
    assert (households["at_home"][new] == 1).all()
    assert (households["origin"][new] == at).all()
    model.step()
    assert households["present"][new].all()
    assert not households["at_home"][new].any()
    assert (households["area"][new] != at).all(), "nobody stays in an area that a shock drives people out of"
    assert (households["times_displaced"][new] == 1).all()
    assert (households["months_since_push"][new] == 0).all()
    assert int(model.world.events.moves_by_push[PUSH_SHOCK, EXPELLED]) > 0


def test_the_hosts_of_the_area_are_fewer_by_exactly_those_persons(case: Scenario) -> None:
    calm, attacked = (compile_scenario(case.override(c)) for c in ({}, {"shocks.attack": SHOCK | HOSTS}))
    new = attacked.households["arrival"] == MONTH
    persons = (attacked.households["weight"][new].astype(int) * attacked.households["size"][new]).sum()
    lost = calm.paths["host_population"] - attacked.paths["host_population"]
    at = calm.geography.pcodes.index(AREA)
    assert (lost[:MONTH] == 0).all()
    assert (lost[MONTH:, at] == persons).all()
    assert lost.sum() == persons * (6 - MONTH)


@pytest.mark.parametrize("share", [0.25, 1.0])
def test_a_share_of_those_there_is_driven_out_camps_included(case: Scenario, share: float) -> None:
    model = struck(case, displaces=share, security=0.6)  # safe enough that nobody else flees
    households, at = model.households, model.world.geography.pcodes.index(AREA)
    there = (households["area"] == at) & (households["present"] == 1)
    in_camp = there & (households["shelter"] == CAMP)
    model.step()
    driven_out = households.plan.push & PUSH_SHOCK > 0
    assert driven_out[there].mean() == pytest.approx(share, abs=0.05)
    assert driven_out[in_camp].mean() == pytest.approx(share, abs=0.08)
    assert not driven_out[~there].any()
    assert (households["area"][driven_out] != at).all()


def test_houses_of_owners_from_there_are_damaged_wherever_they_are(case: Scenario) -> None:
    model = struck(case, damages=0.4)
    households, at = model.households, model.world.geography.pcodes.index(AREA)
    owners = (households["tenure"] == OWNER) & (households["origin"] == at) & (households["house"] >= 0.4)
    others = (households["tenure"] == OWNER) & (households["origin"] != at)
    before = households["house"].copy()
    model.step()
    assert (households["house"][owners] < 0.4).mean() == pytest.approx(0.4, abs=0.06)
    assert (households["house"][others] >= before[others]).all()


def test_no_shock_no_change(case: Scenario) -> None:
    """A displacing shock after the run's end adds nobody and changes nothing."""
    late = {"shocks.attack": SHOCK | HOSTS | {"month": "2019-04"}}
    calm, same = (SolutionsModel(case.override(changes), seed=2).run() for changes in ({}, late))
    assert same.state_hash() == calm.state_hash()


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"hosts": 900}, "a wave goes with hosts"),
        ({"wave": "w8"}, "a wave goes with hosts"),
        ({"hosts": 900, "wave": "w88"}, "did you mean 'w8'"),
        ({"hosts": 9_000_000, "wave": "w8"}, "more than the hosts of the area"),
        ({"displaces": 1.2}, "displaces"),
        ({"area": "IQ-G99"}, "no such area"),
    ],
)
def test_what_cannot_be_is_refused(case: Scenario, wrong: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        compile_scenario(case.override({"shocks.attack": SHOCK | wrong}))


def test_the_share_of_shares_is_the_largest(case: Scenario) -> None:
    two = {"shocks.attack": SHOCK | {"displaces": 0.1}, "shocks.raid": SHOCK | {"displaces": 0.3, "security": 0.2}}
    compiled = compile_scenario(case.override(two))
    assert np.unique(compiled.paths["displaces"]).tolist() == [0.0, 0.3]


@pytest.mark.parametrize("security", [0.6, 0.3, 0.05])
def test_the_violence_of_a_shock_makes_nobody_it_drives_out_free(case: Scenario, security: float) -> None:
    """The month without the push is one without the shock: fleeing a place it made dangerous is no free choice."""
    model = struck(case, displaces=0.5, security=security)
    model.step()
    by_class = model.world.events.moves_by_push[PUSH_SHOCK]
    assert by_class[MOVED_ANYWAY] < 0.02 * by_class.sum()
    assert by_class[EXPELLED] > 0.7 * by_class.sum()


def test_no_move_out_of_danger_is_voluntary(case: Scenario) -> None:
    model = struck(case, security=0.05)  # nobody is driven out, everybody there is in danger
    at = model.world.geography.pcodes.index(AREA)
    there = (model.households["area"] == at) & (model.households["present"] == 1)
    elsewhere = struck(case, security=1.0)
    model.step()
    elsewhere.step()
    assert (model.households["area"][there] != at).sum() > 100
    assert model.world.events.voluntary.sum() < elsewhere.world.events.voluntary.sum()


def test_a_shock_never_makes_a_place_safer(case: Scenario) -> None:
    calm, attacked = (compile_scenario(case.override(c)) for c in ({}, {"shocks.attack": SHOCK | {"security": 1.0}}))
    assert np.array_equal(attacked.paths["security"], calm.paths["security"])
    assert attacked.paths["shock"].sum() == 1


def test_a_shock_in_the_first_month_displaces_hosts_too(case: Scenario) -> None:
    model = SolutionsModel(case.override({"shocks.attack": SHOCK | HOSTS | {"month": "2018-01"}}), seed=2)
    assert model.recorder.arrays["families"][0, NOT_ARRIVED].sum() == 900
    model.step()
    assert model.recorder.arrays["flows"][1, NOT_ARRIVED].sum() == 900, "displaced for the first time, not returnees"
    assert model.recorder.arrays["flows"][1, RETURNED].sum() == 0
