"""The oracle by itself: shocks, cuts of aid, civil documents and occupants, in worked cases."""

import math

import numpy as np
import pytest
from oracle import Totals, margin
from oracle_draws import NETWORK, TASTE, uniforms
from toy import AT_HOME, MARKETS, PARAMS, STILL, calm, families, in_month, offer, run, site_arrays, with_params

from sim.kernels import codes

STRUCK, CUT = codes.PUSH_SHOCK, codes.PUSH_AID_CUT
DOCUMENTS = 1 << codes.DOCUMENTS
DESTITUTE = {"savings": -150_000, "civil_documents": 0, "earners": 0}
OWN_AREA_FIRST = np.array([[1.0, 1.0], [0.0, 1.0]])  # what the first option of each area leads to: itself


def opened(columns: dict, push: int = 0, **changes):
    """The first household of a calm world whose markets are open, feeling a push."""
    model = calm(columns, **changes)
    model.run_markets()
    household = model.households[0]
    household.push = push
    return household


def options(household, push: int) -> list[tuple[int, int, int]]:
    """Pathway, area and shelter of all alternatives, in order."""
    return [(x.kind, x.area, x.shelter) for x in household.alternatives(0, push)]


def kinds(household, push: int) -> set[int]:
    """Pathways among the alternatives."""
    return {kind for kind, *_ in options(household, push)}


# ------------------------------------------------------------------------------------------------- shocks


@pytest.mark.parametrize(
    "place", [{}, {"area": 0}, AT_HOME, {"settled": 2}], ids=["away", "own area", "home", "settled"]
)
def test_the_struck_neither_stay_nor_integrate(place):
    model = run(calm(families(40, **place), {"displaces": in_month(2, 1, 1)}), 3)
    assert [move.time for move in model.moves] == [2] * 40
    for move in model.moves:
        assert move.push == STRUCK
        assert move.kind not in (codes.STAY, codes.INTEGRATE)
        assert (move.area, move.shelter) != (move.from_area, place.get("shelter", codes.RENTED))
        assert move.since_push == -1
        assert move.move_class in (codes.HASTENED, codes.DIVERTED, codes.EXPELLED)
    assert any(move.move_class == codes.EXPELLED and not move.voluntary for move in model.moves)
    assert all(h.months_since_push == 0 for h in model.households)


def test_the_struck_of_the_area_return_only_from_another():
    assert codes.RETURN not in kinds(opened(families(area=0)), STRUCK)
    assert codes.RETURN in kinds(opened(families(area=0)), 0)
    assert codes.RETURN in kinds(opened(families(area=1)), STRUCK)


def test_each_is_driven_out_with_the_chance_of_its_area():
    n, chance = 3000, 0.3
    household = families(n, area=np.arange(n) % 2)
    model = run(calm(household, {"displaces": in_month(1, chance, 0)}), 2)
    driven = [move.from_area for move in model.moves]
    assert set(driven) == {0}
    tolerance = 4 * math.sqrt(chance * (1 - chance) / (n / 2))  # four standard errors of a share
    assert len(driven) / (n / 2) == pytest.approx(chance, abs=tolerance)


def test_order_of_flight():
    flight = opened(families(area=0))
    flight.hosting_rank = 0.0
    refuges = [codes.INFORMAL, codes.HOSTED, codes.RENTED, codes.CAMP]
    assert options(flight, STRUCK)[-4:] == [(codes.MOVE_DISPLACED, 1, shelter) for shelter in refuges]
    assert kinds(flight, STRUCK) == {codes.SETTLE, codes.MOVE_DISPLACED}
    assert list(flight.alternatives(0, STRUCK))[-1].site == 0  # the roomier of the two camps
    flight.hosting_rank = 1.0
    assert (codes.MOVE_DISPLACED, 1, codes.HOSTED) not in options(flight, STRUCK)


