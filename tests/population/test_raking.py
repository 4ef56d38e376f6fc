"""Raking fits margins; rounding keeps them exactly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sim.population.raking import integerise, rake, round_two_way
from sim.schema.errors import InputError


def margins_of(table: np.ndarray) -> list[np.ndarray]:
    axes = range(table.ndim)
    return [table.sum(axis=tuple(other for other in axes if other != axis)) for axis in axes]


def tables(cells: st.SearchStrategy[int], dimensions: int) -> st.SearchStrategy[np.ndarray]:
    shape = arrays.array_shapes(min_dims=dimensions, max_dims=dimensions, max_side=6)
    return arrays.arrays(np.int64, shape, elements=cells)


def blended(weights: np.ndarray) -> np.ndarray:
    """Return a table of fractions with whole one-way margins: independence given those of ``weights``."""
    if not weights.sum():
        return np.zeros(weights.shape)
    return rake(np.ones(weights.shape), margins_of(weights))


def test_two_by_two_keeps_the_odds_ratio_and_solves_the_quadratic() -> None:
    # odds ratio 6, margins (40, 60) and (50, 50): x (10 + x) = 6 (40 - x)(50 - x)
    x = (550 - np.sqrt(550**2 - 4 * 5 * 12000)) / (2 * 5)
    fitted = rake(np.array([[3.0, 1.0], [1.0, 2.0]]), [np.array([40, 60]), np.array([50, 50])])
    assert fitted == pytest.approx(np.array([[x, 40 - x], [50 - x, 10 + x]]), abs=1e-7)
    assert fitted[0, 0] * fitted[1, 1] / (fitted[0, 1] * fitted[1, 0]) == pytest.approx(6)


def test_a_table_of_ones_gives_independence() -> None:
    rows, columns, layers = np.array([2, 8]), np.array([5, 3, 2]), np.array([9, 1])
    expected = np.einsum("i,j,k->ijk", rows, columns, layers) / 100
    assert rake(np.ones((2, 3, 2)), [rows, columns, layers]) == pytest.approx(expected)


def test_zeros_of_the_seed_stay() -> None:
    seed = np.array([[1.0, 1.0, 0.0], [1.0, 1.0, 1.0]])
    fitted = rake(seed, [np.array([10, 20]), np.array([8, 12, 10])])
    assert fitted[0, 2] == 0
    assert fitted[1, 2] == pytest.approx(10)


@given(tables(st.integers(1, 50), 3))
def test_margins_are_met(weights: np.ndarray) -> None:
    seed = np.random.default_rng(weights.size).uniform(0.1, 1, weights.shape)
    fitted = rake(seed, margins_of(weights))
    assert (fitted >= 0).all()
    for found, wanted in zip(margins_of(fitted), margins_of(weights), strict=True):
        assert found == pytest.approx(wanted, abs=1e-8)


@pytest.mark.parametrize(
    ("seed", "margins", "words"),
    [
        (np.ones((2, 2)), [[1, 2], [2, 2]], "different totals"),
        (np.ones((2, 2)), [[1, 2, 1], [2, 2]], "do not fit"),
        (np.ones((2, 2)), [[-1, 3], [1, 1]], "negative"),
        (-np.ones((2, 2)), [[1, 1], [1, 1]], "negative"),
        (np.array([[0.0, 0.0], [1.0, 1.0]]), [[1, 1], [1, 1]], "axis 0, category 0"),
        (np.array([[1.0, 0.0], [1.0, 1.0]]), [[3, 1], [1, 3]], "does not converge"),
    ],
)
def test_margins_that_cannot_be_met(seed: np.ndarray, margins: list[list[int]], words: str) -> None:
    with pytest.raises(InputError, match=words):
        rake(seed, [np.array(margin) for margin in margins])


@given(tables(st.integers(0, 40), 2))
def test_two_way_rounding_is_up_or_down_with_the_same_totals(weights: np.ndarray) -> None:
    table = blended(weights)
    whole = round_two_way(table)
    assert (np.abs(whole - table) < 1).all()
    assert ((whole >= 0) & ((table > 1e-6) | (whole == 0))).all()
    for found, wanted in zip(margins_of(whole), margins_of(weights), strict=True):
        assert found.tolist() == wanted.tolist()


@pytest.mark.parametrize("near", [[[1, 0], [0, 1]], [[0, 1], [1, 0]]])
def test_two_way_rounding_goes_to_the_nearer_side(near: list[list[int]]) -> None:
    table = np.where(near, 0.9, 0.1)
    assert round_two_way(table).tolist() == near


@pytest.mark.parametrize("dust", [0.0, 1e-9, -1e-9])
def test_rounding_dust_does_not_choose(dust: float) -> None:
    table = np.array([[0.5 + dust, 0.5 - dust], [0.5 - dust, 0.5 + dust]])
    assert round_two_way(table).tolist() == [[1, 0], [0, 1]]


@settings(deadline=None)
@given(tables(st.integers(0, 30), 3))
def test_three_way_rounding_keeps_every_margin(weights: np.ndarray) -> None:
    whole = integerise(blended(weights))
    assert (whole >= 0).all()
    assert whole.sum() == weights.sum()
    for found, wanted in zip(margins_of(whole), margins_of(weights), strict=True):
        assert found.tolist() == wanted.tolist()


@settings(deadline=None)
@given(st.lists(arrays.arrays(np.int64, (4, 3, 5), elements=st.integers(0, 3)), min_size=1, max_size=5))
def test_sum_of_sparse_tables_is_rounded_too(parts: list[np.ndarray]) -> None:
    """Districts with few families leave zeros that the rounding of others can make infeasible."""
    whole = integerise(np.sum([blended(part) for part in parts], axis=0))
    for found, wanted in zip(margins_of(whole), margins_of(np.sum(parts, axis=0)), strict=True):
        assert found.tolist() == wanted.tolist()


def test_zeros_are_opened_only_where_there_is_no_other_way() -> None:
    # cells (0, 0) and (1, 1) are rounded up and hold wave 0 only; wave 1 is wanted once all the same
    table = np.zeros((2, 2, 2))
    table[0, 0, 0] = table[1, 1, 0] = table[0, 1, 1] = table[1, 0, 1] = 0.5
    whole = integerise(table)
    assert [margin.tolist() for margin in margins_of(whole)] == [[1, 1], [1, 1], [1, 1]]


def test_same_table_same_rounding() -> None:
    table = blended(np.random.default_rng(1).integers(0, 9, (8, 10, 9)))
    assert (integerise(table) == integerise(table.copy())).all()


def test_margins_that_are_not_whole_are_refused() -> None:
    with pytest.raises(InputError, match="not whole"):
        integerise(np.full((2, 3), 0.45))
