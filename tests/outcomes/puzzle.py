"""Published counts as a puzzle: what a reader with a linear program can say of the blank ones.

Written without the engine that withholds. Cells that are not published at all are zero and left out of every equation.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

MOST = 1e6  # no reader believes that a cell has more families
ROUNDED = 2.5  # half of what counts are rounded to
Key = tuple[Hashable, ...]


@dataclass
class Puzzle:
    """Bounds of cells, and linear limits on them; counts that are shown are known to within ``off_by``."""

    off_by: float = ROUNDED
    bounds: dict[Key, tuple[float, float]] = field(default_factory=dict)
    limits: list[dict[Key, float]] = field(default_factory=list)  # each sums to at most zero
    off: list[float] = field(default_factory=list)  # or to at most this
    withheld: set[Key] = field(default_factory=set)

    def know(self, key: Key, value: float) -> None:
        """Take note of a published count, blank or not."""
        shown = (value - self.off_by, value + self.off_by) if value > 0 else (0.0, 0.0)
        self.bounds[key] = (0.0, MOST) if np.isnan(value) else shown
        if np.isnan(value):
            self.withheld.add(key)

    def guess(self, key: Key) -> None:
        """Take note of a count that is not published as such, but that others tell of."""
        self.bounds.setdefault(key, (0.0, MOST))

    def rate(self, part: Key, whole: Key, per_100: float) -> None:
        """Take note of a part per hundred of a whole, to one decimal; where that is blank, the part is withheld."""
        for key in (part, whole):
            self.guess(key)
        if np.isnan(per_100):
            self.withheld.add(part)
        else:
            self.at_most({part: 100.0}, {whole: per_100 + 0.05})
            self.at_most({whole: per_100 - 0.05}, {part: 100.0})

    def at_most(self, part: dict[Key, float], whole: dict[Key, float], off: float = 0.0) -> None:
        """Take note that one sum is at most another, by so much more; cells not known of are zero."""
        row: dict[Key, float] = {}
        for cells, sign in ((part, 1.0), (whole, -1.0)):
            for key, times in cells.items():
                if key in self.bounds:
                    row[key] = row.get(key, 0.0) + sign * times
        if row:
            self.limits.append(row)
            self.off.append(off)

    def equal(self, total: Iterable[Key], parts: Iterable[Key]) -> None:
        """Take note that two sums are equal."""
        one, other = dict.fromkeys(total, 1.0), dict.fromkeys(parts, 1.0)
        self.at_most(one, other)
        self.at_most(other, one)

    def part(self, whole: Key, *parts: Key) -> None:
        """Take note that parts which exclude each other make up at most a whole, if that is a cell."""
        if whole in self.bounds:
            self.at_most(dict.fromkeys(parts, 1.0), {whole: 1.0})

    def spans(self) -> dict[Key, float]:
        """Return how far apart the bounds of every withheld cell are."""
        place = {key: number for number, key in enumerate(self.bounds)}
        entries = [(n, place[key], times) for n, row in enumerate(self.limits) for key, times in row.items()]
        line, column, times = (np.array(part) for part in zip(*entries))
        matrix = csr_array((times, (line.astype(int), column.astype(int))), shape=(len(self.limits), len(place)))
        system = {"A_ub": matrix, "b_ub": self.off, "bounds": list(self.bounds.values()), "method": "highs"}
        return {key: _most(system, place[key], 1.0) + _most(system, place[key], -1.0) for key in sorted(self.withheld)}


def _most(system: dict[str, object], at: int, sign: float) -> float:
    cost = np.zeros(len(system["bounds"]))  # type: ignore[arg-type]
    cost[at] = -sign
    found = linprog(cost, **system)
    assert found.status == 0, f"what is published contradicts itself: {found.message}"
    return float(-found.fun)
