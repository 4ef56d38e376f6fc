"""One small run and one small comparison with a closure inside its months, shared by the tests of reports."""

import pytest

from sim.experiments import Comparison, Result, compare, run
from sim.scenario import Scenario, load_scenario

ROWS, MONTHS = 5000, 3
CLOSING = {"programmes.close_camps.closing_month": "2018-02"}


def closed_early() -> Scenario:
    return load_scenario("iraq/closure-no-notice", CLOSING)


def with_alternatives() -> Scenario:
    window = {"first_month": "2018-01", "last_month": "2018-03"}
    changes = {f"programmes.{name}.window": window for name in ("convoys", "return_grant", "rent_subsidy")}
    notice = {"programmes.close_camps.notice_months": 1}
    return load_scenario("iraq/closure-with-alternatives", CLOSING | changes | notice)


@pytest.fixture(scope="session")
def result() -> Result:
    return run(with_alternatives(), seed=1, households=ROWS, months=MONTHS)


@pytest.fixture(scope="session")
def comparison() -> Comparison:
    scenarios = ["iraq/no-closure", closed_early(), with_alternatives()]
    return compare(scenarios, seeds=2, households=ROWS, months=MONTHS, counterparts=False)
