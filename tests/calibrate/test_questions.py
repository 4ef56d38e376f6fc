"""Reasons not to return, conditions after return, what came of plans: in hand-made worlds whose answer is known."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from test_plans import surveyed

from sim.calibrate.observe import Nuisances
from sim.calibrate.panel import Panel, plan_and_action
from sim.calibrate.questions import answers, intentions
from sim.calibrate.simulations import Simulator
from sim.calibrate.study import observed, open_study, statistic_names
from sim.experiments.executors import Serial
from sim.kernels import codes
from sim.kernels.codes import ACCESS, REASONS, SEASON
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario
from sim.schema.errors import InputError

STAY = Nuisances(plan_shift=-100.0, reason_margin=0.5)  # nobody plans to return, so that all are asked why not


def world(**changes: Any) -> Any:
    """Six rows away from home, of which the last two are in camps, as far as questions look at a model."""
    columns = {
        "weight": np.array([1, 2, 3, 4, 5, 6]),
        "shelter": np.array([codes.RENTED] * 4 + [codes.CAMP] * 2),
        "present": np.ones(6),
        "at_home": np.zeros(6),
    }
    rise = np.zeros((6, len(REASONS)), np.float32)
    answered = {"margin": np.full(6, -3.0), "shut": np.zeros(6, np.uint8), "rise": rise, "severe": np.zeros(6, bool)}
    answered |= {name: values for name, values in changes.items() if name in answered}
    columns |= {name: values for name, values in changes.items() if name in columns}
    asked = SimpleNamespace(
        asked=lambda: (answered["margin"], answered["shut"]),
        reasons=lambda: answered["rise"],
        severe=lambda: answered["severe"],
    )
    return SimpleNamespace(world=asked, households=columns, compiled=None)


def test_every_reason_that_takes_enough_is_named() -> None:
    rise = np.zeros((6, len(REASONS)), np.float32)
    rise[0, codes.BECAUSE_HOUSE] = rise[1, codes.BECAUSE_HOUSE] = 0.6
    rise[2, codes.BECAUSE_HOUSE] = 0.4  # not enough
    rise[1, codes.BECAUSE_MONEY] = np.inf
    rise[4, codes.BECAUSE_SECURITY] = 2.0
    camp, outside = answers("reasons_by_shelter", world(rise=rise), Nuisances(reason_margin=0.5))
    assert outside[[codes.BECAUSE_HOUSE, codes.BECAUSE_MONEY]] == pytest.approx([3 / 10, 2 / 10])
    assert camp[codes.BECAUSE_SECURITY] == pytest.approx(5 / 11)
    assert camp.sum() + outside.sum() == pytest.approx(3 / 10 + 2 / 10 + 5 / 11)


def test_those_who_plan_or_do_not_know_are_not_asked_why_not() -> None:
    margin = np.array([3.0, 3.0, 0.1, -3.0, np.nan, -3.0])  # the fifth is at home
    shut = np.array([0, 1 << ACCESS, 0, 0, 0, 1 << SEASON], np.uint8)
    rise = np.full((6, len(REASONS)), np.nan, np.float32)
    rise[:4, codes.BECAUSE_HOUSE] = [2.0, 0.0, 2.0, 2.0]
    rise[5] = 0.0
    model = world(margin=margin, shut=shut, rise=rise)
    found = intentions(model, Nuisances())
    assert found.plans.tolist() == [True, False, False, False, False, False], "the second cannot expect to get through"
    assert found.undecided.tolist() == [False, False, True, False, False, False]
    camp, outside = answers("reasons_by_shelter", model, Nuisances())
    assert outside[codes.BECAUSE_HOUSE] == pytest.approx(4 / (2 + 4))
    assert camp[codes.BECAUSE_HOUSE] == 0.0


def test_severe_conditions_are_of_those_at_home() -> None:
    model = world(at_home=np.array([1, 1, 0, 1, 0, 0]), severe=np.array([1, 0, 1, 0, 0, 0], bool))
    assert answers("severe_after_return", model, Nuisances()) == pytest.approx(np.array([[1 / 7]]))
    assert answers("severe_after_return", world(), Nuisances()) == pytest.approx(np.array([[0.0]]))


# ----------------------------------------------------------------------------------- the model as it is asked


@pytest.fixture(scope="module")
def model() -> SolutionsModel:
    scenario = load_scenario("valley/as-is", {"rows": 900, "months": 4})
    return SolutionsModel(compile_scenario(scenario), seed=2).run()


@pytest.fixture
def columns(model: SolutionsModel) -> Any:
    """The columns of a model, to be changed by hand; given back as they were."""
    kept = {name: values.copy() for name, values in model.households.columns().items()}
    yield model.households
    for name, values in kept.items():
        model.households[name][:] = values


def test_what_is_put_right_is_no_reason(model: SolutionsModel, columns: Any) -> None:
    for name, value in {"house": 1, "occupied": 0, "hlp": 2, "belief_security": 1, "belief_services": 1}.items():
        columns[name][:] = value
    columns["savings"][:] = 10**9
    found = answers("reasons_by_shelter", model, STAY)
    named = {REASONS[code] for code in np.flatnonzero(found.sum(axis=0))}
    assert named <= {"livelihood", "conditions_here"}


def test_a_destroyed_house_is_named_by_its_owners(model: SolutionsModel, columns: Any) -> None:
    columns["house"][:], columns["occupied"][:] = 0.0, 0
    asked = (columns["present"] > 0) & (columns["at_home"] == 0)
    owners, weight = columns["tenure"] == codes.OWNER, columns["weight"].astype(float)
    found = answers("reasons_by_origin", model, STAY)[:, codes.BECAUSE_HOUSE]
    assert model.world.params.choice.house > STAY.reason_margin
    for origin in np.unique(columns["origin"][asked]):
        there = asked & (columns["origin"] == origin)
        assert found[origin] == pytest.approx(weight[there & owners].sum() / weight[there].sum())


def test_houses_unfit_to_live_in_are_severe(model: SolutionsModel, columns: Any) -> None:
    places = model.world.prices.services[columns["origin"]], model.world.conditions["security"][columns["origin"]]
    gates = model.world.params.gates
    fit = (places[0] >= gates.minimum_services) & (places[1] >= gates.minimum_security)
    assert fit.mean() > 0.1, "where conditions are no worse"
    columns["at_home"][:], columns["area"][:] = 1, columns["origin"]
    columns["shelter"][:], columns["occupied"][:] = codes.OWN_HOME, 0
    columns["house"][:] = np.arange(len(fit)) % 3 == 0
    expected = (columns["present"] > 0) & (~fit | (columns["house"] == 0))
    assert np.array_equal(model.world.severe(), expected)


def test_hosts_are_counted_over_all_areas(model: SolutionsModel) -> None:
    now, prices = model.world.conditions, model.world.prices
    hosts = now["host_population"]
    per_person = sum(
        hosts[a] * now["host_workers_share"][a] * prices.employment[a] * now["wage"][a] for a in range(len(hosts))
    ) / sum(hosts)
    found = model.world._host_level()
    assert found.livelihood == pytest.approx(per_person / model.world.params.budget.subsistence)
    assert found.services == pytest.approx((hosts * prices.services).sum() / hosts.sum())


# ------------------------------------------------------------------------------------------------ the panel


def test_who_came_home_and_who_is_still_there() -> None:
    """Thirty rows plan to; ten come and stay, ten come and leave again, ten never come."""
    n = 45
    margin = np.r_[np.full(30, 2.0), np.full(15, -2.0)]
    model = world(margin=margin, shut=np.zeros(n, np.uint8), weight=np.full(n, 3), at_home=np.zeros(n))
    panel = Panel(model, Nuisances())
    model.households["at_home"][:20] = 1
    panel.look()
    model.households["at_home"][10:20] = 0
    panel.look()
    table = panel.table().set_index("intention")
    assert table.loc["return"].tolist() == pytest.approx([90, 30, 2 / 3, 1 / 3])
    assert table.loc["stay"].tolist() == pytest.approx([45, 15, 0.0, 0.0])
    assert table.loc["undecided"].isna().all(), "nobody is: nothing is told"


def compiled(**changes: Any) -> Compiled:
    return compile_scenario(load_scenario("valley/as-is", {"rows": 600, "months": 15, **changes}))


def test_where_home_is_worth_nothing_nobody_returns() -> None:
    never = compiled(**{"parameters.pathways.return_home": -20})
    table = plan_and_action(never, "2024-09", Nuisances(plan_shift=60.0)).set_index("intention")
    assert table.loc["return", "families"] > 0
    assert table.loc["return", ["realised_12", "net_12"]].tolist() == [0.0, 0.0]


def test_the_panel_is_a_run_looked_at_month_by_month() -> None:
    case = compiled()
    found = plan_and_action(case, "2024-09", Nuisances(plan_shift=1.0), seed=5).set_index("intention")
    model = SolutionsModel(case, seed=5)
    for _ in range(3):
        model.step()
    said, weight = intentions(model, Nuisances(plan_shift=1.0)).plans, model.households["weight"].astype(float)
    homes = []
    for _ in range(12):
        model.step()
        homes.append(model.households["at_home"][said] > 0)
    share = (weight[said] * np.any(homes, axis=0)).sum() / weight[said].sum()
    assert found.loc["return", "realised_12"] == pytest.approx(share)
    assert found.loc["return", "net_12"] == pytest.approx((weight[said] * homes[-1]).sum() / weight[said].sum())
    assert found.loc["return", "realised_12"] > found.loc["stay", "realised_12"]


@pytest.mark.parametrize("month", ["2024-06", "2024-10"])
def test_a_year_has_to_follow(month: str) -> None:
    with pytest.raises(InputError, match="fewer than 12 months before its end"):
        plan_and_action(compiled(), month, Nuisances())


# --------------------------------------------------------------------------------------------------- tables

WHY = "date,category,house,security,money,households\n2024-12,camp,0.4,0.7,0.2,300\n2024-12,out_of_camp,0.5,0.6,0,90\n"
NAMED = ", answers: [security, house]"


def test_answers_are_chosen_by_name(folder: Path, tmp_path: Path) -> None:
    study = open_study(surveyed(folder, tmp_path, WHY, "reasons_by_shelter", NAMED))
    compared = study.compared_until("2025-06")
    assert statistic_names(compared)[-4:-2] == ("asked camp 2024-12 security", "asked camp 2024-12 house")
    assert np.sin(observed(compared)[-4:]) ** 2 == pytest.approx([0.7, 0.4, 0.6, 0.5]), "more than one in all"
    values = np.array([[prior.at(0.5) for prior in study.priors.values()]])
    found = Simulator(study, "2025-01", Serial())(values, np.array([3]))
    assert np.isfinite(found).all()
    (asked,) = study.surveys
    whole = np.arange(2 * len(REASONS)).reshape(2, -1)
    assert asked.of(whole, np.array([True, True])).tolist() == [[2, 0], [9, 7]]


@pytest.mark.parametrize(
    ("rows", "more", "message"),
    [
        (WHY, "", "the table has no column 'hlp'"),
        (WHY, ", answers: [securty]", "no such answer - did you mean 'security'?"),
        (WHY, ", answers: [house, house]", "is named twice"),
        (WHY, ", answers: []", "surveys.asked.answers"),
        (WHY.replace("0.7", "1.7"), NAMED, "shares are no shares, from 0 to 1"),
        (WHY.replace("0.7", ""), NAMED, "shares are no shares, from 0 to 1"),
    ],
)
def test_answers_that_are_none(folder: Path, tmp_path: Path, rows: str, more: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        open_study(surveyed(folder, tmp_path, rows, "reasons_by_shelter", more))
    assert message in str(caught.value)
