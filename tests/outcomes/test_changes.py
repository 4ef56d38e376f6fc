"""Who changed: every household in one place, told by its standing and by whether it was pushed."""

from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import sim
from sim.kernels.codes import CAME_CHOSEN, CAME_INFORMED
from sim.outcomes.changes import CHANGES, Lives, changed, lives_of
from sim.report.words import CHANGES as WORDS


def lives(*rows: tuple[int, int, int, bool]) -> Lives:
    """Return lives of id, weight, standing, pushed."""
    ids, weights, standing, pushed = zip(*rows) if rows else ((), (), (), ())
    return Lives(
        np.array(ids, np.uint64), np.array(weights, np.int64), np.array(standing, np.uint8), np.array(pushed, bool)
    )


@pytest.mark.parametrize(
    ("own", "base", "change"),
    [
        ((1, False), (1, False), "same"),
        ((2, False), (1, False), "gained"),
        ((1, True), (0, False), "gained_pushed"),
        ((3, True), (2, True), "gained"),
        ((0, False), (1, False), "lost"),
        ((0, True), (3, False), "lost_pushed"),
        ((0, False), (1, True), "lost"),
        ((1, True), (1, False), "pushed"),
        ((1, False), (1, True), "spared"),
    ],
)
def test_every_change(own: tuple[int, bool], base: tuple[int, bool], change: str) -> None:
    families, rows = changed(lives((7, 30, *own)), lives((7, 30, *base)))
    assert dict(zip(CHANGES, families.tolist())) == dict.fromkeys(CHANGES, 0) | {change: 30}
    assert rows.sum() == 1


def test_households_of_one_run_only_are_left_out_and_order_does_not_matter() -> None:
    own = lives((3, 5, 1, False), (1, 10, 0, False), (9, 99, 3, True))
    base = lives((1, 10, 1, False), (2, 50, 0, False), (3, 5, 1, False))
    families, rows = changed(own, base)
    assert families[CHANGES.index("same")] == 5
    assert families[CHANGES.index("lost")] == 10
    assert (families.sum(), rows.sum()) == (15, 2)


ROW = st.tuples(st.integers(0, 40), st.integers(1, 90), st.integers(0, 3), st.booleans())


@settings(derandomize=True, deadline=None)
@given(st.lists(ROW, unique_by=lambda row: row[0]), st.lists(ROW, unique_by=lambda row: row[0]))
def test_nobody_is_lost_or_counted_twice(
    one: list[tuple[int, int, int, bool]], other: list[tuple[int, int, int, bool]]
) -> None:
    own, base = lives(*one), lives(*other)
    families, rows = changed(own, base)
    both = {row[0] for row in one} & {row[0] for row in other}
    assert rows.sum() == len(both)
    assert families.sum() == sum(row[1] for row in one if row[0] in both)
    back = dict(zip(CHANGES, changed(base, own)[1].tolist()))
    there = dict(zip(CHANGES, rows.tolist()))
    assert there["gained"] + there["gained_pushed"] == back["lost"] + back["lost_pushed"]
    assert there["pushed"] == back["spared"]
    assert there["same"] == back["same"]


def test_standing_is_read_from_columns() -> None:
    whole = CAME_CHOSEN | CAME_INFORMED
    columns = {
        "present": [0, 1, 1, 1, 1, 1, 1],
        "at_home": [1, 0, 1, 1, 0, 1, 1],
        "settled": [0, 0, 0, 0, 1, 0, 0],
        "held": [40, 40, 11, 12, 12, 12, 12],
        "came": [whole, whole, whole, whole, whole, CAME_CHOSEN, CAME_INFORMED],
        "months_since_push": [-1, 0, -1, 30, -1, -1, -1],
    }
    state = SimpleNamespace(**{name: np.array(values) for name, values in columns.items()})
    fixed = SimpleNamespace(id=np.arange(7, dtype=np.uint64), weight=np.full(7, 20, np.int32))
    found = lives_of(SimpleNamespace(fixed=fixed, state=state))
    assert found.standing.tolist() == [0, 0, 1, 3, 3, 2, 2]
    assert found.pushed.tolist() == [False, True, False, True, False, False, False]


def test_a_comparison_counts_them() -> None:
    pair = ["valley/as-is", "valley/closure-no-notice"]
    found = sim.compare(pair, seeds=2, households=900, months=16, counterparts=False)
    counts = found.data["changed"].transpose("scenario", "seed", "change").values
    assert (counts[0, :, 0] == 9000).all(), "the baseline ends as itself"
    assert (counts.sum(axis=2) == 9000).all()
    one, other = (sim.run(name, seed=1, households=900, months=16).lives for name in pair)
    assert one is not None
    assert other is not None
    assert changed(other, one)[0].tolist() == counts[1, 1].tolist()
    assert counts[1, :, CHANGES.index("pushed")].min() > 0
    assert found.published_counts.value(pair[1], "changed", "change=same") > 0
    assert set(found.tables["changed"]["change"]) == set(CHANGES) == set(WORDS)
