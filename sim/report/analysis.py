"""Which uncertainties matter, and in which futures a plan fails, as tables."""

import numpy as np
import pandas as pd

from sim.experiments.discovery import Box, Failures
from sim.report.lines import Section, Sheet, full_label
from sim.report.numbers import Shown

NONE = Shown("-", "")


def sensitivity_sheet(found: pd.DataFrame, outcome: str, of: str, against: str | None) -> Sheet:
    """Return parameters by how far they explain an outcome, the most important first."""
    known = bool(found["total"].notna().any())
    columns = {"first": "alone", "total": "with others"} if known else {"first": "alone"}
    lines = tuple((str(row["parameter"]), tuple(_index(row, name) for name in columns)) for _, row in found.iterrows())
    subject = f"{full_label(outcome)}: {of}" + (f" against {against}" if against else "")
    caption = (
        f"Share of the variance between draws due to a parameter alone{', and together with others' if known else ''}, "
        "with bootstrapped 95 % intervals. "
        + ("Sobol indices." if known else "A screening (RBD-FAST): small shares cannot be told from none.")
    )
    return Sheet("What the spread comes from", tuple(columns.values()), (Section(subject, lines),), caption)


def _index(row: "pd.Series", name: str) -> Shown:
    if np.isnan(row[name]):
        return NONE
    share, low, high = (100 * max(0.0, float(row[key])) for key in (name, f"{name}_low", f"{name}_high"))
    return Shown(f"{share:.0f}%", f"({low:.0f}-{high:.0f})")


def failures_text(found: Failures) -> str:
    """Return in which futures a target is missed, in sentences."""
    head = f"{found.scenario} misses {found.target} in {found.failing} of {found.replicates} replicates"
    if not found.boxes:
        reason = "" if 0 < found.failing < found.replicates else ", so that no future stands out"
        return f"{head}{reason}{'.' if reason else ', in no futures more than in others.'}"
    return "\n".join([f"{head}; more often where:", "", *(f"  {_box(box)}" for box in found.boxes)])


def _box(box: Box) -> str:
    where = " and ".join(_bounds(name, low, high) for name, low, high in box.ranges)
    return f"{box.failing} of {box.replicates} ({box.density:.0%}; {box.coverage:.0%} of all that fail): {where}"


def _bounds(name: str, low: float, high: float) -> str:
    if np.isinf(low):
        return f"{name} <= {high:.3g}"
    return f"{name} > {low:.3g}" if np.isinf(high) else f"{low:.3g} < {name} <= {high:.3g}"
