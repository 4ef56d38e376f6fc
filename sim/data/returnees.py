"""The IOM DTM Iraq Returnee Master List: families that are back, by date and governorate of return.

Governorates of return are taken for governorates of origin: home lies there. The list names a governorate of last
displacement as well; that is where families came back from, not where they are from.
"""

from pathlib import Path

import pandas as pd

from sim.data.crosswalk import spellings, to_pcodes
from sim.data.tables import read_table, unique

FILE = Path("iraq") / "returnee_od_governorate.csv.gz"
_COLUMNS = {"date": "date", "return_gov": "text", "last_displacement_gov": "text", "returnee_families": "count"}


def read_returnees(data: Path, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return families that are back, int64, by date (rows) and p-code of the governorate of return.

    Raises
    ------
    InputError
        For a missing file, wrong columns, negative counts, an unknown governorate, or a row that is there twice.
    """
    path = data / FILE
    raw = read_table(path, _COLUMNS)
    unique(raw, ["date", "return_gov", "last_displacement_gov"], path)
    area = to_pcodes(raw["return_gov"], spellings(crosswalk, "dtm"), path, "return_gov")
    return raw.groupby(["date", area])["returnee_families"].sum().unstack(fill_value=0).sort_index(axis=1)
