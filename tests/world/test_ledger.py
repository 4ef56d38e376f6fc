"""The books of a programme: within the window, within capacity, within budget."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.interventions import RentSubsidy, ReturnGrant, Transport
from sim.kernels.codes import OFFER_RENT_SUBSIDY, OFFER_RETURN_GRANT, OFFER_TRANSPORT
from sim.schema.programme import Target
from sim.world.offers import Ledger, Terms, offers_this_month, reach


def grant(**more):
    """Return a grant of 100 USD with 12 % overhead, from March to June 2018, ten places a month."""
    window = {"first_month": "2018-03", "last_month": "2018-06"}
    return ReturnGrant(**{"window": window, "places_per_month": 10, "amount": 100, **more})


@given(
    st.integers(1, 50),
    st.one_of(st.none(), st.integers(0, 20_000)),
    st.lists(st.integers(0, 60), min_size=8, max_size=8),
)
def test_spending_stays_within_the_budget(places, budget, demand):
    ledger = Ledger.open(grant(places_per_month=places, budget=budget), "2018-01", 8)
    for month, wanted in enumerate(demand):
        room = ledger.places(month)
        assert room == 0 or ledger.first <= month <= ledger.last
        families = min(wanted, room)
        ledger.book(families, families, room - families if wanted > room else 0)
        assert ledger.spent == ledger.served * 11_200
        assert ledger.spent_now == families * 11_200
        assert budget is None or ledger.spent <= budget * 100


def test_places_are_carried_within_the_window():
    ledger = Ledger.open(grant(), "2018-01", 36)
    assert [ledger.places(month) for month in range(8)] == [0, 0, 10, 10, 10, 10, 0, 0]
    ledger.book(7, 7, 3)
    assert ledger.places(3) == 13
    ledger.book(13, 13, 0)
    assert ledger.places(4) == 10


def test_a_lag_delays_the_first_delivery_and_not_the_end():
    ledger = Ledger.open(grant(lag_months=2), "2018-01", 36)
    assert (ledger.first, ledger.last) == (4, 5)
    terms = Terms(ledger.spec, 0, 0, reach(Target(), ["a"], []))
    starts = [offers_this_month([(terms, ledger)], month)[0, 2] for month in range(8)]
    assert starts == [0, 0, 0, 0, 1, 0, 0, 0]


def test_an_open_window_runs_to_the_end():
    ledger = Ledger.open(grant(window={"first_month": "2017-06"}), "2018-01", 36)
    assert (ledger.first, ledger.last) == (-7, 35)


def test_terms_are_in_cents_with_overhead():
    window = {"first_month": "2018-03"}
    usual = {"window": window, "places_per_month": 1}
    assert grant().terms().model_dump() == {"offer": OFFER_RETURN_GRANT, "amount": 10_000, "months": 0, "cost": 11_200}
    seat = Transport(**usual, unit_cost=250, overhead=0.1).terms()
    assert seat.model_dump() == {"offer": OFFER_TRANSPORT, "amount": 0, "months": 0, "cost": 27_500}
    rent = RentSubsidy(**usual, amount=120, months=12, overhead=0).terms()
    assert rent.model_dump() == {"offer": OFFER_RENT_SUBSIDY, "amount": 12_000, "months": 12, "cost": 144_000}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({}, [1, 1, 1, 1, 1, 1, 1]),
        ({"areas": ["b"]}, [0, 1, 1, 1, 1, 1, 1]),
        ({"origins": ["a"]}, [1, 1, 1, 0, 1, 1, 1]),
        ({"where": "camps"}, [1, 1, 1, 1, 1, 1, 0]),
        ({"where": "out_of_camp"}, [1, 1, 1, 1, 0, 0, 1]),
        ({"sites": ["y"]}, [1, 1, 1, 1, 0, 1, 0]),
    ],
)
def test_reach_names_areas_origins_and_camps(target, expected):
    assert reach(Target(**target), ["a", "b"], ["x", "y"]).tolist() == expected


def test_no_programmes_make_an_empty_table_of_the_right_width():
    assert offers_this_month([], 0).shape == (0, 6)
    assert offers_this_month([], 0).dtype == np.int64
