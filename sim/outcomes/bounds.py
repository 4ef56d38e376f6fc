"""How closely a reader can bound what is withheld, and what has to go with it until nobody can.

A reader knows every published cell, the lines, and that no count is negative. Tables that fit all of this differ from
the true one by moves of the hidden cells that leave every line balanced and no cell below zero. The least and the most
that a cell has in any of them is what linear programming finds.
"""

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack
from scipy.sparse.csgraph import connected_components

from sim.outcomes.additive import ROUND_OFF, Float, Index, Lines, Mask

SOLVED = 1e-6  # families: linear programs are solved to 1e-7
ASIDE = 1e-3  # families of the cell asked for that a family moved in other cells is worth, divided among these
KEPT = 100.0  # cost of a cell to be kept over another of its size
BY_POSITION = 1e-2  # cost of the last cell over the first: decides between cells of one size


class Audit:
    """Bounds of the hidden cells of one scenario, as far as they have been found.

    Every solution of a linear program is a table that a reader cannot tell from the true one. The least and the most
    met in any of them is kept for every cell, so that one solution settles many cells.

    Parameters
    ----------
    lines : Lines
        What sums to what.
    values : numpy.ndarray
        True values, float [column].
    small : numpy.ndarray
        Columns withheld for being small, or small remainders, bool [column].
    span : float
        What the bounds of a withheld cell or small remainder have to be apart (families).
    kept : numpy.ndarray
        Columns to withhold last, bool [column].
    """

    def __init__(self, lines: Lines, values: Float, small: Mask, span: float, kept: Mask) -> None:
        self.values, self.span, self.kept = values, span, kept
        self.judged = small | (np.arange(lines.columns) < lines.cells)  # a large remainder may be known
        self.low, self.high = np.zeros(lines.columns), np.zeros(lines.columns)  # of the move, so true values are at 0
        shape = (len(lines.rest), lines.columns)
        self.matrix = csr_array((lines.sign, (lines.line, lines.column)), shape=shape)
        self.block = _blocks(lines)

    def widened(self, hidden: Mask) -> Mask:
        """Return what is hidden once companions are added for every cell whose bounds are too close, bool [column]."""
        hidden = hidden.copy()
        while len(left := self._open(hidden)):
            leaders = left[np.unique(self.block[left], return_index=True)[1]]
            for cell in self._stretched(hidden, left, leaders):
                hidden |= self._companions(hidden, int(cell))
        return hidden

    def _open(self, hidden: Mask) -> Index:
        return np.flatnonzero(hidden & self.judged & (self.high - self.low < self.span - SOLVED))

    def _stretched(self, hidden: Mask, left: Index, leaders: Index) -> Index:
        """Return which leaders, one a block, have bounds too close; others that are left to judge are moved along."""
        of_block = np.bincount(self.block[left])[self.block[left]]
        gain = np.zeros(len(hidden))
        gain[left] = ASIDE / of_block * (-1.0) ** np.arange(len(left))
        for direction in (1, -1):
            gain[leaders] = direction
            self._move(hidden, gain)
            leaders = np.intersect1d(leaders, self._open(hidden))
            if not len(leaders):
                break
        return leaders

    def _move(self, hidden: Mask, gain: Float) -> None:
        """Move hidden cells as far as gains lead, but no cell further than the span: more would prove no more."""
        inside = np.flatnonzero(hidden & np.isin(self.block, self.block[gain != 0]))
        lower = -np.minimum(self.values[inside], self.span)
        upper = np.where(gain[inside] == 0, np.inf, self.span)
        self._keep(inside, _solved(-gain[inside], self.matrix[:, inside], lower, upper))

    def _companions(self, hidden: Mask, cell: int) -> Mask:
        """Return what to withhold so that a cell can be ``span`` from its least value: few cells, and small ones.

        All that is above zero may move at a cost for each family, the logarithm of the size of its cell. With all of it
        withheld, multiples of the true table would be no different to a reader, hence there always is an answer.
        """
        inside = self.block == self.block[cell]
        free = np.flatnonzero(inside & hidden)
        shown = np.flatnonzero(inside & ~hidden & (self.values > ROUND_OFF))
        move = self._cheapest(free, shown, cell)
        found = np.zeros(len(hidden), bool)
        if move is not None:
            found[shown] = np.abs(move[len(free) :]) > SOLVED
        if move is None or not found.any():  # beyond what can be solved for
            found[shown] = True
            self.high[inside] = np.inf
        else:
            self._keep(np.concatenate([free, shown]), move)
        return found

    def _cheapest(self, free: Index, shown: Index, cell: int) -> Float | None:
        """Return the cheapest move of hidden and shown cells that takes a cell up to its span, or None."""
        matrix = hstack([self.matrix[:, free], self.matrix[:, shown], -self.matrix[:, shown]])
        price = np.log(self.values[shown]) + KEPT * self.kept[shown] + BY_POSITION * shown / len(self.values)
        lower = np.concatenate([-self.values[free], np.zeros(2 * len(shown))])
        upper = np.concatenate([np.full(len(free) + len(shown), np.inf), self.values[shown]])
        at = int(np.searchsorted(free, cell))
        lower[at] = upper[at] = self.span + self.low[cell]
        solution = _solved(np.concatenate([np.zeros(len(free)), price, price]), csr_array(matrix), lower, upper)
        if solution is None:
            return None
        stay, up, down = np.split(solution, [len(free), len(free) + len(shown)])
        return np.concatenate([stay, up - down])

    def _keep(self, columns: Index, move: Float | None) -> None:
        if move is not None:
            self.low[columns] = np.minimum(self.low[columns], move)
            self.high[columns] = np.maximum(self.high[columns], move)


def _blocks(lines: Lines) -> Index:
    """Return the number of the connected part of the table that each column is in, int [column]."""
    nodes = lines.columns + len(lines.rest)
    ends = (lines.column, lines.columns + lines.line)
    graph = csr_array((np.ones(len(lines.sign)), ends), shape=(nodes, nodes))
    labels: Index = connected_components(graph, directed=False)[1][: lines.columns]
    return labels


def _solved(cost: Float, matrix: csr_array, lower: Float, upper: Float) -> Float | None:
    """Return the move of least cost that keeps all lines balanced, float [column], or None where none is found."""
    matrix = matrix[matrix.count_nonzero(axis=1) > 0]
    bounds = np.column_stack([lower, upper])
    found = linprog(cost, A_eq=matrix, b_eq=np.zeros(matrix.shape[0]), bounds=bounds, method="highs")
    move: Float | None = found.x if found.status == 0 else None
    return move
