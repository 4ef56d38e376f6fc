"""What each target does to a posterior, where that is known in closed form, and how it is told."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from scipy.stats import truncnorm

from sim.calibrate.cloud import Cloud
from sim.calibrate.region import Region
from sim.calibrate.sensitivity import sensitivity
from sim.report.targets import moved_most, sensitivity_sheet

Float = npt.NDArray[np.float64]

NAMES = ("a", "b")
OWNERS = ("first",) * 4 + ("second",) * 4  # four statistics see a, four see b
NOISE = 0.8
SD = (1.0 + 4.0 / NOISE**2) ** -0.5  # of the posterior: prior N(0, 1), four statistics with normal noise
TRUTH = np.array([0.6, -0.4])


def seen(normal: Float, rng: np.random.Generator) -> Float:
    """Return statistics that are linear in normal scores, with normal noise."""
    return np.repeat(normal, 4, axis=1) + NOISE * rng.normal(size=(len(normal), 8))


def linear(number: int = 2000, half: float = np.inf) -> tuple[Cloud, Float]:
    """Return simulations of the prior, of a box of a around 0 if one is told, and what was observed."""
    rng = np.random.default_rng(11)
    normal = rng.normal(size=(number, 2))
    if np.isfinite(half):
        normal[:, 0] = truncnorm(-half, half).rvs(number, random_state=rng)
    cloud = Cloud(normal, seen(normal, rng), np.full(number, 1 / number), Region.whole(2))
    return cloud, seen(TRUTH[None], rng)[0]


@pytest.fixture(scope="module")
def found() -> pd.DataFrame:
    return sensitivity(NAMES, *linear(), OWNERS, seed=3).set_index(["target", "parameter"])


@pytest.mark.parametrize(("target", "own", "other"), [("first", "a", "b"), ("second", "b", "a")])
def test_a_target_left_out_widens_what_it_sees_to_the_prior(
    found: pd.DataFrame, target: str, own: str, other: str
) -> None:
    """Of 500 accepted simulations, some 350 effective, a ratio of sds is known to 5 %, a mean to 0.05 sd; 3 of each."""
    observed = linear()[1]
    mean = (1 - SD**2) * observed.reshape(2, 4).mean(axis=1)[NAMES.index(own)]  # Bishop (2006), 2.116
    row, apart = found.loc[(target, own)], found.loc[(target, other)]
    assert row["sd_ratio"] == pytest.approx(1 / SD, rel=0.15)
    assert row["sd_ratio_none"] == pytest.approx(1 / SD, rel=0.15)
    assert row["sd_ratio_alone"] == pytest.approx(1.0, abs=0.15)
    assert row["shift"] == pytest.approx(-mean / SD, abs=0.15 / SD)
    assert apart["sd_ratio"] == pytest.approx(1.0, abs=0.15)
    assert apart["sd_ratio_alone"] == pytest.approx(1 / SD, rel=0.15)
    assert apart["shift"] == pytest.approx(0.0, abs=0.3)
    assert (row["narrows"], apart["narrows"]) == (True, False)
    assert not found["moves"].any(), "what was observed is what the model makes"


def test_widths_and_shifts_of_known_truths(found: pd.DataFrame) -> None:
    """Means of posteriors spread over truths by the root of 1 - their variance (in prior sd), 99 % within 2.58 times.

    Truths lie near what was observed, so that a little less is found; where nothing is told only luck is left.
    """
    own, other = found.loc[("first", "a")], found.loc[("first", "b")]
    assert own["sd_ratio_q05"] < 1 / SD < own["sd_ratio_q95"]
    assert other["sd_ratio_q05"] < 1.0 < other["sd_ratio_q95"]
    assert other["shift_usual"] < 0.4 < own["shift_usual"] < 2.58 * np.sqrt(1 - SD**2) / SD


def test_what_two_targets_tell_alike_is_lost_with_neither() -> None:
    """Both see a: without one its precision falls from 1 + 4 / noise^2 to 1 + 2 / noise^2."""
    cloud, observed = linear()
    shared = ("left", "left", "right", "right", *OWNERS[4:])
    found = sensitivity(NAMES, cloud, observed, shared, seed=3, truths=20).set_index(["target", "parameter"])
    half = (1 + 2 / NOISE**2) ** -0.5
    for target in ("left", "right"):
        assert found.loc[(target, "a"), "sd_ratio"] == pytest.approx(half / SD, rel=0.15)
        assert found.loc[(target, "a"), "sd_ratio_alone"] == pytest.approx(half / SD, rel=0.15)


def test_targets_that_say_different_things_move_the_mean() -> None:
    cloud, observed = linear()
    shared = ("left", "left", "right", "right", *OWNERS[4:])
    torn = observed + np.array([1.5, 1.5, -1.5, -1.5, 0, 0, 0, 0])
    found = sensitivity(NAMES, cloud, torn, shared, seed=3)
    parts = {str(target): part for target, part in found.groupby("target")}
    assert moved_most(parts["left"])[0] == moved_most(parts["right"])[0] == "a"
    by = found.set_index(["target", "parameter"])
    assert by.loc[("left", "a"), "shift"] < -1.5 * by.loc[("left", "a"), "shift_usual"]
    assert by.loc[("right", "a"), "shift"] > 1.5 * by.loc[("right", "a"), "shift_usual"]
    assert not by.loc[("second", "b"), "moves"]


def test_a_box_bounds_what_is_seen() -> None:
    """Half as wide as the prior's sd: without its target the parameter is as wide as the box, not as the prior."""
    found = sensitivity(NAMES, *linear(half=0.5), OWNERS, seed=3, truths=20).set_index(["target", "parameter"])
    row = found.loc[("first", "a")]
    assert row["sd_ratio"] == pytest.approx(row["sd_ratio_none"], rel=0.15)
    assert row["sd_ratio"] < 0.6 / SD


