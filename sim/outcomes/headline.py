"""The headline outcomes of a run: what a comparison shows, with the harm beside every total."""

from typing import NamedTuple

import xarray as xr

from sim.outcomes.measures import (
    PRESENT,
    SOLVED,
    Measure,
    all_families,
    assessed,
    at_end,
    blocked,
    debt_share,
    moved_by,
    person_months,
    preference_match,
    rows_behind,
    savings_per_family,
    total,
    total_at_end,
    worst_group,
)
from sim.schema.errors import InputError, nearest

WHERE, SOLUTIONS, HARM, QUALITY = (
    "Where families are",
    "Solutions that last",
    "Moved under a push",
    "Quality of returns",
)
BLOCKED, HOSTS, MONEY = "Blocked from returning at the end", "Living as hosts do, by other metrics", "Money"
COUNTED = ("families", "persons")  # units of which the rows behind them are known
BEST = "sustained_whole"  # what scenarios are ranked by


class Outcome(NamedTuple):
    """One headline outcome.

    ``brief``: it stands on the first screen of a comparison. ``within``: it is part of that outcome, of which the rest
    is not shown; that matters where small numbers are withheld.
    """

    name: str
    label: str
    unit: str
    block: str
    value: Measure
    brief: bool = False
    within: str = ""


def headline(data: xr.Dataset) -> dict[str, float]:
    """Return every headline outcome of a recorded run, by name."""
    return {outcome.name: float(outcome.value(data)) for outcome in HEADLINE}


def headline_rows(data: xr.Dataset) -> dict[str, float]:
    """Return the simulated households behind every headline outcome that counts people; NaN for the others."""
    rows = rows_behind(data)
    return {one.name: float(one.value(rows)) if one.unit in COUNTED else float("nan") for one in HEADLINE}


FAMILIES, BRIEF = "families", True


def known_outcome(name: str, key: str) -> str:
    """Return the name of a headline outcome; refuse any other, which was given as ``key``, with the nearest."""
    known = [one.name for one in HEADLINE]
    if name not in known:
        raise InputError(f"no run records this outcome{nearest(name, known)}", key=key, value=name)
    return name


_SOLVED_BY = {
    "returned": "by return",
    "integrating": "by local integration",
    "settled_elsewhere": "by settlement elsewhere",
}

