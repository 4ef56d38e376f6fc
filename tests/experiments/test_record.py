"""What a result stands for: the hash covers everything, a name stands for one scenario, small cells stay together."""

import numpy as np
import pandas as pd
import pytest

import sim
from sim.experiments.counterparts import with_counterparts
from sim.experiments.run import prepared, run
from sim.kernels.columns import FIXED, STATE
from sim.model import SolutionsModel
from sim.schema.errors import InputError

SMALL = {"rows": 5500, "months": 3}


@pytest.fixture(scope="module")
def model() -> SolutionsModel:
    return SolutionsModel(sim.load_scenario("iraq/closure-with-alternatives", SMALL), seed=1).run()


def test_the_hash_covers_every_column_and_every_array(model: SolutionsModel) -> None:
    before = model.state_hash()
    changed = [model.households[column.name] for column in (*FIXED, *STATE)] + list(model.recorder.arrays.values())
    for values in (values for values in changed if values.size):
        kept = values.flat[-1]
        values.flat[-1] = 1 - kept if values.dtype == np.uint8 else kept + 1
        assert model.state_hash() != before
        values.flat[-1] = kept
    assert model.state_hash() == before


def test_a_name_stands_for_one_scenario() -> None:
    one = sim.load_scenario("iraq/no-closure", SMALL)
    with pytest.raises(InputError, match="the same scenario appears twice"):
        sim.compare([one, one.override({"parameters.house.repair_away": 0.05})], seeds=1)
    with pytest.raises(InputError, match="the same seed appears twice"):
        sim.compare([one], seeds=[0, 0])


def test_a_compiled_scenario_can_still_be_shortened() -> None:
    compiled = prepared(sim.load_scenario("iraq/no-closure", SMALL))
    assert run(compiled, months=1).data.sizes["month"] == 2
    assert prepared(compiled) is compiled


def test_a_longer_notice_is_kept_and_an_unrelated_scenario_is_no_counterpart() -> None:
    closure = {"kind": "camp_closure", "sites": "all", "closing_month": "2019-08", "notice_months": 12}
    long = sim.load_scenario("iraq/no-closure", {"programmes.close": closure}).renamed("long", "Long notice")
    other = sim.load_scenario("iraq/no-closure", {"parameters.house.repair_away": 0.05}).renamed("other", "Other")
    loaded, _ = with_counterparts([other, long])
    assert {one.name for one in loaded} == {"other", "long", "long (no closure)", "long (notice, alternatives)"}
    noticed = next(one for one in loaded if one.name.endswith("alternatives)"))
    assert noticed.spec.programmes["close"].notice_months == 12


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return sim.run(sim.load_scenario("iraq/closure-with-alternatives", {"rows": 20_000, "months": 15})).tidy()


@pytest.mark.parametrize(("leader", "follower"), [("families_by_area", "persons_by_area"), ("served", "spent")])
def test_persons_and_money_go_with_the_families_that_are_withheld(
    table: pd.DataFrame, leader: str, follower: str
) -> None:
    labels = [name for name in table.columns if name not in ("variable", "unit", "value", "suppressed")]
    keys = table[labels].astype(object).fillna("").astype(str).agg("|".join, axis=1)
    found = {name: set(keys[(table["variable"] == name) & table["suppressed"]]) for name in (leader, follower)}
    assert found[leader] == found[follower]
    assert table.loc[table["suppressed"], "value"].isna().all()
    assert ((table["variable"] == "families_by_area") & table["suppressed"]).any()


def test_what_counts_nobody_is_not_blank(table: pd.DataFrame) -> None:
    of_areas = table["variable"].isin(["employment", "rent", "services", "security", "cohesion"])
    assert table.loc[of_areas, "value"].notna().all()
    assert set(table.loc[of_areas, "variable"]) == {"employment", "rent", "services", "security", "cohesion"}


def test_published_counts_are_rounded_and_nothing_tells_of_households(table: pd.DataFrame) -> None:
    counts = table[table["unit"].isin(["families", "persons"])]["value"].dropna()
    assert (counts % 5 == 0).all()
    assert not any("rows" in str(name) for name in [*table.columns, *table["variable"].unique()])
