"""Patterns of people: houses, plans and deeds, closures, second attempts, wishes to stay, and who is left."""

import numpy as np
import numpy.typing as npt

from sim.calibrate.patterns_evidence import NO_CLOSURES, Evidence, Finding, Float, ratio
from sim.calibrate.patterns_measures import YEAR
from sim.outcomes.suppression import SMALLEST_CELL
from sim.schema.base import PRIOR, month_name, month_number

SEVERAL = 3.0  # times less return with a house that cannot be lived in (PRIOR: "several-fold")
ODDS = 2.0  # ratio to the published odds, below which the house tells too little of who is still away (PRIOR)
FAR_ABOVE = 2.0  # times that wishes exceed plans (PRIOR)
TWICE = 2.0  # times that those who plan to return do so more often than others (PRIOR)
MORE_OFTEN = 1.5  # times that failed returners try again more often than others try (PRIOR)
POOLS = 5  # of draws, where few families are concerned (PRIOR)
POINT = 1.0  # percentage point, below which a difference is none (PRIOR)
CLOSE = 10.0  # points from what was published (PRIOR)
DISPLACED_AGAIN = (1.0, 50.0)  # % of those whose camp closed, where nothing is published (PRIOR)
FACTOR = 2.0  # ratio to the published share in severe conditions, either way (PRIOR)


def heavy_damage(evidence: Evidence) -> list[Finding]:
    """Several-fold less return where the house could not be lived in, and a residual caseload that shows it."""
    sound, unusable = evidence.measure("return_by_house").T
    away, home = evidence.measure("house_by_fate").T
    figures = "house_destroyed_displaced", "house_destroyed_returned"
    published = float(_odds(*(evidence.published(one) / 100.0 for one in figures)))
    least, bound = (
        (SEVERAL, PRIOR) if np.isnan(published) else (published / ODDS, f"{PRIOR}: half of what is published")
    )
    return [
        Finding("owners who return, house sound over house unusable", "ratio", ratio(sound, unusable), low=SEVERAL),
        Finding(
            "odds of an unusable house, still displaced over returned",
            "ratio",
            _odds(away, home),
            least,
            bound=bound,
            published=published,
            source=evidence.source(*figures),
        ),
    ]


def wish_plan_action(evidence: Evidence) -> list[Finding]:
    """Wishes far above plans; plans that tell who goes; and deeds beyond plans where camps close."""
    wish, plan, _, planners, others = evidence.measure("plans_and_deeds").T
    found = [
        Finding(
            "wish to return over plan to return",
            "ratio",
            ratio(wish, plan),
            low=FAR_ABOVE,
            published=evidence.published("wish_return") / evidence.published("plan_return"),
            source=evidence.source("wish_return", "plan_return"),
        ),
        Finding(
            "return within a year, those who planned it over others",
            "ratio",
            ratio(planners, others),
            low=TWICE,
            published=evidence.published("returned_of_planners") / evidence.published("returned_of_settlers"),
            source=evidence.source("returned_of_planners", "returned_of_settlers"),
        ),
        *_camps_after_asking(evidence),
    ]
    plan_before, home, _, _ = evidence.measure("after_closure").T
    acted = 100.0 * (home - plan_before)
    found.append(Finding("whose camp closed: at home three months later less planned", "points", acted, low=POINT))
    plan_in_camp, came, at_end = evidence.measure("in_camps").T
    unpushed_plan, unpushed, _ = evidence.measure("in_camps", NO_CLOSURES).T
    pushed = 100.0 * ((came - plan_in_camp) - (unpushed - unpushed_plan))
    net = 100.0 * (at_end - plan_in_camp)
    return [
        *found,
        Finding("in camps: return within a year less plan, what closures add", "points", pushed, low=POINT),
        Finding("in camps: at home after a year less plan", "points", net, low=POINT),
    ]


def _camps_after_asking(evidence: Evidence) -> list[Finding]:
    """Return by how much camps empty in the year after a survey, beyond the plans told to it, beside tracking."""
    camps = next((one for one in evidence.series if one.statistic == "camp_stock"), None)
    if camps is None:
        return []
    stock = {0: camps.at_start.sum(), **dict(zip(camps.months.tolist(), camps.families.sum(axis=1)))}
    model, found = evidence.measure(f"stock {camps.name}").sum(axis=2), []
    for month, plan in evidence.camp_plans.items():
        if month in stock and month + YEAR in stock:
            seen = 100.0 * (1.0 - stock[month + YEAR] / stock[month] - plan)
            own = 100.0 * (1.0 - model[:, month + YEAR] / model[:, month] - evidence.measure("camp_plans")[:, month])
            date = month_name(month_number(camps.dates[0]) - int(camps.months[0]) + month)
            words = f"camps emptied in the year after {date}, less plan told then"
            bound = f"{PRIOR}: within {CLOSE:g} points of what was published"
            low, high = seen - CLOSE, seen + CLOSE
            found.append(Finding(words, "points", own, low, high, bound, seen, "tables of the study"))
    return found


