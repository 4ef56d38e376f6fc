"""Whoever has the published tables and a linear program cannot bound what is withheld to within ten families."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from margins import Scenario, layout, pairs, same, tidy
from reader import Books, spans

from sim.outcomes import Layout, Relation, publish_differences

SPAN = 10 - 1e-4  # families; linear programs are solved to 1e-7, and exact values are known to 1e-6
EXACT, ROUNDED = 1e-6, 2.5
TWO_WAY = [(2, 2), (2, 3), (3, 3), (3, 5), (4, 4), (1, 4)]
THREE_WAY = [(2, 2, 2), (2, 2, 3), (3, 3, 2)]


def published(table: pd.DataFrame, how: Layout, exact: bool) -> pd.DataFrame:
    """Return what is published; for a stronger reader than there is, without rounding."""
    result = publish_differences(table, how, "base")
    if exact:
        keys = list(how.dimensions)
        base = table[table["scenario"] == "base"]
        change = table["families"] - table[keys].merge(base, on=keys, how="left")["families"]
        shown = {"families": table["families"], "difference": change}
        result = result.assign(**{name: true.where(result[name].notna()) for name, true in shown.items()})
    return result


def narrowest(table: pd.DataFrame, how: Layout, exact: bool) -> float:
    """Return the closest bounds a reader finds for any cell withheld, or small remainder, in families."""
    subsets = [(dict(one.total), [dict(part) for part in one.parts], one.rest) for one in how.relations]
    result = published(table, how, exact)
    books = Books(result, list(how.dimensions), how.totals, subsets)
    found = spans(books, EXACT if exact else ROUNDED)
    assert result["suppressed"].sum() == sum(key[-1] != "remainder" for key in found)
    known = large_remainders(table, how)
    return min((width for key, width in found.items() if key not in known), default=np.inf)


def large_remainders(table: pd.DataFrame, how: Layout) -> set[tuple[str, ...]]:
    """Return the remainders that anybody may know: none at all, or ten and more, families and households."""
    found = set()
    cells = table.set_index(["scenario", *how.dimensions])[["families", "rows"]]
    for one in how.relations:
        names = ["scenario", *(name for name in how.dimensions if name not in one.total)]
        for labels in table[names].drop_duplicates().to_dict("records"):
            total, *parts = (
                tuple({**labels, **each}[name] for name in cells.index.names) for each in (one.total, *one.parts)
            )
            families, rows = cells.loc[total] - cells.loc[parts].sum()
            if one.rest and (families == 0 or min(families, rows) >= 10):
                found.add((*total, "remainder"))
    return found


def no_small_cell(table: pd.DataFrame, how: Layout) -> bool:
    """Return whether whatever is small is blank, and whatever is empty is not."""
    result = publish_differences(table, how, "base")
    zero = table["families"] == 0
    small = ~zero & ((table["families"] < 10) | table["rows"].between(0, 10, inclusive="neither"))
    return bool(result.loc[small, "families"].isna().all() and (result.loc[zero, "families"] == 0).all())


HARD = {
    "one small cell": ([[3, 40, 25], [30, 21, 14], [50, 60, 0]], [[14, 40, 25], [30, 21, 14], [50, 60, 0]]),
    "two by two": ([[3, 40], [50, 60]], [[4, 40], [50, 60]]),
    "all small": ([[1, 2], [3, 4]], [[1, 2], [0, 4]]),
    "small in all": ([[1, 2], [3, 3]], [[2, 2], [3, 3]]),
    "one row": ([[3, 0, 0, 40]], [[3, 0, 0, 0]]),
    "a row of its own": ([[4, 0, 0], [20, 30, 40], [20, 50, 11]], [[0, 0, 0], [20, 30, 40], [20, 50, 11]]),
    "no line tells, a block does": ([[3, 9, 99], [99, 9, 2], [9, 99, 9]], [[3, 9, 99], [99, 9, 5], [9, 99, 9]]),
    "two small diagonals": ([[3, 80, 70], [60, 4, 50], [55, 65, 2]], [[3, 80, 70], [60, 14, 50], [55, 65, 2]]),
}  # fmt: skip


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("name", HARD)
def test_hard_cases(name: str, exact: bool) -> None:
    table = tidy(*map(same, HARD[name]))
    assert no_small_cell(table, layout(2))
    assert narrowest(table, layout(2), exact) >= SPAN


@pytest.mark.parametrize("name", sorted(HARD.keys() - {"all small", "small in all"}))
def test_without_companions_the_reader_succeeds(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader is up to it. Where all is small but the sum, ten, parts may be anything up to ten as it is."""
    monkeypatch.setattr("sim.outcomes.suppression._protected", lambda matrix, values, small, kept: small)
    assert narrowest(tidy(*map(same, HARD[name])), layout(2), exact=True) < SPAN


