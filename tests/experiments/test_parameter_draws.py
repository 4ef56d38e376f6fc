"""Parameter draws: from priors by their quantiles, evenly spread; from a table as they are; refused with the place."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.experiments.draws import Draws, posterior_draws, prior_draws, read_uncertainties
from sim.scenario import load_scenario
from sim.schema.errors import InputError
from sim.schema.uncertainty import Prior, Uncertainties

SHARES = np.linspace(0, 1, 41)
SOME = Uncertainties(
    title="Some",
    uncertainties={
        "parameters.beliefs.rate": Prior(low=0.02, high=0.2),
        "parameters.house.repair_away": Prior(low=0.003, high=0.02, shape="log_uniform"),
        "parameters.budget.camp_job_access": Prior(low=0.2, high=0.8, mode=0.5, shape="triangular"),
    },
)


@settings(derandomize=True, deadline=None)
@example(2.2e-311, 1.0, 0.0)
@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.floats(0, 1))
def test_quantiles_are_those_of_scipy(low: float, width: float, part: float) -> None:
    high, mode = low + width, low + part * width
    assert Prior(low=low, high=high).at(SHARES) == pytest.approx(stats.uniform(low, high - low).ppf(SHARES))
    mode = min(max(mode, low), high)
    triangle = stats.triang((mode - low) / (high - low), low, high - low)
    found = Prior(low=low, high=high, mode=mode, shape="triangular").at(SHARES)
    assert found == pytest.approx(triangle.ppf(SHARES), rel=1e-6, abs=1e-6 * width)
    if low > 0:
        logarithmic = Prior(low=low, high=high, shape="log_uniform").at(SHARES)
        assert np.isfinite(logarithmic).all()
    if low > 1e-100:
        assert logarithmic == pytest.approx(stats.loguniform(low, high).ppf(SHARES), rel=1e-9)


@pytest.mark.parametrize(
    ("prior", "message"),
    [
        ("{low: 2, high: 2}", "low 2 is not below high 2"),
        ("{low: 0, high: 2, shape: log_uniform}", "low 0 of a log_uniform prior is not above 0"),
        ("{low: 0, high: 2, shape: triangular}", "mode belongs to shape: triangular, which needs it"),
        ("{low: 0, high: 2, mode: 1}", "mode belongs to shape: triangular, which needs it"),
        ("{low: 0, high: 2, mode: 3, shape: triangular}", "mode 3 does not lie between low 0 and high 2"),
        ("{low: 0, high: .inf}", "finite number"),
        ("{low: 0, hihg: 2}", "unknown key - did you mean 'high'?"),
    ],
)
def test_a_prior_that_is_none(tmp_path: Path, prior: str, message: str) -> None:
    file = tmp_path / "priors.yaml"
    file.write_text(f"title: Some\nuncertainties:\n  parameters.beliefs.rate: {prior}\n")
    with pytest.raises(InputError) as caught:
        read_uncertainties(file)
    assert message in str(caught.value)
    assert "line 3" in str(caught.value)


@pytest.mark.parametrize("draws", [1, 2, 7, 64])
def test_a_latin_hypercube_has_one_draw_in_every_part_of_every_prior(draws: int) -> None:
    found = prior_draws(SOME, draws)
    assert found.values.shape == (draws, 3)
    low, high = 0.003, 0.02
    shares = [
        (found.values[:, 0] - 0.02) / 0.18,
        np.log(found.values[:, 1] / low) / np.log(high / low),
        stats.triang(0.5, 0.2, 0.6).cdf(found.values[:, 2]),
    ]
    for share in shares:
        assert sorted(np.floor(share * draws).astype(int)) == list(range(draws))


def test_sobol_points_are_evener_than_chance_and_may_be_any_number() -> None:
    found = prior_draws(SOME, 48, "sobol").values[:, 0]
    assert len(prior_draws(SOME, 5, "sobol")) == 5
    assert stats.kstest((found - 0.02) / 0.18, "uniform").statistic < 0.06


def test_the_same_draws_every_time() -> None:
    assert np.array_equal(prior_draws(SOME, 9).values, prior_draws(SOME, 9).values)
    assert prior_draws(SOME, 9).overrides(3) == dict(zip(SOME.uncertainties, prior_draws(SOME, 9).values[3]))


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_posterior_is_taken_as_it_is(tmp_path: Path, suffix: str) -> None:
    table = prior_draws(SOME, 10).table()
    path = tmp_path / f"posterior.{suffix}"
    table.reset_index().to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path)
    assert posterior_draws(path).values == pytest.approx(table.to_numpy())
    assert posterior_draws(path).keys == tuple(SOME.uncertainties)
    assert posterior_draws(path, 3).values == pytest.approx(table.to_numpy()[[0, 4, 9]])


@pytest.mark.parametrize(
    ("content", "draws", "message"),
    [
        ("", None, "cannot be read"),
        ("parameters.beliefs.rate\n", None, "is no table of draws"),
        ("parameters.beliefs.rate\nmuch\n", None, "parameters.beliefs.rate: is no table of draws"),
        ("parameters.beliefs.rate\n0.1\n\n0.2\ninf\n", None, "row 4"),
        ("parameters.beliefs.rate\n0.1\n", 2, "the file does not have so many draws"),
    ],
)
def test_a_posterior_that_is_none(tmp_path: Path, content: str, draws: int | None, message: str) -> None:
    path = tmp_path / "posterior.csv"
    path.write_text(content)
    with pytest.raises(InputError) as caught:
        posterior_draws(path, draws)
    assert message in str(caught.value)
    assert str(path) in str(caught.value)


def test_no_draws_are_refused() -> None:
    with pytest.raises(InputError, match="is no usable number of draws"):
        prior_draws(SOME, 0)


def test_whole_numbers_can_be_drawn() -> None:
    draws = Draws(("parameters.choice.epoch", "parameters.choice.house"), np.array([[36.0, 1.0]]), "by hand")
    changed = load_scenario("valley/as-is").override(draws.overrides(0))
    assert changed.value("parameters.choice.epoch") == 36
    assert changed.value("parameters.choice.house") == 1.0
