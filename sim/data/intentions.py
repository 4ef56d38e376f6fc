"""Build the table of published intentions that a study of Iraq is fitted to.

Run as ``python -m sim.data.intentions --out calibration/iraq``, with the data folder in SOLUTIONS_SIM_DATA. The survey
of summer 2019 (REACH MCNA VII) is published by district, as shares of whole households: the fewest that give these
shares are taken as asked. districts.csv, made by hand, says in which governorate each of its districts lies. Districts
of displacement count by the families that DTM found there; districts of origin, of which no such count exists, by the
households asked.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from fractions import Fraction
from math import lcm
from pathlib import Path

import numpy as np
import pandas as pd

from sim.data.dtm import data_folder
from sim.schema.errors import InputError

log = logging.getLogger(__name__)

SURVEY = Path("surveys") / "iraq_intentions_by_district_2019.csv"
ROUNDS = Path("surveys") / "intentions_iraq_to_2019.csv"
FAMILIES = Path("iraq") / "idp_by_district.csv.gz"
COUNTED, ASKED = "2019-06-30", "2019-07"  # the round of DTM nearest to the middle of the survey
MOST_ASKED, LEAST_ASKED = 2_000, 30  # households in a district, and in a governorate
CAMP_HOUSEHOLDS = 1_000  # PRIOR: rounds in 49 camps, whose size the source does not say
MARGINS = {"district_of_displacement": "area", "district_of_origin": "origin"}
SHARES = {"return": "return", "dnk": "undecided"}
MCNA = "REACH, MCNA VII Iraq 2019, by district"
COLUMNS = ["date", "margin", "category", "return", "undecided", "households", "source"]


def intentions_table(data: Path, study: Path) -> pd.DataFrame:
    """Return shares that plan to return and that do not know: date, margin, category, return, undecided, households.

    Parameters
    ----------
    data : Path
        Data folder.
    study : Path
        Folder of districts.csv: name (as the survey writes it), area (p-code), district (as DTM writes it).
    """
    districts = pd.read_csv(study / "districts.csv", dtype=str).set_index("name")
    survey = _asked(pd.read_csv(data / SURVEY), districts)
    counted = pd.read_csv(data / FAMILIES)
    families = counted[counted["date"] == COUNTED].groupby("district")["families"].sum()
    parts = [_camps(pd.read_csv(data / ROUNDS, dtype={"date": str}))]
    for margin, name in MARGINS.items():
        rows = survey[survey["by"] == margin]
        weight = rows["households"] if name == "origin" else rows["in_dtm"].map(families).fillna(0.0)
        parts.append(_by_area(rows.assign(weight=weight), name))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _asked(survey: pd.DataFrame, districts: pd.DataFrame) -> pd.DataFrame:
    missing = sorted(set(survey["district"]) - set(districts.index))
    if missing:
        raise InputError("says nothing of a district of the survey", file="districts.csv", value=", ".join(missing))
    shares = survey.drop(columns=["by", "district"])
    return survey.assign(
        area=survey["district"].map(districts["area"]),
        in_dtm=survey["district"].map(districts["district"]),
        households=[fewest(row) for row in shares.to_numpy(np.float64).tolist()],
    )


def fewest(shares: Sequence[float]) -> int:
    """Return the fewest households that can give these shares."""
    return lcm(*(Fraction(share).limit_denominator(MOST_ASKED).denominator for share in shares))


def _by_area(rows: pd.DataFrame, margin: str) -> pd.DataFrame:
    """Return the shares of governorates, districts weighed, and how many households that is worth (Kish 1965)."""
    found = []
    for area, part in rows[rows["weight"] > 0].groupby("area"):
        if part["households"].sum() < LEAST_ASKED:
            continue
        weight = part["weight"].to_numpy(np.float64) / part["weight"].sum()
        shares = {new: round(float(np.dot(weight, part[old])), 4) for old, new in SHARES.items()}
        worth = 1.0 / float((weight**2 / part["households"].to_numpy(np.float64)).sum())
        found.append({"category": area, **shares, "households": round(worth)})
    return pd.DataFrame(found).assign(date=ASKED, margin=margin, source=MCNA)


def _camps(rounds: pd.DataFrame) -> pd.DataFrame:
    """Return the rounds in camps that tell both, of intentions for the next 12 months."""
    kept = rounds[(rounds["population"] == "in camp") & (rounds["horizon"] == "12m") & rounds["undecided_pct"].notna()]
    return pd.DataFrame({
        "date": kept["date"],
        "margin": "shelter",
        "category": "camp",
        "return": kept["return_pct"].astype(float) / 100,
        "undecided": kept["undecided_pct"].astype(float) / 100,
        "households": CAMP_HOUSEHOLDS,
        "source": "REACH and CCCM Iraq, camp intentions; households PRIOR",
    })  # fmt: skip


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the builder from the command line; return 0, or 2 where the input cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m sim.data.intentions", description="Build the table of intentions.")
    parser.add_argument("--out", type=Path, required=True, help="folder of districts.csv, and of the table")
    parser.add_argument("--data", type=Path, help="data folder")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        table = intentions_table(data_folder(options.data), options.out)
        path = options.out / "intentions.csv"
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
        log.info("wrote %s", path)
    except (InputError, OSError) as error:
        log.error("%s", error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
