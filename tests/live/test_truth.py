"""The numbers of the page are those that `sim compare` publishes of the file it saves; nothing moved is nothing."""

import csv
import random
import shlex
from typing import Any

import pytest
from rooms import levers_at
from serving_it import Served

from sim import cli
from sim.live.frames import DIGITS, OUTCOMES
from sim.live.glance import MONEY

ENDS = {
    "baseline": "mean",
    "actions": "mean",
    "difference": "difference",
    "low": "difference_low",
    "high": "difference_high",
}
EXACT = 10.0**-DIGITS
MOVED = {
    "closure and repairs": {"camp_closure": 14, "light_repair": 40},  # a counterpart without closure is added
    "closure with notice and buses": {"camp_closure": 14, "camp_closure.notice_months": 6, "transport": 100},
    "half of aid ends": {"aid_cut": 0.5},
    "many things": {"rent_subsidy": 80, "rent_subsidy.amount": 150, "light_repair": 40, "information": 200},
}
Row = dict[str, str]
FAST = ("closure and repairs",)
PARAMS = [
    pytest.param(name, id=name.replace(" ", "-"), marks=() if name in FAST else pytest.mark.slow) for name in MOVED
]


@pytest.fixture(scope="module", params=PARAMS)
def both(
    request: pytest.FixtureRequest, page: Served, tmp_path_factory: pytest.TempPathFactory
) -> tuple[dict[str, Any], list[Row]]:
    """The frame of settings, and the table that the command writes which the saved file states."""
    settings = MOVED[request.param]
    frame = page.post("full", {"settings": settings}).json
    saved = page.post("export", {"settings": settings, "title": request.param}).json
    folder = tmp_path_factory.mktemp("saved")
    (folder / saved["file"]).write_text(saved["yaml"], encoding="utf-8")
    assert f"#   {saved['command']}" in saved["yaml"]
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("sim.report.folder.save_figures", lambda *_: [])
        with pytest.raises(SystemExit) as end:
            cli.main([*shlex.split(saved["command"])[1:], "--out", "out"])
    assert end.value.code in (0, None)
    with (folder / "out" / "comparison.csv").open(encoding="utf-8") as lines:
        return frame, list(csv.DictReader(lines))


def published(table: list[Row], side: str, outcome: str) -> Row:
    """Return the row of an outcome: of the baseline, which is the first of the table, or of the saved file."""
    names = list(dict.fromkeys(row["scenario"] for row in table))
    own = next(name for name in names if name.endswith("my-scenario"))
    name = names[0] if side == "baseline" else own
    return next(row for row in table if (row["scenario"], row["outcome"]) == (name, outcome))


def test_the_baseline_of_the_command_is_that_of_the_page(both: tuple[dict[str, Any], list[Row]]) -> None:
    """Whatever counterparts of a closure are added."""
    assert published(both[1], "baseline", "displaced")["scenario"] == "valley/as-is"


def test_ends_are_the_published_counts_per_hundred_of_all_published_families(
    both: tuple[dict[str, Any], list[Row]],
) -> None:
    frame, table = both
    everybody = float(published(table, "baseline", "all_families")["mean"])
    compared = 0
    for outcome in OUTCOMES:
        for end, column in ENDS.items():
            shown = frame["outcomes"][outcome]["end"][end]
            count = published(table, "baseline" if end == "baseline" else "actions", outcome)[column]
            if count:
                assert shown == pytest.approx(100 * float(count) / everybody, abs=EXACT), (outcome, end)
                compared += 1
    assert compared >= 4 * len(ENDS), "nearly all are published"


def test_lines_end_in_the_published_levels_and_their_spread(both: tuple[dict[str, Any], list[Row]]) -> None:
    frame, table = both
    everybody = float(published(table, "baseline", "all_families")["mean"])
    for outcome in OUTCOMES:
        for side in ("baseline", "actions"):
            row, lines = published(table, side, outcome), frame["outcomes"][outcome][side]
            for column in ("mean", "low", "high"):
                if row[column]:
                    last = lines[column][-1]
                    assert last == pytest.approx(100 * float(row[column]) / everybody, abs=EXACT), (outcome, side)


