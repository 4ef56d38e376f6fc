"""Observation operators: what tracking publishes of a run."""

from typing import Any

import numpy as np
import pytest

import sim
from sim.calibrate.observe import PERSISTENCE, Nuisances, by_area, by_origin, in_camps, published, strays
from sim.calibrate.study import Study
from sim.model import SolutionsModel
from sim.outcomes import tracked_stock
from sim.scenario import compile_scenario


@pytest.fixture(scope="module")
def model(study: Study) -> SolutionsModel:
    return SolutionsModel(compile_scenario(study.scenario), seed=3).run()


@pytest.mark.slow
def test_tracking_counts_as_elsewhere() -> None:
    """The operator is that of the outcomes, recodes included."""
    recodes = {"moved": {"month": "2018-03", "origin": "IQ-G11", "families": 500, "source": "test"}}
    scenario = sim.load_scenario("iraq/as-happened", {"months": 4, "rows": 6000, "recodes": recodes})
    model = SolutionsModel(compile_scenario(scenario), seed=1).run()
    stock = tracked_stock(sim.run(scenario, seed=1).data, scenario.spec.recodes)
    assert by_origin(model) == pytest.approx(stock.transpose("month", "origin").values)
    assert by_area(model).sum(axis=1) + np.array([0, 0, 0, 500, 500]) == pytest.approx(by_origin(model).sum(axis=1))
    camps = model.households["weight"][model.households["site"] >= 0].sum()
    assert in_camps(model)[-1, 0] == camps


def test_without_anything_between_it_is_the_model(study: Study, model: SolutionsModel) -> None:
    series = study.series[0]._replace(noise=0.0)
    found = published(series, model, Nuisances(), np.random.default_rng(0)).reshape(12, -1)
    own = by_origin(model) @ series.members.T
    assert found == pytest.approx(np.log(own[1:] / own[0]))


def test_coverage_falls_with_time(study: Study, model: SolutionsModel) -> None:
    series = study.series[0]._replace(noise=0.0)
    whole, half = (published(series, model, Nuisances(coverage=c), np.random.default_rng(0)) for c in (1.0, 0.5))
    fall = (half - whole).reshape(12, -1)
    assert fall == pytest.approx(np.log(0.5) * np.repeat(np.arange(1, 13)[:, None], fall.shape[1], axis=1) / 12)


def test_what_is_missed_persists_and_adds_up() -> None:
    """Standard deviations, after one month and after many, are those of the sums of an AR(1)."""
    missed, books = strays(Nuisances(0.01, 30.0), 24, 40_000, np.random.default_rng(1))
    lags = np.arange(24)
    for months in (1, 2, 12, 24):
        weights = PERSISTENCE ** np.abs(lags[:months, None] - lags[None, :months])
        assert missed[months - 1].std() == pytest.approx(0.01 * np.sqrt(weights.sum()), rel=0.02)
        assert books[months - 1].std() == pytest.approx(30.0 * np.sqrt(months), rel=0.02)


@pytest.mark.parametrize("which", [0, 1])
def test_it_is_the_same_every_time(study: Study, model: SolutionsModel, which: int) -> None:
    between: Any = (Nuisances(0.01, 5.0), study.series[which])
    one, two = (published(between[1], model, between[0], np.random.default_rng(4)) for _ in range(2))
    assert (one == two).all()
