"""The builder: arithmetic on small inputs, and on the real files where they are at hand."""

import gzip
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.data import return_index
from sim.data.boundaries import centroid
from sim.data.crosswalk import district_code, read_crosswalk, to_pcodes
from sim.data.dtm import CALIBRATION, build_tables, main
from sim.data.master_list import (
    SHELTER_OF,
    UNKNOWN_SHELTER,
    largest_remainder,
    read_master_list,
    shelter_margin,
)
from sim.data.returnees import read_returnees
from sim.data.ucdp import HALF_DEATHS, per_100_000, security_index
from sim.schema.errors import InputError

ROOT = Path(__file__).parents[2]
IRAQ = ROOT / "scenarios" / "iraq"
DATA = os.environ.get("SOLUTIONS_SIM_DATA")
needs_data = pytest.mark.skipif(
    not DATA, reason="SOLUTIONS_SIM_DATA is not set: the DTM and UCDP files are not at hand"
)

BUILT = ("areas", "sites", "displaced", "security")


@given(st.integers(0, 10**6), st.lists(st.integers(0, 10**5), min_size=1, max_size=6))
def test_largest_remainder_shares_out_everything(total: int, shares: list[int]) -> None:
    parts = largest_remainder(total, np.array(shares), fallback=0)
    assert parts.sum() == total
    assert (parts >= 0).all()
    if sum(shares):
        assert (np.abs(parts - total * np.array(shares) / sum(shares)) < 1).all()


def row(**families: int) -> pd.DataFrame:
    return pd.DataFrame([dict.fromkeys([*SHELTER_OF, UNKNOWN_SHELTER], 0) | families])


def test_unknown_shelter_follows_the_types_outside_camps() -> None:
    found = shelter_margin(row(sh_camp=50, sh_host_family=3, sh_rented_unspecified=6, sh_unknown=30))
    assert found.iloc[0].to_dict() == {"camp": 50, "informal_site": 0, "rented": 26, "hosted": 13}


def test_unknown_shelter_with_nothing_to_follow_is_rented() -> None:
    assert shelter_margin(row(sh_camp=5, sh_unknown=7)).iloc[0].to_dict() == {
        "camp": 5,
        "informal_site": 0,
        "rented": 7,
        "hosted": 0,
    }


def test_centroid_takes_holes_out_whichever_way_they_wind() -> None:
    outer = [[0, 0], [4, 0], [4, 2], [0, 2], [0, 0]]
    hole = [[2, 0], [4, 0], [4, 2], [2, 2], [2, 0]]
    for ring in (hole, hole[::-1]):
        assert centroid({"type": "Polygon", "coordinates": [outer, ring]}) == pytest.approx((1.0, 1.0))


def test_centroid_of_several_polygons_is_weighted_by_area() -> None:
    def square(x: float, side: float) -> list[list[float]]:
        return [[x, 0], [x + side, 0], [x + side, side], [x, side], [x, 0]]

    parts = {"type": "MultiPolygon", "coordinates": [[square(0, 2)], [square(10, 1)]]}
    assert centroid(parts)[1] == pytest.approx((4 * 1 + 1 * 10.5) / 5)


def test_security_is_one_half_at_the_half_value_and_held_after_the_data() -> None:
    months = pd.period_range("2018-01", "2018-12", freq="M")
    deaths = pd.DataFrame({"A": np.full(12, 2), "B": np.r_[np.zeros(6), np.full(6, 6)]}, index=months)
    rate = HALF_DEATHS * per_100_000(deaths, np.array([200_000, 300_000]))
    index = security_index(rate, pd.Period("2018-06", "M"), pd.Period("2019-02", "M"))
    assert (index["A"] == 0.5).all()
    assert index["B"].iloc[0] == 1.0
    assert index["B"].loc["2018-12"] == pytest.approx(1 / 3, abs=1e-4)
    assert (index["B"].loc["2019-01":] == 0.5).all()


def test_a_round_of_two_months_is_of_the_later() -> None:
    assert [return_index.last_month(one) for one in ("2018-07", "2019-01/02")] == ["2018-07", "2019-02"]


def test_unknown_spelling_names_the_nearest() -> None:
    with pytest.raises(InputError, match=r"did you mean 'Ninewa'"):
        to_pcodes(pd.Series(["Nineva"]), {"Ninewa": "IQ-G15"}, Path("x.csv"), "governorate")


def test_district_without_a_code_is_named_after_its_governorate() -> None:
    assert district_code({("IQ-G15", "Mosul"): "IQ-D087"}, "IQ-G11", "Mosul") == "IQ-G11-x"


