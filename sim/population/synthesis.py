"""Case tables to placed household rows: who is displaced where at the start, with what weight.

The source gives, for each district of displacement, families by origin, by shelter and by wave, but not
crossed. Within a district the three are taken as independent given those margins, which is what raking a
table of ones gives; a pattern across districts (camps of one origin in one district) is kept, one inside
a district is not. The districts of an area are then added up; the places of an area are the camps of each
district (a site each) and three settlement types outside camps.
"""

import logging
from dataclasses import dataclass

import numpy as np
import pandas as pd

from sim.data.case_tables import SETTLEMENTS, CaseTables, camp_site, check_camps, check_count, check_displaced
from sim.kernels.codes import CAMP
from sim.population.raking import integerise, rake
from sim.population.strata import AreaTable, stratify, weights_of
from sim.schema.errors import InputError

log = logging.getLogger(__name__)

_MANY_MORE = 1.1  # more than this times the rows wanted is worth a warning


@dataclass(frozen=True)
class DisplacedRows:
    """Rows of displaced families at the start, sorted by area, shelter, site, origin and wave.

    Attributes
    ----------
    weight : numpy.ndarray
        Families a row stands for, int32, 1 or more.
    area : numpy.ndarray
        Index of the area of displacement, int8.
    site : numpy.ndarray
        Index of the site, int16, or -1 outside camps.
    shelter : numpy.ndarray
        Code of `sim.kernels.codes.SHELTERS`, int8.
    origin : numpy.ndarray
        Index of the area of origin, int8.
    wave : numpy.ndarray
        Index of the wave, int8, from 0.
    index : numpy.ndarray
        0 to n - 1, int64: the household's number, the same for the same case and number of rows.
    """

    weight: np.ndarray
    area: np.ndarray
    site: np.ndarray
    shelter: np.ndarray
    origin: np.ndarray
    wave: np.ndarray
    index: np.ndarray


def synthesise(tables: CaseTables, rows: int | None = None) -> DisplacedRows:
    """Return the rows of a case.

    Parameters
    ----------
    tables : CaseTables
        As from `sim.data.case_tables.load_displaced`.
    rows : int, optional
        Rows wanted, about (`sim.population.strata.stratify`); one row per family where left out.

    Returns
    -------
    DisplacedRows
        Families by origin, by place and by wave of every area are exactly those of the tables.

    Raises
    ------
    InputError
        Where margins of a district differ, an origin or wave is unknown, or ``rows`` is not positive.
    """
    if rows is not None and rows < 1:
        raise InputError("the number of rows is not usable", key="rows", value=rows, allowed="1 or more")
    leaves, counts = stratify(area_tables(tables), rows)
    leaf, weight = weights_of(leaves, counts)
    _check_total(tables, leaves.area[leaf], weight)
    if rows is not None and leaf.size > _MANY_MORE * rows:
        log.warning("%d rows wanted, %d needed for small sites and origins to be seen", rows, leaf.size)
    return DisplacedRows(
        weight=weight.astype(np.int32),
        area=leaves.area[leaf].astype(np.int16),
        site=leaves.site[leaf].astype(np.int16),
        shelter=leaves.shelter[leaf].astype(np.int8),
        origin=leaves.origin[leaf].astype(np.int16),
        wave=leaves.wave[leaf].astype(np.int8),
        index=np.arange(leaf.size, dtype=np.int64),
    )


def area_tables(tables: CaseTables) -> list[AreaTable]:
    """Return whole families by origin, place and wave of every area that has any."""
    pcodes, waves = list(tables.areas["pcode"]), list(tables.waves["wave"])
    _check_codes(tables, len(pcodes), len(waves))
    check_displaced(tables.displaced, pcodes, waves, tables.folder / "displaced.csv")
    check_camps(tables.displaced, tables.sites, tables.folder)
    present = set(tables.displaced.loc[tables.displaced["families"] > 0, "area"])
    if not present:
        raise InputError("no family is displaced", file=tables.folder / "displaced.csv", key="families")
    return [_area_table(tables, at) for at, pcode in enumerate(pcodes) if pcode in present]


def district_table(margins: pd.DataFrame, pcodes: list[str], waves: list[str]) -> np.ndarray:
    """Return expected families of one district, shape (origins, settlement types, waves), float64.

    Parameters
    ----------
    margins : pandas.DataFrame
        The district's rows of displaced.csv.
    pcodes, waves : list of str
        Categories of origin and wave, in order.
    """
    categories = {"origin": pcodes, "shelter": list(SETTLEMENTS), "wave": waves}
    found = dict(zip(zip(margins["margin"], margins["category"]), margins["families"]))
    wanted = [np.array([found.get((margin, name), 0) for name in names]) for margin, names in categories.items()]
    return rake(np.ones([len(margin) for margin in wanted]), wanted)


def _area_table(tables: CaseTables, area: int) -> AreaTable:
    """Add up the districts of an area over its places, and round to whole families."""
    pcodes, waves = list(tables.areas["pcode"]), list(tables.waves["wave"])
    here = np.flatnonzero(tables.sites["area"] == pcodes[area])
    place_of = {tables.sites["id"].iloc[site]: at for at, site in enumerate(here)}
    outside = np.arange(CAMP + 1, len(SETTLEMENTS))
    expected = np.zeros((len(pcodes), here.size + outside.size, len(waves)))
    displaced = tables.displaced[tables.displaced["area"] == pcodes[area]]
    for district, margins in displaced.groupby("district"):
        families = district_table(margins, pcodes, waves)
        expected[:, here.size :] += families[:, outside]
        if families[:, CAMP].any():
            expected[:, place_of[camp_site(str(district))]] += families[:, CAMP]
    return AreaTable(
        area=area,
        sites=np.concatenate([here, np.full(outside.size, -1)]),
        shelters=np.concatenate([np.full(here.size, CAMP), outside]),
        families=integerise(expected),
    )


def _check_codes(tables: CaseTables, areas: int, waves: int) -> None:
    """Refuse more categories than the narrow codes of a row can hold."""
    for name, count in (("areas", areas), ("waves", waves), ("sites", len(tables.sites))):
        check_count(name, count, tables.folder / f"{name}.csv")


def _check_total(tables: CaseTables, area: np.ndarray, weight: np.ndarray) -> None:
    """Refuse rows whose weights do not add up to the families of every area."""
    pcodes = list(tables.areas["pcode"])
    found = np.bincount(area, weights=weight, minlength=len(pcodes)).astype(np.int64)
    origins = tables.displaced[tables.displaced["margin"] == "origin"]
    wanted = origins.groupby("area")["families"].sum().reindex(pcodes, fill_value=0).to_numpy()
    for at in np.flatnonzero(found != wanted):
        file = tables.folder / "displaced.csv"
        message = f"weights do not add up to the families of {pcodes[at]}"
        raise InputError(message, file=file, value=int(found[at]), allowed=str(wanted[at]))
