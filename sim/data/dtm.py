"""Build a case's tables from IOM DTM, UCDP and boundary files.

Run as ``python -m sim.data.dtm --start 2018-01 --months 36 --out scenarios/iraq``. The hand-made tables
(crosswalk.csv, conditions.csv, waves.csv) are read from the case folder; the others are written there.
The same data give the same bytes.
"""

import argparse
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from sim.data.boundaries import centroids
from sim.data.case_tables import MARGINS, camp_site, read_conditions
from sim.data.crosswalk import check_boundaries, read_crosswalk, spellings
from sim.data.master_list import MasterList, read_master_list
from sim.data.pattern_tables import places_table
from sim.data.returnees import read_returnees
from sim.data.ucdp import per_100_000, read_deaths, security_index
from sim.kernels.codes import CAMP, SHELTERS
from sim.schema.errors import InputError

log = logging.getLogger(__name__)

ADM1 = Path("gis") / "iraq_adm1.geojson"
DATA_VARIABLE = "SOLUTIONS_SIM_DATA"
SECURITY_MONTHS = 60  # reaches past the usual window, so that a run can look further ahead
CAPACITY_MARGIN = 1.1  # camps were rarely full when counted
MASTER_LIST_SOURCE = "IOM DTM Iraq, Master List"
CALIBRATION = ("targets", "margins", "history", "places", "returnees")
RETURNEES_SOURCE = "IOM DTM Iraq, Returnee Master List, by governorate of return"
SITES_SOURCE = f"{MASTER_LIST_SOURCE}; capacity PRIOR: 1.1 x most families in the 12 months to the start"

Tables = dict[str, pd.DataFrame]


def build_tables(data: Path, case: Path, start: pd.Period, months: int) -> Tables:
    """Return the tables of a case by name: those of the scenario, and those of its calibration.

    Parameters
    ----------
    data : Path
        Data folder with ``iraq/`` and ``gis/``.
    case : Path
        Folder of the hand-made crosswalk.csv and conditions.csv.
    start : pandas.Period
        First month simulated; stocks are those of the last round before it.
    months : int
        Length of the window.
    """
    crosswalk = read_crosswalk(case)
    conditions = read_conditions(case / "conditions.csv", list(crosswalk["pcode"]))
    deaths = per_100_000(read_deaths(data, crosswalk), conditions.loc["host_population"].to_numpy())
    stocks = read_master_list(data, crosswalk)
    last = max(start + SECURITY_MONTHS - 1, start + months - 1)
    return {
        "areas": areas_table(data / ADM1, crosswalk),
        "security": security_index(deaths, start - 1, last).reset_index(),
        "sites": sites_table(stocks, start, months),
        "displaced": displaced_table(stocks.at(stocks.last_round_before(start))),
        "targets": targets_table(stocks, crosswalk, start, months),
        "margins": margins_table(stocks, start, months),
        "history": history_table(stocks, crosswalk, start),
        "places": places_table(stocks, crosswalk, start, months).assign(source=MASTER_LIST_SOURCE),
        "returnees": returnees_table(read_returnees(data, crosswalk), stocks, crosswalk, start, months),
    }


