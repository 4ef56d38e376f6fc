"""The first screen of a comparison, and the tables behind it."""

from dataclasses import replace

import numpy as np
import pytest

from sim.outcomes import BEST, HEADLINE
from sim.report.brief import NEVER, _months, _price, brief_sheet, comparison_sheets
from sim.report.sheets import full_sheets
from sim.report.tables import as_text, comparison_tables

QUESTIONS = ["What changes", "For whom, families per 100", "Who is harmed or held back", "What it costs", "How sure"]


@pytest.fixture(scope="module")
def sheet(comparison):
    return brief_sheet(comparison)


def cells(sheet, label):
    found = [cells for section in sheet.sections for name, cells in section.lines if name == label]
    assert len(found) == 1, label
    return found[0]


def test_it_answers_five_questions_in_order(sheet):
    assert [section.title for section in sheet.sections] == QUESTIONS


def test_the_baseline_stands_as_levels_and_others_as_differences(sheet, comparison):
    table = comparison.published.set_index(["outcome", "scenario"])
    names = comparison.scenarios
    assert sheet.columns[0] == "No closure"
    assert all(column.endswith(": difference") for column in sheet.columns[1:])
    first, second, _ = cells(sheet, "Still displaced at the end")
    level = table.loc[("displaced", names[0]), "mean"]
    assert float(first.value.replace(",", "")) == pytest.approx(level, rel=1e-3)
    assert second.value.startswith(("+", "-"))


def test_gains_from_closures_are_marked_wherever_titles_stand(sheet, comparison):
    marked = [title for title in sheet.columns if "(!)" in title]
    assert len(marked) == len(comparison.flags) == 2
    assert "a camp closure" in sheet.caption
    assert comparison.scenarios[0] not in comparison.flags
    for other in comparison_sheets(comparison, full=True):
        assert sum("(!)" in title for title in other.columns) == 2, other.title


def test_harm_stands_on_the_first_screen(sheet):
    labels = " ".join(name for section in sheet.sections for name, _ in section.lines)
    for word in ("Expelled", "Diverted", "Hastened", "Premature", "worst-off", "cannot pay", "Care and maintenance"):
        assert word in labels


def test_scenarios_are_ranked_by_solutions_held_chosen_and_informed(sheet, comparison):
    means = comparison.data["outcome_value"].sel(outcome=BEST).mean("seed").values
    ranks = [int(cell.value.split()[0]) for cell in cells(sheet, "Rank by solutions held, chosen and informed")]
    assert [means[rank.index(1)] if 1 in rank else None for rank in [ranks]] == [means.max()]
    assert sorted(ranks) == [1, 2, 3]


def test_full_holds_every_headline_outcome_and_table(comparison):
    labels = {
        name for sheet in comparison_sheets(comparison, full=True) for part in sheet.sections for name, _ in part.lines
    }
    assert {outcome.label for outcome in HEADLINE} <= labels
    text = as_text(comparison_tables(comparison, 150, full=True), 150)
    for sheet in full_sheets(comparison):
        assert sheet.title in text
    assert len(full_sheets(comparison)) >= 8


def test_every_line_has_a_cell_a_column(comparison):
    for sheet in comparison_sheets(comparison, full=True):
        for section in sheet.sections:
            for label, shown in section.lines:
                assert len(shown) == len(sheet.columns), (sheet.title, label)


def test_a_scenario_alone_has_no_differences(comparison):
    alone = replace(comparison, data=comparison.data.isel(scenario=[0]), ends=comparison.ends.isel(scenario=[0]))
    sheet = brief_sheet(alone)
    assert [section.title for section in sheet.sections] == QUESTIONS[:-1]
    assert sheet.columns == ("No closure",)


@pytest.mark.parametrize(
    ("months", "shown"),
    [
        ([0, 0, 0], ("from the start", "")),
        ([12, 14, 16], ("14", "(12 to 16)")),
        ([12, 30, np.inf], ("30", f"(12 to {NEVER})")),
        ([np.inf] * 3, (NEVER, "")),
    ],
)
def test_payback_in_words(months, shown):
    assert tuple(_months(np.array(months, float))) == shown


@pytest.mark.parametrize(
    ("extra", "more", "shown"),
    [
        ([1000, 1200], [10, 10], "110 USD"),
        ([1000, 1200], [-1, 1], "no more of them"),
        ([-1000, -1200], [10, 10], "none: it costs less"),
    ],
)
def test_price_of_a_solution_in_words(extra, more, shown):
    assert _price(np.array(extra, float), np.array(more, float)).value == shown
