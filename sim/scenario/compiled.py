"""From a validated scenario and its tables to the plain arrays that a run reads."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.data.case_tables import CaseTables, load_displaced
from sim.interventions import CampClosure
from sim.kernels import inputs
from sim.scenario.before import lived_before
from sim.scenario.checks import check_boundaries, check_names
from sim.scenario.geography import geography_of, programme_key
from sim.scenario.load import Scenario
from sim.scenario.paths import condition_paths, month_index
from sim.scenario.people import Setting, households_of
from sim.scenario.size import check_size
from sim.schema.base import month_number
from sim.schema.parameters import Parameters
from sim.schema.programme import Booked, Offer, Service
from sim.world.camps import Closures
from sim.world.geography import Geography

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]

MOST_OF_A_KIND = 32  # offers, and services, are bits of a 32-bit word in the household columns


@dataclass(frozen=True)
class Compiled:
    """A scenario as arrays. ``T`` months, ``A`` areas, ``S`` sites, ``W`` waves.

    Attributes
    ----------
    scenario : Scenario
    tables : CaseTables
    params : inputs.Params
        Kernel parameters; money in cents.
    paths : dict of str to float64[T, A]
        Every area condition by month, with changes, measures and shocks applied; money in cents.
    school : bool[T]
        Months of the school year.
    geography : Geography
        Areas, camps, distances.
    closures : Closures
        Which camps close, when.
    programmes : dict of str to Offer, Service or Measure
        Interventions that have books, in the order written.
    keys : dict of str to int
        Number of each of them in draws.
    households : dict of str to ndarray[n]
        Every household column at its start.
    """

    scenario: Scenario
    tables: CaseTables
    params: Any
    paths: dict[str, Float]
    school: npt.NDArray[np.bool_]
    geography: Geography
    closures: Closures
    programmes: dict[str, Booked]
    keys: dict[str, int]
    households: dict[str, npt.NDArray[Any]]

    @property
    def months(self) -> int:
        """Months simulated."""
        return self.scenario.spec.months

    @property
    def wave_shift(self) -> Float:
        """Utility of return by displacement wave, float64[W]."""
        shifts, waves = self.scenario.spec.wave_shifts, self.tables.waves
        return np.array(
            [shifts.get(wave, shift) for wave, shift in zip(waves["wave"], waves["return_shift"])], np.float64
        )


def compile_scenario(scenario: Scenario) -> Compiled:
    """Compile a scenario; raises InputError where it names what its tables do not hold."""
    tables = load_displaced(scenario.tables)
    check_names(scenario, tables)
    check_boundaries(scenario)
    check_size(scenario, tables)
    paths = condition_paths(scenario, tables)
    geography = geography_of(tables, scenario.spec.parameters.markets)
    people = Setting(scenario, tables, geography, paths)
    programmes, params = _programmes(scenario), kernel_params(scenario.spec.parameters)
    return Compiled(
        scenario=scenario,
        tables=tables,
        params=params,
        paths=paths,
        school=_school(scenario),
        geography=geography,
        closures=_closures(scenario, tables),
        programmes=programmes,
        keys=_keys(scenario, programmes),
        households=lived_before(households_of(people), paths, params.budget),
    )


def kernel_params(parameters: Parameters) -> Any:
    """Return the kernels' NamedTuples, filled by name; fields in US dollars become cents."""
    sections = {}
    for name in inputs.Params._fields:
        section = getattr(parameters, name)
        kind = getattr(inputs, _class_name(name))
        sections[name] = kind(*(_cents_if_money(section, field) for field in kind._fields))
    usable = float(np.float32(parameters.house.usable))  # as houses are kept, so that one repaired to it is usable
    sections["house"] = sections["house"]._replace(usable=usable)
    return inputs.Params(**sections)


def _class_name(section: str) -> str:
    singular = {"beliefs": "Belief", "pathways": "Pathway", "gates": "Gate"}
    return singular.get(section, section.capitalize()) + "Params"


def _cents_if_money(section: Any, field: str) -> float:
    extra = type(section).model_fields[field].json_schema_extra
    factor = 100.0 if str(extra["unit"]).startswith("USD") else 1.0
    return float(getattr(section, field)) * factor


def _school(scenario: Scenario) -> npt.NDArray[np.bool_]:
    first = month_number(scenario.spec.start)
    calendar = [(first + t) % 12 + 1 for t in range(scenario.spec.months)]
    return np.isin(calendar, scenario.spec.school_months)


def _programmes(scenario: Scenario) -> dict[str, Booked]:
    programmes: dict[str, Booked] = {
        name: spec for name, spec in scenario.spec.programmes.items() if isinstance(spec, Booked)
    }
    for kind, words in ((Offer, "make offers"), (Service, "deliver services")):
        found = sum(isinstance(spec, kind) for spec in programmes.values())
        if found > MOST_OF_A_KIND:
            allowed = f"at most {MOST_OF_A_KIND}"
            raise scenario.document.error(
                f"too many programmes that {words}", "programmes", value=found, allowed=allowed
            )
    return programmes


def _keys(scenario: Scenario, programmes: dict[str, Booked]) -> dict[str, int]:
    keys: dict[str, int] = {}
    for name in programmes:
        key = programme_key(name)
        if key in keys.values():
            raise scenario.document.error("has a name that hashes like another's; rename it", "programmes", name)
        keys[name] = key
    return keys


def _closures(scenario: Scenario, tables: CaseTables) -> Closures:
    """Return when every camp is announced to close and closes; the earliest of several closures counts."""
    ids = list(tables.sites["id"])
    never = scenario.spec.months + 10_000
    announced, closing = (np.full(len(ids), never, np.int64) for _ in range(2))
    share = np.zeros(len(ids))
    for name, spec in scenario.spec.programmes.items():
        if not isinstance(spec, CampClosure):
            continue
        month = month_index(scenario, spec.closing_month)
        if month < 0:
            allowed = f"{scenario.spec.start} or later"
            key = ("programmes", name, "closing_month")
            raise scenario.document.error("is before the start", *key, value=spec.closing_month, allowed=allowed)
        for site in ids if spec.sites == "all" else spec.sites:
            at = ids.index(site)
            if month < closing[at]:
                closing[at], announced[at], share[at] = month, month - spec.notice_months, spec.share
    closures = Closures(announced, closing, share)
    _refuse_late_arrivals(scenario, closures, ids)
    return closures


def _refuse_late_arrivals(scenario: Scenario, closures: Closures, ids: list[str]) -> None:
    """Refuse families that would arrive in a camp after it has closed."""
    for name, entry in scenario.spec.arrivals.items():
        if entry.site is None:
            continue
        at = ids.index(entry.site)
        last = month_index(scenario, entry.last_month or entry.first_month)
        if closures.share[at] >= 1.0 and last > closures.closing[at]:
            message = "the camp has closed before these families arrive"
            raise scenario.document.error(message, "arrivals", name, "site", value=entry.site)
