"""The oracle by itself: services that reach households without a choice of theirs, in worked cases."""

import numpy as np
import pytest
from oracle_draws import LOTTERY, PROGRAMME_QUEUE, SERVICE, uniforms
from toy import AT_HOME, MONTHS, STILL, calm, families, offer, run, service, with_params, world

from sim.kernels import codes

SEED = 11
MISSION = "documents_mission"


def delivered(columns: dict, *services: dict, months: int = 1, **changes):
    """The households of a calm world after some months of these services."""
    return run(calm(columns, services=list(services), **changes), months).households


def taken(model, index: int = 0) -> list[int]:
    """Families that a service took, by month."""
    return [delivery.taken for delivery in model.service_log if delivery.service == index]


def lottery(identity: int, key: int) -> float:
    """The place of a household in the queue of a programme."""
    return uniforms(SEED, identity, LOTTERY, 0, PROGRAMME_QUEUE + key)[0]


# ------------------------------------------------------------------------------------------------- intake


def test_need_comes_first_then_the_lottery():
    poor = np.arange(12) % 3 == 0  # four families that cannot pay 5000 from their savings and credit
    columns = families(12, civil_documents=0, savings=np.where(poor, -90_000 + 4_999, -90_000 + 5_000))
    terms = {"price": 5_000.0, "places": 6, "months": 1}
    by_lottery = sorted(range(12), key=lambda i: lottery(i, 204))
    by_need = [i for i in by_lottery if poor[i]] + [i for i in by_lottery if not poor[i]]
    for order, need in ((by_lottery, False), (by_need, True)):
        households = delivered(columns, service(MISSION, by_need=need, **terms))
        assert {h.id for h in households if h.reached} == set(order[:6])
    assert set(by_lottery[:6]) != set(by_need[:6])


def test_places_carry_over_and_money_runs_out():
    model = calm(families(8, weight=2, civil_documents=0), services=[service(MISSION, places=3, budget=11_000)])
    run(model, 6)
    assert taken(model) == [2, 4, 2, 2, 0, 0]  # carry 1, none, 1, and then money for one family only
    assert [x.spent for x in model.service_log] == [2_000, 4_000, 2_000, 2_000, 0, 0]
    assert [x.waiting for x in model.service_log] == [14, 10, 8, 6, 6, 6]
    assert model.services[0].money == 1_000


def test_nobody_is_taken_twice_even_if_nothing_comes_of_it():
    columns = families(10, civil_documents=0)
    model = run(calm(columns, services=[service(MISSION), service(MISSION, success=0.0, key=7, places=4)]), 5)
    assert taken(model) == [10, 0, 0, 0, 0]
    hopeless = calm(columns, services=[service("information"), service(MISSION, success=0.0, places=4)])
    run(hopeless, 5)
    assert taken(hopeless, 1) == [4, 4, 2, 0, 0]
    assert all(h.reached == 0b11 and not h.civil_documents for h in hopeless.households)


def test_the_window_opens_and_shuts():
    model = run(calm(families(10, civil_documents=0), services=[service(MISSION, first=2, last=3, places=3)]), 5)
    assert [(x.time, x.taken, x.waiting) for x in model.service_log] == [
        (0, 0, 0),
        (1, 0, 0),
        (2, 3, 7),
        (3, 3, 4),
        (4, 0, 0),
    ]


@pytest.mark.parametrize(
    ("target", "served"),
    [
        ({"from_area": [1, 0]}, [3]),
        ({"from_origin": [0, 1]}, [1]),
        ({"from_site": [0, 1, 0]}, [2]),
        ({"from_site": [1, 1, 0]}, [2]),
        ({"who": codes.WHO_VULNERABLE}, [0]),
        ({"who": codes.WHO_FEMALE_HEADED}, [1]),
        ({}, [0, 1, 2, 3]),
    ],
)
def test_reach_counts_those_at_home_too(target, served):
    columns = families(
        5,
        civil_documents=0,
        area=[1, 1, 1, 0, 1],
        at_home=[0, 0, 0, 1, 0],
        shelter=[codes.RENTED, codes.RENTED, codes.CAMP, codes.OWN_HOME, codes.RENTED],
        site=[-1, -1, 1, -1, -1],
        origin=[0, 1, 0, 0, 0],
        vulnerable=[1, 0, 0, 0, 1],
        female_headed=[0, 1, 0, 0, 0],
        arrival=[0, 0, 0, 0, 3],
        present=[1, 1, 1, 1, 0],
    )
    households = delivered(columns, service(MISSION, **target))
    assert [h.id for h in households if h.reached] == served


def test_a_queue_belongs_to_the_key_whatever_else_there_is():
    columns = families(20, civil_documents=0)
    mission = service(MISSION, places=6, months=9)
    alone = [h.reached for h in delivered(columns, mission)]
    second = [h.reached >> 1 for h in delivered(columns, service("information"), mission)]
    assert alone == second
    assert alone != [h.reached for h in delivered(columns, mission | {"key": 7})]


