"""Patterns: each judged on small made-up runs in which it holds and in which it does not, and what decides."""

from dataclasses import replace

import numpy as np
import pytest

from sim.calibrate.observe import Series
from sim.calibrate.patterns import PATTERNS, checked, pattern_table
from sim.calibrate.patterns_evidence import (
    AS_HAPPENED,
    BETTER_HOMES,
    HARDSHIP,
    NO_ARRIVALS,
    NO_CLOSURES,
    NOT_SHOWN,
    SHOWN,
    UNTOLD,
    Entry,
    Evidence,
    Figure,
    Finding,
    Places,
    together,
)
from sim.report.patterns import pattern_sheet, said_plainly

DRAWS, MONTHS = 10, 24
EVERY_SIXTH = np.arange(6, MONTHS + 1, 6)


def alike(values: object) -> np.ndarray:
    """Return the same numbers for every draw."""
    return np.repeat(np.asarray(values, np.float64)[None], DRAWS, axis=0)


def series(name: str, statistic: str, stock: np.ndarray) -> Series:
    """Return a target that was published every half-year: ``stock`` [months + 1, stocks]."""
    dates = tuple(f"{2018 + (month - 1) // 12}-{(month - 1) % 12 + 1:02d}" for month in EVERY_SIXTH)
    labels = tuple(f"stock {n}" for n in range(stock.shape[1]))
    nothing = np.zeros(0, np.int64), np.zeros((0, stock.shape[1]))
    members = np.eye(stock.shape[1], dtype=np.int64)
    return Series(name, statistic, labels, members, EVERY_SIXTH, dates, stock[EVERY_SIXTH], stock[0], 0.01, *nothing)


def falling(*rates: float) -> np.ndarray:
    """Return a stock of 1,000 by month that falls by these rates, a half-year each."""
    return 1000.0 * np.concatenate([[1.0], np.cumprod(1.0 - np.repeat(rates, 6))])[:, None]


FAST = falling(0.05, 0.02, 0.01, 0.02)
WAVES = np.linspace(1000.0, [900.0, 400.0, 600.0], MONTHS + 1)
CAMPS = np.linspace(1000.0, [1000.0, 300.0, 600.0, 200.0], MONTHS + 1)
CAMP_STOCK = np.linspace([3000.0], [2400.0], MONTHS + 1)


def published_places() -> Places:
    months, dates = np.r_[0, EVERY_SIXTH], ("2017-12", "2018-06", "2018-12", "2019-06", "2019-12")
    return Places(months, dates, ("A", "B", "C", "D"), CAMPS[months], CAMPS[months])


FIGURES = {
    "displaced_after_closure": Figure(16, 4, 43, "somebody"),
    "house_destroyed_displaced": Figure(64, 64, 64, "somebody"),
    "house_destroyed_returned": Figure(8, 8, 8, "somebody"),
    "returnees_in_severe_conditions": Figure(11, 10, 12, "somebody"),
}
#: What is measured of runs that show every pattern.
SHOWING = {
    "stock origins": FAST,
    "stock waves": WAVES,
    "stock camps": CAMP_STOCK,
    "places": CAMPS,
    "camps": CAMPS,
    "rent": np.full((MONTHS + 1, 2), 110.0),
    "voluntary_returns": 1000.0,
    "return_by_house": [0.40, 0.10],
    "house_by_fate": [0.50, 0.05],
    "traits_left": [[0.25, 0.30], [0.30, 0.40]],
    "after_closure": [0.05, 0.75, 0.10, 0.10],
    "retry": [[1000.0, 50_000.0, 5_000.0, 2_000.0], [20.0, 400.0, 100.0, 60.0]],
    "stay": [0.60, 0.70, 0.50, 0.60],
    "plans_and_deeds": [0.60, 0.10, 0.10, 0.50, 0.05],
    "in_camps": [0.05, 0.30, 0.25],
    "camp_plans": np.full(MONTHS + 1, 0.05),
    "severe": [0.10, 0.10],
}
PAIRED = {
    NO_CLOSURES: {"in_camps": [0.05, 0.10, 0.10]},
    NO_ARRIVALS: {"rent": np.full((MONTHS + 1, 2), 100.0)},
    HARDSHIP: {"voluntary_returns": 1030.0},
    BETTER_HOMES: {"voluntary_returns": 1300.0},
}