def test_value_of_a_refuge_by_hand():
    household = opened(families(area=0, vulnerable=1))
    refuge, rented, camp = (
        next(x for x in household.alternatives(0, STRUCK) if (x.kind, x.shelter) == (codes.MOVE_DISPLACED, shelter))
        for shelter in (codes.INFORMAL, codes.RENTED, codes.CAMP)
    )
    area, rent = household.model.areas[1], math.floor(0.15 * household.model.areas[1].rent)
    income = (area.employment * 0.85 * 40_000 + 4 * 300 - rent) / (4 * 4500)
    place, burden = -4.0 * 0.2**2 + 1.0 * area.services + 0.2 * 0.7, 0.3 + 0.15 * 1.5 + 0.4
    assert refuge.value == pytest.approx(place + 0.5 * math.log(income) - 0.6 - burden)
    income = (area.employment * 0.55 * 40_000 + 4 * 2500) / (4 * 4500)
    assert camp.value == pytest.approx(place + 0.5 * math.log(income) + 0.5 + 0.1 - burden)
    assert (refuge.cost, rented.cost, camp.cost) == (0, area.rent + 12 * 4 * 150, 0)
    assert (refuge.needs, rented.needs, camp.needs) == (-1, 1, 2)


def test_two_ways_to_the_same_dwelling_are_no_tie():
    household = opened(families(**AT_HOME | {"last_area": 1, "house": 0.1}))
    choice = household.choose("test", 0, STRUCK, lambda resource: True)
    rented = [x for x in choice.options if (x.kind, x.shelter) == (codes.MOVE_DISPLACED, codes.RENTED)]
    assert len(rented) == 2
    assert rented[0].value == rented[1].value
    assert margin(rented) == math.inf
    assert margin(choice.options) > 0


def test_an_informal_site_elsewhere_is_always_open():
    full = {"displaces": in_month(1, 1, 1), "vacant_rentals": [0, 0]}
    params = with_params(gates={"documents_share": 1.0}, review=STILL["review"])
    model = run(calm(families(20, area=0, **DESTITUTE), full, params=params, school_months=lambda t: True), 2)
    assert [move.area for move in model.moves] == [1] * 20
    assert {move.shelter for move in model.moves} <= {codes.INFORMAL, codes.HOSTED, codes.CAMP}
    household = opened(families(area=0, **DESTITUTE), params=params)
    choice = household.choose("test", 0, STRUCK, lambda resource: False)
    assert [(x.area, x.shelter) for x in choice.options if not x.gates][:1] == [(1, codes.INFORMAL)]
    assert all(x.gates for x in choice.options if x.kind == codes.SETTLE)


def test_only_the_struck_flee_within_their_area():
    world = {"network": OWN_AREA_FIRST, "security": [0.2, 0.8]}
    insecure = opened(families(area=0), conditions=world)
    assert (codes.MOVE_DISPLACED, 0, codes.INFORMAL) in options(insecure, STRUCK)
    nearby = next(x for x in insecure.alternatives(0, STRUCK) if x.shelter == codes.RENTED)
    assert (nearby.area, nearby.needs, nearby.cost) == (0, 0, 8_000)  # no travel to pay
    within = list(insecure.move_within_area(0, 0))
    assert options(insecure, 0)[-len(within) :] == [(x.kind, x.area, x.shelter) for x in within]


def test_renting_in_another_part_of_the_area_uses_a_rent_subsidy():
    subsidy = offer(codes.OFFER_RENT_SUBSIDY, amount=6_000.0, months=3)
    household = opened(families(area=0), conditions={"network": OWN_AREA_FIRST}, offers=[subsidy])
    plain, helped = (
        next(x for x in household.alternatives(offers, STRUCK) if (x.area, x.shelter) == (0, codes.RENTED))
        for offers in (0, 1)
    )
    assert (plain.offers, plain.cost, plain.full_cost) == (0, 8_000, 8_000)
    assert (helped.offers, helped.cost, helped.full_cost) == (1, 0, 8_000)
    assert helped.value > plain.value


