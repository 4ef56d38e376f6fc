"""Outcomes: pure functions of what a run recorded, and of survey tables."""

from sim.outcomes.exit_tables import exit_table
from sim.outcomes.exits import EXIT_METRICS, exit_shares
from sim.outcomes.gates import blocked_by_gate, released
from sim.outcomes.headline import HEADLINE, Outcome, headline
from sim.outcomes.observe import tracked_stock
from sim.outcomes.publish import COUNTS, SMALLEST_CELL, suppressed

__all__ = [
    "COUNTS",
    "EXIT_METRICS",
    "HEADLINE",
    "SMALLEST_CELL",
    "Outcome",
    "blocked_by_gate",
    "exit_shares",
    "exit_table",
    "headline",
    "released",
    "suppressed",
    "tracked_stock",
]
