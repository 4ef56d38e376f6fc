"""Patterns of tracked stocks: fast returns and a plateau, waves that saturate, places that differ."""

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from sim.calibrate.observe import Series
from sim.calibrate.patterns_evidence import Evidence, Finding, Float, Places
from sim.schema.base import PRIOR

HALF_YEAR = 6  # months
NEAR = 1.5  # ratio to what was published, either way, within which a rate is met (PRIOR)
PLATEAU = 0.5  # of the first rate, at or below which a later one has slowed down (PRIOR)
POINTS = 10.0  # from what was published, within which a remaining share is met (PRIOR)
SPREAD = 0.5  # of the published difference, at or above which places and waves differ (PRIOR)
ALIKE = 0.5  # rank correlation at or above which the order is that of what was published (PRIOR)
CAMP_MONTHS = 16  # until the last round: in Iraq from August 2018 to December 2019
LARGE, NOT_SMALL = 0.05, 0.02  # shares of all families, above which places are told apart (PRIOR)
TRACKING = "tables of the study"


def plateau(evidence: Evidence) -> list[Finding]:
    """Net fall of the stock by half-year: each near what tracking shows, and a later one half the first or less."""
    series = _first(evidence, "stock_by_origin")
    if series is None:
        return []
    published = {0: series.at_start.sum(), **dict(zip(series.months.tolist(), series.families.sum(axis=1)))}
    ends = [month for month in sorted(published) if month % HALF_YEAR == 0]
    halves = [(one, other) for one, other in pairwise(ends) if other - one == HALF_YEAR]
    model = evidence.measure(f"stock {series.name}").sum(axis=2)
    falls = [_fall(model[:, one], model[:, other]) for one, other in halves]
    seen = [float(_fall(published[one], published[other])) for one, other in halves]
    dates = dict(zip(series.months.tolist(), series.dates))
    found = [
        Finding(
            f"net fall in the half-year to {dates[end]}",
            "% a month",
            fall,
            min(rate / NEAR, rate * NEAR),
            max(rate / NEAR, rate * NEAR),
            f"{PRIOR}: within {NEAR:g} times of what tracking shows",
            rate,
            TRACKING,
        )
        for (_, end), fall, rate in zip(halves, falls, seen)
    ]
    if len(halves) > 1:
        slowed = _slowest(np.stack(falls))
        words = "slowest later half-year over the first"
        own = float(_slowest(np.array(seen)[:, None])[0])
        found.append(Finding(words, "ratio", slowed, high=PLATEAU, published=own, source=TRACKING))
    return found


def waves(evidence: Evidence) -> list[Finding]:
    """Remaining shares by displacement wave: each near what tracking shows, and as far apart as half of that."""
    series = _first(evidence, "stock_by_wave")
    if series is None:
        return []
    model = evidence.measure(f"stock {series.name}")
    at = int(series.months[-1])
    left, seen = _left(model[:, 0], model[:, at]), _left(series.at_start, series.families[-1])
    kept = [n for n in range(len(seen)) if series.at_start[n] >= NOT_SMALL * series.at_start.sum()]
    found = [_near(f"still displaced, {series.labels[n]}, {series.dates[-1]}", left[:, n], seen[n]) for n in kept]
    if len(kept) > 1:
        own = float(np.ptp(seen[kept]))
        found.append(_apart("most of a wave still displaced less fewest", np.ptp(left[:, kept], axis=1), own))
    return found


def places(evidence: Evidence) -> list[Finding]:
    """Remaining shares by place: of families in the larger groups of camps, and of all families everywhere."""
    known = evidence.places
    if known is None:
        return []
    return [*_camps(evidence, known), *_everywhere(evidence, known)]


def _camps(evidence: Evidence, known: Places) -> list[Finding]:
    last = int(known.months[-1])
    since = int(np.flatnonzero(known.months >= max(0, last - CAMP_MONTHS))[0])
    before, after = known.in_camps[since], known.in_camps[-1]
    kept = np.flatnonzero(before >= LARGE * before.sum())
    if len(kept) < 2:
        return []
    seen = _left(before[kept], after[kept])
    model = evidence.measure("camps")[:, :, kept]
    left = _left(model[:, known.months[since]], model[:, last])
    window = f"{known.dates[since]} to {known.dates[-1]}"
    names = [_name(evidence, known, place) for place in kept.tolist()]
    found = [
        _near(f"families left in the camps of {name}, {window}", left[:, n], float(seen[n]))
        for n, name in enumerate(names)
    ]
    least, most = int(np.argmax(seen)), int(np.argmin(seen))
    gap = left[:, least] - left[:, most]
    words = f"camps of {names[least]} less those of {names[most]}"
    return [*found, _apart(words, gap, float(seen[least] - seen[most]))]


def _everywhere(evidence: Evidence, known: Places) -> list[Finding]:
    start, end = known.families[0], known.families[-1]
    kept = np.flatnonzero(start >= NOT_SMALL * start.sum())
    if len(kept) < 3:
        return []
    model = evidence.measure("places")[:, :, kept]
    left, seen = _left(model[:, 0], model[:, known.months[-1]]), _left(start[kept], end[kept])
    alike = np.array([_rank_correlation(one, seen) for one in left])
    until = known.dates[-1]
    return [
        _apart(f"standard deviation over places of the share left, {until}", left.std(axis=1), float(seen.std())),
        Finding(f"order of places by the share left, {until}", "rank correlation", alike, low=ALIKE, source=TRACKING),
    ]


def _near(compared: str, left: Float, seen: float) -> Finding:
    bound = f"{PRIOR}: within {POINTS:g} points of what tracking shows"
    return Finding(compared, "%", left, seen - POINTS, seen + POINTS, bound, seen, TRACKING)


def _apart(compared: str, gap: Float, seen: float) -> Finding:
    bound = f"{PRIOR}: at least half of what tracking shows"
    return Finding(compared, "points", gap, SPREAD * seen, np.inf, bound, seen, TRACKING)


def _first(evidence: Evidence, statistic: str) -> Series | None:
    return next((one for one in evidence.series if one.statistic == statistic), None)


def _name(evidence: Evidence, known: Places, place: int) -> str:
    label = known.labels[place]
    return evidence.names.get(label, label)


def _fall(before: npt.ArrayLike, after: npt.ArrayLike) -> Float:
    """Return how much smaller a stock is a half-year later, % a month."""
    found: Float = 100.0 * (1.0 - (np.asarray(after, np.float64) / np.asarray(before, np.float64)) ** (1 / HALF_YEAR))
    return found


def _slowest(falls: Float) -> Float:
    """Return the slowest later fall over the first, of falls [half-years, draws]; infinite where there was none."""
    first, later = falls[0], falls[1:].min(axis=0)
    found: Float = np.where(first > 0, later / np.where(first > 0, first, 1.0), np.inf)
    return found


def _left(before: Float, after: Float) -> Float:
    """Return what is left of stocks, %; NaN where there was nothing."""
    found: Float = np.where(before > 0, 100.0 * after / np.maximum(before, 1.0), np.nan)
    return found


def _rank_correlation(one: Float, other: Float) -> float:
    """Return Spearman's correlation; 0 where all of one are alike."""
    ranks = rankdata(one), rankdata(other)
    if np.ptp(ranks[0]) == 0 or np.ptp(ranks[1]) == 0:
        return 0.0
    return float(np.corrcoef(*ranks)[0, 1])
