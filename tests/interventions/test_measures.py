"""Measures against paths worked out by hand."""

import numpy as np
import pytest

from sim.interventions import AidCut, SecurityPath

WINDOW = {"first_month": "2020-03", "last_month": "2020-06"}


def paths(months=8, areas=2):
    usual = {"security": 0.4, "aid_camp_share": 1.0, "aid_out_share": 1.0}
    return {name: np.full((months, areas), value) for name, value in usual.items()}


def test_security_is_led_there_in_equal_steps_and_stays():
    found = paths()
    SecurityPath(window=WINDOW, to=0.8, ramp_months=4).act(found, range(2, 6), [1])
    assert found["security"][:, 0].tolist() == [0.4] * 8
    assert found["security"][:, 1] == pytest.approx([0.4, 0.4, 0.5, 0.6, 0.7, 0.8, 0.8, 0.8])


def test_a_path_that_is_cut_short_stays_where_it_got_to():
    found = paths()
    SecurityPath(window=WINDOW, to=0.8, ramp_months=8).act(found, range(2, 6), [0])
    assert found["security"][:, 0] == pytest.approx([0.4, 0.4, 0.45, 0.5, 0.55, 0.6, 0.6, 0.6])


def test_a_path_that_does_not_last_goes_back():
    found = paths()
    SecurityPath(window=WINDOW, to=0.0, ramp_months=2, lasting=False).act(found, range(2, 6), [0])
    assert found["security"][:, 0] == pytest.approx([0.4, 0.4, 0.2, 0.0, 0.0, 0.0, 0.4, 0.4])


def test_a_path_that_began_before_the_run_is_part_of_the_way():
    found = paths()
    SecurityPath(window=WINDOW, to=0.8, ramp_months=4).act(found, range(-2, 2), [0])
    assert found["security"][:3, 0] == pytest.approx([0.7, 0.8, 0.8])


@pytest.mark.parametrize(
    ("where", "camp", "out"), [("anywhere", 0.25, 0.25), ("camps", 0.25, 1.0), ("out_of_camp", 1.0, 0.25)]
)
def test_aid_is_cut_where_it_says_and_restored(where, camp, out):
    found = paths()
    AidCut(window=WINDOW, share=0.75, where=where).act(found, range(2, 6), [0])
    assert found["aid_camp_share"][:, 0].tolist() == [1, 1, camp, camp, camp, camp, 1, 1]
    assert found["aid_out_share"][:, 0].tolist() == [1, 1, out, out, out, out, 1, 1]
    assert (found["aid_camp_share"][:, 1] == 1).all()


def test_two_cuts_multiply():
    found = paths()
    for share in (0.5, 0.2):
        AidCut(window=WINDOW, share=share).act(found, range(2, 6), [0])
    assert found["aid_camp_share"][2, 0] == pytest.approx(0.4)


def test_a_window_before_the_run_changes_nothing_but_what_lasts():
    found = paths()
    AidCut(window=WINDOW).act(found, range(-9, -3), [0, 1])
    assert (found["aid_camp_share"] == 1).all()
    SecurityPath(window=WINDOW, to=0.8, ramp_months=6).act(found, range(-9, -3), [0, 1])
    assert (found["security"] == 0.8).all()
