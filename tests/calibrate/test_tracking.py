"""Observation operators: what tracking publishes of a run."""

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import sim
from sim.calibrate.observe import PERSISTENCE, Nuisances, Series, published, strays
from sim.calibrate.operators import back_by_origin, by_area, by_origin, in_camps
from sim.calibrate.study import Study
from sim.kernels.codes import DISPLACED, RETURNED
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


# ------------------------------------------------------------------------------- changes, and families that are back


def counted(away: np.ndarray, back: np.ndarray, before: float) -> Any:
    """A run of one origin whose families are known by month, as far as tracking looks at it."""
    families = np.zeros((len(away), 5, 1, 1), np.int64)
    families[:, DISPLACED, 0, 0], families[:, RETURNED, 0, 0] = away, back
    spec = SimpleNamespace(recodes={})
    compiled = SimpleNamespace(
        scenario=SimpleNamespace(spec=spec),
        geography=SimpleNamespace(pcodes=["O"]),
        paths={"returned_before": np.full((len(away) - 1, 1), before)},
    )
    return SimpleNamespace(compiled=compiled, recorder=SimpleNamespace(arrays={"families": families}))


def series_of(statistic: str, months: list[int], published: list[float], noise: float = 0.0) -> Series:
    dates = tuple(f"m{month}" for month in months)
    whole = np.array(published, float)[:, None]
    earlier = np.zeros(0, np.int64), np.zeros((0, 1))
    return Series(
        "s", statistic, ("O",), np.eye(1, dtype=np.int64), np.array(months), dates, whole[1:], whole[0], noise, *earlier
    )


def test_a_change_is_over_twelve_months() -> None:
    """Of rounds after 2, 12, 14, 20 and 26 months, three come a year after another; the first of all is the start."""
    away, rounds = np.arange(1000, 1000 - 10 * 27, -10), [2, 12, 14, 20, 26]
    published_then = [900.0, 850.0, 700.0, 680.0, 600.0, 510.0]
    series = series_of("net_change_12", rounds, published_then)
    model = counted(away, 0 * away, 0.0)
    assert series.names == ["s O m12", "s O m14", "s O m26"]
    assert series.observed == pytest.approx(np.log([700 / 900, 680 / 850, 510 / 680]))
    found = published(series, model, Nuisances(), np.random.default_rng(0))
    assert found == pytest.approx(np.log([away[12] / away[0], away[14] / away[2], away[26] / away[14]]))
    reached = published(series, model, Nuisances(coverage=0.9), np.random.default_rng(0))
    assert reached - found == pytest.approx(np.log(0.9)), "twelve months of it, whenever they are"


def test_a_change_strays_by_what_came_in_between() -> None:
    away, rounds = np.full(27, 1000), [2, 14, 26]
    series, model = (
        series_of("net_change_12", rounds, [1000.0] * 4, noise=0.03),
        counted(np.full(27, 1000), 0 * away, 0.0),
    )
    luck = np.random.default_rng(2)
    many = np.array([published(series, model, Nuisances(), luck) for _ in range(4_000)])
    assert many.std(axis=0) == pytest.approx(0.03 * np.sqrt(2), rel=0.05), "both rounds are counted"
    quiet = series._replace(noise=0.0)
    many = np.array([published(quiet, model, Nuisances(discrepancy=0.01), luck) for _ in range(4_000)])
    lags = np.arange(12)
    year = 0.01 * np.sqrt((PERSISTENCE ** np.abs(lags[:, None] - lags)).sum())
    assert many.std(axis=0) == pytest.approx(year, rel=0.05)
    recoded = away + 200 * (np.arange(27) >= 1)
    before, after = (published(quiet, counted(one, 0 * away, 0.0), Nuisances(), luck) for one in (away, recoded))
    assert after == pytest.approx(before), "a recode before both rounds does not pull"


def test_returnees_are_counted_with_those_who_returned_before() -> None:
    back = np.array([0, 50, 150])
    model = counted(np.array([400, 350, 250]), back, before=100.0)
    series = series_of("returnees_by_origin", [1, 2], [100.0, 140.0, 260.0])
    assert back_by_origin(model)[:, 0].tolist() == [100, 150, 250]
    none = Nuisances(discrepancy=0.5, books=300.0, coverage=0.5, returnee_discrepancy=0.0)
    found = published(series, model, none, np.random.default_rng(0))
    assert found == pytest.approx(np.log([1.5, 2.5])), "their list has books of its own"
    assert series.observed == pytest.approx(np.log([1.4, 2.6]))


def test_returnees_stray_by_a_size_of_their_own() -> None:
    model = counted(np.full(13, 100), np.full(13, 50), before=1000.0)
    series, luck = series_of("returnees_by_origin", [12], [1000.0] * 2), np.random.default_rng(3)
    many = np.array([published(series, model, Nuisances(returnee_discrepancy=0.02), luck) for _ in range(4_000)])
    lags = np.arange(12)
    assert many.std() == pytest.approx(0.02 * np.sqrt((PERSISTENCE ** np.abs(lags[:, None] - lags)).sum()), rel=0.05)


def test_nobody_is_counted_twice(model: SolutionsModel) -> None:
    """Those who left home again are not back; what is away and what is back is everybody who ever entered."""
    before = model.compiled.paths["returned_before"][0]
    families, arrival = model.households["weight"].astype(float), model.households.fixed.arrival
    origin, known = model.households["origin"], len(model.compiled.geography.pcodes)
    at_home = np.bincount(origin, families * (model.households["at_home"] > 0) * (arrival < 12), known)
    assert back_by_origin(model)[-1] - before == pytest.approx(at_home)
    assert back_by_origin(model)[0] == pytest.approx(before)
