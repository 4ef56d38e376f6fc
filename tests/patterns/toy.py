"""A world of two areas for the tests of the oracle by itself: a lively one, and a calm one for worked cases."""

import numpy as np
from oracle import AREA_FIELDS, HouseholdAgent, OracleModel

from sim.kernels import codes
from sim.kernels.columns import FIXED, STATE

MONTHS, ROWS = 24, 60
CLOSING_SITE, ANNOUNCED, CLOSES = 0, 8, 12

PARAMS = {
    "budget": {
        "subsistence": 4500.0,
        "aid_camp": 2500.0,
        "aid_out": 300.0,
        "saving_share": 0.3,
        "debt_limit": 150_000.0,
        "informal_rent_share": 0.15,
        "camp_job_access": 0.55,
        "displaced_job_access": 0.85,
        "job_churn": 0.1,
    },
    "beliefs": {"rate": 0.03, "rate_per_share_back": 0.1, "noise_sd": 0.03, "informed_within": 0.15},
    "house": {"usable": 0.4, "repaired_to": 0.6, "repair_away": 0.02, "repair_home": 0.02},
    "review": {
        "base": 0.3,
        "floor": 0.12,
        "fading": 18.0,
        "settled": 0.03,
        "eviction_rented": 0.02,
        "eviction_informal": 0.02,
        "eviction_debt_factor": 1.5,
    },
    "choice": {
        "taste_return": 1.2,
        "taste_commitment": 0.8,
        "epoch": 6,
        "security": 4.0,
        "services": 1.0,
        "cohesion": 0.2,
        "income": 0.5,
        "income_floor": 0.1,
        "house": 1.5,
        "hlp": 0.4,
        "co_villagers": 0.3,
        "attachment_origin": 1.0,
        "attachment_origin_fading": 36.0,
        "attachment_origin_floor": 0.4,
        "attachment_here": 0.8,
        "attachment_here_growth": 30.0,
        "cash": 0.05,
        "vulnerable_move": 0.4,
        "leave_commitment": 1.5,
        "tenure": 0.3,
    },
    "pathways": {
        "return_home": -0.5,
        "integrate": -1.0,
        "settle": -1.5,
        "camp_stay": 0.5,
        "informal": -0.6,
        "hosted": -0.2,
        "move_fixed": 0.3,
        "move_per_100km": 0.15,
        "closing": 1.0,
        "settle_options": 2,
        "hosted_share": 0.25,
        "camp_entry": 0.1,
        "sent_home": 0.4,
    },
    "gates": {
        "transport_per_person_km": 12.0,
        "reinstall": 15_000.0,
        "lease_months": 3.0,
        "credit_share": 0.6,
        "means_found": 0.1,
        "school_share": 0.3,
        "minimum_security": 0.4,
        "minimum_services": 0.5,
        "documents_share": 0.5,
    },
}
MARKETS = {
    "job_absorption": 0.6,
    "employment_cap": 0.97,
    "host_renter_share": 0.02,
    "rent_elasticity": 0.5,
    "occupants_rent": 0.5,
    "feedback": True,
}
CRITERIA = {
    "food_share": 0.6,
    "bearable_debt": 3.0,
    "safety_per_security": 4.0,
    "movement_per_security": 2.0,
    "health_per_services": 4.0,
    "education_per_services": 4.0,
    "camp_movement": 1.0,
    "informal_services": 1.0,
    "hosted_adequate": 0.5,
}


def area_arrays() -> dict:
    """Two areas: most come from the first and are in the second; the first is struck in month 10; aid falls later."""
    shock, aid = np.zeros((MONTHS, 2)), np.ones((MONTHS, 2))
    shock[10, 0], aid[14:20] = 1, 0.5
    values = {
        "security": np.linspace([0.5, 0.8], [0.9, 0.8], MONTHS),
        "security_calm": np.linspace([0.6, 0.8], [0.9, 0.8], MONTHS),
        "shock": shock,
        "wage": [30_000, 40_000],
        "return_access": [0.9, 1.0],
        "host_population": [500, 900],
        "host_workers_share": [0.25, 0.25],
        "employment_rate": [0.8, 0.9],
        "rent": [8_000, 11_000],
        "vacant_rentals": [5, 9],
        "service_capacity": [450, 1_000],
        "cohesion": [0.6, 0.7],
        "hlp_capacity": [2, 2],
        "host_at_origin": [0.2, 0.2],
        "return_pull": [0.0, 0.0],
        "returned_before": [20, 0],
        "clearance": [1, 0],
        "displaces": 0.6 * shock,
        "damages": 0.5 * shock,
        "aid_camp_share": aid,
        "aid_out_share": aid,
        "host_pass_safety": [0.7, 0.9],
        "host_pass_movement": [0.8, 0.9],
        "host_pass_housing": [0.6, 0.7],
        "host_pass_health": [0.7, 0.8],
        "host_pass_education": [0.75, 0.85],
    }
    assert set(values) == set(AREA_FIELDS)
    fixed = {"key": [0x12345660, 0x89ABCDE0], "distance": [[30, 150], [150, 30]], "network": [[0, 1], [1, 1]]}
    return {name: np.asarray(value) for name, value in {**values, **fixed}.items()}


