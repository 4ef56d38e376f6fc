"""What the patterns come to: one table with every finding, and in plain sentences what the model does not show."""

import math
from collections.abc import Sequence

from sim.calibrate.patterns import Checked
from sim.calibrate.patterns_evidence import HALF, MOST, NOT_SHOWN, SHOWN, UNTOLD, Finding
from sim.report.lines import Section, Sheet
from sim.report.numbers import Shown

COLUMNS = ("published", "model", "asked", "verdict")
NONE = Shown("-", "")
SENTENCES = {
    NOT_SHOWN: "The model does NOT show: {}.",
    UNTOLD: "Cannot be told: {}.",
    SHOWN: "The model shows: {}.",
}


def pattern_sheet(found: Sequence[Checked], draws: int) -> Sheet:
    """Return every finding under its pattern: published, model, what was asked, verdict."""
    sections = tuple(Section(f"{one.pattern.title}: {one.verdict}", _lines(one)) for one in found)
    caption = (
        f"Model: median and 90 % interval of {draws} draws of the posterior. Shown: at least {MOST:.0%} of the draws "
        f"lie within what is asked; not shown: at most {HALF:.0%} do; a pattern is shown where all its findings are. "
        "What is asked was set beforehand, mostly by judgement (PRIOR); patterns.csv says on what grounds, and where "
        "published figures are from. Shares of fewer than ten simulated households are withheld."
    )
    return Sheet("Patterns a credible model shows", COLUMNS, sections, caption)


def said_plainly(found: Sequence[Checked]) -> list[str]:
    """Return which patterns are not shown, which cannot be told and which are shown, a sentence each, in this order."""
    titles = {verdict: [one.pattern.title for one in found if one.verdict == verdict] for verdict in SENTENCES}
    return [words.format("; ".join(titles[verdict])) for verdict, words in SENTENCES.items() if titles[verdict]]


def _lines(one: Checked) -> tuple[tuple[str, tuple[Shown, ...]], ...]:
    if not one.findings:
        return (("nothing in this study to judge it on", (NONE, NONE, NONE, Shown(one.verdict, ""))),)
    return tuple((f"{finding.compared}, {finding.unit}", _cells(finding)) for finding in one.findings)


def _cells(finding: Finding) -> tuple[Shown, ...]:
    median, q05, q95 = finding.quantiles()
    model = (
        Shown("withheld", "") if math.isnan(median) else Shown(_number(median), f"({_number(q05)} to {_number(q95)})")
    )
    published = NONE if math.isnan(finding.published) else Shown(_number(finding.published), "")
    return published, model, Shown(_asked(finding), ""), Shown(finding.verdict, "")


def _asked(finding: Finding) -> str:
    if math.isinf(finding.high):
        return f"at least {_number(finding.low)}"
    if math.isinf(finding.low):
        return f"at most {_number(finding.high)}"
    return f"{_number(finding.low)} to {_number(finding.high)}"


def _number(value: float) -> str:
    """Return a number to three digits; infinity as what it is."""
    if math.isinf(value):
        return "no end" if value > 0 else "no start"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
