"""The same case at three sizes of the sample agrees within noise.

Seeds are few and the households of each size are one fixed sample, so the tolerance has two parts, both stated:
4 standard errors of the difference of the seed means, from the spread over seeds, and 0.5 % of all families for
what the samples themselves may differ by. The test prints the differences it found.
"""

import numpy as np
import pytest

from sim.kernels.codes import SITUATIONS
from sim.model import SolutionsModel
from sim.scenario import compile_scenario, load_scenario

SEEDS, MONTHS = range(8), 36
SIZES = (5_000, 20_000, 100_000)
SAMPLE = 0.005  # share of all families


def stocks(rows: int) -> tuple[np.ndarray, int, int]:
    """Return families by seed and situation at the end, float64[seeds, 5], the families and the rows."""
    compiled = compile_scenario(load_scenario("iraq/closure-no-notice").override({"rows": rows, "months": MONTHS}))
    found = []
    for seed in SEEDS:
        model = SolutionsModel(compiled, seed=seed).run()
        found.append(model.recorder.arrays["families"][-1].sum(axis=(1, 2)))
    return np.array(found, float), int(compiled.households["weight"].sum()), len(compiled.households["id"])


@pytest.mark.slow
def test_three_sizes_agree_within_noise():
    results = {rows: stocks(rows) for rows in SIZES}
    families = {total for _, total, _ in results.values()}
    assert len(families) == 1, "the margins are exact at every size"
    total = families.pop()
    for rows, (found, _, n) in results.items():
        shares = ", ".join(
            f"{name} {x:.0f} ± {s:.0f}" for name, x, s in zip(SITUATIONS, found.mean(0), found.std(0, ddof=1))
        )
        print(f"{rows:,} asked for, {n:,} rows: {shares}")
    for small, large in ((5_000, 100_000), (20_000, 100_000), (5_000, 20_000)):
        a, b = results[small][0], results[large][0]
        noise = np.sqrt((a.var(0, ddof=1) + b.var(0, ddof=1)) / len(SEEDS))
        gap = np.abs(a.mean(0) - b.mean(0))
        print(f"{small:,} against {large:,}: difference {gap.round()}, 4 standard errors {(4 * noise).round()}")
        assert np.all(gap <= 4 * noise + SAMPLE * total)
