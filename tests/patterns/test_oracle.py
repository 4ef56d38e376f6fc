"""The kernels against the same rules written as plain objects: row for row, column for column, month by month."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
from glue import oracle_of, small_world
from oracle import OracleModel

from sim.kernels import codes
from sim.kernels.columns import FIXED, STATE
from sim.model import SolutionsModel
from sim.scenario import load_scenario

ROWS, MONTHS = 500, 24
ROUNDING = float(np.finfo(np.float32).eps)  # utility margins below this are ties within float32 rounding
COLUMNS = [column.name for column in (*FIXED, *STATE)]

# Everything that is off or rare by default, so that every rule of the month is met many times.
OFTEN: dict[str, Any] = {
    "composition.affiliated": 0.15,
    "parameters.choice.epoch": 7,
    "parameters.choice.cohesion": 0.5,
    "parameters.choice.co_villagers": 0.6,
    "parameters.pathways.integrate": -1.5,
    "parameters.pathways.settle": -1.5,
    "parameters.pathways.camp_entry": 1.5,
    "parameters.pathways.return_home": 0.5,
    "parameters.review.eviction_rented": 0.04,
    "parameters.review.eviction_informal": 0.05,
    "parameters.review.settled": 0.15,
    "parameters.house.repair_away": 0.03,
    "parameters.gates.school_share": 0.3,
    "parameters.gates.credit_share": 0.5,
    "parameters.beliefs.noise_sd": 0.06,
    "parameters.markets.rent_elasticity": 1.5,
    "parameters.markets.occupants_rent": 0.6,
    "parameters.gates.documents_share": 0.3,
}
EVERYTHING: dict[str, Any] = OFTEN | {
    "conditions.clearance": {"condition": "clearance", "first_month": "2018-05", "value": 1},
    "conditions.hosts": {"condition": "host_population", "first_month": "2018-09", "times": 1.1},
    "conditions.homes": {"condition": "vacant_rentals", "first_month": "2018-01", "times": 0.1},
    "conditions.claims": {"condition": "hlp_capacity", "first_month": "2018-01", "value": 300},
    "shocks.attack": {
        "area": "IQ-G15",
        "month": "2018-11",
        "security": 0.2,
        "months": 4,
        "displaces": 0.3,
        "damages": 0.2,
        "hosts": 600,
        "rows": 12,
        "wave": "w8",
    },
    "shocks.raid": {"area": "IQ-G08", "month": "2019-03", "security": 0.6, "displaces": 0.2},
    "arrivals.late": {  # some come to a camp that is closing, the last on its closing day
        "origin": "IQ-G15",
        "area": "IQ-G15",
        "shelter": "camp",
        "site": "IQ-D087-C",
        "wave": "w7",
        "first_month": "2019-07",
        "last_month": "2019-08",
        "families_per_month": 100,
        "rows_per_month": 4,
    },
    "arrivals.more": {
        "origin": "IQ-G15",
        "area": "IQ-G08",
        "shelter": "rented",
        "wave": "w7",
        "first_month": "2018-04",
        "last_month": "2018-06",
        "families_per_month": 300,
        "rows_per_month": 15,
    },
}
LAST = {"first_month": "2018-07", "last_month": "2019-10"}
PROGRAMMES: dict[str, Any] = {
    "half_of_some": {
        "kind": "camp_closure",
        "sites": ["IQ-D002-C", "IQ-D006-C", "IQ-D033-C"],
        "closing_month": "2018-10",
        "notice_months": 12,
        "share": 0.5,
    },
    "early_rent": {
        "kind": "rent_subsidy",
        "window": LAST,
        "places_per_month": 90,
        "amount": 60,
        "months": 5,
        "allocation": "lottery",
    },
    "grant": {
        "kind": "return_grant",
        "window": LAST,
        "target": {"who": "vulnerable"},
        "places_per_month": 150,
        "budget": 1_200_000,
    },
    "second_grant": {
        "kind": "return_grant",
        "window": LAST,
        "amount": 400,
        "target": {"origins": ["IQ-G15", "IQ-G18"]},
        "places_per_month": 100,
        "lag_months": 2,
    },
    "bus": {
        "kind": "transport",
        "window": LAST,
        "target": {"where": "out_of_camp", "areas": ["IQ-G08", "IQ-G15", "IQ-G05"]},
        "places_per_month": 80,
    },
    "convoy": {"kind": "transport", "window": LAST, "target": {"who": "female_headed"}, "places_per_month": 60},
    "cut": {
        "kind": "aid_cut",
        "window": {"first_month": "2018-09", "last_month": "2019-06"},
        "where": "camps",
        "share": 0.5,
    },
    "second_cut": {
        "kind": "aid_cut",
        "window": {"first_month": "2019-02"},
        "areas": ["IQ-G08", "IQ-G15"],
        "share": 0.8,
    },
    "truce": {"kind": "security_path", "window": LAST, "areas": ["IQ-G13", "IQ-G18"], "to": 0.95, "ramp_months": 9},
    "withdrawal": {
        "kind": "security_path",
        "window": {"first_month": "2019-05", "last_month": "2019-09"},
        "areas": ["IQ-G01"],
        "to": 0.3,
        "ramp_months": 2,
        "lasting": False,
    },
    "roofs": {
        "kind": "light_repair",
        "window": LAST,
        "places_per_month": 60,
        "budget": 1_500_000,
        "occupied_risk": 0.3,
        "months": 2,
    },
    "core": {
        "kind": "heavy_repair",
        "window": LAST,
        "places_per_month": 90,
        "whose": "away",
        "destroyed_below": 0.3,
        "allocation": "lottery",
    },
    "visits": {"kind": "go_and_see", "window": LAST, "target": {"where": "camps"}, "places_per_month": 250},
    "news": {
        "kind": "information",
        "window": {"first_month": "2018-03"},
        "target": {"origins": ["IQ-G15", "IQ-G18"]},
        "places_per_month": 900,
        "slant": 0.2,
    },
    "papers": {"kind": "documents_mission", "window": LAST, "places_per_month": 700, "lag_months": 1},
    "lawyers": {"kind": "legal_aid", "window": LAST, "places_per_month": 300, "months": 4, "success": 0.6},
}
SPAN = {"first_month": "2025-01", "last_month": "2026-04"}
EVERYTHING_IN_VALLEY: dict[str, Any] = OFTEN | {
    "conditions.clearance": {"condition": "clearance", "first_month": "2024-11", "value": 1},
    "conditions.homes": {"condition": "vacant_rentals", "first_month": "2024-07", "times": 0.3},
    "conditions.claims": {"condition": "hlp_capacity", "first_month": "2024-07", "value": 20},
    "shocks.slide": {
        "area": "VA04",
        "month": "2025-05",
        "security": 0.2,
        "months": 4,
        "displaces": 0.4,
        "damages": 0.2,
        "hosts": 90,
        "rows": 9,
        "wave": "f3",
    },
    "arrivals.more": {
        "origin": "VA04",
        "area": "VA06",
        "wave": "f3",
        "first_month": "2024-10",
        "last_month": "2024-12",
        "families_per_month": 20,
    },
    "programmes.close_sites": {"sites": ["VA-D03-C", "VA-D07-C"]},
    "programmes.half": {
        "kind": "camp_closure",
        "sites": ["VA-D06-C"],
        "closing_month": "2025-04",
        "notice_months": 9,
        "share": 0.5,
    },
    "programmes.early_rent": {"kind": "rent_subsidy", "window": SPAN, "places_per_month": 9, "allocation": "lottery"},
    "programmes.grant": {
        "kind": "return_grant",
        "window": SPAN,
        "target": {"who": "vulnerable"},
        "places_per_month": 9,
    },
    "programmes.van": {"kind": "transport", "window": SPAN, "target": {"areas": ["VA04"]}, "places_per_month": 9},
    "programmes.cut": {"kind": "aid_cut", "window": SPAN, "share": 0.7},
    "programmes.roofs": {"kind": "light_repair", "window": SPAN, "places_per_month": 12, "occupied_risk": 0.3},
    "programmes.core": {"kind": "heavy_repair", "window": SPAN, "places_per_month": 12, "whose": "away", "months": 3},
    "programmes.visits": {"kind": "go_and_see", "window": SPAN, "places_per_month": 40},
    "programmes.news": {"kind": "information", "window": SPAN, "places_per_month": 40, "slant": -0.1},
    "programmes.papers": {"kind": "documents_mission", "window": SPAN, "places_per_month": 30, "budget": 9000},
    "programmes.lawyers": {"kind": "legal_aid", "window": SPAN, "places_per_month": 12, "months": 2},
}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "no closure": ("iraq/no-closure", {}),
    "closure without notice": ("iraq/closure-no-notice", {}),
    "closure with alternatives": (
        "iraq/closure-with-alternatives",
        {f"programmes.{name}.places_per_month": 60 for name in ("convoys", "return_grant", "rent_subsidy")},
    ),
    "every rule": (
        "iraq/closure-with-alternatives",
        EVERYTHING | {f"programmes.{name}": spec for name, spec in PROGRAMMES.items()},
    ),
    "every rule, no feedback": (
        "iraq/closure-no-notice",
        EVERYTHING
        | {f"programmes.{name}": spec for name, spec in PROGRAMMES.items()}
        | {"parameters.markets.feedback": False},
    ),
    "every rule, in the valley": ("valley/closure-with-alternatives", EVERYTHING_IN_VALLEY),
}


@dataclass
class Seen:
    """What happened on the way: shows that the rules were met, not only agreed on."""

    moves: Counter[str] = field(default_factory=Counter)
    gates: Counter[str] = field(default_factory=Counter)
    pushes: Counter[str] = field(default_factory=Counter)
    stages: Counter[str] = field(default_factory=Counter)
    ties: list[tuple[int, int, float]] = field(default_factory=list)
    closest: float = np.inf


def both(case: str, seed: int) -> tuple[SolutionsModel, OracleModel]:
    """Return the model and the oracle of a case at their start."""
    name, changes = CASES[case]
    rows = min(load_scenario(name).spec.rows, 5000)
    scenario = load_scenario(name).override({"months": MONTHS, "rows": rows, **changes})
    compiled = small_world(scenario, ROWS)
    model = SolutionsModel(compiled, seed=seed)
    return model, oracle_of(compiled, seed, model.world.frozen.passes.sum(axis=1))


def differing_rows(model: SolutionsModel, oracle: OracleModel) -> dict[str, np.ndarray]:
    """Return the rows that differ, by column; equal means equal to the bit."""
    mine, other = model.households.columns(), oracle.columns()
    rows = {name: np.flatnonzero(mine[name] != other[name]) for name in COLUMNS}
    return {name: found for name, found in rows.items() if len(found)}


def explain(month: int, differing: dict[str, np.ndarray], oracle: OracleModel, seen: Seen) -> None:
    """Accept rows whose choice was a tie within rounding; fail with everything known about the others."""
    margins = oracle.closest_call()
    for name, rows in differing.items():
        for row in rows:
            seen.ties.append((month, int(row), float(margins[row])))
            assert margins[row] < ROUNDING, f"month {month}, row {row}, {name}: margin {margins[row]}"


def note(oracle: OracleModel, before: int, seen: Seen) -> None:
    """Count what the oracle did this month."""
    for move in oracle.moves[before:]:
        seen.moves[codes.INTENTIONS[move.kind]] += 1
        seen.moves[codes.MOVE_CLASSES[move.move_class]] += 1
        seen.moves["into a camp"] += move.site >= 0
        seen.moves["to another area, displaced"] += move.kind == codes.MOVE_DISPLACED and move.area != move.from_area
        seen.pushes.update(name for bit, name in enumerate(codes.PUSHES) if move.push >> bit & 1)
    seen.closest = min(seen.closest, float(oracle.closest_call().min()))
    for household in oracle.present():
        seen.stages.update(stage for stage, *_ in household.margins)
        seen.gates.update(name for bit, name in enumerate(codes.GATES) if household.gates >> bit & 1)


def assert_same_events(model: SolutionsModel, oracle: OracleModel, before: int) -> None:
    """Compare what was counted: moves by class and pathway, verdicts, gates overridden, money, prices."""
    now, moves = model.world.events, oracle.moves[before:]
    for counted, chosen in (
        (now.moves.sum(axis=2), moves),
        (now.premature.sum(axis=2), [m for m in moves if m.premature]),
        (now.uninformed.sum(axis=2), [m for m in moves if not m.informed]),
    ):
        expected = np.zeros((5, 5), int)
        for move in chosen:
            expected[move.move_class, move.kind] += move.weight
        assert np.array_equal(counted, expected)
    voluntary = np.bincount([m.kind for m in moves if m.voluntary], [m.weight for m in moves if m.voluntary], 5)
    assert np.array_equal(now.voluntary.sum(axis=1), voluntary)
    after = [m for m in moves if not m.push and 0 <= m.since_push < 12]
    after_push = np.bincount([m.kind for m in after], [m.weight for m in after], 5)
    assert np.array_equal(now.after_push.sum(axis=1), after_push)
    overridden = [sum(m.weight for m in moves if m.overridden >> gate & 1) for gate in range(len(codes.GATES))]
    assert now.overridden.tolist() == overridden
    served = [sum(m.weight for m in moves if m.offers & p.bit) for p in oracle.programmes]
    assert now.served.tolist() == served
    books = [ledger for _, ledger in model.services]
    assert [(b.served_now, b.spent_now, b.waiting) for b in books] == last_deliveries(model, oracle)
    prices = model.world.prices
    for name in ("employment", "rent", "services", "share_back", "claim_rate"):
        assert getattr(prices, name).tolist() == [getattr(area, name) for area in oracle.areas], name
    assert prices.free.tolist() == [int(x) for x in oracle.free]


def last_deliveries(model: SolutionsModel, oracle: OracleModel) -> list[tuple[int, int, int]]:
    """Return families taken in, money spent and families waiting of every service this month, by the oracle."""
    n = len(model.services)
    return [(entry.taken, entry.spent, entry.waiting) for entry in (oracle.service_log[-n:] if n else [])]


@pytest.mark.parametrize("seed", [pytest.param(0, marks=pytest.mark.slow), 1, pytest.param(7, marks=pytest.mark.slow)])
@pytest.mark.parametrize("case", CASES)
def test_kernels_and_oracle_agree_row_for_row(case, seed):
    model, oracle = both(case, seed)
    assert not differing_rows(model, oracle), "they differ before the first month"
    seen = Seen()
    for month in range(MONTHS):
        before = len(oracle.moves)
        model.step()
        oracle.step()
        differing = differing_rows(model, oracle)
        note(oracle, before, seen)
        explain(month, differing, oracle, seen)
        if differing:  # every difference was a tie within rounding: from here on these are two runs
            break
        assert_same_events(model, oracle, before)
    print(f"\n{case}, seed {seed}: {len(seen.ties)} of {len(oracle.households)} rows differ, {month + 1} months")
    print(f"ties (month, row, margin) {seen.ties}; smallest margin of a choice {seen.closest:.2g}")
    print(f"moves {dict(seen.moves)}; gates {dict(seen.gates)}; choices {dict(seen.stages)}")
    assert_rules_were_met(case, seen)


def assert_rules_were_met(case: str, seen: Seen) -> None:
    """Fail when a case says nothing about the rules it is there for."""
    if case == "no closure":
        assert seen.moves["return"] > 50
        return
    assert seen.moves["expelled"] > 50
    assert seen.moves["hastened"] + seen.moves["diverted"] > 0
    if case == "closure with alternatives":
        assert seen.stages["programme"] > 0, "no row was refused a place in a programme"
    if case.startswith("every rule"):
        assert min(seen.moves[name] for name in codes.INTENTIONS[1:]) > 10
        assert min(seen.moves[name] for name in codes.MOVE_CLASSES) > 0
        assert set(seen.gates) == set(codes.GATES)
        assert seen.stages["programme"] > 0
        assert seen.stages["vacancy"] > 0
        assert seen.moves["into a camp"] > 0, "no camp but closed ones"
        assert min(seen.pushes[name] for name in codes.PUSHES) > 10
        assert seen.moves["to another area, displaced"] > 10
