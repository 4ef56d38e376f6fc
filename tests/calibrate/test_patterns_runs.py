"""From households to what patterns are judged on; what was published beside a study; a study from end to end."""

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.calibrate import patterns_measures as measures
from sim.calibrate.keeping import save
from sim.calibrate.observe import Nuisances
from sim.calibrate.patterns_evidence import AS_HAPPENED, BETTER_HOMES, HARDSHIP, NO_ARRIVALS, NO_CLOSURES
from sim.calibrate.patterns_panel import Panel, watched
from sim.calibrate.patterns_published import (
    FIGURES,
    PLACES,
    RETURN_INDEX,
    SEVERE,
    published_figures,
    published_places,
)
from sim.calibrate.patterns_runs import VARIANTS, Paired, evidence_of
from sim.calibrate.study import Study, open_study
from sim.experiments.executors import Serial, Threads
from sim.kernels.codes import OWNER
from sim.model import SolutionsModel
from sim.scenario import compile_scenario, load_scenario
from sim.schema.errors import InputError

IRAQ = Path(__file__).parents[2] / "calibration" / "iraq"
MONTHS, N = 12, 40
TRUTH = [0.8, 0.4, 24.0, 0.002, 2.0]


def panel(**changed: np.ndarray) -> Panel:
    """Return 40 households of one family each, all displaced in a camp throughout, but for what is changed."""
    shape = (MONTHS + 1, N)
    still: dict[str, np.ndarray] = {
        "weight": np.ones(N),
        **dict.fromkeys(("vulnerable", "owner", "unusable", "land_blocked"), np.zeros(N, np.bool_)),
        "away": np.ones(shape, np.bool_),
        **dict.fromkeys(("home", "failed", "plan", "closed_upon"), np.zeros(shape, np.bool_)),
        "site": np.zeros(shape, np.int16),
        "years": np.full(shape, 4.0, np.float32),
        "wish": np.full(shape, -1.0, np.float32),
    }
    return Panel(**{**still, **changed})


def returned(rows: slice, month: int) -> dict[str, np.ndarray]:
    """Return who is at home and away, where some rows go home in a month and stay there."""
    home = np.zeros((MONTHS + 1, N), np.bool_)
    home[month:, rows] = True
    return {"home": home, "away": ~home, "site": np.where(home, -1, 0).astype(np.int16)}


FIRST = np.arange(N) < 10


def test_a_share_of_few_households_is_not_told() -> None:
    weight = np.arange(1.0, N + 1)
    assert measures.share(np.arange(N) < 5, FIRST, weight) == pytest.approx(15 / 55)
    assert np.isnan(measures.share(FIRST, np.arange(N) < 9, weight))
    again = np.repeat(FIRST[None], 3, axis=0)
    assert measures.share(again, again, weight) == 1.0
    assert np.isnan(measures.share(again, again & (np.arange(N) < 9), weight)), "a household asked thrice is one"


def test_houses_and_who_is_left() -> None:
    unusable = np.arange(N) >= 20
    one = panel(owner=np.ones(N, np.bool_), unusable=unusable, vulnerable=unusable, **returned(slice(0, 15), 5))
    assert measures.return_by_house(one) == pytest.approx([15 / 20, 0.0])
    assert measures.house_by_fate(one) == pytest.approx([20 / 25, 0.0])
    assert measures.traits_left(one)[0] == pytest.approx([20 / 40, 20 / 25])


def test_families_are_followed_after_their_camp_closes() -> None:
    """Of ten whose camp closes in month 4, six go home at once, one a month later; two are in a camp, one elsewhere."""
    closed, plan = np.zeros((2, MONTHS + 1, N), np.bool_)
    closed[4, :10], plan[3, :3], plan[4, 3:10] = True, True, True
    home = returned(slice(0, 6), 4)
    home["home"][5:, 6], home["away"][5:, 6] = True, False
    home["site"][4:, 9] = -1
    found = measures.after_closure(panel(closed_upon=closed, plan=plan, **home))
    assert found == pytest.approx([0.3, 0.7, 0.2, 0.1])
    assert np.isnan(measures.after_closure(panel())).all(), "no camp closes"


def test_second_attempts_are_counted_beside_first_ones() -> None:
    failed, plan = np.zeros((2, MONTHS + 1, N), np.bool_)
    failed[:, :10], plan[:, :4], plan[:, 10:16] = True, True, True
    home = returned(slice(8, 13), 3)
    failed[3:, 8:10] = False
    never, again = measures.retry(panel(failed=failed, plan=plan, **home))
    # asked at months 0 and 6; by then 2 failed and 3 others are at home
    assert again == pytest.approx([10, 10 + 8, 4 + 4, 2])
    assert never == pytest.approx([30, 30 + 27, 6 + 3, 3])


