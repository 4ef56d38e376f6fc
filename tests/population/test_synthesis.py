"""The households of the Iraq case: margins of the tables, at every number of rows."""

import dataclasses
import logging
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.data.case_tables import SETTLEMENTS, CaseTables, load_displaced
from sim.kernels.codes import CAMP, SHELTERS
from sim.population.synthesis import DisplacedRows, district_table, synthesise
from sim.schema.errors import InputError

IRAQ = Path(__file__).parents[2] / "scenarios" / "iraq"
VALLEY = IRAQ.with_name("valley")
FAMILIES = 435_998


@pytest.fixture(scope="module")
def tables() -> CaseTables:
    return load_displaced(IRAQ)


@pytest.fixture(scope="module", params=[5_000, 20_000, pytest.param(100_000, marks=pytest.mark.slow), None], ids=str)
def rows(request: pytest.FixtureRequest, tables: CaseTables) -> DisplacedRows:
    return synthesise(tables, request.param)


def by(rows: DisplacedRows, tables: CaseTables, margin: str) -> pd.Series:
    """Return families by area and category of one margin, as displaced.csv names them."""
    names = {
        "origin": (rows.origin, tables.areas["pcode"]),
        "shelter": (rows.shelter, pd.Series(SHELTERS)),
        "wave": (rows.wave, tables.waves["wave"]),
    }
    codes, categories = names[margin]
    frame = pd.DataFrame(
        {
            "area": tables.areas["pcode"].to_numpy()[rows.area],
            "category": categories.to_numpy()[codes],
            "families": rows.weight.astype(np.int64),
        }
    )
    return frame.groupby(["area", "category"])["families"].sum()


@pytest.mark.parametrize("margin", ["origin", "shelter", "wave"])
def test_every_margin_of_every_area_is_exact(rows: DisplacedRows, tables: CaseTables, margin: str) -> None:
    displaced = tables.displaced[tables.displaced["margin"] == margin]
    wanted = displaced.groupby(["area", "category"])["families"].sum()
    assert by(rows, tables, margin).to_dict() == wanted.to_dict()


def test_every_site_holds_its_camp_families(rows: DisplacedRows, tables: CaseTables) -> None:
    camps = tables.displaced.query("category == 'camp'").set_index("district")["families"]
    in_camp = rows.site >= 0
    found = np.bincount(rows.site[in_camp], weights=rows.weight[in_camp], minlength=len(tables.sites))
    wanted = camps.reindex(tables.sites["id"].str.removesuffix("-C"), fill_value=0)
    assert found.tolist() == wanted.tolist()
    assert (
        tables.sites["area"].to_numpy()[rows.site[in_camp]] == tables.areas["pcode"].to_numpy()[rows.area[in_camp]]
    ).all()
    assert ((rows.shelter == CAMP) == in_camp).all()


def test_cells_have_rows_enough_and_even_weights(rows: DisplacedRows, tables: CaseTables) -> None:
    in_camp = rows.site >= 0
    area_by_origin = rows.area.astype(int) * len(tables.areas) + rows.origin
    for cell, member, alike in ((area_by_origin, rows.weight > 0, ~in_camp), (rows.site.astype(int), in_camp, in_camp)):
        frame = pd.DataFrame({"cell": cell, "weight": rows.weight})
        cells = frame[member].groupby("cell")["weight"].agg(["count", "sum"])
        assert (cells["count"] >= np.minimum(30, cells["sum"])).all()
        compared = frame[alike].groupby("cell")["weight"].agg(["min", "max"])
        assert (compared["max"] <= 10 * compared["min"]).all()


def test_rows_are_numbered_in_a_stable_order(rows: DisplacedRows) -> None:
    assert (rows.index == np.arange(rows.weight.size)).all()
    keys = [rows.area, rows.shelter, rows.site, rows.origin, rows.wave]
    assert (np.lexsort(keys[::-1]) == rows.index).all()


def test_types_are_narrow(rows: DisplacedRows) -> None:
    kinds = {field.name: getattr(rows, field.name).dtype.name for field in dataclasses.fields(rows)}
    narrow = dict.fromkeys(("shelter", "wave"), "int8") | dict.fromkeys(("area", "origin", "site"), "int16")
    assert kinds == {"weight": "int32", "index": "int64"} | narrow


