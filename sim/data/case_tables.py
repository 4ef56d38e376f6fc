"""The tables of a case: read, checked one by one, then against each other."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from sim.data.tables import MOST_BYTES, TableError, read_table, require, unique
from sim.kernels.codes import CRITERIA, HOSTED, SHELTERS
from sim.schema.errors import InputError

MOST_PERSONS = 1e10  # more than there are people
MOST_DOLLARS = 1e7  # a month
MOST_UTILITY = 20.0  # beyond it a choice is certain: exp(-20) is two in a billion
MOST_FAMILIES = 100_000_000  # of a case, in all
MOST_CODES = {"areas": 2**7 - 1, "waves": 2**7 - 1, "sites": 1000}  # what codes of a row, and memory, can hold

MOST_KEPT = 8  # cases kept in memory
UNREAD = bytes(32)  # stands for the digest of a file that cannot be read
MARGINS = ("origin", "shelter", "wave")
SETTLEMENTS = SHELTERS[: HOSTED + 1]  # where displaced families can be at the start

#: Conditions a case must state for every area, with the largest value allowed: 1 for shares; for the others far beyond
#: anything real, and such that totals of money in cents stay below 2**63 and figures stay exact.
CONDITIONS: Mapping[str, float] = {
    "host_population": MOST_PERSONS,
    "host_workers_share": 1.0,
    "employment_rate": 1.0,
    "wage": MOST_DOLLARS,
    "rent": MOST_DOLLARS,
    "vacant_rentals": MOST_PERSONS,
    "service_capacity": MOST_PERSONS,
    "cohesion": 1.0,
    "return_access": 1.0,
    "house_unusable": 1.0,
    "house_damaged": 1.0,
    "house_occupied": 1.0,
    "hlp_capacity": MOST_PERSONS,
    "host_at_origin": 1.0,
    "return_pull": MOST_UTILITY,
    "returned_before": MOST_PERSONS,
    "clearance": 1.0,
    **{f"host_pass_{name}": 1.0 for name in CRITERIA},
    **dict.fromkeys(("families_reunited", "participation", "remedies"), 1.0),
}
SIGNED_CONDITIONS = ("return_pull",)  # down to minus their largest value; the others are zero or more

TABLES = ("areas", "sites", "conditions", "security", "displaced", "waves")
_DISPLACED = {
    "district": "name",
    "name": "name",
    "area": "name",
    "margin": "text",
    "category": "name",
    "families": "count",
}
_AREAS = {"pcode": "name", "name": "name", "lat": "number", "lon": "number"}
_SITES = {
    "id": "name",
    "name": "name",
    "area": "name",
    "lat": "number",
    "lon": "number",
    "capacity": "count",
    "source": "text",
}
_WAVES = {
    "wave": "name",
    "label": "text",
    "first_month": "month",
    "last_month": "month",
    "return_shift": "number",
    "source": "text",
}


@dataclass(frozen=True)
class CaseTables:
    """The tables of a case, checked; areas and waves are coded by their row.

    Attributes
    ----------
    folder : Path
        Where they were read; messages name it.
    digest : bytes
        What tells what the files held from anything else, so that what follows from them alone can be kept.
    areas : pandas.DataFrame
        pcode, name, lat, lon (degrees); one row per area.
    sites : pandas.DataFrame
        id, name, area (p-code), lat, lon, capacity (families), source; one row per camp or group of camps.
    conditions : pandas.DataFrame
        Values, float64; index condition, one column per p-code in the order of ``areas``.
    security : pandas.DataFrame
        Index 0-1; index monthly periods without a gap, one column per p-code in the order of ``areas``.
    displaced : pandas.DataFrame
        district, name, area, margin, category, families: one-way margins of every district at the start.
    waves : pandas.DataFrame
        wave, label, first_month, last_month (YYYY-MM), return_shift (utility units), source.
    """

    folder: Path
    digest: bytes
    areas: pd.DataFrame
    sites: pd.DataFrame
    conditions: pd.DataFrame
    security: pd.DataFrame
    displaced: pd.DataFrame
    waves: pd.DataFrame


def load_displaced(folder: str | Path) -> CaseTables:
    """Read and cross-check areas, sites, conditions, security, displaced and waves of a case folder.

    Scenarios of one case, and runs of one scenario, read the same files: what they held is kept in memory, and files
    that hold something else are read again.
    """
    folder = Path(folder)
    kept = _loaded(folder, b"".join(_digest(folder / f"{name}.csv") for name in TABLES))
    return replace(kept, **{name: getattr(kept, name).copy() for name in TABLES})


def _digest(path: Path) -> bytes:
    """Return what tells the contents of a table from others; zeros where reading it would be refused."""
    try:
        return UNREAD if path.stat().st_size > MOST_BYTES else hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return UNREAD


@lru_cache(maxsize=MOST_KEPT)
def _loaded(folder: Path, digest: bytes) -> CaseTables:
    areas = read_areas(folder / "areas.csv")
    pcodes = list(areas["pcode"])
    waves = read_waves(folder / "waves.csv")
    sites = read_sites(folder / "sites.csv", pcodes)
    displaced = read_displaced(folder / "displaced.csv", pcodes, list(waves["wave"]))
    check_camps(displaced, sites, folder)
    return CaseTables(
        folder=folder,
        digest=digest,
        areas=areas,
        sites=sites,
        conditions=read_conditions(folder / "conditions.csv", pcodes),
        security=read_security(folder / "security.csv", pcodes),
        displaced=displaced,
        waves=waves,
    )


def camp_site(district: str) -> str:
    """Return the id of the site that stands for the camps of a district."""
    return f"{district}-C"


def read_areas(path: Path) -> pd.DataFrame:
    """Return areas.csv: unique p-codes and names, points on the globe."""
    areas = read_table(path, _AREAS)
    unique(areas, ["pcode"], path)
    unique(areas, ["name"], path)
    check_count("areas", len(areas), path)
    _require_points(areas, path)
    return areas


def read_sites(path: Path, pcodes: list[str]) -> pd.DataFrame:
    """Return sites.csv: unique ids, each in a known area."""
    sites = read_table(path, _SITES)
    unique(sites, ["id"], path)
    check_count("sites", len(sites), path)
    require(sites["capacity"] <= MOST_PERSONS, path, "capacity", sites, f"at most {MOST_PERSONS:,.0f}")
    require(sites["area"].isin(pcodes), path, "area", sites, "a pcode of areas.csv")
    _require_points(sites, path)
    return sites


def read_waves(path: Path) -> pd.DataFrame:
    """Return waves.csv: unique names, in order of time."""
    waves = read_table(path, _WAVES)
    unique(waves, ["wave"], path)
    check_count("waves", len(waves), path)
    shifts = f"{-MOST_UTILITY:g} to {MOST_UTILITY:g}"
    require(waves["return_shift"].abs() <= MOST_UTILITY, path, "return_shift", waves, shifts)
    require(waves["last_month"] >= waves["first_month"], path, "last_month", waves, "first_month or later")
    later = waves["first_month"] >= waves["last_month"].shift(fill_value="")
    require(later, path, "first_month", waves, "the last_month of the wave above, or later")
    return waves


def read_conditions(path: Path, pcodes: list[str]) -> pd.DataFrame:
    """Return conditions.csv as values by condition (rows) and area (columns).

    Raises
    ------
    TableError
        For a missing or unknown condition, one without a source, or a value out of its range.
    """
    labels = dict.fromkeys(("condition", "unit", "source"), "text")
    table = read_table(path, labels | dict.fromkeys(pcodes, "number"))
    unique(table, ["condition"], path)
    require(table["condition"].isin(list(CONDITIONS)), path, "condition", table, ", ".join(CONDITIONS))
    for name in CONDITIONS:
        if name not in set(table["condition"]):
            allowed = f"a row of every condition; of {name} {allowed_values(name)}"
            raise TableError(f"'{name}' is missing", file=path, column="condition", allowed=allowed)
    lowest, highest = (pd.Series(bounds) for bounds in zip(*map(range_of, table["condition"]), strict=True))
    for pcode in pcodes:
        for at in np.flatnonzero(~table[pcode].between(lowest, highest)):
            name, value = str(table["condition"].iloc[at]), float(table[pcode].iloc[at])
            message, allowed = f"{name} is out of range", allowed_values(name)
            raise TableError(message, file=path, row=int(at) + 2, column=pcode, value=value, allowed=allowed)
    values = table.set_index("condition")[pcodes]
    hungry = values.loc["host_pass_food"] < values.loc["host_pass_economic_security"]
    if hungry.any():
        pcode = str(hungry.idxmax())
        message = f"fewer hosts have enough food than can pay for all their needs in {pcode}"
        allowed = "host_pass_food at least host_pass_economic_security"
        raise TableError(
            message, file=path, column=pcode, value=float(values[pcode]["host_pass_food"]), allowed=allowed
        )
    return values


def range_of(condition: str) -> tuple[float, float]:
    """Return the smallest and largest value of a condition, or of security."""
    highest = CONDITIONS.get(condition, 1.0)
    return -highest if condition in SIGNED_CONDITIONS else 0.0, highest


def allowed_values(condition: str) -> str:
    """Return the range of a condition in the words of a message."""
    low, high = range_of(condition)
    return "a share from 0 to 1" if high == 1.0 else f"{low:,.0f} to {high:,.0f}"


def check_count(name: str, count: int, path: Path) -> None:
    """Refuse more areas, sites or waves than can be told apart in a row."""
    if count > MOST_CODES[name]:
        raise InputError(f"too many {name}", file=path, value=count, allowed=f"at most {MOST_CODES[name]}")


def read_security(path: Path, pcodes: list[str]) -> pd.DataFrame:
    """Return security.csv by month (rows, no gap) and area (columns)."""
    table = read_table(path, {"month": "month"} | dict.fromkeys(pcodes, "share"))
    months = pd.PeriodIndex(table["month"], freq="M")
    expected = pd.period_range(months[0], periods=len(months), freq="M")
    require(months == expected, path, "month", table, "consecutive months")
    return table[pcodes].set_axis(months)


def read_displaced(path: Path, pcodes: list[str], waves: list[str]) -> pd.DataFrame:
    """Return displaced.csv, checked as `check_displaced` does."""
    table = read_table(path, _DISPLACED)
    check_displaced(table, pcodes, waves, path)
    return table


def check_displaced(table: pd.DataFrame, pcodes: list[str], waves: list[str], path: Path) -> None:
    """Check the margins of every district: known areas and categories, one area and one total each.

    Raises
    ------
    InputError
        Naming the file, the row and the district.
    """
    unique(table, ["district", "margin", "category"], path)
    require(table["area"].isin(pcodes), path, "area", table, "a pcode of areas.csv")
    require(table["margin"].isin(MARGINS), path, "margin", table, ", ".join(MARGINS))
    categories = {"origin": pcodes, "shelter": list(SETTLEMENTS), "wave": waves}
    for margin, valid in categories.items():
        bad = np.flatnonzero((table["margin"] == margin) & ~table["category"].isin(valid))
        if bad.size:
            row = table.iloc[int(bad[0])]
            raise TableError(
                f"this {margin} of district {row['district']} is unknown",
                file=path,
                row=int(bad[0]) + 2,
                column="category",
                value=row["category"],
                allowed=", ".join(valid),
            )
    require(table["families"] <= MOST_FAMILIES, path, "families", table, f"at most {MOST_FAMILIES:,}")
    first = table.groupby("district")["area"].transform("first")
    require(table["area"] == first, path, "area", table, "one area for all rows of a district")
    check_margins(table, path)


def check_margins(displaced: pd.DataFrame, path: Path) -> None:
    """Raise an `InputError` naming the first district whose margins do not share one total."""
    totals = displaced.pivot_table(
        index="district", columns="margin", values="families", aggfunc="sum", fill_value=0
    ).reindex(columns=list(MARGINS), fill_value=0)
    differ = totals[totals.nunique(axis=1) > 1]
    if len(differ):
        found = ", ".join(f"{margin} {differ[margin].iloc[0]}" for margin in MARGINS)
        message = f"the margins of district {differ.index[0]} have different totals"
        raise InputError(message, file=path, key="families", value=found, allowed="the same total three times")
    families = int(totals[MARGINS[0]].sum())
    if families > MOST_FAMILIES:
        raise InputError(
            "too many families", file=path, key="families", value=families, allowed=f"at most {MOST_FAMILIES:,}"
        )


def check_camps(displaced: pd.DataFrame, sites: pd.DataFrame, folder: Path) -> None:
    """Raise an `InputError` where families are in camps of a district that has no site in its area."""
    area_of = dict(zip(sites["id"], sites["area"], strict=True))
    camps = displaced[(displaced["category"] == "camp") & (displaced["families"] > 0)]
    for district, area in zip(camps["district"], camps["area"], strict=True):
        if area_of.get(camp_site(district)) != area:
            raise InputError(
                f"families of district {district} are in camps, but {area} has no such site",
                file=folder / "sites.csv",
                key="id",
                allowed=f"a row with id {camp_site(district)} and area {area}",
            )


def _require_points(table: pd.DataFrame, path: Path) -> None:
    require(table["lat"].between(-90, 90), path, "lat", table, "degrees from -90 to 90")
    require(table["lon"].between(-180, 180), path, "lon", table, "degrees from -180 to 180")
