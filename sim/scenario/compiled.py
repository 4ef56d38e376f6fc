"""From a validated scenario and its tables to the plain arrays that a run reads."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.data.case_tables import CONDITIONS, CaseTables, load_displaced
from sim.interventions import CampClosure
from sim.kernels import inputs
from sim.scenario.load import Scenario
from sim.scenario.people import Setting, households_of
from sim.schema.base import month_number
from sim.schema.case import ConditionChange
from sim.schema.errors import InputError, nearest
from sim.schema.parameters import Parameters
from sim.schema.programme import Offer
from sim.world.camps import Closures
from sim.world.geography import Geography

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]

EARTH_RADIUS_KM = 6371.0
SHARES = {"security", *(name for name, highest in CONDITIONS.items() if highest == 1.0)}
MOST_OFFERS = 32  # programmes are bits of a 32-bit word in the kernels


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
        Every area condition by month, changes and shocks applied; money in cents.
    shock : uint8[T, A]
        1 where a shock strikes.
    school : bool[T]
        Months of the school year.
    geography : Geography
        Areas, camps, distances.
    closures : Closures
        Which camps close, when.
    offers : dict of str to Offer
        Programmes that make offers, in order.
    households : dict of str to ndarray[n]
        Every household column at its start.
    """

    scenario: Scenario
    tables: CaseTables
    params: Any
    paths: dict[str, Float]
    shock: npt.NDArray[np.uint8]
    school: npt.NDArray[np.bool_]
    geography: Geography
    closures: Closures
    offers: dict[str, Offer]
    households: dict[str, npt.NDArray[Any]]

    @property
    def months(self) -> int:
        """Months simulated."""
        return self.scenario.spec.months

    @property
    def wave_shift(self) -> Float:
        """Utility of return by displacement wave, float64[W]."""
        return self.tables.waves["return_shift"].to_numpy(np.float64)


def compile_scenario(scenario: Scenario) -> Compiled:
    """Compile a scenario; raises InputError where it names what its tables do not hold."""
    tables = load_displaced(scenario.tables)
    _check_names(scenario, tables)
    paths, shock = _paths(scenario, tables)
    geography = _geography(scenario, tables)
    people = Setting(scenario.spec, tables, geography, paths)
    return Compiled(
        scenario=scenario,
        tables=tables,
        params=kernel_params(scenario.spec.parameters),
        paths=paths,
        shock=shock,
        school=_school(scenario),
        geography=geography,
        closures=_closures(scenario, tables),
        offers=_offers(scenario),
        households=households_of(people),
    )


def kernel_params(parameters: Parameters) -> Any:
    """Return the kernels' NamedTuples, filled by name; fields in US dollars become cents."""
    sections = {}
    for name in inputs.Params._fields:
        section = getattr(parameters, name)
        kind = getattr(inputs, _class_name(name))
        sections[name] = kind(*(_cents_if_money(section, field) for field in kind._fields))
    return inputs.Params(**sections)


def _class_name(section: str) -> str:
    singular = {"beliefs": "Belief", "pathways": "Pathway", "gates": "Gate"}
    return singular.get(section, section.capitalize()) + "Params"


def _cents_if_money(section: Any, field: str) -> float:
    extra = type(section).model_fields[field].json_schema_extra
    factor = 100.0 if str(extra["unit"]).startswith("USD") else 1.0
    return float(getattr(section, field)) * factor


def stable_key(kind: str, name: str) -> int:
    """Return a 32-bit number for a place that does not depend on what other places there are.

    The low five bits are zero: settlement type and commitment go there.
    """
    digest = hashlib.blake2b(f"{kind}:{name}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little") & 0xFFFFFFE0


def _keys(kind: str, names: Any) -> npt.NDArray[np.uint32]:
    keys = [stable_key(kind, str(name)) for name in names]
    if len(set(keys)) < len(keys):
        raise InputError(f"two {kind}s have names that hash alike; rename one")
    return np.array(keys, np.uint32)


def _geography(scenario: Scenario, tables: CaseTables) -> Geography:
    markets = scenario.spec.parameters.markets
    areas, sites = tables.areas, tables.sites
    pcodes = [str(pcode) for pcode in areas["pcode"]]
    distance = _distances(tables, markets.within_area_km)
    return Geography(
        pcodes=tuple(pcodes),
        area_names=tuple(map(str, areas["name"])),
        site_ids=tuple(map(str, sites["id"])),
        site_names=tuple(map(str, sites["name"])),
        area_key=_keys("area", pcodes),
        site_key=_keys("site", sites["id"]),
        site_area=np.array([pcodes.index(area) for area in sites["area"]], np.int64),
        capacity=sites["capacity"].to_numpy(np.int64),
        distance=distance,
        network=_network(tables, distance, markets.network_scale_km),
    )


def _distances(tables: CaseTables, within: float) -> Float:
    """Return great-circle distances in km between centroids (haversine)."""
    lat, lon = (np.radians(tables.areas[name].to_numpy(np.float64)) for name in ("lat", "lon"))
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat[:, None]) * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    distance: Float = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half))
    np.fill_diagonal(distance, within)
    return distance


