"""Fits of problems whose posterior is known in closed form, and of problems that are hard to fit."""

import dataclasses

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import ndtri

from sim.calibrate.abc import Posterior, Settings, fit
from sim.calibrate.problem import Problem, scores, shares_of
from sim.calibrate.region import Region
from sim.calibrate.rounds import Round, pooled
from sim.schema.errors import InputError
from sim.schema.uncertainty import Prior

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]

UNIT = Prior(low=0.0, high=1.0)
QUICK = Settings(rounds=3, simulations=512)
MIX = np.random.default_rng(3).normal(size=(12, 3))  # statistics on normal scores of parameters
NOISE = 0.5


def noise(seeds: Int, width: int) -> Float:
    return np.array([np.random.default_rng(seed).normal(size=width) for seed in seeds])


def gaussian(parameters: Float, seeds: Int) -> Float:
    """Statistics that are linear in normal scores of the shares, with normal noise."""
    return ndtri(parameters) @ MIX.T + NOISE * noise(seeds, len(MIX))


def linear(truth: tuple[float, float, float] = (0.3, 0.6, 0.9)) -> Problem:
    observed = gaussian(np.array([truth]), np.array([1]))[0]
    names = tuple(f"x{n}" for n in range(12))
    return Problem(("a", "b", "c"), (UNIT,) * 3, names, observed, gaussian)


def known(problem: Problem) -> tuple[Float, Float]:
    """Return mean and covariance of normal scores: prior N(0, 1), statistics linear in them (Bishop 2006, 2.116)."""
    covariance = np.linalg.inv(np.eye(3) + MIX.T @ MIX / NOISE**2)
    return covariance @ MIX.T @ problem.observed / NOISE**2, covariance


def same(one: Posterior, other: Posterior) -> bool:
    """Return whether two posteriors are equal to the last bit, in all that they hold."""
    pairs = zip(dataclasses.astuple(one), dataclasses.astuple(other))
    return all(_same(a, b) for a, b in pairs)


def _same(a: object, b: object) -> bool:
    if isinstance(a, tuple) and isinstance(b, tuple):
        return len(a) == len(b) and all(_same(x, y) for x, y in zip(a, b))
    return bool(np.array_equal(a, b)) if isinstance(a, np.ndarray) and isinstance(b, np.ndarray) else a == b


@pytest.fixture(scope="module")
def found() -> Posterior:
    return fit(linear(), Settings(rounds=3, simulations=1024), seed=5)


def test_posterior_is_the_known_one(found: Posterior) -> None:
    """Means within a quarter of a posterior sd, sds within a fifth, of 256 accepted simulations (sd of a mean 0.06)."""
    mean, covariance = known(linear())
    sd = np.sqrt(np.diag(covariance))
    normal = scores(found.draws)
    assert np.abs(normal.mean(axis=0) - mean) == pytest.approx(0.0, abs=0.25 * sd.max())
    assert normal.std(axis=0) / sd == pytest.approx(1.0, abs=0.2)
    correlation = covariance / np.outer(sd, sd)
    assert np.corrcoef(normal.T) == pytest.approx(correlation, abs=0.25)


def test_what_a_posterior_holds(found: Posterior) -> None:
    assert found.draws.shape == (1000, 3)
    assert found.weights.sum() == pytest.approx(1.0)
    assert found.cloud.weights.sum() == pytest.approx(1.0)
    assert found.shares.shape == found.summaries.shape == (len(found.weights), 3)
    assert (found.simulations, found.dropped, found.unseen, found.still) == (3072, 0, (), ())
    assert found.region.holds(scores(found.draws)).all()
    weighted = found.weights @ found.shares
    assert found.draws.mean(axis=0) == pytest.approx(weighted, abs=0.01), "draws weigh as what was accepted"


def test_the_same_again_to_the_last_bit_and_otherwise_with_another_seed() -> None:
    once, again, other = fit(linear(), QUICK, 1), fit(linear(), QUICK, 1), fit(linear(), QUICK, 2)
    assert same(once, again)
    assert not np.array_equal(once.draws, other.draws)


def test_batches_change_nothing() -> None:
    once, other = fit(linear(), QUICK, 1), fit(linear(), dataclasses.replace(QUICK, batch=100), 1)
    assert np.array_equal(once.draws, other.draws)


def test_no_seed_is_used_twice() -> None:
    used: list[Int] = []

    def watched(parameters: Float, seeds: Int) -> Float:
        used.append(seeds)
        return gaussian(parameters, seeds)

    for seed in (0, 1):
        fit(dataclasses.replace(linear(), simulate=watched), QUICK, seed)
    assert max(map(len, used)) == QUICK.batch
    assert len(np.unique(np.concatenate(used))) == 2 * QUICK.rounds * QUICK.simulations