HEADLINE: tuple[Outcome, ...] = (
    Outcome("displaced", "Still displaced at the end", FAMILIES, WHERE, at_end("families", "displaced"), BRIEF),
    Outcome("integrating", "Integrating where they were displaced", FAMILIES, WHERE, at_end("families", "integrating"), BRIEF),
    Outcome("settled_elsewhere", "Settled elsewhere", FAMILIES, WHERE, at_end("families", "settled_elsewhere"), BRIEF),
    Outcome("returned", "At home", FAMILIES, WHERE, at_end("families", "returned"), BRIEF),
    Outcome("all_families", "Families in all", FAMILIES, WHERE, all_families),
    Outcome("newly_displaced", "of these displaced for the first time, by a shock", FAMILIES, WHERE, total("flows", situation="not_arrived"), within="all_families"),
    Outcome("displaced_persons", "Persons still displaced", "persons", WHERE, at_end("persons", "displaced")),
    Outcome("person_months", "Person-months spent displaced", "person-months", WHERE, person_months),
    Outcome("sustained", "Held for 12 months, living as hosts do", FAMILIES, SOLUTIONS, assessed("sustained", horizon=12), BRIEF),
    *(
        Outcome(f"sustained_{name}", f"of these {words}", FAMILIES, SOLUTIONS, assessed("sustained", name, horizon=12))
        for name, words in _SOLVED_BY.items()
    ),
    Outcome(BEST, "of these of their own choice, and informed", FAMILIES, SOLUTIONS, assessed("sustained_whole", horizon=12), BRIEF, "sustained"),
    Outcome("sustained_24", "of these for 24 months", FAMILIES, SOLUTIONS, assessed("sustained", horizon=24), within="sustained"),
    Outcome("preference_match", "In a solution of their own choice, of all in one", "%", SOLUTIONS, preference_match),
    Outcome("exit_pass_fail", "Pass every sub-criterion (IRIS)", FAMILIES, HOSTS, assessed("exits", metric="pass_fail"), within="all_families"),
    Outcome("exit_composite", "Pass as many as hosts do on average", FAMILIES, HOSTS, assessed("exits", metric="composite"), within="all_families"),
    Outcome("exit_unaided", "the same, without any assistance", FAMILIES, HOSTS, assessed("exits_unaided"), within="all_families"),
    Outcome("exit_moving", "the same, by hosts as they live at the end", FAMILIES, HOSTS, assessed("exits_moving", moving_metric="composite"), within="all_families"),
    Outcome("exit_criterion_composite", "Pass as many as hosts within every criterion", FAMILIES, HOSTS, assessed("exits", metric="criterion_composite"), within="all_families"),
    Outcome("exit_cells", "Their group passes as much as hosts, in everything", FAMILIES, HOSTS, assessed("exits", metric="cells"), within="all_families"),
    Outcome("exit_ecdf", "At least as well as a host in everything, in expectation", FAMILIES, HOSTS, assessed("exits", metric="ecdf")),
    Outcome("exit_displaced", "Still displaced, but passing as many as hosts do", FAMILIES, HOSTS, assessed("exits", "displaced", metric="composite"), within="displaced"),
    Outcome("expelled", "Expelled: would not have moved", FAMILIES, HARM, total("moves", push_class="expelled"), BRIEF),
    Outcome("expelled_by_closure", "of these by the closing of a camp", FAMILIES, HARM, moved_by("closure", "expelled"), within="expelled"),
    Outcome("expelled_by_shock", "of these by a shock", FAMILIES, HARM, moved_by("shock", "expelled"), within="expelled"),
    Outcome("expelled_by_aid_cut", "of these by a cut of aid alone", FAMILIES, HARM, moved_by("aid_cut", "expelled", alone=True), within="expelled"),
    Outcome("diverted", "Diverted: would have gone elsewhere", FAMILIES, HARM, total("moves", push_class="diverted"), BRIEF),
    Outcome("hastened", "Hastened: would have gone, but later", FAMILIES, HARM, total("moves", push_class="hastened"), BRIEF),
    Outcome("moved_anyway", "Would have moved that month anyway", FAMILIES, HARM, total("moves", push_class="would_have_moved_now")),
    Outcome("after_push", "Moved without a push, in the year after one", FAMILIES, HARM, total("after_push")),
    Outcome("worst_group_induced", "Induced moves per 100 families, worst-off group", "%", HARM, worst_group, BRIEF),
    Outcome("displaced_again", "Displaced again, from home or from where they were", FAMILIES, HARM, total("flows", situation=PRESENT, situation_after="displaced")),
    Outcome("returns", "Returns made", FAMILIES, QUALITY, total("moves", pathway="return")),
    Outcome("voluntary_returns", "Voluntary: unforced, informed, with an alternative", FAMILIES, QUALITY, total("voluntary", pathway="return"), within="returns"),
    Outcome("premature_returns", "Premature: conditions below the minimum", FAMILIES, QUALITY, total("premature", pathway="return"), BRIEF, "returns"),
    Outcome("uninformed_returns", "Uninformed: beliefs far from the truth", FAMILIES, QUALITY, total("uninformed", pathway="return"), within="returns"),
    Outcome("retries", "Returned once more, after leaving home again", FAMILIES, QUALITY, total("retries"), within="returns"),
    Outcome("returns_lost", "Left home again", FAMILIES, QUALITY, total("flows", situation="returned"), BRIEF),
    Outcome("blocked_house", "Want to return, house unusable", FAMILIES, BLOCKED, blocked("dwelling"), BRIEF),
    Outcome("blocked_money", "Want to return, cannot pay", FAMILIES, BLOCKED, blocked("money"), BRIEF),
    Outcome("blocked_access", "Want to return, no access", FAMILIES, BLOCKED, blocked("access")),
    Outcome("blocked_documents", "Want to return, no civil documents", FAMILIES, BLOCKED, blocked("documents")),
    Outcome("in_debt", "Families in debt", "%", MONEY, debt_share),
    Outcome("savings", "Savings net of debt, of the mean family", "USD", MONEY, savings_per_family),
    Outcome("spent", "Programme money committed", "USD", MONEY, lambda data: total("spent")(data) / 100, BRIEF),
    Outcome("care", "Care and maintenance of the displaced", "USD", MONEY, total("care"), BRIEF),
    Outcome("aid_withheld", "Aid kept from the displaced by cuts", "USD", MONEY, total("aid_withheld"), BRIEF),
    Outcome("discounted", "Programmes and care, less aid withheld, discounted", "USD", MONEY, total("discounted"), BRIEF),
    Outcome("host_rent", "What host renters pay more than at the start", "USD", MONEY, total("host_rent"), BRIEF),
)  # fmt: skip

#: What percentages are made of, which they would give away where it is small.
RATES: dict[str, tuple[Measure, ...]] = {
    "preference_match": (assessed("chosen"), at_end("families", SOLVED)),
    "in_debt": (total_at_end("in_debt"), all_families),
}

#: Outcomes that add up to another: total, parts.
SUMS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("all_families", ("displaced", "integrating", "settled_elsewhere", "returned")),
    ("sustained", tuple(f"sustained_{name}" for name in _SOLVED_BY)),
)
