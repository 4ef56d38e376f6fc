"""Each lever moves its cause, the tracked stock and its side effect the way it says, over paired seeds."""

import numpy as np
import pytest
from levers import LEVERS, Lever, differences
from scipy import stats

SEEDS = range(30)
LEVEL = 0.001  # of a one-sided sign test: 24 of 30 seeds; with some 27 signs, a false alarm in 37 versions of the code


@pytest.mark.slow
@pytest.mark.parametrize("name", LEVERS)
def test_direction_over_paired_seeds(name: str) -> None:
    lever, found = LEVERS[name], differences(name, SEEDS)
    for key, sign in signs(lever).items():
        values = found[key]
        agree = int((np.sign(values) == sign).sum())
        print(f"{name}, {key}: mean {values.mean():+.4g}, {agree} of {len(values)} seeds as stated")
        assert stats.binomtest(agree, len(values), alternative="greater").pvalue < LEVEL, key


def signs(lever: Lever) -> dict[str, int]:
    """Return the signs a lever states; an open one is not tested."""
    stated = {"cause": lever.cause.sign, "stock": lever.stock, "side": lever.side.sign}
    return {key: sign for key, sign in stated.items() if sign}
