"""Randomness as a function: every draw belongs to (seed, household, time, purpose, alternative).

Philox4x32-10 [1]_ turns a 128-bit counter and a 64-bit key into four independent 32-bit words. The key
is the seed; the counter is the household's id (64 bits), the time (month or epoch, with the purpose in
the top 8 bits) and the alternative. Nothing is ever advanced, so a draw does not depend on how many
others were made, on threads, or on which scenario asks.

References
----------
.. [1] J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3",
   SC11, 2011, doi:10.1145/2063384.2063405. Known-answer vectors: Random123, tests/kat_vectors.
"""

import math

import numpy as np

from sim.kernels.compile import inlined

# Purposes. The numbers are part of every saved result: append, never renumber.
MONTH = 1  # words: review, employment, eviction, belief noise
HOUSE = 2  # words: repair, claim resolved
TASTE = 3  # words: return and commitment (pair), documents rank, spare
LUCK = 4  # Gumbel term of one alternative in one epoch
PHASE = 5  # words: epoch phase, access rank, hosting rank, school rank
NETWORK = 6  # which areas are considered for settlement in an epoch
LOTTERY = 7  # the place in the queue for rival capacity, by programme or area
COMPOSITION = 9  # household composition (keyed by the case, not by the seed)
SERVICE = 10  # what comes of a service, by programme (8 is retired)
SHOCK = 11  # words: driven out, house damaged, how badly
RANKS = 12  # halves of words: safety, movement, housing, health, education
HOSTS = 13  # the static host rows of an area (keyed by the case, not by the seed)
BEFORE = 14  # work in the months before the run (keyed by the case, not by the seed)
MEANS = 15  # whether a family that cannot pay the way home finds the means this month

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint32(0x9E3779B9)
_W1 = np.uint32(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_SHIFT = np.uint64(32)
_TIME_BITS = np.uint32(24)
_HALF = np.uint32(16)
_LOWER = np.uint32(0xFFFF)


@inlined
def philox(c0, c1, c2, c3, k0, k1):
    """Return the four uint32 words of Philox4x32-10 for a counter (c0..c3) and a key (k0, k1)."""
    for _ in range(10):
        p0 = _M0 * np.uint64(c0)
        p1 = _M1 * np.uint64(c2)
        c0 = np.uint32(p1 >> _SHIFT) ^ c1 ^ k0
        c1 = np.uint32(p1 & _LOW)
        c2 = np.uint32(p0 >> _SHIFT) ^ c3 ^ k1
        c3 = np.uint32(p0 & _LOW)
        k0 = np.uint32(k0 + _W0)
        k1 = np.uint32(k1 + _W1)
    return c0, c1, c2, c3


@inlined
def draw4(seed, household, purpose, time, alternative):
    """Return four uniforms in the open interval (0, 1), float64, for one (household, time, purpose)."""
    c2 = np.uint32((np.uint32(purpose) << _TIME_BITS) | np.uint32(time))
    w0, w1, w2, w3 = philox(
        np.uint32(household & _LOW),
        np.uint32(household >> _SHIFT),
        c2,
        np.uint32(alternative),
        np.uint32(seed & _LOW),
        np.uint32(seed >> _SHIFT),
    )
    return unit(w0), unit(w1), unit(w2), unit(w3)


@inlined
def lottery_word(seed, household, queue):
    """Return the fixed place (uint32) of a household in the queue for a programme, a vacancy, or a camp's closing."""
    word, _, _, _ = philox(
        np.uint32(household & _LOW),
        np.uint32(household >> _SHIFT),
        np.uint32(np.uint32(LOTTERY) << _TIME_BITS),
        np.uint32(queue),
        np.uint32(seed & _LOW),
        np.uint32(seed >> _SHIFT),
    )
    return word


@inlined
def ranks5(seed, household):
    """Return five persistent uniforms of a household, of 16 bits each: its ranks in what areas ration."""
    w0, w1, w2, _ = philox(
        np.uint32(household & _LOW),
        np.uint32(household >> _SHIFT),
        np.uint32(np.uint32(RANKS) << _TIME_BITS),
        np.uint32(0),
        np.uint32(seed & _LOW),
        np.uint32(seed >> _SHIFT),
    )
    return half(w0 >> _HALF), half(w0 & _LOWER), half(w1 >> _HALF), half(w1 & _LOWER), half(w2 >> _HALF)


@inlined
def half(word):
    """Return 16 bits as a uniform strictly between 0 and 1."""
    return (np.float64(word) + 0.5) * 1.52587890625e-05


@inlined
def unit(word):
    """Return a uint32 word as a uniform strictly between 0 and 1."""
    return (np.float64(word) + 0.5) * 2.3283064365386963e-10


@inlined
def gumbel(u):
    """Return the standard Gumbel quantile of ``u``: location 0, scale 1."""
    return -math.log(-math.log(u))


@inlined
def normal_pair(u, v):
    """Return two independent standard normals from two uniforms (Box and Muller, 1958)."""
    radius = math.sqrt(-2.0 * math.log(u))
    angle = 2.0 * math.pi * v
    return radius * math.cos(angle), radius * math.sin(angle)
