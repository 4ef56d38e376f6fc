"""What a reader knows of the counts that a comparison publishes: which sum to which, and which are part of which."""

from collections.abc import Iterator

import pandas as pd

from sim.experiments.comparison_cells import ALL, SITUATIONS, SOLUTIONS, blocked_by, wanted
from sim.kernels.codes import GATES
from sim.outcomes import EXIT_METRICS, HEADLINE, SUMS, Relation
from sim.outcomes.groups import TRAITS
from sim.outcomes.measures import INDUCED, SOLVED

CLASSES = ("no_push", "moved_anyway", *INDUCED)
COLUMNS_OF_FLOWS = {"returned": "returns", "displaced": "displaced_again"}  # headline outcomes
ROWS_OF_FLOWS = {"returned": "returns_lost", "not_arrived": "newly_displaced"}
CHAINS = (  # wholes and parts beside those that HEADLINE names
    ("exit_composite", ("sustained",)),
    ("exit_composite", ("exit_criterion_composite",)),
    ("exit_criterion_composite", ("exit_pass_fail",)),
    ("sustained_24", ("sustained_whole_24",)),
    ("returns", ("voluntary_returns", "uninformed_returns")),
    ("premature_moves", ("premature_returns",)),
    ("lives_as_hosts", ("sustained",)),
    ("lives_as_hosts", ("sustained_whole",)),
    ("all_families", ("displaced", "sustained")),
    ("all_families", ("displaced", "sustained_whole")),
    ("all_families", ("lives_as_hosts",)),
    ("all_families", ("debtors",)),
    ("all_families", ("displaced", "chosen")),
    *((name, (f"sustained_{name}",)) for name in SOLVED),
)


def relations(cells: pd.DataFrame) -> tuple[Relation, ...]:
    """Return the relations of all cells of a comparison; of labels that it does not have, none."""
    outcomes, labels = set(cells["outcome"]), list(dict.fromkeys(cells["by"]))
    found = [*_headline(outcomes), *_along(labels), *_wholes(outcomes), *_exits(outcomes)]
    found += [*_series(labels), *_flows()]
    there = set(zip(cells["outcome"], cells["by"]))
    return tuple(one for one in found if _has(one, outcomes, set(labels), there))


def _has(one: Relation, outcomes: set[str], labels: set[str], there: set[tuple[str, str]]) -> bool:
    named = (one.total, *one.parts)
    if all(len(labels_of) == 2 for labels_of in named):
        return all((str(each["outcome"]), str(each["by"])) in there for each in named)
    return all(
        each.get("outcome", next(iter(outcomes))) in outcomes and each.get("by", ALL) in labels for each in named
    )


def _whole(total: str, *parts: str, rest: bool = True) -> Relation:
    return Relation({"outcome": total}, tuple({"outcome": part} for part in parts), rest)


def _headline(outcomes: set[str]) -> Iterator[Relation]:
    for total, parts in SUMS:
        yield _at(total, *parts)
    for one in HEADLINE:
        if one.within:
            yield _whole(one.within, one.name)
        if one.within == "all_families" and one.name in outcomes and one.name.startswith("exit_"):
            yield _whole("all_families", "displaced", one.name)


def _at(total: str, *parts: str) -> Relation:
    """Return that outcomes sum to another, all families together."""
    return Relation({"outcome": total, "by": ALL}, tuple({"outcome": part, "by": ALL} for part in parts))


def _along(labels: list[str]) -> Iterator[Relation]:
    """Yield that traits, areas, shelters and programmes add up."""
    for name in (*TRAITS, "area", "shelter", "programme", "change"):
        parts = tuple({"by": label} for label in labels if label.startswith(f"{name}="))
        if parts:
            yield Relation({"by": ALL}, parts)


def _wholes(outcomes: set[str]) -> Iterator[Relation]:
    for total, parts in CHAINS:
        yield _whole(total, *parts)
    yield _at("lives_as_hosts", "exit_composite", "exit_displaced")
    yield Relation({"outcome": "start", "by": ALL}, ({"outcome": "displaced", "by": "month=0"},))
    yield _at("induced_moves", *INDUCED)
    yield _at("moves", *CLASSES)
    yield Relation({"outcome": "everyone", "by": ALL}, ({"outcome": "changed", "by": ALL},), rest=True)
    for pathway in SOLUTIONS:
        for gate in GATES:
            yield _whole(wanted(pathway), blocked_by(gate, pathway))
    for outcome in outcomes:
        if outcome.startswith("passes="):
            solved, displaced = ({"outcome": outcome, "by": by} for by in (ALL, "situation=displaced"))
            whole = {"outcome": "all_families", "by": ALL}
            yield Relation(whole, ({"outcome": "displaced", "by": ALL}, solved), rest=True)
            yield Relation({"outcome": "displaced", "by": ALL}, (displaced,), rest=True)
            yield Relation(solved, ({"outcome": "exit_pass_fail", "by": ALL},), rest=True)


def _exits(outcomes: set[str]) -> Iterator[Relation]:
    """Yield that exits of each situation are part of it, and those of solutions add up to the headline outcome."""
    for metric in EXIT_METRICS:
        cells = {name: {"outcome": f"exits={metric}", "by": f"situation={name}"} for name in SITUATIONS[1:]}
        for situation, cell in cells.items():
            yield Relation({"outcome": situation, "by": ALL}, (cell,), rest=True)
        yield Relation({"outcome": f"exit_{metric}", "by": ALL}, tuple(cells[name] for name in SOLVED))
    composite = {"outcome": "exits=composite", "by": "situation=displaced"}
    yield Relation({"outcome": "exit_displaced", "by": ALL}, (composite,))


def _series(labels: list[str]) -> Iterator[Relation]:
    """Yield that in every month the situations add up to the same families."""
    for month in (ALL, *(label for label in labels if label.startswith("month="))):
        parts = tuple({"outcome": name, "by": month} for name in SITUATIONS)
        yield Relation({"outcome": "everyone", "by": ALL}, parts)


def _flows() -> Iterator[Relation]:
    """Yield that flows add up to all moves, and to headline outcomes by where they begin or lead."""
    after = SITUATIONS[1:]
    every = [{"outcome": f"from={before}", "by": f"to={one}"} for before in SITUATIONS for one in after]
    yield Relation({"outcome": "moves", "by": ALL}, tuple(every))
    for situation, outcome in COLUMNS_OF_FLOWS.items():
        yield Relation(
            {"outcome": outcome, "by": ALL}, tuple(cell for cell in every if cell["by"] == f"to={situation}")
        )
    for situation, outcome in ROWS_OF_FLOWS.items():
        yield Relation(
            {"outcome": outcome, "by": ALL}, tuple(cell for cell in every if cell["outcome"] == f"from={situation}")
        )