def site_arrays() -> dict:
    """Two camps in the second area; the first closes."""
    return {
        "key": [0x1110, 0x2220],
        "area": [1, 1],
        "capacity": [70, 30],
        "announced": [ANNOUNCED, None],
        "closing": [CLOSES, None],
        "share": [1.0, 1.0],
    }


EVERYBODY = {
    "who": codes.WHO_ALL,
    "from_area": np.ones(2, np.uint8),
    "from_site": np.ones(3, np.uint8),
    "from_origin": np.ones(2, np.uint8),
    "budget": None,
    "by_need": False,
}


def offer(kind: int, **changes) -> dict:
    """A programme open to all."""
    window = {"first": 2, "last": 20, "places": 4, "unit_cost": 10_000.0}
    return {**EVERYBODY, **window, "kind": kind, "key": 100 + kind, "amount": 0.0, "months": 0, **changes}


KINDS = {
    "light_repair": {"to": 0.8, "destroyed_below": 0.2, "whose": "all", "occupied_risk": 0.3},
    "heavy_repair": {"to": 0.9, "destroyed_below": 0.2, "whose": "all", "occupied_risk": 0.3},
    "go_and_see": {},
    "information": {"strength": 0.5, "slant": 0.1},
    "documents_mission": {"success": 0.7},
    "legal_aid": {"handles": "both", "success": 0.7, "needs_documents": False},
}


def service(kind: str, **changes) -> dict:
    """A service open to all, with more places than there are families, completed at once."""
    key = 200 + list(KINDS).index(kind)
    window = {"first": 0, "last": None, "places": 10_000, "unit_cost": 1_000.0, "price": 1_000.0, "months": 0}
    return {**EVERYBODY, **window, "kind": kind, "key": key, **KINDS[kind], **changes}


def offers() -> list[dict]:
    """One programme of each kind, each with a limit that binds."""
    return [
        offer(codes.OFFER_TRANSPORT, by_need=True),
        offer(codes.OFFER_RETURN_GRANT, amount=40_000.0, unit_cost=40_000.0, budget=600_000.0, places=6),
        offer(codes.OFFER_RENT_SUBSIDY, amount=6_000.0, months=6, unit_cost=36_000.0, budget=400_000.0),
    ]


def services() -> list[dict]:
    """One service of each kind, each with a limit that binds."""
    return [
        service(kind, first=1, last=18, places=5, budget=40_000, months=k % 3, by_need=k % 2 == 0)
        for k, kind in enumerate(KINDS)
    ]


def household_columns() -> dict[str, np.ndarray]:
    """Sixty rows: half in the camp that closes, some in the other, some outside, some at home or to come."""
    rng = np.random.default_rng(5)
    rows = np.arange(ROWS)
    place = np.select([rows < 30, rows < 38, rows < 46, rows < 52, rows < 56], [0, 1, 2, 3, 4], 5)
    at_home = place == 4
    shelters = np.array([codes.CAMP, codes.CAMP, codes.RENTED, codes.INFORMAL, codes.OWN_HOME, codes.INFORMAL])
    tenure = np.where(at_home, codes.OWNER, rng.integers(0, 3, ROWS))
    months = rng.integers(0, 40, ROWS)
    values = {name: np.zeros(ROWS) for name in (c.name for c in (*FIXED, *STATE))}
    values |= {
        "id": rows + np.where(place == 5, 2**32, 0),
        "weight": rng.integers(1, 4, ROWS),
        "arrival": np.where(place == 5, 6, 0),
        "size": rng.integers(1, 9, ROWS),
        "vulnerable": rng.integers(0, 2, ROWS),
        "female_headed": rng.integers(0, 2, ROWS),
        "earners": rng.integers(0, 3, ROWS),
        "skill": rng.uniform(0.6, 1.4, ROWS),
        "remittance": rng.integers(0, 2, ROWS) * 5_000,
        "tenure": tenure,
        "hlp": rng.integers(0, 3, ROWS),
        "affiliated": rng.random(ROWS) < 0.1,
        "present": place != 5,
        "area": np.where(at_home, 0, 1),
        "site": np.select([place == 0, place == 1], [0, 1], -1),
        "at_home": at_home,
        "shelter": shelters[place],
        "months_here": months,
        "months_displaced": np.where(at_home, 0, months),
        "house": rng.uniform(0, 1, ROWS),
        "occupied": (tenure == codes.OWNER) & ~at_home & (rng.random(ROWS) < 0.2),
        "employed": rng.integers(0, 2, ROWS),
        "savings": rng.integers(-60_000, 120_000, ROWS),
        "belief_security": rng.uniform(0.2, 0.8, ROWS),
        "belief_services": rng.uniform(0.2, 0.8, ROWS),
        "months_since_push": -np.ones(ROWS),
        "last_area": np.where(at_home, 1, -1),
        "subsidy": -np.ones(ROWS),
        "civil_documents": rng.random(ROWS) < 0.7,
    }
    return {c.name: np.asarray(values[c.name]).astype(c.dtype) for c in (*FIXED, *STATE)}


