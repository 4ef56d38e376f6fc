"""Outcomes: pure functions of what a run recorded."""

from sim.outcomes.gates import blocked_by_gate, released
from sim.outcomes.headline import HEADLINE, Outcome, headline
from sim.outcomes.observe import tracked_stock
from sim.outcomes.publish import COUNTS, SMALLEST_CELL, suppressed

__all__ = [
    "COUNTS",
    "HEADLINE",
    "SMALLEST_CELL",
    "Outcome",
    "blocked_by_gate",
    "headline",
    "released",
    "suppressed",
    "tracked_stock",
]
