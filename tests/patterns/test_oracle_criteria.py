"""The oracle by itself: the sub-criteria of a durable solution, on families made by hand."""

import math

import numpy as np
import pytest
from oracle_criteria import logistic, logit, ranks
from toy import AT_HOME, MONTHS, calm, families, living, offer, run, with_params

from sim.kernels import codes

CAMP = {"shelter": codes.CAMP, "site": 1}
SETTLED = {"settled": 1}
SUBSIDISED = {"subsidy": 0, "subsidy_months": 2}
NEEDS, RENT = 4 * 4_500, 11_000  # of the family in the second area
AID = 4 * 300


def passes(criterion: int, columns: dict | None = None, rank: float = 0.0, **world) -> bool:
    """Whether it passes a sub-criterion."""
    return bool(living(columns, rank, **world).criteria >> criterion & 1)


def share(criterion: int, columns: dict | None = None, month: int = 0, **world) -> float:
    """The share of families that live like this one, and pass; by trying ranks."""
    model = run(calm(families(**(columns or {})), **world), month)
    household = model.households[0]

    def is_below(rank: float) -> bool:
        household.ranks = dict.fromkeys(codes.RATED, rank)
        household.judge_life(assessed=True)
        return bool(household.criteria >> criterion & 1)

    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if is_below(middle) else (low, middle)
    return low


# -------------------------------------------------------------------------------------------------- ranks


def test_ranks_are_halves_of_three_words():
    found = [ranks(3, identity + 2**40) for identity in range(2000)]
    for criterion in codes.RATED:
        values = np.array([one[criterion] for one in found])
        assert 0 < values.min() < values.max() < 1
        assert np.mean(values) == pytest.approx(0.5, abs=4 * math.sqrt(1 / 12 / len(found)))
        assert np.array_equal(values * 131_072 % 2, np.ones(len(found)))  # odd numbers of half steps
    correlation = np.corrcoef([[one[criterion] for one in found] for criterion in codes.RATED])
    assert np.abs(correlation - np.eye(5)).max() < 4 / math.sqrt(len(found))


def test_a_family_keeps_its_ranks():
    model = calm(families(3))
    before = [dict(h.ranks) for h in model.households]
    run(model, 5)
    assert [h.ranks for h in model.households] == before
    assert before[0] != before[1]


def test_log_odds():
    assert logit(0.9) == pytest.approx(math.log(9))
    assert (logit(0.0), logit(1.0)) == (-math.inf, math.inf)
    assert (logistic(-math.inf), logistic(0.0), logistic(math.inf)) == (0.0, 0.5, 1.0)
    assert logistic(logit(0.3)) == pytest.approx(0.3)


# -------------------------------------------------------------------------------------- what areas ration

# Hosts of the second area: safety 0.9, movement 0.9, housing 0.7, health 0.8, education 0.85.
LIVED_IN = {
    "rented": ({}, (0.9, 0.9, 0.7, 0.8, 0.85)),
    "settled": (SETTLED, (0.9, 0.9, 0.7, 0.8, 0.85)),
    "hosted": ({"shelter": codes.HOSTED}, (0.9, 0.9, 0.35, 0.8, 0.85)),
    "camp": (CAMP, (0.9, 9 / (9 + math.e), 0.0, 0.8, 0.85)),  # odds of movement 9, less by a factor of e
    "informal": ({"shelter": codes.INFORMAL}, (0.9, 0.9, 0.0, 4 / (4 + math.e), 0.85 / (0.85 + 0.15 * math.e))),
    "home": (AT_HOME, (0.7, 0.8, 0.6, 0.7, 0.75)),
}


@pytest.mark.parametrize("dwelling", LIVED_IN)
def test_at_the_start_families_pass_as_hosts_do_but_for_how_they_live(dwelling):
    columns, expected = LIVED_IN[dwelling]
    found = [share(criterion, columns) for criterion in codes.RATED]
    assert found == pytest.approx(expected, abs=1e-9)


def test_less_security_than_at_the_start_costs_safety_and_movement():
    falling = {"security": np.linspace([0.7, 0.8], [0.7, 0.8 - 0.25 * (MONTHS - 1)], MONTHS)}  # a quarter a month
    assert [share(c, conditions=falling, month=1) for c in codes.RATED] == pytest.approx([0.9, 0.9, 0.7, 0.8, 0.85])
    later = [share(c, conditions=falling, month=2) for c in codes.RATED]
    assert later == pytest.approx([9 / (9 + math.e), 9 / (9 + math.exp(0.5)), 0.7, 0.8, 0.85])


