"""Patterns that a credible model shows: each checked, by a rule it can fail, on draws of a posterior.

A model that is fitted to stocks need not behave as displaced people do. Each pattern is a function from runs and
published figures to findings (`sim.calibrate.patterns_evidence`); the modules ``patterns_stocks``, ``patterns_people``
and ``patterns_paired`` hold them, with their bounds.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.calibrate import patterns_paired, patterns_people, patterns_stocks
from sim.calibrate.patterns_evidence import UNTOLD, Evidence, Finding, together

NOTHING: dict[str, object] = {"compared": "nothing in this study to judge it on", "draws": 0, "verdict": UNTOLD}
COLUMNS = (
    *("pattern", "title", "pattern_verdict", "compared", "unit", "published", "source", "median", "q05", "q95"),
    *("low", "high", "bound", "draws", "holding", "verdict"),
)


@dataclass(frozen=True)
class Pattern:
    """A pattern, and how it is checked.

    Attributes
    ----------
    name : str
    title : str
        In words.
    check : callable
        From evidence to findings; none where the study has nothing that it could be judged on.
    """

    name: str
    title: str
    check: Callable[[Evidence], list[Finding]]


PATTERNS = (
    Pattern("plateau", "Fast returns early, then a plateau", patterns_stocks.plateau),
    Pattern("waves", "Waves saturate at different levels", patterns_stocks.waves),
    Pattern("places", "Places differ, some with hardly any return", patterns_stocks.places),
    Pattern("heavy_damage", "Several-fold less return with heavy house damage", patterns_people.heavy_damage),
    Pattern("plans", "Wish far above plan; plan below action when pushed", patterns_people.wish_plan_action),
    Pattern("closures", "Closures displace some families again", patterns_people.closures),
    Pattern("retries", "Failed returners try again more often", patterns_people.retries),
    Pattern("wish_to_stay", "The wish to stay rises with duration", patterns_people.wish_to_stay),
    Pattern("hardship", "Hardship moves voluntary return little, homes much", patterns_paired.hardship_and_homes),
    Pattern("rents", "Low-end rents rise with arrivals", patterns_paired.rents),
    Pattern("residual", "Those left are more vulnerable and land-blocked", patterns_people.residual),
    Pattern("severe_returns", "Some returnees live in severe conditions", patterns_people.severe_returns),
)


@dataclass(frozen=True)
class Checked:
    """A pattern with what was found of it."""

    pattern: Pattern
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> str:
        """Whether it is shown, not shown, or cannot be told; the last where there is nothing to judge it on."""
        return together(list(self.findings)) if self.findings else UNTOLD


def checked(evidence: Evidence) -> tuple[Checked, ...]:
    """Return every pattern with its findings."""
    return tuple(Checked(one, tuple(one.check(evidence))) for one in PATTERNS)


def pattern_table(found: Sequence[Checked]) -> pd.DataFrame:
    """Return a row for every finding; a pattern without any has a row of its own.

    Columns pattern, title, pattern_verdict, compared, unit, published, source, median, q05, q95, low, high, bound
    (where low and high are from), draws (that give a number), holding (share of them within), verdict.
    """
    rows = [
        {**_about(one), **row} for one in found for row in ([_row(finding) for finding in one.findings] or [NOTHING])
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _about(one: Checked) -> dict[str, object]:
    return {"pattern": one.pattern.name, "title": one.pattern.title, "pattern_verdict": one.verdict}


def _row(finding: Finding) -> dict[str, object]:
    median, q05, q95 = finding.quantiles()
    return {
        "compared": finding.compared,
        "unit": finding.unit,
        "published": finding.published,
        "source": finding.source,
        "median": median,
        "q05": q05,
        "q95": q95,
        "low": finding.low if np.isfinite(finding.low) else np.nan,
        "high": finding.high if np.isfinite(finding.high) else np.nan,
        "bound": finding.bound,
        "draws": int(finding.known.sum()),
        "holding": finding.holding,
        "verdict": finding.verdict,
    }
