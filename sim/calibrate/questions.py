"""What surveys ask of a run: whether families plan to return, why not, and how those who did live.

A family plans to return where going home beats everything else by more than a margin and nothing stands in its way that
it cannot expect to open within a year; it is undecided where it is within the margin. When asked, families may value
return otherwise than when they go (a shift): wishes are cheap, and interviewers are not convoys. Of the others, who do
not plan to, each names every reason that takes more than a margin of its own from going home.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.calibrate.observe import Nuisances
from sim.kernels.codes import CAMP, REASONS, SEASON, SEAT, VACANCY
from sim.model import SolutionsModel
from sim.scenario import Compiled

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
OPENS = (1 << SEASON) | (1 << VACANCY) | (1 << SEAT)  # gates that may open within a year


class Intentions(NamedTuple):
    """What families away from home would say, bool[n] of all rows, and what going home is worth to them."""

    asked: Mask
    plans: Mask
    undecided: Mask
    wish: npt.NDArray[np.float32]  # float32[n], over all else, utility; NaN for those not asked


def intentions(model: SolutionsModel, nuisances: Nuisances) -> Intentions:
    """Return who is asked now, who plans to return, and who is undecided."""
    margin, shut = model.world.asked()
    asked, wish = ~np.isnan(margin), margin + np.float32(nuisances.plan_shift)
    plans = (wish > nuisances.plan_margin) & (shut & ~np.uint8(OPENS) == 0)
    return Intentions(asked, plans, np.abs(wish) <= nuisances.plan_margin, wish)


def _planning(model: SolutionsModel, nuisances: Nuisances) -> tuple[Mask, Mask]:
    found = intentions(model, nuisances)
    return found.asked, np.stack([found.plans, found.undecided], axis=1)


def _reasons(model: SolutionsModel, nuisances: Nuisances) -> tuple[Mask, Mask]:
    found = intentions(model, nuisances)
    return found.asked & ~found.plans & ~found.undecided, model.world.reasons() > nuisances.reason_margin


def _conditions(model: SolutionsModel, nuisances: Nuisances) -> tuple[Mask, Mask]:
    there = (model.households["present"] > 0) & (model.households["at_home"] > 0)
    return there, model.world.severe()[:, None]


class Question(NamedTuple):
    """What is asked.

    Attributes
    ----------
    answers : tuple of str
        Those that are counted.
    several : bool
        Whether a family may give more than one.
    ask : callable
        From a model as it stands to who is asked, bool[n], and who gives each answer, bool[n, answers].
    """

    answers: tuple[str, ...]
    several: bool
    ask: Callable[[SolutionsModel, Nuisances], tuple[Mask, Mask]]


class Grouping(NamedTuple):
    """How families are told apart: the names of the groups, and the group of every row."""

    names: Callable[[Compiled], list[str]]
    of: Callable[[SolutionsModel], Int]


PLANS = Question(("return", "undecided"), False, _planning)
WHY_NOT = Question(REASONS, True, _reasons)
AFTER_RETURN = Question(("severe",), False, _conditions)

BY_SHELTER = Grouping(
    lambda compiled: ["camp", "out_of_camp"], lambda model: (model.households["shelter"] != CAMP).astype(np.int64)
)
BY_AREA = Grouping(
    lambda compiled: list(compiled.geography.pcodes), lambda model: model.households["area"].astype(np.int64)
)
BY_ORIGIN = Grouping(
    lambda compiled: list(compiled.geography.pcodes), lambda model: model.households["origin"].astype(np.int64)
)
TOGETHER = Grouping(lambda compiled: ["all"], lambda model: np.zeros(len(model.households["weight"]), np.int64))

STATISTICS: Mapping[str, tuple[Question, Grouping]] = {
    "plans_by_shelter": (PLANS, BY_SHELTER),
    "plans_by_area": (PLANS, BY_AREA),
    "plans_by_origin": (PLANS, BY_ORIGIN),
    "reasons_by_shelter": (WHY_NOT, BY_SHELTER),
    "reasons_by_area": (WHY_NOT, BY_AREA),
    "reasons_by_origin": (WHY_NOT, BY_ORIGIN),
    "severe_after_return": (AFTER_RETURN, TOGETHER),
    "severe_after_return_by_origin": (AFTER_RETURN, BY_ORIGIN),
}


def answers(statistic: str, model: SolutionsModel, nuisances: Nuisances) -> Float:
    """Return the shares of families asked that give each answer, float64[groups, answers]; 0 where none is asked."""
    question, grouping = STATISTICS[statistic]
    asked, given = question.ask(model, nuisances)
    group, weight = grouping.of(model)[asked], model.households["weight"][asked].astype(np.float64)
    count = len(grouping.names(model.compiled))
    total = np.maximum(np.bincount(group, weight, count), 1.0)
    return np.stack([np.bincount(group, weight * one, count) / total for one in given[asked].T], axis=1)
