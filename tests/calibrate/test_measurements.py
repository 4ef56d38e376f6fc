"""Measurements of a study: what is offered, what they would publish, and the draws they are simulated under."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.case_values import study_values
from sim.calibrate.keeping import Kept, as_overrides, save
from sim.calibrate.measurements import Measured, measured, offered
from sim.calibrate.plans import Plans
from sim.calibrate.simulations import Simulations, Simulator
from sim.calibrate.study import Study, open_study
from sim.experiments.draws import Draws
from sim.experiments.executors import Serial, Threads
from sim.experiments.experiment import experiment
from sim.experiments.store import Store, open_store
from sim.schema.errors import InputError

ROWS = (
    "date,category,return,undecided,households\n"
    "2025-03,camp,0.2,0.3,450\n2024-12,camp,0.2,0.3,300\n2024-12,out_of_camp,0.3,0.2,600\n"
)
PAIR = ["valley/as-is", "valley/rebuild-first"]
KINDS = (Simulations, Measured)
KEYS = ("parameters.pathways.return_home", "parameters.pathways.camp_stay", "parameters.choice.epoch")


@pytest.fixture(scope="module")
def asked(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study of the valley with a survey, and a posterior beside it: draws of its priors."""
    made = tmp_path_factory.mktemp("asked")
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    for name in ("origins.csv", "margins.csv"):
        text = text.replace(name, str(folder / name))
    text = text.replace("effort: {rows: 900", "effort: {rows: 600")
    text += "surveys:\n  plans: {statistic: plans_by_shelter, table: asked.csv, design_effect: 1.5}\n"
    (made / "asked.csv").write_text(ROWS, encoding="utf-8")
    (made / "study.yaml").write_text(text, encoding="utf-8")
    study = open_study(made / "study.yaml")
    save(study, study.spec.origin, drawn(study, 30), made, {})
    return made / "study.yaml"


def drawn(study: Study, count: int) -> np.ndarray:
    shares = np.random.default_rng(4).random((count, len(study.priors)))
    return np.column_stack([prior.at(shares[:, n]) for n, prior in enumerate(study.priors.values())])


def kept_of(study: Study) -> Kept:
    return Kept(tuple(study.priors), drawn(study, 30), {})


def test_everything_is_offered_as_it_is_and_better(asked: Path) -> None:
    study = open_study(asked)
    found = offered(study)
    assert [(one.of, one.how) for one in found] == [
        *(
            (name, how)
            for name in ("origins", "camps", "waves")
            for how in ("as it is", "again in 2025-06", "again in 2025-06, noise halved")
        ),
        ("plans", "as it is"),
        ("plans", "again in 2025-06"),
        ("plans", "again in 2025-06, 2 x households"),
        ("plans", "again in 2025-06, 4 x households"),
    ]
    origins, again, better = (one.compared for one in found[:3])
    assert origins is study.series[0]
    assert again.months.tolist() == better.months.tolist() == [12]
    assert again.noise == 2 * better.noise == origins.noise
    surveys = [one.compared for one in found[-4:]]
    assert all(isinstance(one, Plans) for one in surveys)
    assert surveys[1].labels == ("camp", "out_of_camp")
    assert [one.households.tolist() for one in surveys[1:]] == [[300, 400], [600, 800], [1200, 1600]], "the last asked"
    assert all(np.isnan(one.shares).all() for one in surveys[1:])


def test_each_is_told_as_if_it_were_alone(asked: Path) -> None:
    """By the same luck, so that what is better differs by less noise and by nothing else."""
    study = open_study(asked)
    offers, values, numbers = offered(study), drawn(study, 3), [0, 4, 7]
    found = measured(study, offers, values, numbers, Serial())
    assert [one.shape for one in found] == [(3, len(one.compared.names)) for one in offers]
    alone = measured(study, [offers[7], offers[-1]], values, numbers, Threads(2))
    assert (alone[0] == found[7]).all()
    assert (alone[1] == found[-1]).all()
    exact = offers[1]._replace(compared=offers[1].compared._replace(noise=0.0))
    (without,) = measured(study, [exact], values, numbers, Serial())
    assert found[2] - without == pytest.approx((found[1] - without) / 2, abs=1e-12)
    twice, four = found[-2] - found[-3], found[-1] - found[-3]
    assert twice / four == pytest.approx((1 - 0.5**0.5) / (1 - 0.5), rel=1e-9)


def test_the_first_target_is_what_a_fit_would_see(asked: Path) -> None:
    study = open_study(asked)
    values, seeds = drawn(study, 2), np.array([5, 6])
    fit, alone = (Simulator(study, study.spec.origin, Serial(), work=work)(values, seeds) for work in KINDS)
    first = len(study.series[0].names)
    assert (fit[:, :first] == alone[:, :first]).all()
    assert (fit[:, first:] != alone[:, first:]).all()


# --------------------------------------------------------------------------------------------- draws