def school(t: int) -> bool:
    """Nine months in twelve."""
    return t % 12 < 9


def world(columns: dict | None = None, seed: int = 11, **changes) -> OracleModel:
    """The toy world at its start."""
    usual = {
        "columns": household_columns() if columns is None else columns,
        "areas": area_arrays(),
        "sites": site_arrays(),
        "offers": offers(),
        "services": services(),
        "params": PARAMS,
        "markets": MARKETS,
        "criteria": CRITERIA,
        "months": MONTHS,
        "hosts_passed": [6.5, 7.0],
        "wave_shift": [0.0],
        "school_months": school,
    }
    return OracleModel(seed=seed, **{**usual, **changes})


def run(model: OracleModel, months: int = MONTHS) -> OracleModel:
    """Run a model for some months."""
    for _ in range(months):
        model.step()
    return model


# --------------------------------------------------------------------------------------------- a calm world

# A family of four that owns a damaged house in the first area and rents in the second, with money for any move.
FAMILY = {
    "weight": 1,
    "size": 4,
    "earners": 1,
    "skill": 1.0,
    "tenure": codes.OWNER,
    "hlp": codes.HLP_FULL,
    "civil_documents": 1,
    "present": 1,
    "area": 1,
    "site": -1,
    "shelter": codes.RENTED,
    "months_here": 12,
    "months_displaced": 12,
    "house": 0.3,
    "savings": 1_000_000,
    "belief_security": 0.5,
    "belief_services": 0.5,
    "months_since_push": -1,
    "last_area": -1,
    "subsidy": -1,
}
AT_HOME = {
    "times_displaced": 1,
    "area": 0,
    "at_home": 1,
    "shelter": codes.OWN_HOME,
    "months_displaced": 0,
    "house": 1.0,
}


def families(n: int = 1, **changes) -> dict[str, np.ndarray]:
    """Columns of so many families that differ in their number only; a change is one value or one for each."""
    values = FAMILY | changes
    columns = {c.name: np.broadcast_to(values.get(c.name, 0), n).astype(c.dtype) for c in (*FIXED, *STATE)}
    return columns | {"id": np.arange(n, dtype=np.uint64)}


def with_params(**sections: dict) -> dict:
    """Parameters with some changed, by section."""
    return {name: values | sections.get(name, {}) for name, values in PARAMS.items()}


# Nobody reviews, is evicted, or repairs a house, unless something happens.
STILL = with_params(
    review={"base": 0.0, "floor": 0.0, "settled": 0.0, "eviction_rented": 0.0, "eviction_informal": 0.0},
    house={"repair_away": 0.0, "repair_home": 0.0},
)


def calm(columns: dict, conditions: dict | None = None, **changes) -> OracleModel:
    """A world without programmes, closures, shocks or cuts, but for the conditions and services given."""
    none, whole, plenty = np.zeros(2), np.ones(2), np.full(2, 10_000)
    quiet = {"security": np.array([0.7, 0.8]), "clearance": none, "hlp_capacity": none, "vacant_rentals": plenty}
    quiet |= {"shock": none, "displaces": none, "damages": none, "aid_camp_share": whole, "aid_out_share": whole}
    given = {name: np.asarray(value) for name, value in (conditions or {}).items()}
    areas = area_arrays() | quiet | given
    areas["security_calm"] = given.get("security_calm", areas["security"])
    open_sites = site_arrays() | {"announced": [None, None], "closing": [None, None]}
    usual = {"areas": areas, "sites": open_sites, "offers": [], "services": [], "params": STILL, "school_months": None}
    return world(columns, **{**usual, **changes})


def living(columns: dict | None = None, rank: float = 0.0, **world) -> HouseholdAgent:
    """A family of the calm world as it is judged before the first month, first in every queue unless given a rank."""
    household = calm(families(**(columns or {})), **world).households[0]
    household.ranks = dict.fromkeys(codes.RATED, rank)
    household.held = 0
    household.judge_life(assessed=True)
    return household


def in_month(t: int, *values: float) -> np.ndarray:
    """A path that is 0 but for the values of the two areas in one month."""
    path = np.zeros((MONTHS, 2))
    path[t] = values
    return path
