"""The model as a Mesa model: steps and their end, frames, mesa.batch_run, seeds."""

import inspect
import warnings
from typing import Any

import mesa
import numpy as np
import pandas as pd
import pytest

import sim
from sim.agents import Area, Programme, Site
from sim.model import MOST_SEED, SolutionsModel
from sim.scenario import Compiled, Scenario, compile_scenario, load_scenario
from sim.schema.errors import InputError

MONTHS = 4
BY_RNG = "rng" in inspect.signature(mesa.batch_run).parameters  # how this version of Mesa takes seeds
SITUATIONS = ["displaced", "integrating", "settled_elsewhere", "returned"]


@pytest.fixture(scope="module")
def scenario() -> Scenario:
    """Closing camps and three programmes, all at work within four months."""
    window = {"first_month": "2018-01", "last_month": "2018-04"}
    changes: dict[str, Any] = {"rows": 5000, "months": MONTHS}
    changes |= {"programmes.close_camps.closing_month": "2018-03", "programmes.close_camps.notice_months": 1}
    changes |= {f"programmes.{name}.window": window for name in ("convoys", "return_grant", "rent_subsidy")}
    return load_scenario("iraq/closure-with-alternatives", changes)


@pytest.fixture(scope="module")
def compiled(scenario: Scenario) -> Compiled:
    return compile_scenario(scenario)


@pytest.fixture(scope="module")
def done(compiled: Compiled) -> SolutionsModel:
    return SolutionsModel(compiled, seed=1).run()


def batch(parameters: dict[str, Any], seeds: list[int], **options: Any) -> pd.DataFrame:
    """Return what mesa.batch_run gives, one row a run and month; later versions add rows for agents."""
    given = {"rng": seeds} if BY_RNG else {}
    parameters = parameters if given else {**parameters, "seed": seeds}
    rows = mesa.batch_run(SolutionsModel, parameters, display_progress=False, **given, **options)
    return pd.DataFrame(rows).drop_duplicates(["RunId", "Step"]).reset_index(drop=True)


def by_month(scenario: Scenario, seed: int) -> pd.DataFrame:
    """Return families by situation from a run without Mesa's batch_run or DataCollector, a row a month."""
    families = sim.run(scenario, seed=seed).data["families"].sum(["origin", "area"])
    return families.to_pandas()[SITUATIONS].reset_index(drop=True)


# Steps


def test_a_run_ends_with_the_months_of_the_scenario(compiled):
    model = SolutionsModel(compiled)
    months = []
    while model.running:
        model.step()
        months.append(model.month)
    assert months == [1, 2, 3, 4, 4], "the last step finds no month left, and says so"
    ended = model.state_hash()
    rows = len(model.datacollector.get_model_vars_dataframe())
    model.step()
    assert (model.month, model.running, model.state_hash()) == (MONTHS, False, ended)
    assert len(model.datacollector.get_model_vars_dataframe()) == rows == MONTHS + 1


def test_ways_to_run_it_give_the_same(compiled, done):
    model = SolutionsModel(compiled, seed=1)
    model.run_model()
    assert (model.month, model.running) == (done.month, done.running) == (MONTHS, False)
    assert model.state_hash() == done.state_hash()


# Frames


def test_model_frame_is_the_run_month_by_month(scenario, done):
    frame = done.datacollector.get_model_vars_dataframe()
    assert list(frame) == [*SITUATIONS, "persons_displaced", "total_spent"]
    assert frame.index.tolist() == list(range(MONTHS + 1)), "entry 0 is the start, entry t the end of month t"
    pd.testing.assert_frame_equal(frame[SITUATIONS], by_month(scenario, 1), check_dtype=False, check_names=False)
    assert frame["persons_displaced"].tolist() == done.recorder.arrays["persons"][:, 1].sum((1, 2)).tolist()
    assert frame["total_spent"].tolist() == pytest.approx(done.recorder.arrays["spent"].sum(1).cumsum() / 100)
    assert frame["total_spent"].iloc[-1] > 0
    assert frame["displaced"].iloc[-1] == done.households.groupby("situation").families()["displaced"]


def test_area_frame_adds_up_to_the_model_frame(done):
    frame = done.datacollector.get_agenttype_vars_dataframe(Area)
    assert frame.index.names == ["Step", "AgentID"]
    assert frame.notna().all(axis=None)
    whole = done.datacollector.get_model_vars_dataframe()
    for name in SITUATIONS:
        assert frame[f"{name}_here"].groupby("Step").sum().tolist() == whole[name].tolist()
    last = frame.loc[MONTHS].set_index("pcode")
    ninewa = done.compiled.geography.pcodes.index("IQ-G15")
    assert last.loc["IQ-G15", "rent"] == done.recorder.arrays["rent"][-1, ninewa] / 100
    here = done.households.select(lambda h: (h["area"] == ninewa) & (h["situation"] == "displaced"))
    assert last.loc["IQ-G15", "displaced_here"] == here.families > 0


def test_site_frame_follows_the_closure(done):
    frame = done.datacollector.get_agenttype_vars_dataframe(Site)
    families = frame["families"].groupby("Step").sum()
    assert families.tolist() == done.recorder.arrays["site_families"].sum(1).tolist()
    status = frame["status"].groupby("Step").unique()
    assert [set(found) for found in status] == [{"open"}, {"open"}, {"closing"}, {"closing"}, {"closed"}]
    assert families.iloc[3] == 0 < families.iloc[2], "empty at the end of the month in which they close"


