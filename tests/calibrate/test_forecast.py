"""Forecasts: begin where tracking was, know nothing later, stray as they did before, and are scored alike."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.calibrate.backtest import MODEL, history, scored
from sim.calibrate.case_draws import fitted_draws
from sim.calibrate.fitting import thinned
from sim.calibrate.forecast import ALL, Forecast, _as_published, forecast
from sim.calibrate.keeping import BELONGS, DRAWS, as_overrides, code_of, open_posterior, save
from sim.calibrate.naive import NAIVE, constant_hazard, damped_hazard, sample
from sim.calibrate.observe import Nuisances
from sim.calibrate.scores import crps, score
from sim.calibrate.study import Study, open_study
from sim.experiments.executors import Serial, Threads
from sim.report.calibration_folder import launch_figures
from sim.report.words import month_words
from sim.schema.base import month_name, month_number
from sim.schema.errors import InputError
from sim.schema.uncertainty import Prior, Uncertainties

TRUTH = [0.8, 0.4, 24.0, 0.002, 2.0]
LAUNCH, AHEAD = "2025-02", 4


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    rng = np.random.default_rng(8)
    return np.array(TRUTH) + rng.normal(size=(16, 5)) * [0.1, 0.1, 0, 0, 0]


@pytest.fixture(scope="module")
def ahead(study: Study, draws: np.ndarray) -> Forecast:
    return forecast(study, draws, LAUNCH, AHEAD, Threads(2))


# --------------------------------------------------------------------------------------------- forecasts


def test_it_holds_what_it_should(study: Study, ahead: Forecast) -> None:
    assert ahead.dates == ("2025-03", "2025-04", "2025-05", "2025-06")
    assert {name: values.shape for name, values in ahead.stocks.items()} == {
        one.name: (16, AHEAD, len(one.labels)) for one in study.series
    }
    table = ahead.table("origins")
    assert list(table["stock"].unique()) == [*study.series[0].labels, ALL]
    assert (table[["q05", "q25", "median", "q75", "q95"]].diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)


def test_it_begins_where_tracking_was(study: Study, ahead: Forecast) -> None:
    """A month ahead lies near what was published, but for the flood of March 2025, which nobody foresaw."""
    series = study.series[0]
    at = series.dates.index(LAUNCH)
    median = np.median(ahead.stocks["origins"][:, 0], axis=0)
    error = dict(zip(series.labels, np.abs(median / series.families[at + 1] - 1)))
    assert error.pop("VA04") > 0.2
    assert max(error.values()) < 0.1


@pytest.mark.slow
def test_it_is_the_same_from_every_executor(study: Study, draws: np.ndarray, ahead: Forecast) -> None:
    again = forecast(study, draws, LAUNCH, AHEAD, Serial())
    for name, values in ahead.stocks.items():
        assert (again.stocks[name] == values).all()


def test_it_knows_nothing_later(study: Study, draws: np.ndarray, ahead: Forecast) -> None:
    """A shock after the launch, and other figures published later, change nothing."""
    shock = {"shocks.later": {"area": "VA05", "month": "2025-04", "security": 0.1, "displaces": 0.5, "source": "test"}}
    later = [one._replace(families=np.where((one.months > 8)[:, None], 1.0, one.families)) for one in study.series]
    other = replace(study, scenario=study.scenario.override(shock), series=tuple(later))
    again = forecast(other, draws, LAUNCH, AHEAD, Serial())
    assert (again.stocks["origins"] == ahead.stocks["origins"]).all()


def test_coverage_goes_on_falling(study: Study) -> None:
    """Half the families reached after a year: that of a month ahead is lower by the twelfth root."""
    stock, (series, *_) = np.full((13, len(study.series[0].labels)), 500.0), study.until(LAUNCH)
    whole, half = (_as_published(stock, series, Nuisances(coverage=one), (1, 2)) for one in (1.0, 0.5))
    assert half / whole == pytest.approx(np.repeat(0.5 ** (np.arange(1, 5) / 12)[:, None], len(series.labels), axis=1))


def test_a_launch_without_a_round_is_refused(study: Study, draws: np.ndarray) -> None:
    with pytest.raises(InputError, match="no round is published at the end of this month"):
        forecast(study, draws, "2025-09", 2, Serial())


# --------------------------------------------------------------------------------------------- naive, and scores


def test_naive_forecasts_of_a_steady_fall_are_exact() -> None:
    stock = 1000 * np.exp(-0.03 * np.arange(30))[:, None] * np.array([[1.0, 5.0]])
    for months in (6, 12, 24):
        assert constant_hazard(stock, 5, months) == pytest.approx(stock[-1] * np.exp(-0.15))
    assert damped_hazard(stock, 12) == pytest.approx(stock[-1] * np.exp(-0.03 * 12 * (1 - np.exp(-1))))
    assert NAIVE["persistence"](stock, 9) == pytest.approx(stock[-1])
    new = np.where(np.arange(30)[:, None] < 20, 0.0, stock)
    assert constant_hazard(new, 5, 24) == pytest.approx(stock[-1]), "what has just arisen is not taken to go on rising"
    assert constant_hazard(new, 5, 6) == pytest.approx(stock[-1] * np.exp(-0.15))


def test_naive_intervals_are_their_own_errors() -> None:
    rng = np.random.default_rng(4)
    stock = 1e4 * np.exp(np.cumsum(0.05 * rng.normal(size=(400, 3)), axis=0))
    found = sample(NAIVE["persistence"], stock, 4)
    assert np.median(found, axis=0) == pytest.approx(stock[-1], rel=0.01)
    assert np.log(found / stock[-1]).std() == pytest.approx(0.1, rel=0.15)
    short = sample(NAIVE["persistence"], stock[:6], 4)
    assert short.shape == (1, 3), "too few launches to know of errors"
    gaps = stock.copy()
    gaps[1::2] = np.nan
    assert np.isfinite(sample(NAIVE["hazard of 6 months"], gaps[:399], 4)).all()


def test_scores_by_hand() -> None:
    sampled = np.repeat(np.linspace(90, 110, 201)[:, None], 2, axis=1)
    found = score(sampled, np.array([100.0, 120.0]))
    assert found.wape == pytest.approx(100 * 20 / 220)
    assert (found.covered, found.counts) == (1, 2)
    assert found.interval == pytest.approx(100 * (18 + 18 + 20 * 11) / 220)


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.lists(st.floats(-50, 50), min_size=2, max_size=30), st.floats(-60, 60))
def test_crps_is_what_it_is_defined_as(values: list[float], published: float) -> None:
    sampled = np.array(values)
    plain = np.abs(sampled - published).mean() - np.abs(sampled[:, None] - sampled[None, :]).mean() / 2
    assert crps(sampled[:, None], np.array([published]))[0] == pytest.approx(plain, abs=1e-9)
    assert plain >= -1e-9


def test_backtests_are_scored_beside_naive_ones(study: Study, ahead: Forecast) -> None:
    table = scored(study, ahead)
    assert set(table["forecast"]) == {MODEL, *NAIVE}
    assert set(table["series"]) == {"origins", "all", "camps", "waves"}
    main = table.set_index(["series", "forecast"])
    origins = study.series[0]
    at = [origins.dates.index(date) for date in ahead.dates]
    median = np.median(ahead.stocks["origins"], axis=0)
    error = np.abs(median - origins.families[at]).sum() / origins.families[at].sum()
    assert main.loc[("origins", MODEL), "wape"] == pytest.approx(100 * error)
    still = np.abs(origins.families[7] - origins.families[at]).sum() / origins.families[at].sum()
    assert main.loc[("origins", "persistence"), "wape"] == pytest.approx(100 * still, rel=1e-4)
    assert history(study, origins, LAUNCH)[-1] == pytest.approx(origins.families[7])
    assert history(study, origins, LAUNCH).shape[0] == 9


def test_draws_are_thinned_evenly() -> None:
    assert thinned(np.arange(10.0)[:, None], 4).ravel().tolist() == [0, 3, 6, 9]
    assert len(thinned(np.arange(3.0)[:, None], 9)) == 3


# --------------------------------------------------------------------------------------------- figures


@pytest.mark.parametrize(("launches", "held"), [(1, [1]), (6, [6]), (7, [4, 3]), (13, [4, 5, 4])])
def test_figures_leave_no_launch_out(study: Study, ahead: Forecast, launches: int, held: list[int]) -> None:
    """A panel has a line a launch, and one of dots."""
    months = [month_name(month_number(LAUNCH) - n) for n in range(launches)][::-1]
    figures = launch_figures(study, [replace(ahead, launch=month) for month in months])
    assert {name.rpartition("-")[0] for name in figures} >= {"launches"}
    by_series = {
        one.name: [figure for name, figure in figures.items() if name.startswith(f"launches-{one.name}")]
        for one in study.series
    }
    for drawn in by_series.values():
        assert [len(figure.axes[0].lines) - 1 for figure in drawn] == held
    titles = [figure.texts[0].get_text().replace("\n", " ") for figure in by_series["origins"]]
    if len(held) > 1:
        assert titles[-1].endswith(f"to {month_words(LAUNCH)}")
        assert month_words(months[held[0]]) in titles[1]
    assert len(set(titles)) == len(held)


# --------------------------------------------------------------------------------------------- kept posteriors


@pytest.fixture
def kept(study: Study, draws: np.ndarray, tmp_path: Path) -> Path:
    save(study, LAUNCH, draws, tmp_path, {"seed": 1})
    return tmp_path


def test_a_posterior_is_kept(study: Study, draws: np.ndarray, kept: Path) -> None:
    found = open_posterior(kept, study)
    assert found.draws == pytest.approx(draws, rel=1e-8)
    assert (found.about["until"], found.about["draws"]) == (LAUNCH, 16)
    table = as_overrides(study, found)
    assert list(table) == [
        "parameters.pathways.return_home",
        "parameters.pathways.camp_stay",
        "parameters.choice.epoch",
    ]
    assert table["parameters.choice.epoch"].tolist() == [24.0] * 16


@pytest.mark.parametrize(
    ("key", "words"),
    [
        ("parameters", "with other parameters or priors"),
        ("scenario", "with another scenario"),
        ("case", "with other tables of the case"),
        ("targets", "with other targets"),
        ("surveys", "with other surveys of intentions"),
        ("kernels", "with another version of the model"),
    ],
)
def test_one_of_something_else_is_refused(study: Study, kept: Path, key: str, words: str) -> None:
    about = json.loads((kept / BELONGS).read_text())
    about[key] = {"other": 1} if isinstance(about[key], dict) else "other"
    (kept / BELONGS).write_text(json.dumps(about))
    with pytest.raises(InputError, match=f"the posterior was fitted {words}.*make refit"):
        open_posterior(kept, study)


def test_what_is_fitted_may_be_set_in_the_scenario(study: Study, kept: Path) -> None:
    """Its value there never counts: it may be set to what came out. Another one may not be changed."""
    set_so = replace(study, scenario=study.scenario.override({"parameters.choice.epoch": 31}))
    assert open_posterior(kept, set_so).names == tuple(study.priors)
    other = replace(study, scenario=study.scenario.override({"parameters.choice.house": 0.7}))
    with pytest.raises(InputError, match="with another scenario"):
        open_posterior(kept, other)


def test_one_that_was_changed_is_refused(study: Study, kept: Path) -> None:
    text = (kept / DRAWS).read_text()
    (kept / DRAWS).write_text(text.replace("24", "25", 1))
    with pytest.raises(InputError, match=r"posterior\.csv: was changed after it was written"):
        open_posterior(kept, study)


@pytest.mark.parametrize("content", ["", "[1]", "{"])
def test_what_is_none_is_refused(study: Study, kept: Path, content: str) -> None:
    (kept / BELONGS).write_text(content)
    with pytest.raises(InputError, match="no posterior is kept here"):
        open_posterior(kept, study)
    with pytest.raises(InputError, match="no posterior is kept here"):
        open_posterior(kept / "elsewhere", study)


def test_other_priors_are_another_study(folder: Path, kept: Path) -> None:
    text = (folder / "study.yaml").read_text(encoding="utf-8").replace("high: 2.0}", "high: 2.5}", 1)
    (folder / "wider.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="home"):
        open_posterior(kept, open_study(folder / "wider.yaml"))


@pytest.mark.slow
def test_experiments_draw_from_it_beside_other_priors(
    study: Study, folder: Path, draws: np.ndarray, tmp_path: Path
) -> None:
    own = shutil.copytree(folder, tmp_path / "own")
    save(study, LAUNCH, draws, own, {})
    others = Uncertainties(
        title="Others",
        uncertainties={
            "parameters.pathways.return_home": Prior(low=-1, high=1),
            "parameters.beliefs.rate": Prior(low=0.05, high=0.2),
        },
    )
    found = fitted_draws(own / "study.yaml", 8, others, "latin_hypercube")
    assert found.keys == (*as_overrides(study, open_posterior(own, study)), "parameters.beliefs.rate")
    assert found.values[:, 0] == pytest.approx(thinned(draws, 8)[:, 0], rel=1e-8), "what was fitted is not drawn anew"
    assert ((found.values[:, -1] > 0.05) & (found.values[:, -1] < 0.2)).all()
    assert "with priors of what was not fitted (1)" in found.origin
    alone = fitted_draws(own / "study.yaml", 16, None, "sobol")
    assert len(alone) == 16
    for count in (0, 17):
        with pytest.raises(InputError, match="the posterior does not have so many draws"):
            fitted_draws(own / "study.yaml", count, None, "sobol")


def test_only_code_makes_another_kernel() -> None:
    code = 'def f(x):\n    """Say what."""\n    return x + 1  # why\n'
    plain = "def f(x):\n\n      return (\n  x + 1)\n".replace("(\n  x + 1)", "x + 1")
    assert code_of(code) == code_of(plain)
    assert code_of(code) != code_of(code.replace("+ 1", "+ 2"))
    assert code_of("x = 'a'\n") != code_of("x = 'b'\n"), "a string that is used is code"
    assert code_of("if a:\n    b\n    c\n") != code_of("if a:\n    b\nc\n"), "so is what belongs to a block"


def test_forecast_file_is_as_asked_for(study: Study, ahead: Forecast) -> None:
    from sim.report.calibration_folder import forecast_csv

    table = forecast_csv(ahead, "origins", study.names)
    assert list(table) == ["date", "origin", "median", "q05", "q25", "q75", "q95"]
    assert table["date"].unique().tolist() == ["2025-03-31", "2025-04-30", "2025-05-31", "2025-06-30"]
    assert set(table["origin"]) == {study.names[label] for label in study.series[0].labels}
    assert isinstance(pd.Period(table["date"].iloc[0]), pd.Period)
