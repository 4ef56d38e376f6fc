"""Outcomes: pure functions of what a run recorded."""

from sim.outcomes.additive import Line
from sim.outcomes.gates import blocked_by_gate, released
from sim.outcomes.headline import HEADLINE, Outcome, headline
from sim.outcomes.layout import Layout, Relation
from sim.outcomes.observe import tracked_stock
from sim.outcomes.publish import COUNTS, publish_counts, publish_differences, rates, rounded, suppressed
from sim.outcomes.suppression import SMALLEST_CELL, withheld

__all__ = [
    "COUNTS",
    "HEADLINE",
    "SMALLEST_CELL",
    "Layout",
    "Line",
    "Outcome",
    "Relation",
    "blocked_by_gate",
    "headline",
    "publish_counts",
    "publish_differences",
    "rates",
    "released",
    "rounded",
    "suppressed",
    "tracked_stock",
    "withheld",
]
