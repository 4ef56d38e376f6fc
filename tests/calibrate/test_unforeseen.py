"""Closures that nobody announced: as often as the chance says, only afterwards, and only where none is known."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.calibrate.forecast import forecast
from sim.calibrate.study import Study
from sim.calibrate.unforeseen import LEAST_SHARE, drawn, waiting_time
from sim.experiments.executors import Serial
from sim.schema.study import Unforeseen
from sim.schema.uncertainty import Prior
from sim.world.camps import Closures

NEVER = 10_000


def open_camps(number: int) -> Closures:
    never = np.full(number, NEVER)
    return Closures(never, never.copy(), np.zeros(number))


def test_as_many_close_as_the_chance_says() -> None:
    """Of 20,000 camps 1 - 0.98^14 close within 14 months, and as many in every month as are left to close."""
    found = drawn(open_camps(20_000), 6, 20, 0.02, np.random.default_rng(1))
    closed = found.closing < 20
    assert closed.mean() == pytest.approx(1 - 0.98**14, abs=0.01)
    assert (found.closing == 6).mean() == pytest.approx(0.02, abs=0.004)
    assert (found.announced == found.closing).all(), "without notice"
    assert found.share[closed].min() >= LEAST_SHARE
    assert found.share[closed].mean() == pytest.approx((1 + LEAST_SHARE) / 2, abs=0.01)
    assert (found.share[~closed] == 0).all()


@settings(derandomize=True, deadline=None, max_examples=60)
@given(st.integers(0, 30), st.integers(1, 30), st.floats(0, 1), st.integers(0, 2**32))
def test_what_is_known_stays(known: int, ahead: int, chance: float, seed: int) -> None:
    months = known + ahead
    closing = np.array([2, months - 1, NEVER, NEVER])
    before = Closures(closing - 1, closing, np.array([1.0, 0.4, 0.0, 0.0]))
    found = drawn(before, known, months, chance, np.random.default_rng(seed))
    stays = closing < months
    for name in ("announced", "closing", "share"):
        assert (getattr(found, name)[stays] == getattr(before, name)[stays]).all()
    assert (found.closing[~stays] >= known).all()


def test_more_often_is_never_later() -> None:
    uniform = np.random.default_rng(3).random(500)
    months = np.array([waiting_time(uniform, chance) for chance in (0.0, 0.01, 0.1, 0.9, 1.0)])
    assert (np.diff(months, axis=0) <= 0).all()
    assert (months[-1] == 0).all()


def test_forecasts_reckon_with_them(study: Study) -> None:
    """Were all camps sure to close, fewer families would be in them; without the section nothing changes."""
    draws = np.array([[0.8, 0.4, 24.0, 0.002, 2.0]] * 8)
    sure = Unforeseen(camp_closures=Prior(low=0.9, high=1.0, source="test"))
    expecting = replace(study, spec=study.spec.model_copy(update={"unforeseen": sure}))
    plain, closed = (forecast(one, draws, "2025-02", 4, Serial()).stocks["camps"] for one in (study, expecting))
    assert np.median(closed[:, -1]) < 0.9 * np.median(plain[:, -1])


@pytest.mark.parametrize(("low", "high"), [(-0.1, 0.5), (0.5, 1.5)])
def test_a_chance_is_one(low: float, high: float) -> None:
    with pytest.raises(ValueError, match="camp_closures is a chance"):
        Unforeseen(camp_closures=Prior(low=low, high=high, source="test"))