def test_what_the_command_withholds_for_being_small_the_page_does_not_show(
    both: tuple[dict[str, Any], list[Row]],
) -> None:
    frame, table = both
    for outcome in OUTCOMES:
        for side in ("baseline", "actions"):
            if not published(table, side, outcome)["mean"]:
                assert frame["outcomes"][outcome]["end"][side] is None, (outcome, side)


def test_money_is_the_published_money(both: tuple[dict[str, Any], list[Row]]) -> None:
    frame, table = both
    for name in MONEY:
        for side in ("baseline", "actions"):
            if row := published(table, side, name)["mean"]:
                assert frame["money"][name][side] == pytest.approx(float(row), rel=1e-6, abs=1), name
        row = published(table, "actions", name)
        if row["low"]:
            assert frame["money"][name]["low"] == pytest.approx(float(row["low"]), rel=1e-6, abs=1)
            assert frame["money"][name]["high"] == pytest.approx(float(row["high"]), rel=1e-6, abs=1)


def test_warnings_say_what_is_published(both: tuple[dict[str, Any], list[Row]]) -> None:
    frame, table = both
    told = {one["rule"]: one["values"] for one in frame["watch"]}
    everybody = float(published(table, "baseline", "all_families")["mean"])
    for rule, outcome in (("premature", "premature_returns"), ("displaced_again", "displaced_again")):
        if rule in told:
            for side, shown in told[rule].items():
                count = published(table, side, outcome)["mean"]
                assert not count or shown == pytest.approx(100 * float(count) / everybody, abs=0.051)
    if "debt" in told:
        assert told["debt"]["actions"] == pytest.approx(
            float(published(table, "actions", "in_debt")["mean"]), abs=0.051
        )


# ---------------------------------------------------------------------------------- nothing is nothing


def nothing(frame: dict[str, Any]) -> None:
    assert frame["settings"] == {}
    assert frame["watch"] == []
    for outcome in frame["outcomes"].values():
        assert outcome["actions"] == outcome["baseline"]
        assert outcome["end"]["difference"] in (0.0, None)
        assert outcome["end"]["low"] in (0.0, None)
        assert outcome["end"]["high"] in (0.0, None)
        assert outcome["end"]["actions"] == outcome["end"]["baseline"]
    assert frame["bars"]["actions"] == frame["bars"]["baseline"]
    for area in frame["areas"].values():
        assert set(area["change"]) <= {0.0, None}
    for money in frame["money"].values():
        assert money["actions"] == money["baseline"]


@pytest.mark.parametrize("kind", ["preview", "full"])
def test_nothing_moved_differs_by_nothing(page: Served, kind: str) -> None:
    nothing(page.post(kind, {"settings": {}}).json)


def test_levers_that_are_moved_and_moved_back_differ_by_nothing(page: Served) -> None:
    """Every lever at its baseline, in any order, on the way from anywhere."""
    levers, luck = list(levers_at("valley/as-is")), random.Random(1)
    luck.shuffle(levers)
    moved = {one.id: one.scale.high for one in levers[:3]}
    page.post("preview", {"settings": moved})
    back = {one.id: one.value for one in levers}
    for kind in ("preview", "full"):
        nothing(page.post(kind, {"settings": back}).json)


def test_a_lever_whose_programme_is_off_changes_no_number(page: Served) -> None:
    """It is a setting all the same, since it comes to life with its programme; the frames are those of the baseline."""
    idle = {one.id: one.scale.low for one in levers_at("valley/as-is") if one.needs}
    assert len(idle) > 4
    for kind in ("preview", "full"):
        frame = page.post(kind, {"settings": idle}).json
        assert frame["settings"].keys() <= idle.keys()
        nothing(frame | {"settings": {}})


def test_the_same_settings_give_the_same_frame_in_any_order(page: Served) -> None:
    one = page.post("full", {"settings": {"transport": 60, "legal_aid": 20}}).json
    two = page.post("full", {"settings": {"legal_aid": 20, "transport": 60}}).json
    assert {**one, "seconds": 0} == {**two, "seconds": 0}
