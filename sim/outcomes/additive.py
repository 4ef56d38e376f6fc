"""Additive tables: which cells sum to which, and whether they do."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]

ROUND_OFF = 1e-9  # as a share of a total, or of one family: what sums of means over seeds may be off by
SUMS_OFF = 1e-6  # likewise: beyond this a line does not add up


class Line(NamedTuple):
    """One additive relation, in cell numbers: a cell is the sum of others in every scenario, in families and in rows.

    With ``rest`` the parts leave a remainder, zero or more, that is no cell of the table. It is never published, but
    whoever knows the total and all parts has it.
    """

    total: int
    parts: tuple[int, ...]
    rest: bool = False


class Gap(NamedTuple):
    """Where a table does not add up: scenario, line, and by how much the total exceeds the parts."""

    scenario: int
    line: int
    excess: float


@dataclass(frozen=True)
class Lines:
    """Lines as a sparse matrix: in each, total - parts - remainder = 0.

    There is a column for every cell and, after them, one for the remainder of every line, zero where it has none.

    Attributes
    ----------
    line, column : numpy.ndarray
        Where the entries of the matrix are, int [entry].
    sign : numpy.ndarray
        1 for a total, -1 for a part or a remainder, float [entry].
    rest : numpy.ndarray
        Which lines have a remainder, bool [line].
    cells : int
        Number of cells.
    """

    line: Index
    column: Index
    sign: Float
    rest: Mask
    cells: int

    @classmethod
    def of(cls, lines: Sequence[Line], cells: int) -> "Lines":
        """Return lines as a matrix.

        Raises
        ------
        InputError
            If a line names a cell that there is not, or a cell twice.
        """
        entries = [entry for number, line in enumerate(lines) for entry in _entries(number, line, cells)]
        line, column, sign = np.array(entries, np.intp).reshape(-1, 3).T
        return cls(line, column, sign.astype(float), np.array([line.rest for line in lines], bool), cells)

    @property
    def columns(self) -> int:
        """Number of cells and lines together."""
        return self.cells + len(self.rest)

    def sums(self, weights: npt.NDArray[np.generic]) -> Float:
        """Return the sum over the entries of each line of weights given by entry, float [line]."""
        found = np.bincount(self.line, weights=weights.astype(float), minlength=len(self.rest))
        return found.astype(float)  # of no lines the sums are whole numbers

    def totals(self) -> Mask:
        """Return which columns are the total of some line, bool [column]."""
        found = np.zeros(self.columns, bool)
        found[self.column[self.sign > 0]] = True
        return found

    def remainders(self, values: Float) -> Float:
        """Return what each line's parts leave of its total, whether or not it may leave any, float [scenario, line]."""
        excess = [self.sums(self.sign * self._padded(row)[self.column]) for row in values]
        return np.array(excess, float).reshape(len(values), len(self.rest))

    def all_columns(self, values: Float) -> Float:
        """Return values of cells, then of remainders with round-off taken for zero, float [scenario, column]."""
        left = self.remainders(values)
        exists = self.rest & (left > ROUND_OFF * self._size(values))
        return np.hstack([values, np.where(exists, left, 0.0)])

    def gap(self, values: Float) -> Gap | None:
        """Return the first line that does not add up, if any; values are float [scenario, cell]."""
        left, allowed = self.remainders(values), SUMS_OFF * self._size(values)
        wrong = np.argwhere((left < -allowed) | (~self.rest & (left > allowed)))
        if not len(wrong):
            return None
        scenario, line = (int(number) for number in wrong[0])
        return Gap(scenario, line, float(left[scenario, line]))

    def _padded(self, row: Float) -> Float:
        return np.concatenate([row, np.zeros(len(self.rest))])

    def _size(self, values: Float) -> Float:
        total = self.column[self.sign > 0]  # one a line, in the order of lines
        return np.maximum(1.0, values[:, total])


def _entries(number: int, line: Line, cells: int) -> list[tuple[int, int, int]]:
    named, key = [line.total, *line.parts], f"line {number}"
    if not all(0 <= cell < cells for cell in named):
        raise InputError("names a cell that is not there", key=key, value=line, allowed=f"cells 0 to {cells - 1}")
    if len(set(named)) < len(named):
        raise InputError("names a cell twice", key=key, value=line)
    rest = [(number, cells + number, -1)] if line.rest else []
    return [(number, line.total, 1), *((number, part, -1) for part in line.parts), *rest]
