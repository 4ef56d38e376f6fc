"""Services in the world: whom they take in and when, within places and money, and that nobody is taken twice."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.interventions import DocumentsMission
from sim.kernels.columns import FIXED, STATE
from sim.schema.programme import Seen, Target
from sim.world.households import Households
from sim.world.offers import Ledger, Terms, reach
from sim.world.services import completed, intake

AREAS, SITES = ["a", "b"], ["x"]
PLENTY = 10**9


def people(n, weight=1, **columns):
    """Return displaced households without documents in area a, in no site."""
    usual = {"weight": weight, "site": -1, "present": 1, "savings": 0, "id": np.arange(n), **columns}
    return Households({c.name: np.broadcast_to(usual.get(c.name, 0), n) for c in (*FIXED, *STATE)})


def view(households):
    one = np.ones(len(AREAS))
    return Seen(households.fixed, households.state, one, one, one, 0.4)


def mission(months=8, **more):
    """Return the terms and the empty books of a documents mission that starts in month 1."""
    window = {"first_month": "2020-02", "last_month": "2020-07"}
    usual = {"window": window, "places_per_month": 10, "unit_cost": 100, "overhead": 0, "months": 2, "success": 1}
    spec = DocumentsMission(**usual | more)
    return Terms(spec, 3, 777, reach(spec.target, AREAS, SITES)), Ledger.open(spec, "2020-01", months)


def month_of(households, terms, ledger, month, credit=0.0):
    """Live one month of the service; return the rows taken in and the rows completed."""
    rows, changes = completed(households, 5, view(households), terms, ledger, month)
    for name, values in changes.items():
        households[name][rows] = values
    taken = intake(households, 5, view(households), terms, ledger, month, credit)
    households.state.reached[taken] |= np.uint32(1 << terms.number)
    return taken, rows


def test_intake_within_the_window_and_outcome_after_its_months():
    households = people(25)
    terms, ledger = mission()
    taken, done = zip(*(month_of(households, terms, ledger, month) for month in range(8)))
    assert [len(rows) for rows in taken] == [0, 10, 10, 5, 0, 0, 0, 0]
    assert [len(rows) for rows in done] == [0, 0, 0, 10, 10, 5, 0, 0]
    assert set(done[3]) == set(taken[1])
    assert households.state.civil_documents.all()
    assert ledger.spent == 25 * 10_000
    assert ledger.served == 25


def test_nobody_is_taken_twice_whatever_came_of_it():
    households = people(6)
    terms, ledger = mission(success=0, months=0)
    taken = [rows for month in range(1, 5) for rows in month_of(households, terms, ledger, month)[0]]
    assert sorted(taken) == list(range(6))
    assert not households.state.civil_documents.any()
    assert (households.state.reached == 1 << 3).all()


def test_those_who_could_not_pay_come_first():
    households = people(20, savings=np.where(np.arange(20) < 10, 100_00, 99_99))
    terms, ledger = mission()
    taken, _ = month_of(households, terms, ledger, 1)
    assert set(taken) == set(range(10, 20))
    households = people(20, savings=np.where(np.arange(20) < 10, 100_00, 99_99))
    terms, ledger = mission(allocation="lottery")
    assert set(month_of(households, terms, ledger, 1)[0]) != set(range(10, 20))
    assert ledger.waiting == 10


@pytest.mark.parametrize(
    ("target", "columns"),
    [
        ({"areas": ["b"]}, {"area": [0, 1, 1, 0]}),
        ({"origins": ["b"]}, {"origin": [0, 1, 1, 0]}),
        ({"where": "camps"}, {"site": [-1, 0, 0, -1]}),
        ({"where": "out_of_camp"}, {"site": [0, -1, -1, 0]}),
        ({"who": "vulnerable"}, {"vulnerable": [0, 1, 1, 0]}),
        ({"who": "female_headed"}, {"female_headed": [0, 1, 1, 0]}),
        ({}, {"present": [0, 1, 1, 0]}),
        ({}, {"reached": [8, 7, 0, 8]}),
        ({}, {"civil_documents": [1, 0, 0, 1]}),
    ],
)
def test_only_those_in_reach(target, columns):
    households = people(4, **columns)
    terms, ledger = mission(target=Target(**target))
    assert sorted(month_of(households, terms, ledger, 1)[0]) == [1, 2]


def test_the_key_and_not_the_place_in_the_list_decides_the_lottery():
    households = people(100)
    terms, _ = mission()
    orders = {
        (number, key): tuple(month_of(people(100), terms._replace(number=number, key=key), mission()[1], 1)[0])
        for number, key in ((3, 777), (0, 777), (3, 778))
    }
    assert orders[3, 777] == orders[0, 777] != orders[3, 778]
    assert len(households) == 100


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 40), st.integers(0, 4000), st.integers(1, 7), st.integers(0, 3), st.booleans())
def test_places_and_money_are_never_exceeded(places, budget, weight, months, need):
    households = people(60, weight=weight, savings=np.arange(60) * 1000)
    allocation = "need" if need else "lottery"
    terms, ledger = mission(places_per_month=places, budget=budget, months=months, allocation=allocation)
    opened = closed = 0
    for month in range(8):
        room = ledger.places(month)
        taken, done = month_of(households, terms, ledger, month)
        assert len(taken) * weight <= room
        assert ledger.spent == ledger.served * ledger.cost <= budget * 100
        opened, closed = opened + len(taken), closed + len(done)
        assert len(ledger.case_rows) == opened - closed
        assert 0 <= ledger.carry < weight, "only what is too little for the next in line is carried"
    assert ledger.served <= 60 * weight
