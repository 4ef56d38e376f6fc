"""A stand-in return model: quick to simulate, and hard to calibrate in the ways that the real one is.

20,000 rows of 12 districts live 24 months; each may return once. What is observed are counts of the displaced, with
listing errors and a share that is never listed, and shares of surveys with an effective sample of 600. Districts
differ by more than what is known of them, and intentions are not behaviour. The people and districts are the same in
every simulation; parameters and the seed decide the rest.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import numpy.typing as npt
from scipy.stats import gamma, norm

from sim.calibrate.problem import Problem
from sim.schema.uncertainty import Prior

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]

ROWS, DISTRICTS, MONTHS = 20_000, 12, 24
LISTED = (0, 6, 12, 18, 24)  # months after which districts are listed
ASKED = (6, 12, 24)  # months after which families are asked
FAR = gamma(2.0, scale=0.5).ppf((np.arange(16) + 0.5) / 16)  # distances home, 100 km
TASTES = norm.ppf((np.arange(1024) + 0.5) / 1024)  # a normal in steps: no logarithm for every row
CELLS, GROUPS = 32, 7  # groups that surveys tell apart: four of house damage and work, in camps, late wave, far away
PER_DISTRICT = 0.10  # error of a listed count, share of it
SURVEYED = 600.0  # effective sample of a survey

PRIORS = {
    "base": Prior(low=-4.5, high=-2.0),
    "security": Prior(low=0.0, high=2.5),
    "house": Prior(low=0.0, high=2.0),
    "livelihood": Prior(low=0.0, high=1.5),
    "camp": Prior(low=-1.0, high=1.0),
    "attachment": Prior(low=0.0, high=1.5),
    "taste": Prior(low=0.2, high=1.5),
    "heterogeneity": Prior(low=0.0, high=0.8),
    "reporting": Prior(low=0.7, high=1.0),
    "intention": Prior(low=0.3, high=1.5),
    "cost": Prior(low=0.0, high=1.5),
    "wave": Prior(low=-1.0, high=1.0),
}
STATISTICS = (
    *(f"district {d + 1}, month {m}" for m in LISTED for d in range(DISTRICTS)),
    *(f"returned, group {g + 1}, month {m}" for m in ASKED for g in range(GROUPS)),
    *(f"wishes to, group {g + 1}, month {m}" for m in ASKED for g in range(GROUPS)),
)


def _people() -> tuple[Int, Int, Int, Float]:
    """Return district, cell of LIKE and step of distance, each of a row, and security[district, month]."""
    rng = np.random.default_rng(20_180_101)
    district = rng.choice(DISTRICTS, ROWS, p=np.linspace(1.6, 0.4, DISTRICTS) / DISTRICTS)
    like = np.column_stack([
        rng.random(ROWS) < np.linspace(0.2, 0.7, DISTRICTS)[rng.permutation(DISTRICTS)][district],  # house damaged
        rng.random(ROWS) < 0.45,  # has work at home
        rng.random(ROWS) < np.linspace(0.1, 0.5, DISTRICTS)[rng.permutation(DISTRICTS)][district],  # lives in a camp
        rng.random(ROWS) < 0.4,  # of the late wave
    ]).astype(np.int64)  # fmt: skip
    distance = rng.integers(0, len(FAR), ROWS)
    cell = like @ [8, 4, 2, 1] + 16 * (distance >= len(FAR) // 2)
    level, slope = rng.uniform(0.2, 0.7, DISTRICTS), rng.uniform(0.0, 0.3, DISTRICTS)
    security = np.clip(level[:, None] + slope[:, None] * np.arange(MONTHS) / MONTHS, 0.0, 1.0)
    return district.astype(np.int64), cell, distance, security


DISTRICT, CELL, DISTANCE, SECURITY = _people()
ROWS_OF = np.bincount(DISTRICT, minlength=DISTRICTS).astype(np.float64)
LIKE = np.array(list(np.ndindex(2, 2, 2, 2, 2)), np.float64)[:, 1:]
AWAY, DAMAGED, WORK, CAMP, LATE = np.array(list(np.ndindex(2, 2, 2, 2, 2)), np.float64).T
HOUSES = DAMAGED * WORK, DAMAGED * (1 - WORK), (1 - DAMAGED) * WORK, (1 - DAMAGED) * (1 - WORK)
IN_GROUP = np.array([*HOUSES, CAMP, LATE, AWAY])
GROUP_SIZES = IN_GROUP @ np.bincount(CELL, minlength=CELLS).astype(np.float64)
STEP, APART = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xD1342543DE82EF95)


@numba.njit(nogil=True)  # type: ignore[untyped-decorator]
def _uniform(at):  # type: ignore[no-untyped-def]
    """Return a number in (0, 1) of a place in the stream: SplitMix64 (Steele, Lea and Flood 2014)."""
    word = (at ^ (at >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (((word ^ (word >> np.uint64(31))) >> np.uint64(11)) + 0.5) * 2.0**-53


def uniforms(seed: int, first: int, number: int) -> Float:
    """Return numbers in (0, 1), float64[number], of a seed, from any place in its stream."""
    found: Float = _uniform.py_func(places(seed, first, number))
    return found


def places(seed: int, first: int, number: int) -> npt.NDArray[np.uint64]:
    """Return places in the stream of a seed, uint64[number]."""
    return np.arange(first + 2, first + 2 + number, dtype=np.uint64) * STEP + np.array([seed], np.uint64) * APART


def normals(seed: int, first: int, number: int) -> Float:
    """Return normal numbers, float64[number], each of two uniforms (Box and Muller 1958)."""
    u, v = uniforms(seed, first, 2 * number).reshape(number, 2).T
    found: Float = np.sqrt(-2.0 * np.log(u)) * np.cos(2.0 * np.pi * v)
    return found


@numba.njit(nogil=True)  # type: ignore[untyped-decorator]
def _lived(at, district, cell, distance, odds, of, by, less, left_in, returned, wish):  # type: ignore[no-untyped-def]
    """Count the families that leave, by month and district, and the returned and wishes of others by month and cell."""
    (of_cell, of_distance, of_taste), (by_cell, by_distance, by_taste) = of, by
    for i in range(len(district)):
        d, c, far, own, month = district[i], cell[i], distance[i], int(_uniform(at) * len(of_taste)), MONTHS + 1
        times, away = of_cell[c] * of_distance[far] * of_taste[own], _uniform(at + STEP)
        at += STEP + STEP
        for t in range(MONTHS):
            away *= 1.0 + times * odds[d, t]
            if away > 1.0:
                month = t + 1
                break
        left_in[month, d] += 1.0
        wishing = by_cell[c] * by_distance[far] * by_taste[own]
        for n in range(len(ASKED)):  # a wish is the odds of a year, seen through the scale of intentions
            if month <= ASKED[n]:
                returned[n, c] += 1.0
            else:
                wish[n, c] += 1.0 / (1.0 + wishing * less[d, n])


def _one(theta: Float, seed: int) -> Float:
    """Return the statistics of one simulation: square roots of counts, and shares."""
    base, secure, house, livelihood, camp, attachment, taste, differing, reporting, intention, cost, wave = theta
    drawn = base + secure * SECURITY - attachment * np.arange(MONTHS) / MONTHS
    odds = np.exp(drawn + differing * normals(seed, 0, DISTRICTS)[:, None])
    of = np.exp(LIKE @ [-house, livelihood, camp, wave]), np.exp(-cost * FAR), np.exp(taste * TASTES)
    by, less = tuple(one**-intention for one in of), (12.0 * odds[:, np.array(ASKED) - 1]) ** -intention
    left_in, returned, wish = np.zeros((MONTHS + 2, DISTRICTS)), *np.zeros((2, len(ASKED), CELLS))
    _lived(places(seed, 2 * DISTRICTS, 1)[0], DISTRICT, CELL, DISTANCE, odds, of, by, less, left_in, returned, wish)
    displaced = ROWS_OF - left_in.cumsum(axis=0)[list(LISTED)]
    error = normals(seed, 2 * DISTRICTS + 2 * ROWS, len(STATISTICS))
    listed = (
        displaced * reporting * np.maximum(0.0, 1.0 + PER_DISTRICT * error[: displaced.size].reshape(displaced.shape))
    )
    back = returned @ IN_GROUP.T
    shares = np.stack([back / GROUP_SIZES, wish @ IN_GROUP.T / np.maximum(GROUP_SIZES - back, 1.0)])
    sd = np.sqrt(np.maximum(shares * (1.0 - shares), 1e-4) / (SURVEYED * GROUP_SIZES / ROWS))
    return np.append(np.sqrt(listed), shares + sd * error[displaced.size :].reshape(shares.shape))


def simulate_all(parameters: Float, seeds: Int) -> Float:
    """Return statistics [n, 102] of parameters [n, 12], in the order of ``PRIORS``."""
    found = [_one(theta, seed) for theta, seed in zip(parameters, seeds.tolist())]
    return np.array(found).reshape(len(parameters), len(STATISTICS))


def in_threads(simulate: Callable[[Float, Int], Float], threads: int) -> Callable[[Float, Int], Float]:
    """Return a simulator that shares a batch among threads; the statistics are the same."""

    def simulated(parameters: Float, seeds: Int) -> Float:
        with ThreadPoolExecutor(threads) as pool:
            parts = zip(np.array_split(parameters, threads), np.array_split(seeds, threads))
            return np.concatenate(list(pool.map(lambda part: simulate(*part), parts)))

    return simulated


def standin(fixed: Mapping[str, float] | None = None, seed: int = 0) -> Problem:
    """Return the problem of calibrating the stand-in, observed once at the middle of all priors.

    Parameters
    ----------
    fixed : mapping, optional
        Parameters that are known, which are not fitted.
    seed : int
        Of what is observed.
    """
    fixed = dict(fixed or {})
    free = tuple(name for name in PRIORS if name not in fixed)
    where = [list(PRIORS).index(name) for name in free]
    middle = np.array([fixed.get(name, float(prior.at(0.5))) for name, prior in PRIORS.items()])

    def simulate(parameters: Float, seeds: Int) -> Float:
        full = np.tile(middle, (len(parameters), 1))
        full[:, where] = parameters
        return simulate_all(full, seeds)

    observed = simulate_all(middle[None], np.array([seed]))[0]
    return Problem(free, tuple(PRIORS[name] for name in free), STATISTICS, observed, simulate)