def test_areas_of_flight_follow_the_draws_each_once():
    model = calm(families(60, area=0), {"network": np.array([[0.5, 1.0], [1.0, 1.0]])})
    model.run_markets()
    seen = set()
    for h in model.households:
        drawn = [int(uniforms(11, h.id, NETWORK, h.epoch(), k)[0] >= 0.5) for k in range(2)]
        if_struck = {(0, 0): [0], (0, 1): [0, 1], (1, 0): [1], (1, 1): [1]}[tuple(drawn)]
        for struck, areas in ((True, if_struck), (False, [1] if 1 in drawn else [])):
            assert [x.area for x in h.flee(0, struck) if x.shelter == codes.INFORMAL] == areas
        seen.add(tuple(drawn))
    assert len(seen) == 4


def test_the_unsafe_may_flee_or_stay_and_the_safe_do_not_flee():
    network = {"network": np.array([[0.0, 1.0], [1.0, 1.0]])}
    unsafe = opened(families(area=0), conditions=network | {"security": [0.39, 0.8]})
    assert {codes.STAY, codes.INTEGRATE, codes.RETURN} <= kinds(unsafe, 0)
    assert (codes.MOVE_DISPLACED, 1, codes.INFORMAL) in options(unsafe, 0)
    safe = opened(families(area=0), conditions=network | {"security": [0.4, 0.8]})
    assert codes.MOVE_DISPLACED not in kinds(safe, 0)


def test_flight_considers_one_area_even_where_settlement_considers_none():
    none = with_params(pathways={"settle_options": 0})
    household = opened(families(area=0), params=none)
    assert codes.SETTLE not in kinds(household, STRUCK)
    assert (codes.MOVE_DISPLACED, 1, codes.INFORMAL) in options(household, STRUCK)


def test_hosts_of_a_shock_enter_driven_out():
    went_home = [1, 1, 1, 0, 0, 0]  # the first three were displaced before: they are no hosts
    rows = families(6, **AT_HOME | {"times_displaced": went_home}, arrival=[0, 0, 0, 3, 3, 5], present=went_home)
    model = run(calm(rows), 8)
    assert [(move.time, move.id) for move in model.moves] == [(3, 3), (3, 4), (5, 5)]
    assert all(move.push == STRUCK and move.from_area == 0 for move in model.moves)
    assert {move.kind for move in model.moves} == {codes.MOVE_DISPLACED, codes.SETTLE}, "some settle elsewhere at once"
    assert [h.times_displaced for h in model.households] == [1] * 6, "and were displaced all the same"


def test_houses_are_damaged_wherever_their_owners_are():
    n, share, usable = 3000, 0.4, PARAMS["house"]["usable"]
    homes = families(n, house=0.9, tenure=np.arange(n) % 2 * codes.TENANT, origin=np.arange(n) // 2 % 2)
    model = run(calm(homes, {"damages": in_month(1, share, 0)}), 3)
    exposed = np.array([h.house for h in model.households if h.owner and h.origin == 0])
    damaged = exposed[exposed < 0.5]
    assert len(damaged) / len(exposed) == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / len(exposed)))
    assert damaged.max() < usable
    spread = usable / math.sqrt(12 * len(damaged))  # standard error of the mean of a uniform
    assert damaged.mean() == pytest.approx(usable / 2, abs=4 * spread)
    assert all(h.house > 0.5 for h in model.households if not h.owner or h.origin == 1)


def test_a_ruin_is_not_mended_by_a_shock_and_repair_comes_after():
    repairs = with_params(review=STILL["review"], house={"repair_home": 0.5})
    columns = families(2, **AT_HOME | {"house": [0.0, 1.0]})
    ruin, sound = run(calm(columns, {"damages": in_month(0, 1, 0)}, params=repairs), 1).households
    assert ruin.house == 0.5
    assert 0.5 < sound.house < 0.5 + PARAMS["house"]["usable"]


# -------------------------------------------------------------------------------------------- cuts of aid