def closures(evidence: Evidence) -> list[Finding]:
    """Closures that leave some families displaced elsewhere, as many as were."""
    _, _, in_camp, out = evidence.measure("after_closure").T
    figure, name = evidence.figures.get("displaced_after_closure"), "displaced_after_closure"
    low, high = DISPLACED_AGAIN if figure is None else (figure.low, figure.high)
    bound = PRIOR if figure is None else "range of what is published"
    words = "whose camp closed: displaced elsewhere three months later"
    displaced = 100.0 * (in_camp + out)
    return [Finding(words, "%", displaced, low, high, bound, evidence.published(name), evidence.source(name))]


def retries(evidence: Evidence) -> list[Finding]:
    """Those who returned and left again plan to return more often than those who never did, and do so.

    They are few in every run: draws are added up in five pools, each of which gives one number.
    """
    pools = [one.sum(axis=0) for one in np.array_split(evidence.measure("retry"), POOLS)]
    rows, families, planning, coming = np.moveaxis(np.stack(pools), 2, 0)  # [pools, never or failed] each
    known = np.where(rows >= SMALLEST_CELL, families, np.nan)
    plans, deeds = (ratio(one[:, 1] / known[:, 1], one[:, 0] / known[:, 0]) for one in (planning, coming))
    figures = "would_return_failed", "would_return_never_tried"
    published = evidence.published(figures[0]) / evidence.published(figures[1])
    source, words = evidence.source(*figures), "plan to return, failed returners over others"
    return [
        Finding(words, "ratio", plans, MORE_OFTEN, published=published, source=source),
        Finding("return within six months, failed returners over others", "ratio", deeds, MORE_OFTEN),
    ]


def wish_to_stay(evidence: Evidence) -> list[Finding]:
    """More wish to stay the longer they have been away: across families, and of the same families over time."""
    everybody, long, then, now = evidence.measure("stay").T
    figures = "stay_five_years", "stay_all"
    published = evidence.published(figures[0]) - evidence.published(figures[1])
    across, within = 100.0 * (long - everybody), 100.0 * (now - then)
    words = "wish to stay, five years away and longer less all"
    return [
        Finding(words, "points", across, POINT, published=published, source=evidence.source(*figures)),
        Finding("wish to stay of the same families, end less start", "points", within, POINT),
    ]


def residual(evidence: Evidence) -> list[Finding]:
    """Those still away are more often vulnerable, and more often cannot live on their land, than all were."""
    vulnerable, blocked = np.moveaxis(evidence.measure("traits_left"), 1, 0)
    return [
        Finding(f"{words}, still displaced less all at the start", "points", 100.0 * (one[:, 1] - one[:, 0]), POINT)
        for words, one in (("vulnerable", vulnerable), ("house or land blocked", blocked))
    ]


def severe_returns(evidence: Evidence) -> list[Finding]:
    """Some returnees live in severe conditions: as many as are published, within a factor of two."""
    own, by_area = (100.0 * evidence.measure("severe")).T
    name = "returnees_in_severe_conditions"
    figure = evidence.figures.get(name)
    if figure is None:
        low, high, bound = POINT, np.inf, PRIOR
    else:
        low, high, bound = (
            figure.low / FACTOR,
            figure.high * FACTOR,
            f"{PRIOR}: within a factor of two of what is published",
        )
    about = bound, evidence.published(name), evidence.source(name)
    return [
        Finding("returned families that themselves live in severe conditions", "%", own, low, high, *about),
        Finding("returned families in areas where conditions are severe", "%", by_area, low, high, *about),
    ]


def _odds(one: npt.ArrayLike, other: npt.ArrayLike) -> Float:
    """Return the odds of one share over those of another."""
    first, second = np.asarray(one, np.float64), np.asarray(other, np.float64)
    return ratio(ratio(first, 1.0 - first), ratio(second, 1.0 - second))