def subset_table(cells: dict[str, list[tuple[float, float]]]) -> pd.DataFrame:
    """Return a table of measures by area, and their sum; each cell is (families, rows), in both scenarios alike."""
    rows = [
        (scenario, measure, area, *cell)
        for scenario in ("base", "other")
        for measure, found in cells.items()
        for area, cell in [*zip("abc", found), ("all", tuple(np.sum(found, axis=0)))]
    ]
    return pd.DataFrame(rows, columns=["scenario", "measure", "area", "families", "rows"])


IN_DEBT = Relation({"measure": "displaced"}, ({"measure": "in debt"},), rest=True)
SUBSETS = {
    "five without debt": {"displaced": [(100, 100), (200, 200)], "in debt": [(95, 95), (120, 120)]},
    "few households without debt": {"displaced": [(900, 90), (800, 80)], "in debt": [(820, 82), (500, 50)]},
    "all in debt, or none": {"displaced": [(100, 100), (200, 200)], "in debt": [(100, 100), (0, 0)]},
    "few in debt": {"displaced": [(100, 100), (30, 30), (20, 20)], "in debt": [(4, 4), (22, 22), (20, 20)]},
    "few at all": {"displaced": [(5, 5), (4, 4)], "in debt": [(5, 5), (1, 1)]},
}


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("name", SUBSETS)
def test_small_remainders_of_subsets(name: str, exact: bool) -> None:
    how = Layout(("measure", "area"), {"area": "all"}, relations=(IN_DEBT,))
    table = subset_table(SUBSETS[name])
    assert no_small_cell(table, how)
    assert narrowest(table, how, exact) >= SPAN


def test_without_companions_small_remainders_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.outcomes.suppression._protected", lambda matrix, values, small, kept: small)
    how = Layout(("measure", "area"), {"area": "all"}, relations=(IN_DEBT,))
    assert narrowest(subset_table(SUBSETS["five without debt"]), how, exact=True) < SPAN
    assert narrowest(subset_table(SUBSETS["all in debt, or none"]), how, exact=True) == np.inf


COUNTRY = (
    Relation({"area": "country"}, ({"area": "north"}, {"area": "south"})),
    Relation({"area": "north"}, ({"area": "north 1"}, {"area": "north 2"})),
    Relation({"area": "south"}, ({"area": "south 1"}, {"area": "south 2"})),
    Relation({"area": "south 1"}, ({"area": "camp"},), rest=True),
)


@pytest.mark.parametrize("exact", [True, False])
@pytest.mark.parametrize("north", [(4, 396), (4, 0), (4, 5), (15, 396)])
def test_a_chain_of_hierarchies(north: tuple[float, float], exact: bool) -> None:
    """A small district takes a neighbour along; where it has none, the governorate, and what would give that away."""
    frames = []
    for scenario, camp in (("base", 60), ("other", 197)):
        counts = {"north 1": north[0], "north 2": north[1], "south 1": 200, "south 2": 410, "camp": camp}
        counts |= {"north": sum(north), "south": 610, "country": sum(north) + 610}
        frames.append(pd.DataFrame({"area": counts.keys(), "families": counts.values(), "scenario": scenario}))
    table = pd.concat(frames, ignore_index=True)
    table["rows"] = table["families"]
    how = Layout(("area",), relations=COUNTRY)
    assert no_small_cell(table, how)
    assert narrowest(table, how, exact) >= SPAN


def safe(scenarios: tuple[Scenario, Scenario], exact: bool) -> None:
    """Assert that nothing in a table with all its margins can be worked out."""
    table, how = tidy(*scenarios), layout(np.ndim(scenarios[0][0]))
    assert no_small_cell(table, how)
    assert narrowest(table, how, exact) >= SPAN


DRAWN = settings(deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@settings(DRAWN, max_examples=12)
@given(pairs(TWO_WAY))
def test_two_way_tables(scenarios: tuple[Scenario, Scenario]) -> None:
    """Against a reader who has exact values, and so against one who has them rounded."""
    safe(scenarios, exact=True)


@settings(DRAWN, max_examples=5)
@given(pairs(THREE_WAY))
def test_three_way_tables(scenarios: tuple[Scenario, Scenario]) -> None:
    safe(scenarios, exact=True)


@pytest.mark.slow
@pytest.mark.parametrize("exact", [True, False])
@settings(DRAWN, max_examples=60)
@given(pairs([*TWO_WAY, *THREE_WAY, (5, 6), (2, 9)]))
def test_many_tables(exact: bool, scenarios: tuple[Scenario, Scenario]) -> None:
    safe(scenarios, exact)
