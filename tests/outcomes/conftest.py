"""Runs on which outcomes are checked."""

import pytest
import xarray as xr

from sim.experiments.dataset import dataset_of
from sim.model import SolutionsModel
from sim.scenario import load_scenario

MONTHS = 30  # long enough for solutions held for 24
SCENARIO = """
extends: valley/closure-with-alternatives
programmes:
  roofs:
    kind: light_repair
    window: {first_month: 2024-10}
    places_per_month: 60
    budget: 300000
    unit_cost: 3200
  registry:
    kind: documents_mission
    window: {first_month: 2024-09}
    places_per_month: 100
    unit_cost: 45
    overhead: 0.2
  visits:
    kind: go_and_see
    window: {first_month: 2024-09, last_month: 2024-12}
    places_per_month: 30
    unit_cost: 60
    overhead: 0
  patrols:
    kind: security_path
    window: {first_month: 2024-09, last_month: 2025-02}
    to: 0.9
    ramp_months: 6
    monthly_cost: 5000
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SolutionsModel:
    path = tmp_path_factory.mktemp("identities") / "everything.yaml"
    path.write_text(SCENARIO, encoding="utf-8")
    return SolutionsModel(load_scenario(path, {"months": MONTHS}), seed=3).run()


@pytest.fixture(scope="module")
def data(model: SolutionsModel) -> xr.Dataset:
    return dataset_of(model)


@pytest.fixture(scope="module")
def quiet() -> xr.Dataset:
    """Three months without a programme, in which much does not happen."""
    return dataset_of(SolutionsModel(load_scenario("valley/as-is", {"months": 3}), seed=3).run())
