"""Safe publishing: the one place through which counts pass before they are shown or exported."""

from collections.abc import Hashable

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.outcomes.additive import ROUND_OFF, Float, Line, Lines, Mask
from sim.outcomes.cells import Cells
from sim.outcomes.layout import Layout, require
from sim.outcomes.suppression import as_counts, is_few, withheld
from sim.schema.errors import InputError

COUNTS = ("families", "persons")  # units that count people
ROUNDED_TO = 5  # families or persons


def publish_counts(table: pd.DataFrame, layout: Layout) -> pd.DataFrame:
    """Return a tidy table of counts as it may be published: small cells and their companions blank, others rounded.

    Parameters
    ----------
    table : pandas.DataFrame
        Exact values, one cell and scenario a row.
    layout : Layout
        What its columns are and what sums to what. Of one count and one kind of people: where it has families and
        persons, judge families and name persons among ``values``.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order, without the column of simulated households, which is not for publication, and
        with a boolean column ``suppressed``.

    Raises
    ------
    InputError
        If the table is not as the layout says: a column is missing, a number is of no known meaning, a count is
        negative, a cell is there twice, a total is not the sum of its parts.
    """
    cells, hidden = _judged(table, layout)
    return _blanked(table, layout, hidden[cells.scenario, cells.cell])


def publish_differences(
    table: pd.DataFrame, layout: Layout, baseline: Hashable, paired: tuple[str, ...] = ()
) -> pd.DataFrame:
    """Return what `publish_counts` does with a column ``difference`` to a baseline scenario.

    Blank where either count is withheld, for one could be worked out from the other; else rounded from the exact
    difference. A cell that a scenario does not have counts as empty there.

    Parameters
    ----------
    table, layout : pandas.DataFrame, Layout
        As for `publish_counts`.
    baseline : hashable
        Scenario compared with.
    paired : tuple of str
        Columns that hold differences to the baseline already, such as ends of their interval: treated likewise.

    Returns
    -------
    pandas.DataFrame
        As of `publish_counts`, with ``difference`` last: zero at the baseline, of the first of the layout's values.

    Raises
    ------
    InputError
        As `publish_counts`, or if there is no such scenario.
    """
    cells, hidden = _judged(table, layout, paired)
    if layout.scenario is None:
        raise InputError("there are no scenarios to compare", key="scenario")
    require([baseline], cells.names, layout.scenario)
    at = cells.names.index(baseline)
    own = hidden[cells.scenario, cells.cell]
    either = own | hidden[at, cells.cell]
    exact = table[layout.values[0]].to_numpy(float)
    difference = exact - cells.array(table[layout.values[0]])[at, cells.cell]
    result = _blanked(table, layout, own).assign(difference=np.where(either, np.nan, rounded(difference)))
    return result.assign(**{name: np.where(either, np.nan, rounded(table[name])) for name in paired})


def rounded(values: npt.ArrayLike, base: int = ROUNDED_TO) -> Float:
    """Return counts, or differences of counts, rounded to multiples of a base, half away from zero; blanks stay blank.

    Zero stays zero. No count above zero becomes zero, since those below the base are withheld; a difference may. Round
    exact values, and differences themselves rather than what is left of rounded counts.

    Parameters
    ----------
    values : array_like
        Families or persons, of any shape.
    base : int
        What to round to multiples of.

    Raises
    ------
    InputError
        If the base is below 1.
    """
    if base < 1:
        raise InputError("is not a whole number of at least 1", key="base", value=base)
    exact = np.asarray(values, float)
    steps: Float = np.floor(np.abs(exact) / base + 0.5 + ROUND_OFF)
    signed: Float = np.copysign(steps * base, exact) + 0.0  # no minus zero
    return signed


def rates(
    part: npt.ArrayLike, whole: npt.ArrayLike, part_withheld: npt.ArrayLike, whole_withheld: npt.ArrayLike
) -> Float:
    """Return a part of a whole in percent, to one decimal, blank where it would give away what is withheld.

    Parameters
    ----------
    part, whole : array_like
        Exact counts of one shape.
    part_withheld, whole_withheld : array_like
        Where each is withheld, bool of the same shape. That a part may leave a small remainder has to be known where
        they were judged (`Relation` with ``rest``); here it blanks the rate as well.

    Returns
    -------
    numpy.ndarray
        Percent; blank where either is withheld or small, where the remainder is small, and where the whole is zero.
    """
    parts, wholes = np.asarray(part, float), np.asarray(whole, float)
    telling = is_few(parts) | is_few(wholes) | is_few(wholes - parts)
    shown = ~(telling | np.asarray(part_withheld, bool) | np.asarray(whole_withheld, bool)) & (wholes > 0)
    found: Float = np.round(np.divide(100 * parts, wholes, out=np.full(shown.shape, np.nan), where=shown), 1)
    return found


def _judged(table: pd.DataFrame, layout: Layout, differences: tuple[str, ...] = ()) -> tuple[Cells, Mask]:
    """Return the cells of a table and which are withheld, bool [scenario, cell]."""
    layout.check(table, differences)
    cells = Cells.of(table, layout)
    lines = cells.lines(layout)
    mean, *others = (as_counts(cells.array(table[name]), name) for name in layout.values)
    rows = as_counts(cells.array(table[layout.rows]), layout.rows)
    for name, counts in ((layout.values[0], mean), (layout.rows, rows)):
        _refuse_gap(cells, lines, counts, name)
    for name, other in zip(layout.values[1:], others):
        if ((mean <= ROUND_OFF) & (other > ROUND_OFF)).any():
            raise InputError(f"is above zero where {layout.values[0]} is zero", key=name)
    few = np.any([np.zeros(mean.shape, bool), *map(is_few, others)], axis=0)
    return cells, withheld(mean, rows, lines, few, cells.kept(layout))


def _refuse_gap(cells: Cells, lines: list[Line], counts: Float, name: str) -> None:
    """Raise InputError, naming the cell by its labels, where a total is not the sum of its parts."""
    gap = Lines.of(lines, len(cells.keys)).gap(counts)
    if gap is not None:
        scenario = str(cells.names[gap.scenario])
        place = cells.name(lines[gap.line].total) + (scenario and f" in scenario {scenario}")
        raise InputError(f"{place} exceeds the sum of its parts by {gap.excess:g}", key=name)


def _blanked(table: pd.DataFrame, layout: Layout, hidden: Mask) -> pd.DataFrame:
    """Return a table with counts rounded, those of hidden rows blank, and nothing of the households behind them."""
    values = {name: np.where(hidden, np.nan, rounded(table[name])) for name in layout.values}
    beside = {name: np.where(hidden, np.nan, table[name]) for name in layout.blanked}
    return table.drop(columns=layout.rows).assign(**values, **beside, suppressed=hidden)
