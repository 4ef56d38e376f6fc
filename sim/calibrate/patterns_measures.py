"""What is kept of a run for the patterns: some thirty numbers and a few series, most of them shares of families.

A share is NaN where fewer than ten simulated households stand behind the whole: such cells are not published.
"""

from collections.abc import Callable, Mapping

import numpy as np

from sim.calibrate.observe import Nuisances, Series, stocks
from sim.calibrate.operators import by_area
from sim.calibrate.patterns_panel import Float, Mask, Panel, watched
from sim.experiments.dataset import dataset_of
from sim.kernels.codes import CRITERIA, RETURN
from sim.model import SolutionsModel
from sim.outcomes.severity import HIGH, LIVELIHOODS, SAFETY, severity
from sim.outcomes.suppression import SMALLEST_CELL

YEAR = 12  # months
AFTERWARDS = 3  # months after a closure at which it is asked where families are (PRIOR: longer than a move takes)
SOON = 6  # months within which failed returners try again (Social Inquiry 2020)
LONG = 5  # years away, from which the wish to stay is told apart (IOM PROGRESS 2024: year five)


def measured(model: SolutionsModel, series: tuple[Series, ...], between: Nuisances) -> dict[str, Float]:
    """Live all months of a model, and return everything that patterns are judged on.

    Returns
    -------
    dict of str to float64
        ``stock NAME`` [T + 1, stocks] of every series; ``places``, ``camps`` [T + 1, areas]; those of `of_totals`; the
        measures of `OF_HOUSEHOLDS`; and ``severe`` [2].
    """
    panel = watched(model, between)
    found = {f"stock {one.name}": stocks(one, model) for one in series}
    found |= {"places": by_area(model), "camps": camps_by_area(model), "severe": severe(model), **of_totals(model)}
    return found | {name: measure(panel) for name, measure in OF_HOUSEHOLDS.items()}


def of_totals(model: SolutionsModel) -> dict[str, Float]:
    """Return what is told by totals of a run: ``rent`` [T + 1, areas], USD a month, and ``voluntary_returns`` []."""
    arrays = model.recorder.arrays
    returns = arrays["voluntary"][:, RETURN].sum()
    return {"rent": arrays["rent"] / 100.0, "voluntary_returns": np.asarray(returns, np.float64)}


def share(part: Mask, whole: Mask, weight: Float) -> float:
    """Return the share of families, [n] or [months, n], that are part of a whole; NaN of fewer than ten households."""
    rows = whole if whole.ndim == 1 else whole.any(axis=0)
    if rows.sum() < SMALLEST_CELL:
        return float("nan")
    return float(np.sum(weight * (part & whole)) / np.sum(weight * whole))


def return_by_house(panel: Panel) -> Float:
    """Return who is at home at the end, [2]: of owners whose house could be lived in at the start, and of others."""
    owners = panel.away[0] & panel.owner
    groups = owners & ~panel.unusable, owners & panel.unusable
    return np.array([share(panel.home[-1], one, panel.weight) for one in groups])


def house_by_fate(panel: Panel) -> Float:
    """Return whose house could not be lived in at the start, [2]: of those still away at the end, of those at home."""
    groups = panel.away[0] & panel.away[-1], panel.away[0] & panel.home[-1]
    return np.array([share(panel.unusable, one, panel.weight) for one in groups])


def traits_left(panel: Panel) -> Float:
    """Return who is vulnerable, and whose land is blocked, [2, 2]: of those away at the start, of those still away."""
    start = panel.away[0]
    groups = start, start & panel.away[-1]
    return np.array([
        [share(trait, one, panel.weight) for one in groups] for trait in (panel.vulnerable, panel.land_blocked)
    ])  # fmt: skip


def after_closure(panel: Panel) -> Float:
    """Return what becomes of families whose camp closes, [4].

    Those that planned to return a month before; and three months after, or at the end, those at home, in a camp, and
    displaced elsewhere.
    """
    upon = panel.closed_upon[1:]
    then = np.minimum(np.arange(1, panel.months + 1) + AFTERWARDS, panel.months)
    inside = panel.site[then] >= 0
    away = panel.away[then]
    parts = panel.plan[:-1], panel.home[then], away & inside, away & ~inside
    return np.array([share(one, upon, panel.weight) for one in parts])


