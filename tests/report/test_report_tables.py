from dataclasses import replace

import pytest

from sim.report.tables import as_text, comparison_tables, run_tables

LABEL = "luck only; parameter uncertainty not included"
HARM = ("Expelled", "Diverted", "Hastened", "Premature", "worst-off", "cannot pay")


def flat(text):
    return " ".join(text.split())


@pytest.fixture(scope="module")
def text(comparison):
    return as_text(comparison_tables(comparison, 80), 80)


def test_three_scenarios_fit_eighty_columns(text):
    lines = text.splitlines()
    assert max(map(len, lines)) <= 80
    assert text.count("What follows in each scenario") == 1, "one table holds all three"
    assert "…" not in text


def test_what_the_ranges_cover_is_said(text, comparison):
    assert comparison.manifest["interval"] in flat(text)
    assert LABEL in flat(text)
    assert "Scenario, not a forecast." in text
    assert "Baseline: No closure" in flat(text)
    assert "2 seeds" in text


def test_harm_stands_beside_the_totals(comparison):
    text = as_text(comparison_tables(comparison, 150), 150)
    first, second = text.split("Difference to the baseline")
    for word in HARM:
        assert word in first
        assert word in second


@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
def test_every_width_shows_every_number(comparison, width):
    text = as_text(comparison_tables(comparison, width), width)
    row = comparison.table().query("outcome == 'displaced'").iloc[2]
    assert max(map(len, text.splitlines())) <= width
    assert f"{round(row['mean'], -2):,.0f}"[:5] in text


def test_small_counts_are_withheld(comparison):
    data = comparison.data.copy(deep=True)
    data["outcome_value"].loc[{"outcome": "settled_elsewhere", "scenario": "iraq/no-closure"}] = 4.0
    data["outcome_value"].loc[{"outcome": "settled_elsewhere", "scenario": "iraq/closure-no-notice"}] = 777.0
    text = as_text(comparison_tables(replace(comparison, data=data), 150), 150)
    levels, differences = (part.split("Settled elsewhere")[1].splitlines()[0] for part in text.split("Difference to"))
    assert levels.split()[0] == "<10"
    assert levels.split()[1] == "777"
    assert differences.split()[0] == "withheld"


def test_run_table_adds_up(result):
    text = as_text(run_tables(result, 80), 80)
    assert max(map(len, text.splitlines())) <= 80
    for word in ("start", "Mar 2018", "Persons", "Expelled", "Premature", "worst-off", "One run with seed 1"):
        assert word in flat(text)


def test_one_scenario_has_no_differences(comparison):
    alone = replace(comparison, data=comparison.data.isel(scenario=[0]))
    assert "Difference to the baseline" not in as_text(comparison_tables(alone, 80), 80)
