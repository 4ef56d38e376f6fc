"""Rival capacity: a queue in order, served to the last that fits, never beyond what is there."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels.columns import FIXED, STATE
from sim.world.allocation import allot, allot_places, allot_vacancies
from sim.world.households import Households


def one_by_one(queue, rank, weight, capacity):
    """Serve the rows by hand."""
    served, left, ended = [False] * len(queue), list(capacity), set()
    for row in sorted(range(len(queue)), key=lambda i: tuple(key[i] for key in rank)):
        line = queue[row]
        if line in ended or weight[row] > left[line]:
            ended.add(line)
            continue
        left[line] -= weight[row]
        served[row] = True
    return served


rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5), st.integers(1, 9)), max_size=40)


@given(rows, st.lists(st.integers(0, 40), min_size=4, max_size=4))
def test_allot_serves_every_queue_in_order_until_one_does_not_fit(rows, capacity):
    queue, key, weight = (np.array([row[k] for row in rows], np.int64) for k in range(3))
    rank = [key, np.arange(len(rows))]
    served = allot(queue, rank, weight, np.array(capacity))
    used = np.bincount(queue[served], weight[served], minlength=4)
    assert np.all(used <= capacity)
    assert served.tolist() == one_by_one(queue, rank, weight, capacity)


def test_nobody_is_passed_over_by_a_smaller_row():
    served = allot(np.zeros(3, int), [np.array([0, 1, 2])], np.array([2, 5, 1]), np.array([4]))
    assert served.tolist() == [True, False, False]


def test_exactly_full_is_full():
    served = allot(np.zeros(3, int), [np.array([2, 1, 0])], np.array([1, 2, 2]), np.array([4]))
    assert served.tolist() == [False, True, True]


def test_an_empty_queue_serves_nobody():
    nobody = np.zeros(0, np.int64)
    assert len(allot(nobody, [nobody], nobody, np.array([3]))) == 0


def people(n: int, weight=1) -> Households:
    """Return ``n`` households."""
    columns = {c.name: np.zeros(n, c.dtype) for c in (*FIXED, *STATE)}
    return Households(columns | {"id": np.arange(n), "weight": np.full(n, weight)})


def test_vacancies_go_by_lottery_and_the_refused_are_returned():
    households = people(200)
    households.plan.vacancy[:] = np.where(np.arange(200) < 150, 0, -1)
    refused = allot_vacancies(households, 3, np.array([60, 5]))
    assert len(refused) == 90
    assert np.all(refused < 150)
    assert set(refused) != set(range(60, 150)), "not the order of rows"
    assert np.array_equal(refused, allot_vacancies(households, 3, np.array([60, 5])))
    assert set(refused) != set(allot_vacancies(households, 4, np.array([60, 5])))
    households.plan.vacancy[:150] = 1
    assert set(allot_vacancies(households, 3, np.array([0, 60]))) != set(refused), "each resource has its own lottery"


def test_places_are_granted_to_those_in_need_first_and_the_rest_is_carried():
    households = people(100, weight=3)
    households.plan.offers[:80] = 0b101
    households.plan.needy[40:60] = 1
    granted, carry = allot_places(households, 3, 2, 12345, 70, by_need=True)
    assert len(granted) == 23
    assert carry == 70 - 69
    assert set(range(40, 60)) < set(granted)
    assert np.all(households.plan.granted[granted] == 0b100)
    everybody, carry = allot_places(households, 3, 0, 12345, 1000, by_need=False)
    assert len(everybody) == 80
    assert carry == 0
