"""The oracle by itself: how long solutions are held, and how households came to them, in worked cases."""

import numpy as np
import pytest
from oracle_criteria import lives_as_hosts, passed
from toy import AT_HOME, MONTHS, PARAMS, calm, families, in_month, living, run, site_arrays, with_params

from sim.kernels import codes

CAMP = {"shelter": codes.CAMP, "site": 1}
SETTLED = {"settled": 1}
CHOSEN, INFORMED, FIT = 1, 2, 4

# -------------------------------------------------------------------------------------- solutions, held


def test_aided_bits_are_not_counted():
    assert passed(0b1111_1111_1111) == 10
    assert passed(0b1100_0000_0001) == 1


def test_a_mean_within_rounding_is_reached():
    area = calm(families()).areas[0]
    for mean, expected in ((3.0, True), (3.0 + 5e-10, True), (3.0 + 2e-9, False), (2.5, True), (3.5, False)):
        area.hosts_passed = mean
        assert lives_as_hosts(0b111, area) is expected


def all_but_work() -> dict:
    """A family that passes nine: it has money, papers and a lease, and no work."""
    return {**SETTLED, "earners": 0, "remittance": 100_000}


def test_a_solution_is_held_month_by_month():
    household = living(all_but_work(), hosts_passed=[9.0, 9.0])
    assert passed(household.criteria) == 9
    before = household.held
    run(household.model, 5)
    assert household.held == before + 5
    household.held = 999
    run(household.model, 3)
    assert household.held == 1000


def test_nothing_is_held_below_the_standard_or_while_displaced():
    assert living(all_but_work(), hosts_passed=[0.0, 9.1]).held == 0
    assert living(all_but_work(), hosts_passed=[11.0, 9.0]).held > 0, "hosts where it is count"
    assert living(all_but_work() | {"settled": 0}, hosts_passed=[0.0, 0.0]).held == 0
    assert living(AT_HOME, hosts_passed=[0.0, 0.0]).held > 0


def test_what_is_held_starts_again():
    broken = {"host_pass_housing": np.where(np.arange(MONTHS)[:, None] == 3, [0.0, 0.0], [0.6, 0.7])}
    household = living(all_but_work(), conditions=broken, hosts_passed=[9.0, 9.0])
    counts = []
    for _ in range(6):
        household.model.step()
        counts.append(household.held)
    assert counts[3:] == [0, 1, 2]


def test_what_is_held_is_lost_when_displaced_again():
    model = run(calm(families(30, **SETTLED), {"displaces": in_month(3, 0, 1)}, hosts_passed=[0.0, 0.0]), 3)
    held = {h.held for h in model.households}
    assert min(held) >= 3
    model.step()
    again = [h for h in model.households if not h.committed]
    assert again
    assert all(h.held == 0 for h in again)
    assert all(h.held > 3 for h in model.households if h.committed), "those who went home or settled go on counting"


def test_those_who_have_not_come_yet_are_not_judged():
    model = calm(families(2, arrival=[0, 2], present=[1, 0]))
    run(model, 2)
    assert [h.criteria > 0 for h in model.households] == [True, False]
    run(model, 10)
    assert all(h.criteria for h in model.households), "assessed after twelve months"


# ------------------------------------------------------------------------------------------ how they came


def of_moves(model) -> dict[int, tuple]:
    """The last move of every family: its class, pathway and how it came."""
    return {move.id: (move, model.households[move.id].came) for move in model.moves}


def test_nobody_came_before_a_move():
    model = run(calm(families(20)), 5)
    assert not model.moves
    assert all(h.came == 0 for h in model.households)


def test_an_expulsion_is_no_choice():
    model = run(calm(families(40), {"displaces": in_month(2, 1, 1)}), 3)
    classes = set()
    for move, came in of_moves(model).values():
        classes.add(move.move_class)
        assert bool(came & CHOSEN) == (move.move_class == codes.MOVED_ANYWAY)
    assert codes.EXPELLED in classes


RESTLESS = with_params(
    review=dict.fromkeys(("base", "floor", "settled"), 1.0) | {"eviction_rented": 0.0, "eviction_informal": 0.0},
    pathways={"return_home": 50.0},
)


@pytest.mark.parametrize(
    ("columns", "conditions", "expected"),
    [
        ({}, {}, CHOSEN | INFORMED | FIT),
        ({"belief_security": 0.5}, {}, CHOSEN | FIT),  # the truth is 0.7
        ({}, {"security": [0.39, 0.8]}, CHOSEN | INFORMED),
        ({}, {"service_capacity": [240, 1000]}, CHOSEN | INFORMED),  # for 500 hosts
        ({"house": 0.3, "belief_security": 0.1}, {}, CHOSEN | FIT),  # hosted, as its house is not fit
    ],
)
def test_a_return_of_its_choice(columns, conditions, expected):
    """Informed where beliefs are within 0.15 of the truth; fit where security, services and the house are."""
    params = {**RESTLESS, "beliefs": PARAMS["beliefs"] | {"rate": 0.0, "rate_per_share_back": 0.0, "noise_sd": 0.0}}
    truth = {"belief_security": conditions.get("security", [0.7])[0]}
    truth["belief_services"] = conditions.get("service_capacity", [450])[0] / 500
    sound = truth | {"house": 1.0, "savings": 10_000_000} | columns
    open_home = {"return_access": [1.0, 1.0], "host_at_origin": [1.0, 1.0]} | conditions
    model = run(calm(families(**sound), open_home, params=params), 1)
    (move,) = model.moves
    assert move.kind == codes.RETURN
    assert model.households[0].came == expected


def test_what_the_closing_of_a_camp_hastens_was_not_chosen_then():
    closing = site_arrays() | {"announced": [0, 0], "closing": [3, 3]}
    model = run(calm(families(40, **CAMP), sites=closing), 4)
    assert {move.move_class for move, _ in of_moves(model).values()} >= {codes.HASTENED}
    for move, came in of_moves(model).values():
        chosen = move.move_class in (codes.UNPUSHED, codes.MOVED_ANYWAY)
        assert came == CHOSEN * chosen + INFORMED * move.informed + FIT * (not move.premature)
