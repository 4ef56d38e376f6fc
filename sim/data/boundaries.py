"""Boundaries of areas from GeoJSON files: outlines by p-code, points, and names to p-codes."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.data.tables import MOST_BYTES
from sim.schema.errors import InputError, nearest

Ring = Sequence[Sequence[float]]
Outline = list[npt.NDArray[np.float64]]  # closed rings [n, 2] of longitude and latitude: the outer one, then holes

PCODE = "pcode"  # property that says which area a feature is
_ALLOWED = "a FeatureCollection of Polygon or MultiPolygon"
_DEGREES = "closed rings of longitude and latitude in degrees (WGS 84)"
_LIMITS = np.array([360.0, 90.0])  # longitudes go on past 180 where a file does not break at the date line


def read_features(path: Path) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file, each a mapping with "properties" and "geometry"."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError("the file is too large", file=path, allowed=f"at most {MOST_BYTES:,} bytes")
        features = json.loads(path.read_text(encoding="utf-8-sig"))["features"]
        if not all(isinstance(one["properties"], dict) and isinstance(one["geometry"], dict) for one in features):
            raise TypeError("a feature without properties or geometry")
    except FileNotFoundError as error:
        raise InputError("the file does not exist", file=path) from error
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from error
    except InputError:
        raise
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("the file is not GeoJSON", file=path, allowed=_ALLOWED) from error
    return list(features)


def outlines(path: Path, pcodes: Sequence[str]) -> dict[str, list[Outline]]:
    """Return the polygons of every area; one area may have several, in one feature or in more.

    Parameters
    ----------
    path : Path
        GeoJSON of polygons in degrees, property ``pcode``.
    pcodes : sequence of str
        The areas of the case.

    Returns
    -------
    dict of str to list
        In the order of ``pcodes``.

    Raises
    ------
    InputError
        For a file that is not GeoJSON, a feature without p-code, one of no area of the case, a ring that is none, and
        an area without a polygon.
    """
    found: dict[str, list[Outline]] = {pcode: [] for pcode in pcodes}
    for number, feature in enumerate(read_features(path), start=1):
        pcode = feature["properties"].get(PCODE)
        if not isinstance(pcode, str | int):
            raise InputError(f"feature {number} lacks this property", file=path, key=PCODE, allowed=_some(pcodes))
        area = str(pcode)
        if area not in found:
            message = f"feature {number} is no area of the case{nearest(area, pcodes)}"
            raise InputError(message, file=path, key=PCODE, value=area, allowed=_some(pcodes))
        found[area] += _polygons(feature["geometry"], path, area)
    if missing := [pcode for pcode in pcodes if not found[pcode]]:
        message = "an area of areas.csv has no polygon"
        raise InputError(message, file=path, key=PCODE, value=missing[0], allowed="a feature for every area")
    return found


def _some(pcodes: Sequence[str]) -> str:
    return ", ".join(pcodes[:40])


def _polygons(geometry: dict[str, Any], path: Path, pcode: str) -> list[Outline]:
    """Return the polygons of one feature."""
    kind = geometry.get("type")
    if kind not in ("Polygon", "MultiPolygon"):
        message = f"the feature of {pcode} is no polygon"
        raise InputError(message, file=path, key="geometry.type", value=kind, allowed="Polygon, MultiPolygon")
    try:
        return [[_ring(ring) for ring in polygon] for polygon in _parts(geometry)]
    except (ValueError, TypeError, KeyError, IndexError):
        message = f"the feature of {pcode} has coordinates that cannot be used"
        raise InputError(message, file=path, key="geometry.coordinates", allowed=_DEGREES) from None


def _ring(positions: Ring) -> npt.NDArray[np.float64]:
    ring = np.array([position[:2] for position in positions], np.float64)
    if len(ring) < 4 or not (np.abs(ring) <= _LIMITS).all() or (ring[0] != ring[-1]).any():
        raise ValueError("not a closed ring in degrees")
    return ring


def _parts(geometry: dict[str, Any]) -> list[list[Ring]]:
    """Return the polygons of a Polygon or MultiPolygon, each its outer ring and its holes."""
    coordinates = geometry["coordinates"]
    parts: list[list[Ring]] = coordinates if geometry["type"] == "MultiPolygon" else [coordinates]
    if not all(parts):
        raise ValueError("a polygon without rings")
    return parts


def properties(path: Path, names: Sequence[str]) -> pd.DataFrame:
    """Return the named properties of every feature, one row each; an absent or null one reads as ""."""
    records = [[feature["properties"].get(name) or "" for name in names] for feature in read_features(path)]
    frame = pd.DataFrame(records, columns=list(names))
    for name in names:
        if not (frame[name] != "").any():
            raise InputError("no feature has this property", file=path, key=name)
    return frame


def centroids(path: Path, name: str) -> dict[str, tuple[float, float]]:
    """Return (latitude, longitude) of the centroid of every feature, keyed by property ``name``.

    Parameters
    ----------
    path : Path
        GeoJSON file of polygons, longitude and latitude in degrees.
    name : str
        Property that names a feature.
    """
    return {str(feature["properties"].get(name)): centroid(feature["geometry"]) for feature in read_features(path)}


def centroid(geometry: dict[str, Any]) -> tuple[float, float]:
    """Return the area-weighted (latitude, longitude) of a Polygon or MultiPolygon, in degrees.

    Degrees are taken as plane coordinates: over a governorate the centroid moves by well under a kilometre.
    Holes count as negative area whatever way their ring is wound.
    """
    total = np.zeros(3)
    for outer, *holes in _parts(geometry):
        total += _moments(outer) - sum((_moments(hole) for hole in holes), np.zeros(3))
    area, east, north = total
    return float(north / area), float(east / area)


def _moments(ring: Ring) -> np.ndarray:
    """Return (area, area times mean x, area times mean y) of a closed ring, with positive area."""
    x, y = np.asarray(ring, dtype=np.float64)[:, :2].T
    cross = x[:-1] * y[1:] - x[1:] * y[:-1]
    area = cross.sum() / 2
    east = ((x[:-1] + x[1:]) * cross).sum() / 6
    north = ((y[:-1] + y[1:]) * cross).sum() / 6
    positive: np.ndarray = np.asarray([area, east, north]) * np.sign(area)
    return positive
