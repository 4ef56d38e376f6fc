"""Snapshots hold everything that is not named apart, as plain arrays, and nothing else."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pytest

from sim.world.changing import Changing, flat, refilled


class Pair(NamedTuple):
    numbers: np.ndarray[Any, Any]
    several: tuple[int, ...]


@dataclass
class Books(Changing):
    NOT_KEPT = ("spec",)

    spec: object
    carry: int = 0
    rate: float = 0.5
    rows: np.ndarray[Any, Any] = field(default_factory=lambda: np.zeros(0, np.int64))
    pair: Pair = field(default_factory=lambda: Pair(np.zeros(2), (1, 2)))
    named: dict[str, list[int]] = field(default_factory=lambda: {"a": [], "b": []})


def changed() -> Books:
    books = Books(object(), 7, 0.25, np.arange(3), Pair(np.ones(2), (3, 4)), {"a": [1, 2, 3], "b": []})
    books.added_later = True  # type: ignore[attr-defined]
    return books


def test_everything_comes_back_in_its_own_type() -> None:
    fresh, kept = Books("mine"), changed()
    fresh.added_later = False  # type: ignore[attr-defined]
    fresh.restore(kept.snapshot())
    assert fresh.spec == "mine"
    assert repr(vars(fresh) | {"spec": 0}) == repr(vars(kept) | {"spec": 0})
    assert type(fresh.carry) is int


def test_names_are_dotted() -> None:
    assert set(changed().snapshot()) == {
        *("carry", "rate", "rows", "pair.numbers", "pair.several", "named.a", "named.b", "added_later")
    }


@pytest.mark.parametrize("value", [None, object(), {"a": {1, 2}}, [np.zeros(1), None], print])
def test_what_is_not_plain_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match=r"^x.*is not plain data"):
        flat(value, "x")


def test_arrays_of_another_kind_are_refused() -> None:
    for wrong in (np.zeros(2, np.int32), np.zeros((2, 2))):
        with pytest.raises(ValueError, match="x holds"):
            refilled(np.zeros(2), {"x": wrong}, "x")
    with pytest.raises(KeyError):
        refilled({"a": 1, "b": 2}, {"x.a": np.asarray(1)}, "x")