def test_no_data_folder_is_exit_2(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SOLUTIONS_SIM_DATA", raising=False)
    arguments = ["--start", "2018-01", "--months", "36", "--out", str(tmp_path)]
    assert main(arguments) == 2
    assert main([*arguments, "--data", str(tmp_path / "none")]) == 2


@pytest.mark.parametrize("bad", [["--start", "soon", "--months", "36"], ["--start", "2018-01", "--months", "0"]])
def test_bad_arguments_are_exit_2(tmp_path: Path, bad: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([*bad, "--out", str(tmp_path)])
    assert caught.value.code == 2


@needs_data
class TestRealData:
    """The shipped tables are what the real files give."""

    def test_rebuild_is_byte_for_byte(self, tmp_path: Path) -> None:
        targets = tmp_path / "calibration"
        options = ["--case", str(IRAQ), "--out", str(tmp_path), "--targets", str(targets)]
        command = [sys.executable, "-m", "sim.data.dtm", "--start", "2018-01", "--months", "36", *options]
        ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        for name in BUILT:
            assert (tmp_path / f"{name}.csv").read_bytes() == (IRAQ / f"{name}.csv").read_bytes(), name
        for name in (f"{name}.csv" for name in CALIBRATION):
            assert (targets / name).read_bytes() == (ROOT / "calibration" / "iraq" / name).read_bytes()

    def test_returnees_are_those_of_either_list(self) -> None:
        """By governorate of return, the list by district and that by last displacement say the same."""
        back = read_returnees(Path(str(DATA)), read_crosswalk(IRAQ))
        districts = pd.read_csv(Path(str(DATA)) / "iraq" / "returnees_by_district.csv.gz")
        assert back.sum(axis=1).to_dict() == districts.groupby("date")["families"].sum().to_dict()
        table = pd.read_csv(ROOT / "calibration" / "iraq" / "returnees.csv")
        last = table[table["date"] == "2019-12-31"].set_index("origin_name")["families"]
        wanted = districts[districts["date"] == "2019-12-31"].groupby("governorate")["families"].sum()
        assert last.to_dict() == wanted.to_dict()

    def test_the_return_index_is_what_was_published(self, tmp_path: Path) -> None:
        assert return_index.main(["--out", str(tmp_path)]) == 0
        kept = ROOT / "calibration" / "iraq" / "return_index.csv"
        assert (tmp_path / "return_index.csv").read_bytes() == kept.read_bytes()

    def test_totals_are_those_of_the_round(self) -> None:
        tables = build_tables(Path(str(DATA)), IRAQ, pd.Period("2018-01", "M"), 36)
        totals = tables["displaced"].groupby("margin")["families"].sum()
        assert totals.to_dict() == dict.fromkeys(("origin", "shelter", "wave"), 435_998)
        assert len(tables["sites"]) == 34
        targets = tables["targets"]
        assert targets["date"].nunique() == 28
        assert targets["origin"].nunique() == 8
        assert int(targets.query("date == '2019-12-31'")["families"].sum()) == 235_772

    def test_every_camp_fits_its_site_at_the_start(self) -> None:
        tables = build_tables(Path(str(DATA)), IRAQ, pd.Period("2018-01", "M"), 36)
        camps = tables["displaced"].query("category == 'camp'").set_index("district")["families"]
        capacity = tables["sites"].set_index("id")["capacity"]
        assert all(capacity[f"{district}-C"] >= families for district, families in camps.items())

    def test_every_district_of_every_round_has_its_own_code(self) -> None:
        stocks = read_master_list(Path(str(DATA)), read_crosswalk(IRAQ))
        assert not stocks.place["district"].str.endswith("-x").any()
        assert (stocks.shelter.sum(axis=1) == stocks.place["families"]).all()

    @pytest.mark.parametrize(
        ("old", "new", "words"),
        [
            ("families", "familys", ["families", "missing"]),
            (",1854,1854,", ",1854,-1854,", ["row 2", "from_Anbar", "-1854"]),
            (",1854,1854,", ",1854,many,", ["row 2", "from_Anbar", "'many'"]),
            (",1854,1854,", ",1854,1853,", ["row 2", "do not add up"]),
            ("2014-04-01,Anbar", "2014-04-01,Al Anbar", ["'Al Anbar'", "crosswalk"]),
        ],
    )
    def test_spoiled_master_list_is_exit_2(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, old: str, new: str, words: list[str]
    ) -> None:
        data = Path(str(DATA))
        shutil.copytree(data / "gis", tmp_path / "gis")
        shutil.copytree(data / "iraq", tmp_path / "iraq")
        path = tmp_path / "iraq" / "idp_by_district.csv.gz"
        raw = pd.read_csv(path, dtype=str).head(40).to_csv(index=False)
        assert old in raw
        path.write_bytes(gzip.compress(raw.replace(old, new, 1).encode()))
        arguments = ["--start", "2014-06", "--months", "2", "--data", str(tmp_path), "--case", str(IRAQ)]
        assert main([*arguments, "--out", str(tmp_path / "out")]) == 2
        assert all(word in caplog.text for word in words), caplog.text
        assert not (tmp_path / "out").exists()