def evidence(variant: str = AS_HAPPENED, **changed: object) -> Evidence:
    """Return runs that show every pattern, but for what is changed in one variant."""
    measures = {name: {**SHOWING, **PAIRED.get(name, {})} for name in (AS_HAPPENED, *PAIRED)}
    measures[variant] |= {name.replace("_stock", " stock"): values for name, values in changed.items()}
    runs = {name: {key: alike(values) for key, values in one.items()} for name, one in measures.items()}
    targets = (
        series("origins", "stock_by_origin", FAST),
        series("waves", "stock_by_wave", WAVES),
        series("camps", "camp_stock", CAMP_STOCK),
    )
    names = dict(zip("ABCD", ("Ay", "Bee", "Cee", "Dee")))
    return Evidence(runs, targets, {6: 0.05}, published_places(), FIGURES, (Entry(0, 3, 500.0),), names)


def verdict(name: str, of: Evidence) -> str:
    return next(one.verdict for one in checked(of) if one.pattern.name == name)


def test_all_are_shown_by_runs_that_show_them() -> None:
    found = checked(evidence())
    assert {one.pattern.name: one.verdict for one in found} == {one.name: SHOWN for one in PATTERNS}
    assert len(found) == 12


#: For every pattern, measures of a model that does not show it: variant, measure, values.
FAILING: dict[str, list[tuple[str, str, object]]] = {
    "plateau": [
        (AS_HAPPENED, "stock origins", falling(0.02, 0.02, 0.02, 0.02)),
        (AS_HAPPENED, "stock origins", falling(0.05, 0.02, 0.004, 0.02)),
        (AS_HAPPENED, "stock origins", falling(0.0, 0.02, 0.01, 0.02)),
    ],
    "waves": [
        (AS_HAPPENED, "stock waves", np.linspace(1000.0, [633.0] * 3, MONTHS + 1)),
        (AS_HAPPENED, "stock waves", np.linspace(1000.0, [400.0, 900.0, 600.0], MONTHS + 1)),
    ],
    "places": [
        (AS_HAPPENED, "camps", np.linspace(1000.0, [800.0, 300.0, 600.0, 200.0], MONTHS + 1)),
        (AS_HAPPENED, "places", np.linspace(1000.0, [520.0, 510.0, 530.0, 525.0], MONTHS + 1)),
        (AS_HAPPENED, "places", np.linspace(1000.0, [200.0, 600.0, 300.0, 1000.0], MONTHS + 1)),
    ],
    "heavy_damage": [
        (AS_HAPPENED, "return_by_house", [0.40, 0.20]),
        (AS_HAPPENED, "house_by_fate", [0.30, 0.15]),
    ],
    "plans": [
        (AS_HAPPENED, "plans_and_deeds", [0.12, 0.10, 0.10, 0.50, 0.05]),
        (AS_HAPPENED, "plans_and_deeds", [0.60, 0.10, 0.10, 0.10, 0.10]),
        (AS_HAPPENED, "after_closure", [0.80, 0.75, 0.10, 0.10]),
        (AS_HAPPENED, "in_camps", [0.30, 0.30, 0.25]),
        (NO_CLOSURES, "in_camps", [0.05, 0.40, 0.10]),
        (AS_HAPPENED, "stock camps", np.linspace([3000.0], [4000.0], MONTHS + 1)),
    ],
    "closures": [
        (AS_HAPPENED, "after_closure", [0.05, 0.40, 0.30, 0.25]),
        (AS_HAPPENED, "after_closure", [0.05, 1.0, 0.0, 0.0]),
    ],
    "retries": [
        (AS_HAPPENED, "retry", [[1000.0, 50_000.0, 5_000.0, 2_000.0], [20.0, 400.0, 40.0, 60.0]]),
        (AS_HAPPENED, "retry", [[1000.0, 50_000.0, 5_000.0, 2_000.0], [20.0, 400.0, 100.0, 0.0]]),
    ],
    "wish_to_stay": [
        (AS_HAPPENED, "stay", [0.60, 0.60, 0.50, 0.60]),
        (AS_HAPPENED, "stay", [0.60, 0.70, 0.60, 0.50]),
    ],
    "hardship": [
        (HARDSHIP, "voluntary_returns", 800.0),
        (BETTER_HOMES, "voluntary_returns", 1050.0),
        (BETTER_HOMES, "voluntary_returns", 1000.0),
    ],
    "rents": [(NO_ARRIVALS, "rent", np.full((MONTHS + 1, 2), 110.0))],
    "residual": [
        (AS_HAPPENED, "traits_left", [[0.25, 0.25], [0.30, 0.40]]),
        (AS_HAPPENED, "traits_left", [[0.25, 0.30], [0.30, 0.20]]),
    ],
    "severe_returns": [
        (AS_HAPPENED, "severe", [0.0, 0.10]),
        (AS_HAPPENED, "severe", [0.60, 0.10]),
        (AS_HAPPENED, "severe", [0.10, 0.0]),
    ],
}


