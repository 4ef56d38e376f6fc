"""Parts of a fit by themselves: summaries that did not see what they score, adjustment, distance from a cloud."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.calibrate.adjust import Adjusted, adjust
from sim.calibrate.cloud import outside
from sim.calibrate.summaries import learn


def test_summaries_learned_of_nothing_say_nothing() -> None:
    """60 statistics of pure luck, 300 simulations: a fit that saw them would seem to explain two thirds."""
    rng = np.random.default_rng(4)
    normal, statistics = rng.normal(size=(300, 3)), rng.normal(size=(300, 60))
    learned = learn(normal, statistics, rng.permutation(np.arange(300) % 5))
    for own, known in zip(learned.own.T, normal.T):
        assert np.corrcoef(own, known)[0, 1] < 3 / np.sqrt(300)
    assert learned.score(rng.normal(size=(50, 60))).std() < 0.6, "penalties are as strong as it takes"


def test_summaries_learned_of_a_product_find_it() -> None:
    """A parameter that shows in the product of two statistics only, which products of components bring out."""
    rng = np.random.default_rng(5)
    first, second = rng.normal(size=(2, 2000))
    statistics = np.column_stack([first, second, rng.normal(size=(2000, 3))])
    normal = (first * second + 0.1 * rng.normal(size=2000))[:, None]
    learned = learn(normal, statistics, np.arange(2000) % 5)
    assert np.corrcoef(learned.own[:, 0], normal[:, 0])[0, 1] > 0.95
    fresh = np.array([[1.0, 1.0, 0, 0, 0], [-1.0, 1.0, 0, 0, 0]])
    assert learned.score(fresh)[:, 0] == pytest.approx([1.0, -1.0], abs=0.15)


def test_what_is_far_out_is_scored_within_reason() -> None:
    rng = np.random.default_rng(6)
    normal = rng.normal(size=(500, 1))
    statistics = normal + 0.1 * rng.normal(size=(500, 8))
    learned = learn(normal, statistics, np.arange(500) % 5)
    assert np.abs(learned.score(np.array([[1e12, -1e12] * 4]))).max() < 50


def test_a_regression_of_many_summaries_does_not_narrow_the_posterior() -> None:
    """Ten summaries that say nothing of 80 accepted simulations: variances are the prior's, on the mean of 300 times.

    A regression alone fits a sixth of the variance away. The variance of 80 weighted values has sd 0.17, of 300 such
    means 0.01; five of them are allowed.
    """
    rng = np.random.default_rng(7)
    found = []
    for _ in range(300):
        one = adjust(rng.normal(size=(160, 1)), rng.normal(size=(160, 10)), np.zeros(10), np.full(160, 1 / 160), 0.5)
        mean = one.weights @ one.normal
        found.append(float(one.weights @ np.square(one.normal - mean)[:, 0]))
    assert np.mean(found) == pytest.approx(1.0, abs=0.05)


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.integers(0, 10**6), st.integers(1, 4), st.floats(0.05, 1.0))
def test_accepted_simulations_are_the_nearest(seed: int, parameters: int, accept: float) -> None:
    rng = np.random.default_rng(seed)
    normal = rng.normal(size=(120, parameters))
    summaries = normal + 0.2 * rng.normal(size=normal.shape)
    found = adjust(normal, summaries, np.zeros(parameters), np.full(120, 1 / 120), accept)
    assert len(found.rows) == len(np.unique(found.rows)) == max(2, int(np.ceil(accept * 120)))
    assert found.weights.sum() == pytest.approx(1.0)
    assert (np.diff(found.weights) <= 1e-15).all(), "nearer ones weigh more"
    assert found.normal.shape == (len(found.rows), parameters)


@settings(derandomize=True, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=30), st.integers(1, 500), st.integers(0, 100))
def test_each_is_drawn_as_often_as_it_weighs_up_to_one(weights: list[float], number: int, seed: int) -> None:
    told = np.array(weights) + 1e-6
    told /= told.sum()
    one = Adjusted(np.arange(len(told), dtype=np.float64)[:, None], told, np.arange(len(told)))
    drawn = one.resampled(number, np.random.default_rng(seed))[:, 0].astype(int)
    assert len(drawn) == number
    assert (np.abs(np.bincount(drawn, minlength=len(told)) - number * told) <= 1.0 + 1e-9).all()


def test_distance_from_a_cloud_leaves_each_simulation_out_of_its_own() -> None:
    """Against taking each out by hand, computing mean and covariance anew."""
    rng = np.random.default_rng(8)
    cloud = rng.normal(size=(60, 5)) @ rng.normal(size=(5, 5)) + 3.0
    observed = cloud[0] + 0.5
    mean, covariance = cloud.mean(axis=0), np.cov(cloud.T, bias=True)
    away = (observed - mean) @ np.linalg.solve(covariance, observed - mean)
    farther = []
    for n in range(60):
        others = np.delete(cloud, n, axis=0)
        apart = cloud[n] - others.mean(axis=0)
        farther.append(apart @ np.linalg.solve(np.cov(others.T, bias=True), apart) > away)
    found = outside(cloud, observed)
    assert found.distance == pytest.approx(np.sqrt(away))
    assert found.farther == pytest.approx(np.mean(farther))


def test_statistics_that_sum_to_one_or_stand_still_do_not_count_twice() -> None:
    rng = np.random.default_rng(9)
    share = rng.uniform(0.2, 0.6, (200, 1))
    cloud, observed = share, np.array([0.5])
    told = np.hstack([share, 1.0 - share, np.full((200, 1), 4.0)])
    plain, more = outside(cloud, observed), outside(told, np.array([0.5, 0.5, 4.0]))
    assert more.distance == pytest.approx(plain.distance)
    assert more.farther == plain.farther
