"""The IOM DTM Iraq Master List: families displaced, by date and district, with three breakdowns.

Every row is one district of displacement at one date. Its families are broken down by governorate of
origin, by shelter and by wave of displacement; the three breakdowns are not crossed in the source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from sim.data.crosswalk import district_code, district_pcodes, spellings, to_pcodes
from sim.data.tables import TableError, read_table
from sim.kernels.codes import CAMP, HOSTED, INFORMAL, RENTED, SHELTERS
from sim.schema.errors import InputError

FILE = Path("iraq") / "idp_by_district.csv.gz"
DISTRICTS = Path("gis") / "iraq_districts_jau.geojson"

#: DTM shelter column to the settlement type of the model; ``sh_unknown`` is spread (`shelter_margin`).
SHELTER_OF: Mapping[str, int] = {
    "sh_camp": CAMP,
    "sh_informal": INFORMAL,
    "sh_unfinished_abandoned": INFORMAL,
    "sh_religious_bldg": INFORMAL,
    "sh_school": INFORMAL,
    "sh_other": INFORMAL,
    "sh_rented_unspecified": RENTED,
    "sh_rented_habitable": RENTED,
    "sh_rented_uninhabitable": RENTED,
    "sh_hotel": RENTED,
    "sh_own_property": RENTED,
    "sh_host_family": HOSTED,
}
UNKNOWN_SHELTER = "sh_unknown"

#: DTM wave column to the wave's name in waves.csv.
WAVE_OF: Mapping[str, str] = {
    "w1_pre_jun14": "w1",
    "w2_jun_jul14": "w2",
    "w3_aug14": "w3",
    "w4_sep14_mar15": "w4",
    "w5_apr15_feb16": "w5",
    "w6_mar16_oct16": "w6",
    "w7_oct16_jun17": "w7",
    "w8_jul17_dec18": "w8",
    "w9_jan19_on": "w9",
}

_PLACE = {
    "date": "date",
    "governorate": "text",
    "district": "text",
    "families": "count",
    "n_locations": "count",
    "lat": "number",
    "lon": "number",
}


@dataclass(frozen=True)
class MasterList:
    """All rounds, row by row: where, and the three breakdowns of the same families.

    Attributes
    ----------
    place : pandas.DataFrame
        date (str), area and district (p-codes), name, families, lat, lon; a row per round and district.
    origin, shelter, wave : pandas.DataFrame
        Families (int64) by p-code of origin, settlement type and wave; same rows as ``place``.
    """

    place: pd.DataFrame
    origin: pd.DataFrame
    shelter: pd.DataFrame
    wave: pd.DataFrame

    def at(self, date: str) -> "MasterList":
        """Return the rows of one round."""
        rows = self.place["date"] == date
        return MasterList(self.place[rows], self.origin[rows], self.shelter[rows], self.wave[rows])

    def rounds(self, first: str, last: str) -> list[str]:
        """Return the dates of rounds from ``first`` to ``last``, both included, in order."""
        dates = sorted(self.place["date"].unique())
        return [date for date in dates if first <= date <= last]

    def last_round_before(self, month: pd.Period) -> str:
        """Return the date of the last round before a month starts."""
        earlier = self.rounds("", (month.start_time - pd.Timedelta(days=1)).strftime("%Y-%m-%d"))
        if not earlier:
            raise InputError("no round of the Master List this early", file=FILE, value=str(month))
        return earlier[-1]


def read_master_list(data: Path, crosswalk: pd.DataFrame) -> MasterList:
    """Read and check the Master List.

    Parameters
    ----------
    data : Path
        Data folder.
    crosswalk : pandas.DataFrame
        As from `sim.data.crosswalk.read_crosswalk`.

    Raises
    ------
    InputError
        For a missing file, wrong columns, negative counts, an unknown governorate, or a breakdown that
        does not add up to the families of its row.
    """
    path = data / FILE
    known = spellings(crosswalk, "dtm")
    origins = {f"from_{name}": code for name, code in known.items()}
    counts = [*origins, *SHELTER_OF, UNKNOWN_SHELTER, *WAVE_OF]
    raw = read_table(path, _PLACE | dict.fromkeys(counts, "count"))
    _check_sums(raw, path, [list(origins), [*SHELTER_OF, UNKNOWN_SHELTER], list(WAVE_OF)])
    return MasterList(
        place=_places(raw, data, known),
        origin=raw[list(origins)].rename(columns=origins).sort_index(axis=1),
        shelter=shelter_margin(raw),
        wave=raw[list(WAVE_OF)].rename(columns=dict(WAVE_OF)),
    )


def shelter_margin(raw: pd.DataFrame) -> pd.DataFrame:
    """Return families by settlement type, the unknown spread in proportion over the types outside camps.

    Largest remainders keep whole families. Where a row has none outside camps to follow, the unknown
    counts as rented, the commonest type.
    """
    known = np.zeros((len(raw), HOSTED + 1), dtype=np.int64)
    for column, code in SHELTER_OF.items():
        known[:, code] += raw[column].to_numpy()
    rows = zip(raw[UNKNOWN_SHELTER].to_numpy(), known, strict=True)
    for unknown, row in rows:
        if unknown:
            row[INFORMAL:] += largest_remainder(int(unknown), row[INFORMAL:], fallback=RENTED - INFORMAL)
    return pd.DataFrame(known, index=raw.index, columns=list(SHELTERS[: HOSTED + 1]))


def largest_remainder(total: int, shares: np.ndarray, fallback: int) -> np.ndarray:
    """Return whole numbers that add up to ``total``, in proportion to ``shares``.

    Parameters
    ----------
    total : int
        What to share out.
    shares : numpy.ndarray
        Whole non-negative weights, shape (n,).
    fallback : int
        Index that takes everything where all weights are zero.
    """
    if not shares.sum():
        return np.where(np.arange(shares.size) == fallback, total, 0)
    whole, remainder = np.divmod(total * shares, shares.sum())
    left = total - whole.sum()
    whole[np.argsort(-remainder, kind="stable")[:left]] += 1
    return whole


def _places(raw: pd.DataFrame, data: Path, known: Mapping[str, str]) -> pd.DataFrame:
    """Return date, area, district, name, families and point of every row, with p-codes."""
    place = raw[["date", "families", "lat", "lon"]].copy()
    place["area"] = to_pcodes(raw["governorate"], known, data / FILE, "governorate")
    place["name"] = raw["district"]
    codes = district_pcodes(data / DISTRICTS)
    pairs = zip(place["area"], place["name"], strict=True)
    place["district"] = [district_code(codes, area, name) for area, name in pairs]
    _check_one_name(place, data / FILE)
    return place


def _check_one_name(place: pd.DataFrame, path: Path) -> None:
    """Refuse two rows of one round that share a district code: their families would be added silently."""
    twice = place.duplicated(subset=["date", "district"]).to_numpy()
    if twice.any():
        at = int(np.flatnonzero(twice)[0])
        raise TableError(
            "two rows of the same date have this district's p-code",
            file=path,
            row=at + 2,
            column="district",
            value=place["name"].iloc[at],
        )


def _check_sums(raw: pd.DataFrame, path: Path, groups: list[list[str]]) -> None:
    """Raise at the first row where a breakdown does not add up to its families."""
    for columns in groups:
        total = raw[columns].sum(axis=1).to_numpy()
        bad = np.flatnonzero(total != raw["families"].to_numpy())
        if bad.size:
            at = int(bad[0])
            raise TableError(
                f"columns {columns[0]} to {columns[-1]} do not add up to families",
                file=path,
                row=at + 2,
                column="families",
                value=int(raw["families"].iloc[at]),
                allowed=str(int(total[at])),
            )
