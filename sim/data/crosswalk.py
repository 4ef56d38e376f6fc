"""One name for every place: governorates and districts across DTM, UCDP and boundary files.

Each source spells Iraq's governorates its own way. The hand-made ``crosswalk.csv`` of a case ties every
spelling to a p-code; nothing is matched by likeness, so an unknown spelling stops the build.
"""

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

import pandas as pd

from sim.data.boundaries import properties
from sim.data.tables import read_table, unique
from sim.schema.errors import InputError, nearest

SOURCES = ("dtm", "ucdp", "boundary")

#: DTM districts that the boundary file's ``dtm_district`` leaves out, by name, with their p-code there.
DISTRICT_ALIASES: Mapping[str, str] = {"Choman": "IQ-D063"}

_DISTRICT_COLUMNS = ("pcode", "gov_pcode", "dtm_district")


def read_crosswalk(folder: Path) -> pd.DataFrame:
    """Return ``crosswalk.csv``: pcode, name and the spelling in each of `SOURCES` ("" where it has none).

    Several spellings in one source are separated by ``|``.
    """
    path = folder / "crosswalk.csv"
    columns = dict.fromkeys(("pcode", "name", *SOURCES), "text")
    frame = read_table(path, columns, optional=("ucdp",))
    for name in ("pcode", "name"):
        unique(frame, [name], path)
    return frame.sort_values("pcode", ignore_index=True)


def spellings(crosswalk: pd.DataFrame, source: str) -> dict[str, str]:
    """Return p-code by spelling for one of `SOURCES`."""
    pairs = zip(crosswalk[source], crosswalk["pcode"], strict=True)
    return {spelling: pcode for cell, pcode in pairs for spelling in cell.split("|") if spelling}


def to_pcodes(values: pd.Series, known: Mapping[str, str], path: Path, column: str) -> pd.Series:
    """Return the p-code of every spelling; raise at the first that is not in the crosswalk."""
    check_known(values.unique(), known, path, column)
    return values.map(dict(known))


def check_known(values: Iterable[str], known: Mapping[str, str], path: Path, column: str) -> None:
    """Raise an `InputError` naming the first spelling that the crosswalk does not have."""
    for value in values:
        if value not in known:
            hint = nearest(str(value), known)
            raise InputError(f"this spelling is not in crosswalk.csv{hint}", file=path, key=column, value=str(value))


def check_boundaries(crosswalk: pd.DataFrame, names: Collection[str], path: Path) -> None:
    """Raise where a boundary is not in the crosswalk, or one of the crosswalk is not in the file."""
    known = spellings(crosswalk, "boundary")
    check_known(names, known, path, "name")
    for spelling in known:
        if spelling not in names:
            raise InputError("no feature has this name", file=path, key="boundary", value=spelling)


def district_pcodes(path: Path) -> dict[tuple[str, str], str]:
    """Return district p-code by (governorate p-code, DTM district name) from the district boundaries.

    Parameters
    ----------
    path : Path
        GeoJSON with properties pcode, gov_pcode and dtm_district.
    """
    frame = properties(path, _DISTRICT_COLUMNS)
    governorate = dict(zip(frame["pcode"], frame["gov_pcode"], strict=True))
    named = frame[frame["dtm_district"] != ""]
    keys = zip(named["gov_pcode"], named["dtm_district"], strict=True)
    joined = dict(zip(keys, named["pcode"], strict=True))
    aliases = {(governorate[code], name): code for name, code in DISTRICT_ALIASES.items() if code in governorate}
    return aliases | joined


def district_code(known: Mapping[tuple[str, str], str], area: str, district: str) -> str:
    """Return the p-code of a DTM district, or ``<governorate p-code>-x`` where it has none."""
    return known.get((area, district), f"{area}-x")
