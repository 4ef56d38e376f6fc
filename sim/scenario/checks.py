"""A scenario against the tables of its case and the months of its run, before anything is built on it."""

from collections.abc import Callable, Iterator
from typing import Any

from sim.data.case_tables import CaseTables
from sim.interventions import CampClosure
from sim.library import is_file
from sim.scenario.load import Scenario
from sim.schema.base import month_name, month_number
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


def check_boundaries(scenario: Scenario) -> None:
    """Refuse a file of boundaries that is not there; what it holds is read when a map is drawn."""
    path = scenario.boundaries
    if path is not None and not is_file(path):
        message = "no such file beside the tables"
        raise scenario.document.error(message, "boundaries", value=path.name, allowed=f"a file in {path.parent}")


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
    for name in spec.wave_shifts:
        check("wave", name, "wave_shifts", name)


def outside_run(scenario: Scenario) -> list[str]:
    """Return a note on everything dated that falls wholly outside the months of the run, and so has no effect.

    It is no error: a run may be shortened, and a scenario may hold what comes later.
    """
    spec = scenario.spec
    first = month_number(spec.start)
    last = first + spec.months - 1
    months = f"{spec.start} to {month_name(last)}"
    return [
        f"{where}: nothing of it falls in the months of the run, {months}"
        for where, begins, ends in _dated(spec)
        if month_number(begins) > last or (ends is not None and month_number(ends) < first)
    ]


def _dated(spec: Any) -> Iterator[tuple[str, str, str | None]]:
    """Yield where every dated entry stands, its first month, and its last one where it ends."""
    for name, programme in spec.programmes.items():
        if isinstance(programme, CampClosure):
            yield f"programmes.{name}", programme.closing_month, programme.closing_month
        else:
            yield f"programmes.{name}", programme.window.first_month, _lasts(programme)
    for name, shock in spec.shocks.items():
        yield f"shocks.{name}", shock.month, month_name(month_number(shock.month) + shock.months - 1)
    for name, entry in spec.arrivals.items():
        yield f"arrivals.{name}", entry.first_month, entry.last_month or entry.first_month
    for name, change in spec.conditions.items():
        yield f"conditions.{name}", change.first_month, change.last_month


def _lasts(programme: Any) -> str | None:
    return None if getattr(programme, "lasting", False) else programme.window.last_month
