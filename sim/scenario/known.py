"""What could be known of a scenario at some month: later events left out, security as it was then."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from sim.interventions import CampClosure
from sim.scenario.compiled import Compiled, compile_scenario
from sim.scenario.load import Scenario
from sim.scenario.paths import month_index
from sim.schema.base import month_name, month_number

SECURITY = ("security", "security_calm")


def known_until(scenario: Scenario, month: str) -> Scenario:
    """Return a scenario without what begins after a month, so that a forecast from there does not know it.

    Left out are arrivals, shocks, changes of conditions and of the books that begin later, and programmes that start,
    or camps whose closing is announced, later. What goes on at that moment stays to its end.

    Parameters
    ----------
    scenario : Scenario
    month : str
        ``YYYY-MM``, the last month that is known.
    """
    later = [key for key, begins in _beginnings(scenario.spec) if month_number(begins) > month_number(month)]
    return scenario.override(dict.fromkeys(later)) if later else scenario


def compiled_as_known(scenario: Scenario, month: str) -> Compiled:
    """Compile what was known of a scenario at the end of a month; the security of that month stays.

    Up to that month it is the scenario itself: households, draws and conditions are the same.
    """
    compiled = compile_scenario(known_until(scenario, month))
    last = month_index(scenario, month)
    if not 0 <= last < compiled.months:
        return compiled
    frozen = {name: compiled.paths[name].copy() for name in SECURITY}
    for path in frozen.values():
        path[last:] = path[last]
    return replace(compiled, paths=compiled.paths | frozen)


def _beginnings(spec: Any) -> Iterator[tuple[str, str]]:
    """Yield the key of everything that is dated, and the month in which it becomes known."""
    for name, programme in spec.programmes.items():
        yield f"programmes.{name}", _announced(programme)
    for name, arrival in spec.arrivals.items():
        yield f"arrivals.{name}", arrival.first_month
    for name, change in spec.conditions.items():
        yield f"conditions.{name}", change.first_month
    for kind in ("shocks", "recodes"):
        for name, entry in getattr(spec, kind).items():
            yield f"{kind}.{name}", entry.month


def _announced(programme: Any) -> str:
    if isinstance(programme, CampClosure):
        return month_name(month_number(programme.closing_month) - programme.notice_months)
    first: str = programme.window.first_month
    return first
