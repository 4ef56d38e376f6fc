"""What knowing more is worth: right where the answer is known, and through the store of an experiment."""

from pathlib import Path

import numpy as np
import pytest

from sim.experiments import comparison_of, experiment
from sim.experiments.draws import Draws
from sim.experiments.information import choice_between, information, natural_spline, worth_of
from sim.report.information import information_sheet
from sim.schema.errors import InputError

PAIR = ["valley/as-is", "valley/rebuild-first"]
KEYS = ("parameters.beliefs.rate", "parameters.budget.job_churn")


def test_a_choice_that_hangs_on_one_parameter() -> None:
    """Do it, and gain what the parameter is, or leave it: knowing is worth E[max(x, 0)] = 1 / sqrt(2 pi)."""
    rng = np.random.default_rng(1)
    x, other = rng.normal(size=(2, 20_000))
    gain = np.stack([np.zeros_like(x), x + 0.5 * rng.normal(size=x.size)])
    assert worth_of(x, gain) == pytest.approx(1 / np.sqrt(2 * np.pi), abs=0.02)
    assert worth_of(other, gain) == pytest.approx(0.0, abs=0.01)
    assert worth_of(x, gain + 5.0) == pytest.approx(worth_of(x, gain)), "what all gain alike changes nothing"
    assert worth_of(x, np.stack([gain[0], gain[1] + 9.0])) == 0.0, "the same is best whatever the parameter is"
    assert worth_of(np.ones(50), rng.normal(size=(2, 50))) == 0.0


def test_the_spline_is_straight_beyond_its_knots() -> None:
    values = np.linspace(0, 1, 1001)
    basis = natural_spline(values)
    bend = np.abs(np.diff(basis, n=2, axis=0))
    assert bend[:45].max() < 1e-9
    assert bend[-45:].max() < 1e-9
    assert bend[300:700].max() > 1e-8
    curve = np.sin(2 * values)
    fitted = basis @ np.linalg.lstsq(basis, curve, rcond=None)[0]
    assert np.abs(fitted - curve).max() < 0.03


def made(folder: Path, draws: int, scenarios: list[str]) -> tuple:
    rng = np.random.default_rng(3)
    drawn = Draws(KEYS, np.column_stack([rng.uniform(0.02, 0.3, draws), rng.uniform(0.05, 0.2, draws)]), "by hand", "")
    store = experiment(scenarios, folder / "store", drawn, 1, 300, 2, counterparts=False).store
    return store, comparison_of(store)


@pytest.mark.slow
def test_an_experiment_is_asked(tmp_path: Path) -> None:
    store, comparison = made(tmp_path, 42, PAIR)
    found = information(choice_between(store, comparison, "exit_composite"))
    values = comparison.data["outcome_value"].sel(outcome="exit_composite").transpose("scenario", "seed").values
    assert found.everything == pytest.approx(values.max(axis=0).mean() - values.mean(axis=1).max())
    assert (found.table["worth"] <= found.everything + 1e-9).all()
    assert (found.table["low"] <= found.table["high"]).all()
    sheet = information_sheet(found, comparison)
    assert sheet.sections[0].lines[0][0] == "Everything at once"
    assert len(sheet.sections[0].lines) == 3
    with pytest.raises(InputError, match="is not what displaced people gain"):
        choice_between(store, comparison, "returned")


@pytest.mark.slow
def test_too_little_to_tell(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="4 draws are too few"):
        choice_between(*made(tmp_path, 4, PAIR), "exit_composite")
