"""Random numbers: published answers, the right distributions, and no two purposes that share a draw."""

import itertools

import numpy as np
import pytest
from scipy import stats

from sim.kernels import draws
from sim.kernels.month import fill_lottery
from sim.kernels.uniforms import uniforms

# Random123 1.14, tests/kat_vectors, philox4x32-10: counter, key, answer.
KNOWN = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
]
N = 200_000


def philox_of(function, counter, key):
    with np.errstate(over="ignore"):  # 32-bit words wrap around by design
        return tuple(int(word) for word in function(*(np.uint32(x) for x in (*counter, *key))))


@pytest.mark.parametrize(("counter", "key", "answer"), KNOWN)
@pytest.mark.parametrize("form", ["compiled", "interpreted"])
def test_philox_gives_the_published_answers(counter, key, answer, form):
    function = draws.philox if form == "compiled" else draws.philox.py_func
    assert philox_of(function, counter, key) == answer


def test_what_goes_where_in_counter_and_key():
    """Household (64 bits), purpose and time, alternative are the counter; the seed (64 bits) is the key."""
    seed, household = 0x299F31D0A4093822, 0x85A308D3243F6A88
    purpose, time = 0x13, 0x198A2E
    found = draws.draw4(np.uint64(seed), np.uint64(household), purpose, time, np.uint32(0x03707344))
    assert found == tuple((word + 0.5) / 2**32 for word in KNOWN[2][2])


def test_uniforms_lie_inside_the_open_interval():
    assert draws.unit(np.uint32(0)) > 0
    assert draws.unit(np.uint32(2**32 - 1)) < 1
    found = uniforms(7, np.arange(N) + 2**33, draws.MONTH, 11)
    assert found.shape == (N, 4)
    assert 0 < found.min() < found.max() < 1
    for word in range(4):
        assert stats.kstest(found[:, word], "uniform").pvalue > 1e-3
    correlation = np.corrcoef(found.T) - np.eye(4)
    assert np.abs(correlation).max() < 5 / np.sqrt(N)


def test_neighbouring_months_households_and_seeds_are_unrelated():
    identity = np.arange(N)
    first = uniforms(7, identity, draws.MONTH, 0)[:, 0]
    for other in (
        uniforms(7, identity, draws.MONTH, 1)[:, 0],
        uniforms(8, identity, draws.MONTH, 0)[:, 0],
        uniforms(7, identity, draws.HOUSE, 0)[:, 0],
        uniforms(7, identity + 1, draws.MONTH, 0)[:, 0],
        uniforms(7, identity + 2**32, draws.MONTH, 0)[:, 0],
    ):
        assert abs(np.corrcoef(first, other)[0, 1]) < 5 / np.sqrt(N)


def test_a_draw_does_not_depend_on_who_else_is_asked():
    many = uniforms(3, np.arange(1000), draws.MONTH, 4)
    few = uniforms(3, np.array([17, 999]), draws.MONTH, 4)
    assert np.array_equal(many[[17, 999]], few)


def test_purposes_have_numbers_of_their_own():
    names = ["MONTH", "HOUSE", "TASTE", "LUCK", "PHASE", "NETWORK", "LOTTERY", "COMPOSITION"]
    names += ["SERVICE", "SHOCK", "RANKS", "HOSTS"]
    numbers = [getattr(draws, name) for name in names]
    assert len(set(numbers)) == len(numbers)
    assert all(0 < number < 256 for number in numbers)


def test_gumbel_is_the_quantile_function_of_the_standard_gumbel():
    u = np.concatenate([np.linspace(1e-9, 1 - 1e-9, 999), [1e-10, 1 - 1e-10]])
    found = np.array([draws.gumbel(x) for x in u])
    assert np.allclose(found, stats.gumbel_r.ppf(u), rtol=1e-12, atol=1e-12)


def test_normal_pairs_are_two_independent_standard_normals():
    u = uniforms(5, np.arange(N), draws.TASTE, 0)
    pairs = np.array([draws.normal_pair(a, b) for a, b in u[:, :2]])
    assert stats.kstest(pairs[:, 0], "norm").pvalue > 1e-3
    assert stats.kstest(pairs[:, 1], "norm").pvalue > 1e-3
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 5 / np.sqrt(N)
    assert abs(np.corrcoef(pairs.T**2)[0, 1]) < 5 / np.sqrt(N)


def test_a_lottery_word_is_the_first_word_of_the_lottery_draw():
    identity = np.arange(50, dtype=np.uint64) + np.uint64(2**40)
    queue = np.full(50, 0xA0000003, np.uint32)
    word = np.empty(50, np.uint32)
    fill_lottery(np.uint64(12), identity, queue, word)
    expected = [draws.draw4(np.uint64(12), one, draws.LOTTERY, 0, queue[0])[0] for one in identity]
    assert np.array_equal((word + 0.5) / 2**32, expected)


def test_lotteries_for_different_queues_are_unrelated():
    identity = np.arange(N, dtype=np.uint64)
    words = []
    for queue in (0, 1, 0xA0000000, 0xA0000001):
        word = np.empty(N, np.uint32)
        fill_lottery(np.uint64(1), identity, np.full(N, queue, np.uint32), word)
        words.append(word / 2.0**32)
    for one, other in itertools.combinations(words, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < 5 / np.sqrt(N)
