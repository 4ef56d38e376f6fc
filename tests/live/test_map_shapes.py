"""Maps of cases: shapes that can be drawn, borders that meet, tiles near where their areas lie, bad files refused."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.cli import app
from sim.data.boundaries import outlines
from sim.data.case_tables import read_areas
from sim.experiments.new_case import new_case
from sim.experiments.record import input_hashes
from sim.library import case_folder
from sim.live.places import MapShapes, map_of, short_names
from sim.live.tiles import cells_of
from sim.scenario import compile_scenario, load_scenario
from sim.schema.errors import InputError

SQUARE = [[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]
HOLE = [[0.5, 0.5], [1.5, 0.5], [1.5, 1.5], [0.5, 1.5], [0.5, 0.5]]


def rings(path: str) -> list[np.ndarray]:
    """Return the subpaths of an SVG path, open rings [n, 2]."""
    parts = re.findall(r"M([^Z]*)Z", path)
    assert "".join(f"M{part}Z" for part in parts) == path
    return [np.array([point.split(",") for point in part.split("L")], float) for part in parts]


def inside(point: tuple[float, float], path: str) -> bool:
    """Return whether a point is inside a path, by the rule evenodd."""
    x, y = point
    crossed = 0
    for ring in rings(path):
        for (ax, ay), (bx, by) in zip(ring, np.roll(ring, -1, axis=0)):
            crossed += (ay <= y) != (by <= y) and ax + (y - ay) / (by - ay) * (bx - ax) > x
    return crossed % 2 == 1


def feature(pcode: object, *polygons: Any) -> dict[str, Any]:
    geometry = {"type": "MultiPolygon", "coordinates": [list(polygon) for polygon in polygons]}
    return {"type": "Feature", "properties": {"pcode": pcode}, "geometry": geometry}


def written(folder: Path, *features: Any) -> Path:
    path = folder / "map.geojson"
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    return path


def case_with(folder: Path, content: bytes) -> Path:
    """Return the case file of a copy of the valley that has other boundaries."""
    new_case(folder / "mine", "valley")
    (folder / "mine" / "boundaries.geojson").write_bytes(content)
    return folder / "mine" / "case.yaml"


@pytest.fixture(scope="module")
def valley() -> MapShapes:
    return map_of(load_scenario("valley/as-is"))


@pytest.fixture(scope="module")
def iraq() -> MapShapes:
    return map_of(load_scenario("iraq"))


def test_shapes_are_as_the_page_reads_them(valley: MapShapes, iraq: MapShapes) -> None:
    assert (valley["kind"], iraq["kind"]) == ("polygons", "tiles")
    for case, shapes in (("valley", valley), ("iraq", iraq)):
        assert json.loads(json.dumps(shapes))["width"] == 300
        assert [one["pcode"] for one in shapes["areas"]] == list(read_areas(case_folder(case) / "areas.csv")["pcode"])
        points = np.concatenate([ring for one in shapes["areas"] for ring in rings(one["path"])])
        assert points.min() >= 0
        assert (points.max(axis=0) <= [shapes["width"], shapes["height"]]).all()
        assert all(inside(one["label"], one["path"]) for one in shapes["areas"])
        assert len({one["short"] for one in shapes["areas"]}) == len(shapes["areas"])


def test_the_valley_is_tiled_without_gap_or_overlap(valley: MapShapes) -> None:
    """Every border is walked twice, once each way, or once where the valley ends: there in one closed line."""
    borders: Counter[tuple[tuple[float, ...], ...]] = Counter()
    for one in valley["areas"]:
        (ring,) = rings(one["path"])
        assert 15 <= len(ring) <= 35
        borders.update(zip(map(tuple, ring), map(tuple, np.roll(ring, -1, axis=0))))
    assert set(borders.values()) == {1}
    outside = {start: end for start, end in borders if (end, start) not in borders}
    at = first = next(iter(outside))
    walked = 0
    while walked == 0 or at != first:
        at, walked = outside[at], walked + 1
    assert walked == len(outside)
    assert len(borders) > 1.5 * len(outside)


def test_areas_and_camps_of_the_valley_lie_in_their_polygons() -> None:
    folder = case_folder("valley")
    found = outlines(folder / "boundaries.geojson", list(read_areas(folder / "areas.csv")["pcode"]))
    for table, key in (("areas.csv", "pcode"), ("sites.csv", "area")):
        for _, row in pd.read_csv(folder / table).iterrows():
            ((ring,),) = found[row[key]]
            path = "M" + "L".join(f"{x},{y}" for x, y in ring[:-1]) + "Z"
            assert inside((row["lon"], row["lat"]), path), row["name"]


def test_north_is_up_and_distances_are_true_in_the_middle(valley: MapShapes) -> None:
    centre = {one["name"]: one["label"] for one in valley["areas"]}
    assert centre["Upper Marrel"][1] < centre["Millbend"][1] < centre["Lowmead"][1] < centre["Marrelmouth"][1]
    assert centre["Highfield"][0] > centre["Lowmead"][0], "east is right"
    found = outlines(case_folder("valley") / "boundaries.geojson", [one["pcode"] for one in valley["areas"]])
    points = np.concatenate([ring for ((ring,),) in found.values()])
    (west, south), (east, north) = points.min(axis=0), points.max(axis=0)
    wide = (east - west) * np.cos(np.radians((north + south) / 2))
    assert valley["height"] == pytest.approx(300 * (north - south) / wide, abs=1)


def test_tiles_of_iraq_are_equal_and_lie_as_the_governorates_do(iraq: MapShapes) -> None:
    at = {one["name"]: np.array(one["label"]) for one in iraq["areas"]}
    sizes = {tuple(np.ptp(rings(one["path"])[0], axis=0).round(1)) for one in iraq["areas"]}
    assert len(sizes) == 1
    assert len({tuple(point) for point in at.values()}) == 18
    side = 75.0
    for one, other in (("Dahuk", "Ninewa"), ("Dahuk", "Erbil"), ("Kirkuk", "Salah al-Din"), ("Baghdad", "Anbar"),
                       ("Babylon", "Kerbala"), ("Muthanna", "Basrah"), ("Babylon", "Baghdad")):  # fmt: skip
        assert np.abs(at[one] - at[other]).sum() == pytest.approx(side), (one, other)
    assert at["Anbar"][0] == min(point[0] for point in at.values()), "the west"
    assert at["Basrah"].tolist() == np.max(list(at.values()), axis=0).tolist(), "the south-east"
    assert at["Dahuk"][1] == min(point[1] for point in at.values()), "the north"


@given(st.lists(st.tuples(st.floats(-80, 80), st.floats(-80, 80)), min_size=1, max_size=40))
def test_any_points_find_tiles_of_their_own(points: list[tuple[float, float]]) -> None:
    cells = cells_of(np.array(points))
    assert len({tuple(cell) for cell in cells}) == len(points)
    assert cells.min(axis=0).tolist() == [0, 0]
    columns, rows = cells.max(axis=0) + 1
    assert columns * rows < len(points) + max(columns, rows), "no row or column more than needed"


def test_names_are_cut_to_fit_and_never_alike() -> None:
    areas = pd.DataFrame({"pcode": ["A1", "A2", "A3"], "name": ["Northern Hills", "Northern Lakes", "South"]})
    assert short_names(areas, 14) == ["Northern Hills", "Northern Lakes", "South"]
    assert short_names(areas, 12) == ["Northern Hi…", "Northern La…", "South"]
    assert short_names(areas, 8) == ["A1", "A2", "South"]


def test_holes_islands_and_the_date_line(tmp_path: Path) -> None:
    scenario = load_scenario("valley")
    pcodes = list(read_areas(scenario.tables / "areas.csv")["pcode"])
    east = [[point[0] - 180, point[1]] for point in SQUARE]
    west = [[point[0] + 178, point[1]] for point in SQUARE]
    features = [feature(pcode, [SQUARE]) for pcode in pcodes[1:]]
    holed = case_with(tmp_path, written(tmp_path, feature("VA01", [SQUARE, HOLE]), *features).read_bytes())
    first = map_of(load_scenario(holed))["areas"][0]
    assert len(rings(first["path"])) == 2
    assert inside(first["label"], first["path"])
    spread = [feature(pcode, [east], [west]) for pcode in pcodes[1:]]
    astride = written(tmp_path, feature("VA01", [east]), feature("VA01", [west]), *spread)
    holed.with_name("boundaries.geojson").write_bytes(astride.read_bytes())
    shapes = map_of(load_scenario(holed))
    assert shapes["height"] == pytest.approx(150, abs=1), "four degrees wide and two high"
    assert [ring.min(axis=0)[0] for ring in rings(shapes["areas"][0]["path"])] == [150, 0]


OTHERS = [feature(f"VA0{n}", [SQUARE]) for n in range(2, 7)]


@pytest.mark.parametrize(
    ("features", "parts"),
    [
        ([feature("VA01", [SQUARE]), *OTHERS[:-1]], ["pcode", "no polygon", "'VA06'"]),
        ([feature("VA01", [SQUARE]), *OTHERS, feature("VA07", [SQUARE])], ["feature 7", "'VA07'", "did you mean"]),
        ([{**OTHERS[0], "properties": {"name": "x"}}], ["feature 1", "pcode", "lacks this property"]),
        ([{**OTHERS[0], "properties": {"pcode": ["VA01"]}}], ["feature 1", "lacks this property"]),
        ([{**OTHERS[0], "properties": None}], ["not GeoJSON", "FeatureCollection"]),
        ([{**OTHERS[0], "geometry": None}], ["not GeoJSON"]),
        ([{**OTHERS[0], "geometry": {"type": "Point", "coordinates": [1, 2]}}], ["VA02", "no polygon", "MultiPolygon"]),
        ([{**OTHERS[0], "geometry": {"type": "Polygon"}}], ["VA02", "coordinates that cannot be used"]),
        ([feature("VA01", [])], ["VA01", "coordinates that cannot be used"]),
        ([feature("VA01", [SQUARE[:-1]])], ["closed rings"]),
        ([feature("VA01", [[[4e5, 3e6], [5e5, 3e6], [5e5, 4e6], [4e5, 3e6]]])], ["in degrees"]),
        ([feature("VA01", [[[0, None], [1, 0], [1, 1], [0, None]]])], ["in degrees"]),
        ([feature("VA01", [[["a", 0], [1, 0], [1, 1], ["a", 0]]])], ["in degrees"]),
    ],
)
def test_a_file_that_cannot_be_drawn_is_refused_in_one_line(tmp_path: Path, features: Any, parts: list[str]) -> None:
    case = case_with(tmp_path, written(tmp_path, *features).read_bytes())
    with pytest.raises(InputError) as caught:
        map_of(load_scenario(case))
    text = str(caught.value)
    assert all(part in text for part in [*parts, "boundaries.geojson"]), text
    assert "\n" not in text


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"{}", b'{"features": [3]}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_not_geojson_is_refused_by_check_too(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    case = case_with(tmp_path, content)
    with pytest.raises(SystemExit) as left:
        app(["check", str(case)])
    assert left.value.code == 2
    assert "is not GeoJSON" in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize(
    "name",
    ["../map.geojson", "/etc/map.json", "a/map.geojson", "a\\map.json", "C:map.json", "map", "areas.csv", ".json"],
)
def test_a_path_that_leaves_the_folder_is_refused(name: str) -> None:
    with pytest.raises(InputError, match=r"boundaries: .*names a file beside the tables"):
        load_scenario("valley", {"boundaries": name})


def test_a_file_that_is_not_there_is_refused_before_anything_runs() -> None:
    with pytest.raises(InputError, match=r"boundaries: no such file .*'hills.geojson'"):
        compile_scenario(load_scenario("valley", {"boundaries": "hills.geojson"}))


def test_the_file_is_one_of_those_a_scenario_is_read_from() -> None:
    assert "boundaries.geojson" in input_hashes(load_scenario("valley/third-flood"))
    assert not any(name.endswith("json") for name in input_hashes(load_scenario("iraq")))
