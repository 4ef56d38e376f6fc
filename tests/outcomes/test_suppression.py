"""Which cells of an additive table are withheld, by hand: small ones, their companions, and what an audit adds."""

from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from margins import with_margins

from sim.outcomes import Line, withheld
from sim.schema.errors import InputError


def hidden(families: list[float], lines: list[Line], rows: list[float] | None = None) -> list[int]:
    """Return the cells withheld in one scenario."""
    found = withheld([families], [rows or families], lines)
    return np.flatnonzero(found[0]).tolist()


def all_lines(*shape: int) -> list[Line]:
    """Return the lines of a table of so many inner cells each way, its margins last."""
    cells = np.arange(np.prod(np.add(shape, 1))).reshape(np.add(shape, 1))
    along = [np.moveaxis(cells, axis, -1).reshape(-1, size + 1).tolist() for axis, size in enumerate(shape)]
    return [Line(total, tuple(parts)) for lines in along for *parts, total in lines]


def pattern(inner: list[list[float]]) -> list[list[int]]:
    """Return what is withheld of a table with its margins, 1 where it is."""
    counts = with_margins(inner)
    found = withheld(counts.reshape(1, -1), counts.reshape(1, -1), all_lines(*np.shape(inner)))
    return found.reshape(counts.shape).astype(int).tolist()


@pytest.mark.parametrize(
    ("families", "rows", "small"),
    [(0, 0, False), (0.2, 50, True), (9.9, 50, True), (10, 50, False), (500, 9.9, True), (500, 10, False)],
)
def test_few_families_or_few_households_behind_them(families: float, rows: float, small: bool) -> None:
    assert withheld([[families]], [[rows]], []).tolist() == [[small]]


def test_what_readers_need_most_is_taken_along_last() -> None:
    line = [Line(0, (1, 2, 3))]
    counts = [[104, 4, 60, 40]]
    found = [withheld(counts, counts, line, kept=[n in kept for n in range(4)]) for kept in ((3,), (2, 3), (0, 2, 3))]
    assert [np.flatnonzero(one[0]).tolist() for one in found] == [[1, 2], [0, 1], [1, 3]]


def test_a_lone_small_cell_takes_the_smallest_of_its_line_along() -> None:
    line = [Line(0, (1, 2, 3, 4))]
    assert hidden([104, 4, 0, 60, 40], line) == [1, 4], "not the total, not the empty cell"
    assert hidden([84, 4, 0, 40, 40], line) == [1, 3], "of two alike, the first"
    assert hidden([104, 4, 0, 0, 100], line) == [1, 4]
    assert hidden([4, 4, 0, 0, 0], line) == [0, 1], "a total that is small itself"


def test_small_cells_cover_each_other_from_ten_families_on() -> None:
    line = [Line(0, (1, 2, 3))]
    assert hidden([50, 4, 6, 40], line) == [1, 2], "each may be anything from 0 to 10"
    assert hidden([49, 4, 5, 40], line) == [1, 2, 3], "each would be at most 9"
    assert hidden([9, 4, 5, 0], line) == [0, 1, 2]
    assert hidden([10, 4, 6, 0], line) == [1, 2]


def test_a_small_cell_of_a_table_takes_three_along() -> None:
    """In its row 25, in its column 30, and where the lines of these cross, 14."""
    assert pattern([[3, 40, 25], [30, 21, 14], [50, 60, 12]]) == [
        [1, 0, 1, 0],
        [1, 0, 1, 0],
        [0, 0, 0, 0],
        [0, 0, 0, 0],
    ]


def test_what_no_line_tells_a_block_may() -> None:
    """Six hidden cells, two a line, ten families or more each: yet they move together, from 3 down to 2 up."""
    inner = [[3, 9, 90], [90, 9, 2], [9, 90, 9]]
    found = pattern(inner)
    assert all(found[row][column] for row, column in [(0, 0), (0, 1), (1, 1), (1, 2), (2, 0), (2, 2)])
    assert sum(map(sum, found)) > 6


def test_what_cannot_be_solved_for_hides_all_that_is_connected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.outcomes.bounds._solved", lambda *_: None)
    lines = [Line(0, (1, 2, 3, 4)), Line(5, (6, 7))]
    assert hidden([104, 4, 0, 60, 40, 50, 20, 30], lines) == [0, 1, 3, 4]


def test_a_small_remainder_is_a_hidden_cell() -> None:
    line = [Line(0, (1,), rest=True)]
    assert hidden([100, 95], line) == [1], "5 are left"
    assert hidden([100, 90], line) == []
    assert hidden([100, 100], line) == []
    assert hidden([100, 4], line) == [1], "the remainder is unknown as well"
    assert hidden([100, 70], line, rows=[20, 14]) == [1], "30 families are left, but 6 households"
    assert hidden([100, 99.5], line) == [1], "a mean over seeds"