def test_plans_and_deeds_of_a_year() -> None:
    plan, wish = np.zeros((MONTHS + 1, N), np.bool_), np.full((MONTHS + 1, N), -1.0, np.float32)
    plan[0, :10], wish[0, :20], wish[-1, :] = True, 1.0, np.nan
    home = returned(slice(5, 12), 3)
    home["home"][-1, 5], home["away"][-1, 5] = False, True  # left again
    one = panel(plan=plan, wish=wish, **home)
    assert measures.plans_and_deeds(one) == pytest.approx([20 / 40, 10 / 40, 7 / 40, 5 / 10, 2 / 30])
    assert measures.in_camps(one) == pytest.approx([10 / 40, 7 / 40, 6 / 40])
    assert measures.camp_plans(one)[[0, 1]] == pytest.approx([0.25, 0.0])
    short = replace(one, **{name: getattr(one, name)[:6] for name in ("away", "home", "site", "plan", "wish")})
    assert np.isnan(measures.plans_and_deeds(short)).all()
    assert np.isnan(measures.in_camps(short)).all()


def test_wishes_to_stay_are_of_the_same_families() -> None:
    wish, years = np.full((MONTHS + 1, N), 1.0, np.float32), np.full((MONTHS + 1, N), 4.0, np.float32)
    wish[0, :10], wish[-1, :20] = -1.0, -1.0
    wish[0, 30:] = np.nan  # arrived later
    years[-1, :16] = 5.0
    assert measures.stay(panel(wish=wish, years=years)) == pytest.approx([20 / 40, 1.0, 10 / 30, 20 / 30])


# ----------------------------------------------------------------------------------------------- of a model


@pytest.fixture(scope="module")
def closing() -> tuple[SolutionsModel, Panel]:
    compiled = compile_scenario(load_scenario("valley/closure-no-notice", {"rows": 900, "months": 24}))
    model = SolutionsModel(compiled, seed=3)
    return model, watched(model, Nuisances(plan_shift=0.5))


def test_a_model_is_followed(closing: tuple[SolutionsModel, Panel]) -> None:
    model, found = closing
    assert found.months == model.month == 24
    stock = model.recorder.arrays["families"]
    assert found.away @ found.weight == pytest.approx(stock[:, 1:4].sum(axis=(1, 2, 3)))
    assert found.home @ found.weight == pytest.approx(stock[:, 4].sum(axis=(1, 2)))
    assert (np.isnan(found.wish) == ~found.away).all()
    months = np.flatnonzero(found.closed_upon.any(axis=1))
    closes = set((model.compiled.closures.closing + 1).tolist())
    assert len(months)
    assert set(months.tolist()) <= closes
    assert (found.site[months - 1][found.closed_upon[months]] >= 0).all()
    assert (found.site[months][found.closed_upon[months]] != found.site[months - 1][found.closed_upon[months]]).all()
    assert measures.after_closure(found)[1:].sum() == pytest.approx(1.0)


def test_severe_conditions_are_those_of_families_at_home(closing: tuple[SolutionsModel, Panel]) -> None:
    model, _ = closing
    own, by_area = measures.severe(model)
    assert 0.0 < own < 1.0
    assert 0.0 <= by_area <= 1.0
    households = model.households
    criteria = households["criteria"].copy()
    try:
        households["criteria"][:] = 0
        assert measures.severe(model)[0] == 1.0, "who passes nothing lives in severe conditions"
        households["criteria"][:] = 2**10 - 1
        assert measures.severe(model)[0] == 0.0
    finally:
        households["criteria"][:] = criteria
    camps = measures.camps_by_area(model)
    assert camps.sum() == pytest.approx(model.recorder.arrays["site_families"].sum())


def test_variants_change_what_they_name() -> None:
    scenario = load_scenario("valley/closure-no-notice", {"rows": 900, "months": 24})
    base, closed, alone, hard, homes = (change(scenario) for change in VARIANTS.values())
    assert list(VARIANTS) == [AS_HAPPENED, NO_CLOSURES, NO_ARRIVALS, HARDSHIP, BETTER_HOMES]
    assert (base.closures.closing < 24).any()
    assert not (closed.closures.closing < 24).any()
    assert not alone.scenario.spec.arrivals
    assert hard.params.budget.aid_camp == base.params.budget.aid_camp / 2
    usable, owner = base.params.house.usable, base.households["tenure"] == OWNER
    worst, better = ((owner & (one.households["house"] < usable)).sum() for one in (base, homes))
    assert better == worst // 2
    changed = {name for name in base.households if (base.households[name] != homes.households[name]).any()}
    assert changed == {"house"}


# ----------------------------------------------------------------------------------------------- what was published


