"""An intervention leaves everybody it cannot reach exactly as they were: same draws, same columns, to the bit.

Feedback is off, dwellings are plentiful and nobody moves into camps, so that nothing spreads through prices or
through a queue for homes or camp places; what is left is the intervention itself. Out of reach is who never
meets it in the run without it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.kernels.columns import FIXED, STATE
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario

MONTHS = 24
HERE, ORIGIN = "IQ-G08", "IQ-G15"  # Dahuk, Ninewa
WINDOW = {"first_month": "2018-04", "last_month": "2019-08"}
CAMPS = ["IQ-D050-C", "IQ-D051-C"]
NAMES = [column.name for column in (*FIXED, *STATE)]
BASE: dict[str, Any] = {
    "months": MONTHS,
    "rows": 5000,
    "parameters.markets.feedback": False,
    "parameters.pathways.settle_options": 0,
    "parameters.pathways.camp_entry": -20,
    "parameters.review.eviction_rented": 0.02,
}
Columns = dict[str, np.ndarray]
Touched = Callable[[SolutionsModel, list[Columns]], np.ndarray]


def offer(kind: str, target: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a programme whose places are scarce."""
    return {"kind": kind, "window": WINDOW, "target": target, "places_per_month": 400, **more}


def ever(name: str, values: list[str]) -> Touched:
    """Touched is who is, in any month of the run without the intervention, in one of these areas or camps."""

    def touched(model: SolutionsModel, months: list[Columns]) -> np.ndarray:
        geography = model.world.geography
        codes = [(geography.pcodes if name == "area" else geography.site_ids).index(value) for value in values]
        return np.any([np.isin(month[name], codes) for month in months], axis=0)

    return touched


def from_origin(model: SolutionsModel, months: list[Columns]) -> np.ndarray:
    """Touched is who comes from the area."""
    return months[0]["origin"] == model.world.geography.pcodes.index(ORIGIN)


def there_or_from(model: SolutionsModel, months: list[Columns]) -> np.ndarray:
    """Touched is who is ever in the area, or comes from it."""
    return ever("area", [ORIGIN])(model, months) | from_origin(model, months)


CASES: dict[str, tuple[dict[str, Any], Touched]] = {
    "closure of two camps": (
        {
            "programmes.closing": {
                "kind": "camp_closure",
                "sites": CAMPS,
                "closing_month": "2018-11",
                "notice_months": 4,
            }
        },
        ever("site", CAMPS),
    ),
    "transport and grant": (
        {
            "programmes.bus": offer("transport", {"areas": [HERE]}),
            "programmes.grant": offer("return_grant", {"areas": [HERE]}),
        },
        ever("area", [HERE]),
    ),
    "rent subsidy for camps": (
        {"programmes.rent": offer("rent_subsidy", {"sites": CAMPS})},
        ever("site", CAMPS),
    ),
    "grant by origin": ({"programmes.grant": offer("return_grant", {"origins": [ORIGIN]})}, from_origin),
    "routes opened": (
        {
            "conditions.routes": {
                "condition": "return_access",
                "areas": [ORIGIN],
                "first_month": "2018-06",
                "value": 1,
            }
        },
        from_origin,
    ),
    "shock": ({"shocks.attack": {"area": ORIGIN, "month": "2018-09", "security": 0.1, "months": 6}}, there_or_from),
    "shock that drives out and damages": (
        {
            "shocks.attack": {
                "area": ORIGIN,
                "month": "2018-09",
                "security": 0.1,
                "months": 6,
                "displaces": 0.5,
                "damages": 0.3,
                "hosts": 900,
                "wave": "w8",
            }
        },
        there_or_from,
    ),
    "services by area of stay": (
        {  # a house taken by others would lengthen the queue of claims for all from its area
            "programmes.light": offer("light_repair", {"areas": [HERE]}, occupied_risk=0),
            "programmes.heavy": offer("heavy_repair", {"areas": [HERE]}, occupied_risk=0),
            "programmes.visits": offer("go_and_see", {"areas": [HERE]}),
            "programmes.mission": offer("documents_mission", {"areas": [HERE]}),
        },
        ever("area", [HERE]),
    ),
    "services by origin": (
        {
            "programmes.news": offer("information", {"origins": [ORIGIN]}),
            "programmes.law": offer("legal_aid", {"origins": [ORIGIN]}),  # claims queue by area of origin
        },
        from_origin,
    ),
    "security path": (
        {"programmes.truce": {"kind": "security_path", "window": WINDOW, "areas": [ORIGIN], "to": 0.95}},
        there_or_from,
    ),
    "aid cut in camps": (
        {"programmes.cut": {"kind": "aid_cut", "window": WINDOW, "areas": [HERE], "where": "camps"}},
        ever("area", [HERE]),
    ),
    "arrivals": (
        {
            "arrivals.more": {
                "origin": ORIGIN,
                "area": HERE,
                "wave": "w8",
                "first_month": "2018-03",
                "last_month": "2018-12",
                "families_per_month": 500,
            }
        },
        from_origin,  # their claims to houses join the queue there
    ),
}


def compiled(changes: dict[str, Any]) -> Compiled:
    """Return the case with some changes and dwellings for all."""
    whole = compile_scenario(load_scenario("iraq/no-closure").override({**BASE, **changes}))
    return replace(whole, paths={**whole.paths, "vacant_rentals": whole.paths["vacant_rentals"] + 1e9})


def columns(model: SolutionsModel, n: int) -> Columns:
    """Return copies of the first ``n`` rows of every column."""
    return {name: values[:n].copy() for name, values in model.households.columns().items()}


@pytest.fixture(scope="module")
def without() -> tuple[SolutionsModel, list[Columns]]:
    """The run without any intervention, and its columns at the start and after every month."""
    model = SolutionsModel(compiled({}), seed=3)
    n = len(model.households)
    months = [columns(model, n)]
    for _ in range(MONTHS):
        model.step()
        months.append(columns(model, n))
    return model, months


@pytest.mark.parametrize("case", CASES)
def test_who_is_out_of_reach_is_untouched(case, without):
    base, months = without
    changes, touched = CASES[case]
    reach = touched(base, months)
    model = SolutionsModel(compiled(changes), seed=3)
    n = len(reach)
    for month in range(MONTHS):
        model.step()
        now = columns(model, n)
        for name in NAMES:
            same = now[name] == months[month + 1][name]
            assert same[~reach].all(), f"month {month}, {name}: {np.flatnonzero(~same & ~reach)[:5]}"
    changed = np.any([now[name] != months[-1][name] for name in NAMES], axis=0)
    print(f"{case}: {int((~reach).sum())} of {n} rows out of reach, none changed; {int(changed.sum())} others did")
    assert (~reach).sum() > 1000
    if case != "arrivals":
        assert changed.any(), "the intervention did nothing: the test shows nothing"


def test_an_arriving_cohort_renumbers_nobody(without):
    months = without[1]
    more = compiled(CASES["arrivals"][0])
    n = len(months[0]["id"])
    assert np.array_equal(more.households["id"][:n], months[0]["id"])
    assert len(np.unique(more.households["id"])) == len(more.households["id"]) > n


@pytest.mark.parametrize("threads", [1, 2])
def test_with_feedback_an_intervention_does_spread(threads):
    """The other side of the coin: with feedback on, rents and services carry it to others."""
    on = {"parameters.markets.feedback": True}
    closing = CASES["closure of two camps"][0]
    runs = [SolutionsModel(compiled({**on, **more}), seed=3, threads=threads).run() for more in ({}, closing)]
    prices = [run.recorder.arrays["rent"] for run in runs]
    assert not np.array_equal(*prices)
