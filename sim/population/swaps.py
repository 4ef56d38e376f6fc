"""Clearing cells too small for the weights around them, by exchanges that keep every one-way margin.

A row stands for many families; a cell of one or two families then needs a row far lighter than its
neighbours. Such a cell is emptied, or filled up to the least size, by letting as many families of it and
of another cell trade one attribute: (i, j, k) and (i', j', k') become (i, j, k') and (i', j', k), where
they trade the wave. Every one-way margin stays as it is; families by two attributes change a little.
"""

from typing import NamedTuple

import numpy as np

Cell = tuple[int, ...]

_AXES = (2, 1, 0)  # what families trade first where two exchanges distort alike: wave, place, origin
_PASSES = 4


class _Exchange(NamedTuple):
    """``amount`` families leave (if negative) or enter the cell, trading ``axis`` with those of ``other``."""

    cost: float
    axis: int
    amount: int
    other: Cell


def clear_small_cells(table: np.ndarray, least: np.ndarray) -> np.ndarray:
    """Return the table with its small cells emptied or filled where an exchange can do it.

    No exchange leaves a small cell behind. Those that open an empty cell (a combination of origin, place
    and wave not there before) are a second resort. Where none is possible the small cell stays.

    Parameters
    ----------
    table : numpy.ndarray
        Families, int64, shape (origins, places, waves).
    least : numpy.ndarray
        Least families a cell may hold unless it is empty, shape (origins, places); infinite where the
        cell should be empty.

    Returns
    -------
    numpy.ndarray
        int64, same shape and one-way margins.
    """
    cells = table.copy()
    floor = np.maximum(np.broadcast_to(least[:, :, np.newaxis], table.shape), 1.0)
    for _ in range(_PASSES):
        small = np.argwhere((cells > 0) & (cells < floor))
        order = np.argsort(cells[tuple(small.T)], kind="stable")
        done = [_clear(cells, floor, tuple(at)) for at in small[order].tolist()]
        if not any(done):
            break
    return cells


def _clear(cells: np.ndarray, floor: np.ndarray, at: Cell) -> bool:
    """Empty or fill one cell in place by the exchange that distorts least; return whether there was one."""
    families = int(cells[at])
    if not 0 < families < floor[at]:
        return False  # an earlier exchange saw to it
    missing = floor[at] - families
    amounts = [-families] if np.isinf(missing) else sorted([-families, int(missing)], key=abs)
    for opening in (False, True):
        for amount in amounts:
            best = min(
                (_best(cells, floor, at, axis, amount, opening) for axis in _AXES),
                key=lambda found: found.cost,
            )
            if np.isfinite(best.cost):
                _apply(cells, at, best)
                return True
    return False


def _best(cells: np.ndarray, floor: np.ndarray, at: Cell, axis: int, amount: int, opening: bool) -> _Exchange:
    """Return the exchange of least distortion along one axis; its cost is infinite where none is allowed."""
    line = tuple(slice(None) if along == axis else slice(of, of + 1) for along, of in enumerate(at))
    level = tuple(slice(of, of + 1) if along == axis else slice(None) for along, of in enumerate(at))
    cost = (
        _change(cells[line], floor[line], -amount, opening)
        + _change(cells, floor, amount, opening)
        + _change(cells[level], floor[level], -amount, opening)
    )
    cost[line] = cost[level] = np.inf  # the same attribute, or the same place in the other two: no trade
    other = np.unravel_index(int(np.argmin(cost)), cost.shape)
    return _Exchange(float(cost[other]), axis, amount, tuple(int(of) for of in other))


def _change(families: np.ndarray, floor: np.ndarray, amount: int, opening: bool) -> np.ndarray:
    """Return the distortion (chi-square) of adding ``amount``, infinite where that is not allowed."""
    after = families + amount
    allowed = (after == 0) | (after >= floor)
    if not opening:
        allowed &= families > 0
    return np.where(allowed, amount**2 / np.maximum(families, 1), np.inf)


def _apply(cells: np.ndarray, at: Cell, exchange: _Exchange) -> None:
    _, axis, amount, other = exchange
    cells[at] += amount
    cells[other] += amount
    cells[_traded(at, other, axis)] -= amount
    cells[_traded(other, at, axis)] -= amount


def _traded(cell: Cell, other: Cell, axis: int) -> Cell:
    """Return ``cell`` with the attribute of ``other`` along ``axis``."""
    return (*cell[:axis], other[axis], *cell[axis + 1 :])
