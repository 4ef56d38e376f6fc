"""Whatever is assumed: nobody vanishes, no camp overflows, no dwelling is let twice, no budget is overspent."""

from functools import cache
from typing import Any, NamedTuple
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from sim.kernels.codes import CAMP, RENTED
from sim.model import SolutionsModel
from sim.scenario import Compiled, Scenario, compile_scenario, load_scenario
from sim.schema.base import month_name, month_number

MONTHS = 10


class Place(NamedTuple):
    """Where it is tried: a scenario, and what belongs to its case."""

    scenario: str
    rows: int
    every: int  # of these rows one in so many is kept
    start: str
    area: str
    wave: str
    camps: list[str]  # the first is in the area
    arriving: int  # families a month

    def month(self, number: int) -> str:
        """Return a month counted from the start, which is 0."""
        return month_name(month_number(self.start) + number)


IRAQ = Place("iraq/no-closure", 5500, 7, "2018-01", "IQ-G15", "w8", ["IQ-D087-C", "IQ-D050-C"], 700)
VALLEY = Place("valley/as-is", 2200, 3, "2024-07", "VA03", "f3", ["VA-D03-C", "VA-D06-C"], 60)
PLACES = {"iraq": IRAQ, "valley": VALLEY}


@cache
def base(name: str) -> Scenario:
    """Return a case with arrivals, over ten months."""
    place = PLACES[name]
    arrivals = {
        "origin": place.area,
        "area": place.area,
        "shelter": "camp",
        "site": place.camps[0],
        "wave": place.wave,
        "first_month": place.month(1),
        "last_month": place.month(4),
        "families_per_month": place.arriving,
    }
    return load_scenario(place.scenario).override({"months": MONTHS, "rows": place.rows, "arrivals.more": arrivals})


@cache
def few_households(name: str) -> dict[str, np.ndarray]:
    """Return some households of the start, and those who arrive: what is tested does not need more."""
    whole = compile_scenario(base(name)).households
    kept = (whole["arrival"] > 0) | (np.arange(len(whole["id"])) % PLACES[name].every == 0)
    return {column: values[kept] for column, values in whole.items()}


def scenario(name: str, changes: dict[str, Any]) -> Compiled:
    """Return the base of a case with some changes, for few households."""
    few = few_households(name)
    with patch("sim.scenario.compiled.households_of", lambda _: few):
        return compile_scenario(base(name).override(changes))


def assumptions(place: Place) -> st.SearchStrategy[dict[str, Any]]:
    """Return changes of a scenario: one programme of each kind, a closure, and parameters far from their defaults."""
    programmes = {kind: offer(kind, place) for kind in ("transport", "return_grant", "rent_subsidy")}
    return st.fixed_dictionaries(parameters(place) | {f"programmes.{name}": spec for name, spec in programmes.items()})


def offer(kind: str, place: Place) -> st.SearchStrategy[dict[str, Any]]:
    """Return a programme with scarce places and money, or none."""
    return st.fixed_dictionaries(
        {
            "kind": st.just(kind),
            "window": st.just({"first_month": place.month(1)}),
            "places_per_month": st.integers(0, 1200),
            "budget": st.one_of(st.none(), st.integers(0, 500_000)),
            "allocation": st.sampled_from(["need", "lottery"]),
        }
    )


def parameters(place: Place) -> dict[str, st.SearchStrategy[Any]]:
    """Return parameters, a housing shortage, and a closure of some camps."""
    return {
        "parameters.review.eviction_rented": st.floats(0, 0.2),
        "parameters.gates.reinstall": st.floats(0, 1000),
        "parameters.pathways.return_home": st.floats(-3, 3),
        "parameters.pathways.integrate": st.floats(-5, 1),
        "parameters.pathways.settle": st.floats(-5, 1),
        "parameters.pathways.camp_entry": st.floats(-3, 3),
        "parameters.choice.epoch": st.integers(1, 40),
        "parameters.markets.feedback": st.booleans(),
        "conditions.homes": st.fixed_dictionaries(
            {
                "condition": st.just("vacant_rentals"),
                "first_month": st.just(place.start),
                "times": st.sampled_from([0.0, 0.01, 1.0]),
            }
        ),
        "programmes.closing": st.fixed_dictionaries(
            {
                "kind": st.just("camp_closure"),
                "sites": st.sampled_from(["all", place.camps]),
                "closing_month": st.sampled_from([place.month(4), place.month(5)]),
                "notice_months": st.integers(0, 8),
                "share": st.sampled_from([0.3, 1.0]),
            }
        ),
    }


