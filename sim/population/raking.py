"""Tables with given margins: fitted by raking, then rounded to whole families with every margin exact."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from sim.schema.errors import InputError

TOLERANCE = 1e-8  # families by which a fitted margin may differ from the one asked for
_WHOLE = 1e-6  # a cell this close to a whole number is that number
_TIE = 1e-7  # steps closer than this are equal, so that rounding dust never picks the direction
_OPENING = 1e-3  # share of the independent table mixed in where zeros leave no solution


def rake(seed: np.ndarray, margins: Sequence[np.ndarray], tol: float = TOLERANCE, max_iter: int = 2000) -> np.ndarray:
    """Fit a table to one-way margins by iterative proportional fitting [1]_.

    The result has the interactions (odds ratios) of the seed: a seed of ones gives independence given
    the margins. Zeros of the seed stay zero.

    Parameters
    ----------
    seed : numpy.ndarray
        Non-negative table with one axis per margin.
    margins : sequence of numpy.ndarray
        Non-negative totals wanted along each axis, all adding up to the same total.
    tol : float, optional
        Largest difference accepted between a fitted margin and the one wanted, in families.
    max_iter : int, optional
        Most passes over all axes.

    Returns
    -------
    numpy.ndarray
        float64 table of the shape of ``seed``.

    Raises
    ------
    InputError
        Where the margins contradict each other or the zeros of the seed.

    References
    ----------
    .. [1] W. E. Deming, F. F. Stephan, "On a least squares adjustment of a sampled frequency table when
       the expected marginal totals are known", Annals of Mathematical Statistics 11 (1940), 427-444.
    """
    wanted = [np.asarray(margin, dtype=np.float64) for margin in margins]
    table: np.ndarray = np.array(seed, dtype=np.float64)
    _check_margins(table, wanted, tol)
    for _ in range(max_iter):
        for axis, margin in enumerate(wanted):
            table *= _along(_ratio(margin, _margin(table, axis)), axis, table.ndim)
        if _gap(table, wanted) <= tol:
            return table
    axis = max(range(table.ndim), key=lambda at: np.abs(_margin(table, at) - wanted[at]).max())
    raise InputError("raking does not converge: zeros of the seed contradict the margins", key=f"axis {axis}")


def integerise(table: np.ndarray) -> np.ndarray:
    """Round a table with whole one-way margins to whole numbers, keeping every one-way margin.

    Axes are taken two at a time: the table summed to its first two axes is rounded; each of its cells
    becomes a row against the third axis, is raked to its rounded total, and rounded again; and so on. A
    two-way rounding with whole margins always exists (`round_two_way`), which is not so for three axes
    at once. Zeros stay zero unless the margins cannot be met otherwise.

    Parameters
    ----------
    table : numpy.ndarray
        Non-negative, two or more axes, all one-way margins whole.

    Returns
    -------
    numpy.ndarray
        int64 table of the same shape. The same table always rounds the same way.
    """
    margins = [np.rint(_margin(table, axis)) for axis in range(table.ndim)]
    off = max(np.abs(_margin(table, axis) - margin).max() for axis, margin in enumerate(margins))
    if off > _WHOLE:
        raise InputError("the table to round has a margin that is not whole", value=float(off))
    whole: np.ndarray = margins[0].astype(np.int64)
    for axis in range(1, table.ndim):
        fractional = table.sum(axis=tuple(range(axis + 1, table.ndim))).reshape(whole.size, -1)
        fitted = _rake_two_way(fractional, whole.ravel(), margins[axis])
        whole = round_two_way(fitted).reshape(table.shape[: axis + 1])
    return whole


def round_two_way(table: np.ndarray) -> np.ndarray:
    """Round every cell of a two-way table up or down so that all row and column totals stay.

    Cells that are not whole form a graph that joins rows to columns. A row or column with a whole total
    cannot hold just one such cell, so walking from cell to cell must close a cycle. Adding and taking
    the same amount alternately along it changes no total; the smallest amount that makes a cell whole
    settles at least one, so the walk ends within as many steps as there are cells, and no cell ever
    passes the whole number next to it.

    Parameters
    ----------
    table : numpy.ndarray
        Non-negative, shape (rows, columns), with whole row and column totals.

    Returns
    -------
    numpy.ndarray
        int64, same shape.
    """
    floor = np.floor(table + _WHOLE)
    part = np.clip(table - floor, 0.0, 1.0)
    rows, columns = np.nonzero((part > _WHOLE) & (part < 1 - _WHOLE))
    graph: list[set[int]] = [set() for _ in range(sum(table.shape))]
    for row, column in zip(rows.tolist(), (columns + table.shape[0]).tolist(), strict=True):
        graph[row].add(column)
        graph[column].add(row)
    for start in range(table.shape[0]):
        while graph[start]:
            _settle_one(part, graph, start)
    whole: np.ndarray = (floor + np.rint(part)).astype(np.int64)
    return whole


def _settle_one(part: np.ndarray, graph: list[set[int]], start: int) -> None:
    """Make at least one fractional cell whole, in place, along a cycle reached from row ``start``."""
    walk = _closed_walk(graph, start)
    cells = [_cell(one, other, part.shape[0]) for one, other in pairwise(walk)]
    if len(cells) == 1:  # a lone cell is whole but for rounding dust: its total says so
        step, signs = float(np.rint(part[cells[0]]) - part[cells[0]]), [1]
    else:
        signs = [1, -1] * (len(cells) // 2)
        step = _step([float(part[cell]) for cell in cells], signs)
    for cell, sign in zip(cells, signs, strict=True):
        part[cell] += sign * step
        if not _WHOLE < part[cell] < 1 - _WHOLE:
            part[cell] = round(float(part[cell]))
            graph[cell[0]].discard(cell[1] + part.shape[0])
            graph[cell[1] + part.shape[0]].discard(cell[0])


def _closed_walk(graph: list[set[int]], start: int) -> list[int]:
    """Return the nodes of a cycle, first node repeated at the end; or the two nodes of a lone edge."""
    walk, before = [start], -1
    position = {start: 0}
    while True:
        onward = [node for node in graph[walk[-1]] if node != before]
        if not onward:
            return walk[-2:]
        before = walk[-1]
        walk.append(min(onward))
        if walk[-1] in position:
            return walk[position[walk[-1]] :]
        position[walk[-1]] = len(walk) - 1


def _step(parts: list[float], signs: list[int]) -> float:
    """Return the smaller signed step along a cycle that makes some cell whole."""
    up = min(1 - part if sign > 0 else part for part, sign in zip(parts, signs, strict=True))
    down = min(part if sign > 0 else 1 - part for part, sign in zip(parts, signs, strict=True))
    return up if up <= down + _TIE else -down


def _cell(one: int, other: int, rows: int) -> tuple[int, int]:
    return (one, other - rows) if one < other else (other, one - rows)


def _rake_two_way(table: np.ndarray, rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """Rake to whole margins, opening zeros a little where they leave no solution."""
    try:
        return rake(table, [rows, columns])
    except InputError:
        independent = np.outer(rows, columns) / max(rows.sum(), 1)
        return rake(table + _OPENING * independent, [rows, columns])


def _check_margins(table: np.ndarray, wanted: Sequence[np.ndarray], tol: float) -> None:
    shapes = tuple(margin.shape for margin in wanted)
    if shapes != tuple((size,) for size in table.shape):
        raise InputError("the margins do not fit the table", value=shapes, allowed=str(table.shape))
    if not (np.isfinite(table).all() and (table >= 0).all()):
        raise InputError("the table to rake has negative or missing cells", allowed="0 or more")
    totals = [float(margin.sum()) for margin in wanted]
    if max(totals) - min(totals) > tol:
        raise InputError("the margins have different totals", value=totals)
    for axis, margin in enumerate(wanted):
        bad = np.flatnonzero((margin < 0) | ((margin > 0) & (_margin(table, axis) == 0)))
        if bad.size:
            message = "a margin is negative, or positive where every cell of the seed is zero"
            raise InputError(message, key=f"axis {axis}, category {bad[0]}", value=float(margin[bad[0]]))


def _margin(table: np.ndarray, axis: int) -> np.ndarray:
    total: np.ndarray = table.sum(axis=tuple(other for other in range(table.ndim) if other != axis))
    return total


def _ratio(wanted: np.ndarray, found: np.ndarray) -> np.ndarray:
    ratio: np.ndarray = np.divide(wanted, found, out=np.zeros_like(wanted), where=found > 0)
    return ratio


def _along(values: np.ndarray, axis: int, ndim: int) -> np.ndarray:
    return values.reshape([-1 if at == axis else 1 for at in range(ndim)])


def _gap(table: np.ndarray, wanted: Sequence[np.ndarray]) -> float:
    return max(float(np.abs(_margin(table, axis) - margin).max()) for axis, margin in enumerate(wanted))
