"""Uniform draws for many households at once, outside the hot loop."""

import numpy as np

from sim.kernels.compile import entry
from sim.kernels.draws import draw4


@entry
def fill_uniforms(seed, identities, purpose, time, alternative, out):
    """Write four uniforms per household into ``out``, float64[n, 4], for one purpose, time and alternative."""
    for k in range(identities.size):
        a, b, c, d = draw4(seed, identities[k], purpose, time, alternative)
        out[k, 0], out[k, 1], out[k, 2], out[k, 3] = a, b, c, d


def uniforms(seed, identities, purpose, time, alternative=0):
    """Return four uniforms per household, float64[n, 4], for one purpose, time and alternative."""
    out = np.empty((len(identities), 4), np.float64)
    identities = np.ascontiguousarray(identities, np.uint64)
    fill_uniforms(np.uint64(seed), identities, int(purpose), int(time), np.uint32(alternative), out)
    return out
