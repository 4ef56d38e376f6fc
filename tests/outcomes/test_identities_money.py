"""What always holds of money and of tables of outcomes, in a run with offers, services and a measure."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from sums import everywhere, same

from sim.model import SolutionsModel
from sim.outcomes import condensed, equity, headline, residual_profile, severity
from sim.outcomes.groups import TRAITS
from sim.outcomes.measures import SOLVED

# What a family costs a programme, USD: what it gets, and on top of it the overhead (12 % where nothing is written).
COSTS = {
    "buses": 80 * 1.12,
    "return_grant": 1500 * 1.12,
    "rent_subsidy": 110 * 12 * 1.12,  # the whole course, when it begins
    "roofs": 3200 * 1.12,
    "registry": 45 * 1.2,
    "visits": 60,
}


def test_money_spent_is_deliveries_times_what_one_costs(data: xr.Dataset) -> None:
    assert set(COSTS) | {"patrols"} == set(map(str, data["programme"].values))
    for name, dollars in COSTS.items():
        booked = data.sel(programme=name)
        assert int(booked["served"].sum()) > 0, name
        np.testing.assert_array_equal(booked["spent"], booked["served"] * round(100 * dollars), err_msg=name)
    assert int(data["spent"].sel(programme="roofs").sum()) <= 300_000 * 100


def test_a_measure_costs_its_window_without_overhead(data: xr.Dataset) -> None:
    spent = data["spent"].sel(programme="patrols")
    months = [str(date) for date in spent["date"].where(spent > 0, drop=True).values]
    assert months == ["2024-09", "2024-10", "2024-11", "2024-12", "2025-01", "2025-02"]
    assert set(spent.values.tolist()) == {0, 5000 * 100}


def test_care_is_persons_by_settlement_type_times_its_rate(model: SolutionsModel, data: xr.Dataset) -> None:
    costs = model.compiled.scenario.spec.parameters.costs
    yearly = {"camp": costs.care_camp, "informal_site": costs.care_informal, "rented": costs.care_rented}
    yearly["hosted"] = costs.care_hosted
    for month in range(1, data.sizes["month"]):
        displaced = data.sel(month=month, situation="displaced")
        size = int(displaced["persons"].sum()) / int(displaced["families"].sum())
        by_hand = {
            name: int(displaced["by_shelter"].sel(shelter=name)) * size * usd / 12 for name, usd in yearly.items()
        }
        found = data["care"].sel(month=month).to_series()
        assert found[list(by_hand)].to_dict() == pytest.approx(by_hand)
        assert found.sum() == pytest.approx(sum(by_hand.values()))
    assert float(abs(data["care"].sel(month=0)).sum()) == 0


def test_discounted_cost_is_programmes_and_care_at_their_worth(model: SolutionsModel, data: xr.Dataset) -> None:
    rate = model.compiled.scenario.spec.parameters.costs.discount_rate
    by_month = data["spent"].sum("programme").values / 100 + data["care"].sum("shelter").values
    assert float(data["aid_withheld"].sum()) == 0, "no aid is cut here"
    worth = [usd * (1 + rate) ** (-month / 12) for month, usd in enumerate(by_month)]
    np.testing.assert_allclose(data["discounted"], worth)
    assert headline(data)["discounted"] == pytest.approx(sum(worth))


@pytest.mark.parametrize(
    "table",
    [equity, severity, lambda run: severity(run, 0), residual_profile],
    ids=["equity", "end", "start", "residual"],
)
def test_a_condensed_run_gives_the_same_tables(
    data: xr.Dataset, quiet: xr.Dataset, table: Callable[[xr.Dataset], pd.DataFrame]
) -> None:
    for run in (data, quiet):
        pd.testing.assert_frame_equal(table(condensed(run)), table(run))


def test_a_condensed_run_keeps_stocks_and_sums_events(data: xr.Dataset) -> None:
    ends = condensed(data)
    assert ends["month"].values.tolist() == [0, data.sizes["month"] - 1]
    assert ends["assessed"].values.tolist() == [0, data.sizes["month"] - 1]
    for name in ("spent", "served", "care", "host_rent", "moves", "premature"):
        same(everywhere(ends[name].isel(month=-1)), everywhere(data[name]))
        assert float(abs(ends[name].isel(month=0)).sum()) == 0, name
    for name in ("by_shelter", "in_debt", "rent", "cohesion", "blocked", "intended", "waiting"):
        xr.testing.assert_equal(ends[name], data[name].isel(month=[0, data.sizes["month"] - 1]))


def test_every_trait_adds_up_to_everybody(data: xr.Dataset) -> None:
    table = equity(data)
    everybody = table[table["trait"] == "all"].set_index("outcome")
    for trait in TRAITS:
        by_value = table[table["trait"] == trait].groupby("outcome")[["families", "rows", "of", "of_rows"]].sum()
        for column in by_value:
            np.testing.assert_allclose(by_value[column], everybody[column].loc[by_value.index], err_msg=trait)
    shares = residual_profile(data).groupby("trait")[["start", "end"]].sum()
    np.testing.assert_allclose(shares, 100)


def test_everybody_by_trait_is_the_headline(data: xr.Dataset) -> None:
    all_of = equity(data).query("trait == 'all'").set_index("outcome")["families"]
    found = headline(data)
    assert all_of["still_displaced"] == found["displaced"]
    assert all_of["sustained_whole"] == found["sustained_whole"]
    assert all_of["lives_as_hosts"] == found["exit_composite"] + found["exit_displaced"]
    assert all_of["induced_moves"] == found["expelled"] + found["diverted"] + found["hastened"]
    assert all_of["in_debt"] == pytest.approx(found["in_debt"] * found["all_families"] / 100)


def test_severity_counts_every_family_in_a_solution_once(data: xr.Dataset) -> None:
    table = severity(data)
    found = headline(data)
    assert table["families"].sum() == sum(found[name] for name in SOLVED)
    assert table[["livelihoods", "safety"]].to_numpy().min() > 0
    assert table[["livelihoods", "safety"]].to_numpy().max() < 100
