"""From a scenario to arrays: what its tables do not hold is refused by name, and money becomes cents."""

import numpy as np
import pytest

from sim.kernels.columns import FIXED, STATE
from sim.scenario import Compiled, Scenario, compile_scenario, load_scenario
from sim.scenario.geography import stable_key
from sim.schema.errors import InputError

OFFER = {"kind": "transport", "window": {"first_month": "2018-03"}, "places_per_month": 5}
ARRIVALS = {
    "origin": "IQ-G15",
    "area": "IQ-G08",
    "wave": "w8",
    "first_month": "2018-03",
    "last_month": "2018-04",
    "families_per_month": 25,
    "rows_per_month": 10,
}


@pytest.fixture(scope="module")
def case() -> Scenario:
    return load_scenario("iraq").override({"rows": 5500, "months": 12})


@pytest.fixture(scope="module")
def compiled(case) -> Compiled:
    return compile_scenario(case)


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"programmes.p": {**OFFER, "target": {"areas": ["IQ-G88"]}}}, ["programmes.p.target.areas", "'IQ-G88'"]),
        ({"programmes.p": {**OFFER, "target": {"origins": ["Ninewa"]}}}, ["programmes.p.target.origins", "'Ninewa'"]),
        ({"programmes.p": {**OFFER, "target": {"sites": ["IQ-D087"]}}}, ["target.sites", "did you mean 'IQ-D087-C'"]),
        ({"programmes.p": {"kind": "camp_closure", "sites": ["x"], "closing_month": "2018-05"}}, ["p.sites", "'x'"]),
        ({"programmes.p": {"kind": "camp_closure", "sites": "all", "closing_month": "2017-12"}},
         ["programmes.p.closing_month", "before the start", "2018-01 or later"]),
        ({"months": 600}, ["months", "security.csv", "600"]),
        ({"start": "1990-01"}, ["security.csv"]),
        ({"arrivals.a": {**ARRIVALS, "wave": "2018"}}, ["arrivals.a.wave", "no such wave", "'2018'"]),
        ({"arrivals.a": {**ARRIVALS, "origin": "IQ-G99"}}, ["arrivals.a.origin", "no such area"]),
        ({"arrivals.a": {**ARRIVALS, "shelter": "camp", "site": "q"}}, ["arrivals.a.site", "no such site"]),
        ({"arrivals.a": {**ARRIVALS, "area": "IQ-G15", "shelter": "camp", "site": "IQ-D087-C"},
          "programmes.p": {"kind": "camp_closure", "sites": "all", "closing_month": "2018-03"}},
         ["arrivals.a.site", "closed", "'IQ-D087-C'"]),
        ({"shocks.s": {"area": "x", "month": "2018-02", "security": 0}}, ["shocks.s.area", "no such area"]),
        ({"recodes.r": {"month": "2018-02", "origin": "x", "families": 1, "source": "s"}}, ["recodes.r.origin"]),
        ({"conditions.c": {"condition": "securty", "first_month": "2018-01", "value": 0.5}},
         ["conditions.c.condition", "did you mean 'security'"]),
        ({"conditions.c": {"condition": "security", "first_month": "2018-01", "value": 1.5}},
         ["conditions.c", "out of range", "1.5", "0 to 1"]),
        ({"conditions.c": {"condition": "wage", "first_month": "2018-01", "value": -3}},
         ["conditions.c", "0 to 10,000,000"]),
        ({"conditions.c": {"condition": "return_access", "first_month": "2018-01", "times": 50}}, ["0 to 1", "50"]),
    ],
)  # fmt: skip
def test_what_the_tables_do_not_hold_is_refused(case, changes, parts):
    with pytest.raises(InputError) as caught:
        compile_scenario(case.override(changes))
    for part in parts:
        assert part in str(caught.value)


def test_money_becomes_cents_and_lengths_agree(case, compiled):
    parameters = case.spec.parameters
    assert compiled.params.budget.subsistence == parameters.budget.subsistence * 100
    assert compiled.params.gates.transport_per_person_km == parameters.gates.transport_per_person_km * 100
    assert compiled.params.budget.saving_share == parameters.budget.saving_share
    wage = compiled.tables.conditions.loc["wage"].to_numpy(float)
    assert compiled.paths["wage"][0].tolist() == np.floor(wage * 100).tolist()
    n = len(compiled.households["id"])
    assert {len(compiled.households[column.name]) for column in (*FIXED, *STATE)} == {n}
    assert {path.shape for path in compiled.paths.values()} == {(12, 18)}


def test_weights_add_up_to_the_families_of_the_tables(compiled):
    displaced = compiled.tables.displaced
    assert compiled.households["weight"].sum() == displaced[displaced["margin"] == "origin"]["families"].sum()
    assert len(np.unique(compiled.households["id"])) == len(compiled.households["id"])


def test_changes_hold_in_their_window_only(case, compiled):
    change = {"areas": ["IQ-G15"], "first_month": "2018-03", "last_month": "2018-04"}
    found = compile_scenario(
        case.override(
            {
                "conditions.a": {"condition": "wage", "times": 2, **change},
                "conditions.b": {"condition": "security", "value": 0.125, **change},
            }
        )
    )
    at = found.geography.pcodes.index("IQ-G15")
    window = np.zeros((12, 18), bool)
    window[2:4, at] = True
    assert np.array_equal(found.paths["wage"] != compiled.paths["wage"], window)
    assert np.allclose(found.paths["wage"][window], compiled.paths["wage"][window] * 2, atol=1)
    assert (found.paths["security"][window] == 0.125).all()
    assert np.array_equal(found.paths["security"][~window], compiled.paths["security"][~window])


