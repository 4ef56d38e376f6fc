"""A second opinion by networks: where the posterior is known, and where sbi is missing."""

import importlib.util
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.abc import Posterior, Settings, fit
from sim.calibrate.coverage import Coverage
from sim.calibrate.opinions import side_by_side
from sim.calibrate.problem import Float, Int, Problem, scores
from sim.calibrate.second_opinion import NETWORKS, SecondOpinion, second_opinion
from sim.cli import main
from sim.report.second_opinion import second_opinion_text
from sim.schema.errors import InputError
from sim.schema.uncertainty import Prior

NORMAL = 1.645
NOISE = 0.3
MISSING = [name for name in ("sbi", "torch") if importlib.util.find_spec(name) is None]
with_sbi = pytest.mark.skipif(bool(MISSING), reason=f"the extra second-opinion is not installed: {MISSING}")


def linear(parameters: Float, seeds: Int) -> Float:
    """Statistics that are the normal scores of the shares, with normal noise, twice."""
    noise = np.array([np.random.default_rng(seed).normal(size=4) for seed in seeds])
    return np.tile(scores(parameters / [1.0, 10.0]), 2) + NOISE * noise


@pytest.fixture(scope="module")
def problem() -> Problem:
    observed = linear(np.array([[0.4, 8.0]]), np.array([5]))[0]
    priors = Prior(low=0.0, high=1.0), Prior(low=0.0, high=10.0)
    return Problem(("a", "b"), priors, ("a1", "b1", "a2", "b2"), observed, linear)


@pytest.fixture(scope="module")
def posterior(problem: Problem) -> Posterior:
    return fit(problem, Settings(rounds=2, simulations=600, draws=500))


@pytest.fixture(scope="module")
def opinion(problem: Problem, posterior: Posterior) -> SecondOpinion:
    return second_opinion(problem, posterior, 3)


def spread(count: int = 4001) -> Float:
    return np.linspace(0.0, 1.0, count)[:, None]


def two(first: Float, second: Float) -> pd.Series:
    """Return the row of one parameter, uniform from 0 to 10."""
    one = Problem(("a",), (Prior(low=0.0, high=10.0),), ("s",), np.zeros(1), linear)
    return side_by_side(one, first, second).iloc[0]


def test_equal_posteriors_overlap_wholly() -> None:
    row = two(4 + spread(), 4 + spread())
    assert row["overlap"] == pytest.approx(1.0)
    assert row["differs"] == ""
    assert (row["q05"], row["second_q50"]) == pytest.approx((4.05, 4.5))


@pytest.mark.parametrize(
    ("second", "overlap", "word"),
    [
        (4.5 + spread(), 0.4 / 1.4, "higher"),
        (2.0 + spread(), 0.0, "lower"),
        (4.35 + 0.3 * spread(), 0.3, "narrower"),
        (2.5 + 4.0 * spread(), 0.25, "wider"),
    ],
)
def test_how_posteriors_differ_is_said_in_a_word(second: Float, overlap: float, word: str) -> None:
    row = two(4 + spread(), second)
    assert row["overlap"] == pytest.approx(overlap)
    assert row["differs"] == word


def told(table: pd.DataFrame, outside: float = 0.0) -> str:
    ones = np.full((10, 1), 0.5)
    return second_opinion_text(SecondOpinion(("a",), ones, outside, Coverage(("a",), *[ones] * 4), table))


def test_where_opinions_disagree_is_said_in_a_sentence() -> None:
    apart, equal = (pd.DataFrame({"parameter": ["a"], "differs": [word]}) for word in ("higher", ""))
    assert "disagrees on a (higher)" in told(apart)
    assert "agree on every parameter" in told(equal)
    assert "hold 100% of 10 known truths" in told(equal)
    assert "little weight" not in told(equal)
    assert "30% of its draws" in told(equal, outside=0.3)


def test_without_sbi_it_is_refused_and_said_how_to_install(
    monkeypatch: pytest.MonkeyPatch, problem: Problem, posterior: Posterior
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "sbi" else find(name, *more))
    with pytest.raises(InputError, match=r"sbi is not installed.*solutions-sim\[second-opinion\]"):
        second_opinion(problem, posterior)


def test_the_command_refuses_before_anything_is_run(
    monkeypatch: pytest.MonkeyPatch, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sim.calibrate.networks.NEEDED", ("no_such_package",))
    with pytest.raises(SystemExit) as ended:
        main(["fit", str(folder / "study.yaml"), "--out", str(tmp_path / "out"), "--second-opinion"])
    assert ended.value.code != 0
    assert "no_such_package is not installed" in capsys.readouterr().err
    assert not list(tmp_path.iterdir()), "no simulation was begun"


@with_sbi
@pytest.mark.slow
def test_a_known_posterior_is_found(problem: Problem, opinion: SecondOpinion) -> None:
    precision = 1.0 + 2.0 / NOISE**2
    mean = problem.observed.reshape(2, 2).sum(axis=0) / NOISE**2 / precision
    found = scores(problem.shares(opinion.draws))
    sd = precision**-0.5
    np.testing.assert_allclose(found.mean(axis=0), mean, atol=0.35 * sd)
    np.testing.assert_allclose(found.std(axis=0), sd, rtol=0.35)
    assert opinion.outside < 0.1
    assert 0.8 < opinion.coverage.mean_90 < 0.98
    assert (opinion.table["overlap"] > 0.6).all()


@with_sbi
@pytest.mark.slow
def test_it_follows_from_its_seed_and_leaves_torch_and_the_folder_alone(
    problem: Problem, posterior: Posterior, opinion: SecondOpinion, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    monkeypatch.chdir(tmp_path)
    torch.manual_seed(1)
    threads, wanted = torch.get_num_threads(), torch.rand(1)
    torch.manual_seed(1)
    again = second_opinion(problem, posterior, 3)
    np.testing.assert_array_equal(again.draws, opinion.draws)
    assert torch.equal(torch.rand(1), wanted)
    assert torch.get_num_threads() == threads
    assert not torch.are_deterministic_algorithms_enabled()
    assert not list(tmp_path.iterdir())
    assert len(opinion.draws) == len(posterior.draws)


@with_sbi
@pytest.mark.slow
def test_weights_count(problem: Problem, posterior: Posterior, opinion: SecondOpinion) -> None:
    upper = posterior.cloud.normal[:, 0] > np.median(scores(problem.shares(posterior.draws))[:, 0])
    weights = posterior.cloud.weights * np.where(upper, 1.0, 1e-3)
    cloud = replace(posterior.cloud, weights=weights / weights.sum())
    found = second_opinion(problem, replace(posterior, cloud=cloud), 3, NETWORKS)
    assert np.median(found.draws[:, 0]) > np.quantile(opinion.draws[:, 0], 0.6)
