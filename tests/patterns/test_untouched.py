"""An intervention leaves everybody it cannot reach exactly as they were: same draws, same columns, to the bit.

Feedback is off, dwellings are plentiful and nobody moves into camps, so that nothing spreads through prices or
through a queue for homes or camp places; what is left is the intervention itself. Out of reach is who never
meets it in the run without it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pytest

from sim.kernels.columns import FIXED, STATE
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario
from sim.schema.base import month_name, month_number

MONTHS = 24
NAMES = [column.name for column in (*FIXED, *STATE)]
Columns = dict[str, np.ndarray]
Touched = Callable[[SolutionsModel, list[Columns]], np.ndarray]


class Place(NamedTuple):
    """Where it is tried: a scenario, and what belongs to its case."""

    scenario: str
    rows: int
    start: str
    here: str
    origin: str
    wave: str
    camps: list[str]
    scarce: int  # places of a programme, and families that arrive, a month

    def month(self, number: int) -> str:
        """Return a month counted from the start, which is 0."""
        return month_name(month_number(self.start) + number)

    @property
    def window(self) -> dict[str, str]:
        """When programmes run."""
        return {"first_month": self.month(3), "last_month": self.month(19)}

    @property
    def flight(self) -> dict[str, Any]:
        """What a shock does besides: it drives out and damages."""
        return {"displaces": 0.5, "damages": 0.3, "hosts": 2 * self.scarce, "wave": self.wave}

    def offer(self, kind: str, target: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Return a programme whose places are scarce."""
        return {"kind": kind, "window": self.window, "target": target, "places_per_month": self.scarce, **more}


PLACES = {
    "iraq": Place("iraq/no-closure", 5000, "2018-01", "IQ-G08", "IQ-G15", "w8", ["IQ-D050-C", "IQ-D051-C"], 400),
    "valley": Place("valley/as-is", 2200, "2024-07", "VA05", "VA04", "f3", ["VA-D03-C", "VA-D06-C"], 40),
}
BASE: dict[str, Any] = {
    "months": MONTHS,
    "parameters.markets.feedback": False,
    "parameters.pathways.settle_options": 0,
    "parameters.pathways.camp_entry": -20,
    "parameters.review.eviction_rented": 0.02,
}


def ever(name: str, values: list[str]) -> Touched:
    """Touched is who is, in any month of the run without the intervention, in one of these areas or camps."""

    def touched(model: SolutionsModel, months: list[Columns]) -> np.ndarray:
        geography = model.world.geography
        codes = [(geography.pcodes if name == "area" else geography.site_ids).index(value) for value in values]
        return np.any([np.isin(month[name], codes) for month in months], axis=0)

    return touched


def coming_from(origin: str) -> Touched:
    """Touched is who comes from the area."""
    return lambda model, months: months[0]["origin"] == model.world.geography.pcodes.index(origin)


def there_or_from(area: str) -> Touched:
    """Touched is who is ever in the area, or comes from it."""
    return lambda model, months: ever("area", [area])(model, months) | coming_from(area)(model, months)


