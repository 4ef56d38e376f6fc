"""Rows travel in the same number as the people they stand for: taken apart, each is a plain count of rows."""

from dataclasses import dataclass

import numpy as np
import pytest
from glue import oracle_of, small_world
from oracle import OracleModel
from oracle_cases import CASES

from sim.kernels import codes
from sim.kernels.tally import GROUPS
from sim.model import SolutionsModel
from sim.scenario import Compiled, load_scenario
from sim.world import blocks

MONTHS, SEED = 14, 5


@dataclass
class Month:
    """What the oracle counted of a month: people and rows."""

    moves: tuple[np.ndarray, np.ndarray]  # [5 class, 5 pathway, 24 group]
    blocked: tuple[np.ndarray, np.ndarray]  # [5 pathway, 8 gate]
    families: tuple[np.ndarray, np.ndarray]  # [5 situation, A origin, A area]


def counted(shape: tuple[int, ...], found: list[tuple[tuple[int, ...], int]]) -> tuple[np.ndarray, np.ndarray]:
    """Return weights and numbers of what was found, by place in an array."""
    people, rows = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for place, weight in found:
        people[place] += weight
        rows[place] += 1
    return people, rows


def month_of(oracle: OracleModel, before: int) -> Month:
    """Count what the oracle did this month, one household at a time."""
    group = [
        h.female_headed + 2 * h.vulnerable + 4 * h.tenure + 12 * (h.from_camp > 0)  # of 2, 2, 3 and 2 values
        for h in oracle.households
    ]
    number = {h.id: n for n, h in enumerate(oracle.households)}
    moves = [((m.move_class, m.kind, group[number[m.id]]), m.weight) for m in oracle.moves[before:]]
    blocked = [
        ((h.intention, gate), h.weight)
        for h in oracle.present()
        for gate in range(len(codes.GATES))
        if h.reviewed and h.gates >> gate & 1
    ]
    where = [(4 if h.at_home else 1 + h.settled) if h.present else 0 for h in oracle.households]
    families = [((at, h.origin, h.area), h.weight) for at, h in zip(where, oracle.households)]
    areas = len(oracle.areas)
    return Month(
        counted((5, 5, GROUPS), moves),
        counted((5, len(codes.GATES)), blocked),
        counted((5, areas, areas), families),
    )


@pytest.fixture(scope="module")
def case() -> tuple[Compiled, list[Month]]:
    """A world with every rule, and what the oracle counts in it."""
    name, changes = CASES["every rule, in the valley"]
    compiled = small_world(load_scenario(name).override({"months": MONTHS, "rows": 2200, **changes}), 400)
    hosts_passed = SolutionsModel(compiled, seed=SEED).world.frozen.passes.sum(axis=1)
    oracle, months = oracle_of(compiled, SEED, hosts_passed), []
    for _ in range(MONTHS):
        before = len(oracle.moves)
        oracle.step()
        months.append(month_of(oracle, before))
    return compiled, months


@pytest.mark.parametrize(
    ("threads", "block"), [(1, blocks.BLOCK), (1, 37), (3, 37), pytest.param(4, 1, marks=pytest.mark.slow)]
)
def test_rows_are_counted_whatever_the_threads_and_blocks(case, monkeypatch, threads, block):
    monkeypatch.setattr(blocks, "BLOCK", block)
    compiled, months = case
    model = SolutionsModel(compiled, seed=SEED, threads=threads)
    for expected in months:
        model.step()
        world = model.world
        for at, (stocks, events) in enumerate([(world.stocks, world.events), (world.stock_rows, world.event_rows)]):
            assert np.array_equal(stocks.families, expected.families[at])
            assert np.array_equal(events.moves, expected.moves[at])
            assert np.array_equal(events.blocked.sum(axis=1), expected.blocked[at])
    model.world.close()


def test_the_runs_show_something(case):
    _, months = case
    people, rows = (sum(month.moves[at].sum() for month in months) for at in (0, 1))
    assert people > 2 * rows > 400
    assert sum(month.blocked[1] for month in months).sum() > 400
    assert (sum(month.moves[1].sum(axis=(0, 1)) for month in months) > 0).sum() > 20, "of nearly all groups"


def test_rows_are_recorded_as_they_are_counted(case):
    compiled, months = case
    arrays = SolutionsModel(compiled, seed=SEED).run().recorder.arrays
    for t, expected in enumerate(months):
        assert np.array_equal(arrays["families_rows"][t + 1], expected.families[1])
        assert np.array_equal(arrays["moves_rows"][t + 1], expected.moves[1])
        assert np.array_equal(arrays["blocked_rows"][t + 1].sum(axis=1), expected.blocked[1])


def test_there_is_room_for_a_whole_country():
    """Two hundred million people in ten million rows, as one number."""
    layout, row = blocks.layout_of_stocks(1, 1, 1), 1 << blocks.ROWS_AT
    half = layout.zeros()
    stocks = layout.fields(half)
    stocks.families[:], stocks.savings[:] = 100_000_000 + 5_000_000 * row, -7
    people, rows = layout.added([half, half])
    assert people.families.max() == 200_000_000
    assert rows.families.max() == 10_000_000
    assert (people.savings == -14).all(), "money carries no rows"
    assert not rows.savings.any()
