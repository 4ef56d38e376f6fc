"""Households seen as a Mesa user would see agents: one, some, and in groups."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.kernels.columns import FIXED, STATE
from sim.schema.errors import InputError
from sim.world.checked import COLUMNS, SETTABLE
from sim.world.households import Households
from sim.world.selection import Row


@pytest.fixture
def six() -> Households:
    """Six households: four displaced, one integrating, one at home."""
    columns = {c.name: np.zeros(6, c.dtype) for c in (*FIXED, *STATE)}
    columns |= {
        "id": np.array([10, 11, 12, 13, 14, 15]),
        "weight": np.array([1, 2, 3, 4, 5, 6]),
        "size": np.array([5, 5, 5, 5, 5, 8]),
        "savings": np.array([-100, 200, -300, 400, 200, 0]),
        "area": np.array([7, 7, 3, 3, 3, 9]),
        "settled": np.array([0, 1, 0, 0, 0, 0]),
        "at_home": np.array([0, 0, 0, 0, 0, 1]),
        "present": np.ones(6),
    }
    return Households(columns)


def test_a_row_is_seen_as_an_object(six):
    row = six[1]
    assert (row.id, row.weight, row.savings) == (11, 2, 200)
    assert isinstance(row.savings, int)
    assert repr(row) == "<household 11: integrating, weight 2>"
    assert six[-1].situation == "returned"
    six["at_home"][1] = 1
    assert row.situation == "returned", "it shows the household as it is now"
    assert six[np.int64(2)].id == 12
    assert {"savings", "situation"} <= set(dir(row))


def test_rows_are_equal_where_they_are_the_same_household_of_the_same_store(six):
    other = Households(six.columns())
    assert six[1] == six[1]
    assert hash(six[1]) == hash(six[1])
    assert six[1] != six[2]
    assert six[1] != other[1]
    assert six[1] in six
    assert other[1] not in six
    assert six[1] not in six.select(six["weight"] > 2)
    assert "savings" not in six


def test_what_is_not_there_is_said_plainly(six):
    with pytest.raises(AttributeError, match="no column 'saving' - did you mean 'savings'"):
        _ = six[0].saving
    assert not hasattr(six[0], "income")
    with pytest.raises(KeyError, match="did you mean 'situation'"):
        six.groupby("situations")
    with pytest.raises(IndexError, match="row 6 of 6"):
        _ = six[6]
    with pytest.raises(IndexError, match="row -3 of 2"):
        _ = six[:2][-3]


def test_a_row_cannot_be_written_to(six):
    with pytest.raises(AttributeError, match=r"households\['id'\] == 11\)\.set\('savings', 5\)"):
        six[1].savings = 5
    with pytest.raises(AttributeError, match="cannot be written to"):
        six[1].index = 2
    assert six["savings"][1] == 200


def test_selecting(six):
    poor = six.select(six["savings"] < 0)
    assert [row.id for row in poor] == [10, 12]
    assert (len(poor), poor.families, poor.persons) == (2, 4, 20)
    assert (six.families, six.persons) == (21, 15 * 5 + 6 * 8)
    assert repr(poor) == "<2 simulated households, 4 families>"
    away = six.select(lambda h: (h["situation"] == "displaced") & (h["area"] == 3))
    assert away.rows.tolist() == [2, 3, 4]
    assert away.select(lambda h: h["savings"] > 0).rows.tolist() == [3, 4], "a selection of a selection"
    assert away[1] == six[3]
    assert away[1:].rows.tolist() == [3, 4]
    assert away.to_list() == [six[2], six[3], six[4]]
    assert len(six.select(np.zeros(6, bool))) == 0


@pytest.mark.parametrize(
    ("at_most", "expected"), [(2, 2), (0, 0), (9, 6), (0.5, 3), (0.49, 2), (1.0, 6), (1, 1), (np.int64(3), 3)]
)
def test_at_most_takes_the_first_rows_or_a_share(six, at_most, expected):
    assert six.select(at_most=at_most).rows.tolist() == list(range(expected))


@pytest.mark.parametrize("at_most", [-1, 2.5, -0.5, float("nan")])
def test_at_most_that_means_nothing_is_refused(six, at_most):
    with pytest.raises(InputError, match="at_most: is not usable"):
        six.select(at_most=at_most)


@pytest.mark.parametrize("mask", [[0, 1], np.zeros(5, bool), np.zeros(6, int), lambda h: h.situation == "displaced"])
def test_a_mask_that_is_none_is_refused(six, mask):
    with pytest.raises(InputError, match="True or False for every row"):
        six.select(mask)


def test_sorting_keeps_the_order_of_equals_as_mesa_does(six):
    assert six.sort("savings").rows.tolist() == [3, 1, 4, 5, 0, 2]
    assert six.sort("savings", ascending=True).rows.tolist() == [2, 0, 5, 1, 4, 3]
    assert six.sort(lambda h: h["weight"] % 2).select(at_most=3).rows.tolist() == [0, 2, 4]
    expected = sorted(six, key=lambda row: row.savings, reverse=True)
    assert six.sort("savings").to_list() == expected


def test_getting(six):
    savings = six.get("savings")
    savings[:] = 0
    assert six["savings"][0] == -100, "a copy"
    frame = six.select(six["weight"] > 4).get(["id", "situation", "savings"])
    assert frame.to_dict("list") == {"id": [14, 15], "situation": ["displaced", "returned"], "savings": [200, 0]}
    assert frame.index.tolist() == [4, 5]
    assert six.get("situation").tolist()[:2] == ["displaced", "integrating"]


def test_a_column_of_a_selection_cannot_be_written_to_in_vain(six):
    with pytest.raises(ValueError, match="read-only"):
        six.select(six["savings"] < 0)["savings"][:] = 0
    assert six.get("savings")[0] == -100


def test_setting_one_value_or_one_a_row(six):
    poor = six.select(six["savings"] < 0)
    assert poor.set("savings", 50) is poor
    assert six["savings"].tolist() == [50, 200, 50, 400, 200, 0]
    poor.set("savings", [1, 2]).set("house", 0.5)
    assert six["savings"].tolist() == [1, 200, 2, 400, 200, 0]
    assert six["house"].tolist() == [0.5, 0, 0.5, 0, 0, 0]
    six.set("employed", np.array([True, False, True, False, True, False]))
    assert six["employed"].tolist() == [1, 0, 1, 0, 1, 0]
    assert len(poor) == 2, "a selection is of rows: who no longer meets the condition stays in it"


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("savings", 3_000_000_000, "savings: is out of range .found 3000000000.; allowed: a whole number from -2,000"),
        ("savings", 0.5, "a whole number"),
        ("savings", float("nan"), "savings: is out of range"),
        ("house", -0.1, r"found -0\.1.; allowed: a number from 0 to 1"),
        ("house", [0, 0, 0, 0, 0, 7], "found 7"),
        ("house", [0.1, 0.2], "allowed: a number, or 6 of them"),
        ("house", "high", "needs a number"),
        ("employed", 2, "whole number from 0 to 1"),
        ("months_since_push", -2, "from -1 to"),
        ("weight", 2, "weight: cannot be set by hand; allowed: months_here"),
        ("area", 2, "area: cannot be set by hand"),
        ("saving", 2, "saving: is no column - did you mean 'savings'"),
    ],
)
def test_what_no_household_can_have_is_refused(six, name, value, message):
    before = {column: values.copy() for column, values in six.columns().items()}
    with pytest.raises(InputError, match=message):
        six.set(name, value)
    assert all(np.array_equal(before[column], values) for column, values in six.columns().items())


@given(st.sampled_from(sorted(SETTABLE)), st.integers(-(2**70), 2**70) | st.floats())
def test_a_value_is_stored_as_it_is_or_refused(name, value):
    one = Households({c.name: np.zeros(1, c.dtype) for c in (*FIXED, *STATE)})
    try:
        one.set(name, value)
    except InputError:
        return
    assert one[name][0] == np.dtype(COLUMNS[name].dtype).type(value)
    low, high = SETTABLE[name]
    assert low <= value <= high


def test_only_columns_that_change_may_be_set():
    assert set(SETTABLE) < {column.name for column in STATE}


def test_aggregating(six):
    assert six.agg("savings", np.sum) == 400
    assert six.select(six["area"] == 3).agg("savings", [min, max]) == [-300, 400]
    assert six.mean("size") == pytest.approx((15 * 5 + 6 * 8) / 21), "over families, not rows"
    assert np.isnan(six.select(np.zeros(6, bool)).mean("size"))


def test_grouping(six):
    groups = six.groupby("situation")
    assert groups.count() == {"displaced": 4, "integrating": 1, "returned": 1}
    assert groups.families() == {"displaced": 13, "integrating": 2, "returned": 6}
    assert groups.agg("savings", np.sum) == {"displaced": 200, "integrating": 200, "returned": 0}
    assert {label: group.rows.tolist() for label, group in six.groupby("area")} == {3: [2, 3, 4], 7: [0, 1], 9: [5]}
    by_debt = six.groupby(lambda h: h["savings"] < 0)
    assert by_debt.map("mean", "size") == {False: pytest.approx((11 * 5 + 6 * 8) / 17), True: 5}
    assert by_debt.map(lambda group, at: group[at].id, 0) == {False: 11, True: 10}
    assert len(six.select(np.zeros(6, bool)).groupby("area")) == 0
    with pytest.raises(InputError, match="one value a row"):
        six.groupby(lambda _: np.zeros(2))


@pytest.mark.parametrize("name", ["do", "shuffle_do", "map", "shuffle"])
def test_what_makes_no_sense_on_columns_says_so_and_what_to_use(six, name):
    for some in (six, six[:2]):
        with pytest.raises(TypeError, match=rf"no {name}\(\): their month is one compiled pass.*use columns instead"):
            getattr(some, name)("step")


def test_one_household_is_read_without_reading_all(six, monkeypatch):
    seen = []
    situation = Households.situation
    monkeypatch.setattr(Households, "situation", lambda self: seen.append(self) or situation(self))
    assert isinstance(six[0], Row)
    assert six[0].situation == "displaced"
    assert not seen
