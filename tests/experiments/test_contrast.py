"""Contrasts: luck and parameters told apart, and how many replicates a difference takes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.experiments.contrast import NORMAL_95, contrasts, replicates_needed, split_of


def test_each_source_by_itself() -> None:
    draws = np.repeat([[3.0], [9.0], [6.0]], 4, axis=1)
    assert split_of(draws) == (0.0, 9.0)
    luck = np.tile([1.0, 5.0, 3.0], (4, 1))
    assert split_of(luck) == (4.0, 0.0)


def test_what_the_design_cannot_tell() -> None:
    assert np.isnan(split_of(np.array([[1.0], [2.0], [4.0]]))).all(), "one seed a draw"
    found = split_of(np.array([[1.0, 2.0, 3.0]]))
    assert found.luck == 1.0
    assert np.isnan(found.parameters), "one draw"


def test_the_split_is_right_on_average() -> None:
    """Two standard deviations, 3 of luck and 4 of parameters, known beforehand."""
    rng = np.random.default_rng(5)
    found = np.array([
        split_of(4 * rng.normal(size=(12, 1)) + 3 * rng.normal(size=(12, 5))) for _ in range(2_000)
    ])  # fmt: skip
    error = found.std(axis=0) / np.sqrt(len(found))
    assert abs(found[:, 0].mean() - 9) < 4 * error[0]
    assert abs(found[:, 1].mean() - 16) < 4 * error[1] + 0.1, "truncation at zero hardly matters here"


@settings(derandomize=True, deadline=None)
@given(st.floats(0.1, 1e6), st.floats(0.01, 1e6))
def test_as_many_replicates_as_the_half_width_takes(sd: float, half_width: float) -> None:
    number = replicates_needed(sd, half_width)
    assert NORMAL_95 * sd / np.sqrt(number) <= half_width * (1 + 1e-9)
    assert number == 2 or NORMAL_95 * sd / np.sqrt(number - 1) > half_width * (1 - 1e-9)


def test_contrasts_of_a_comparison_over_seeds() -> None:
    pair = ["valley/as-is", "valley/closure-no-notice"]
    found = sim.compare(pair, seeds=4, households=900, months=14, counterparts=False)
    table = contrasts(found).set_index("outcome")
    values = found.data["outcome_value"].sel(outcome="displaced").transpose("scenario", "seed").values
    difference = values[1] - values[0]
    row = table.loc["displaced"]
    assert row["mean"] == pytest.approx(difference.mean())
    assert row["sd"] == row["sd_luck"] == pytest.approx(difference.std(ddof=1))
    assert np.isnan(row["parameters_share"])
    assert row["more_in"] == (difference > 0).mean()
    assert row["pairing_worth"] == pytest.approx(values.var(axis=1, ddof=1).sum() / difference.var(ddof=1))
    hidden = found.published.query("scenario == 'valley/closure-no-notice'").set_index("outcome")["difference"].isna()
    assert hidden.any()
    assert table["mean"].isna().to_dict() == hidden.to_dict(), "what is withheld is withheld here too"
