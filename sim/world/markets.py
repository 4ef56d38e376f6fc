"""Markets: how work, rents, services and vacancies of an area respond to the people in it.

All rules are those of docs/household-month.md, "Markets"; totals are whole numbers of the end of last month.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import NOT_ARRIVED, OPEN, RETURNED
from sim.schema.parameters import Markets

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
LOWEST_RENT, HIGHEST_RENT = 0.5, 3.0  # rent relative to the start, whatever the crowding


@dataclass(frozen=True)
class Totals:
    """What the markets of a month see. Arrays over areas, int64[A], but for ``site_families`` int64[S]."""

    persons: Int
    workers: Int
    renters: Int
    home: Int
    known: Int
    claims: Int
    site_families: Int


@dataclass(frozen=True)
class Prices:
    """What the markets of a month give. float64[A], but for ``free`` int64[A + S] and ``fallback`` int16[A]."""

    employment: Float
    rent: Float
    services: Float
    share_back: Float
    claim_rate: Float
    free: Int
    fallback: npt.NDArray[np.int16]


def totals_of(stocks: Any) -> Totals:
    """Return the totals that markets need from the kernels' stocks."""
    present = slice(NOT_ARRIVED + 1, None)
    return Totals(
        persons=stocks.persons[present].sum(axis=(0, 1)),
        workers=stocks.workers,
        renters=stocks.renters,
        home=stocks.families[RETURNED].sum(axis=1),
        known=stocks.families[present].sum(axis=(0, 2)),
        claims=stocks.claims,
        site_families=stocks.site_families,
    )


def clear(
    now: Totals,
    start: Totals,
    conditions: dict[str, Float],
    opening: dict[str, Float],
    markets: Markets,
    sites: "SiteRoom",
) -> Prices:
    """Return this month's prices.

    Parameters
    ----------
    now, start : Totals
        At the end of last month, and at the start of the run.
    conditions, opening : dict of str to float64[A]
        Area conditions this month, and in the first month.
    markets : Markets
        Parameters.
    sites : SiteRoom
        Capacity and status of the camps.
    """
    seen = now if markets.feedback else start
    renters = all_renters(seen, start, markets)
    free_homes = vacant_homes(conditions["vacant_rentals"], renters, start)
    free_places = np.where(sites.status == OPEN, sites.capacity - now.site_families, 0)
    free = np.concatenate([free_homes, np.maximum(0, free_places)])
    back = conditions["returned_before"]
    return Prices(
        employment=_employment(seen, start, conditions, opening, markets),
        rent=_rent(renters, start, conditions, markets),
        services=_ratio(conditions["service_capacity"], conditions["host_population"] + seen.persons, 0.0),
        share_back=_ratio(back + seen.home, back + seen.known, 0.0),
        claim_rate=_ratio(conditions["hlp_capacity"], now.claims, 1.0),
        free=free,
        fallback=_fallback(free[len(free_homes) :], sites.area, len(free_homes)),
    )


def vacant_homes(at_start: Float, renters: Int, start: Totals) -> Int:
    """Return vacant dwellings, int64[A]: those at the start, and those that renters have left since."""
    vacant: Int = np.maximum(0, np.floor(at_start).astype(np.int64) + start.renters - renters)
    return vacant


class Renting(Protocol):
    """Families that rent and houses that others occupy, int64[A]: `Totals`, or the kernels' stocks."""

    @property
    def renters(self) -> Int:
        """Families in rented dwellings."""

    @property
    def claims(self) -> Int:
        """Owners whose house is occupied by others."""


def all_renters(now: Renting, start: Totals, markets: Markets) -> Int:
    """Return renters, int64[A], with the occupants of houses that were given back and who now rent nearby."""
    given_back = np.maximum(0, start.claims - now.claims)
    renters: Int = now.renters + np.floor(markets.occupants_rent * given_back).astype(np.int64)
    return renters


@dataclass(frozen=True)
class SiteRoom:
    """Camps as the markets see them: int64[S] each."""

    area: Int
    capacity: Int
    status: Int


def _employment(
    now: Totals, start: Totals, conditions: dict[str, Float], opening: dict[str, Float], markets: Markets
) -> Float:
    hosts = np.floor(conditions["host_population"] * conditions["host_workers_share"])
    hosts_then = np.floor(opening["host_population"] * opening["host_workers_share"])
    jobs = np.floor(conditions["employment_rate"] * (hosts_then + start.workers))
    more = (hosts + now.workers) - (hosts_then + start.workers)
    jobs += np.floor(markets.job_absorption * more)
    rate: Float = np.maximum(jobs, 0) / np.maximum(hosts + now.workers, 1)
    return np.minimum(markets.employment_cap, rate)


def _rent(renters: Int, start: Totals, conditions: dict[str, Float], markets: Markets) -> Float:
    hosts = np.floor(conditions["host_population"] * markets.host_renter_share)
    crowding = (hosts + renters) / np.maximum(hosts + start.renters, 1)
    factor = np.minimum(HIGHEST_RENT, np.maximum(LOWEST_RENT, crowding**markets.rent_elasticity))
    rent: Float = np.floor(conditions["rent"] * factor)
    return rent


def _ratio(part: Float | Int, whole: Float | Int, empty: float) -> Float:
    """Return part / whole, at most 1, and ``empty`` where there is no whole."""
    whole = np.asarray(whole, np.float64)
    share: Float = np.where(whole > 0, np.asarray(part) / np.maximum(whole, 1), empty)
    return np.minimum(1.0, share)


def _fallback(places: Int, area: Int, n_areas: int) -> npt.NDArray[np.int16]:
    """Return the camp with most free places in each area, the first of equals; -1 where none has any."""
    best = np.full(n_areas, -1, np.int16)
    most = np.zeros(n_areas, np.int64)
    for site, (home, free) in enumerate(zip(area.tolist(), places.tolist())):
        if free > most[home]:
            best[home], most[home] = site, free
    return best
