"""Surveys of intentions: what families away from home would answer, and the table they are fitted to."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate.keeping import belongs_to
from sim.calibrate.observe import Nuisances
from sim.calibrate.plans import Plans, answered, stabilised
from sim.calibrate.questions import BY_SHELTER, OPENS, PLANS, STATISTICS, answers
from sim.calibrate.simulations import Simulator, lived
from sim.calibrate.study import observed, open_study, statistic_names
from sim.data.intentions import fewest
from sim.experiments.executors import Serial
from sim.kernels.codes import CAMP
from sim.model import SolutionsModel
from sim.scenario import compile_scenario, load_scenario
from sim.schema.errors import InputError
from sim.schema.study import Survey


@pytest.fixture(scope="module")
def model() -> SolutionsModel:
    scenario = load_scenario("valley/as-is", {"rows": 900, "months": 6})
    return SolutionsModel(compile_scenario(scenario), seed=2).run()


def test_every_statistic_has_its_question() -> None:
    assert set(STATISTICS) == set(Survey.model_fields["statistic"].annotation.__args__)  # type: ignore[union-attr]


def test_those_away_from_home_are_asked(model: SolutionsModel) -> None:
    margin, shut = model.world.asked()
    households = model.households
    asked = (households["present"] == 1) & (households["at_home"] == 0)
    assert (np.isfinite(margin) == asked).all()
    assert (shut[~asked] == 0).all()
    assert 0.02 < (margin[asked] > 0).mean() < 0.9


def test_who_would_go_is_who_goes(model: SolutionsModel) -> None:
    """Families that reviewed this month and meant to return are those for whom home beat everything else."""
    fresh = SolutionsModel(model.compiled, seed=2)
    for _ in range(3):
        fresh.step()
    margin, _ = fresh.world.asked()
    before = fresh.households["at_home"].copy()
    fresh.step()
    went = (before == 0) & (fresh.households["at_home"] == 1)
    assert went.sum() > 5
    stayed = (before == 0) & (fresh.households["at_home"] == 0)
    assert np.nanmedian(margin[went]) > 0.0 > np.nanmedian(margin[stayed])
    assert (margin[went] > -0.5).mean() > 0.8, "but for evictions, and what else changed within the month"


def test_shares_are_counted_in_families(model: SolutionsModel) -> None:
    between = Nuisances(plan_shift=0.4, plan_margin=0.7)
    margin, shut = model.world.asked()
    weight, camp = model.households["weight"].astype(float), model.households["shelter"] == CAMP
    here = np.isfinite(margin) & camp
    plans = here & (margin + 0.4 > 0.7) & (shut & ~np.uint8(OPENS) == 0)
    unsure = here & (np.abs(margin + 0.4) <= 0.7)
    found = answers("plans_by_shelter", model, between)
    assert BY_SHELTER.names(model.compiled) == ["camp", "out_of_camp"]
    assert found[0] == pytest.approx(
        [weight[plans].sum() / weight[here].sum(), weight[unsure].sum() / weight[here].sum()]
    )
    for statistic, (question, grouping) in STATISTICS.items():
        shares = answers(statistic, model, between)
        assert shares.shape == (len(grouping.names(model.compiled)), len(question.answers))
        assert (shares >= 0).all()
        assert ((shares if question.several else shares.sum(axis=1)) <= 1 + 1e-12).all()


def test_a_shift_makes_more_plan(model: SolutionsModel) -> None:
    shares = [answers("plans_by_shelter", model, Nuisances(plan_shift=shift))[:, 0] for shift in (-2.0, 0.0, 2.0)]
    assert (np.diff(shares, axis=0) >= 0).all()
    assert (shares[2] > shares[0]).all()


def test_noise_is_that_of_a_share() -> None:
    table = pd.DataFrame({"share": [0.05, 0.5]})
    study = Survey(statistic="plans_by_shelter", table="x.csv")
    assert study.design_effect == 2.0
    survey = Plans(
        "s",
        "plans_by_shelter",
        ("camp",),
        np.array([0]),
        np.array([1]),
        ("2020-01",),
        PLANS.answers,
        np.array([0, 1]),
        np.zeros((1, 2)),
        np.array([400.0]),
    )
    luck = np.random.default_rng(5)
    truth = np.array([[table["share"][0], table["share"][1]]])
    many = np.array([answered(survey, truth, luck) for _ in range(4_000)])
    assert many.mean(axis=0) == pytest.approx(stabilised(truth).ravel(), abs=0.002)
    assert many.std(axis=0) == pytest.approx(0.025, rel=0.05)
    binomial = stabilised(np.random.default_rng(6).binomial(400, 0.5, 20_000) / 400)
    assert binomial.std() == pytest.approx(0.025, rel=0.03), "which is what the transformation is for"


# --------------------------------------------------------------------------------------------- tables

ROWS = "date,category,return,undecided,households\n2024-12,camp,0.2,0.3,300\n2025-03,out_of_camp,0.3,0.2,500\n"


def surveyed(
    folder: Path, tmp_path: Path, rows: str = ROWS, statistic: str = "plans_by_shelter", more: str = ""
) -> Path:
    text = (folder / "study.yaml").read_text(encoding="utf-8")
    for name in ("origins.csv", "margins.csv"):
        text = text.replace(name, str(folder / name))
    text += f"surveys:\n  asked: {{statistic: {statistic}, table: asked.csv, design_effect: 1.5{more}}}\n"
    (tmp_path / "asked.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
    return tmp_path / "study.yaml"


def test_surveys_are_compared_after_series(folder: Path, tmp_path: Path) -> None:
    study = open_study(surveyed(folder, tmp_path))
    (asked,) = study.surveys
    assert asked.months.tolist() == [6, 9]
    assert asked.households.tolist() == [200.0, pytest.approx(1000 / 3)]
    names = statistic_names(study.compared_until("2025-06"))
    assert names[-4:] == (
        "asked camp 2024-12 return",
        "asked camp 2024-12 undecided",
        "asked out_of_camp 2025-03 return",
        "asked out_of_camp 2025-03 undecided",
    )
    assert np.sin(observed(study.compared_until("2025-06"))[-4:]) ** 2 == pytest.approx([0.2, 0.3, 0.3, 0.2])
    assert [len(one.months) for one in study.surveys_until("2025-01")] == [1]
    assert study.surveys_until("2024-11") == ()


def test_a_posterior_belongs_to_the_surveys_that_it_was_fitted_to(folder: Path, tmp_path: Path) -> None:
    rows = (ROWS, ROWS.replace("0.2,0.3", "0.2,0.31"), ROWS.replace("300", "301"), ROWS.replace("500", "501"))
    first, share, households, later = (
        belongs_to(open_study(surveyed(folder, tmp_path, one)), "2025-01") for one in rows
    )
    assert {key for key in first if first[key] != share[key]} == {"surveys"}
    assert {key for key in first if first[key] != households[key]} == {"surveys"}
    assert later == first, "what was asked after the fit does not matter to it"


@pytest.mark.slow
def test_they_are_asked_in_their_month(folder: Path, tmp_path: Path) -> None:
    study = open_study(surveyed(folder, tmp_path))
    compiled = compile_scenario(study.scenario)
    (shares,) = lived(SolutionsModel(compiled, seed=4), study.surveys, Nuisances())
    model = SolutionsModel(compiled, seed=4)
    for _ in range(6):
        model.step()
    assert shares[0] == pytest.approx(answers("plans_by_shelter", model, Nuisances())[0])


def test_the_simulator_gives_all_statistics(folder: Path, tmp_path: Path) -> None:
    study = open_study(surveyed(folder, tmp_path))
    values = np.array([[prior.at(0.5) for prior in study.priors.values()]])
    ticks: list[int] = []
    found = Simulator(study, "2025-01", Serial(), lambda: ticks.append(1))(values, np.array([3]))
    assert found.shape == (1, len(statistic_names(study.compared_until("2025-01"))))
    assert np.isfinite(found).all()
    assert ticks == [1]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (ROWS.replace("camp,0.2", "camps,0.2", 1), "no such group - did you mean 'camp'?"),
        (ROWS.replace("households", "asked"), "the table has no column 'households'"),
        (ROWS.replace("0.2,0.3", "0.8,0.3"), "shares are no shares of one whole"),
        (ROWS.replace("0.2,0.3", "-0.1,0.3"), "shares are no shares, from 0 to 1"),
        (ROWS.replace("0.2,0.3", "1.1,0.3"), "shares are no shares, from 0 to 1"),
        (ROWS.replace("0.2,0.3", "a fifth,0.3"), "shares are no shares, from 0 to 1"),
        (ROWS.replace("2024-12", "December"), "rows without a month as YYYY-MM"),
        (ROWS.replace("300", "0"), "or without households"),
    ],
)
def test_a_table_that_is_none(folder: Path, tmp_path: Path, rows: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        open_study(surveyed(folder, tmp_path, rows))
    assert message in str(caught.value)
    assert "surveys.asked.table" in str(caught.value)


@pytest.mark.parametrize("shares", [(9, 35, 62, 0), (1, 1), (13, 146), (0, 7, 92)])
def test_households_are_found_in_their_shares(shares: tuple[int, ...]) -> None:
    total = sum(shares)
    found = fewest([one / total for one in shares])
    assert total % found == 0
    assert all(Fraction(one, total) == Fraction(round(found * one / total), found) for one in shares)
