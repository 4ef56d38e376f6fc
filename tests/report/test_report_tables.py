from dataclasses import replace

import pytest

from sim.report.lines import Section, Sheet
from sim.report.numbers import Shown
from sim.report.tables import as_text, comparison_tables, run_tables, sheet_tables

LABEL = "luck only; parameter uncertainty not included"
HARM = ("Expelled", "Diverted", "Hastened", "Premature", "worst-off", "cannot pay")


def flat(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def text(comparison):
    return as_text(comparison_tables(comparison, 80, full=True), 80)


def test_three_scenarios_fit_eighty_columns(text):
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    for title in ("What follows, and for whom", "What follows in each scenario", "Difference to the baseline ("):
        assert text.count(title) == 1, "scenarios stand side by side"
    assert "…" not in text


@pytest.mark.parametrize(("width", "range_"), [(80, "300-1,500"), (110, "(300-1,500)"), (200, "5,000 (300-1,500)")])
def test_ranges_lose_their_brackets_where_columns_are_narrow(width, range_):
    cells = (Shown("5,000", "(300-1,500)"), *[Shown("-50,000", "(-123,456 to -100,000)")] * 2)
    sheet = Sheet("Title", ("Baseline", "One", "Two"), (Section("Section", (("Families that move", cells),)),), "")
    lines = as_text(sheet_tables([sheet], width), width).splitlines()
    assert any(f" {range_} " in line for line in lines)
    assert all(sum(line.count(one) for line in lines) == 2 for one in ("-123,456", "-100,000"))


def test_what_the_ranges_cover_is_said(text, comparison):
    assert comparison.manifest["interval"] in flat(text)
    assert LABEL in flat(text)
    assert "Scenario, not a forecast." in text
    assert "Baseline: No closure" in flat(text)
    assert "2 seeds" in text


def test_harm_stands_beside_the_totals(comparison):
    text = as_text(comparison_tables(comparison, 150, full=True), 150)
    first, second = text.split("Difference to the baseline")
    for word in HARM:
        assert word in first
        assert word in second


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_every_width_shows_every_number(comparison, width):
    text = as_text(comparison_tables(comparison, width, full=True), width)
    row = comparison.table().query("outcome == 'displaced'").iloc[2]
    assert max(map(len, text.splitlines())) <= width
    assert f"{round(row['mean'], -2):,.0f}"[:5] in text


def test_small_counts_are_withheld(comparison):
    data = comparison.data.copy(deep=True)
    for variable in ("outcome_value", "outcome_rows"):
        data[variable].loc[{"outcome": "after_push", "scenario": "iraq/no-closure"}] = 4.0
        data[variable].loc[{"outcome": "after_push", "scenario": "iraq/closure-no-notice"}] = 777.0
    text = as_text(comparison_tables(replace(comparison, data=data), 150, full=True), 150)
    parts = text.split("Moved without a push, in the year after one")[1:]
    levels, differences = (part.splitlines()[0].split() for part in parts)
    assert levels[:2] == ["withheld", "775"]
    assert differences[0] == "withheld"


def test_a_level_stands_where_the_difference_to_it_is_withheld(comparison):
    data = comparison.data.copy(deep=True)
    for variable in ("outcome_value", "outcome_rows"):
        data[variable].loc[{"outcome": "blocked_house", "scenario": "iraq/no-closure"}] = 4.0
        data[variable].loc[{"outcome": "blocked_house", "scenario": "iraq/closure-no-notice"}] = 85.0
    ends = comparison.ends.drop_sel(gate="dwelling")  # only the first screen is looked at, which has no areas
    text = as_text(comparison_tables(replace(comparison, data=data, ends=ends), 150), 150)
    line = text.split("Want to return, house unusable")[1].splitlines()[0].split()
    assert line[:4] == ["withheld", "85", "in", "all"]


def test_run_table_adds_up(result):
    text = as_text(run_tables(result, 80), 80)
    assert max(map(len, text.splitlines())) <= 80
    for word in ("start", "Mar 2018", "Persons", "Expelled", "Premature", "worst-off", "One run with seed 1"):
        assert word in flat(text)


def test_one_scenario_has_no_differences(comparison):
    parts = {name: getattr(comparison, name).isel(scenario=[0]) for name in ("data", "ends")}
    alone = replace(comparison, **parts)
    assert "Difference to the baseline" not in as_text(comparison_tables(alone, 80, full=True), 80)
