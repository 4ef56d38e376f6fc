"""Made-up tables of counts with all their margins, two scenarios of each, as the publishing rules meet them."""

import itertools
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd
from hypothesis import strategies as st

from sim.outcomes import Layout

NAMES = ("area", "group", "situation")
TOTALS = dict.fromkeys(NAMES, "all")
KINDS = ((0,), range(1, 10), range(10, 40), range(40, 400))  # simulated households of a cell
WEIGHTS = (1.0, 1.0, 2.5, 7.0, 40.0)  # families each stands for

Array = npt.ArrayLike
Scenario = tuple[Array, Array]  # families and rows


def layout(ways: int) -> Layout:
    """Return the layout of a table of so many ways."""
    return Layout(NAMES[:ways], {name: TOTALS[name] for name in NAMES[:ways]})


def with_margins(inner: Array) -> npt.NDArray[np.float64]:
    """Return an array with its sums appended along every axis."""
    found = np.asarray(inner, float)
    for axis in range(found.ndim):
        found = np.concatenate([found, found.sum(axis, keepdims=True)], axis)
    return found


def tidy(*scenarios: Scenario) -> pd.DataFrame:
    """Return families and rows of inner cells as a tidy table with all margins, scenarios named base, other, ..."""
    frames = []
    for name, (families, rows) in zip(("base", "other", "third"), scenarios):
        counts, behind = with_margins(families), with_margins(rows)
        labels = [[*(f"{n}" for n in range(size - 1)), "all"] for size in counts.shape]
        frame = pd.DataFrame(itertools.product(*labels), columns=NAMES[: counts.ndim])
        frames.append(frame.assign(scenario=name, families=counts.ravel(), rows=behind.ravel()))
    return pd.concat(frames, ignore_index=True)


def same(families: Array) -> Scenario:
    """Return a scenario in which every family is simulated."""
    return families, families


@st.composite
def pairs(draw: st.DrawFn, shapes: Sequence[tuple[int, ...]]) -> tuple[Scenario, Scenario]:
    """Draw two scenarios of a sparse table: another one, or the same but for a single cell."""
    shape = draw(st.sampled_from(shapes))
    base = draw(_scenarios(shape))
    if draw(st.booleans()):
        return base, draw(_scenarios(shape))
    families, rows = np.array(base[0]), np.array(base[1])
    at = tuple(draw(st.integers(0, size - 1)) for size in shape)
    families[at] = rows[at] = draw(st.integers(0, 12))
    return base, (families, rows)


@st.composite
def _scenarios(draw: st.DrawFn, shape: tuple[int, ...]) -> Scenario:
    cell = st.sampled_from(KINDS).flatmap(st.sampled_from)
    size = int(np.prod(shape))
    rows = np.array(draw(st.lists(cell, min_size=size, max_size=size)), float).reshape(shape)
    weight = np.array(draw(st.lists(st.sampled_from(WEIGHTS), min_size=size, max_size=size))).reshape(shape)
    for axis, length in enumerate(shape):
        empty = draw(st.sampled_from([None, None, *range(length)]))
        if empty is not None:
            rows[(slice(None),) * axis + (empty,)] = 0
    return rows * weight / draw(st.sampled_from([1, 3])), rows / draw(st.sampled_from([1, 3]))
