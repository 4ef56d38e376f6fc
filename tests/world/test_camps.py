"""Camps: announced, closing, closed, or closed in part."""

import numpy as np
import pytest

import sim
from sim.kernels.codes import CLOSED, CLOSING, OPEN
from sim.schema.errors import InputError
from sim.world.camps import ALL_OF_IT, Closures, site_calendar

CAPACITY = np.array([100, 100, 100])
CLOSURES = Closures(np.array([2, 2, 99]), np.array([4, 4, 99]), np.array([1.0, 0.25, 0.0]))
MOSUL = "IQ-D087-C"


@pytest.mark.parametrize(
    ("month", "status", "left"),
    [(1, [OPEN] * 3, [0] * 3), (2, [CLOSING, CLOSING, OPEN], [2, 2, 0]), (4, [CLOSING, CLOSING, OPEN], [0, 0, 0])],
)
def test_a_camp_closes_from_its_announcement_to_its_last_month(month: int, status: list[int], left: list[int]) -> None:
    calendar = site_calendar(CLOSURES, CAPACITY, month)
    assert calendar.status.tolist() == status
    assert calendar.months_left.tolist() == left
    assert (calendar.notice[calendar.status == CLOSING] == 2).all()


def test_a_camp_closed_in_part_stays_open_and_smaller() -> None:
    calendar = site_calendar(CLOSURES, CAPACITY, 5)
    assert calendar.status.tolist() == [CLOSED, OPEN, OPEN]
    assert calendar.capacity.tolist() == [0, 75, 100]
    assert calendar.threshold.tolist() == [ALL_OF_IT, ALL_OF_IT // 4, 0]


def test_a_part_of_its_families_has_to_leave() -> None:
    closure = {"kind": "camp_closure", "sites": [MOSUL], "share": 0.4, "closing_month": "2018-03"}
    families = {
        name: sim.run(sim.load_scenario("iraq/no-closure", changes), months=4).data["site_families"].sel(site=MOSUL)
        for name, changes in {"open": {}, "part": {"programmes.part": closure}}.items()
    }
    assert float(families["part"][3] / families["open"][3]) == pytest.approx(0.6, abs=0.04)
    assert families["part"][4] > 0.9 * families["part"][3]


def test_nobody_is_sent_into_a_camp_that_has_closed() -> None:
    entry = {"origin": "IQ-G15", "area": "IQ-G15", "site": MOSUL, "shelter": "camp", "wave": "w9"}
    entry |= {"first_month": "2018-05", "families_per_month": 50}
    closure = {"kind": "camp_closure", "sites": [MOSUL], "closing_month": "2018-03"}
    scenario = sim.load_scenario("iraq/no-closure", {"programmes.close": closure, "arrivals.late": entry})
    with pytest.raises(InputError, match=r"arrivals.late.site.*closed"):
        sim.run(scenario, months=6)
