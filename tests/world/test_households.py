"""The household store: columns of declared types, and a look at one household."""

import numpy as np
import pytest

from sim.kernels.columns import FIXED, STATE
from sim.world.households import COLUMNS, Households


def columns(n: int = 4) -> dict[str, np.ndarray]:
    """Return the columns of a few displaced households, in wide types and odd layout."""
    plain = {c.name: np.zeros(n, np.int64) for c in (*FIXED, *STATE)}
    return plain | {
        "id": np.arange(n)[::-1].astype(np.uint64),
        "weight": np.arange(1, 2 * n, 2)[::1],
        "present": np.ones(n, np.int64),
        "savings": np.full(n, -150_000),
        "house": np.linspace(0, 1, n),
    }


def test_columns_have_their_declared_types_whatever_was_given():
    households = Households(columns())
    assert list(households.columns()) == list(COLUMNS)
    for name, values in households.columns().items():
        assert values.dtype == np.dtype(COLUMNS[name].dtype)
        assert values.flags.c_contiguous
        assert values.flags.writeable
        assert values.flags.owndata, "a copy: the caller's arrays are left alone"


def test_a_value_that_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="size holds values beyond int8"):
        Households(columns() | {"size": np.array([1, 2, 3, 300])})
    with pytest.raises(ValueError, match="weight holds values beyond int32"):
        Households(columns() | {"weight": np.array([1, 2, 3, 2**31])})
    with pytest.raises(ValueError, match="female_headed holds values beyond uint8"):
        Households(columns() | {"female_headed": np.array([0, 1, 0, -1])})


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="differ in length"):
        Households(columns() | {"size": np.ones(3)})


def test_a_row_is_seen_as_an_object():
    households = Households(columns())
    row = households[1]
    assert (row.id, row.weight, row.savings) == (2, 3, -150_000)
    assert isinstance(row.savings, int)
    assert row.situation == "displaced"
    assert repr(row) == "<household 2: displaced, weight 3>"
    households["at_home"][1] = 1
    assert row.situation == "returned"
    assert households[-1].id == 0
    assert [one.index for one in households] == [0, 1, 2, 3]


def test_what_is_not_there_is_said_plainly():
    households = Households(columns())
    with pytest.raises(AttributeError, match="no column 'income'"):
        _ = households[0].income
    with pytest.raises(KeyError, match="no column 'income'"):
        _ = households["income"]
    with pytest.raises(IndexError, match="row 4 of 4"):
        _ = households[4]
    with pytest.raises(TypeError, match="one compiled pass"):
        households.do("move")


def test_situations_follow_from_three_columns():
    households = Households(columns(5))
    households["present"][:] = [0, 1, 1, 1, 1]
    households["settled"][:] = [0, 0, 1, 2, 0]
    households["at_home"][:] = [0, 0, 0, 0, 1]
    assert [row.situation for row in households] == [
        "not_arrived",
        "displaced",
        "integrating",
        "settled_elsewhere",
        "returned",
    ]
    assert households.situation().tolist() == [0, 1, 2, 3, 4]


def test_selecting_and_aggregating():
    households = Households(columns())
    heavy = households["weight"] > 2
    assert households.select(heavy).tolist() == [1, 2, 3]
    assert households.agg("weight", np.sum) == 16
    assert households.agg("weight", np.sum, heavy) == 15
    assert len(households) == 4