def test_a_small_remainder_that_two_lines_tell_together() -> None:
    """Cell 0 = 1 + remainder; 3 = 0 + 2; 4 = 1 + 2. Though 0, 1 and 2 are hidden, 3 less 4 is the remainder of 5."""
    lines = [Line(0, (1,), rest=True), Line(3, (0, 2)), Line(4, (1, 2))]
    families, few = [100, 95, 50, 150, 145], [False, False, True, False, False]
    assert np.flatnonzero(withheld([families], [families], lines, [few])).tolist() == [0, 1, 2, 4]


def test_a_large_remainder_is_unknown_too() -> None:
    assert hidden([100, 4], [Line(0, (1,), rest=True)]) == [1]
    assert hidden([100, 4, 30], [Line(0, (1, 2), rest=True)]) == [1]
    assert hidden([38, 4, 30], [Line(0, (1, 2), rest=True)]) == [1, 2], "4 and a remainder of 4 are less than ten"


def test_a_chain_of_totals() -> None:
    """Country 0 = north 1 + south 2; north = 3 + 4; south = 5 + 6. North has nobody but the four in 3."""
    lines = [Line(0, (1, 2)), Line(1, (3, 4)), Line(2, (5, 6))]
    assert hidden([604, 4, 600, 4, 0, 200, 400], lines) == [1, 2, 3, 5], "south hides north, and 5 hides south"
    assert hidden([1000, 400, 600, 4, 396, 200, 400], lines) == [3, 4]


def test_scenarios_are_judged_each_by_itself() -> None:
    families = [[104, 4, 60, 40], [104, 14, 50, 40], [104, 4, 60, 40]]
    found = withheld(families, families, [Line(0, (1, 2, 3))])
    assert found.tolist() == [[False, True, False, True], [False] * 4, [False, True, False, True]]


def test_cells_withheld_for_another_reason_take_companions_too() -> None:
    also = [[False, True, False, True, False]]
    found = withheld([[90, 50, 40, 0, 30]], [[90, 50, 40, 0, 30]], [Line(0, (1, 2, 3))], also)
    assert found.tolist() == [[False, True, True, False, False]], "an empty cell is shown whatever the reason"


@settings(deadline=None)
@given(st.lists(st.lists(st.one_of(st.just(0), st.integers(10, 500)), min_size=4, max_size=4), min_size=1, max_size=5))
def test_nothing_is_withheld_where_nothing_is_small(inner: list[list[float]]) -> None:
    assert not np.any(pattern(inner))


@pytest.mark.parametrize(
    ("families", "rows", "lines", "message"),
    [
        ([[9, 4, 4]], [[9, 4, 5]], [Line(0, (1, 2))], "families: the total exceeds the parts by 1 in .* 0, line 0"),
        ([[9, 4, 5]], [[8, 4, 5]], [Line(0, (1, 2))], "rows: the total exceeds the parts by -1"),
        ([[9, 10]], [[9, 9]], [Line(0, (1,), rest=True)], "families: the total exceeds the parts by -1"),
        ([[-1.0]], [[1]], [], "families: holds what is no count"),
        ([[1]], [[np.nan]], [], "rows: holds what is no count"),
        ([[1, 2]], [[1]], [], "rows: has another shape than families"),
        ([1, 2], [1, 2], [], "families: is not an array of scenarios by cells"),
        ([[1, 1]], [[1, 1]], [Line(0, (2,))], "line 0: names a cell that is not there"),
        ([[1, 1]], [[1, 1]], [Line(0, (-1,))], "line 0: names a cell that is not there"),
        ([[2, 1]], [[2, 1]], [Line(0, (1, 1))], "line 0: names a cell twice"),
    ],
)  # fmt: skip
def test_what_is_no_table_is_refused(families: list, rows: list, lines: list[Line], message: str) -> None:
    with pytest.raises(InputError, match=message):
        withheld(families, rows, lines)


def test_means_over_seeds_add_up_but_for_round_off() -> None:
    thirds = np.array([1000001.0, 200.0, 40.0]) / 3
    families = [[thirds.sum() * (1 + 1e-12), *thirds]]
    assert not withheld(families, families, [Line(0, (1, 2, 3))]).any()
    assert not withheld(families, families, [Line(0, (1, 2, 3), rest=True)]).any(), "round-off is no remainder"


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(40, 48), (12, 150), (12, 12, 12)])
def test_speed_and_companions_of_large_tables(shape: tuple[int, ...]) -> None:
    """About 2,000 cells in five scenarios with some twenty small cells each: a second or two."""
    random = np.random.default_rng(1)
    tables = []
    for _ in range(5):
        inner = np.floor(10 + random.lognormal(4, 1.2, shape))
        kind = random.random(shape)
        inner[kind > 0.9] = 0
        inner[kind < 0.012] = random.integers(1, 10, (kind < 0.012).sum())
        tables.append(with_margins(inner).ravel())
    families = np.stack(tables)
    began = perf_counter()
    found = withheld(families, families, all_lines(*shape))
    small = ((families > 0) & (families < 10)).sum()
    print(f"{families.shape[1]} cells, 5 scenarios: {perf_counter() - began:.1f} s, {small} small cells,", end=" ")
    print(f"{(found.sum() - small) / small:.1f} companions for each")
    assert found.sum() < 0.1 * found.size, "measured 0.02, 0.02 and 0.05"