def test_one_row_per_family(tables: CaseTables) -> None:
    rows = synthesise(tables)
    assert rows.weight.size == FAMILIES
    assert (rows.weight == 1).all()


@pytest.mark.parametrize(("wanted", "within"), [(20_000, 0.02), pytest.param(100_000, 0.02, marks=pytest.mark.slow)])
def test_rows_are_about_as_many_as_wanted(tables: CaseTables, wanted: int, within: float) -> None:
    assert synthesise(tables, wanted).weight.size == pytest.approx(wanted, rel=within)


def test_a_floor_that_forces_more_rows_is_said(tables: CaseTables, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        found = synthesise(tables, 3_000).weight.size
    assert 3_300 < found < 6_000
    assert f"{found} needed" in caplog.text


def test_same_case_same_rows() -> None:
    one, two = synthesise(load_displaced(VALLEY), 2_000), synthesise(load_displaced(VALLEY), 2_000)
    for field in dataclasses.fields(one):
        assert (getattr(one, field.name) == getattr(two, field.name)).all()


def test_order_of_the_table_rows_does_not_matter() -> None:
    tables = load_displaced(VALLEY)
    shuffled = dataclasses.replace(tables, displaced=tables.displaced.iloc[::-1].reset_index(drop=True))
    one, two = synthesise(tables, 2_000), synthesise(shuffled, 2_000)
    for field in dataclasses.fields(one):
        assert (getattr(one, field.name) == getattr(two, field.name)).all()


def test_clearing_small_cells_moves_few_families(tables: CaseTables) -> None:
    """The price of even weights: families by area, place and origin at 20,000 rows against 1:1."""
    counts = []
    for wanted in (20_000, None):
        rows = synthesise(tables, wanted)
        frame = pd.DataFrame({"area": rows.area, "shelter": rows.shelter, "site": rows.site, "origin": rows.origin})
        counts.append(frame.assign(n=rows.weight).groupby(list(frame))["n"].sum())
    moved = counts[0].sub(counts[1], fill_value=0).abs().sum() / 2
    assert moved < 0.005 * FAMILIES


def test_districts_are_independent_given_their_margins(tables: CaseTables) -> None:
    mosul = tables.displaced[tables.displaced["district"] == "IQ-D087"]
    pcodes, waves = list(tables.areas["pcode"]), list(tables.waves["wave"])
    table = district_table(mosul, pcodes, waves)
    camp, ninewa = SETTLEMENTS.index("camp"), pcodes.index("IQ-G15")
    share = table[ninewa, camp].sum() / table[:, camp].sum()
    assert share == pytest.approx(table[ninewa].sum() / table.sum())


def spoiled(tables: CaseTables, **values: object) -> CaseTables:
    """Return the case with values of the first row of displaced.csv replaced."""
    displaced = tables.displaced.copy()
    for column, value in values.items():
        displaced.loc[0, column] = value
    return dataclasses.replace(tables, displaced=displaced)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"families": 1}, r"displaced\.csv.*district IQ-D002 have different totals"),
        ({"category": "IQ-G99"}, r"displaced\.csv, row 2.*origin of district IQ-D002 is unknown"),
        ({"margin": "wave"}, r"displaced\.csv, row 2.*wave of district IQ-D002 is unknown"),
        ({"area": "IQ-G99"}, r"displaced\.csv, row 2: area"),
    ],
)
def test_spoiled_margins_name_file_and_district(tables: CaseTables, values: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        synthesise(spoiled(tables, **values), 20_000)


def test_camp_without_a_site(tables: CaseTables) -> None:
    with pytest.raises(InputError, match=r"sites\.csv.*district IQ-D002"):
        synthesise(dataclasses.replace(tables, sites=tables.sites.iloc[1:].reset_index(drop=True)), 20_000)


@pytest.mark.parametrize("rows", [0, -5])
def test_rows_must_be_positive(tables: CaseTables, rows: int) -> None:
    with pytest.raises(InputError, match="1 or more"):
        synthesise(tables, rows)


def test_nobody_displaced(tables: CaseTables) -> None:
    with pytest.raises(InputError, match="no family is displaced"):
        synthesise(dataclasses.replace(tables, displaced=tables.displaced.assign(families=0)), 20_000)
