"""What holds of exit metrics whatever the survey."""

from typing import Any

import numpy as np
import pandas as pd
import pytest
from exit_oracle import Household
from exit_surveys import arguments, surveys
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from sim.outcomes import EXIT_METRICS, exit_shares, exit_table
from sim.schema.errors import InputError

SURVEYS = st.one_of(surveys(per_cell=2), surveys(per_cell=2, missing=False))
every_metric = pytest.mark.parametrize("metric", EXIT_METRICS)
of_single_households = pytest.mark.parametrize("metric", [metric for metric in EXIT_METRICS if metric != "cells"])
quickly = settings(max_examples=10, deadline=None)


def results(given_: dict[str, Any]) -> pd.Series:
    """Return the result of every household, or leave out this survey if it is one to refuse."""
    try:
        return exit_shares(**given_, per_household=True)
    except InputError:
        assume(False)
        raise


def share(given_: dict[str, Any]) -> float:
    try:
        return exit_shares(**given_)
    except InputError:
        assume(False)
        raise


@every_metric
@given(survey=SURVEYS)
@quickly
def test_results_and_shares_are_between_0_and_1(metric: str, survey: list[Household]) -> None:
    given_ = arguments(survey, metric)
    assert 0 <= share(given_) <= 1
    found = results(given_).dropna()
    assert found.between(0, 1).all()
    if metric != "ecdf":
        assert found.isin([0, 1]).all()


@every_metric
@given(survey=SURVEYS)
@quickly
def test_two_populations_that_are_alike_have_the_same_share(metric: str, survey: list[Household]) -> None:
    hosts = [household for household in survey if household.host]
    given_ = arguments([*hosts, *[household._replace(host=False) for household in hosts]], metric)
    given_["metrics"] = [given_.pop("metric")]
    try:
        table = exit_table(**given_).set_index("population")
    except InputError:
        assume(False)
        raise
    np.testing.assert_allclose(table.loc["displaced", "share"], table.loc["host", "share"], atol=1e-12)
    assert table.loc["displaced", "undecided"] == table.loc["host", "undecided"]


@of_single_households
@given(survey=SURVEYS, data=st.data())
@quickly
def test_overcoming_one_vulnerability_more_never_lowers_a_result(
    metric: str, survey: list[Household], data: st.DataObject
) -> None:
    failed = [
        (row, at)
        for row, household in enumerate(survey)
        for at, answer in enumerate(household.answers)
        if answer == 0 and not household.host
    ]
    assume(failed)
    row, at = data.draw(st.sampled_from(failed))
    before = results(arguments(survey, metric))
    answers = (*survey[row].answers[:at], 1, *survey[row].answers[at + 1 :])
    better = [*survey[:row], survey[row]._replace(answers=answers), *survey[row + 1 :]]
    after = exit_shares(**arguments(better, metric), per_household=True)
    pd.testing.assert_series_equal(before.drop(row), after.drop(row))
    if before[row] == 1 or (metric == "ecdf" and not np.isnan(before[row])):
        assert after[row] >= before[row]
    elif np.isnan(before[row]):
        assert after[row] != 0, "what could have been an exit still can"


@every_metric
@given(survey=SURVEYS, factor=st.sampled_from([1e-6, 0.1, 1 / 3, 7.0, 1e9]))
@quickly
def test_only_ratios_of_weights_matter(metric: str, survey: list[Household], factor: float) -> None:
    given_ = arguments(survey, metric)
    scaled = given_ | {"weights": given_["weights"] * factor}
    np.testing.assert_allclose(results(scaled), results(given_), atol=1e-12)
    assert share(scaled) == pytest.approx(share(given_), abs=1e-12)


@every_metric
@given(survey=SURVEYS, data=st.data())
@quickly
def test_the_order_of_rows_does_not_matter(metric: str, survey: list[Household], data: st.DataObject) -> None:
    given_ = arguments(survey, metric)
    order = data.draw(st.permutations(range(len(survey))))
    shuffled = given_ | {"indicators": given_["indicators"].iloc[order]}  # the others are matched by their index
    np.testing.assert_allclose(results(shuffled).sort_index(), results(given_), atol=1e-12)
    assert share(shuffled) == pytest.approx(share(given_), abs=1e-12)


@every_metric
@given(survey=SURVEYS, data=st.data())
@quickly
def test_a_row_in_two_halves_counts_as_much_as_the_row(
    metric: str, survey: list[Household], data: st.DataObject
) -> None:
    row = data.draw(st.integers(0, len(survey) - 1))
    given_ = arguments(survey, metric)
    halves = arguments([*survey, survey[row]], metric)
    halves["weights"] = halves["weights"].astype(float)
    halves["weights"].iloc[[row, -1]] /= 2
    before, after = results(given_), results(halves)
    np.testing.assert_allclose(after.iloc[:-1], before, atol=1e-12)
    np.testing.assert_allclose(after.iloc[-1], before.iloc[row], atol=1e-12)
    assert share(halves) == pytest.approx(share(given_), abs=1e-12)


@pytest.mark.parametrize("weight", [0.1, 0.7])
def test_a_household_with_exactly_the_mean_of_hosts_passes_though_weights_round(weight: float) -> None:
    sizes = [size for size in range(2, 60) if np.average(np.full(size, 3.0), weights=np.full(size, weight)) > 3]
    assert sizes, "nothing rounds up, so nothing is tested"
    for size in sizes:
        indicators = pd.DataFrame(np.tile([1.0, 1.0, 1.0, 0.0, 0.0], (size + 1, 1)))
        host = np.arange(size + 1) > 0
        assert exit_shares(indicators, host, np.full(size + 1, weight), "composite") == 1