def test_published_tables_of_iraq_are_read() -> None:
    figures = published_figures(IRAQ)
    assert figures["displaced_after_closure"][:3] == (16, 4, 43)
    assert figures["stay_all"][:3] == (60, 60, 60)
    assert figures[SEVERE][1:3] == (10, 12)
    study = open_study(IRAQ / "study.yaml")
    places = published_places(IRAQ, study, tuple(study.names))
    assert places is not None
    dahuk, ninewa = (list(study.names.values()).index(name) for name in ("Dahuk", "Ninewa"))
    august, december = (places.in_camps[places.dates.index(date)] for date in ("2018-08", "2019-12"))
    assert december[dahuk] > 0.95 * august[dahuk], "camps that barely emptied"
    assert december[ninewa] < 0.5 * august[ninewa], "camps that more than halved"
    assert places.families[0].sum() == pytest.approx(435_998)
    assert (places.months[0], places.months[-1]) == (0, 24)


def test_a_study_without_tables_compares_with_nothing(tmp_path: Path, study: Study) -> None:
    assert published_figures(tmp_path) == {}
    assert published_places(tmp_path, study, tuple(study.names)) is None


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        (FIGURES, "figure,value,low,high,unit,source\nstay_al,60,,,%,x\n", "stay_all"),
        (FIGURES, "figure,value,low,high,unit,source\nstay_all,60,70,80,%,x\n", "from low to high"),
        (FIGURES, "figure,value,low,high,unit,source\nstay_all,0,,,%,x\n", "above 0"),
        (FIGURES, "figure,value,low,high,unit,source\nstay_all,60,,,%,x\nstay_all,61,,,%,x\n", "every figure once"),
        (FIGURES, "figure,value\nstay_all,60\n", "this column is missing"),
        (RETURN_INDEX, "date,category,severe,households,source\n2018-07,all,1.1,9,x\n", "at most 1"),
    ],
)
def test_a_bad_table_of_figures_is_one_message(tmp_path: Path, name: str, text: str, said: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        published_figures(tmp_path)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["2024-06-30,XX,Somewhere,5,1,x"], "VA04"),
        (["2024-07-31,VA04,Four,5,1,x"], "too few rounds"),
        (["2024-06-30,VA04,Four,5,1,x"] * 2, "twice|same"),
    ],
)
def test_a_bad_table_of_places_is_one_message(tmp_path: Path, study: Study, rows: list[str], said: str) -> None:
    text = "\n".join(["date,area,area_name,families,in_camps,source", *rows])
    (tmp_path / PLACES).write_text(text + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=said):
        published_places(tmp_path, study, tuple(study.names))


# ----------------------------------------------------------------------------------------------- end to end


@pytest.mark.slow
def test_runs_are_the_same_from_every_executor(study: Study, tmp_path: Path) -> None:
    draws = np.array([TRUTH, [0.2, *TRUTH[1:]]])
    one, other = (evidence_of(study, tmp_path, draws, who) for who in (Serial(), Threads(2)))
    assert list(one.runs) == list(VARIANTS)
    for variant, found in one.runs.items():
        for name, values in found.items():
            assert len(values) == 2
            assert np.array_equal(values, other.runs[variant][name], equal_nan=True), (variant, name)
    work = Paired(study, (study.scenario,), study.series, draws)
    assert [work.place(number) for number in (0, 4, 5, 9)] == [(0, 0), (0, 0), (1, 1), (1, 1)]


@pytest.mark.slow
def test_the_command_says_what_is_shown(folder: Path, study: Study, tmp_path: Path) -> None:
    draws = np.array(TRUTH) + np.random.default_rng(8).normal(size=(8, 5)) * [0.1, 0.1, 0, 0, 0]
    save(study, study.spec.origin, draws, tmp_path, {})
    command = [sys.executable, "-m", "sim", "patterns", str(folder / "study.yaml"), "--posterior", str(tmp_path)]
    ran = subprocess.run(
        [*command, "--draws", "5", "--out", str(tmp_path / "out")], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Patterns a credible model shows" in ran.stdout
    table = pd.read_csv(tmp_path / "out" / "patterns.csv")
    assert table["pattern"].nunique() == 12
    first = table[table["pattern"] == "plateau"].iloc[0]
    assert first["verdict"] == "shown", "the tables were made by the model from the middle of these draws"
    assert first["published"] == pytest.approx(first["median"], rel=0.5)
    rents = table[table["pattern"] == "rents"].iloc[0]
    assert rents["verdict"] == "cannot be told", "nobody arrives who rents"
    page = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "Cannot be told:" in page
    few = subprocess.run([*command, "--draws", "4", "--out", "x"], capture_output=True, text=True, check=False)
    assert few.returncode == 2


def test_every_field_of_a_panel_is_made_up_here() -> None:
    assert {one.name for one in fields(Panel)} == set(vars(panel()))