def _network(tables: CaseTables, distance: Float, scale: float) -> Float:
    """Return cumulative chances of considering each area: host population, fading with distance."""
    weight = tables.conditions.loc["host_population"].to_numpy(np.float64) * np.exp(-distance / scale)
    if len(weight) > 1:
        np.fill_diagonal(weight, 0.0)
    cumulative: Float = np.cumsum(weight, axis=1)
    shares: Float = cumulative / np.maximum(cumulative[:, -1:], 1e-300)
    return shares


def _school(scenario: Scenario) -> npt.NDArray[np.bool_]:
    first = month_number(scenario.spec.start)
    calendar = [(first + t) % 12 + 1 for t in range(scenario.spec.months)]
    return np.isin(calendar, scenario.spec.school_months)


def _offers(scenario: Scenario) -> dict[str, Offer]:
    offers: dict[str, Offer] = {
        name: spec for name, spec in scenario.spec.programmes.items() if isinstance(spec, Offer)
    }
    if len(offers) > MOST_OFFERS:
        raise scenario.document.error(f"more than {MOST_OFFERS} programmes that make offers", "programmes")
    return offers


def _paths(scenario: Scenario, tables: CaseTables) -> tuple[dict[str, Float], npt.NDArray[np.uint8]]:
    """Return every condition by month, and where shocks strike."""
    months = scenario.spec.months
    paths = {
        str(name): np.repeat(row.to_numpy(np.float64)[None, :], months, axis=0)
        for name, row in tables.conditions.iterrows()
    }
    paths["security"] = _security(scenario, tables)
    pcodes = list(tables.areas["pcode"])
    for name, change in scenario.spec.conditions.items():
        _apply_change(scenario, name, change, paths, pcodes)
    shock = _shocks(scenario, paths, pcodes)
    for money in ("wage", "rent"):
        paths[money] = np.floor(paths[money] * 100)
    return paths, shock


def _security(scenario: Scenario, tables: CaseTables) -> Float:
    first, months = month_number(scenario.spec.start), scenario.spec.months
    known = [period.year * 12 + period.month - 1 for period in tables.security.index]
    rows = np.arange(first, first + months) - known[0]
    if rows[0] < 0 or rows[-1] >= len(known):
        span = f"{tables.security.index[0]} to {tables.security.index[-1]}"
        raise scenario.document.error(
            "the run leaves the months of security.csv",
            "months",
            value=months,
            allowed=f"months within {span}",
        )
    return np.asarray(tables.security.to_numpy(np.float64)[rows])


def _apply_change(
    scenario: Scenario, name: str, change: ConditionChange, paths: dict[str, Float], pcodes: list[str]
) -> None:
    window = _window(scenario, change.first_month, change.last_month)
    columns = [pcodes.index(pcode) for pcode in change.areas or pcodes]
    path = paths[change.condition]
    before = path[window][:, columns]
    after = before * (change.times or 0.0) if change.value is None else np.full_like(before, change.value)
    path[window, columns] = after
    share = change.condition in SHARES
    if change.condition != "return_pull" and (path.min() < 0 or (share and path.max() > 1)):
        allowed = "0 to 1" if share else "0 or more"
        found = change.times if change.value is None else change.value
        raise scenario.document.error("leads out of range", "conditions", name, value=found, allowed=allowed)


def _shocks(scenario: Scenario, paths: dict[str, Float], pcodes: list[str]) -> npt.NDArray[np.uint8]:
    strikes = np.zeros((scenario.spec.months, len(pcodes)), np.uint8)
    for shock in scenario.spec.shocks.values():
        area, start = pcodes.index(shock.area), _index(scenario, shock.month)
        if 0 <= start < scenario.spec.months:
            strikes[start, area] = 1
        paths["security"][max(0, start) : max(0, start + shock.months), area] = shock.security
    return strikes


def _index(scenario: Scenario, month: str) -> int:
    return month_number(month) - month_number(scenario.spec.start)


def _window(scenario: Scenario, first: str, last: str | None) -> slice:
    stop = scenario.spec.months if last is None else _index(scenario, last) + 1
    return slice(max(0, _index(scenario, first)), max(0, stop))


def _closures(scenario: Scenario, tables: CaseTables) -> Closures:
    """Return when every camp is announced to close and closes; the earliest of several closures counts."""
    ids = list(tables.sites["id"])
    never = scenario.spec.months + 10_000
    announced, closing = (np.full(len(ids), never, np.int64) for _ in range(2))
    share = np.zeros(len(ids))
    for name, spec in scenario.spec.programmes.items():
        if not isinstance(spec, CampClosure):
            continue
        month = _index(scenario, spec.closing_month)
        if month < 0:
            allowed = f"{scenario.spec.start} or later"
            key = ("programmes", name, "closing_month")
            raise scenario.document.error("is before the start", *key, value=spec.closing_month, allowed=allowed)
        for site in ids if spec.sites == "all" else spec.sites:
            at = ids.index(site)
            if month < closing[at]:
                closing[at], announced[at], share[at] = month, month - spec.notice_months, spec.share
    return Closures(announced, closing, share)


def _check_names(scenario: Scenario, tables: CaseTables) -> None:
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
        elif isinstance(programme, Offer):
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
    for name, recode in spec.recodes.items():
        check("area", recode.origin, "recodes", name, "origin")
