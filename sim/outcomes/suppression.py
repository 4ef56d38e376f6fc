"""Which cells of a table must not be published: small ones, and those that would give small ones away.

What is protected: a reader who knows all that is published, which cells sum to which, that counts are not negative, and
these rules, cannot bound any withheld cell within less than ten families. Ten, because a cell is small below ten:
bounds that are ten apart leave open whether it holds nobody or as many as may be published.

What is not: tables published apart, whose common cells are no lines here; readers who know something else, such as
the exact count of their own village, or that a cell is the same in two scenarios that withhold different companions.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from sim.outcomes.additive import ROUND_OFF, Float, Line, Lines, Mask
from sim.schema.errors import InputError

SMALLEST_CELL = 10  # families, and simulated households: cells above zero and below are withheld


def withheld(
    families: npt.ArrayLike,
    rows: npt.ArrayLike,
    lines: Sequence[Line],
    also: npt.ArrayLike = False,
    kept: npt.ArrayLike = False,
) -> Mask:
    """Return which cells must not be published.

    Small cells, the companions that keep them from being worked out line by line, and what an audit of every withheld
    cell by linear programming still finds wanting. Scenarios are judged one by one, by the same rules in the same
    order, so that equal scenarios withhold equal cells.

    Parameters
    ----------
    families : array_like
        Weighted counts, fractional where they are means over seeds, float [scenario, cell].
    rows : array_like
        Simulated households behind them, float [scenario, cell].
    lines : sequence of Line
        Which cells sum to which; a cell may be in several. All that a reader knows of has to be here.
    also : array_like, optional
        Cells to withhold as if they were small, bool [scenario, cell]; those at zero are not.
    kept : array_like, optional
        Cells to withhold in company last, bool [cell].

    Returns
    -------
    numpy.ndarray
        True where a cell must not be published, bool [scenario, cell].

    Raises
    ------
    InputError
        If counts are negative or missing, shapes differ, or a line does not add up.
    """
    counts, behind = as_counts(families, "families"), as_counts(rows, "rows")
    if counts.shape != behind.shape:
        raise InputError(f"has another shape than families, {counts.shape}", key="rows", value=behind.shape)
    matrix = Lines.of(lines, counts.shape[1])
    small = is_small(_complete(matrix, counts, "families"), _complete(matrix, behind, "rows"))
    small[:, : matrix.cells] |= np.asarray(also, bool) & (counts > ROUND_OFF)
    last = np.zeros(matrix.columns, bool)
    last[: matrix.cells] = kept
    hidden = [_protected(matrix, *scenario, last) for scenario in zip(matrix.all_columns(counts), small)]
    return np.array(hidden, bool).reshape(small.shape)[:, : matrix.cells]


def is_small(families: Float, rows: Float) -> Mask:
    """Return where counts are above zero and either they or the households behind them are few; arrays of one shape."""
    return (families > ROUND_OFF) & (is_few(families) | is_few(rows))


def is_few(counts: Float) -> Mask:
    """Return where counts are above zero and below the smallest that is published."""
    return (counts > ROUND_OFF) & (counts < SMALLEST_CELL - ROUND_OFF)


def as_counts(given: npt.ArrayLike, key: str) -> Float:
    """Return counts as floats [scenario, cell].

    Raises
    ------
    InputError
        If they are of another shape, or one is missing, infinite or negative.
    """
    counts = np.asarray(given, float)
    if counts.ndim != 2:
        raise InputError("is not an array of scenarios by cells", key=key, value=counts.shape)
    wrong = counts[~(np.isfinite(counts) & (counts >= 0))]
    if len(wrong):
        raise InputError("holds what is no count", key=key, value=float(wrong[0]), allowed="numbers of at least 0")
    return counts


def _complete(matrix: Lines, counts: Float, key: str) -> Float:
    """Return counts of all columns, remainders included."""
    gap = matrix.gap(counts)
    if gap is not None:
        message = f"the total exceeds the parts by {gap.excess:g} in scenario {gap.scenario}, line {gap.line}"
        raise InputError(message, key=key)
    return matrix.all_columns(counts)


def _protected(matrix: Lines, values: Float, small: Mask, kept: Mask) -> Mask:
    """Return what is hidden in one scenario, bool [column]."""
    if not small.any():
        return small
    from sim.outcomes.bounds import Audit  # takes half a second to load, which most commands need not wait for

    audit = Audit(matrix, values, small, SMALLEST_CELL, kept)
    return audit.widened(_with_companions(matrix, values, small, kept))


def _with_companions(matrix: Lines, values: Float, small: Mask, kept: Mask) -> Mask:
    """Withhold one cell after the other until no line has a hidden cell that it alone gives away, bool [column]."""
    hidden = small.copy()
    hidden[matrix.cells :] = matrix.rest
    used_up = np.zeros(len(matrix.rest), bool)
    while (telling := ~used_up & _telling(matrix, values, small, hidden)).any():
        line = int(np.argmax(telling))
        companion = _companion(matrix, values, hidden, kept, line)
        if companion is None:
            used_up[line] = True
        else:
            hidden[companion] = True
    return hidden


def _telling(matrix: Lines, values: Float, small: Mask, hidden: Mask) -> Mask:
    """Return the lines that pin a hidden cell, or bound it by a sum of hidden parts that is itself small, bool [line].

    A hidden total bounds nothing: it may be as large as its parts like.
    """
    column = matrix.column
    at = hidden[column]
    judged = matrix.sums(at & ((column < matrix.cells) | small[column])) > 0
    alone = matrix.sums(at) == 1
    shown_total = matrix.sums(at & (matrix.sign > 0)) == 0
    few = matrix.sums(at * values[column]) < SMALLEST_CELL - ROUND_OFF
    telling: Mask = judged & (alone | (shown_total & few))
    return telling


def _companion(matrix: Lines, values: Float, hidden: Mask, kept: Mask, line: int) -> int | None:
    """Return the published cell of a line to withhold in company, or None.

    Not one to be kept if there is another, not the line's total, best no total at all, best where its other lines have
    hidden cells already, since those that have none would need one more, and best a small one; between two alike, the
    first. A cell at zero is no help: a reader knows that nothing at zero is withheld.
    """
    entry = np.flatnonzero((matrix.line == line) & ~hidden[matrix.column] & (values[matrix.column] > ROUND_OFF))
    if not len(entry):
        return None
    column, own_total = matrix.column[entry], matrix.sign[entry] > 0
    untouched = matrix.sums(hidden[matrix.column]) == 0
    opened = np.bincount(matrix.column, weights=untouched[matrix.line], minlength=matrix.columns)
    order = np.lexsort([column, values[column], opened[column], matrix.totals()[column], own_total, kept[column]])
    return int(column[order[0]])