def test_the_only_target_and_one_that_never_varies() -> None:
    """Without the only one that tells anything, the cloud is left to the last bit."""
    cloud, observed = linear(600)
    still = replace(cloud, statistics=np.hstack([cloud.statistics, np.ones((600, 2))]))
    found = sensitivity(NAMES, still, np.append(observed, [1.0, 1.0]), ("all",) * 8 + ("still",) * 2, truths=50)
    only, never = found[found["target"] == "all"], found[found["target"] == "still"]
    assert (only["sd_ratio"] == only["sd_ratio_none"]).all()
    assert (only["sd_ratio_alone"] == 1.0).all()
    assert (never["sd_ratio_alone"] == never["sd_ratio_none"]).all()
    assert (never["sd_ratio"] == 1.0).all()
    assert not never[["narrows", "moves"]].any(axis=None)


def test_the_same_again_and_otherwise_with_another_seed() -> None:
    cloud, observed = linear(400)
    once, again, other = (sensitivity(NAMES, cloud, observed, OWNERS, seed=seed, truths=20) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(once, again, check_exact=True)
    assert (once["shift"] != other["shift"]).all()


# --------------------------------------------------------------------------------------------- how it is told


def rows(target: str, **columns: list[float]) -> pd.DataFrame:
    filled = {"shift": [0.1] * 3, "shift_usual": [1.0] * 3, "sd_ratio": [1.0] * 3}
    filled |= {"sd_ratio_q05": [0.9] * 3, "sd_ratio_q95": [1.1] * 3}
    filled |= {"sd_ratio_alone": [2.0] * 3, "sd_ratio_none": [2.0] * 3, "narrows": [False] * 3, "moves": [False] * 3}
    return pd.DataFrame({"target": target, "parameter": ["a", "b", "c"], **filled, **columns})


def test_what_a_target_does_is_told_in_plain_words() -> None:
    narrowing = rows("camps", sd_ratio=[1.2, 1.0, 1.6], narrows=[True, False, True], sd_ratio_alone=[1.9, 2.0, 1.1])
    moving = rows("waves", shift=[0.1, -2.0, 1.5], moves=[False, True, True])
    sheet = sensitivity_sheet(pd.concat([narrowing, moving, rows("plans", sd_ratio=[0.9, 1.02, 1.0])]))
    told = {section.title: [name for name, _ in section.lines] for section in sheet.sections}
    assert told == {
        "camps narrows c, a; moves nothing more than is usual; alone tells most of c": ["c", "a"],
        "waves narrows nothing that others do not; moves b, c; alone tells most of nothing": ["b", "c"],
        "plans narrows nothing that others do not; moves nothing more than is usual; alone tells most of nothing": [
            "b"
        ],
    }
    cells = dict(sheet.sections[0].lines)["c"]
    assert [cell.joined(" ") for cell in cells] == ["1.60x (0.90-1.10)", "+0.1 sd (1.0)", "1.10x", "2.00x"]
    assert "lower bound" in sheet.caption