def test_a_shock_strikes_once_and_lasts(case, compiled):
    shock = {"area": "IQ-G13", "month": "2018-06", "security": 0.1, "months": 3}
    found = compile_scenario(case.override({"shocks.s": shock}))
    at = found.geography.pcodes.index("IQ-G13")
    assert np.argwhere(found.paths["shock"]).tolist() == [[5, at]]
    assert (found.paths["security"][5:8, at] == 0.1).all()
    assert np.array_equal(found.paths["security"][8:], compiled.paths["security"][8:])


def test_arrivals_add_rows_with_their_own_numbers(case, compiled):
    found = compile_scenario(case.override({"arrivals.more": ARRIVALS}))
    n = len(compiled.households["id"])
    for name, values in compiled.households.items():
        assert np.array_equal(found.households[name][:n], values), f"{name} of those at the start changed"
    new = {name: values[n:] for name, values in found.households.items()}
    assert new["weight"].tolist() == [3, 3, 3, 3, 3, 2, 2, 2, 2, 2] * 2
    assert new["arrival"].tolist() == [2] * 10 + [3] * 10
    assert not new["present"].any()
    other = compile_scenario(case.override({"arrivals.another": ARRIVALS, "arrivals.more": ARRIVALS}))
    ids = other.households["id"][n:]
    assert len(np.unique(ids)) == 40
    assert set(new["id"]) < set(ids), "a second cohort renumbers nobody"


def test_the_population_depends_on_the_case_alone(case, compiled):
    changes = {"parameters.choice.epoch": 3, "programmes.p": OFFER, "months": 5}
    found = compile_scenario(case.override(changes))
    for name, values in compiled.households.items():
        assert np.array_equal(found.households[name], values), name


def test_the_earliest_closure_of_a_camp_counts(case):
    closing = {"kind": "camp_closure", "closing_month": "2018-10", "notice_months": 2}
    early = {"kind": "camp_closure", "sites": ["IQ-D087-C"], "closing_month": "2018-06", "share": 0.5}
    found = compile_scenario(case.override({"programmes.all": {**closing, "sites": "all"}, "programmes.one": early}))
    at = found.geography.site_ids.index("IQ-D087-C")
    closures = found.closures
    assert (closures.announced[at], closures.closing[at], closures.share[at]) == (5, 5, 0.5)
    assert (np.delete(closures.closing, at) == 9).all()
    assert (np.delete(closures.announced, at) == 7).all()


def test_places_have_stable_numbers_of_their_own(compiled):
    keys = np.concatenate([compiled.geography.area_key, compiled.geography.site_key])
    assert (keys % 32 == 0).all()
    assert len(np.unique(keys)) == len(keys)
    assert stable_key("area", "IQ-G15") == compiled.geography.area_key[compiled.geography.pcodes.index("IQ-G15")]


def test_distances_are_great_circles(compiled):
    distance = compiled.geography.distance
    assert np.allclose(distance, distance.T)
    assert (np.diag(distance) == 30).all()
    baghdad, ninewa = (compiled.geography.pcodes.index(code) for code in ("IQ-G07", "IQ-G15"))
    assert 300 < distance[baghdad, ninewa] < 420
    network = compiled.geography.network
    assert np.allclose(network[:, -1], 1)
    assert (np.diff(network, axis=1) >= 0).all()
    assert (np.diag(np.diff(network, axis=1, prepend=0)) == 0).all(), "nobody considers the area of stay"


def test_a_target_that_reaches_nobody_is_refused():
    target = {"sites": ["IQ-D087-C"], "where": "out_of_camp"}
    grant = {"kind": "return_grant", "window": {"first_month": "2018-02"}, "target": target, "places_per_month": 5}
    with pytest.raises(InputError, match="give one of the two"):
        load_scenario("iraq/no-closure", {"programmes.grant": grant})


def test_houses_are_as_conditions_say_when_families_enter(case: Scenario) -> None:
    """Twice as many unusable houses from March on: of families that arrive then, not of those there at the start."""
    changed = {"condition": "house_unusable", "first_month": "2018-03", "times": 2}
    arriving = {"arrivals.a": {**ARRIVALS, "families_per_month": 4_000, "rows_per_month": 2_000}}
    plain, later = (compile_scenario(case.override(arriving | more)) for more in ({}, {"conditions.houses": changed}))
    sooner = compile_scenario(case.override(arriving | {"conditions.houses": changed | {"first_month": "2018-01"}}))

    def unusable(compiled: Compiled, there: bool) -> float:
        h, usable = compiled.households, compiled.params.house.usable
        chosen = (h["origin"] == list(compiled.geography.pcodes).index("IQ-G15")) & ((h["arrival"] == 0) == there)
        return float((h["house"][chosen] < usable).mean())

    assert unusable(later, there=True) == unusable(plain, there=True)
    for found, there in ((later, False), (sooner, True), (sooner, False)):
        assert unusable(found, there) == pytest.approx(2 * unusable(plain, there), rel=0.1)
