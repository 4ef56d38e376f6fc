"""What is assessed once a year: counts that fit together, and the exit metrics of any survey table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from sim.kernels.codes import CRITERIA, DISPLACED, INTEGRATING, IRIS_NUMBERS, NOT_ARRIVED, RETURNED, SITUATIONS
from sim.kernels.criteria import host_criteria
from sim.kernels.tally import GROUPS
from sim.model import SolutionsModel
from sim.outcomes import EXIT_METRICS, exit_shares
from sim.scenario import compile_scenario, load_scenario
from sim.world.assessment import Assessed, assess, assessed_months, is_assessed
from sim.world.benchmark import METRICS, MOVING

MONTHS = 26
ASSESSED = [0, 12, 24, 26]
ECDF = METRICS.index("ecdf")
WHOLE = [at for at in range(len(METRICS)) if at != ECDF]  # metrics by which a household exits or not
CRITERION_OF = {name: number[0] for name, number in zip(CRITERIA, IRIS_NUMBERS)}


@dataclass
class Run:
    """A run to its end, and the hosts as they were at its start."""

    model: SolutionsModel
    hosts: np.ndarray  # criteria mask of every host row

    @property
    def arrays(self) -> dict[str, np.ndarray]:
        return self.model.recorder.arrays

    def stock(self, name: str) -> np.ndarray:
        """Return a recorded stock in the months assessed."""
        return self.arrays[name][ASSESSED]


def host_masks(model: SolutionsModel) -> np.ndarray:
    """Return what every host row passes as it lives now."""
    hosts = model.world.hosts
    masks = np.zeros(len(hosts._area), np.uint16)
    host_criteria(hosts._households.fixed, hosts._households.state, model.world._lived, hosts._ranks, masks)
    return masks


@pytest.fixture(scope="module", params=["valley/closure-with-alternatives", "iraq/closure-no-notice"])
def run(request: pytest.FixtureRequest) -> Run:
    rows = {"valley": 1500, "iraq": 6000}[request.param.split("/")[0]]
    more_solutions = {"parameters.pathways.integrate": -2, "parameters.pathways.settle": -3}
    scenario = load_scenario(request.param).override({"rows": rows, "months": MONTHS, **more_solutions})
    model = SolutionsModel(compile_scenario(scenario), seed=4)
    hosts = host_masks(model)
    return Run(model.run(), hosts)


# -------------------------------------------------------------------------------------------- fit together


def test_the_start_every_twelfth_month_and_the_last() -> None:
    assert assessed_months(MONTHS) == ASSESSED
    assert assessed_months(24) == [0, 12, 24]
    assert assessed_months(5) == [0, 5]
    assert [month for month in range(37) if is_assessed(month, 36)] == [0, 12, 24, 36]


def test_everything_assessed_has_rows_beside_it(run: Run) -> None:
    for name in Assessed._fields:
        families, rows = run.arrays[name], run.arrays[f"{name}_rows"]
        assert families.shape == rows.shape
        assert len(families) == len(ASSESSED)
        assert np.array_equal(families > 0, rows > 0), name


def test_groups_add_up_to_areas(run: Run) -> None:
    for end in ("", "_rows"):
        by_area, by_group = run.arrays[f"exits{end}"], run.arrays[f"exits_by_group{end}"]
        assert by_group.shape[-1] == GROUPS
        assert by_group.sum(axis=-1) == pytest.approx(by_area.sum(axis=-1))
    assert run.arrays["exits"][:, :, DISPLACED].sum() > 0


def test_no_more_exit_or_pass_than_there_are(run: Run) -> None:
    there = run.stock("families").sum(axis=2)  # over origins
    assert (run.arrays["exits"] <= there[:, None] + 1e-6).all()
    assert (run.arrays["passes"] <= there[..., None]).all()
    assert (run.arrays["exits_by_group"] <= run.stock("by_group")[:, None] + 1e-6).all()
    assert (run.arrays["exits_moving"] <= there.sum(axis=-1)[:, None]).all()
    for name in ("exits", "exits_by_group"):
        assert not run.arrays[name][:, :, NOT_ARRIVED].any()
    assert not run.arrays["passes"][:, NOT_ARRIVED].any(), "nobody is judged before coming"


def test_no_more_rows_than_families(run: Run) -> None:
    for name in Assessed._fields:
        families, rows = run.arrays[name], run.arrays[f"{name}_rows"]
        if name in ("exits", "exits_by_group"):  # a share of a row is a row
            families, rows = families[:, WHOLE], rows[:, WHOLE]
        assert (rows <= families).all(), name
    there = run.stock("families_rows").sum(axis=2)
    assert (run.arrays["exits_rows"] <= there[:, None]).all()
    assert (run.arrays["passes_rows"] <= there[..., None]).all()


def test_what_is_held_for_two_years_was_held_for_one(run: Run) -> None:
    for end in ("", "_rows"):
        sustained, whole = run.arrays[f"sustained{end}"], run.arrays[f"sustained_whole{end}"]
        for found in (sustained, whole):
            assert (found[:, 1] <= found[:, 0]).all()
        assert (whole <= sustained).all()
        assert (sustained <= run.stock(f"by_group{end}")[:, None]).all()
        assert not sustained[:, :, DISPLACED].any(), "only those at home or settled hold a solution"
        assert not sustained[0].any()
        assert not sustained[1, 1].any(), "nobody has held one for two years after one"
        assert sustained[-1, :, [INTEGRATING, RETURNED]].any()
        assert 0 < whole.sum() < sustained.sum()


def test_debtors_are_the_stock_in_debt(run: Run) -> None:
    for end in ("", "_rows"):
        assert np.array_equal(run.arrays[f"debtors{end}"].sum(axis=-1), run.stock(f"in_debt{end}"))


def test_without_help_no_more_exit(run: Run) -> None:
    headline = run.arrays["exits"][:, METRICS.index("composite")].sum(axis=-1)
    unaided = run.arrays["exits_unaided"]
    assert (unaided <= headline).all()
    assert (unaided[:, DISPLACED] < headline[:, DISPLACED]).any()
    assert np.array_equal(unaided[:, RETURNED], headline[:, RETURNED]), "at home nobody gets help"


def test_at_the_start_hosts_as_they_live_are_the_standard(run: Run) -> None:
    exits, moving = run.arrays["exits"][0, : len(MOVING)].sum(axis=-1), run.arrays["exits_moving"][0]
    assert np.array_equal(exits, moving)
    assert np.array_equal(run.arrays["host_exits"][0, : len(MOVING)], run.arrays["host_exits_moving"][0])


# -------------------------------------------------------------------------------------- any survey's metric


def survey(run: Run, hosts: np.ndarray, situation: int, area: int) -> tuple[pd.DataFrame, pd.DataFrame, np.ndarray]:
    """Return the households of a situation in an area below the hosts there: indicators, group and weight, host."""
    columns, world = run.model.households, run.model.world
    chosen = (columns.situation() == situation) & (columns["area"] == area)
    there = world.hosts._area == area
    masks = np.concatenate([hosts[there], columns["criteria"][chosen]]).astype(int)
    indicators = pd.DataFrame({name: masks >> c & 1 for c, name in enumerate(CRITERIA)})
    about = pd.DataFrame({"weight": np.concatenate([world.hosts._weights[there], columns["weight"][chosen]])})
    for name in ("female_headed", "vulnerable", "tenure", "from_camp"):
        about[name] = np.concatenate([np.full(there.sum(), -1), columns[name][chosen]])
    return indicators, about, np.arange(len(masks)) < there.sum()


def exiting(indicators: pd.DataFrame, about: pd.DataFrame, host: np.ndarray, metric: str) -> float:
    """Return the families that exit by a metric of any survey; cells of one row do not."""
    cells = None
    if metric == "cells":
        cells = about.drop(columns="weight")
        kept = host | (cells.groupby(list(cells)).transform("size").to_numpy() > 1)
        indicators, about, cells, host = indicators[kept], about[kept], cells[kept], host[kept]
    if host.all():
        return 0.0
    criteria = CRITERION_OF if metric == "criterion_composite" else None
    share = exit_shares(indicators, host, about["weight"], metric, criteria, cells)
    return share * float(about["weight"][~host].sum())


def largest(run: Run, situation: int, n: int = 3) -> list[int]:
    """Return the areas with most families of a situation at the end."""
    families = run.arrays["families"][-1, situation].sum(axis=0)
    return [int(area) for area in np.argsort(-families)[:n] if families[area]]


@pytest.mark.parametrize("situation", [DISPLACED, INTEGRATING, RETURNED], ids=lambda code: SITUATIONS[code])
@pytest.mark.parametrize("metric", EXIT_METRICS)
def test_exits_are_those_of_the_metric_for_any_survey(run: Run, metric: str, situation: int) -> None:
    found, at = run.arrays["exits"][-1, METRICS.index(metric)], largest(run, situation)
    assert at
    for area in at:
        assert found[situation, area] == pytest.approx(exiting(*survey(run, run.hosts, situation, area), metric))


def test_a_cell_exits_where_its_mean_is_that_of_hosts(run: Run) -> None:
    """Here most pass, and all women do: in the runs above hardly any cell gets there."""
    households, world = run.model.households, run.model.world
    rng, kept = np.random.default_rng(2), households["criteria"].copy()
    passed = rng.random((len(households), len(CRITERIA))) < 0.93
    passed |= households["female_headed"][:, None] > 0
    households["criteria"][:] = passed @ (1 << np.arange(len(CRITERIA)))
    try:
        found = assess(households, world.frozen, world.frozen)["exits"][METRICS.index("cells"), RETURNED]
        areas = largest(run, RETURNED, 5)
        expected = [exiting(*survey(run, run.hosts, RETURNED, area), "cells") for area in areas]
    finally:
        households["criteria"][:] = kept
    assert found[areas] == pytest.approx(expected)
    families = run.arrays["families"][-1, RETURNED].sum(axis=0)[areas]
    assert (found[areas] > 0).all()
    assert (found[areas] < families).all()


@pytest.mark.parametrize("metric", MOVING)
def test_moving_exits_are_judged_by_hosts_as_they_live_now(run: Run, metric: str) -> None:
    now = host_masks(run.model)
    for situation in (DISPLACED, RETURNED):
        areas = range(len(run.model.world.geography.pcodes))
        expected = sum(
            exiting(*table, metric)
            for table in (survey(run, now, situation, area) for area in areas)
            if not table[2].all()
        )
        found = run.arrays["exits_moving"][-1, METRICS.index(metric), situation]
        assert found == pytest.approx(expected)


def test_hosts_exit_by_the_rule_they_set(run: Run) -> None:
    for area in largest(run, DISPLACED):
        indicators, about, host = survey(run, run.hosts, DISPLACED, area)
        for metric in ("pass_fail", "composite", "criterion_composite", "ecdf"):
            criteria = CRITERION_OF if metric == "criterion_composite" else None
            each = exit_shares(indicators, host, about["weight"], metric, criteria, per_household=True)
            share = np.average(each[host], weights=about["weight"][host])
            assert run.arrays["host_exits"][-1, METRICS.index(metric), area] == pytest.approx(share)


def test_passes_are_the_bits_of_the_column(run: Run) -> None:
    columns = run.model.households
    for c in range(len(CRITERIA)):
        met = columns["criteria"] >> c & 1
        for end, unit in (("", columns["weight"]), ("_rows", np.ones(len(columns)))):
            expected = np.bincount(columns.situation(), unit * met, minlength=len(SITUATIONS))
            assert run.arrays[f"passes{end}"][-1, :, :, c].sum(axis=1) == pytest.approx(expected)
