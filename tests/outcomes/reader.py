"""A reader with a linear program: what can be worked out from published tables, and from nothing else.

Written without the engine that withholds. The reader has the tidy tables of two scenarios as they were published, with
their blanks and differences; knows which labels are totals; and knows that no count is negative.
"""

from collections.abc import Hashable, Iterator, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.optimize import linprog

MOST = 1e6  # no reader believes that a cell has more families
Key = tuple[Hashable, ...]
Row = dict[Key, float]  # coefficients of the cells of an equation


class Books(NamedTuple):
    """A published table and how to read it: columns of labels, the label of each sum, subsets with what they leave."""

    table: pd.DataFrame
    dimensions: list[str]
    totals: Mapping[str, Hashable]
    subsets: list[tuple[dict[str, Hashable], list[dict[str, Hashable]], bool]]


def spans(books: Books, slack: float) -> dict[Key, float]:
    """Return how far apart the bounds of each blank cell and each remainder are, by (scenario, *labels).

    Published numbers are known to within ``slack``: half of what counts are rounded to, or next to nothing.
    """
    equations = [*sums(books), *subsets(books)]
    unknown = dict.fromkeys(key for row in equations for key in row)
    lower, upper = dict.fromkeys(unknown, 0.0), dict.fromkeys(unknown, MOST)
    known = published(books)
    for key, value in known.items():
        lower[key] = value - slack if value else 0.0
        upper[key] = value + slack if value else 0.0
    limits = list(differences(books, slack))
    cells = dict.fromkeys([*unknown, *lower, *(key for row, _ in limits for key in row)])
    place = {key: number for number, key in enumerate(cells)}
    system = {
        "A_eq": matrix(equations, place),
        "b_eq": np.zeros(len(equations)),
        "A_ub": matrix([row for row, _ in limits], place) if limits else None,
        "b_ub": [bound for _, bound in limits] if limits else None,
        "bounds": [(lower.get(key, 0.0), upper.get(key, MOST)) for key in cells],
    }
    blanks = [key for key in cells if key not in known]
    return {key: extreme(system, place[key], -1) - extreme(system, place[key], 1) for key in blanks}


def extreme(system: dict[str, object], at: int, sign: int) -> float:
    """Return the least value of one cell (sign 1), or the most (sign -1), that fits all that is known."""
    cost = np.zeros(len(system["bounds"]))  # type: ignore[arg-type]
    cost[at] = sign
    found = linprog(cost, **system, method="highs")
    assert found.status == 0, f"what is published contradicts itself: {found.message}"
    return float(sign * found.fun)


def published(books: Books) -> Row:
    """Return the counts that can be read."""
    shown = books.table[books.table["families"].notna()]
    return dict(zip(keys(books, shown), shown["families"]))


def differences(books: Books, slack: float) -> Iterator[tuple[Row, float]]:
    """Return what the differences say, each as two inequalities between a cell and that of the baseline."""
    baseline = books.table["scenario"].iloc[0]
    shown = books.table[books.table["difference"].notna() & (books.table["scenario"] != baseline)]
    for key, value in zip(keys(books, shown), shown["difference"]):
        yield {key: 1.0, (baseline, *key[1:]): -1.0}, value + slack
        yield {key: -1.0, (baseline, *key[1:]): 1.0}, slack - value


def sums(books: Books) -> Iterator[Row]:
    """Return that along every dimension the cell of the sum equals all others together."""
    for number, name in enumerate(books.dimensions, start=1):
        if name not in books.totals:
            continue
        rows: dict[Key, Row] = {}
        for key in keys(books, books.table):
            sign = 1.0 if key[number] == books.totals[name] else -1.0
            rows.setdefault((*key[:number], *key[number + 1 :]), {})[key] = sign
        yield from rows.values()


def subsets(books: Books) -> Iterator[Row]:
    """Return that a cell is made up of others, and of a remainder where they do not exhaust it."""
    for whole, parts, rest in books.subsets:
        others = ["scenario", *(name for name in books.dimensions if name not in whole)]
        for labels in books.table[others].drop_duplicates().to_dict("records"):
            total, *found = (key_of(books, {**labels, **each}) for each in (whole, *parts))
            remainder: Row = {(*total, "remainder"): -1.0} if rest else {}
            yield {total: 1.0, **dict.fromkeys(found, -1.0), **remainder}


def keys(books: Books, table: pd.DataFrame) -> list[Key]:
    """Return the key of every row."""
    return list(table[["scenario", *books.dimensions]].itertuples(index=False, name=None))


def key_of(books: Books, labels: Mapping[Hashable, Hashable]) -> Key:
    """Return the key of a cell given by scenario and labels."""
    return tuple(labels[name] for name in ("scenario", *books.dimensions))


def matrix(rows: list[Row], place: Mapping[Key, int]) -> np.ndarray:
    """Return equations as rows of numbers."""
    found = np.zeros((len(rows), len(place)))
    for number, row in enumerate(rows):
        for key, value in row.items():
            found[number, place[key]] = value
    return found
