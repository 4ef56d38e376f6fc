"""Contrasts: luck and parameters told apart, and how many replicates a difference takes."""

from pathlib import Path

import numpy as np
import pytest
import xarray as xr
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.experiments import comparison_of, experiment
from sim.experiments.contrast import NORMAL_95, _known, contrasts, grid, precision, replicates_needed, split_of
from sim.experiments.draws import Draws
from sim.report.analysis import precision_sheet
from sim.schema.errors import InputError


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


@settings(derandomize=True, deadline=None, max_examples=50)
@given(st.integers(2, 12), st.integers(1, 5), st.floats(0.05, 20), st.integers(0, 1000))
def test_the_draws_that_are_needed_are_enough_and_no_more(draws: int, seeds: int, wanted: float, turn: int) -> None:
    rng = np.random.default_rng(turn)
    difference = rng.normal(size=(draws, 1)) * 3 + rng.normal(size=(draws, seeds))
    now, more_draws, more_seeds = _known(difference, wanted)
    assert now == pytest.approx(NORMAL_95 * difference.mean(axis=1).std(ddof=1) / np.sqrt(draws))
    assert now * np.sqrt(draws / more_draws) <= wanted * (1 + 1e-9)
    assert more_draws == 2 or now * np.sqrt(draws / (more_draws - 1)) > wanted * (1 - 1e-9)
    if seeds == 1:
        assert np.isnan(more_seeds)
        return
    luck, parameters = split_of(difference)
    if np.isinf(more_seeds):
        assert NORMAL_95 * np.sqrt(parameters / draws) >= wanted * (1 - 1e-9)
    else:
        assert NORMAL_95 * np.sqrt((parameters + luck / more_seeds) / draws) <= wanted * (1 + 1e-9)


def test_an_experiment_that_is_not_finished_gives_the_largest_part_that_is() -> None:
    """Four draws with the first seed, one of them with the second: four draws with one seed; then two with two."""
    values = xr.DataArray([1.0, 2.0, 3.0, 4.0, 5.0], {"draw": ("seed", [0, 1, 2, 3, 2])}, ("seed",))
    assert grid(values).tolist() == [[1.0], [2.0], [3.0], [4.0]]
    assert grid(values[[0, 2, 4]]).tolist() == [[1.0], [3.0]] or grid(values[[0, 2, 4]]).tolist() == [[3.0, 5.0]]
    assert grid(values.drop_vars("draw")).tolist() == [[1.0, 2.0, 3.0, 4.0, 5.0]]


@pytest.mark.slow
def test_how_well_a_difference_is_known(tmp_path: Path) -> None:
    draws = Draws(("parameters.beliefs.rate",), np.array([[0.05], [0.12], [0.2]]), "three by hand")
    pair = ["valley/as-is", "valley/closure-no-notice"]
    found = comparison_of(experiment(pair, tmp_path / "store", draws, 2, 900, 14, counterparts=False).store)
    table = precision(found, "displaced", 20.0).set_index("scenario").loc[pair[1]]
    values = found.data["outcome_value"].sel(outcome="displaced").transpose("scenario", "seed").values
    means = (values[1] - values[0]).reshape(2, 3).mean(axis=0)  # all draws come with the first seed first
    assert table["mean"] == pytest.approx(means.mean())
    assert table["half_width"] == pytest.approx(NORMAL_95 * means.std(ddof=1) / np.sqrt(3))
    sheet = precision_sheet(precision(found, "displaced", 20.0), found, "displaced", 20.0)
    assert [label for label, _ in sheet.sections[0].lines][2:] == [
        "Draws it takes, with 2 seeds each",
        "Seeds a draw it takes, with 3 draws",
    ]
    hidden = found.published.query("difference != difference")["outcome"].iloc[0]
    assert np.isnan(precision(found, hidden, 1.0)["mean"]).all(), "what is withheld is withheld here too"
    for outcome, within, message in (
        ("displacd", 1.0, "did you mean 'displaced'?"),
        ("displaced", 0.0, "is no half-width"),
        ("displaced", np.nan, "is no half-width"),
    ):
        with pytest.raises(InputError) as caught:
            precision(found, outcome, within)
        assert message in str(caught.value)
    with pytest.raises(InputError, match="nobody knows how far it may be out"):
        precision(sim.compare(pair, seeds=1, households=300, months=1, counterparts=False), "displaced", 5.0)


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
