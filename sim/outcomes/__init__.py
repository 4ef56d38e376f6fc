"""Outcomes: pure functions of what a run recorded, and of survey tables."""

from sim.outcomes.additive import Line
from sim.outcomes.condense import condensed
from sim.outcomes.equity import equity, residual_profile, worst_off
from sim.outcomes.exit_tables import exit_table
from sim.outcomes.exits import EXIT_METRICS, exit_shares
from sim.outcomes.flags import MARK, flags, require_aimable, require_rankable
from sim.outcomes.gates import blocked_by_gate, released
from sim.outcomes.headline import BEST, HEADLINE, SUMS, Outcome, headline, headline_rows, known_outcome
from sim.outcomes.layout import Layout, Relation
from sim.outcomes.observe import tracked_stock
from sim.outcomes.publish import COUNTS, publish_counts, publish_differences, rates, rounded
from sim.outcomes.published_run import PublishedRun, published_run
from sim.outcomes.severity import severity
from sim.outcomes.suppression import SMALLEST_CELL, withheld

__all__ = [
    "BEST",
    "COUNTS",
    "EXIT_METRICS",
    "HEADLINE",
    "MARK",
    "SMALLEST_CELL",
    "SUMS",
    "Layout",
    "Line",
    "Outcome",
    "PublishedRun",
    "Relation",
    "blocked_by_gate",
    "condensed",
    "equity",
    "exit_shares",
    "exit_table",
    "flags",
    "headline",
    "headline_rows",
    "known_outcome",
    "publish_counts",
    "publish_differences",
    "published_run",
    "rates",
    "released",
    "require_aimable",
    "require_rankable",
    "residual_profile",
    "rounded",
    "severity",
    "tracked_stock",
    "withheld",
    "worst_off",
]
