"""Cohorts that arrive: whole families, spread evenly, with numbers nobody else has."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from sim.population.arrivals import arriving, cohort_number, spread
from sim.schema.case import Arrivals


def entry(**more):
    usual = {"origin": "A", "area": "B", "wave": "w", "first_month": "2018-03", "families_per_month": 25}
    return Arrivals(**{**usual, "rows_per_month": 10, **more})


@given(st.integers(1, 10**6), st.integers(1, 2000))
def test_weights_are_whole_equal_and_add_up(families, rows):
    weights = spread(families, rows)
    assert weights.sum() == families
    assert weights.min() >= 1
    assert weights.max() - weights.min() <= 1
    assert len(weights) == min(rows, families)


def test_a_cohort_in_one_month_and_over_a_window():
    one = arriving("flood", entry(), "2018-01", 36)
    assert one["arrival"].tolist() == [2] * 10
    three = arriving("flood", entry(last_month="2018-05"), "2018-01", 36)
    assert three["arrival"].tolist() == [2] * 10 + [3] * 10 + [4] * 10
    assert three["weight"].sum() == 75
    assert np.array_equal(three["id"][:10], one["id"])


def test_a_window_cut_by_the_run_keeps_its_numbers():
    whole = arriving("flood", entry(first_month="2017-11", last_month="2018-02"), "2017-11", 36)
    cut = arriving("flood", entry(first_month="2017-11", last_month="2018-02"), "2018-01", 1)
    assert cut["arrival"].tolist() == [0] * 10
    assert cut["id"].tolist() == whole["id"][20:30].tolist()
    after = arriving("flood", entry(), "2018-01", 2)
    assert all(len(values) == 0 for values in after.values())
    assert after["id"].dtype == np.uint64


def test_numbers_come_from_the_name_of_the_cohort():
    first, second = (arriving(name, entry(), "2018-01", 36)["id"] for name in ("flood", "fire"))
    assert not set(first) & set(second)
    assert (first >> np.uint64(32) == cohort_number("flood")).all()
    assert first.min() >= 2**32, "apart from those at the start"
    assert len({cohort_number(f"cohort {n}") for n in range(2000)}) == 2000