def test_a_queue_of_an_offer_belongs_to_its_key():
    bus = offer(codes.OFFER_TRANSPORT)
    queues = []
    for offers in ([bus], [offer(codes.OFFER_RETURN_GRANT), bus], [bus | {"key": 7}]):
        model = calm(families(20), offers=offers)
        programme = next(p for p in model.programmes if p.kind == codes.OFFER_TRANSPORT)
        queues.append([h.id for h in sorted(model.households, key=lambda h: programme.turn(h, False))])
        assert queues[-1] == sorted(range(20), key=lambda i: lottery(i, programme.key))
    assert queues[0] == queues[1] != queues[2]


def test_the_lively_world_keeps_to_budgets_and_places():
    model = run(world(), MONTHS)
    for index, each in enumerate(model.services):
        months = [x for x in model.service_log if x.service == index]
        assert [x.time for x in months] == list(range(MONTHS))
        total = sum(x.taken for x in months)
        assert total == sum(h.weight for h in model.households if h.reached & each.bit) > 0
        assert each.money == 40_000 - 1_000 * total >= 0
        assert all(x.taken <= 2 * each.capacity for x in months)  # places and at most as much carried
    assert sum(x.waiting for x in model.service_log) > 0


# ----------------------------------------------------------------------------------------------- completion


@pytest.mark.parametrize("months", [0, 1, 3])
def test_a_case_takes_its_months_and_then_the_family_reviews(months):
    model = calm(families(1, **AT_HOME | {"house": 0.3}), services=[service("light_repair", first=2, months=months)])
    household, good, reviewed = model.households[0], [], []
    for t in range(7):
        model.step()
        good += [t] if household.house > 0.7 else []
        reviewed += [t] if household.reviewed else []
        assert household.ordinary == household.reviewed
    assert good == list(range(2 + months, 7))
    assert reviewed == [2 + months]


def test_a_family_reviews_whatever_came_of_its_case():
    (household,) = delivered(families(1, civil_documents=0), service(MISSION, success=0.0))
    assert household.ordinary


def test_luck_is_that_of_the_month_of_completion():
    households = delivered(families(300, civil_documents=0), service(MISSION, success=0.3, months=2), months=4)
    lucky = [int(uniforms(SEED, h.id, SERVICE, 2, 204)[0] < 0.3) for h in households]
    assert [h.civil_documents for h in households] == lucky
    assert 0 < sum(lucky) < 300


def test_services_see_what_those_before_them_changed():
    columns = families(1, civil_documents=0, hlp=codes.HLP_NONE)
    aid = service("legal_aid", success=1.0, needs_documents=True)
    mission = service(MISSION, success=1.0)
    (household,) = delivered(columns, mission, aid)
    assert (household.civil_documents, household.hlp) == (1, codes.HLP_FULL)
    (household,) = delivered(columns, aid, mission)
    assert (household.civil_documents, household.hlp) == (1, codes.HLP_NONE)
    (household,) = delivered(columns, aid, mission, months=2)
    assert household.hlp == codes.HLP_FULL


# ------------------------------------------------------------------------------------------------ repairs


@pytest.mark.parametrize(
    ("kind", "repaired"),
    [("light_repair", [0.8, 0.8]), ("heavy_repair", [0.9])],
)
def test_light_and_heavy_repair_part_at_destroyed(kind, repaired):
    start = [0.24, 0.25, 0.39, 0.4]  # 0.4 is usable; float32 holds 0.25 exactly
    households = delivered(families(4, house=start), service(kind, destroyed_below=0.25, occupied_risk=0.0))
    after = [h.house for h in households]
    expected = [*start[:1], *repaired, start[3]] if kind == "light_repair" else [*repaired, *start[1:]]
    assert after == pytest.approx(expected)


@pytest.mark.parametrize(("whose", "reached"), [("away", [1, 0]), ("home", [0, 1]), ("all", [1, 1])])
def test_whose_houses_are_repaired(whose, reached):
    columns = families(2, area=[1, 0], at_home=[0, 1], shelter=[codes.RENTED, codes.OWN_HOME])
    assert [h.reached for h in delivered(columns, service("light_repair", whose=whose))] == reached


def test_only_empty_houses_of_owners_within_reach_are_repaired():
    columns = families(4, tenure=[0, 1, 0, 0], occupied=[0, 0, 1, 0], origin=[0, 0, 0, 1])
    households = delivered(columns, service("light_repair"), conditions={"return_access": [0.1, 0.0]})
    assert [h.reached for h in households] == [1, 0, 0, 0]


def test_a_repair_makes_a_house_usable_at_least():
    (household,) = delivered(families(1), service("light_repair", to=0.1))
    assert household.house == pytest.approx(0.4)
    assert household.house_fit


