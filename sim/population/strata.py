"""Families to rows: whole positive weights, light enough where few families stand.

A leaf is one (area, place, origin, wave). Two kinds of cell matter to a policy and to its figures: the
families of a site, and the families of one area and origin. In each cell

- there are at least `LEAST_ROWS` rows, or every family has its own;
- no row weighs more than `LARGEST_RATIO` times another: among the rows of a site, and among the rows of an area
  and origin outside camps (a camp of 130 families and one of 35,000 need not have rows alike).

One global weight brings the number of rows close to the number asked for; a cell's own cap lowers it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sim.population.swaps import clear_small_cells

LEAST_ROWS = 30
LARGEST_RATIO = 10

_ROUNDS = 8  # weights tried at most
_CLOSE = 0.01  # share by which the number of rows may miss the one wanted before another weight is tried


@dataclass(frozen=True)
class AreaTable:
    """Families of one area at the start.

    Attributes
    ----------
    area : int
        Index of the area.
    sites : numpy.ndarray
        Index of each place's site, or -1 outside camps, shape (places,).
    shelters : numpy.ndarray
        Settlement type code of each place, shape (places,).
    families : numpy.ndarray
        int64, shape (origins, places, waves).
    """

    area: int
    sites: np.ndarray
    shelters: np.ndarray
    families: np.ndarray


@dataclass(frozen=True)
class Leaves:
    """Non-empty leaves, in the order of area, shelter, site, origin and wave; arrays of one length."""

    area: np.ndarray
    shelter: np.ndarray
    site: np.ndarray
    origin: np.ndarray
    wave: np.ndarray
    families: np.ndarray

    def cells(self) -> list[np.ndarray]:
        """Return the cell of every leaf in each system of cells, -1 where it belongs to none.

        The first is area by origin, the second the site.
        """
        return [self.area * (int(self.origin.max()) + 1) + self.origin, self.site]

    def alike(self) -> list[np.ndarray]:
        """Return whether the weight of a leaf is held against others of its cell, in each system of cells."""
        return [self.site < 0, self.site >= 0]


def stratify(tables: Sequence[AreaTable], rows: int | None) -> tuple[Leaves, np.ndarray]:
    """Return leaves and the number of rows of each.

    Parameters
    ----------
    tables : sequence of AreaTable
        One per area.
    rows : int or None
        Rows wanted; None gives every family its own row. The floor of rows per cell may force more.

    Returns
    -------
    leaves : Leaves
        After clearing cells too small for the weight (`sim.population.swaps`); one-way margins of every
        area are those of ``tables``.
    rows : numpy.ndarray
        Rows of each leaf, int64; its families are spread over them as evenly as whole weights can be.
    """
    leaves = leaves_of(tables)
    total = int(leaves.families.sum())
    if rows is None or rows >= total:
        return leaves, leaves.families
    tried = []
    weight = total / rows
    for _ in range(_ROUNDS):
        leaves = leaves_of([cleared(table, weight) for table in tables])
        counts = rows_at(leaves, weight)
        found = int(counts.sum())
        tried.append((abs(found - rows), leaves, counts))
        if abs(found / rows - 1) <= _CLOSE:
            break
        weight *= found / rows
    _, leaves, counts = min(tried, key=lambda attempt: attempt[0])
    return leaves, counts


def leaves_of(tables: Sequence[AreaTable]) -> Leaves:
    """Return the non-empty leaves of all areas, sorted."""
    parts = []
    for table in tables:
        origin, place, wave = np.nonzero(table.families)
        area = np.full(origin.size, table.area)
        families = table.families[origin, place, wave]
        parts.append((area, table.shelters[place], table.sites[place], origin, wave, families))
    columns = [np.concatenate(column).astype(np.int64) for column in zip(*parts, strict=True)]
    order = np.lexsort(columns[4::-1])
    return Leaves(*(column[order] for column in columns))


def weights_of(leaves: Leaves, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the leaf and the weight of every row: whole weights in a leaf differ by one at most.

    Heavier rows come first within a leaf.
    """
    leaf = np.repeat(np.arange(rows.size), rows)
    rank = np.arange(leaf.size) - np.repeat(np.cumsum(rows) - rows, rows)
    weight, extra = np.divmod(leaves.families, rows)
    return leaf, weight[leaf] + (rank < extra[leaf])


def rows_at(leaves: Leaves, weight: float) -> np.ndarray:
    """Return the rows of every leaf for a global weight, every cell's floor and ratio met.

    A cell's cap starts at its families over `LEAST_ROWS` (1 for fewer families than that: each has its
    row). Where its heaviest row weighs more than ten times its lightest, the cap falls to ten times the
    lightest; that can lighten rows shared with another cell, so it is repeated until nothing changes.
    Caps only fall, and never below the smaller of their start and ten, so it ends.
    """
    systems = [(cell >= 0, np.where(cell >= 0, cell, 0)) for cell in leaves.cells()]
    caps = [_start_caps(leaves.families, member, cell) for member, cell in systems]
    while True:
        target = np.full(leaves.families.size, max(weight, 1.0))
        for (member, cell), cap in zip(systems, caps, strict=True):
            target = np.where(member, np.minimum(target, cap[cell]), target)
        rows: np.ndarray = np.ceil(leaves.families / target - 1e-9).astype(np.int64)
        lightest, heaviest = leaves.families // rows, -(-leaves.families // rows)
        lowered = [
            _lower(cap, cell[held], lightest[held], heaviest[held])
            for (_, cell), cap, held in zip(systems, caps, leaves.alike(), strict=True)
        ]
        if not any(lowered):
            return rows


def cleared(table: AreaTable, weight: float) -> AreaTable:
    """Return the table of an area without cells too small for a global weight, where exchanges allow."""
    families = clear_small_cells(table.families, least_families(table, weight))
    return AreaTable(table.area, table.sites, table.shelters, families)


def least_families(table: AreaTable, weight: float) -> np.ndarray:
    """Return the least families a leaf may hold, shape (origins, places): a tenth of the weights around it.

    Infinite where an origin has too few families for rows as heavy as that: those are better placed
    outside that site.
    """
    of_origin = _cap(table.families.sum(axis=(1, 2)), weight)[:, np.newaxis]
    of_site = _cap(table.families.sum(axis=(0, 2)), weight)[np.newaxis, :]
    of_site = np.where(table.sites >= 0, of_site, of_origin)
    least = np.ceil(of_site / LARGEST_RATIO) + np.zeros_like(of_origin)
    kept: np.ndarray = np.where(of_origin < least, np.inf, least)
    return kept


def _cap(families: np.ndarray, weight: float) -> np.ndarray:
    cap: np.ndarray = np.clip(families / LEAST_ROWS, 1.0, max(weight, 1.0))
    return cap


def _start_caps(families: np.ndarray, member: np.ndarray, cell: np.ndarray) -> np.ndarray:
    """Return for every cell the largest weight that leaves `LEAST_ROWS` rows."""
    total = np.bincount(cell, weights=families * member)
    caps: np.ndarray = np.maximum(total / LEAST_ROWS, 1.0)
    return caps


def _lower(cap: np.ndarray, cell: np.ndarray, lightest: np.ndarray, heaviest: np.ndarray) -> bool:
    """Lower in place the caps of cells whose weights are too unequal; return whether there were any."""
    low, high = np.full(cap.size, np.inf), np.zeros(cap.size)
    np.minimum.at(low, cell, lightest)
    np.maximum.at(high, cell, heaviest)
    unequal = high > LARGEST_RATIO * low
    cap[unequal] = LARGEST_RATIO * low[unequal]
    return bool(unequal.any())
