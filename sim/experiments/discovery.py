"""In which futures a plan fails: the ranges of uncertain parameters in which a target is missed.

Scenario discovery (Bryant and Lempert 2010) by a classification tree (Breiman et al. 1984; scikit-learn): each leaf is
a box of a few parameters, told by how many of its replicates fail and how much of all failure it holds.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from sim.experiments.compare import Comparison
from sim.experiments.draws import DRAW_SEED, INSTALL
from sim.experiments.reach import Target
from sim.experiments.store import Store
from sim.schema.errors import InputError, nearest

DEPTH = 3  # parameters a box may name
LEAST_SHARE = 0.05  # of all replicates in a box


class Range(NamedTuple):
    """Where a parameter lies: above ``low`` and at most ``high``; infinite where the box is open."""

    parameter: str
    low: float
    high: float


@dataclass(frozen=True)
class Box:
    """A box of futures.

    Attributes
    ----------
    ranges : tuple of Range
        Of the parameters that bound it; of the others, any value.
    replicates, failing : int
        How many it holds, and how many of these miss the target.
    coverage : float
        Share of all failing replicates that it holds.
    """

    ranges: tuple[Range, ...]
    replicates: int
    failing: int
    coverage: float

    @property
    def density(self) -> float:
        """Share of its replicates that miss the target."""
        return self.failing / self.replicates


@dataclass(frozen=True)
class Failures:
    """How often a scenario misses a target, and the boxes where it does more often than elsewhere, worst first."""

    scenario: str
    target: Target
    replicates: int
    failing: int
    boxes: tuple[Box, ...]


def failures(store: Store, comparison: Comparison, target: Target, scenario: str | None = None) -> Failures:
    """Return in which futures a scenario misses a target.

    Parameters
    ----------
    store : Store
        Of an experiment whose parameters vary.
    comparison : Comparison
        What is finished of it.
    target : Target
        What has to be reached, replicate by replicate.
    scenario : str, optional
        Which; the last by default.

    Raises
    ------
    InputError
        Where parameters do not vary, or there is no such scenario.
    """
    drawn = store.draws()
    name = scenario or comparison.scenarios[-1]
    if name not in comparison.scenarios:
        message, allowed = f"no such scenario{nearest(name, comparison.scenarios)}", ", ".join(comparison.scenarios)
        raise InputError(message, key="--scenario", value=name, allowed=allowed)
    values = comparison.data["outcome_value"].sel(outcome=target.outcome, scenario=name).values
    failing = np.array([not target.met(float(value)) for value in values])
    boxes = _boxes(drawn, comparison.data["draw"].values, failing)
    return Failures(name, target, len(failing), int(failing.sum()), boxes)


def _boxes(drawn: pd.DataFrame, draw: Any, failing: Any) -> tuple[Box, ...]:
    """Return the leaves of a tree in which more fail than among all."""
    if not failing.any() or failing.all():
        return ()
    try:
        from sklearn.tree import DecisionTreeClassifier
    except ImportError:
        raise InputError("scikit-learn is not installed", key="failures", allowed=INSTALL) from None
    values = drawn.to_numpy()[draw]
    least = max(2, int(np.ceil(LEAST_SHARE * len(values))))
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=least, random_state=DRAW_SEED).fit(values, failing)
    leaf = tree.apply(values)
    found = []
    for number in np.unique(leaf):
        inside = leaf == number
        ranges = _ranges(tree.tree_, int(number), [str(name) for name in drawn])
        found.append(
            Box(ranges, int(inside.sum()), int(failing[inside].sum()), float(failing[inside].sum() / failing.sum()))
        )
    worse = [box for box in found if box.ranges and box.density > failing.mean()]
    return tuple(sorted(worse, key=lambda box: (-box.density, -box.coverage)))


def _ranges(tree: Any, leaf: int, names: list[str]) -> tuple[Range, ...]:
    """Return the bounds on the way from a leaf up to the root, each parameter once."""
    parent = {
        int(child): n for children in (tree.children_left, tree.children_right) for n, child in enumerate(children)
    }
    bounds: dict[str, list[float]] = {}
    node = leaf
    while node in parent:
        above = parent[node]
        name, threshold = names[int(tree.feature[above])], float(tree.threshold[above])
        low, high = bounds.setdefault(name, [-np.inf, np.inf])
        is_left = int(tree.children_left[above]) == node
        bounds[name] = [low, min(high, threshold)] if is_left else [max(low, threshold), high]
        node = above
    return tuple(Range(name, *ends) for name, ends in sorted(bounds.items()))