def assert_conserved(model: SolutionsModel, families: int, persons: int) -> None:
    """Families and persons add up, in the columns and in what is recorded."""
    households, stocks = model.households, model.world.stocks
    weight = households["weight"].astype(np.int64)
    assert weight.sum() == families
    assert stocks.families.sum() == stocks.by_group.sum() == stocks.by_wave.sum() == families
    assert stocks.persons.sum() == (weight * households["size"]).sum() == persons
    by_situation = np.bincount(households.situation(), weight, minlength=5)
    assert np.array_equal(stocks.families.sum(axis=(1, 2)), by_situation)
    assert np.array_equal(stocks.by_shelter.sum(axis=1), by_situation)


def assert_possible(model: SolutionsModel) -> None:
    """Every household is somewhere it can be."""
    state, fixed = model.households.state, model.households.fixed
    present = state.present == 1
    assert np.array_equal(state.shelter == CAMP, state.site >= 0)
    in_camp = state.site >= 0
    assert np.array_equal(model.world.geography.site_area[state.site[in_camp]], state.area[in_camp])
    home = present & (state.at_home == 1)
    assert np.array_equal(state.area[home], fixed.origin[home])
    assert not state.settled[home].any()
    assert (state.shelter[present & (state.settled > 0)] == RENTED).all()
    assert (state.savings >= -model.compiled.params.budget.debt_limit).all()
    subsidised = state.subsidy >= 0
    assert np.array_equal(subsidised, state.subsidy_months > 0)
    assert (state.shelter[subsidised] == RENTED).all()
    for belief in (state.belief_security, state.belief_services, state.house):
        assert belief.min() >= 0
        assert belief.max() <= 1


def rentals(model: SolutionsModel) -> np.ndarray:
    """Return the rented dwellings that there are for these households by area, int64[A]."""
    vacant = model.compiled.paths["vacant_rentals"][0]
    return np.floor(vacant).astype(np.int64) + model.world.start.renters


@pytest.mark.parametrize("name", PLACES)
@settings(
    max_examples=15, database=None, phases=[Phase.generate], deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(st.data(), st.integers(0, 2**64 - 1))
def test_nothing_is_lost_and_no_limit_is_passed(name, data, seed):
    changes = data.draw(assumptions(PLACES[name]))
    compiled = scenario(name, changes)
    model = SolutionsModel(compiled, seed=seed)
    weight = compiled.households["weight"].astype(np.int64)
    families, persons = int(weight.sum()), int((weight * compiled.households["size"]).sum())
    room, money = rentals(model), [programme.budget for programme in compiled.programmes.values()]
    for month in range(MONTHS):
        before = model.world.stocks.site_families.copy(), model.world.stocks.renters.copy()
        entering = (compiled.households["arrival"] == month) & (compiled.households["site"] >= 0) & (month > 0)
        arriving = np.bincount(compiled.households["site"][entering], weight[entering], minlength=len(before[0]))
        model.step()
        assert_conserved(model, families, persons)
        assert_possible(model)
        sites, now = model.world.deliveries.sites, model.world.stocks
        assert np.all(now.site_families <= np.maximum(sites.capacity, before[0] + arriving))
        if changes["parameters.markets.feedback"]:  # without it, the same vacancies are there again every month
            assert np.all(now.renters <= np.maximum(room, before[1]))
        emptied = (month >= compiled.closures.closing) & (compiled.closures.share == 1)
        assert not now.site_families[emptied].any()
        assert (model.world.prices.free >= 0).all()
        for programme, budget in zip(model.programmes, money):
            assert budget is None or programme.ledger.spent <= round(budget * 100)
            assert programme.ledger.spent == programme.ledger.served * programme.ledger.cost
    served = model.recorder.arrays["served"].sum(axis=0)
    assert served.tolist() == [programme.served for programme in model.programmes]
