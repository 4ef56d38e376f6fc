"""The headline outcomes of a run: what a comparison shows, with the harm beside every total."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import xarray as xr

INDUCED = ["hastened", "diverted", "expelled"]
AWAY = ["displaced", "integrating", "settled_elsewhere"]
PUSHED = ["would_have_moved_now", *INDUCED]


class Outcome(NamedTuple):
    """One headline outcome: a name, a label in plain words, its unit, the block it is shown in, how it is computed."""

    name: str
    label: str
    unit: str
    block: str
    value: Callable[[xr.Dataset], float]


def headline(data: xr.Dataset) -> dict[str, float]:
    """Return every headline outcome of a recorded run, by name."""
    return {outcome.name: float(outcome.value(data)) for outcome in HEADLINE}


def _end(variable: str, situation: str | list[str]) -> Callable[[xr.Dataset], float]:
    return lambda data: float(data[variable].isel(month=-1).sel(situation=situation).sum())


def _moves(
    variable: str = "moves", classes: str | list[str] | None = None, pathway: str | None = None
) -> Callable[[xr.Dataset], float]:
    def total(data: xr.Dataset) -> float:
        moves = data[variable]
        if classes is not None:
            moves = moves.sel(push_class=classes)
        if pathway is not None:
            moves = moves.sel(pathway=pathway)
        return float(moves.sum())

    return total


def _moved_by(push: str, classes: str | list[str], alone: bool = False) -> Callable[[xr.Dataset], float]:
    """Return moves of some classes under a push, with or without others beside it."""

    def total(data: xr.Dataset) -> float:
        found = {str(mask): str(mask).split("_and_") for mask in data["push"].values}
        pushes = [mask for mask, parts in found.items() if parts == [push] or (push in parts and not alone)]
        return float(data["moves_by_push"].sel(push=pushes, push_class=classes).sum())

    return total


def _person_months(data: xr.Dataset) -> float:
    return float(data["persons"].isel(month=slice(1, None)).sel(situation="displaced").sum())


def _blocked(gate: str) -> Callable[[xr.Dataset], float]:
    return lambda data: float(data["blocked"].isel(month=-1).sel(gate=gate, pathway="return").sum())


def _all_families(data: xr.Dataset) -> float:
    stock = data["families"].isel(month=-1)
    return float(stock.sum() - stock.sel(situation="not_arrived").sum())


def _newly_displaced(data: xr.Dataset) -> float:
    return float(data["flows"].sel(situation="not_arrived").sum())


def _returns_lost(data: xr.Dataset) -> float:
    flows = data["flows"].sel(situation="returned").sum("month")
    return float(flows.sum())


def _worst_group(data: xr.Dataset) -> float:
    """Return the largest share, over equity groups, of families moved against or ahead of their own choice."""
    induced = data["moves"].sel(push_class=INDUCED).sum(["month", "push_class", "pathway"]).values
    size = data["by_group"].isel(month=-1).sum("situation").values
    shares = np.where(size > 0, induced / np.maximum(size, 1), 0.0)
    return float(100 * shares.max())


def _debt_share(data: xr.Dataset) -> float:
    last = data.isel(month=-1)
    in_debt = last["in_debt"].sum("situation")
    present = last["by_group"].sum() - last["by_group"].sel(situation="not_arrived").sum()
    return float(100 * in_debt / max(float(present), 1.0))


HEADLINE: tuple[Outcome, ...] = (
    Outcome("displaced", "Still displaced at the end", "families", "Where families are", _end("families", "displaced")),
    Outcome("integrating", "Integrating where they were displaced", "families", "Where families are", _end("families", "integrating")),
    Outcome("settled_elsewhere", "Settled elsewhere", "families", "Where families are", _end("families", "settled_elsewhere")),
    Outcome("returned", "At home", "families", "Where families are", _end("families", "returned")),
    Outcome("all_families", "Families in all", "families", "Where families are", _all_families),
    Outcome("newly_displaced", "of these displaced for the first time, by a shock", "families", "Where families are", _newly_displaced),
    Outcome("displaced_persons", "Persons still displaced", "persons", "Where families are", _end("persons", "displaced")),
    Outcome("person_months", "Person-months spent displaced", "person-months", "Where families are", _person_months),
    Outcome("expelled", "Expelled: would not have moved", "families", "Moved under a push", _moves(classes="expelled")),
    Outcome("expelled_by_closure", "of these by the closing of a camp", "families", "Moved under a push", _moved_by("closure", "expelled")),
    Outcome("expelled_by_shock", "of these by a shock", "families", "Moved under a push", _moved_by("shock", "expelled")),
    Outcome("expelled_by_aid_cut", "of these by a cut of aid alone", "families", "Moved under a push", _moved_by("aid_cut", "expelled", alone=True)),
    Outcome("diverted", "Diverted: would have gone elsewhere", "families", "Moved under a push", _moves(classes="diverted")),
    Outcome("hastened", "Hastened: would have gone, but later", "families", "Moved under a push", _moves(classes="hastened")),
    Outcome("moved_anyway", "Would have moved that month anyway", "families", "Moved under a push", _moves(classes="would_have_moved_now")),
    Outcome("after_push", "Moved without a push, in the year after one", "families", "Moved under a push", lambda data: float(data["after_push"].sum())),
    Outcome("worst_group_induced", "Induced moves per 100 families, worst-off group", "%", "Moved under a push", _worst_group),
    Outcome("returns", "Returns made", "families", "Quality of returns", _moves(pathway="return")),
    Outcome("voluntary_returns", "Voluntary: unforced, informed, with an alternative", "families", "Quality of returns", _moves("voluntary", pathway="return")),
    Outcome("premature_returns", "Premature: conditions below the minimum", "families", "Quality of returns", _moves("premature", pathway="return")),
    Outcome("uninformed_returns", "Uninformed: beliefs far from the truth", "families", "Quality of returns", _moves("uninformed", pathway="return")),
    Outcome("returns_lost", "Left home again", "families", "Quality of returns", _returns_lost),
    Outcome("blocked_house", "Want to return, house unusable", "families", "Blocked from returning at the end", _blocked("dwelling")),
    Outcome("blocked_money", "Want to return, cannot pay", "families", "Blocked from returning at the end", _blocked("money")),
    Outcome("blocked_access", "Want to return, no access", "families", "Blocked from returning at the end", _blocked("access")),
    Outcome("blocked_documents", "Want to return, no civil documents", "families", "Blocked from returning at the end", _blocked("documents")),
    Outcome("in_debt", "Families in debt", "%", "Money", _debt_share),
    Outcome("spent", "Programme money committed", "USD", "Money", lambda data: float(data["spent"].sum()) / 100),
)  # fmt: skip
