"""The share still displaced, month by month, against a curve worked out on paper.

One family many times over, constant conditions, beliefs at the truth, no taste, no gate; it can stay or return
(committing is made worthless), and never leaves home again. Each month a household reviews with probability p.
Within an epoch its luck is fixed: it prefers to return with probability

    q = 1 / (1 + exp(V_stay - V_return)),

the logit share, and if it does, it leaves at its first review. It is therefore still displaced after n months
of one epoch with probability

    s(n) = (1 - q) + q (1 - p)^n.

Luck is drawn anew, independently, each epoch of L months. The phase floor(u L) is uniform on 0 .. L - 1, so the
first epoch has m more months, m uniform on 1 .. L, and after t months

    S(t) = 1/L  sum_{m = 1 .. L}  s(min(t, m)) * s(L)^f * s(r),   with f, r = divmod(max(0, t - m), L).

With monthly luck (L = 1) this is s(1)^t = (1 - p q)^t: tiny probabilities pile up. With L beyond the run they
do not: S never falls below 1 - q.
"""

import math

import numpy as np
import pytest
from test_logit_shares import CONDITIONS, values
from worlds import plain_world, same_family

from sim.kernels import codes
from sim.model import SolutionsModel

N, MONTHS = 200_000, 48


def survival(t: int, q: float, p: float, length: int) -> float:
    """Return the share still displaced after ``t`` months."""

    def within(n: int) -> float:
        return 1 - q + q * (1 - p) ** n

    total = 0.0
    for first in range(1, length + 1):
        whole, rest = divmod(max(0, t - first), length)
        total += within(min(t, first)) * within(length) ** whole * within(rest)
    return total / length


def simulated(length: int, p: float, pull: float) -> tuple[np.ndarray, float]:
    """Return the share still displaced at the end of every month, float[MONTHS + 1], and q."""
    compiled = plain_world(
        same_family(N, belief_security=0.625, belief_services=1.0),
        MONTHS,
        CONDITIONS | {"return_pull": pull},
        parameters__review__base=p,
        parameters__review__floor=p,
        parameters__review__settled=0,
        parameters__choice__epoch=length,
        parameters__choice__attachment_here=0,
        parameters__choice__attachment_origin_floor=1,
        parameters__choice__house=0,
        parameters__pathways__integrate=-20,
        parameters__pathways__settle_options=0,
    )
    model = SolutionsModel(compiled, seed=4)
    value = values_here(compiled, model, pull)
    model.run()
    assert not model.households.state.gates.any()
    away = model.recorder.arrays["families"][:, codes.DISPLACED].sum(axis=(1, 2))
    return away / N, 1 / (1 + math.exp(value["stay"] - value["return"]))


def values_here(compiled, model, pull):
    """Return the values of staying and returning in this world, from those of the logit test."""
    found = dict(values(compiled, model))
    c = compiled.params.choice
    # there: beliefs 0.5 and 0.75, pull 0.25, a vulnerable family; here: beliefs true, this pull, not vulnerable
    found["return"] += c.security * (0.5**2 - 0.375**2) + c.services * 0.25
    found["return"] += pull - 0.25 + c.vulnerable_move
    return found


@pytest.mark.slow
@pytest.mark.parametrize(
    ("length", "p", "pull"), [(24, 0.12, -2.0), (24, 0.3, 0.0), (1, 0.12, -3.0), (7, 0.5, -2.5), (600, 0.2, -1.0)]
)
def test_the_displaced_share_follows_the_analytic_curve(length, p, pull):
    found, q = simulated(length, p, pull)
    expected = np.array([survival(t, q, p, length) for t in range(MONTHS + 1)])
    error = np.sqrt(expected * (1 - expected) / N)
    print(
        f"L {length}, p {p}, q {q:.4f}: after 12, 24, 48 months {found[[12, 24, 48]]}, curve {expected[[12, 24, 48]]}"
    )
    assert found[0] == 1.0
    assert np.all(np.abs(found - expected)[1:] < 4 * error[1:])


def test_the_curve_has_the_limits_that_are_known():
    assert survival(12, 0.1, 0.3, 1) == pytest.approx((1 - 0.03) ** 12)
    assert survival(48, 0.1, 1.0, 600) == pytest.approx(0.9 - 0.1 * 0.9 * 47 / 600, abs=1e-3)
    assert survival(0, 0.1, 0.3, 24) == 1
