"""What holds of payback and of the cost of a solution, whatever the figures."""

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.outcomes.costs import cost_per, payback_month

Costs = npt.NDArray[np.float64]
DOLLARS = st.integers(0, 1_000_000)
MOST_MONTHS = 40


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Costs, Costs]:
    """Draw the monthly cost of a scenario and of its baseline: whole dollars, nothing at the start."""
    months = draw(st.integers(1, MOST_MONTHS))
    same_length = st.lists(DOLLARS, min_size=months, max_size=months)
    cost, baseline = ([0, *draw(same_length)] for _ in range(2))
    return np.array(cost, float), np.array(baseline, float)


@given(pairs())
def test_from_the_month_on_a_scenario_has_cost_no_more_to_the_end(pair: tuple[Costs, Costs]) -> None:
    cost, baseline = pair
    found = payback_month(cost, baseline)
    dearer = [int(cost[: month + 1].sum()) > int(baseline[: month + 1].sum()) for month in range(len(cost))]
    if np.isinf(found):
        assert dearer[-1]
        return
    assert not any(dearer[int(found) :])
    assert found == 0 or dearer[int(found) - 1], "not paid a month earlier"


@given(pairs(), st.sampled_from([0.001, 0.37, 1 / 3, 7.0, 1e6]))
def test_the_month_does_not_depend_on_the_unit_of_money(pair: tuple[Costs, Costs], scale: float) -> None:
    cost, baseline = pair
    assert payback_month(scale * cost, scale * baseline) == payback_month(cost, baseline)


@given(pairs(), st.lists(DOLLARS, min_size=MOST_MONTHS + 1, max_size=MOST_MONTHS + 1))
def test_what_both_pay_changes_nothing(pair: tuple[Costs, Costs], both: list[int]) -> None:
    cost, baseline = pair
    more = np.array(both[: len(cost)], float)
    assert payback_month(cost + more, baseline + more) == payback_month(cost, baseline)


@given(pairs())
def test_a_scenario_is_never_dearer_than_itself(pair: tuple[Costs, Costs]) -> None:
    cost, _ = pair
    assert payback_month(cost, cost) == 0


@given(st.integers(-(10**9), 10**9), st.integers(1, 10**6), st.sampled_from([0.01, 3.0, 1300.0]))
def test_the_cost_of_a_solution_is_in_the_unit_of_the_cost(extra: int, solutions: int, scale: float) -> None:
    assert cost_per(scale * extra, solutions) == pytest.approx(scale * cost_per(extra, solutions))
    assert cost_per(extra, solutions) * solutions == pytest.approx(extra)


@given(st.integers(-(10**9), 10**9), st.integers(-(10**6), 0))
def test_no_more_solutions_have_no_price(extra: int, solutions: int) -> None:
    assert np.isnan(cost_per(extra, solutions))
