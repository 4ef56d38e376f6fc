"""Each lever moves its cause, the tracked stock and its side effect the way it says, over paired seeds."""

import numpy as np
import pytest
from levers import LEVERS, Lever, differences
from scipy import stats

SEEDS = range(30)
LEVEL = 0.001  # one-sided; with 11 levers and up to 3 signs each, a false alarm in 30 versions of the code


@pytest.mark.slow
@pytest.mark.parametrize("name", LEVERS)
def test_direction_over_paired_seeds(name: str) -> None:
    lever, found = LEVERS[name], differences(name, SEEDS)
    for key, sign in signs(lever).items():
        values = found[key]
        print(f"{name}, {key}: mean {values.mean():+.4g}, {np.mean(np.sign(values) == sign):.0%} of seeds as stated")
        assert values.any(), f"{key}: nothing changed"
        assert stats.ttest_1samp(sign * values, 0, alternative="greater").pvalue < LEVEL, key


def signs(lever: Lever) -> dict[str, int]:
    """Return the signs a lever states; an open one is not tested."""
    stated = {"cause": lever.cause.sign, "stock": lever.stock, "side": lever.side.sign}
    return {key: sign for key, sign in stated.items() if sign}
