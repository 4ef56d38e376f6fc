"""Moves over the whole run as a book: by how free they were, by pathway, by what pushed, between situations."""

from collections.abc import Iterator

import pandas as pd
import xarray as xr

from sim.outcomes.book import ALL, Book, at, cells_of, labels, part_of, sum_of
from sim.outcomes.layout import Relation
from sim.outcomes.measures import INDUCED, PUSHED

RUN = "run"
#: Where each pathway leads: moves by pathway are moves into that situation.
LEADS_TO = {
    "local_integration": "integrating",
    "return": "returned",
    "settlement_elsewhere": "settled_elsewhere",
    "displaced_elsewhere": "displaced",
}
WAYS = labels("pathway", list(LEADS_TO))
QUALITIES = ("premature", "uninformed", "voluntary", "after_push")


def move_book(data: xr.Dataset) -> Book:
    """Return moves, with all that a reader knows of their sums.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run.
    """
    names = ["flows", "moves", *QUALITIES, "moves_by_push", "retries", "overridden"]
    run = data[[one for name in names for one in (name, f"{name}_rows")]].sum("month")
    run = run.sum("group").sel(pathway=list(LEADS_TO))
    frames = [*_moves(run), *_flows(run), *_qualities(run)]
    classes, pushed = labels("push_class", run["push_class"].values), labels("push_class", PUSHED)
    cells, relations = pd.concat(frames, ignore_index=True), (*_sums(run, classes, pushed), *_parts(run))
    return Book(cells, relations, kept=({"when": RUN, "which": ALL}, {"when": RUN, "by": ALL}))


def _moves(run: xr.Dataset) -> Iterator[pd.DataFrame]:
    """Yield moves by class and pathway, and by class and what pushed, with what they sum to."""
    push = run.sel(push=run["push"] != "none", push_class=PUSHED)
    for table, name, along in ((run, "moves", "pathway"), (push, "moves_by_push", "push")):
        classes, by = labels("push_class", table["push_class"].values), labels(along, table[along].values)
        margins = [along] if along == "pathway" else []
        yield from _with_margins(table, name, ("push_class", along), (classes, by), margins)


def _flows(run: xr.Dataset) -> Iterator[pd.DataFrame]:
    """Yield moves between situations, with all of each situation before; those after are pathways."""
    after = run.sel(situation_after=list(LEADS_TO.values()))
    before = labels("situation", run["situation"].values)
    yield _cells(after, "flows", ("situation", "situation_after"), before, WAYS)
    yield _cells(after.sum("situation_after"), "flows", ("situation",), before, [ALL])


def _with_margins(
    table: xr.Dataset, name: str, dims: tuple[str, str], names: tuple[list[str], list[str]], margins: list[str]
) -> Iterator[pd.DataFrame]:
    which, by = names
    yield _cells(table, name, dims, which, by)
    yield _cells(table.sum(dims[0]), name, dims[1:], [ALL], by)
    if margins:
        yield _cells(table.sum(dims[1]), name, dims[:1], which, [ALL])
        yield _cells(table.sum(dims), name, (), [ALL], [ALL])


def _qualities(run: xr.Dataset) -> Iterator[pd.DataFrame]:
    for name in QUALITIES:
        over = [dim for dim in run[name].dims if dim != "pathway"]
        yield _cells(run[[name, f"{name}_rows"]].sum(over), name, ("pathway",), [name], WAYS)
    yield _cells(run, "retries", (), ["retries"], ["pathway=return"])
    yield _cells(run, "overridden", ("gate",), ["overridden"], labels("gate", run["gate"].values))


def _cells(table: xr.Dataset, name: str, dims: tuple[str, ...], which: list[str], by: list[str]) -> pd.DataFrame:
    return cells_of(table[[name, f"{name}_rows"]].transpose(*dims), name, [RUN], which, by)


def _sums(run: xr.Dataset, classes: list[str], pushed: list[str]) -> Iterator[Relation]:
    """Yield that moves add up over pathways, over classes, over situations before them, and over what pushed."""
    yield sum_of("by", WAYS)
    yield sum_of("which", classes)
    ways = [*WAYS, ALL]
    for way in ways:
        before = tuple(at(RUN, one, way) for one in labels("situation", run["situation"].values))
        yield Relation(at(RUN, ALL, way), before)
    pushes = [one for one in labels("push", run["push"].values) if one != "push=none"]
    for one in pushed:
        yield Relation(at(RUN, one, ALL), tuple(at(RUN, one, push) for push in pushes))


def _parts(run: xr.Dataset) -> Iterator[Relation]:
    """Yield what is part of the moves of a pathway: nobody moves voluntarily who is uninformed, or was made to move."""
    yield part_of("which", ALL, *labels("push_class", INDUCED), "voluntary")
    yield part_of("which", ALL, "voluntary", "uninformed")
    yield part_of("which", ALL, "premature")
    yield part_of("which", "push_class=no_push", "after_push")
    yield part_of("which", ALL, "retries")
    for gate in labels("gate", run["gate"].values):
        yield Relation(at(RUN, ALL, "pathway=return"), (at(RUN, "overridden", gate),), rest=True)
