"""What measurements would be worth: right where the answer is known, and nothing where there is nothing to know."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from sim.calibrate.measurements import Measurement
from sim.calibrate.sample_information import SampleInformation, judge, sample_information
from sim.experiments.information import Choice, worth_of

DRAWS = 1500
SIZE = 2.0  # standard deviation of what is gained


def normal_worth(mean: float, sd: float) -> float:
    """Return E[max(0, m)] - max(0, E[m]) of a normal expectation m."""
    return float(mean * norm.cdf(mean / sd) + sd * norm.pdf(mean / sd) - max(0.0, mean))


def world(noise: float, mean: float, number: int = 5, draws: int = DRAWS) -> tuple[np.ndarray, np.ndarray]:
    """Return gains [2, draws] of leaving it and of doing it, and statistics [draws, number] that tell of it."""
    rng = np.random.default_rng(11)
    truth = rng.normal(size=draws)
    statistics = truth[:, None] + noise * rng.normal(size=(draws, number))
    return np.stack([np.full(draws, 3.0), 3.0 + mean + SIZE * truth]), statistics


def told(gain: np.ndarray, statistics: Sequence[np.ndarray]) -> SampleInformation:
    names = tuple("abcdef"[: len(gain)])
    choice = Choice("exit_composite", True, names, gain, pd.DataFrame(index=range(gain.shape[1])))
    offers = [Measurement(f"target {n}", "as it is", None) for n in range(len(statistics))]  # type: ignore[arg-type]
    return sample_information(choice, offers, statistics)


@pytest.mark.parametrize(("noise", "mean"), [(0.3, 0.0), (1.5, 0.0), (4.0, 0.0), (1.5, 1.0), (1.5, -1.0)])
def test_normal_truths_are_worth_what_they_are_in_closed_form(noise: float, mean: float) -> None:
    """Five counts with this noise leave 1 / (1 + noise^2 / 5) of the variance of a standard normal truth explained."""
    explained = 1.0 / (1.0 + noise**2 / 5.0)
    found = judge(*world(noise, mean))
    assert found.gained[0] == pytest.approx(normal_worth(mean, SIZE * np.sqrt(explained)), abs=0.07)
    assert found.removed[0, 0] == pytest.approx(explained, abs=0.04)
    low, high = np.quantile(found.gained_again, [0.005, 0.995])
    assert low < normal_worth(mean, SIZE * np.sqrt(explained)) < high
    assert np.abs(found.removed[1:]).max() < 0.03, "shuffled draws tell nothing"


def test_a_perfect_measurement_is_worth_what_knowing_the_parameter_is() -> None:
    gain, truth = world(0.0, 0.4, number=1)
    found = judge(gain, truth)
    assert found.gained[0] == pytest.approx(worth_of(truth[:, 0], gain), abs=0.01)
    assert found.gained[0] == pytest.approx(gain.max(axis=0).mean() - gain.mean(axis=1).max(), abs=0.01)
    assert found.removed[0, 0] > 0.999


def test_what_depends_on_a_square_is_found() -> None:
    rng = np.random.default_rng(3)
    truth = rng.normal(size=400)
    found = judge(np.stack([np.zeros(400), truth**2 - 1.0]), truth[:, None])
    assert found.removed[0, 0] > 0.95


def test_noise_alone_is_told_to_be_worth_nothing() -> None:
    """Of tables in which there is nothing to tell, one in twenty may tell something; in sample each would."""
    rng = np.random.default_rng(5)
    wrong = 0
    for _ in range(20):
        gain = np.stack([np.zeros(50), rng.normal(size=50), rng.normal(size=50)])
        found = told(gain, [1e6 * rng.normal(size=(50, n)) for n in (1, 4, 40)])
        wrong += bool(found.worth["told"].any() or found.narrowing["told"].any())
    assert wrong <= 4


def test_what_tells_is_told_beside_what_does_not() -> None:
    gain, statistics = world(0.5, 0.0, draws=60)
    noise = np.random.default_rng(6).normal(size=(60, 30))
    found = told(gain, [noise, np.hstack([statistics, noise])])
    assert found.worth["told"].tolist() == [False, True]
    assert found.narrowing["told"].tolist() == [False, True]
    assert found.worth["worth"][1] > found.chance >= 0.0
    assert (found.worth["low"] <= found.worth["high"]).all()
    assert found.worth["worth"][1] <= found.choice.everything


def test_more_households_are_never_worth_less_but_for_noise() -> None:
    rng = np.random.default_rng(8)
    truth, luck = rng.normal(size=600), rng.normal(size=(600, 2))
    share = 1.0 / (1.0 + np.exp(-truth))
    gain = np.stack([np.zeros(600), truth])
    ladder = [np.arcsin(np.sqrt(share))[:, None] + luck / (2.0 * np.sqrt(count)) for count in (5, 10, 20, 1e9)]
    found = [judge(gain, one) for one in ladder]
    error = max(one.gained_again.std() for one in found)
    assert (np.diff([one.gained[0] for one in found]) > -error).all()
    assert (np.diff([one.removed[0, 0] for one in found]) > 0.0).all()
    assert found[-1].gained[0] > found[0].gained[0] + error


def test_scenarios_that_are_alike_leave_nothing_to_gain() -> None:
    gain = np.tile(np.random.default_rng(2).normal(size=60), (3, 1))
    found = told(gain, [gain[:1].T])
    assert found.worth["worth"][0] == 0.0
    assert (found.narrowing["share"] == 0.0).all()
    assert not found.worth["told"].any()


def test_it_is_the_same_every_time() -> None:
    gain, statistics = world(1.0, 0.0, draws=60)
    one, two = (told(gain, [statistics]) for _ in range(2))
    pd.testing.assert_frame_equal(one.worth, two.worth)
    pd.testing.assert_frame_equal(one.narrowing, two.narrowing)