def retry(panel: Panel) -> Float:
    """Return how many try to return, [2, 4]: of those who never returned, and of those who did and left again.

    Simulated households, families, those that plan to return, and those at home within six months; asked every
    half-year. Few fail, so that these are numbers, to be added up over draws.
    """
    at = np.arange(0, panel.months - SOON + 1, SOON)
    soon = np.array([panel.home[month + 1 : month + 1 + SOON].any(axis=0) for month in at])
    soon = soon.reshape(len(at), len(panel.weight))
    found = []
    for group in (panel.away[at] & ~panel.failed[at], panel.failed[at]):
        parts = [np.sum(panel.weight * (one & group)) for one in (group, panel.plan[at], soon)]
        found.append([group.any(axis=0).sum(), *parts])
    return np.array(found, np.float64)


def stay(panel: Panel) -> Float:
    """Return who would rather stay than go home, [4].

    At the end of all, and of those away for five years and longer; of those asked at the start and at the end, then
    and now.
    """
    asked = ~np.isnan(panel.wish[-1])
    both, rather = asked & ~np.isnan(panel.wish[0]), panel.wish < 0
    long = asked & (panel.years[-1] >= LONG)
    cells = (rather[-1], asked), (rather[-1], long), (rather[0], both), (rather[-1], both)
    return np.array([share(part, whole, panel.weight) for part, whole in cells])


def plans_and_deeds(panel: Panel) -> Float:
    """Return what families asked a year before the end said and did, [5].

    Who wishes to return; who plans to; and who came home within the year: of all, of those who planned to, of others.
    """
    at = panel.months - YEAR
    if at < 0:
        return np.full(5, np.nan)
    asked, plan = ~np.isnan(panel.wish[at]), panel.plan[at]
    came = np.any(panel.home[at + 1 :], axis=0)
    cells = (panel.wish[at] > 0, asked), (plan, asked), (came, asked), (came, asked & plan), (came, asked & ~plan)
    return np.array([share(part, whole, panel.weight) for part, whole in cells])


def in_camps(panel: Panel) -> Float:
    """Return what families in camps a year before the end said and did, [3].

    Who plans to return; who came home within the year; and who is at home at its end.
    """
    at = panel.months - YEAR
    if at < 0:
        return np.full(3, np.nan)
    asked = panel.site[at] >= 0
    came = np.any(panel.home[at + 1 :], axis=0)
    return np.array([share(part, asked, panel.weight) for part in (panel.plan[at], came, panel.home[-1])])


def camp_plans(panel: Panel) -> Float:
    """Return who of the families in camps plans to return, [T + 1]."""
    camps = (panel.site >= 0) & panel.away
    return np.array([share(plan, camp, panel.weight) for plan, camp in zip(panel.plan, camps)])


OF_HOUSEHOLDS: Mapping[str, Callable[[Panel], Float]] = {
    one.__name__: one
    for one in (
        return_by_house,
        house_by_fate,
        traits_left,
        after_closure,
        retry,
        stay,
        plans_and_deeds,
        in_camps,
        camp_plans,
    )
}


def camps_by_area(model: SolutionsModel) -> Float:
    """Return families in camps, [T + 1, areas]."""
    sites = model.recorder.arrays["site_families"].astype(np.float64)
    found = np.zeros((len(sites), len(model.compiled.geography.pcodes)))
    for site, area in enumerate(model.compiled.geography.site_area):
        found[:, area] += sites[:, site]
    return found


def severe(model: SolutionsModel) -> Float:
    """Return who lives in severe conditions of those at home at the end, [2].

    By what each family itself does not pass, and by the mean of all who returned to its area; on the scales of
    `sim.outcomes.severity`.
    """
    households = model.households
    home = (households["present"] == 1) & (households["at_home"] == 1)
    fails = {name: (households["criteria"] >> bit & 1) == 0 for bit, name in enumerate(CRITERIA)}
    livelihoods = np.mean([fails[name] for name in LIVELIHOODS], axis=0)
    apart = 1.0 - model.recorder.arrays["cohesion"][-1][households["area"]]
    safety = (np.sum([fails[name] for name in SAFETY], axis=0) + apart) / (len(SAFETY) + 1)
    own = share(np.maximum(livelihoods, safety) >= HIGH / 100.0, home, households["weight"].astype(np.float64))
    table = severity(dataset_of(model))
    table = table[table["place"] == "return"]
    if table["rows"].sum() < SMALLEST_CELL:
        return np.array([own, np.nan])
    high = table.loc[table["level"] == "high", "families"].sum()
    return np.array([own, high / table["families"].sum()])
