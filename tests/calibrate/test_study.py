"""Studies: what they name is read and checked, and what is wrong is said in one message."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.keeping import open_posterior
from sim.calibrate.operators import OPERATORS
from sim.calibrate.study import NUISANCE, Study, observed, open_study, statistic_names
from sim.scenario import compile_scenario
from sim.schema.errors import InputError
from sim.schema.study import Target


def test_every_statistic_has_its_operator() -> None:
    assert set(OPERATORS) == set(Target.model_fields["statistic"].annotation.__args__)  # type: ignore[union-attr]


def test_what_is_compared_is_what_was_published(study: Study, folder: Path) -> None:
    origins, camps, waves = study.series
    table = pd.read_csv(folder / "origins.csv")
    wide = table.pivot(index="date", columns="origin", values="families")
    assert origins.labels == tuple(wide.columns)
    assert origins.families == pytest.approx(wide.to_numpy()[1:])
    assert origins.at_start == pytest.approx(wide.to_numpy()[0])
    assert origins.months.tolist() == list(range(1, 13))
    assert (origins.dates[0], origins.dates[-1]) == ("2024-07", "2025-06")
    assert camps.labels == ("camp",)
    assert waves.labels == ("early", "late")
    assert waves.members.tolist() == [[1, 1, 0], [0, 0, 1]]
    names = statistic_names(study.series)
    assert len(names) == len(set(names)) == len(observed(study.series))
    at = names.index(f"origins {origins.labels[1]} 2024-12")
    assert observed(study.series)[at] == pytest.approx(np.log(wide.iloc[6, 1] / wide.iloc[0, 1]))


def test_targets_are_cut_at_a_month(study: Study) -> None:
    cut = study.until("2024-09")
    assert [one.dates for one in cut] == [("2024-07", "2024-08", "2024-09")] * 3
    assert study.until("2024-06") == ()


def test_priors_and_overrides(study: Study) -> None:
    assert list(study.priors) == ["home", "camp", "epoch", f"{NUISANCE}discrepancy", f"{NUISANCE}books"]
    found = study.overrides({"home": 0.25, "camp": 1.0, "epoch": 17.6})
    assert found == {
        "parameters.pathways.return_home": 0.25,
        "parameters.pathways.camp_stay": 1.0,
        "parameters.choice.epoch": 18,
    }


def test_weight_narrows_the_noise(folder: Path) -> None:
    heavy = changed(folder, "margin: shelter, noise: 0.02", "margin: shelter, noise: 0.02, weight: 4")
    assert open_study(heavy).series[1].noise == pytest.approx(0.01)


def test_a_change_needs_rounds_a_year_apart(folder: Path) -> None:
    study = open_study(changed(folder, "stock_by_origin", "net_change_12"))
    origins = study.series[0]
    assert len(origins.months) == 12, "all rounds are kept, for forecasts begin with them"
    assert origins.names == [f"origins {label} 2025-06" for label in origins.labels]
    assert origins.observed == pytest.approx(np.log(origins.families[-1] / origins.at_start))


IRAQ = Path(__file__).parents[2] / "calibration" / "iraq"


def test_iraq_can_be_fitted_to_more(tmp_path: Path) -> None:
    """What the manual says of further targets is what a study takes."""
    text = (IRAQ / "study.yaml").read_text(encoding="utf-8")
    returnees = "  returnees: {statistic: returnees_by_origin, table: returnees.csv, category: origin, noise: 0.02}\n"
    severe = "  severe: {statistic: severe_after_return, table: return_index.csv}\n"
    spread = "  returnee_discrepancy: {low: 0.005, high: 0.04, shape: log_uniform}\n"
    text = text.replace("targets:\n", f"{spread}targets:\n{returnees}").replace("surveys:\n", f"surveys:\n{severe}")
    for name in ("returnees", "return_index", "targets", "history", "margins", "intentions"):
        text = text.replace(f" {name}.csv", f" {IRAQ / name}.csv")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    study = open_study(tmp_path / "study.yaml")
    back = study.series[0]
    assert back.at_start.tolist()[:2] == [202_246, 12_478]
    assert back.families[-1].sum() == 766_075
    compiled = compile_scenario(study.scenario)
    before = compiled.paths["returned_before"][0] @ back.members.T
    assert before.tolist() == back.at_start.tolist(), "the run starts with those who are back by then"
    assert study.surveys[0].shares.ravel().tolist() == [0.11, 0.10, 0.11, 0.12, 0.11, 0.12]
    assert study.surveys[0].names[0] == "severe all 2018-07 severe"


def changed(folder: Path, old: str, new: str) -> Path:
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    assert text.count(old) >= 1
    path = folder / "changed.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("low: -2.0, high: 2.0", "low: 2.0, high: -2.0", "free.home: low 2 is not below high -2"),
        ("[parameters.pathways.return_home]", "[parameters.pathways.return_hom]", "did you mean 'return_home'?"),
        ("[parameters.pathways.camp_stay]", "[parameters.pathways.return_home]", "is fitted twice, also as home"),
        ("[parameters.choice.epoch]", "[parameters.markets.feedback]", "is no number that could be fitted"),
        ("low: -2.0, high: 2.0", "low: -200.0, high: 2.0", "should be greater than or equal to -20"),
        ("origin: 2025-06", "origin: 2024-05", "is before the start of the run"),
        ("origin: 2025-06", "origin: 2025-13", "a month is written YYYY-MM"),
        ("scenario: valley/third-flood", "scenario: valley/third-flod", "did you mean 'valley/third-flood'?"),
        ("table: origins.csv", "table: origin.csv", "targets.origins.table: cannot be read"),
        ("category: origin,", "category: orign,", "no column 'orign' - did you mean 'origin'?"),
        ("[f1, l2]", "[f1, l3]", "no such category - did you mean 'l2'?"),
        ("noise: 0.01}", "noise: 0.01, first: 2025-03, last: 2025-01}", "last 2025-01 is before first 2025-03"),
        ("noise: 0.01}", "noise: 0.01, last: 2025-09}", "lies outside the months that are fitted"),
        ("margin: shelter", "margin: shelters", "holds no category that the statistic has"),
        ("statistic: camp_stock", "statistic: camps_stock", "targets.camps.statistic"),
        (
            "stock_by_origin, table: origins.csv",
            "net_change_12, last: 2025-05, table: origins.csv",
            "has no two month ends 12 months apart",
        ),
        ("title:", "titel:", "unknown key - did you mean 'title'?"),
        ("simulations: 160", "simulations: 71", "effort.simulations: too few simulations a round"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        open_study(changed(folder, old, new))
    assert message in str(caught.value)
    assert "changed.yaml" in str(caught.value)


def test_too_few_simulations_are_refused_at_their_place(folder: Path) -> None:
    """Five parameters: six coefficients of an adjustment, three accepted simulations for each, a quarter accepted."""
    open_study(changed(folder, "simulations: 160", "simulations: 72"))
    with pytest.raises(InputError, match=r"72 or more for 5 parameters") as caught:
        open_study(changed(folder, "simulations: 160", "simulations: 71"))
    lines = (folder / "changed.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[(caught.value.line or 0) - 1].startswith("effort:")


@pytest.mark.parametrize(
    ("column", "value"), [("date", "June 2024"), ("families", "many"), ("families", "-3"), ("families", None)]
)
def test_rows_that_are_none(folder: Path, tmp_path: Path, column: str, value: str | None) -> None:
    table = pd.read_csv(folder / "origins.csv", dtype=str)
    table.loc[3, column] = value
    table.to_csv(tmp_path / "origins.csv", index=False)
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    (tmp_path / "study.yaml").write_text(text.replace("margins.csv", str(folder / "margins.csv")), encoding="utf-8")
    with pytest.raises(InputError, match=r"targets\.origins\.table: has rows without"):
        open_study(tmp_path / "study.yaml")


def test_a_table_that_does_not_begin_with_the_run(folder: Path, tmp_path: Path) -> None:
    table = pd.read_csv(folder / "origins.csv")
    table[table["date"] > "2024-07-01"].to_csv(tmp_path / "origins.csv", index=False)
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    (tmp_path / "study.yaml").write_text(text.replace("margins.csv", str(folder / "margins.csv")), encoding="utf-8")
    with pytest.raises(InputError, match="has no round at the end of 2024-06, with which the run starts"):
        open_study(tmp_path / "study.yaml")


def test_the_study_of_iraq_is_whole() -> None:
    found = open_study(Path(__file__).parents[2] / "calibration" / "iraq" / "study.yaml")
    assert [one.name for one in found.series][:3] == ["origins", "camps", "waves"]
    assert int(found.series[0].families[-1].sum()) == 235_772
    assert found.names["IQ-G15"] == "Ninewa"


def test_the_posterior_of_iraq_belongs_to_the_model_as_it_is() -> None:
    """Where this fails, experiments on Iraq are refused: `make refit` fits it again."""
    folder = Path(__file__).parents[2] / "calibration" / "iraq"
    study = open_study(folder / "study.yaml")
    kept = open_posterior(folder, study)
    assert kept.about["until"] == study.spec.origin
    assert len(kept.draws) == study.spec.effort.draws