def areas_table(path: Path, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return pcode, name, lat, lon (centroid of the outline, degrees, three decimals)."""
    points = centroids(path, "ADM1_Eng_g")
    check_boundaries(crosswalk, points, path)
    code_of = spellings(crosswalk, "boundary")
    by_code = {code_of[name]: point for name, point in points.items()}
    areas = crosswalk[["pcode", "name"]].copy()
    areas["lat"] = [round(by_code[code][0], 3) for code in areas["pcode"]]
    areas["lon"] = [round(by_code[code][1], 3) for code in areas["pcode"]]
    return areas


def displaced_table(stock: MasterList) -> pd.DataFrame:
    """Return the margins of one round in long form: district, name, area, margin, category, families."""
    parts = []
    for margin in MARGINS:
        wide: pd.DataFrame = getattr(stock, margin)
        long = wide.rename_axis("row").reset_index().melt("row", var_name="category", value_name="families")
        long["margin"] = margin
        parts.append(long[long["families"] > 0])
    table = pd.concat(parts).join(stock.place[["district", "name", "area"]], on="row")
    # margins and categories are in order already: a stable sort by district keeps them so
    table = table.sort_values("district", kind="stable", ignore_index=True)
    return table.loc[:, ["district", "name", "area", "margin", "category", "families"]]


def sites_table(stocks: MasterList, start: pd.Period, months: int) -> pd.DataFrame:
    """Return the camps of each district as one site: id, name, area, lat, lon, capacity, source.

    Capacity is 1.1 times the most families seen in the twelve months to the start, rounded up to ten; for
    a district whose camps open later, the most seen in the window.
    """
    first = stocks.last_round_before(start)
    camps = stocks.place.assign(camp=stocks.shelter[SHELTERS[CAMP]])
    window = camps[camps["date"].between(first, _last_day(start + months - 1)) & (camps["camp"] > 0)]
    year = camps[camps["date"].between(_last_day(start - 13), first, inclusive="right")]
    sites = window.sort_values("date").drop_duplicates("district").sort_values("district", ignore_index=True)
    before = year.groupby("district")["camp"].max().reindex(sites["district"], fill_value=0).to_numpy()
    during = window.groupby("district")["camp"].max().reindex(sites["district"]).to_numpy()
    most = np.where(before > 0, before, during)
    return pd.DataFrame(
        {
            "id": [camp_site(district) for district in sites["district"]],
            "name": [f"{name} camps" for name in sites["name"]],
            "area": sites["area"],
            "lat": sites["lat"].round(3),
            "lon": sites["lon"].round(3),
            # the rounding guards against 1.1 x 100 = 110.00000000000001 becoming 120
            "capacity": np.ceil(np.round(most * CAPACITY_MARGIN / 10, 9)).astype(np.int64) * 10,
            "source": SITES_SOURCE,
        }
    )


def targets_table(stocks: MasterList, crosswalk: pd.DataFrame, start: pd.Period, months: int) -> pd.DataFrame:
    """Return families displaced by date and origin for every round of the window: the series to fit."""
    return _by_origin(_displaced(stocks), crosswalk, _window(stocks, start, months), MASTER_LIST_SOURCE)


def history_table(stocks: MasterList, crosswalk: pd.DataFrame, start: pd.Period) -> pd.DataFrame:
    """Return the same for every round before the window: what naive forecasts go by."""
    earlier = stocks.rounds("", stocks.last_round_before(start))[:-1]
    return _by_origin(_displaced(stocks), crosswalk, earlier, MASTER_LIST_SOURCE)


def returnees_table(
    back: pd.DataFrame, stocks: MasterList, crosswalk: pd.DataFrame, start: pd.Period, months: int
) -> pd.DataFrame:
    """Return families that are back by date and origin, for the rounds of the window that count them too."""
    dates = [date for date in _window(stocks, start, months) if date in back.index]
    return _by_origin(back, crosswalk, dates, RETURNEES_SOURCE)


def _window(stocks: MasterList, start: pd.Period, months: int) -> list[str]:
    return stocks.rounds(stocks.last_round_before(start), _last_day(start + months - 1))


def _displaced(stocks: MasterList) -> pd.DataFrame:
    return stocks.origin.groupby(stocks.place["date"]).sum()


def _by_origin(by_date: pd.DataFrame, crosswalk: pd.DataFrame, dates: list[str], source: str) -> pd.DataFrame:
    """Return the long form of families by date (rows) and p-code of origin, of those that have any."""
    wide = by_date.loc[dates]
    wide = wide.loc[:, wide.sum() > 0]
    table = wide.reset_index().melt("date", var_name="origin", value_name="families")
    table = table.sort_values(["date", "origin"], ignore_index=True)
    names = dict(zip(crosswalk["pcode"], crosswalk["name"], strict=True))
    table.insert(2, "origin_name", table["origin"].map(names))
    table["source"] = source
    return table


def margins_table(stocks: MasterList, start: pd.Period, months: int) -> pd.DataFrame:
    """Return families displaced by date and place, settlement type, or wave, for every round to the window's end."""
    dates = stocks.rounds("", _last_day(start + months - 1))
    by = {"area": pd.get_dummies(stocks.place["area"], dtype=np.int64).mul(stocks.place["families"], axis=0)}
    by |= {"shelter": stocks.shelter, "wave": stocks.wave}
    parts = []
    for margin, wide in by.items():
        sums = wide.groupby(stocks.place["date"]).sum().loc[dates].rename_axis("date").reset_index()
        long = sums.melt("date", var_name="category", value_name="families").sort_values(["date", "category"])
        long.insert(1, "margin", margin)
        parts.append(long)
    return pd.concat(parts, ignore_index=True).assign(source=MASTER_LIST_SOURCE)


def write_tables(tables: Tables, out: Path, targets: Path | None) -> list[Path]:
    """Write the tables as CSV and return the paths; without a folder ``targets``, not those of calibration."""
    paths = {name: out / f"{name}.csv" for name in ("areas", "sites", "displaced", "security")}
    if targets is not None:
        paths |= {name: targets / f"{name}.csv" for name in CALIBRATION if name in tables}
    for name, path in paths.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        tables[name].to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
    return list(paths.values())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the builder from the command line; return 0, or 2 where the input cannot be used."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        data = data_folder(options.data)
        tables = build_tables(data, options.case or options.out, options.start, options.months)
        for path in write_tables(tables, options.out, options.targets):
            log.info("wrote %s", path)
    except InputError as error:
        log.error("%s", error)
        return 2
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sim.data.dtm", description="Build the tables of a case.")
    parser.add_argument("--start", type=_month, required=True, help="first month simulated, YYYY-MM")
    parser.add_argument("--months", type=_positive, required=True, help="length of the window")
    parser.add_argument("--out", type=Path, required=True, help="folder the tables are written to")
    parser.add_argument("--case", type=Path, help="folder of the hand-made tables (default: --out)")
    parser.add_argument("--targets", type=Path, help="also write the calibration targets to this folder")
    parser.add_argument("--data", type=Path, help=f"data folder (default: the variable {DATA_VARIABLE})")
    return parser


def _month(text: str) -> pd.Period:
    try:
        return pd.Period(text, freq="M")
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a month as YYYY-MM") from error


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number, 1 or more")
    return int(text)


def data_folder(given: Path | None) -> Path:
    """Return the data folder: the one given, or that of the environment."""
    named = given or os.environ.get(DATA_VARIABLE)
    if not named:
        raise InputError("no data folder", allowed=f"--data DIR, or the variable {DATA_VARIABLE}")
    folder = Path(named)
    if not folder.is_dir():
        raise InputError("the data folder does not exist", file=folder)
    return folder


def _last_day(month: pd.Period) -> str:
    return str(month.end_time.strftime("%Y-%m-%d"))


if __name__ == "__main__":
    sys.exit(main())
