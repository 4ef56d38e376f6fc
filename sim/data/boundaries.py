"""Governorate outlines to points, and district names to p-codes, from GeoJSON files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.schema.errors import InputError

Ring = Sequence[Sequence[float]]


def read_features(path: Path) -> list[dict[str, Any]]:
    """Return the features of a GeoJSON file, each a mapping with "properties" and "geometry"."""
    try:
        with path.open(encoding="utf-8") as handle:
            features: list[dict[str, Any]] = json.load(handle)["features"]
    except FileNotFoundError as error:
        raise InputError("the file does not exist", file=path) from error
    except (ValueError, KeyError, TypeError) as error:
        raise InputError("the file is not GeoJSON", file=path, allowed="a FeatureCollection") from error
    return features


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
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    total = np.zeros(3)
    for outer, *holes in polygons:
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
