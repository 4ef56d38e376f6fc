"""Random numbers of the independent oracle: its own Philox, keyed by household, purpose, time and alternative."""

import math
from collections.abc import Sequence

MONTH, HOUSE, TASTE, LUCK, PHASE, NETWORK, LOTTERY = range(1, 8)
SERVICE, SHOCK, RANKS, MEANS = 10, 11, 12, 15  # 8 is retired, 9 belongs to the making of households
HOME_KEY = 0xFFFFFFE0
PROGRAMME_QUEUE = 0xA0000000
MASK = 0xFFFFFFFF


def philox(counter: Sequence[int], key: Sequence[int]) -> tuple[int, int, int, int]:
    """Return the four words of Philox4x32-10 (Salmon et al. 2011, section 3.3) of a counter under a key."""
    x0, x1, x2, x3 = counter
    k0, k1 = key
    for _ in range(10):
        left, right = 0xD2511F53 * x0, 0xCD9E8D57 * x2
        x0, x1, x2, x3 = (right >> 32) ^ x1 ^ k0, right & MASK, (left >> 32) ^ x3 ^ k1, left & MASK
        k0, k1 = (k0 + 0x9E3779B9) & MASK, (k1 + 0xBB67AE85) & MASK
    return x0, x1, x2, x3


def uniforms(seed: int, identity: int, purpose: int, time: int, alternative: int) -> list[float]:
    """Return the four uniforms in (0, 1) that belong to a household, purpose, time and alternative."""
    return [(word + 0.5) * 2.0**-32 for word in words(seed, identity, purpose, time, alternative)]


def words(seed: int, identity: int, purpose: int, time: int, alternative: int) -> tuple[int, int, int, int]:
    """Return the four words of 32 bits that belong to a household, purpose, time and alternative."""
    counter = (identity & MASK, identity >> 32, purpose << 24 | time, alternative)
    return philox(counter, (seed & MASK, seed >> 32))


def gumbel(u: float) -> float:
    """Return the quantile ``u`` of the standard Gumbel distribution."""
    return -math.log(-math.log(u))


def normal_pair(u: float, v: float) -> tuple[float, float]:
    """Return two standard normals from two uniforms (Box-Muller)."""
    radius = math.sqrt(-2.0 * math.log(u))
    return radius * math.cos(2.0 * math.pi * v), radius * math.sin(2.0 * math.pi * v)
