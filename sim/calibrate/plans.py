"""What a survey of intentions would publish of a run: who plans to return, and who does not know.

A family plans to return where going home beats everything else by more than a margin and nothing stands in its way that
it cannot expect to open within a year; it is undecided where it is within the margin. When asked, families may value
return otherwise than when they go (a shift): wishes are cheap, and interviewers are not convoys. Shares are compared
as arcsin(sqrt(share)), whose variance is 1 / (4 n) whatever the share (Anscombe 1948).
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from sim.calibrate.observe import Nuisances
from sim.kernels.codes import CAMP, SEASON, SEAT, VACANCY
from sim.model import SolutionsModel
from sim.scenario import Compiled

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
OPENS = (1 << SEASON) | (1 << VACANCY) | (1 << SEAT)  # gates that may open within a year
ANSWERS = ("return", "undecided")


class Plans(NamedTuple):
    """A survey as it is compared.

    Attributes
    ----------
    name, statistic : str
    labels : tuple of str
        Groups of families, one a row of the survey.
    group : int64[rows]
        Number of the group among those of the statistic.
    months : int64[rows]
        Months simulated when they were asked.
    dates : tuple of str
    shares : float64[rows, 2]
        Published shares that plan to return, and that are undecided.
    households : float64[rows]
        Effective number of households asked.
    """

    name: str
    statistic: str
    labels: tuple[str, ...]
    group: Int
    months: Int
    dates: tuple[str, ...]
    shares: Float
    households: Float

    @property
    def names(self) -> list[str]:
        """Names of the statistics, row by row."""
        return [f"{self.name} {label} {date} {one}" for label, date in zip(self.labels, self.dates) for one in ANSWERS]

    @property
    def observed(self) -> Float:
        """What was published, as it is compared."""
        return stabilised(self.shares).ravel()

    def only(self, kept: npt.NDArray[np.bool_]) -> "Plans":
        """Return some of the rows."""
        words = (tuple(one for one, keep in zip(each, kept) if keep) for each in (self.labels, self.dates))
        labels, dates = words
        arrays = (self.group[kept], self.months[kept], dates, self.shares[kept], self.households[kept])
        return Plans(self.name, self.statistic, labels, *arrays)


def stabilised(shares: Float) -> Float:
    """Return shares on a scale where their variance does not depend on them."""
    found: Float = np.arcsin(np.sqrt(np.clip(shares, 0.0, 1.0)))
    return found


def by_shelter(model: SolutionsModel) -> Int:
    """Return 0 for families in camps, 1 for others."""
    found: Int = (model.households["shelter"] != CAMP).astype(np.int64)
    return found


def by_area(model: SolutionsModel) -> Int:
    """Return where families are."""
    return np.asarray(model.households["area"], np.int64)


def by_origin(model: SolutionsModel) -> Int:
    """Return where families are from."""
    return np.asarray(model.households["origin"], np.int64)


GROUPS: Mapping[str, Callable[[SolutionsModel], Int]] = {
    "plans_by_shelter": by_shelter,
    "plans_by_area": by_area,
    "plans_by_origin": by_origin,
}


def groups(statistic: str, compiled: Compiled) -> list[str]:
    """Return the names of the groups of a statistic."""
    return ["camp", "out_of_camp"] if statistic == "plans_by_shelter" else list(compiled.geography.pcodes)


def answers(statistic: str, model: SolutionsModel, nuisances: Nuisances) -> Float:
    """Return the shares of families away from home that plan to return, and that are undecided, [groups, 2]."""
    margin, shut = model.world.asked()
    asked = ~np.isnan(margin)
    margin, shut = margin[asked] + nuisances.plan_shift, shut[asked]
    group, weight = GROUPS[statistic](model)[asked], model.households["weight"][asked].astype(np.float64)
    undecided = np.abs(margin) <= nuisances.plan_margin
    plans = (margin > nuisances.plan_margin) & (shut & ~np.uint8(OPENS) == 0)
    count = len(groups(statistic, model.compiled))
    total = np.bincount(group, weight, count)
    parts = [np.bincount(group, weight * chosen, count) / np.maximum(total, 1.0) for chosen in (plans, undecided)]
    return np.stack(parts, axis=1)


def answered(survey: Plans, shares: Float, luck: np.random.Generator) -> Float:
    """Return what a survey would publish of true shares [rows, 2], as it is compared."""
    noise = luck.standard_normal(shares.shape) / (2.0 * np.sqrt(survey.households))[:, None]
    found: Float = stabilised(shares) + noise
    return found.ravel()