def test_programme_frame_counts_up(done):
    frame = done.datacollector.get_agenttype_vars_dataframe(Programme)
    served = frame.set_index("name", append=True)["served"].unstack("name").groupby("Step").sum()
    assert served.columns.tolist() == sorted(done.compiled.programmes)
    expected = done.recorder.arrays["served"].cumsum(0)
    assert served[list(done.compiled.programmes)].to_numpy().tolist() == expected.tolist()
    assert expected[-1].sum() > 0


def test_a_scenario_without_programmes_gives_an_empty_frame():
    model = SolutionsModel(load_scenario("iraq/no-closure", {"rows": 5000, "months": 1}))
    with pytest.warns(UserWarning, match="No agent-type reporters"):
        assert model.datacollector.get_agenttype_vars_dataframe(Programme).empty
    assert model.programmes == []
    assert Programme not in model.agents_by_type


def test_no_agent_report_hides_a_number_of_the_model(done):
    collector = done.datacollector
    parameters = {"scenario", "seed", "threads", "RunId", "iteration", "Step", "AgentID"}
    for reports in collector.agenttype_reporters.values():
        assert not set(reports) & (set(collector.model_reporters) | parameters)


def test_agents_are_numbered_from_one_in_every_model(compiled):
    for _ in range(2):
        model = SolutionsModel(compiled)
        assert [agent.unique_id for agent in model.agents] == list(range(1, len(model.agents) + 1))
        assert list(model.agents_by_type[Area]) == model.areas
        assert list(model.agents_by_type[Site]) == model.sites
        assert list(model.agents_by_type[Programme]) == model.programmes
    assert model.agents.select(lambda agent: isinstance(agent, Area)).agg("displaced", sum) == model.families(1)


# mesa.batch_run


@pytest.mark.parametrize(("max_steps", "last"), [(2, 2), (MONTHS, MONTHS), (1000, MONTHS)])
def test_batch_run_gives_every_month_up_to_max_steps(scenario, compiled, max_steps, last):
    frame = batch({"scenario": compiled, "threads": 1}, [1, 2], max_steps=max_steps, data_collection_period=1)
    assert frame["Step"].tolist() == [*range(last + 1)] * 2
    for seed, run in frame.groupby("seed"):
        expected = by_month(scenario, int(seed)).iloc[: last + 1]
        assert run[SITUATIONS].to_numpy().tolist() == expected.to_numpy().tolist()


def test_batch_run_by_default_gives_the_last_month(compiled):
    frame = batch({"scenario": compiled}, [1, 2])
    finals = [SolutionsModel(compiled, seed=seed).run().families(1) for seed in (1, 2)]
    assert frame["Step"].tolist() == [MONTHS, MONTHS]
    assert frame["displaced"].tolist() == finals
    assert finals[0] != finals[1]


@pytest.mark.slow
def test_batch_run_in_two_processes_gives_the_same(scenario, compiled):
    parameters = {"scenario": scenario, "threads": [1, 2]}
    found = batch(parameters, [3], number_processes=2, data_collection_period=2).sort_values(["RunId", "Step"])
    alone = batch({"scenario": compiled, "threads": [1, 2]}, [3], data_collection_period=2)
    names = ["RunId", "Step", "threads", *SITUATIONS, "total_spent"]
    assert found[names].to_numpy().tolist() == alone[names].to_numpy().tolist()
    assert found["Step"].tolist() == [0, 2, 4] * 2


def test_iterations_repeat_a_seed_and_a_missing_seed_is_refused(compiled):
    if not BY_RNG:
        rows = mesa.batch_run(SolutionsModel, {"scenario": compiled}, iterations=2, max_steps=2, display_progress=False)
        assert rows[0]["displaced"] == rows[1]["displaced"], "the same luck: vary the seed instead"
        return
    with pytest.raises(InputError, match=r"rng=\[1, 2\]"):
        mesa.batch_run(SolutionsModel, {"scenario": compiled, "seed": [1, 2]}, display_progress=False)


# What is given


@pytest.mark.parametrize("seed", [1, np.int64(1), np.uint8(1), np.array(1)])
def test_whole_numbers_of_any_kind_are_the_same_seed(compiled, done, seed):
    assert SolutionsModel(compiled, seed=seed).run().state_hash() == done.state_hash()


def test_the_largest_seed_runs(compiled):
    assert SolutionsModel(compiled, seed=MOST_SEED).run().month == MONTHS


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"seed": None}, r"seed: None is not a whole number; allowed: a whole number from 0 to 18446744073709551615"),
        ({"seed": -1}, r"seed: is out of range \(found -1\)"),
        ({"seed": MOST_SEED + 1}, "seed: is out of range"),
        ({"seed": 1.0}, "seed: 1.0 is not a whole number"),
        ({"seed": "1"}, "seed: '1' is not a whole number"),
        ({"threads": 0}, r"threads: is out of range \(found 0\); allowed: a whole number from 1"),
        ({"threads": None}, "threads: None is not a whole number"),
        ({"scenario": 3}, r"scenario: is not a scenario \(found 3\); allowed: a name such as 'iraq/no-closure'"),
        ({"scenario": None}, "scenario: is not a scenario"),
        ({"scenario": "iraq/no-closures"}, "iraq/no-closure"),
    ],
)
def test_what_cannot_be_used_is_refused(given, message):
    with pytest.raises(InputError, match=message):
        SolutionsModel(**{"scenario": "valley/as-is", **given})


def test_a_name_out_of_an_array_is_a_name():
    (name,) = np.array(["iraq/no-closure"])
    assert SolutionsModel(name).compiled.scenario.name == "iraq/no-closure"


def test_mesa_has_nothing_to_warn_about(compiled):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        SolutionsModel(compiled).step()
