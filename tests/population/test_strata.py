"""Rows: whole weights that add up, enough rows in every cell, no row far heavier than another."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sim.kernels.codes import CAMP, HOSTED, INFORMAL, RENTED
from sim.population.strata import (
    LARGEST_RATIO,
    LEAST_ROWS,
    AreaTable,
    Leaves,
    leaves_of,
    rows_at,
    stratify,
    weights_of,
)
from sim.population.swaps import clear_small_cells


def area_table(area: int, families: np.ndarray, first_site: int = 0) -> AreaTable:
    """Return a table whose places are camps but for the last three."""
    camps = families.shape[1] - 3
    return AreaTable(
        area=area,
        sites=np.r_[first_site + np.arange(camps), [-1, -1, -1]],
        shelters=np.r_[np.full(camps, CAMP), [INFORMAL, RENTED, HOSTED]],
        families=families,
    )


def check_cells(leaves: Leaves, counts: np.ndarray) -> None:
    leaf, weight = weights_of(leaves, counts)
    assert (weight >= 1).all()
    for cells, alike in zip(leaves.cells(), leaves.alike()):
        of_row, held = cells[leaf], alike[leaf]
        for cell in np.unique(of_row[of_row >= 0]):
            inside = weight[of_row == cell]
            assert inside.size >= min(LEAST_ROWS, inside.sum())
            compared = weight[(of_row == cell) & held]
            assert compared.size == 0 or compared.max() <= LARGEST_RATIO * compared.min()


@st.composite
def cases(draw: st.DrawFn) -> list[AreaTable]:
    """Areas whose cells span single families to thousands, with many empty."""
    parts = []
    for area in range(draw(st.integers(1, 3))):
        power = draw(arrays.arrays(np.int64, (3, 5, 4), elements=st.integers(-1, 11)))
        scatter = draw(arrays.arrays(np.int64, (3, 5, 4), elements=st.integers(0, 3)))
        families = np.where(power < 0, 0, 2 ** np.maximum(power, 0) + scatter)
        if families.any():
            parts.append(area_table(area, families, 2 * area))
    return parts or [area_table(0, np.ones((3, 5, 4), dtype=np.int64))]


@settings(deadline=None, max_examples=60)
@given(cases(), st.sampled_from([None, 1, 100, 400, 2000]))
def test_every_cell_has_its_rows_and_its_ratio(tables: list[AreaTable], rows: int | None) -> None:
    leaves, counts = stratify(tables, rows)
    check_cells(leaves, counts)
    for table in tables:
        here = leaves.area == table.area
        for axis, codes in ((0, leaves.origin), (2, leaves.wave)):
            wanted = table.families.sum(axis=tuple({0, 1, 2} - {axis}))
            found = np.bincount(codes[here], weights=leaves.families[here], minlength=wanted.size)
            assert found.tolist() == wanted.tolist()
        places = zip(table.sites, table.shelters, table.families.sum(axis=(0, 2)), strict=True)
        for site, shelter, families in places:
            inside = here & (leaves.site == site) & (leaves.shelter == shelter)
            assert leaves.families[inside].sum() == families


@given(st.lists(st.tuples(st.integers(1, 5000), st.integers(1, 60)), min_size=1, max_size=20))
def test_weights_of_a_leaf_differ_by_one_at_most_and_add_up(pairs: list[tuple[int, int]]) -> None:
    families = np.array([n for n, _ in pairs])
    counts = np.minimum([rows for _, rows in pairs], families)
    nothing = np.zeros(families.size, dtype=np.int64)
    leaf, weight = weights_of(Leaves(nothing, nothing, nothing, nothing, nothing, families), counts)
    assert np.bincount(leaf, weights=weight).tolist() == families.tolist()
    for at in range(families.size):
        assert np.ptp(weight[leaf == at]) <= 1
        assert (np.diff(weight[leaf == at]) <= 0).all()


def test_one_to_one_gives_every_family_a_row() -> None:
    leaves, counts = stratify([area_table(0, np.full((2, 4, 2), 7))], None)
    assert counts.tolist() == leaves.families.tolist()


def test_more_rows_than_families_is_one_to_one() -> None:
    leaves, counts = stratify([area_table(0, np.full((2, 4, 2), 7))], 10**6)
    assert counts.tolist() == leaves.families.tolist()


def test_large_even_cells_come_close_to_the_rows_wanted() -> None:
    _, counts = stratify([area_table(0, np.full((4, 6, 5), 1000))], 6000)
    assert counts.sum() == pytest.approx(6000, rel=0.01)


def test_small_site_is_seen_whole() -> None:
    families = np.zeros((2, 5, 3), dtype=np.int64)
    families[:, 2:] = 5000
    families[0, 0, 0] = 12  # a camp of twelve families
    leaves, counts = stratify([area_table(0, families)], 500)
    assert counts[leaves.site == 0].tolist() == [12]
    check_cells(leaves, counts)


def test_leaves_are_sorted_by_area_shelter_site_origin_and_wave() -> None:
    tables = [area_table(area, np.full((2, 5, 2), 3), 2 * area) for area in (0, 1)]
    leaves = leaves_of(tables[::-1])
    keys = list(zip(leaves.area, leaves.shelter, leaves.site, leaves.origin, leaves.wave, strict=True))
    assert keys == sorted(keys)


def test_caps_fall_until_nothing_changes() -> None:
    families = np.array([1, 100, 100])  # one family beside a hundred: the hundred must be in tens
    zeros = np.zeros(3, dtype=np.int64)
    leaves = Leaves(zeros, zeros + RENTED, zeros - 1, zeros, np.arange(3), families * 30)
    assert rows_at(leaves, 3000.0).sum() >= 2 * 100 * 30 // 300


@settings(deadline=None)
@given(arrays.arrays(np.int64, (4, 5, 3), elements=st.integers(0, 40)), st.integers(1, 12))
def test_exchanges_keep_margins_and_leave_no_new_small_cell(families: np.ndarray, least: int) -> None:
    cleared = clear_small_cells(families, np.full((4, 5), float(least)))
    assert (cleared >= 0).all()
    for axis in range(3):
        others = tuple({0, 1, 2} - {axis})
        assert cleared.sum(axis=others).tolist() == families.sum(axis=others).tolist()
    small = (cleared > 0) & (cleared < least)
    assert (cleared[small] == families[small]).all()


def test_a_small_cell_moves_to_its_neighbours() -> None:
    families = np.full((3, 4, 3), 50)
    families[1, 1, 1] = 1
    least = np.full((3, 4), 3.0)
    cleared = clear_small_cells(families, least)
    assert cleared[1, 1, 1] == 0
    assert (cleared != families).sum() == 4


def test_a_cell_near_the_least_is_filled_up() -> None:
    families = np.full((3, 4, 3), 50)
    families[1, 1, 1] = 4
    assert clear_small_cells(families, np.full((3, 4), 5.0))[1, 1, 1] == 5


def test_a_cell_that_should_be_empty_is_emptied() -> None:
    families = np.full((3, 4, 3), 50)
    least = np.full((3, 4), 3.0)
    least[0, 0] = np.inf
    families[0, 0] = [2, 0, 9]
    assert not clear_small_cells(families, least)[0, 0].any()


def test_a_small_cell_without_a_partner_stays() -> None:
    families = np.array([[[2, 0], [0, 50]]])
    assert clear_small_cells(families, np.full((1, 2), 5.0)).tolist() == families.tolist()