def interventions(place: Place) -> dict[str, tuple[dict[str, Any], Touched]]:
    """Return what is done in a place, and whom it may touch, by name."""
    closing = {
        "kind": "camp_closure",
        "sites": place.camps,
        "closing_month": place.month(10),
        "notice_months": 4,
    }
    routes = {"condition": "return_access", "areas": [place.origin], "first_month": place.month(5), "value": 1}
    shock = {"area": place.origin, "month": place.month(8), "security": 0.1, "months": 6}
    arrivals = {
        "origin": place.origin,
        "area": place.here,
        "wave": place.wave,
        "first_month": place.month(2),
        "last_month": place.month(11),
        "families_per_month": place.scarce,
    }
    truce = {"kind": "security_path", "window": place.window, "areas": [place.origin], "to": 0.95}
    cut = {"kind": "aid_cut", "window": place.window, "areas": [place.here], "where": "camps"}
    here, from_origin = {"areas": [place.here]}, coming_from(place.origin)
    return {
        "closure of two camps": ({"programmes.closing": closing}, ever("site", place.camps)),
        "transport and grant": (
            {
                "programmes.bus": place.offer("transport", {"areas": [place.here]}),
                "programmes.grant": place.offer("return_grant", {"areas": [place.here]}),
            },
            ever("area", [place.here]),
        ),
        "rent subsidy for camps": (
            {"programmes.rent": place.offer("rent_subsidy", {"sites": place.camps})},
            ever("site", place.camps),
        ),
        "grant by origin": (
            {"programmes.grant": place.offer("return_grant", {"origins": [place.origin]})},
            from_origin,
        ),
        "routes opened": ({"conditions.routes": routes}, from_origin),
        "shock": ({"shocks.attack": shock}, there_or_from(place.origin)),
        "shock that drives out and damages": ({"shocks.attack": shock | place.flight}, there_or_from(place.origin)),
        "services by area of stay": (
            {  # a house taken by others would lengthen the queue of claims for all from its area
                "programmes.light": place.offer("light_repair", here, occupied_risk=0),
                "programmes.heavy": place.offer("heavy_repair", here, occupied_risk=0),
                "programmes.visits": place.offer("go_and_see", here),
                "programmes.mission": place.offer("documents_mission", here),
            },
            ever("area", [place.here]),
        ),
        "services by origin": (
            {
                "programmes.news": place.offer("information", {"origins": [place.origin]}),
                "programmes.law": place.offer("legal_aid", {"origins": [place.origin]}),  # claims queue by origin
            },
            from_origin,
        ),
        "security path": ({"programmes.truce": truce}, there_or_from(place.origin)),
        "aid cut in camps": ({"programmes.cut": cut}, ever("area", [place.here])),
        "arrivals": ({"arrivals.more": arrivals}, from_origin),  # their claims to houses join the queue there
    }


CASES = {name: interventions(place) for name, place in PLACES.items()}


def compiled(name: str, changes: dict[str, Any]) -> Compiled:
    """Return a case with some changes and dwellings for all."""
    place = PLACES[name]
    safe = {"condition": "security", "first_month": place.start, "value": 0.9}  # nobody flees into the area concerned
    base = {**BASE, "rows": place.rows, "conditions.safe": safe}
    whole = compile_scenario(load_scenario(place.scenario).override({**base, **changes}))
    return replace(whole, paths={**whole.paths, "vacant_rentals": whole.paths["vacant_rentals"] + 1e9})


def columns(model: SolutionsModel, n: int) -> Columns:
    """Return copies of the first ``n`` rows of every column."""
    return {name: values[:n].copy() for name, values in model.households.columns().items()}


@pytest.fixture(scope="module", params=PLACES)
def without(request) -> tuple[str, SolutionsModel, list[Columns]]:
    """The place, the run without any intervention, and its columns at the start and after every month."""
    model = SolutionsModel(compiled(request.param, {}), seed=3)
    n = len(model.households)
    months = [columns(model, n)]
    for _ in range(MONTHS):
        model.step()
        months.append(columns(model, n))
    return request.param, model, months


@pytest.mark.parametrize("case", CASES["iraq"])
def test_who_is_out_of_reach_is_untouched(case, without):
    name, base, months = without
    changes, touched = CASES[name][case]
    reach = touched(base, months)
    model = SolutionsModel(compiled(name, changes), seed=3)
    n = len(reach)
    for month in range(MONTHS):
        model.step()
        now = columns(model, n)
        for column in NAMES:
            same = now[column] == months[month + 1][column]
            assert same[~reach].all(), f"month {month}, {column}: {np.flatnonzero(~same & ~reach)[:5]}"
    changed = np.any([now[column] != months[-1][column] for column in NAMES], axis=0)
    print(f"{case}: {int((~reach).sum())} of {n} rows out of reach, none changed; {int(changed.sum())} others did")
    assert (~reach).sum() > 1000
    if case != "arrivals":
        assert changed.any(), "the intervention did nothing: the test shows nothing"


def test_an_arriving_cohort_renumbers_nobody(without):
    name, _, months = without
    more = compiled(name, CASES[name]["arrivals"][0])
    n = len(months[0]["id"])
    assert np.array_equal(more.households["id"][:n], months[0]["id"])
    assert len(np.unique(more.households["id"])) == len(more.households["id"]) > n


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", PLACES)
def test_with_feedback_an_intervention_does_spread(name, threads):
    """The other side of the coin: with feedback on, rents and services carry it to others."""
    on = {"parameters.markets.feedback": True}
    closing = CASES[name]["closure of two camps"][0]
    runs = [SolutionsModel(compiled(name, {**on, **more}), seed=3, threads=threads).run() for more in ({}, closing)]
    prices = [run.recorder.arrays["rent"] for run in runs]
    assert not np.array_equal(*prices)
