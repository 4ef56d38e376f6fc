"""Areas and camps of a case as arrays: stable keys, distances, who is considered from where."""

import hashlib
from typing import Any

import numpy as np
import numpy.typing as npt

from sim.data.case_tables import CaseTables
from sim.schema.errors import InputError
from sim.schema.parameters import Markets
from sim.world.geography import Geography

Float = npt.NDArray[np.float64]

EARTH_RADIUS_KM = 6371.0


def stable_key(kind: str, name: str) -> int:
    """Return a 32-bit number for a place that does not depend on what other places there are.

    The low five bits are zero: settlement type and commitment go there.
    """
    return _digest(kind, name) & 0xFFFFFFE0


def programme_key(name: str) -> int:
    """Return the number of a programme in draws, below 2**28, which does not depend on what others there are."""
    return _digest("programme", name) & 0x0FFFFFFF


def _digest(kind: str, name: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{kind}:{name}".encode(), digest_size=4).digest(), "little")


def _keys(kind: str, names: Any) -> npt.NDArray[np.uint32]:
    keys = [stable_key(kind, str(name)) for name in names]
    if len(set(keys)) < len(keys):
        raise InputError(f"two {kind}s have names that hash alike; rename one")
    return np.array(keys, np.uint32)


def geography_of(tables: CaseTables, markets: Markets) -> Geography:
    """Return the places of a case; distances and networks follow the parameters."""
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
