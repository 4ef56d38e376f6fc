"""The commands on studies, as a researcher runs them."""

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import xarray as xr

GROUPS = ("posterior", "prior", "observed_data", "posterior_predictive")
pytestmark = pytest.mark.slow


def sim(*arguments: object, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "sim", *map(str, arguments)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == code, ran.stdout + ran.stderr
    return ran


@pytest.fixture(scope="module")
def fitted(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("commands") / "fit"
    told = sim("fit", folder / "study.yaml", "--until", "2025-02", "--out", out).stdout
    assert "What is believed of the parameters" in told
    assert "What each target does to the posterior" in told
    assert "standard distances" in told
    return out


def test_a_fit_holds_what_it_should(fitted: Path) -> None:
    names = {path.name for path in fitted.iterdir()}
    assert names >= {
        "posterior.csv",
        "posterior.json",
        "parameters.csv",
        "predictions.csv",
        "report.md",
        "predictions.png",
        "sensitivity.csv",
    }
    table = pd.read_csv(fitted / "parameters.csv").set_index("parameter")
    assert table.loc["home", "contraction"] > 0.5, "what the tables were made from is found again"
    assert table.loc["home", "q05"] < 0.8 < table.loc["home", "q95"]
    assert len(pd.read_csv(fitted / "posterior.csv")) == 24
    page = (fitted / "report.md").read_text(encoding="utf-8")
    assert "What the posterior predicts of its targets" in page
    assert "(predictions.png)" in page


def test_a_fit_tells_what_each_target_does(fitted: Path) -> None:
    table = pd.read_csv(fitted / "sensitivity.csv")
    assert list(table["target"].unique()) == ["origins", "camps", "waves"]
    assert table.groupby("target")["parameter"].nunique().tolist() == [5, 5, 5]
    assert (table.filter(like="sd_ratio") > 0).all(axis=None)
    alone = table.pivot(index="target", columns="parameter", values="sd_ratio_alone")
    assert alone.loc["origins", "home"] < 0.7 * table["sd_ratio_none"].max(), "origins tell how families go home"
    page = (fitted / "report.md").read_text(encoding="utf-8")
    assert "## What each target does to the posterior" in page
    assert "lower bound" in page


def test_inference_data_has_its_groups(fitted: Path) -> None:
    groups = {name: xr.open_dataset(fitted / "inference.nc", group=name) for name in GROUPS}
    assert groups["posterior"]["home"].dims == ("chain", "draw")
    assert groups["prior"]["home"].std() > 3 * groups["posterior"]["home"].std()
    sizes = {groups[name].sizes["statistic"] for name in ("observed_data", "posterior_predictive")}
    assert len(sizes) == 1


def test_the_same_again_simulates_nothing(folder: Path, fitted: Path) -> None:
    kept = fitted.with_name("fit-simulations")
    times = {path.name: path.stat().st_mtime_ns for path in kept.rglob("*.npz")}
    assert times
    draws = (fitted / "posterior.csv").read_bytes()
    sim("fit", folder / "study.yaml", "--until", "2025-02", "--out", fitted)
    assert {path.name: path.stat().st_mtime_ns for path in kept.rglob("*.npz")} == times
    assert (fitted / "posterior.csv").read_bytes() == draws


def test_a_forecast_is_written(folder: Path, fitted: Path, tmp_path: Path) -> None:
    out = tmp_path / "forecast"
    told = sim("forecast", folder / "study.yaml", "--until", "2025-08", "--posterior", fitted, "--out", out).stdout
    assert "What is forecast" in told
    table = pd.read_csv(out / "forecast.csv")
    assert list(table) == ["date", "origin", "median", "q05", "q25", "q75", "q95"]
    assert table["date"].nunique() == 6
    assert (out / "forecast.png").stat().st_size > 10_000


def test_backtests_are_written(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "backtests"
    told = sim("validate", folder / "study.yaml", "--out", out).stdout
    assert "Forecasts from the past" in told
    scores = pd.read_csv(out / "scores.csv")
    assert set(scores["launch"]) == {"2024-12", "2025-02"}
    assert set(scores["forecast"]) >= {"model", "persistence", "damped hazard"}
    assert json.loads((out / "manifest.json").read_text())["kind"] == "backtests"
    assert (out / "launches-origins.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--until", "2025-13"], "--until: is no month"),
        (["--until", "2030-01"], "lies after the forecast origin"),
        (["--until", "2024-06"], "nothing is published until then"),
        (["--executor", "serial", "--cluster", "tcp://127.0.0.1:1"], "a cluster runs Dask"),
    ],
)
def test_what_cannot_be_fitted(folder: Path, tmp_path: Path, arguments: list[str], message: str) -> None:
    ran = sim("fit", folder / "study.yaml", "--out", tmp_path / "out", *arguments, code=2)
    assert message in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_forecast(folder: Path, fitted: Path, tmp_path: Path) -> None:
    study, out = folder / "study.yaml", tmp_path / "out"
    assert "no posterior is kept here" in sim("forecast", study, "--until", "2025-08", "--out", out, code=2).stderr
    early = sim("forecast", study, "--until", "2025-01", "--posterior", fitted, "--out", out, code=2)
    assert "is not ahead of what was fitted" in early.stderr
    assert not out.exists()


def test_the_folder_of_something_else_is_refused_before_anything_is_run(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    for command in (["fit"], ["validate"], ["forecast", "--until", "2025-08"]):
        ran = sim(command[0], folder / "study.yaml", "--out", tmp_path, *command[1:], code=2)
        assert "the folder holds something else than results" in ran.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]
