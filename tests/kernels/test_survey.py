"""What households answer a survey: the same in NumPy, the same without a compiler, and what reasons cannot do."""

from pathlib import Path

import numpy as np
import pytest
from random_households import Columns, without_a_compiler
from random_surveys import LEVEL, Reasons, asked_why, live_badly, random_away, random_conditions

from sim.kernels import codes

N = 5_000
INTERPRETED = """
import sys
sys.path.insert(0, {here!r})
import numpy as np
np.seterr(over="ignore")  # counters wrap around by design
from random_surveys import asked_why, live_badly, random_away, random_conditions
from sim.kernels.survey import reason_rows
assert not hasattr(reason_rows, "signatures"), "the kernels are compiled after all"
columns, month = random_away(400, 5), random_conditions(6)
np.savez({out!r}, rise=asked_why(columns, month), severe=live_badly(columns, month))
"""


@pytest.mark.parametrize("seed", range(4))
def test_reasons_are_what_numpy_says(seed: int) -> None:
    columns, month = random_away(N, seed), random_conditions(seed + 100)
    found, expected = asked_why(columns, month), Reasons(columns, month).rises()
    away = (columns["present"] > 0) & (columns["at_home"] == 0)
    assert np.isnan(found[~away]).all()
    assert not np.isnan(found[away]).any()
    for code, name in enumerate(codes.REASONS):
        assert found[away, code] == pytest.approx(expected[away, code], rel=1e-5, abs=1e-5), name
        share = (found[away, code] > 0.1).mean()
        assert 0.02 < share < 0.98, f"{name}: some name it, and some do not"


@pytest.mark.parametrize("seed", range(4))
def test_severe_conditions_are_what_numpy_says(seed: int) -> None:
    columns, month = random_away(N, seed), random_conditions(seed + 100)
    home = (columns["present"] > 0) & (columns["at_home"] > 0)
    place, gates = Reasons(columns, month), month.params.gates
    bad = (place.here("security") < gates.minimum_security) | (place.here("services") < gates.minimum_services)
    unfit = (columns["house"] < np.float32(month.params.house.usable)) | (columns["occupied"] > 0)
    expected = home & (bad | ((columns["shelter"] == codes.OWN_HOME) & unfit))
    assert np.array_equal(live_badly(columns, month) > 0, expected)
    assert 0.05 < expected[home].mean() < 0.95


def test_the_same_without_a_compiler(tmp_path: Path) -> None:
    plain, columns, month = (
        without_a_compiler(INTERPRETED, tmp_path / "found.npz"),
        random_away(400, 5),
        random_conditions(6),
    )
    assert plain["rise"] == pytest.approx(asked_why(columns, month), rel=1e-6, abs=1e-6, nan_ok=True)
    assert np.array_equal(plain["severe"], live_badly(columns, month))


def put_right(columns: Columns, reason: int) -> Columns:
    """Return households for whom one thing is as it should be."""
    right = {
        codes.BECAUSE_HOUSE: {"house": np.float32(1), "occupied": np.uint8(0)},
        codes.BECAUSE_HLP: {"hlp": np.int8(codes.HLP_FULL)},
        codes.BECAUSE_SECURITY: {"belief_security": np.float32(1)},
        codes.BECAUSE_SERVICES: {"belief_services": np.float32(LEVEL.services)},
        codes.BECAUSE_MONEY: {"savings": np.int32(2**30)},
    }[reason]
    return columns | {name: np.full_like(columns[name], value) for name, value in right.items()}


@pytest.mark.parametrize(
    "reason",
    [
        codes.BECAUSE_HOUSE,
        codes.BECAUSE_HLP,
        codes.BECAUSE_SECURITY,
        codes.BECAUSE_SERVICES,
        codes.BECAUSE_MONEY,
    ],
)
def test_what_is_right_is_no_reason(reason: int) -> None:
    """And leaves the other reasons as they are."""
    columns, month = random_away(500, 9), random_conditions(9)
    before, after = asked_why(columns, month), asked_why(put_right(columns, reason), month)
    away = ~np.isnan(after[:, 0])
    assert after[away, reason] == pytest.approx(0.0, abs=1e-6)
    others = [code for code in range(len(codes.REASONS)) if code != reason]
    assert np.array_equal(before[away][:, others], after[away][:, others])