SHARES = np.array([1, 1, 0.5, 0.5, 0.5, 0.2, 1.0])[:, None] * np.ones(2)


def test_aid_cut_by_hand():
    household = opened(families(earners=0, savings=0), conditions={"aid_out_share": [1.0, 0.25]})
    household.budget()
    assert household.savings == 4 * 300 // 4 - 11_000 - 4 * 4500
    assert household.aid(household.model.areas[0], False, codes.RENTED) == 1200
    assert household.aid(household.here, False, codes.CAMP) == 4 * 2500


def test_a_cut_presses_while_it_lasts_and_alarms_as_many_as_there_is_aid_gone():
    model = calm(families(400), {"aid_out_share": SHARES})
    pressed, alarmed = [], []
    for t in range(len(SHARES)):
        for household in model.households:
            household.area, household.shelter, household.at_home, household.settled = 1, codes.RENTED, 0, 0
            household.gates = 0
        model.step()
        pressed += [t] if all(household.push == CUT for household in model.households) else []
        fall = (SHARES[t - 1, 1] if t else 1.0) - SHARES[t, 1]
        assert not any(household.ordinary for household in model.households)
        assert all(household.reviewed == (household.review_word < fall) for household in model.households)
        alarmed.append(sum(household.reviewed for household in model.households) / 400)
    assert pressed == [2, 3, 4, 5]
    falls = -np.diff([1.0, *SHARES[:, 1]]).clip(max=0)
    assert alarmed == pytest.approx(falls.tolist(), abs=0.08)


def test_a_cut_from_the_first_month_falls_then():
    model = calm(families(400), {"aid_out_share": [0.5, 0.5]})
    model.step()
    assert sum(household.reviewed for household in model.households) == pytest.approx(200, abs=32)


@pytest.mark.parametrize(
    ("place", "pressed"),
    [
        ({}, CUT),
        ({"shelter": codes.CAMP, "site": 1}, 0),
        ({"settled": 1}, 0),
        (AT_HOME, 0),
    ],
    ids=["rented", "camp", "integrating", "home"],
)
def test_a_cut_out_of_camps_presses_only_those_it_is_taken_from(place, pressed):
    model = run(calm(families(**place), {"aid_out_share": [0.5, 0.5]}), 1)
    assert model.households[0].push == pressed


def test_without_its_push_a_household_has_all_its_aid():
    household = opened(families(earners=0), CUT, conditions={"aid_out_share": [1.0, 0.5]}, params=rich_aid())
    cut, whole = (
        household.choose("test", 0, 0, lambda r: True, full_aid).options[0].value for full_aid in (False, True)
    )
    rent, need = 11_000, 4 * 4500
    ratio = (4 * 20_000 - rent) / (4 * 10_000 - rent)
    assert whole - cut == pytest.approx(10 * math.log(ratio))
    assert need * PARAMS["choice"]["income_floor"] < 4 * 10_000 - rent  # the floor of income hides nothing


def rich_aid() -> dict:
    """Aid that many can live from, and a weight of income that leaves little to luck."""
    return STILL | with_params(
        budget={"aid_out": 20_000.0},
        choice={"income": 10.0},
        pathways={"return_home": 10.0},
        gates={"reinstall": 0.0},
        **{name: STILL[name] for name in ("review", "house")},
    )


def test_leaving_for_a_cut_of_aid_is_being_expelled():
    cut = np.ones((12, 2))
    cut[3:] = 0.0
    conditions = {"aid_out_share": cut, "aid_camp_share": cut, "return_access": [1, 1]}
    model = run(calm(families(30, earners=0, house=1.0), conditions, params=rich_aid()), 5)
    assert [(move.time, move.kind) for move in model.moves] == [(3, codes.RETURN)] * 30
    assert all(move.push == CUT and move.move_class == codes.EXPELLED for move in model.moves)


# --------------------------------------------------------------------------------------------- documents