def test_less_cover_than_at_the_start_costs_health_and_education():
    people = 900 + 4  # hosts and the family
    falling = {"service_capacity": np.linspace([450, people], [450, people * (1 - 0.25 * (MONTHS - 1))], MONTHS)}
    later = [share(c, conditions=falling, month=2) for c in codes.RATED]
    assert later == pytest.approx([0.9, 0.9, 0.7, 4 / (4 + math.e), 0.85 / (0.85 + 0.15 * math.e)])


def test_more_security_than_at_the_start_counts_too():
    rising = {"security": np.where(np.arange(MONTHS)[:, None] > 0, [0.7, 1.0], [0.7, 0.8])}
    assert share(codes.SAFETY, conditions=rising, month=2) == pytest.approx(9 / (9 + math.exp(-0.8)))


def test_the_hosts_of_the_month_set_the_rate():
    changed = {"host_pass_housing": np.where(np.arange(MONTHS)[:, None] > 0, [0.6, 0.5], [0.6, 0.7])}
    assert share(codes.HOUSING, conditions=changed, month=1) == pytest.approx(0.7)
    assert share(codes.HOUSING, conditions=changed, month=2) == pytest.approx(0.5)


def test_all_or_none_of_the_hosts():
    for rate in (0.0, 1.0):
        conditions = {f"host_pass_{codes.CRITERIA[c]}": [rate, rate] for c in codes.RATED}
        assert [passes(c, rank=0.5, conditions=conditions) for c in codes.RATED] == [rate == 1.0] * 5


def test_a_rank_that_equals_the_rate_does_not_pass():
    half = {"host_pass_housing": [0.5, 0.5]}
    assert not passes(codes.HOUSING, rank=0.5, conditions=half)
    assert passes(codes.HOUSING, rank=0.5 - 2**-17, conditions=half)


def test_a_clearance_is_asked_where_the_family_is():
    affiliated = {"affiliated": 1}
    assert passes(codes.MOVEMENT, affiliated)
    assert not passes(codes.MOVEMENT, affiliated, conditions={"clearance": [0, 1]})
    assert passes(codes.MOVEMENT, affiliated, conditions={"clearance": [1, 0]})
    assert passes(codes.MOVEMENT, {}, conditions={"clearance": [1, 1]})


@pytest.mark.parametrize(
    ("changes", "expected"),
    [({}, True), ({"house": 0.39}, False), ({"house": 0.4}, True), ({"occupied": 1}, False)],
)
def test_its_own_home_houses_a_family_if_it_is_fit(changes, expected):
    at_home = {**AT_HOME, "house": np.float32(changes.get("house", 1.0)), "occupied": changes.get("occupied", 0)}
    params = with_params(house={"usable": float(np.float32(0.4))})
    assert passes(codes.HOUSING, at_home, params=params) is expected
    assert passes(codes.HOUSING, at_home | {"shelter": codes.HOSTED}, params=params)


# ------------------------------------------------------------------------------------- what it can pay for


def poor(remittance: int, savings: int = 0, **columns) -> dict:
    """A family that lives on what it is sent and given."""
    return {"earners": 0, "remittance": remittance, "savings": savings, **columns}


FOOD, FOOD_UNAIDED = codes.FOOD, codes.FOOD_UNAIDED
SECURE, SECURE_UNAIDED = codes.ECONOMIC_SECURITY, codes.ECONOMIC_UNAIDED


@pytest.mark.parametrize("criterion", [FOOD, FOOD_UNAIDED, SECURE, SECURE_UNAIDED])
def test_just_enough_to_pay_for(criterion):
    """Rent comes first; food is six tenths of needs; aid counts unless it is left out."""
    price = 10_800 if criterion in (FOOD, FOOD_UNAIDED) else NEEDS
    enough = RENT + price - (AID if criterion in (FOOD, SECURE) else 0)
    assert passes(criterion, poor(enough))
    assert not passes(criterion, poor(enough - 1))


def test_savings_buy_food_but_do_not_make_secure():
    less = RENT + 10_800 - AID - 700
    assert not passes(FOOD, poor(less, 699))
    assert passes(FOOD, poor(less, 700))
    assert passes(FOOD_UNAIDED, poor(less, 700 + AID))
    assert not passes(SECURE, poor(RENT + NEEDS - AID - 1, 1_000_000))


def test_debt_takes_no_food_but_beyond_the_bearable_it_makes_insecure():
    rich = RENT + NEEDS
    assert passes(FOOD, poor(RENT + 10_800 - AID, -150_000))
    assert [passes(c, poor(rich, -3 * NEEDS)) for c in (SECURE, SECURE_UNAIDED)] == [True, True]
    assert [passes(c, poor(rich, -3 * NEEDS - 1)) for c in (SECURE, SECURE_UNAIDED)] == [False, False]


