"""From a compiled scenario to the oracle: the two share input arrays and nothing else."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from oracle import AREA_FIELDS, OracleModel

from sim.kernels import codes
from sim.scenario import Compiled, Scenario, compile_scenario
from sim.schema.base import month_number
from sim.schema.programme import Delivered, Offer, Service, Target

WHO = {"all": codes.WHO_ALL, "vulnerable": codes.WHO_VULNERABLE, "female_headed": codes.WHO_FEMALE_HEADED}
NOTICES = 600  # longer than any notice: later months stand for never
SCALED = ("host_population", "service_capacity", "vacant_rentals", "hlp_capacity", "returned_before")


def oracle_of(compiled: Compiled, seed: int, hosts_passed: np.ndarray) -> OracleModel:
    """Return the oracle of a compiled scenario, at its start.

    Parameters
    ----------
    compiled : Compiled
    seed : int
    hosts_passed : float64[A]
        Mean number of sub-criteria that hosts passed at the start: hosts are not the oracle's to make.
    """
    spec, geography = compiled.scenario.spec, compiled.geography
    return OracleModel(
        columns={name: values.copy() for name, values in compiled.households.items()},
        areas={
            **{name: compiled.paths[name] for name in AREA_FIELDS},
            "key": geography.area_key,
            "distance": geography.distance,
            "network": geography.network,
        },
        sites={
            "key": geography.site_key.tolist(),
            "area": geography.site_area.tolist(),
            "capacity": geography.capacity.tolist(),
            "announced": [month_or_none(month, compiled) for month in compiled.closures.announced],
            "closing": [month_or_none(month, compiled) for month in compiled.closures.closing],
            "share": compiled.closures.share.tolist(),
        },
        offers=[offer_row(name, compiled) for name in of_kind(compiled, Offer)],
        services=[service_row(name, compiled) for name in of_kind(compiled, Service)],
        params=compiled.params,
        markets=spec.parameters.markets.model_dump(),
        wave_shift=compiled.wave_shift,
        seed=seed,
        criteria=spec.parameters.criteria.model_dump(),
        months=compiled.months,
        hosts_passed=hosts_passed.tolist(),
        school_months=compiled.school,
    )


def month_or_none(month: int, compiled: Compiled) -> int | None:
    """Return a month, ``None`` for one that the run and a long notice never reach."""
    return int(month) if month < compiled.months + NOTICES else None


def of_kind(compiled: Compiled, kind: type[Delivered]) -> list[str]:
    """Return the names of the programmes of a kind, in the order written."""
    return [name for name, spec in compiled.programmes.items() if isinstance(spec, kind)]


def offer_row(name: str, compiled: Compiled) -> dict[str, Any]:
    """Return an offer as the oracle takes it, straight from what was written."""
    spec = compiled.programmes[name]
    assert isinstance(spec, Offer)
    terms = spec.terms()
    money = {"amount": float(terms.amount), "months": terms.months, "unit_cost": terms.cost}
    return {"kind": terms.offer, **delivered_row(name, spec, compiled), **money}


def service_row(name: str, compiled: Compiled) -> dict[str, Any]:
    """Return a service as the oracle takes it, straight from what was written."""
    spec = compiled.programmes[name]
    assert isinstance(spec, Service)
    shared = {*Delivered.model_fields, "kind", "unit_cost"}
    own = {field: getattr(spec, field) for field in type(spec).model_fields if field not in shared}
    money = {"unit_cost": round(spec.unit_cost * 100 * (1 + spec.overhead)), "price": round(spec.unit_cost * 100)}
    return {"kind": spec.kind, **delivered_row(name, spec, compiled), **money, **own}


def delivered_row(name: str, spec: Delivered, compiled: Compiled) -> dict[str, Any]:
    """Return what offers and services have in common."""
    start, last = month_number(compiled.scenario.spec.start), spec.window.last_month
    digest = hashlib.blake2b(f"programme:{name}".encode(), digest_size=4).digest()
    return {
        "key": int.from_bytes(digest, "little") % 2**28,
        "first": month_number(spec.window.first_month) - start + spec.lag_months,
        "last": None if last is None else month_number(last) - start,
        "who": WHO[spec.target.who],
        **reached(spec.target, compiled.geography.pcodes, compiled.geography.site_ids),
        "places": spec.places_per_month,
        "budget": None if spec.budget is None else round(spec.budget * 100),
        "by_need": spec.allocation == "need",
    }


def reached(target: Target, pcodes: tuple[str, ...], sites: tuple[str, ...]) -> dict[str, list[int]]:
    """Return the areas of stay, areas of origin and sites (last: in no site) that a target names."""
    inside = [target.where != "out_of_camp" if target.sites is None else site in target.sites for site in sites]
    outside = target.where != "camps" and target.sites is None
    return {
        "from_area": [int(target.areas is None or pcode in target.areas) for pcode in pcodes],
        "from_origin": [int(target.origins is None or pcode in target.origins) for pcode in pcodes],
        "from_site": [int(x) for x in (*inside, outside)],
    }


def small_world(scenario: Scenario, rows: int = 500, room: float = 1.02) -> Compiled:
    """Return a scenario with a stratified few of its rows, in a world shrunk with them.

    Parameters
    ----------
    scenario : Scenario
    rows : int
        Rows kept of those there at the start: every k-th of the rows sorted by place and origin. Arrivals stay.
    room : float
        Capacity of a camp relative to the families that start in it; little of it makes places scarce.
    """
    whole = compile_scenario(scenario)
    columns = subset(whole.households, rows)
    there, kept = (c["weight"][c["arrival"] == 0].sum() for c in (whole.households, columns))
    paths = dict(whole.paths)
    for name in SCALED:
        paths[name] = np.floor(paths[name] * (kept / there))
    in_site = (columns["site"] >= 0) & (columns["arrival"] == 0)
    start = np.bincount(columns["site"][in_site], columns["weight"][in_site], minlength=len(whole.geography.site_ids))
    geography = replace(whole.geography, capacity=np.floor(start * room).astype(np.int64))
    return replace(whole, households=columns, paths=paths, geography=geography)


def subset(columns: Mapping[str, np.ndarray], rows: int) -> dict[str, np.ndarray]:
    """Return every k-th row of those at the start, in order of place and origin, and all that arrive."""
    start = np.flatnonzero(columns["arrival"] == 0)
    order = np.lexsort([columns[name][start] for name in ("origin", "shelter", "site", "area")])
    chosen = start[order[np.linspace(0, len(start) - 1, rows).astype(int)]]
    kept = np.sort(np.concatenate([chosen, np.flatnonzero(columns["arrival"] > 0)]))
    return {name: values[kept] for name, values in columns.items()}
