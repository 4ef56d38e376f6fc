"""What matters, and where a plan fails: right where the answer is known, through the same code as for experiments."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.experiments.discovery import _boxes, failures
from sim.experiments.draws import SALTELLI, Draws, prior_draws
from sim.experiments.experiment import comparison_of, experiment
from sim.experiments.reach import read_target
from sim.experiments.sensitivity import screening, sensitivity, sobol_indices
from sim.experiments.store import Store
from sim.report.analysis import failures_text, sensitivity_sheet
from sim.schema.errors import InputError
from sim.schema.uncertainty import Prior, Uncertainties

ANGLES = Uncertainties(title="Ishigami", uncertainties={f"x{n}": Prior(low=-np.pi, high=np.pi) for n in (1, 2, 3)})
FIRST, TOTAL = (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437)  # Ishigami and Homma 1990, a = 7, b = 0.1
KEYS = ("parameters.beliefs.rate", "parameters.budget.job_churn")
SCENARIOS = ["valley/as-is", "valley/rebuild-first"]


def ishigami(x: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return found


def test_sobol_indices_of_a_function_that_is_known() -> None:
    draws = prior_draws(ANGLES, 1024, SALTELLI)
    assert len(draws) == 1024 * 5
    found = sobol_indices(list(draws.keys), ishigami(draws.values))
    assert found["first"].to_numpy() == pytest.approx(FIRST, abs=0.05)
    assert found["total"].to_numpy() == pytest.approx(TOTAL, abs=0.05)
    for exact, name in ((FIRST, "first"), (TOTAL, "total")):
        assert (found[f"{name}_low"].to_numpy() - 0.02 <= exact).all()
        assert (exact <= found[f"{name}_high"].to_numpy() + 0.02).all()


def test_a_screening_finds_the_order_from_any_draws() -> None:
    draws = prior_draws(ANGLES, 400)
    found = screening(draws.table(), ishigami(draws.values))
    assert found["first"].to_numpy() == pytest.approx(FIRST, abs=0.12)
    assert found["total"].isna().all()
    logarithms = pd.DataFrame(np.exp(draws.values), columns=list(draws.keys))
    assert screening(logarithms, ishigami(draws.values)).equals(found), "only the order of values counts"


def test_what_never_changes_depends_on_nothing() -> None:
    draws = prior_draws(ANGLES, 16, SALTELLI)
    assert (sobol_indices(list(draws.keys), np.full(80, 3.0))["total"] == 0).all()
    assert (screening(draws.table(), np.full(80, 3.0))["first"] == 0).all()


def test_a_base_sample_is_a_power_of_two() -> None:
    with pytest.raises(InputError, match="is no power of two"):
        prior_draws(ANGLES, 12, SALTELLI)


def test_a_box_that_is_known_is_found() -> None:
    """It fails where the first is above 0.7 and the second below 0.4, and hardly ever elsewhere."""
    rng = np.random.default_rng(2)
    values = pd.DataFrame(rng.random((600, 3)), columns=["a", "b", "c"])
    failing = ((values["a"] > 0.7) & (values["b"] < 0.4)).to_numpy() | (rng.random(600) < 0.01)
    boxes = _boxes(values, np.arange(600), failing)
    ranges = {one.parameter: (one.low, one.high) for one in boxes[0].ranges}
    assert ranges["a"][0] == pytest.approx(0.7, abs=0.02)
    assert ranges["b"][1] == pytest.approx(0.4, abs=0.02)
    assert boxes[0].density > 0.95
    assert boxes[0].coverage > 0.85
    inside = (values["a"] > ranges["a"][0]) & (values["b"] <= ranges["b"][1])
    assert boxes[0].failing <= int(failing[inside].sum())


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Store:
    rng = np.random.default_rng(3)
    draws = Draws(KEYS, np.column_stack([rng.uniform(0.02, 0.3, 44), rng.uniform(0.05, 0.2, 44)]), "by hand", "")
    folder = tmp_path_factory.mktemp("analysis") / "store"
    return experiment(SCENARIOS, folder, draws, 1, 300, 4, counterparts=False).store


@pytest.mark.slow
def test_an_experiment_is_screened_and_searched(kept: Store) -> None:
    comparison = comparison_of(kept)
    found = sensitivity(kept, comparison, "returned")
    assert found["parameter"].iloc[0] == KEYS[0], "who learns faster goes home sooner"
    assert found["first"].iloc[0] > 0.5
    sheet = sensitivity_sheet(found, "returned", "As is", None)
    assert sheet.columns == ("alone",)
    assert sheet.sections[0].lines[0][0] == KEYS[0]
    aim = read_target("all_families >= 1")
    assert failures(kept, comparison, aim).boxes == ()
    assert "in 0 of 44 replicates" in failures_text(failures(kept, comparison, aim))
    middle = float(np.median(comparison.data["outcome_value"].sel(outcome="displaced", scenario=SCENARIOS[1])))
    slow = failures(kept, comparison, read_target(f"displaced >= {middle}"))
    assert 0 < slow.failing < 44
    (box, *_) = slow.boxes
    assert any(one.parameter == KEYS[0] and one.low > 0 for one in box.ranges), "where more go home, fewer are left"
    assert f"{KEYS[0]} >" in failures_text(slow)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda *kept: sensitivity(*kept, "retruned"), "did you mean 'returned'?"),
        (lambda *kept: sensitivity(*kept, "returned", "valley/rebuild"), "did you mean 'valley/rebuild-first'?"),
        (lambda *kept: failures(*kept, read_target("sustained >= 1"), "valley/asis"), "did you mean 'valley/as-is'?"),
    ],
)
def test_what_cannot_be_asked(kept: Store, ask: Callable[..., object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(kept, comparison_of(kept))
    assert message in str(caught.value)


def test_too_few_draws_and_none(tmp_path: Path) -> None:
    draws = Draws(KEYS[:1], np.array([[0.1], [0.2]]), "two")
    few = experiment(SCENARIOS[:1], tmp_path / "few", draws, 1, 300, 1).store
    with pytest.raises(InputError, match="2 draws are too few for a screening"):
        sensitivity(few, comparison_of(few), "returned")
    none = experiment(SCENARIOS[:1], tmp_path / "none", None, 2, 300, 1).store
    with pytest.raises(InputError, match="parameters do not vary"):
        sensitivity(none, comparison_of(none), "returned")
    with pytest.raises(InputError, match="parameters do not vary"):
        failures(none, comparison_of(none), read_target("sustained >= 1"))


def test_sobol_indices_wait_for_every_draw(tmp_path: Path) -> None:
    priors = Uncertainties(title="One", uncertainties={KEYS[0]: Prior(low=0.05, high=0.2)})
    store = experiment(SCENARIOS[:1], tmp_path / "store", prior_draws(priors, 2, SALTELLI), 1, 300, 1).store
    assert store.planned == 6
    assert len(sensitivity(store, comparison_of(store), "displaced")) == 1
    del store.finished[3]
    with pytest.raises(InputError, match="Sobol indices need every draw"):
        sensitivity(store, comparison_of(store), "displaced")
