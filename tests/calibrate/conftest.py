"""A small study of the valley: its published tables are made by the model itself, from parameters that are known."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.operators import by_origin, by_wave, in_camps
from sim.calibrate.study import Study, open_study
from sim.model import SolutionsModel
from sim.scenario import compile_scenario, load_scenario

TRUTH = {"parameters.pathways.return_home": 0.8, "parameters.pathways.camp_stay": 0.4, "parameters.choice.epoch": 24}
MONTHS, ROWS = 12, 900
STUDY = """
title: The valley, fitted to tables it made itself
scenario: valley/third-flood
origin: 2025-06
free:
  home: {keys: [parameters.pathways.return_home], low: -2.0, high: 2.0}
  camp: {keys: [parameters.pathways.camp_stay], low: -1.0, high: 2.0}
  epoch: {keys: [parameters.choice.epoch], low: 12, high: 48}
nuisance:
  discrepancy: {low: 0.001, high: 0.01, shape: log_uniform}
  books: {low: 1, high: 20, shape: log_uniform}
targets:
  origins: {statistic: stock_by_origin, table: origins.csv, category: origin, noise: 0.01}
  camps: {statistic: camp_stock, table: margins.csv, margin: shelter, noise: 0.02}
  waves: {statistic: stock_by_wave, table: margins.csv, margin: wave, groups: {early: [f1, l2], late: [f3]}}
effort: {rows: 900, rounds: 2, rounds_warm: 1, simulations: 160, batch: 32, draws: 24, forecast_rows: 900}
backtest: {launches: [2024-12, 2025-02], months: 4, every: 1}
"""


def published(folder: Path) -> None:
    """Write the tables that tracking would publish, month by month."""
    scenario = load_scenario("valley/third-flood", {**TRUTH, "rows": ROWS, "months": MONTHS})
    model = SolutionsModel(compile_scenario(scenario), seed=2**30).run()
    geography, waves = model.compiled.geography, list(model.compiled.tables.waves["wave"])
    dates = pd.period_range("2024-06", periods=MONTHS + 1, freq="M").to_timestamp(how="end").strftime("%Y-%m-%d")
    long(by_origin(model), dates, list(geography.pcodes), "origin").to_csv(folder / "origins.csv", index=False)
    parts = [
        long(in_camps(model), dates, ["camp"], "category").assign(margin="shelter"),
        long(by_wave(model), dates, waves, "category").assign(margin="wave"),
    ]
    pd.concat(parts).to_csv(folder / "margins.csv", index=False)


def long(stock: np.ndarray, dates: pd.Index, names: list[str], column: str) -> pd.DataFrame:
    kept = [n for n in range(len(names)) if stock[0, n] > 0]
    table = pd.DataFrame(stock[:, kept], index=dates, columns=[names[n] for n in kept]).rename_axis("date")
    return table.reset_index().melt("date", var_name=column, value_name="families")


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("study")
    published(made)
    (made / "study.yaml").write_text(STUDY, encoding="utf-8")
    return made


@pytest.fixture(scope="session")
def study(folder: Path) -> Study:
    return open_study(folder / "study.yaml")