def test_wages_count_when_there_is_work():
    earner = {"earners": 1, "skill": 0.8, "remittance": 0, "savings": 0}
    for employed in (0, 1):  # 32,000 a month, 21,000 after rent
        found = {c: passes(c, earner | {"employed": employed}) for c in (FOOD_UNAIDED, SECURE_UNAIDED, codes.WORK)}
        assert found == dict.fromkeys((FOOD_UNAIDED, SECURE_UNAIDED, codes.WORK), bool(employed))


def test_work_is_for_those_who_earn():
    assert not passes(codes.WORK, {"employed": 1, "earners": 0})
    assert not passes(codes.WORK, {"employed": 0, "earners": 2})
    assert passes(codes.WORK, {"employed": 1, "earners": 2})


def test_what_is_paid_where_it_lives():
    """Nothing in a camp, where aid is more; a share of rent in an informal site; no aid once settled or at home."""
    informal = math.floor(0.15 * RENT)
    for columns, needed in (
        (CAMP, NEEDS - 4 * 2_500),
        ({"shelter": codes.INFORMAL}, NEEDS - AID + informal),
        ({"shelter": codes.HOSTED}, NEEDS - AID),
        (SETTLED, NEEDS + RENT),
        (AT_HOME, NEEDS),
    ):
        assert passes(SECURE, poor(needed) | columns)
        assert not passes(SECURE, poor(needed - 1) | columns)


def test_aid_counts_with_the_share_that_is_paid():
    cut = {"aid_camp_share": [1.0, 0.5]}
    assert not passes(SECURE, poor(NEEDS - 4 * 2_500, **CAMP), conditions=cut)
    assert passes(SECURE, poor(NEEDS - 4 * 1_250, **CAMP), conditions=cut)
    assert passes(SECURE, poor(NEEDS - AID, shelter=codes.HOSTED), conditions=cut), "the cut is in camps"


def test_a_rent_subsidy_makes_the_difference():
    subsidy = [offer(codes.OFFER_RENT_SUBSIDY, amount=6_000.0, months=3)]
    short = poor(RENT + 10_800 - AID - 6_000)
    assert not passes(FOOD, short, offers=subsidy)
    assert passes(FOOD, short | SUBSIDISED, offers=subsidy)
    assert not passes(FOOD_UNAIDED, short | SUBSIDISED, offers=subsidy)
    assert not passes(FOOD, short | SUBSIDISED | {"remittance": short["remittance"] - 1}, offers=subsidy)
    assert not passes(FOOD, short | {"subsidy": 0, "subsidy_months": 0}, offers=subsidy), "none is left"
    settled = poor(RENT + 10_800 - 6_000, **SETTLED)
    assert passes(FOOD, settled | SUBSIDISED, offers=subsidy)


def test_a_subsidy_pays_no_more_than_the_rent():
    rich = [offer(codes.OFFER_RENT_SUBSIDY, amount=50_000.0, months=3)]
    assert passes(FOOD, poor(10_800 - AID, **SUBSIDISED), offers=rich)
    assert not passes(FOOD, poor(10_800 - AID - 1, **SUBSIDISED), offers=rich)


# --------------------------------------------------------------------------------- tenure and documents

FULL, PARTIAL, NONE = codes.HLP_FULL, codes.HLP_PARTIAL, codes.HLP_NONE


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({}, False),  # renting, and not settled
        (SETTLED, True),
        ({"settled": 2}, True),
        (SETTLED | {"occupied": 1}, False),  # an owner whose house others live in
        (SETTLED | {"occupied": 1, "tenure": codes.TENANT}, True),
        (SETTLED | {"hlp": PARTIAL}, True),
        (SETTLED | {"hlp": NONE}, False),
        (SETTLED | {"hlp": NONE, "tenure": codes.INFORMAL_TENURE}, True),
        (AT_HOME, True),
        (AT_HOME | {"house": 0.1}, True),  # its own, though unfit
        (AT_HOME | {"hlp": NONE}, False),
        (AT_HOME | {"shelter": codes.HOSTED}, False),
        (AT_HOME | {"shelter": codes.RENTED, "tenure": codes.TENANT}, True),
        (CAMP, False),
        ({"shelter": codes.INFORMAL}, False),
        ({"shelter": codes.HOSTED}, False),
    ],
)
def test_tenure(columns, expected):
    assert passes(codes.TENURE, columns) is expected


def test_documents():
    assert passes(codes.IDENTITY_DOCUMENTS, {"civil_documents": 1})
    assert not passes(codes.IDENTITY_DOCUMENTS, {"civil_documents": 0})
