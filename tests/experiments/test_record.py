"""What a result stands for: the hash covers everything, a name stands for one scenario, small cells stay together."""

import numpy as np
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


def test_persons_and_money_go_with_the_families_that_are_withheld() -> None:
    table = sim.run(sim.load_scenario("iraq/closure-with-alternatives", {"rows": 20_000, "months": 15})).tidy()
    labels = [name for name in table.columns if name not in ("variable", "unit", "value", "suppressed")]
    for leader, follower in (("families", "persons"), ("served", "spent")):
        hidden = table[(table["variable"] == leader) & table["suppressed"]]
        followers = table[table["variable"] == follower]
        beside = followers.assign(**{name: followers[name].astype(str) for name in labels})
        beside = beside.merge(hidden[labels].astype(str), on=labels)
        assert beside["value"].isna().all()
    assert ((table["variable"] == "families") & table["suppressed"]).any()
