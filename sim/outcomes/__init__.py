"""Outcomes: pure functions of what a run recorded."""

from sim.outcomes.additive import Line
from sim.outcomes.gates import blocked_by_gate, released
from sim.outcomes.headline import HEADLINE, Outcome, headline
from sim.outcomes.observe import tracked_stock
from sim.outcomes.publish import COUNTS, suppressed
from sim.outcomes.suppression import SMALLEST_CELL, withheld

__all__ = [
    "COUNTS",
    "HEADLINE",
    "SMALLEST_CELL",
    "Line",
    "Outcome",
    "blocked_by_gate",
    "headline",
    "released",
    "suppressed",
    "tracked_stock",
    "withheld",
]