def test_every_pattern_is_tried_where_it_fails() -> None:
    assert set(FAILING) == {one.name for one in PATTERNS}


@pytest.mark.parametrize(("name", "one"), [(name, one) for name, cases in FAILING.items() for one in cases])
def test_it_is_not_shown_by_runs_that_do_not_show_it(name: str, one: tuple[str, str, object]) -> None:
    variant, measure, values = one
    assert verdict(name, evidence(variant, **{measure: values})) == NOT_SHOWN


def test_what_the_study_has_not_cannot_be_told() -> None:
    bare = Evidence(evidence().runs)
    found = {one.pattern.name: one.verdict for one in checked(bare)}
    assert {name for name, said in found.items() if said == UNTOLD} == {"plateau", "waves", "places", "rents"}
    table = pattern_table(checked(bare)).set_index("pattern")
    assert table.loc["rents", "compared"] == "nothing in this study to judge it on"


def test_too_few_households_cannot_be_told() -> None:
    assert verdict("closures", evidence(after_closure=[np.nan] * 4)) == UNTOLD
    few = [[1000.0, 50_000.0, 5_000.0, 2_000.0], [4.0, 80.0, 20.0, 12.0]]
    assert verdict("retries", evidence(retry=few)) == UNTOLD, "8 households in a pool of two draws"
    assert verdict("retries", evidence(retry=[few[0], [5.0, *few[1][1:]]])) == SHOWN, "10 households"


# ----------------------------------------------------------------------------------------------- the rule


@pytest.mark.parametrize(
    ("inside", "unknown", "said"),
    [
        *[(10, 0, SHOWN), (9, 0, SHOWN), (8, 0, UNTOLD), (6, 0, UNTOLD), (5, 0, NOT_SHOWN), (0, 0, NOT_SHOWN)],
        *[(5, 5, SHOWN), (4, 6, UNTOLD), (0, 6, UNTOLD)],
    ],
)
def test_nine_in_ten_show_it_and_half_do_not(inside: int, unknown: int, said: str) -> None:
    values = np.array([1.0] * inside + [np.nan] * unknown + [3.0] * (DRAWS - inside - unknown))
    assert Finding("a number", "", values, low=0.5, high=2.0).verdict == said


def test_a_finding_without_bounds_is_refused() -> None:
    with pytest.raises(ValueError, match="can not be missed"):
        Finding("a number", "", np.ones(DRAWS))


def test_a_pattern_is_shown_where_all_its_findings_are() -> None:
    yes = Finding("a", "", np.ones(DRAWS), low=0.0)
    no, unknown = replace(yes, low=2.0), replace(yes, values=np.full(DRAWS, np.nan))
    assert together([yes, yes]) == SHOWN
    assert together([yes, unknown]) == UNTOLD
    assert together([yes, unknown, no]) == NOT_SHOWN


def test_what_is_not_shown_is_said_plainly() -> None:
    found = checked(evidence(severe=[0.0, 0.0], after_closure=[np.nan] * 4))
    lines = said_plainly(found)
    assert lines[0] == "The model does NOT show: Some returnees live in severe conditions."
    assert lines[1].startswith("Cannot be told: Wish far above plan")
    assert lines[2].startswith("The model shows: Fast returns early")
    sheet = pattern_sheet(found, DRAWS)
    cells = {label: cells for section in sheet.sections for label, cells in section.lines}
    assert [one.value for one in cells["whose camp closed: displaced elsewhere three months later, %"]] == [
        *("16", "withheld", "4 to 43", UNTOLD)
    ]


def test_the_table_names_bounds_and_sources() -> None:
    table = pattern_table(checked(evidence())).set_index("compared")
    row = table.loc["whose camp closed: displaced elsewhere three months later"]
    assert (row["median"], row["published"], row["low"], row["high"]) == (pytest.approx(20.0), 16, 4, 43)
    assert (row["source"], row["bound"], row["draws"]) == ("somebody", "range of what is published", DRAWS)
    assert table["bound"].str.contains("PRIOR|published").all()