def gated(household, push: int = 0) -> dict[int, set[int]]:
    """The documents gates, closed or overridden, met by each pathway."""
    met: dict[int, set[int]] = {}
    for option in household.choose("test", 0, push, lambda resource: True).options:
        met.setdefault(option.kind, set()).add((option.gates & DOCUMENTS, option.overridden & DOCUMENTS))
    return met


COMMITTING = (codes.RETURN, codes.INTEGRATE, codes.SETTLE)
SHUT, LIFTED, OPEN = {(DOCUMENTS, 0)}, {(0, DOCUMENTS)}, {(0, 0)}


def test_documents_gate_stands_before_every_lasting_move():
    always = with_params(gates={"documents_share": 1.0})
    without = gated(opened(families(civil_documents=0), params=always), codes.PUSH_EVICTION)
    assert without == dict.fromkeys(COMMITTING, SHUT) | {codes.MOVE_DISPLACED: OPEN}
    assert gated(opened(families(civil_documents=1), params=always)) == dict.fromkeys((codes.STAY, *COMMITTING), OPEN)
    never = with_params(gates={"documents_share": 0.0})
    assert gated(opened(families(civil_documents=0), params=never)) == dict.fromkeys((codes.STAY, *COMMITTING), OPEN)


def test_documents_rank_is_a_draw_of_the_household():
    model = calm(families(200, civil_documents=0))
    share = PARAMS["gates"]["documents_share"]
    asked = [uniforms(11, h.id, TASTE, 0, 0)[2] < share for h in model.households]
    assert [h.undocumented() for h in model.households] == asked
    assert 0 < sum(asked) < 200


def test_on_closing_day_documents_stop_no_return_but_other_exits():
    closing = site_arrays() | {"announced": [0, None], "closing": [0, None]}
    camp = families(civil_documents=0, shelter=codes.CAMP, site=0)
    household = opened(camp, sites=closing, params=with_params(gates={"documents_share": 1.0}))
    met = gated(household, codes.PUSH_CLOSURE)
    assert met == {codes.RETURN: LIFTED, codes.INTEGRATE: SHUT, codes.SETTLE: SHUT, codes.MOVE_DISPLACED: OPEN}
    during = gated(household, codes.PUSH_EVICTION)
    assert during[codes.RETURN] == SHUT


# ---------------------------------------------------------------------------------------------- occupants


def rented_after(claims: int, at_start: int = 10, renters: int = 0, share: float = 0.5):
    """The first area once of ``at_start`` claims so many are open; 10 hosts rent cheaply there."""
    area = calm(families()).areas[0]
    now, start = Totals(), Totals()
    now.claims[0], start.claims[0], now.renters[0] = claims, at_start, renters
    area.read(0)
    area.markets(now, start, calm(families(), markets=MARKETS | {"occupants_rent": share}).market_params)
    return area


def test_occupants_of_houses_given_back_rent():
    area = rented_after(claims=3)  # 7 given back, floor(3.5) rent
    assert area.free_rentals == 10_000 - 3
    assert area.rent == math.floor(8_000 * math.sqrt(1.3))
    assert rented_after(claims=3, share=0.0).free_rentals == 10_000


def test_those_who_move_into_empty_houses_leave_no_rented_one():
    """Whether they rented nearby before is not known; no dwelling is let on a guess."""
    area = rented_after(claims=15, renters=5)
    assert area.free_rentals == 10_000 - 5
    assert area.rent == rented_after(claims=10, renters=5).rent


def test_claims_won_reach_the_market_of_the_area_of_origin():
    crowd = families(20, occupied=1)
    model = calm(crowd, {"hlp_capacity": [20, 0]}, markets=MARKETS | {"occupants_rent": 1.0})
    run(model, 1)
    assert not any(h.occupied for h in model.households)
    before, elsewhere = (area.free_rentals for area in model.areas)
    model.run_markets()
    assert [area.free_rentals for area in model.areas] == [before - 20, elsewhere]
