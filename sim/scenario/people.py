"""The households of a scenario: those there at the start, and the cohorts that arrive."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.data.case_tables import CaseTables
from sim.kernels.codes import CAMP, OWN_HOME, SHELTERS
from sim.kernels.columns import FIXED, STATE
from sim.kernels.draws import COMPOSITION
from sim.kernels.uniforms import uniforms
from sim.population.arrivals import arriving, driven_out
from sim.population.composition import POPULATION_SEED, compose, months_since
from sim.population.synthesis import DisplacedRows, synthesise
from sim.scenario.load import Scenario, ScenarioSpec
from sim.scenario.paths import month_index
from sim.schema.base import month_number
from sim.world.geography import Geography

Columns = dict[str, npt.NDArray[Any]]
Float = npt.NDArray[np.float64]
MOST_KEPT = 4  # populations kept in memory
MONTHS_AT_HOME = 600  # of families never displaced before
_PLACED: dict[tuple[bytes, int | None], DisplacedRows] = {}
_DISPLACED_BLOCK = 5  # block of composition draws that dates displacement within a wave


@dataclass(frozen=True)
class Setting:
    """What the households of a scenario depend on."""

    scenario: Scenario
    tables: CaseTables
    geography: Geography
    paths: dict[str, Float]

    @property
    def spec(self) -> ScenarioSpec:
        """What was written."""
        return self.scenario.spec


def households_of(setting: Setting) -> Columns:
    """Return every column of every household that is there at the start, arrives, or is driven out by a shock.

    Hosts driven out are no longer among the hosts of their area, so ``host_population`` falls by their persons.
    """
    cohorts = [_at_start(setting), *_arriving(setting), *_driven_out(setting)]
    households = {name: np.concatenate([cohort[name] for cohort in cohorts]) for name in cohorts[0]}
    identities = np.sort(households["id"])
    if (identities[1:] == identities[:-1]).any():
        message = "two cohorts have names that hash alike; rename one"
        raise setting.scenario.document.error(message, "arrivals" if setting.spec.arrivals else "shocks")
    return households


def _at_start(setting: Setting) -> Columns:
    rows = _placed(setting.tables, setting.spec.rows)
    placed = {
        "id": rows.index.astype(np.uint64),
        "weight": rows.weight,
        "arrival": np.zeros(len(rows.weight), np.int64),
        "origin": rows.origin,
        "area": rows.area,
        "site": rows.site,
        "shelter": rows.shelter,
        "wave": rows.wave,
    }
    return _completed(setting, placed)


def _placed(tables: CaseTables, rows: int | None) -> DisplacedRows:
    """Return the placed rows of a case; scenarios of one case share them, so the last few are kept."""
    key = (tables.digest, rows)
    if key not in _PLACED:
        while len(_PLACED) >= MOST_KEPT:
            _PLACED.pop(next(iter(_PLACED)))
        _PLACED[key] = synthesise(tables, rows)
    return _PLACED[key]


def populations_kept() -> dict[tuple[bytes, int | None], DisplacedRows]:
    """Return the placed rows that are kept in memory, for another process that compiles the same cases."""
    return dict(_PLACED)


def keep_populations(kept: Mapping[tuple[bytes, int | None], DisplacedRows]) -> None:
    """Take over placed rows that another process has made, which takes seconds where small camps must be seen."""
    _PLACED.update(kept)


def _arriving(setting: Setting) -> list[Columns]:
    spec, geography = setting.spec, setting.geography
    waves = list(setting.tables.waves["wave"])
    cohorts = []
    for name in sorted(spec.arrivals):
        entry = spec.arrivals[name]
        placed: Columns = dict(arriving(name, entry, spec.start, spec.months))
        n = len(placed["id"])
        if n == 0:
            continue
        placed |= {
            "origin": np.full(n, geography.pcodes.index(entry.origin)),
            "area": np.full(n, geography.pcodes.index(entry.area)),
            "site": np.full(n, -1 if entry.site is None else geography.site_ids.index(entry.site)),
            "shelter": np.full(n, SHELTERS.index(entry.shelter)),
            "wave": np.full(n, waves.index(entry.wave)),
        }
        cohorts.append(_completed(setting, placed))
    return cohorts


def _driven_out(setting: Setting) -> list[Columns]:
    """Return the hosts whom shocks drive out: they enter at home, and leave in the same month."""
    spec, geography = setting.spec, setting.geography
    cohorts = []
    for name in sorted(spec.shocks):
        shock = spec.shocks[name]
        month = month_index(setting.scenario, shock.month)
        if shock.wave is None or not 0 <= month < spec.months:
            continue
        placed: Columns = dict(driven_out(name, shock, month))
        n, area = len(placed["id"]), geography.pcodes.index(shock.area)
        placed |= {
            "origin": np.full(n, area),
            "area": np.full(n, area),
            "site": np.full(n, -1),
            "shelter": np.full(n, OWN_HOME),
            "wave": np.full(n, list(setting.tables.waves["wave"]).index(shock.wave)),
        }
        cohort = _at_home(setting, _completed(setting, placed), month)
        _leave_the_hosts(setting, name, cohort, month, area)
        cohorts.append(cohort)
    return cohorts


def _at_home(setting: Setting, columns: Columns, month: int) -> Columns:
    """Return households that were never displaced: at home in a sound house, and knowing how it is there."""
    origin = columns["origin"].astype(np.intp)
    capacity, hosts = (setting.paths[name][month, origin] for name in ("service_capacity", "host_population"))
    work = uniforms(POPULATION_SEED, np.ascontiguousarray(columns["id"], np.uint64), COMPOSITION, _DISPLACED_BLOCK)[
        :, 1
    ]
    working = (work < setting.paths["employment_rate"][month, origin]) & (columns["earners"] > 0)
    changed = {
        "present": 0,  # it enters in the month of the shock, also where that is the first
        "employed": working,
        "at_home": 1,
        "house": 1.0,
        "occupied": 0,
        "times_displaced": 0,
        "months_displaced": 0,
        "months_here": MONTHS_AT_HOME,
        "belief_security": setting.paths["security"][month, origin],
        "belief_services": np.minimum(1.0, capacity / np.maximum(hosts, 1.0)),
    }
    return columns | {name: np.broadcast_to(value, origin.shape).copy() for name, value in changed.items()}


def _leave_the_hosts(setting: Setting, name: str, cohort: Columns, month: int, area: int) -> None:
    persons = int((cohort["weight"].astype(np.int64) * cohort["size"].astype(np.int64)).sum())
    hosts = setting.paths["host_population"][month:, area]
    if persons > hosts.min():
        message = f"drives out {persons:,} persons, more than the hosts of the area"
        raise setting.scenario.document.error(message, "shocks", name, "hosts", allowed=f"{int(hosts.min()):,} persons")
    hosts -= persons


def _completed(setting: Setting, placed: Columns) -> Columns:
    """Return placed households with their composition and their state at entry, under the conditions of that month."""
    spec, tables = setting.spec, setting.tables
    n = len(placed["id"])
    entry, origin = np.minimum(placed["arrival"], spec.months - 1).astype(np.intp), placed["origin"].astype(np.intp)
    shares = {
        name: setting.paths[name][entry, origin] for name in ("house_unusable", "house_damaged", "house_occupied")
    }
    draw = uniforms(POPULATION_SEED, np.ascontiguousarray(placed["id"], np.uint64), COMPOSITION, _DISPLACED_BLOCK)
    since = months_since(
        month_number(spec.start) + placed["arrival"].astype(np.int64),
        list(tables.waves["first_month"]),
        list(tables.waves["last_month"]),
        draw[:, 0],
        placed["wave"].astype(np.int64),
    )
    composed = compose(placed, spec.composition, shares, spec.parameters.house.usable, since)
    columns = {**placed, **composed, **_state(n, setting, placed)}
    limit = -round(spec.parameters.budget.debt_limit * 100)
    columns["savings"] = np.maximum(columns["savings"], limit)
    columns["employed"] = _employed(setting, columns, draw[:, 1])
    columns["from_camp"] = columns["shelter"] == CAMP
    return {column.name: np.asarray(columns[column.name]) for column in (*FIXED, *STATE)}


def _state(n: int, setting: Setting, placed: Columns) -> Columns:
    """Return the state columns that start alike for everybody, or follow from conditions at origin."""
    origin = placed["origin"].astype(np.intp)
    gap = setting.spec.parameters.beliefs.start_gap
    month = np.minimum(placed["arrival"], setting.spec.months - 1).astype(np.intp)
    security = setting.paths["security"][month, origin]
    capacity, hosts = (setting.paths[name][month, origin] for name in ("service_capacity", "host_population"))
    services = np.minimum(1.0, capacity / np.maximum(hosts, 1.0))
    zeros = np.zeros(n, np.int64)
    return {
        "present": (placed["arrival"] == 0).astype(np.uint8),
        "at_home": zeros,
        "settled": zeros,
        "belief_security": np.maximum(0.0, security - gap),
        "belief_services": np.maximum(0.0, services - gap),
        "intention": zeros,
        "gates": zeros,
        "times_displaced": zeros + 1,
        "months_since_push": zeros - 1,
        "last_area": zeros - 1,
        "subsidy": zeros - 1,
        "subsidy_months": zeros,
        "reached": zeros,
        "criteria": zeros,
        "held": zeros,
        "came": zeros,
    }


def _employed(setting: Setting, columns: Columns, draw: npt.NDArray[np.float64]) -> npt.NDArray[np.uint8]:
    budget = setting.spec.parameters.budget
    access = np.where(columns["shelter"] == CAMP, budget.camp_job_access, budget.displaced_job_access)
    rate = setting.paths["employment_rate"][0][columns["area"].astype(np.intp)]
    working = (draw < rate * access) & (columns["earners"] > 0)
    return np.asarray(working, np.uint8)
