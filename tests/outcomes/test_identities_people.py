"""What always holds of families, moves and solutions, in a run with offers, services and a measure."""

import numpy as np
import pytest
import xarray as xr
from sums import assessed_months, everywhere, same

from sim.kernels.codes import CAME_CHOSEN, CAME_INFORMED, SITUATIONS
from sim.model import SolutionsModel
from sim.outcomes import headline, headline_rows
from sim.outcomes.headline import COUNTED, HEADLINE, SUMS
from sim.outcomes.measures import SOLVED

ENDINGS = ("", "_rows")


@pytest.mark.parametrize("variable", ["families", "by_group", "by_shelter", "by_wave"])
def test_situations_add_up_to_the_population_each_month(model: SolutionsModel, data: xr.Dataset, variable: str) -> None:
    assert (everywhere(data[variable], "month") == int(model.households["weight"].sum())).all()
    assert (everywhere(data[f"{variable}_rows"], "month") == len(model.households)).all()


@pytest.mark.parametrize("ending", ENDINGS)
def test_groups_add_up_to_situations(data: xr.Dataset, ending: str) -> None:
    now = assessed_months(data)
    same(everywhere(data[f"by_group{ending}"], "month", "situation"), _by_situation(data, "families", ending))
    same(everywhere(data[f"debtors{ending}"], "assessed", "situation"), now[f"in_debt{ending}"])
    for metric in data["metric"].values:
        by_group, by_area = (data[f"{name}{ending}"].sel(metric=metric) for name in ("exits_by_group", "exits"))
        same(everywhere(by_group, "assessed", "situation"), everywhere(by_area, "assessed", "situation"))


@pytest.mark.parametrize("ending", ENDINGS)
def test_groups_add_up_to_moves(data: xr.Dataset, ending: str) -> None:
    moves, flows, pushed = (data[f"{name}{ending}"] for name in ("moves", "flows", "moves_by_push"))
    same(everywhere(moves, "month"), everywhere(flows, "month"))
    same(
        everywhere(moves.drop_sel(push_class="no_push"), "month", "push_class"),
        everywhere(pushed.drop_sel(push_class="no_push"), "month", "push_class"),
    )
    ends = {"return": "returned", "local_integration": "integrating", "settlement_elsewhere": "settled_elsewhere"}
    for pathway, situation in (ends | {"displaced_elsewhere": "displaced"}).items():
        same(
            everywhere(moves.sel(pathway=pathway), "month"),
            everywhere(flows.sel(situation_after=situation), "month"),
        )
    for part in ("premature", "uninformed", "voluntary", "after_push"):
        found = data[f"{part}{ending}"]
        assert (found <= everywhere(moves, *found.dims)).all(), part
    assert (data[f"retries{ending}"] <= everywhere(moves.sel(pathway="return"), "month", "group")).all()


def test_solutions_held_are_those_of_the_households(model: SolutionsModel, data: xr.Dataset) -> None:
    households = model.households
    weight, held, came = (households[name].astype(int) for name in ("weight", "held", "came"))
    whole = (came & (CAME_CHOSEN | CAME_INFORMED)) == CAME_CHOSEN | CAME_INFORMED
    codes = np.where(households["at_home"] > 0, SITUATIONS.index("returned"), 1 + households["settled"].astype(int))
    last = data.isel(assessed=-1)
    for horizon in (12, 24):
        for situation in SOLVED:
            there = (codes == SITUATIONS.index(situation)) & (held >= horizon)
            at = {"situation": situation, "horizon": horizon}
            assert float(last["sustained"].sel(at).sum()) == weight[there].sum() > 0
            assert float(last["sustained_whole"].sel(at).sum()) == weight[there & whole].sum()
            assert int(last["sustained_rows"].sel(at).sum()) == there.sum()


def test_solutions_that_last_are_some_of_those_there_are(data: xr.Dataset) -> None:
    found = headline(data)
    families = float(data["families"].isel(month=-1).sel(situation=SOLVED).sum())
    assert 0 < found["sustained_24"] < found["sustained"] < families
    assert 0 < found["sustained_whole"] < found["sustained"]
    assert (data["sustained"].sel(horizon=24) <= data["sustained"].sel(horizon=12)).all()
    assert (data["sustained_whole"] <= data["sustained"]).all()
    assert float(data["sustained"].sel(situation=["not_arrived", "displaced"]).sum()) == 0


def test_exits_are_within_families_and_stricter_metrics_within_looser(data: xr.Dataset) -> None:
    families = everywhere(assessed_months(data)["families"], "assessed", "situation", "area")
    exits = data["exits"]
    assert (exits <= families + 1e-9).all()
    assert (data["passes"] <= families).all()
    strict, by_criterion, loose, ecdf = (
        exits.sel(metric=name) for name in ("pass_fail", "criterion_composite", "composite", "ecdf")
    )
    assert (strict <= by_criterion).all()
    assert (by_criterion <= loose).all()
    assert (strict <= ecdf + 1e-9).all()
    assert (data["exits_unaided"] <= everywhere(loose, "assessed", "situation")).all()
    assert data["host_exits"].min() >= 0
    assert data["host_exits"].max() <= 1


def test_headline_outcomes_add_up(data: xr.Dataset) -> None:
    found = headline(data)
    for total, parts in SUMS:
        assert found[total] == sum(found[part] for part in parts), total
    for one in HEADLINE:
        assert not one.within or found[one.name] <= found[one.within], one.name


def test_rows_are_none_exactly_where_a_count_is_none(data: xr.Dataset, quiet: xr.Dataset) -> None:
    counted = {one.name for one in HEADLINE if one.unit in COUNTED}
    for run in (data, quiet):
        values, rows = headline(run), headline_rows(run)
        assert {name for name, number in rows.items() if not np.isnan(number)} == counted
        assert all((values[name] == 0) == (rows[name] == 0) for name in counted)
        assert all(rows[name] <= values[name] for name in counted - {"exit_ecdf"}), "a row stands for whole families"
    assert {name for name in counted if values[name] == 0} >= {"sustained", "expelled_by_closure", "newly_displaced"}


def _by_situation(data: xr.Dataset, name: str, ending: str) -> xr.DataArray:
    return everywhere(data[f"{name}{ending}"], "month", "situation")
