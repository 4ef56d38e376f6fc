"""The map of a case as SVG shapes: polygons where the case names a GeoJSON file, else one equal tile per area."""

from collections.abc import Sequence
from typing import Literal, TypedDict

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.data.boundaries import Outline, outlines
from sim.data.case_tables import read_areas
from sim.live.tiles import cells_of
from sim.scenario import Scenario

Float = npt.NDArray[np.float64]

WIDTH = 300  # of the drawing, in its own units
MOST_SIDE = 100.0  # of a tile: few areas are not blown up
GAP = 1.5  # left free around a tile
LETTER = 5.6  # width of a letter of a label, which is ten units high
MOST_LETTERS = 14  # of a short name on polygons


class AreaShape(TypedDict):
    """One area: its p-code, name and short name, outline as an SVG path, and where a label stands."""

    pcode: str
    name: str
    short: str
    path: str
    label: tuple[float, float]


class MapShapes(TypedDict):
    """All areas in the order of areas.csv, in a drawing of ``width`` by ``height``; y points down."""

    kind: Literal["polygons", "tiles"]
    width: int
    height: int
    areas: list[AreaShape]


def map_of(scenario: Scenario) -> MapShapes:
    """Return the map of a scenario's case.

    Raises
    ------
    InputError
        Where the file of boundaries that the case names cannot be used.
    """
    areas = read_areas(scenario.tables / "areas.csv")
    if scenario.boundaries is None:
        return _tile_map(areas)
    return _polygon_map(areas, outlines(scenario.boundaries, list(areas["pcode"])))


def short_names(areas: pd.DataFrame, letters: int) -> list[str]:
    """Return names of at most so many letters: whole or cut; the p-code where two would be cut alike."""
    cut = [name if len(name) <= letters else name[: letters - 1].rstrip(" -") + "…" for name in areas["name"]]
    return [pcode if cut.count(short) > 1 else short for pcode, short in zip(areas["pcode"], cut)]


def _tile_map(areas: pd.DataFrame) -> MapShapes:
    """Return equal squares on a grid, each near where its area lies."""
    cells = cells_of(_flat(areas[["lon", "lat"]].to_numpy(np.float64), float(areas["lat"].mean())))
    columns, rows = cells.max(axis=0) + 1
    side = min(WIDTH / columns, MOST_SIDE)
    corners = cells * side + [(WIDTH - columns * side) / 2, 0.0]
    square = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0], [0.0, 0.0]])
    drawn = [[[corner + GAP + square * (side - 2 * GAP)]] for corner in corners]
    return _map("tiles", areas, drawn, rows * side, max(3, int(side / LETTER)))


def _polygon_map(areas: pd.DataFrame, found: dict[str, list[Outline]]) -> MapShapes:
    """Return the polygons, projected and scaled to the width of the drawing."""
    everywhere = np.concatenate([ring for polygons in found.values() for polygon in polygons for ring in polygon])
    latitude = float((everywhere[:, 1].min() + everywhere[:, 1].max()) / 2)
    shift = np.array([360.0, 0.0]) if np.ptp(everywhere[:, 0]) > 180 else np.zeros(2)  # astride the date line

    def flat(ring: Float) -> Float:
        return _flat(ring + shift * (ring[:, :1] < 0), latitude)

    corner, scale = _fitted(flat(everywhere))
    drawn = [
        [[(flat(ring) - corner) * scale for ring in polygon] for polygon in found[pcode]] for pcode in areas["pcode"]
    ]
    height = max(float(ring[:, 1].max()) for polygons in drawn for polygon in polygons for ring in polygon)
    return _map("polygons", areas, drawn, height, MOST_LETTERS)


def _flat(points: Float, latitude: float) -> Float:
    """Return longitude and latitude [n, 2] as plane coordinates, y down: equirectangular, true at this latitude."""
    flat: Float = points * [np.cos(np.radians(latitude)), -1.0]
    return flat


def _fitted(points: Float) -> tuple[Float, float]:
    """Return the upper left corner of points, and what stretches them to the width of the drawing."""
    corner = points.min(axis=0)
    return corner, WIDTH / max(float(np.ptp(points[:, 0])), 1e-9)


def _map(
    kind: Literal["polygons", "tiles"],
    areas: pd.DataFrame,
    drawn: Sequence[Sequence[Outline]],
    height: float,
    letters: int,
) -> MapShapes:
    names = zip(areas["pcode"], areas["name"], short_names(areas, letters), drawn, strict=True)
    shapes: list[AreaShape] = [
        {"pcode": pcode, "name": name, "short": short, "path": _path(polygons), "label": _label(polygons)}
        for pcode, name, short, polygons in names
    ]
    return {"kind": kind, "width": WIDTH, "height": int(np.ceil(round(height, 6))), "areas": shapes}


def _path(polygons: Sequence[Outline]) -> str:
    """Return an SVG path; holes are cut by the rule ``evenodd``, and by ``nonzero`` where they are wound otherwise."""
    return "".join(_ring_path(ring) for polygon in polygons for ring in polygon)


def _ring_path(ring: Float) -> str:
    """Return one closed subpath, in tenths; points that fall together are drawn once."""
    tenths = np.round(ring, 1) + 0.0  # no minus zero
    kept = tenths[1:][(np.diff(tenths, axis=0) != 0).any(axis=1)]
    return "M" + "L".join(f"{x:g},{y:g}" for x, y in kept) + "Z" if len(kept) else ""


def _label(polygons: Sequence[Outline]) -> tuple[float, float]:
    """Return a point inside the largest polygon: at the height of its centre, in the middle of the widest stretch."""
    polygon = max(polygons, key=lambda one: abs(_area(one[0])))
    height = float(_centre(polygon[0])[1])
    crossings = np.sort(np.concatenate([_crossings(ring, height) for ring in polygon]))
    if len(crossings) < 2:  # too flat to be crossed
        x, y = polygon[0].mean(axis=0)
        return round(float(x), 1), round(float(y), 1)
    left, right = crossings[::2], crossings[1::2]
    widest = int(np.argmax(right - left))
    return round(float(left[widest] + right[widest]) / 2, 1), round(height, 1)


def _crossings(ring: Float, height: float) -> Float:
    """Return where a ring crosses a horizontal line, an even number of times."""
    (x, y), (to_x, to_y) = ring[:-1].T, ring[1:].T
    crosses = (y <= height) != (to_y <= height)
    share = (height - y[crosses]) / (to_y - y)[crosses]
    crossed: Float = x[crosses] + share * (to_x - x)[crosses]
    return crossed


def _area(ring: Float) -> float:
    (x, y), (to_x, to_y) = ring[:-1].T, ring[1:].T
    return float((x * to_y - to_x * y).sum() / 2)


def _centre(ring: Float) -> Float:
    """Return the centroid of a ring, or the mean of its points where it encloses nothing."""
    (x, y), (to_x, to_y) = ring[:-1].T, ring[1:].T
    cross, area = x * to_y - to_x * y, _area(ring)
    if abs(area) < 1e-9:
        return np.asarray(ring.mean(axis=0))
    return np.array([((x + to_x) * cross).sum(), ((y + to_y) * cross).sum()]) / (6 * area)