def test_a_later_fit_starts_where_an_earlier_one_ended(found: Posterior) -> None:
    """One round from there looks at a part of the prior only, and finds the known posterior of what is observed now."""
    problem = linear((0.35, 0.6, 0.85))
    mean, covariance = known(problem)

    def error(posterior: Posterior) -> float:
        normal = scores(posterior.draws)
        return float(np.abs(normal.std(axis=0) / np.sqrt(np.diag(covariance)) - 1).max())

    one = Settings(rounds=1)
    warm, cold = fit(problem, one, 7, start=found.region), fit(problem, one, 7)
    assert warm.simulations == cold.simulations == 1024
    assert warm.cloud.normal.std(axis=0).max() < 0.7 * cold.cloud.normal.std(axis=0).min()
    assert error(warm) < 0.2
    assert np.abs(scores(warm.draws).mean(axis=0) - mean).max() < 0.3 * np.sqrt(np.diag(covariance)).max()


def test_a_start_in_the_wrong_place_is_given_up() -> None:
    """A region ten posterior sds from the truth; the known mean is found all the same, within half an sd."""
    far = fit(linear((0.05, 0.95, 0.1)), QUICK, 1).region
    problem = linear((0.6, 0.4, 0.6))
    mean, covariance = known(problem)
    moved = fit(problem, Settings(rounds=3), 1, start=far)
    assert np.abs(scores(moved.draws).mean(axis=0) - mean).max() < 0.5 * np.sqrt(np.diag(covariance)).max()
    assert scores(moved.draws).std(axis=0) / np.sqrt(np.diag(covariance)) == pytest.approx(1.0, abs=0.25)


def test_a_parameter_that_nothing_sees_keeps_its_prior_and_is_named() -> None:
    problem = linear()

    def blind(parameters: Float, seeds: Int) -> Float:
        return gaussian(parameters[:, :3], seeds)

    wider = dataclasses.replace(problem, names=("a", "b", "c", "d"), priors=(UNIT,) * 4, simulate=blind)
    found = fit(wider, QUICK, 3)
    assert found.unseen == ("d",)
    assert found.draws[:, 3].std() == pytest.approx(12**-0.5, rel=0.2)
    assert found.draws[:, 3].mean() == pytest.approx(0.5, abs=0.1)


def test_a_statistic_that_never_varies_is_left_out_and_named() -> None:
    problem = linear()

    def still(parameters: Float, seeds: Int) -> Float:
        found = gaussian(parameters, seeds)
        return np.column_stack([found, np.full(len(found), 7.0)])

    names, observed = (*problem.statistics, "always seven"), np.append(problem.observed, 9.0)
    found = fit(dataclasses.replace(problem, statistics=names, observed=observed, simulate=still), QUICK, 1)
    assert found.still == ("always seven",)
    assert np.allclose(found.draws, fit(problem, QUICK, 1).draws, atol=1e-6)


def test_what_no_simulation_comes_near_is_said_and_does_no_harm() -> None:
    near = fit(linear(), QUICK, 1)
    problem = linear()
    strange = dataclasses.replace(problem, observed=problem.observed + 40.0 * (-1.0) ** np.arange(12))
    far = fit(strange, QUICK, 1)
    assert near.outside.farther > 0.01
    assert far.outside.farther == 0.0
    assert far.outside.distance > 10 * near.outside.distance
    assert np.isfinite(far.draws).all()
    assert ((far.draws >= 0.0) & (far.draws <= 1.0)).all()


def test_simulations_without_numbers_are_dropped_and_counted() -> None:
    def failing(parameters: Float, seeds: Int) -> Float:
        found = gaussian(parameters, seeds)
        found[seeds % 10 == 0, 4] = np.nan
        found[seeds % 10 == 1, 5] = np.inf
        return found

    found = fit(dataclasses.replace(linear(), simulate=failing), Settings(rounds=3), 1)
    mean, covariance = known(linear())
    assert found.dropped == pytest.approx(0.2 * found.simulations, abs=3)
    assert np.abs(scores(found.draws).mean(axis=0) - mean).max() < 0.4 * np.sqrt(np.diag(covariance)).max()


def test_where_most_simulations_give_no_numbers_their_parameters_are_named() -> None:
    def failing(parameters: Float, seeds: Int) -> Float:
        found = gaussian(parameters, seeds)
        found[parameters[:, 1] > 0.3] = np.nan
        return found

    with pytest.raises(InputError, match=r"b 0\.3.* to 0\.99"):
        fit(dataclasses.replace(linear(), simulate=failing), QUICK, 1)


