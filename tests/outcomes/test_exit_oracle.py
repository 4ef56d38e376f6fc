"""Every exit metric against the plain loops of exit_oracle.py, on random small surveys."""

import numpy as np
import pytest
from exit_oracle import Household, RefusedError, results, share
from exit_surveys import CRITERIA, arguments, surveys
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.outcomes import EXIT_METRICS, exit_shares, exit_table
from sim.schema.errors import InputError

OF_EVERY_CELL = st.one_of(surveys(per_cell=2), surveys(per_cell=2, missing=False), surveys())


@given(survey=OF_EVERY_CELL)
@settings(max_examples=40, deadline=None)
def test_results_of_every_household(survey: list[Household]) -> None:
    for metric in EXIT_METRICS:
        given_ = arguments(survey, metric)
        try:
            expected = results(survey, metric, CRITERIA[: len(survey[0].answers)])
        except RefusedError:
            with pytest.raises(InputError):
                exit_shares(**given_, per_household=True)
            continue
        found = exit_shares(**given_, per_household=True)
        as_numbers = [np.nan if result is None else float(result) for result in expected]
        np.testing.assert_allclose(found, as_numbers, atol=1e-12, err_msg=metric)


@given(survey=OF_EVERY_CELL)
@settings(max_examples=30, deadline=None)
def test_the_share_of_displaced_households(survey: list[Household]) -> None:
    for metric in EXIT_METRICS:
        given_ = arguments(survey, metric)
        try:
            found = results(survey, metric, CRITERIA[: len(survey[0].answers)], hosts_too=False)
            expected = share(survey, found, host=False)
        except RefusedError:
            expected = None
        if expected is None:
            with pytest.raises(InputError):
                exit_shares(**given_)
        else:
            assert exit_shares(**given_) == pytest.approx(float(expected), abs=1e-12), metric


@given(survey=surveys(per_cell=2, missing=False))
@settings(max_examples=20, deadline=None)
def test_the_table_of_all_metrics(survey: list[Household]) -> None:
    given_ = arguments(survey, "cells")
    del given_["metric"]
    table = exit_table(**given_).set_index(["metric", "population"])["share"]
    assert len(table) == 2 * len(EXIT_METRICS)
    for metric in EXIT_METRICS:
        found = results(survey, metric, CRITERIA[: len(survey[0].answers)])
        for population, host in (("displaced", False), ("host", True)):
            expected = share(survey, found, host)
            assert expected is not None
            assert table[metric, population] == pytest.approx(float(expected), abs=1e-12)
