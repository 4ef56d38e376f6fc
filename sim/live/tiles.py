"""Where the tiles of a tile map stand: on a grid just large enough, neighbours near each other."""

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

Float = npt.NDArray[np.float64]
Cells = npt.NDArray[np.int64]


def cells_of(points: Float) -> Cells:
    """Return the column and row of every point, each cell taken once.

    The grid has the proportions of the points. Every point is stretched onto it, and points and cells are matched so
    that the squares of all distances add up to the least.

    Parameters
    ----------
    points : float64[n, 2]
        Plane coordinates, y down.

    Returns
    -------
    int64[n, 2]
        Counted from 0; some column and some row is 0.
    """
    columns, rows = _grid(points)
    cells = np.array([(column, row) for row in range(rows) for column in range(columns)], np.float64)
    onto = _stretched(points, np.array([columns, rows], np.float64))
    cost = ((onto[:, None] - cells) ** 2).sum(axis=2)
    chosen = cells[linear_sum_assignment(cost)[1]].astype(np.int64)
    return np.asarray(chosen - chosen.min(axis=0))


def _grid(points: Float) -> tuple[int, int]:
    """Return columns and rows: as many cells as points, or a few more, in the proportions of the points."""
    width, height = np.maximum(np.ptp(points, axis=0), 1e-9)
    count = len(points)
    columns = int(np.clip(round(np.sqrt(count * width / height)), 1, count))
    return columns, -(-count // columns)


def _stretched(points: Float, size: Float) -> Float:
    """Return points moved so that they fill the grid, half by where they lie and half by their rank."""
    low, extent = points.min(axis=0), np.maximum(np.ptp(points, axis=0), 1e-9)
    ranks = np.argsort(np.argsort(points, axis=0, kind="stable"), axis=0, kind="stable") / max(len(points) - 1, 1)
    onto: Float = ((points - low) / extent + ranks) / 2 * (size - 1)
    return onto
