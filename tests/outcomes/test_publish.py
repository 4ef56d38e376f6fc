"""Tables of counts as they are published: blanks, rounding, differences, rates, and tables that are refused."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from margins import layout, same, tidy

from sim.outcomes import Layout, Relation, publish_counts, publish_differences, rates, rounded
from sim.schema.errors import InputError

BASE = [[3, 40, 25], [30, 21, 14], [50, 60, 0]]
OTHER = [[14, 43, 36], [41, 32, 25], [61, 71, 0]]
TWO_WAY = layout(2)


def cell(table: pd.DataFrame, scenario: str, area: str, group: str) -> pd.Series:
    """Return one row of a published table."""
    at = (table["scenario"] == scenario) & (table["area"] == area) & (table["group"] == group)
    return table[at].iloc[0]


def test_counts_are_blanked_with_their_companions_and_rounded() -> None:
    table = tidy(same(BASE))
    before = table.copy()
    found = publish_counts(table, TWO_WAY)
    assert found["suppressed"].tolist() == [True, False, True, False] * 2 + [False] * 8
    assert found["families"].isna().equals(found["suppressed"])
    assert found["families"].dropna().tolist() == [40, 70, 20, 65, 50, 60, 0, 110, 85, 120, 40, 245]
    assert list(found) == ["area", "group", "scenario", "families", "suppressed"], "nothing of households behind it"
    assert table.equals(before), "the exact table stays"


def test_a_difference_is_blank_where_either_count_is_and_rounded_from_exact_counts() -> None:
    found = publish_differences(tidy(same(BASE), same(OTHER)), TWO_WAY, "base")
    assert cell(found, "other", "0", "0")[["families", "suppressed"]].tolist() == [15, False]
    assert found.loc[found["scenario"] == "other", "difference"].isna().sum() == 4
    assert pd.isna(cell(found, "other", "0", "0")["difference"])
    assert cell(found, "other", "0", "1")["difference"] == 5, "from 40 to 43: not the 45 and 40 that are shown"
    assert cell(found, "other", "2", "2")["difference"] == 0
    assert cell(found, "other", "all", "all")["difference"] == 80
    turned = publish_differences(tidy(same(OTHER), same(BASE)), TWO_WAY, "base")
    assert turned.loc[turned["scenario"] == "other", "difference"].isna().sum() == 4
    assert cell(turned, "other", "all", "all")["difference"] == -80


def test_columns_of_one_cell_go_together() -> None:
    table = pd.DataFrame(
        {"area": list("abcd"), "mean": [40, 30, 50, 60], "low": [0, 9, 41, 52], "high": [90, 50, 60, 70]}
    )
    table = table.assign(rows=table["mean"], spent=table["mean"] * 1000, note="n")
    total = {"area": "all", "mean": 180, "low": 102, "high": 270, "rows": 180, "spent": 180000, "note": "n"}
    table = pd.concat([table, pd.DataFrame([total])], ignore_index=True)
    how = Layout(("area",), {"area": "all"}, ("mean", "low", "high"), scenario=None, blanked=("spent",))
    found = publish_counts(table, how)
    assert found["suppressed"].tolist() == [True, True, False, False, False], "b for its low end, a in its company"
    for name in ("mean", "low", "high", "spent"):
        assert found[name].isna().equals(found["suppressed"])
    assert found.loc[2:, ["mean", "low", "high", "spent", "note"]].iloc[0].tolist() == [50, 40, 60, 50000, "n"]


def test_ends_of_an_interval_of_differences_go_with_the_difference() -> None:
    table = tidy(same(BASE), same(OTHER)).assign(lowest=2.6, highest=-2.6)
    found = publish_differences(table, TWO_WAY, "base", ("lowest", "highest"))
    for name, value in (("lowest", 5), ("highest", -5)):
        assert found[name].isna().equals(found["difference"].isna())
        assert set(found[name].dropna()) == {value}


def test_the_order_of_rows_decides_nothing() -> None:
    table = tidy(same([[3, 40, 40], [40, 40, 40], [50, 60, 2]]), same(OTHER))
    shuffled = publish_differences(table.sample(frac=1, random_state=1), TWO_WAY, "base")
    assert shuffled.sort_index().equals(publish_differences(table, TWO_WAY, "base"))


def test_a_cell_that_is_not_in_the_table_is_empty() -> None:
    table = tidy(same(BASE), same(OTHER))
    found = publish_differences(table[table["families"] > 0], TWO_WAY, "base")
    whole = publish_differences(table, TWO_WAY, "base")
    assert found.equals(whole[table["families"] > 0])
    fewer = table[(table["scenario"] != "base") | (table["area"] == "all") & (table["group"] == "all")].copy()
    fewer.loc[fewer["scenario"] == "base", ["families", "rows"]] = 0
    assert cell(publish_differences(fewer, TWO_WAY, "base"), "other", "0", "1")["difference"] == 45


def test_a_dimension_without_a_total_ties_nothing() -> None:
    months = [tidy(same(BASE)).assign(month=month) for month in (1, 2)]
    table = pd.concat(months, ignore_index=True)
    how = Layout(("area", "month", "group"), TWO_WAY.totals)
    assert publish_counts(table, how)["suppressed"].sum() == 8


def test_labels_may_be_missing_and_of_any_kind() -> None:
    table = pd.DataFrame({"cell": [None, 1, "b", "all"], "families": [4, 30, 40, 74], "rows": [4, 30, 40, 74]})
    how = Layout(("cell",), {"cell": "all"}, scenario=None)
    assert publish_counts(table, how)["suppressed"].tolist() == [True, True, False, False]


def test_labels_that_do_not_exhaust_a_total() -> None:
    table = pd.DataFrame({"area": ["a", "b", "all"], "families": [30, 40, 75], "rows": [30, 40, 75]})
    with pytest.raises(InputError, match="families: area all exceeds the sum of its parts by 5"):
        publish_counts(table, Layout(("area",), {"area": "all"}, scenario=None))
    how = Layout(("area",), {"area": "all"}, scenario=None, partial=("area",))
    assert publish_counts(table, how)["suppressed"].tolist() == [True, False, False], "five are elsewhere"


def test_a_relation_holds_wherever_its_cells_are() -> None:
    how = Layout(
        ("measure", "area"),
        {"area": "all"},
        relations=(Relation({"measure": "displaced"}, ({"measure": "in debt"},), rest=True),),
        scenario=None,
    )
    counts = [100, 200, 300, 95, 120, 215]
    labels = {"measure": ["displaced"] * 3 + ["in debt"] * 3, "area": ["a", "b", "all"] * 2}
    table = pd.DataFrame({**labels, "families": counts, "rows": counts})
    assert publish_counts(table, how)["suppressed"].tolist() == [False] * 3 + [True, True, False]


@pytest.mark.parametrize(
    ("change", "how", "message"),
    [
        ({"families": -1.0}, TWO_WAY, "families: holds what is no count"),
        ({"families": np.nan}, TWO_WAY, "families: holds what is no count"),
        ({"families": "a"}, TWO_WAY, "families: the column holds no numbers"),
        ({"families": 1.0}, TWO_WAY, "families: area all, group 0 in scenario base exceeds .* by -2"),
        ({"area": "0"}, Layout(("area", "group")), "area 0, group 0: the table has a cell twice"),
        ({"spent": 5}, TWO_WAY, "spent: a column of numbers that the layout does not name"),
        ({"low": 5}, Layout(TWO_WAY.dimensions, values=("families", "low")), "low: is above zero where families is"),
        ({}, Layout(("area", "groups")), "column: is not there - did you mean 'group'"),
        ({}, Layout(TWO_WAY.dimensions, rows="households"), "column: is not there .*households"),
        ({}, Layout(TWO_WAY.dimensions, {"areas": "all"}), "totals: is not there - did you mean 'area'"),
        ({}, Layout(TWO_WAY.dimensions, {"area": "al"}), "area: is not there - did you mean 'all'"),
        ({}, Layout(TWO_WAY.dimensions, partial=("area",)), "partial: is not there"),
        ({}, Layout(TWO_WAY.dimensions, relations=(Relation({"area": "9"}, ({"area": "0"},)),)), "area: is not there"),
        (
            {},
            Layout(TWO_WAY.dimensions, relations=(Relation({"area": "all"}, ({"group": "0"},)),)),
            "relations: a part names other dimensions than its total",
        ),
    ],
)  # fmt: skip
def test_a_table_that_is_not_as_its_layout_says_is_refused(change: dict, how: Layout, message: str) -> None:
    with pytest.raises(InputError, match=message):
        publish_counts(tidy(same(BASE)).assign(**change), how)


def test_differences_need_a_baseline_that_is_there() -> None:
    table = tidy(same(BASE))
    with pytest.raises(InputError, match="scenario: is not there - did you mean 'base'"):
        publish_differences(table, TWO_WAY, "bases")
    with pytest.raises(InputError, match="scenario: there are no scenarios to compare"):
        publish_differences(table.drop(columns="scenario"), Layout(("area", "group"), scenario=None), "base")


def test_an_empty_table_is_published_as_it_is() -> None:
    found = publish_counts(tidy(same(BASE)).iloc[:0], TWO_WAY)
    assert found.empty
    assert "suppressed" in found


def test_rounding_to_fives_half_away_from_zero() -> None:
    exact = [0, 10, 12.4, 12.5, 17.499999999999, 2.4, -2.4, -2.5, -12.6, np.nan]
    found = rounded(exact).tolist()
    assert found[:9] == [0, 10, 10, 15, 20, 0, 0, -5, -15]
    assert np.isnan(found[9])
    assert not np.signbit(rounded([-1.0]))[0], "no minus zero"
    assert rounded([14, 15], 10).tolist() == [10, 20]
    with pytest.raises(InputError, match="base: is not a whole number of at least 1"):
        rounded([1], 0)


@given(st.floats(10, 1e9))
def test_a_rounded_count_is_within_half_a_step_and_never_small(value: float) -> None:
    found = float(rounded(value))
    assert found >= 10
    assert found % 5 == 0
    assert abs(found - value) <= 2.5 + 1e-8 * value


def test_rates_are_blank_where_they_tell_of_few() -> None:
    part, whole = [50, 50, 50, 4, 100, 95, 100, 0, 0, 130], [150, 150, 150, 100, 100, 100, 110, 5, 0, 100]
    found = rates(part, whole, [False, True] + [False] * 8, [False, False, True] + [False] * 7)
    assert np.isnan(found).tolist() == [False, True, True, True, False, True, False, True, True, False]
    assert found[[0, 4, 6, 9]].tolist() == [33.3, 100, 90.9, 130]


def test_what_is_kept_is_named_by_labels() -> None:
    table = pd.DataFrame({"area": ["all", "a", "b", "c"], "families": [104, 4, 60, 40]}).assign(
        rows=lambda one: one["families"]
    )
    how = Layout(("area",), {"area": "all"}, scenario=None, kept=({"area": "c"},))
    assert publish_counts(table, how)["suppressed"].tolist() == [False, True, True, False]
    with pytest.raises(InputError, match="is not there"):
        publish_counts(table, Layout(("area",), scenario=None, kept=({"area": "d"},)))
