"""Names in a scenario against the tables of its case, before anything is built on them."""

from collections.abc import Callable
from typing import Any

from sim.data.case_tables import CaseTables
from sim.interventions import CampClosure
from sim.scenario.load import Scenario
from sim.schema.errors import nearest
from sim.schema.programme import Delivered, Measure


def check_names(scenario: Scenario, tables: CaseTables) -> None:
    """Refuse areas, sites, waves and conditions that the tables do not hold, naming the nearest."""
    known = {
        "area": list(tables.areas["pcode"]),
        "site": list(tables.sites["id"]),
        "wave": list(tables.waves["wave"]),
        "condition": [*tables.conditions.index, "security"],
    }
    spec = scenario.spec

    def check(kind: str, names: Any, *key: str) -> None:
        for name in [names] if isinstance(names, str) else names or []:
            if name not in known[kind]:
                message = f"no such {kind}{nearest(name, known[kind])}"
                allowed = ", ".join(known[kind][:40])
                raise scenario.document.error(message, *key, value=name, allowed=allowed)

    _check_timeline(spec, check)
    for name, programme in spec.programmes.items():
        if isinstance(programme, CampClosure) and programme.sites != "all":
            check("site", programme.sites, "programmes", name, "sites")
        elif isinstance(programme, Measure):
            check("area", programme.areas, "programmes", name, "areas")
        elif isinstance(programme, Delivered):
            target = ("programmes", name, "target")
            check("area", programme.target.areas, *target, "areas")
            check("site", programme.target.sites, *target, "sites")
            check("area", programme.target.origins, *target, "origins")


def _check_timeline(spec: Any, check: Callable[..., None]) -> None:
    for name, change in spec.conditions.items():
        check("condition", change.condition, "conditions", name, "condition")
        check("area", change.areas, "conditions", name, "areas")
    for name, entry in spec.arrivals.items():
        check("area", entry.origin, "arrivals", name, "origin")
        check("area", entry.area, "arrivals", name, "area")
        check("site", entry.site, "arrivals", name, "site")
        check("wave", entry.wave, "arrivals", name, "wave")
    for name, shock in spec.shocks.items():
        check("area", shock.area, "shocks", name, "area")
        check("wave", shock.wave, "shocks", name, "wave")
    for name, recode in spec.recodes.items():
        check("area", recode.origin, "recodes", name, "origin")
