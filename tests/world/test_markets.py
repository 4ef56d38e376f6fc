"""Markets against figures worked out by hand from docs/household-month.md."""

import numpy as np
import pytest

from sim.kernels.codes import CLOSED, CLOSING, OPEN
from sim.schema.parameters import Markets
from sim.world.markets import SiteRoom, Totals, clear

CONDITIONS = {
    "host_population": np.array([1000.0, 0.0]),
    "host_workers_share": np.array([0.25, 0.25]),
    "employment_rate": np.array([0.8, 0.8]),
    "rent": np.array([10_000.0, 10_000.0]),
    "vacant_rentals": np.array([5.5, 0.0]),
    "service_capacity": np.array([900.0, 0.0]),
    "hlp_capacity": np.array([3.0, 3.0]),
    "returned_before": np.array([100.0, 0.0]),
}
MARKETS = Markets(job_absorption=0.5, employment_cap=0.9, host_renter_share=0.02, rent_elasticity=0.5)
SITES = SiteRoom(np.array([0, 0, 1, 1]), np.array([50, 60, 9, 9]), np.array([OPEN, OPEN, CLOSING, CLOSED]))


def totals(**changes):
    """Return the totals at the start: 100 people and 20 workers in the first area, nobody in the second."""
    usual = {"persons": [100, 0], "workers": [20, 0], "renters": [10, 0], "home": [0, 0], "known": [300, 0]}
    more = {"claims": [12, 0], "site_families": [20, 40, 3, 0]}
    return Totals(**{name: np.array(value) for name, value in {**usual, **more, **changes}.items()})


def prices(markets=MARKETS, conditions=CONDITIONS, **changes):
    return clear(totals(**changes), totals(), conditions, CONDITIONS, markets, SITES)


def test_at_the_start():
    found = prices()
    assert found.employment.tolist() == [216 / 270, 0.0]
    assert found.rent.tolist() == [10_000, 5_000]  # nobody rents in the second area: the lowest rent
    assert found.services.tolist() == [900 / 1100, 0.0]
    assert found.share_back.tolist() == [100 / 400, 0.0]
    assert found.claim_rate.tolist() == [3 / 12, 1.0]
    assert found.free.tolist() == [5, 0, 30, 20, 0, 0]
    assert found.fallback.tolist() == [0, -1]


def test_arrivals_dilute_work_raise_rents_and_crowd_services():
    found = prices(persons=[600, 0], workers=[120, 0], renters=[40, 0])
    assert found.employment[0] == (216 + 50) / 370
    assert found.rent[0] == np.floor(10_000 * np.sqrt(60 / 30))
    assert found.services[0] == 900 / 1600
    assert found.free[0] == 0


def test_departures_do_the_opposite_within_bounds():
    found = prices(persons=[0, 0], workers=[0, 0], renters=[0, 0])
    assert found.employment[0] == (216 - 10) / 250
    assert found.rent[0] == np.floor(10_000 * np.sqrt(20 / 30))
    assert found.services[0] == 0.9
    assert found.free[0] == 15
    most = prices(Markets(rent_elasticity=3, employment_cap=0.5), renters=[10**6, 10])
    assert most.rent.tolist() == [30_000, 30_000]
    assert most.employment[0] == 0.5


def test_return_moves_the_share_back_and_the_queue_of_claims():
    found = prices(home=[150, 0], claims=[2, 0])
    assert found.share_back[0] == 250 / 400
    assert found.claim_rate[0] == 1.0


def test_hosts_who_come_or_go_later_bring_or_take_jobs_as_others_do():
    more = {**CONDITIONS, "host_population": np.array([2000.0, 0.0])}
    assert prices(conditions=more).employment[0] == (216 + 125) / 520
    fewer = {**CONDITIONS, "host_population": np.array([900.0, 0.0])}
    assert prices(conditions=fewer).employment[0] == (216 - 13) / 245
    swapped = prices(conditions=fewer, workers=[45, 0])  # those hosts are households of the case now
    assert swapped.employment[0] == prices().employment[0]


def test_the_roomiest_open_camp_is_the_fallback():
    assert prices(site_families=[50, 59, 0, 0]).fallback.tolist() == [1, -1]
    assert prices(site_families=[40, 50, 0, 0]).fallback.tolist() == [0, -1], "the first of equals"
    assert prices(site_families=[50, 60, 0, 0]).fallback.tolist() == [-1, -1]
    assert prices(site_families=[70, 60, 0, 0]).free.tolist()[2:] == [0, 0, 0, 0], "never below nothing"


@pytest.mark.parametrize("name", ["employment", "rent", "services", "share_back"])
def test_without_feedback_prices_stay_as_at_the_start(name):
    still = MARKETS.model_copy(update={"feedback": False})
    changed = {"persons": [600, 9], "workers": [120, 9], "renters": [1, 9], "home": [150, 9], "known": [400, 9]}
    assert getattr(prices(still, **changed), name).tolist() == getattr(prices(), name).tolist()
    assert prices(still, **changed).free[:2].tolist() == [5, 0]


def test_without_feedback_camps_and_claims_follow_the_present():
    still = MARKETS.model_copy(update={"feedback": False})
    found = prices(still, claims=[6, 0], site_families=[45, 40, 0, 0])
    assert found.claim_rate[0] == 0.5
    assert found.free[2:].tolist() == [5, 20, 0, 0]
    assert found.fallback[0] == 1


def test_occupants_of_houses_given_back_rent_nearby_and_nobody_is_let_on_a_guess():
    markets = MARKETS.model_copy(update={"occupants_rent": 0.5})
    found = prices(markets, claims=[5, 0])  # 7 given back, 3 rent
    assert found.rent[0] == np.floor(10_000 * np.sqrt(33 / 30))
    assert found.free[0] == 5 - 3
    assert prices(markets, claims=[20, 0]).free[0] == prices(markets).free[0] == 5