def stored(folder: Path, table: pd.DataFrame, scenarios: list[str] = PAIR[:1]) -> Store:
    draws = Draws(tuple(table), table.to_numpy(np.float64), "by hand")
    return experiment(scenarios, folder / "store", draws, 1, 300, 1, counterparts=False).store


def test_draws_of_the_posterior_are_known_again(asked: Path, tmp_path: Path) -> None:
    study = open_study(asked)
    kept = kept_of(study)
    rows = [0, 7, 14, 22, 29]
    table = as_overrides(study, replace(kept, draws=kept.draws[rows]))
    found = study_values(study, kept, stored(tmp_path, table))
    assert found.joint
    whole = list(kept.names).index("epoch")
    assert found.values[:, whole] == pytest.approx(np.round(kept.draws[rows, whole]))
    others = [n for n in range(len(kept.names)) if n != whole]
    assert found.values[:, others] == pytest.approx(kept.draws[rows][:, others])


def test_draws_from_elsewhere_have_nuisances_of_the_posterior(asked: Path, tmp_path: Path) -> None:
    study = open_study(asked)
    kept = replace(kept_of(study), draws=drawn(study, 4))
    table = pd.DataFrame({KEYS[0]: np.linspace(-1, 1, 6), KEYS[1]: 0.5, KEYS[2]: 20, "parameters.beliefs.rate": 0.1})
    found = study_values(study, kept, stored(tmp_path, table))
    assert not found.joint
    assert found.values[:, 0] == pytest.approx(np.linspace(-1, 1, 6))
    assert found.values[:, 3:] == pytest.approx(kept.draws[np.arange(6) % 4, 3:]), "more than are kept begin anew"


def test_what_the_experiment_does_not_vary_is_refused(asked: Path, tmp_path: Path) -> None:
    study = open_study(asked)
    store = stored(tmp_path, pd.DataFrame({KEYS[1]: [0.1, 0.2]}))
    with pytest.raises(InputError, match=r"does not vary what the study fits \(2 of 3 parameters\)") as caught:
        study_values(study, kept_of(study), store)
    assert caught.value.value == "home, epoch"
    assert "study.yaml" in str(caught.value)


def test_what_is_fitted_as_one_is_varied_as_one(asked: Path, tmp_path: Path) -> None:
    path = asked.with_name("as-one.yaml")
    path.write_text(asked.read_text().replace(f"[{KEYS[1]}]", f"[{KEYS[1]}, parameters.pathways.hosted]"))
    study = open_study(path)
    table = pd.DataFrame({KEYS[0]: [0.1, 0.2], KEYS[1]: 0.5, KEYS[2]: 20, "parameters.pathways.hosted": 0.75})
    with pytest.raises(InputError, match="varies apart what the study fits as one"):
        study_values(study, kept_of(study), stored(tmp_path, table))


def test_another_case_is_refused(asked: Path, tmp_path: Path) -> None:
    study = open_study(asked)
    store = stored(tmp_path, pd.DataFrame({KEYS[0]: [0.1, 0.2], KEYS[1]: 0.5, KEYS[2]: 20}))
    path = store.folder / "manifest.json"
    manifest = json.loads(path.read_text())
    manifest["inputs"]["displaced.csv"] = "0" * 64
    path.write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="of another case than the study"):
        study_values(study, kept_of(study), open_store(store.folder))


# --------------------------------------------------------------------------------------------- as a researcher


@pytest.mark.slow
def test_an_experiment_is_asked_what_to_measure(asked: Path, tmp_path: Path) -> None:
    study = open_study(asked)
    table = as_overrides(study, replace(kept_of(study), draws=drawn(study, 42)))
    draws = Draws(tuple(table), table.to_numpy(np.float64), "by hand")
    folder = tmp_path / "many"
    experiment(PAIR, folder, draws, 1, 300, 6, Threads(2), counterparts=False)
    ask = [sys.executable, "-m", "sim", "information", str(folder), "--outcome", "exit_composite"]
    alone = subprocess.run(ask, capture_output=True, text=True, check=True).stdout
    assert "measurement" not in alone
    ran = subprocess.run([*ask, "--study", str(asked)], capture_output=True, text=True, check=True)
    page = " ".join(ran.stdout.split())
    assert page.startswith(" ".join(alone.split()))
    for words in ("What a measurement would be worth", "narrows", "again in 2025-06, 4 x households", "none"):
        assert words in page
    assert "drawn from the posterior, independent of the parameters" in page
    again = subprocess.run([*ask, "--study", str(asked), "--executor", "serial"], capture_output=True, text=True)
    assert again.stdout == ran.stdout, "whoever runs"
    for more, message in (
        (["--posterior", str(tmp_path)], "without a study nothing is measured"),
        (["--study", str(asked), "--posterior", str(tmp_path)], "no posterior is kept here"),
    ):
        refused = subprocess.run([*ask, *more], capture_output=True, text=True)
        assert refused.returncode == 2
        assert message in refused.stderr
