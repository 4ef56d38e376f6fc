"""Build the table of published conditions after return: how many returnees live where conditions are severe.

Run as ``python -m sim.data.return_index --out calibration/iraq``, with the data folder in SOLUTIONS_SIM_DATA. The
Return Index of IOM DTM and Social Inquiry scores locations, each by key informants, and publishes the share of all
returnees in those of high severity. As many answers are taken to lie behind it as there are locations.
"""

import argparse
import logging
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from sim.data.dtm import data_folder
from sim.data.tables import read_table
from sim.schema.errors import InputError

log = logging.getLogger(__name__)

FILE = Path("iraq") / "return_index_national.csv"
_COLUMNS = {
    "round": "count",
    "data_collected": "text",
    "locations_assessed": "count",
    "high_severity_locations": "count",
    "high_severity_returnees": "count",
    "pct_of_returnees": "number",
    "notes": "text",
    "source": "text",
}
COLUMNS = ["date", "category", "severe", "households", "source"]
LONG_MONTH = len("YYYY-MM")


def return_index_table(data: Path) -> pd.DataFrame:
    """Return a row a round: date (its last month), category ``all``, severe (share), households (locations), source.

    Raises
    ------
    InputError
        For a missing file, wrong columns, or cells that are none.
    """
    raw = read_table(data / FILE, _COLUMNS, optional=("high_severity_locations",))
    return pd.DataFrame({
        "date": [last_month(text) for text in raw["data_collected"]],
        "category": "all",
        "severe": (raw["pct_of_returnees"] / 100).round(4),
        "households": raw["locations_assessed"],
        "source": [f"IOM DTM and Social Inquiry, Return Index Iraq, round {number}" for number in raw["round"]],
    })[COLUMNS]  # fmt: skip


def last_month(written: str) -> str:
    """Return ``YYYY-MM`` of a month written so, or of the later of two written ``YYYY-MM/MM``."""
    return f"{written[:4]}-{written[-2:]}" if len(written) > LONG_MONTH else written


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the builder from the command line; return 0, or 2 where the input cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m sim.data.return_index", description="Build the table of severity.")
    parser.add_argument("--out", type=Path, required=True, help="folder the table is written to")
    parser.add_argument("--data", type=Path, help="data folder")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    try:
        table = return_index_table(data_folder(options.data))
        path = options.out / "return_index.csv"
        table.to_csv(path, index=False, encoding="utf-8", lineterminator="\n")
        log.info("wrote %s", path)
    except (InputError, OSError) as error:
        log.error("%s", error)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
