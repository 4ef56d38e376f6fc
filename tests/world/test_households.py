"""The household store: columns of declared types."""

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


def test_a_column_is_the_array_itself():
    households = Households(columns())
    households["at_home"][1] = 1
    assert households.state.at_home.tolist() == [0, 1, 0, 0]
    with pytest.raises(KeyError, match="no column 'saving' - did you mean 'savings'"):
        _ = households["saving"]


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
