"""What would it take: the smallest value of a lever with which an outcome reaches a target, often enough.

Every value is tried with the same parameters and the same luck, so that what differs between values is the lever.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from sim.experiments.draws import Draws, as_written
from sim.experiments.executors import Executor, Serial
from sim.experiments.record import DATA
from sim.experiments.replicate import Work
from sim.experiments.run import fitted
from sim.outcomes import BEST, HEADLINE, known_outcome, require_aimable
from sim.outcomes.suppression import is_few
from sim.scenario import Scenario
from sim.schema.errors import InputError

HARM = ("expelled", "worst_group_induced")  # shown beside every value
SYNONYMS = {"sustained_solutions": BEST}
FINE = 100  # parts of the range between its ends that an answer is found within
LOOKED_AT = 4  # values between the ends that are tried before a target is said to be out of reach
_TARGET = re.compile(r"\s*(\w+)\s*(>=|<=)\s*([-+]?[0-9][0-9_,]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)\s*")


class Target(NamedTuple):
    """What an outcome is to reach."""

    outcome: str
    at_least: bool
    amount: float

    def met(self, value: float) -> bool:
        """Return whether a value of the outcome is enough."""
        return value >= self.amount if self.at_least else value <= self.amount

    def __str__(self) -> str:
        """Return the target as it is written."""
        return f"{self.outcome} {'>=' if self.at_least else '<='} {self.amount:,.10g}"


@dataclass(frozen=True)
class Tried:
    """One value of the lever.

    Attributes
    ----------
    value : float or int
    met, of : int
        Replicates in which the target was met, and all.
    low, high : float
        95 % confidence interval of the chance to meet it (Clopper and Pearson 1934).
    means : dict of str to float
        Of the outcome aimed at, and of what harm there is; NaN where it may not be published.
    """

    value: float
    met: int
    of: int
    low: float
    high: float
    means: dict[str, float]


@dataclass(frozen=True)
class Reach:
    """What was tried, in order of value, and the answer; None where no value met the target often enough."""

    scenario: str
    lever: str
    target: Target
    probability: float
    tried: tuple[Tried, ...]
    answer: float | None
    within: float

    @property
    def is_monotone(self) -> bool:
        """Whether a larger value never met the target less often."""
        met = [one.met for one in self.tried]
        return met == sorted(met)


def read_target(text: str) -> Target:
    """Return a target written as ``outcome >= amount`` or ``outcome <= amount``.

    Raises
    ------
    InputError
        If it is written otherwise, no run records the outcome, or it must not be aimed at.
    """
    found = _TARGET.fullmatch(text)
    if found is None:
        allowed = f"an outcome, >= or <=, and a number: {BEST} >= 20000"
        raise InputError("is no target", key="--target", value=text, allowed=allowed)
    name = known_outcome(SYNONYMS.get(found[1], found[1]), "--target")
    return Target(require_aimable(name, found[2] == ">="), found[2] == ">=", float(re.sub("[_,]", "", found[3])))


def reach(
    scenario: str | Path | Scenario,
    lever: str,
    target: str,
    low: float,
    high: float,
    probability: float = 0.9,
    draws: Draws | None = None,
    seeds: int = 20,
    households: int | None = None,
    months: int | None = None,
    executor: Executor | None = None,
    tick: Callable[[], None] | None = None,
) -> Reach:
    """Find the smallest value of a lever with which a target is met.

    Parameters
    ----------
    scenario : str, Path or Scenario
    lever : str
        Dotted key of a number, as ``--set`` takes it.
    target : str
        ``outcome >= amount`` or ``outcome <= amount``, of a headline outcome.
    low, high : float
        Between which values to look; whole numbers where the lever has one.
    probability : float
        Share of replicates in which the target has to be met, above 0 and at most 1.
    draws : Draws, optional
        Uncertain parameters; as written by default.
    seeds : int
        How many, each with every draw.
    households, months
        As in :func:`sim.run`.
    executor : Executor, optional
        Who runs; one after the other by default.
    tick : callable, optional
        Called after every value.

    Returns
    -------
    Reach
        The answer is found by halving to within a hundredth of the range, between a value that falls short and one
        that does not. Where the highest value falls short, four between are tried before none is said to do.
    """
    aim, base = read_target(target), fitted(scenario, households, months)
    _refuse_range(low, high, probability)
    whole = isinstance(_number(base, lever), int)
    if whole and not (float(low).is_integer() and float(high).is_integer()):
        raise InputError("the lever is a whole number", key="--from and --to", value=f"{low:g} to {high:g}")
    work = Work((base,), draws or as_written(), tuple(range(seeds)))
    search = _Search(work, lever, aim, probability, executor or Serial(), tick or (lambda: None), whole)
    answer, step = search.smallest(low, high)
    tried = tuple(sorted(search.tried.values(), key=lambda one: one.value))
    return Reach(base.name, lever, aim, probability, tried, answer, step)


class _Search:
    def __init__(
        self, work: Work, lever: str, target: Target, probability: float, executor: Executor, tick: Any, whole: bool
    ) -> None:
        self.work, self.lever, self.target, self.probability = work, lever, target, probability
        self.executor, self.tick, self.whole = executor, tick, whole
        self.tried: dict[float, Tried] = {}

    def smallest(self, low: float, high: float) -> tuple[float | None, float]:
        """Return the smallest value that was found to be enough, and how far below it one that is not may lie."""
        step = 1.0 if self.whole else (high - low) / FINE
        if self.enough(low):
            return self.tried[low].value, 0.0
        above = next((value for value in [high, *self._between(low, high)] if self.enough(value)), None)
        if above is None:
            return None, step
        below = max(value for value in self.tried if value < above and not self.enough(value))
        while above - below > step * (1 + 1e-9):
            middle = self._rounded((below + above) / 2)
            if self.enough(middle):
                above = middle
            else:
                below = middle
        return above, above - below

    def _between(self, low: float, high: float) -> Iterator[float]:
        for n in range(LOOKED_AT, 0, -1):
            value = self._rounded(low + (high - low) * n / (LOOKED_AT + 1))
            if low < value < high:
                yield value

    def _rounded(self, value: float) -> float:
        return float(np.floor(value)) if self.whole else value

    def enough(self, value: float) -> bool:
        """Return whether a value meets the target often enough, trying it once."""
        if value not in self.tried:
            self.tried[value] = self._try(value)
            self.tick()
        one = self.tried[value]
        return one.met >= self.probability * one.of - 1e-9

    def _try(self, value: float) -> Tried:
        set_to = int(value) if self.whole else value
        (scenario,) = self.work.scenarios
        work = Work((scenario.override({self.lever: set_to}),), self.work.draws, self.work.seeds)
        names = list(dict.fromkeys((self.target.outcome, *HARM)))
        found: dict[int, dict[str, tuple[float, ...]]] = {}
        with closing(self.executor.finished(work, range(len(work)))) as ended:
            for done in ended:
                if done.summary is None:
                    raise InputError(done.error, key=self.lever, value=set_to)
                data = done.summary.parts[DATA].isel(scenario=0)
                both = data["outcome_value"], data["outcome_rows"]
                found[done.number] = {name: tuple(float(one.sel(outcome=name)) for one in both) for name in names}
        in_order = [found[number] for number in sorted(found)]  # so that means do not depend on who was first
        values, rows = ({name: [one[name][n] for one in in_order] for name in names} for n in range(2))
        met = sum(map(self.target.met, values[self.target.outcome]))
        from scipy.stats import binomtest  # as in sim.experiments.draws

        interval = binomtest(met, len(work)).proportion_ci(0.95)
        means = {name: _published(name, float(np.mean(values[name])), float(np.mean(rows[name]))) for name in names}
        return Tried(set_to, met, len(work), float(interval.low), float(interval.high), means)


def _published(name: str, mean: float, rows: float) -> float:
    """Return a mean over replicates, NaN where it counts fewer people or simulated households than may be told."""
    unit = next(one.unit for one in HEADLINE if one.name == name)
    few = unit in ("families", "persons") and bool(is_few(np.array([mean, rows])).any())
    return float("nan") if few else mean


def _number(scenario: Scenario, key: str) -> float:
    """Return the number that a scenario has at a dotted key."""
    value = scenario.value(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("is no number that could be turned up or down", key="--lever", value=key)
    return value


def _refuse_range(low: float, high: float, probability: float) -> None:
    if not low < high or not np.isfinite([low, high]).all():
        raise InputError("is no range to look in", key="--from and --to", value=f"{low:g} to {high:g}")
    if not 0 < probability <= 1:
        raise InputError("is no probability", key="--probability", value=probability, allowed="above 0, at most 1")
