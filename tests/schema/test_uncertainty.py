"""Priors: quantile function and distribution function are each other's inverse."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from sim.schema.uncertainty import Prior

SHARE = st.floats(0.0, 1.0)
LOW = st.floats(-1e3, 1e3)
WIDTH = st.floats(1e-2, 1e4)


@st.composite
def priors(draw: st.DrawFn) -> Prior:
    low, width = draw(LOW), draw(WIDTH)
    shape = draw(st.sampled_from(["uniform", "log_uniform", "triangular"]))
    if shape == "log_uniform":
        low = abs(low) + 1e-3
        return Prior(low=low, high=low * (1.0 + width), shape="log_uniform")
    if shape == "triangular":
        mode = low + width * draw(st.sampled_from([0.0, 0.2, 0.5, 1.0]))
        return Prior(low=low, high=low + width, mode=min(mode, low + width), shape="triangular")
    return Prior(low=low, high=low + width)


@settings(derandomize=True, deadline=None, max_examples=300)
@given(priors(), SHARE)
def test_share_is_the_inverse_of_at(prior: Prior, share: float) -> None:
    # A value of 1e3 is known to 1e-13, a share of 1e-2 wide therefore to 1e-11; near a triangle's end, to its root.
    assert float(prior.share(prior.at(share))) == pytest.approx(share, abs=1e-9)


@settings(derandomize=True, deadline=None)
@given(priors(), st.lists(SHARE, min_size=2, max_size=8))
def test_a_greater_value_never_has_a_smaller_share(prior: Prior, shares: list[float]) -> None:
    values = np.sort(prior.low + np.array(shares) * (prior.high - prior.low))
    assert (np.diff(prior.share(values)) >= -1e-12).all()


def test_shares_as_scipy_has_them() -> None:
    at = np.linspace(1.0, 9.0, 33)
    assert Prior(low=1.0, high=9.0).share(at) == pytest.approx(stats.uniform(1, 8).cdf(at))
    assert Prior(low=1.0, high=9.0, shape="log_uniform").share(at) == pytest.approx(stats.loguniform(1, 9).cdf(at))
    for mode in (1.0, 3.0, 9.0):
        expected = stats.triang((mode - 1.0) / 8.0, 1, 8).cdf(at)
        assert Prior(low=1.0, high=9.0, mode=mode, shape="triangular").share(at) == pytest.approx(expected)


def test_what_lies_beyond_a_prior_has_all_or_nothing_below() -> None:
    prior = Prior(low=0.1, high=10.0, shape="log_uniform")
    assert prior.share([-5.0, 0.0, 0.1, 10.0, 11.0]).tolist() == [0.0, 0.0, 0.0, 1.0, 1.0]