def test_bad_input_is_refused() -> None:
    problem = linear()
    with pytest.raises(InputError, match="2 parameters and 3 priors"):
        dataclasses.replace(problem, names=("a", "b"))
    with pytest.raises(InputError, match="no two the same"):
        dataclasses.replace(problem, names=("a", "b", "a"))
    with pytest.raises(InputError, match="x3: the observed value is no number"):
        dataclasses.replace(problem, observed=np.where(np.arange(12) == 3, np.nan, problem.observed))
    with pytest.raises(InputError, match="returns no such statistics"):
        fit(dataclasses.replace(problem, simulate=lambda parameters, seeds: parameters), QUICK)
    with pytest.raises(InputError, match="too few simulations a round"):
        fit(problem, Settings(simulations=40))
    with pytest.raises(InputError, match="rounds"):
        fit(problem, Settings(rounds=0))
    with pytest.raises(InputError, match="no usable seed"):
        fit(problem, QUICK, -1)
    with pytest.raises(InputError, match="of other parameters"):
        fit(problem, QUICK, start=Region.whole(2))
    with pytest.raises(InputError, match="no statistic varies"):
        fit(dataclasses.replace(problem, simulate=lambda parameters, _: np.ones((len(parameters), 12))), QUICK)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.integers(0, 10**6), st.integers(1, 6), st.floats(0.05, 3.0), st.floats(-4.0, 4.0))
def test_a_region_draws_what_the_prior_has_in_it(seed: int, parameters: int, half: float, middle: float) -> None:
    """All draws lie in it, and each axis is a truncated normal: uniform in its distribution function."""
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.normal(size=(parameters, parameters)))[0]
    region = Region(axes, np.full(parameters, middle - half), np.full(parameters, middle + half))
    drawn = region.draw(rng, 400)
    wider = region.widened(1.0 + 1e-9)
    assert wider.holds(drawn).all()
    ends, at = shares_of(np.array([middle - half, middle + half])), shares_of(drawn @ axes)
    shares = (at - ends[0]) / (ends[1] - ends[0])
    assert shares.mean() == pytest.approx(0.5, abs=5 * 12**-0.5 / np.sqrt(shares.size))
    assert region.log_probability() == pytest.approx(parameters * np.log(ends[1] - ends[0]), abs=1e-6 * parameters)


def test_simulations_of_several_regions_weigh_as_the_prior_does() -> None:
    """The mean of what is kept of three rounds is that of the prior in the last region, within four of its errors."""
    rng = np.random.default_rng(2)
    turn = np.linalg.qr(rng.normal(size=(2, 2)))[0]
    regions = [
        Region.whole(2),
        Region(turn, np.array([-0.5, -2.0]), np.array([2.0, 0.7])),
        Region(np.eye(2), np.array([-1.0, 0.0]), np.array([1.5, 1.5])),
    ]
    rounds = []
    for region in regions:
        drawn = region.draw(rng, 20_000)
        rounds.append(Round(region, len(drawn), drawn, drawn))
    cloud, alone = pooled(rounds), regions[-1].draw(rng, 400_000)
    assert len(cloud.weights) > 25_000, "of earlier rounds some are kept"
    effective = 1.0 / np.square(cloud.weights).sum()
    for power in (1, 2):
        error = np.power(alone, power).std(axis=0) * np.sqrt(1 / effective + 1 / len(alone))
        assert (np.abs(cloud.weights @ cloud.normal**power - (alone**power).mean(axis=0)) < 4 * error).all()


@settings(derandomize=True, deadline=None)
@given(st.lists(st.floats(1e-6, 1 - 1e-6), min_size=3, max_size=3))
def test_values_and_shares_of_a_problem_are_inverse(shares: list[float]) -> None:
    problem = Problem(
        ("a", "b", "c"),
        (
            Prior(low=-3, high=5),
            Prior(low=0.1, high=10, shape="log_uniform"),
            Prior(low=0, high=4, mode=1, shape="triangular"),
        ),
        ("x",),
        np.zeros(1),
        gaussian,
    )
    at = np.array([shares])
    assert problem.shares(problem.values(at)) == pytest.approx(at, abs=1e-9)
    assert shares_of(scores(at)) == pytest.approx(at, abs=1e-9)


def test_a_model_without_luck_and_with_one_parameter_is_fitted_as_close_as_makes_sense() -> None:
    problem = Problem(("a",), (UNIT,), ("x", "y"), np.array([0.3, 0.09]), lambda parameters, _: parameters ** [1, 2])
    found = fit(problem, Settings(rounds=6, simulations=256), 1)
    assert found.draws.mean() == pytest.approx(0.3, abs=1e-4)
    assert found.draws.std() < 1e-3
