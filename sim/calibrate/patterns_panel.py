"""A run followed household by household: what patterns need that totals do not tell."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.calibrate.observe import Nuisances
from sim.calibrate.questions import intentions
from sim.kernels.codes import HLP_NONE, OWNER, PUSH_CLOSURE
from sim.model import SolutionsModel

Float = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Panel:
    """Households of a run over time: n of them, at the start and at the end of each of T months.

    Attributes
    ----------
    weight : float64[n]
        Families that each stands for.
    vulnerable : bool[n]
        With a member who is disabled or seriously ill.
    owner : bool[n]
    unusable : bool[n]
        Owners whose house could not be lived in at the start.
    land_blocked : bool[n]
        Owners whose house at the start could not be lived in or was held by others, or who had no document of it.
    away, home : bool[T + 1, n]
        Displaced (wherever, and however settled), and at home; neither before they arrive.
    site : int16[T + 1, n]
        Camp where they are, or -1.
    failed : bool[T + 1, n]
        Away again after a return.
    years : float32[T + 1, n]
        Away from home, in all.
    wish : float32[T + 1, n]
        What going home is worth when asked, over everything else, utility; NaN for those who are not asked.
    plan : bool[T + 1, n]
        Would say that they plan to return.
    closed_upon : bool[T + 1, n]
        Had to leave as their camp closed, in the month that ended.
    """

    weight: Float
    vulnerable: Mask
    owner: Mask
    unusable: Mask
    land_blocked: Mask
    away: Mask
    home: Mask
    site: npt.NDArray[np.int16]
    failed: Mask
    years: npt.NDArray[np.float32]
    wish: npt.NDArray[np.float32]
    plan: Mask
    closed_upon: Mask

    @property
    def months(self) -> int:
        """Months that were lived, T."""
        return len(self.away) - 1


def watched(model: SolutionsModel, between: Nuisances) -> Panel:
    """Live all months of a model, and return its households over time."""
    households = model.households
    owner = households["tenure"] == OWNER
    unusable = owner & (households["house"] < model.compiled.params.house.usable)
    held = (households["occupied"] == 1) | (households["hlp"] == HLP_NONE)
    nowhere = np.full(len(households), -1, np.int16)
    moments = [_moment(model, between, nowhere)]
    while model.month < model.compiled.months:
        camp = households["site"].copy()
        model.step()
        moments.append(_moment(model, between, camp))
    model.world.close()
    over_time = {name: np.stack([one[name] for one in moments]) for name in moments[0]}
    return Panel(
        weight=households["weight"].astype(np.float64),
        vulnerable=households["vulnerable"] == 1,
        owner=owner,
        unusable=unusable,
        land_blocked=unusable | (owner & held),
        **over_time,
    )


def _moment(model: SolutionsModel, between: Nuisances, camp: npt.NDArray[np.int16]) -> dict[str, npt.NDArray[Any]]:
    """Return how every household stands now, and what it would answer; ``camp``: where it was a month ago, or -1."""
    households = model.households
    away, home = ((households["present"] == 1) & (households["at_home"] == at) for at in (0, 1))
    said = intentions(model, between)
    closing = np.flatnonzero(model.compiled.closures.closing == model.month - 1)
    pushed = (households.plan.push & PUSH_CLOSURE) > 0
    return {
        "away": away,
        "home": home,
        "site": households["site"].copy(),
        "failed": away & (households["last_area"] >= 0),
        "years": households["months_displaced"].astype(np.float32) / np.float32(12),
        "wish": said.wish,
        "plan": said.plans,
        "closed_upon": pushed & np.isin(camp, closing),
    }
