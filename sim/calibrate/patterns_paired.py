"""Patterns that only a paired run shows: the same draws and luck with something taken away or changed."""

import numpy as np

from sim.calibrate.patterns_evidence import (
    AS_HAPPENED,
    BETTER_HOMES,
    HARDSHIP,
    NO_ARRIVALS,
    Evidence,
    Finding,
    Float,
    ratio,
)

LITTLE, MUCH = 10.0, 10.0  # % of voluntary returns (PRIOR)
HALF_AS_MUCH = 0.5  # of what better homes move, at or below which hardship moves little (PRIOR)
RISE = 0.01  # % of the rent, below which there is no rise: rents are kept in cents (PRIOR)
SETTLED_IN = 6  # months after an arrival over which rents are compared (PRIOR)


def hardship_and_homes(evidence: Evidence) -> list[Finding]:
    """Hardship where families stay moves voluntary return little, better homes move it much."""
    harder, better = (_change(evidence, variant) for variant in (HARDSHIP, BETTER_HOMES))
    return [
        Finding("voluntary returns, aid and work of the displaced halved", "% change", harder, -LITTLE, LITTLE),
        Finding("voluntary returns, half as many houses unusable", "% change", better, low=MUCH),
        Finding("size of the first over the second", "ratio", ratio(np.abs(harder), np.abs(better)), high=HALF_AS_MUCH),
    ]


def _change(evidence: Evidence, variant: str) -> Float:
    before, after = (evidence.measure("voluntary_returns", one) for one in (AS_HAPPENED, variant))
    return 100.0 * (ratio(after, before) - 1.0)


def rents(evidence: Evidence) -> list[Finding]:
    """Low-end rents where families arrive are higher, in the half-year after, than had they not arrived."""
    if not evidence.arrivals:
        return []
    with_them, without = (evidence.measure("rent", one) for one in (AS_HAPPENED, NO_ARRIVALS))
    rises = [_rise(with_them[:, :, one.area], without[:, :, one.area], one.month) for one in evidence.arrivals]
    weights = [one.families for one in evidence.arrivals]
    rise = np.average(np.stack(rises), axis=0, weights=weights)
    name = "rent_with_arrivals"
    words = "low-end rent where families arrive, over the same without them (direction only)"
    return [Finding(words, "%", rise, RISE, published=evidence.published(name), source=evidence.source(name))]


def _rise(with_them: Float, without: Float, month: int) -> Float:
    """Return how much higher a rent is in the months from an arrival on, %, of rents [draws, months]."""
    window = slice(month + 1, month + 1 + SETTLED_IN)
    return 100.0 * (ratio(with_them[:, window].mean(axis=1), without[:, window].mean(axis=1)) - 1.0)