# An open claim keeps the courts busy: without any, a house that is occupied now is given back the same month.


@pytest.mark.parametrize(("risk", "occupied"), [(0.0, 0), (1.0, 1)])
def test_a_repaired_house_left_empty_may_be_occupied(risk, occupied):
    columns = families(3, area=[1, 0, 1], at_home=[0, 1, 0], shelter=[2, codes.OWN_HOME, 2], occupied=[0, 0, 1])
    households = delivered(columns, service("light_repair", occupied_risk=risk))
    assert [h.occupied for h in households] == [occupied, 0, 1]
    assert [h.house for h in households] == pytest.approx([0.8, 0.8, 0.3])


def test_what_was_mended_meanwhile_is_left_as_it_is():
    mending = with_params(review=STILL["review"], house={"repair_away": 1.0, "repaired_to": 0.6})
    terms = {"to": 0.9, "occupied_risk": 1.0, "months": 1, "whose": "away"}
    columns = families(2, occupied=[0, 1])
    household, _ = delivered(columns, service("light_repair", **terms), months=2, params=mending)
    assert household.house == pytest.approx(0.6)
    assert (household.reached, household.occupied, household.served) == (1, 0, True)


# ---------------------------------------------------------------------------------- news and legal matters

DEAF = with_params(beliefs={"rate": 0.0, "rate_per_share_back": 0.0, "noise_sd": 0.0}, review=STILL["review"])


def beliefs(columns: dict, terms: dict, **changes) -> list[tuple[float, float]]:
    """What the households believe after a month of a service, where no other news reaches them."""
    return [(h.belief_security, h.belief_services) for h in delivered(columns, terms, params=DEAF, **changes)]


def test_information_moves_beliefs_part_of_the_way_and_may_be_slanted():
    capacity = {"service_capacity": [250, 10_000]}  # half of what 500 hosts need
    columns = families(1, belief_security=0.4, belief_services=1.0)
    assert beliefs(columns, service("information"), conditions=capacity) == [
        (pytest.approx(0.4 + 0.5 * (0.7 + 0.1 - 0.4)), pytest.approx(1.0 + 0.5 * (0.5 + 0.1 - 1.0)))
    ]


@pytest.mark.parametrize(("slant", "believed"), [(0.9, 1.0), (-0.9, 0.0)])
def test_beliefs_stay_between_nought_and_one(slant, believed):
    assert beliefs(families(1), service("information", strength=1.0, slant=slant))[0][0] == believed


def test_those_who_go_and_see_know():
    seen = (pytest.approx(0.7), pytest.approx(450 / 500))
    assert beliefs(families(1), service("go_and_see")) == [seen]
    shut = beliefs(families(1), service("go_and_see"), conditions={"return_access": [0, 1]})
    assert shut == [(0.5, 0.5)]


@pytest.mark.parametrize("kind", ["go_and_see", "information"])
def test_those_at_home_need_no_news(kind):
    assert delivered(families(1, **AT_HOME), service(kind))[0].reached == 0


@pytest.mark.parametrize(
    ("handles", "reached", "occupied", "full"),
    [
        ("occupied_houses", [1, 0, 0, 1, 0], [0, 1, 0, 0, 0], [0, 0, 0, 1, 1]),
        ("certificates", [1, 1, 1, 0, 0], [1, 1, 0, 1, 0], [1, 1, 1, 1, 1]),
        ("both", [1, 1, 1, 1, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]),
    ],
)
def test_legal_aid_handles_houses_certificates_or_both(handles, reached, occupied, full):
    columns = families(
        5,
        tenure=[codes.OWNER, codes.TENANT, codes.OWNER, codes.OWNER, codes.OWNER],
        occupied=[1, 1, 0, 1, 0],
        hlp=[codes.HLP_NONE, codes.HLP_PARTIAL, codes.HLP_PARTIAL, codes.HLP_FULL, codes.HLP_FULL],
    )
    households = delivered(columns, service("legal_aid", handles=handles, success=1.0))
    assert [h.reached for h in households] == reached
    assert [h.occupied for h in households] == occupied
    assert [int(h.hlp == codes.HLP_FULL) for h in households] == full
    lost = delivered(columns, service("legal_aid", handles=handles, success=0.0))
    assert [h.reached for h in lost] == reached
    assert [h.occupied for h in lost] == [1, 1, 0, 1, 0]


def test_legal_aid_may_ask_for_civil_documents():
    columns = families(2, occupied=1, civil_documents=[0, 1])
    assert [h.reached for h in delivered(columns, service("legal_aid", needs_documents=True))] == [0, 1]
    assert [h.reached for h in delivered(columns, service("legal_aid"))] == [1, 1]


def test_documents_mission_serves_those_without_documents():
    households = delivered(families(2, civil_documents=[0, 1]), service(MISSION, success=1.0))
    assert [(h.reached, h.civil_documents) for h in households] == [(1, 1), (0, 1)]
