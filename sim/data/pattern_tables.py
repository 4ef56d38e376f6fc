"""Tables that patterns of a run are compared with: families and camps by place, returnees in severe conditions."""

from pathlib import Path

import pandas as pd

from sim.data.master_list import MasterList
from sim.data.tables import read_table
from sim.kernels.codes import CAMP, SHELTERS

RETURN_INDEX = Path("iraq") / "return_index_national.csv"
RETURN_INDEX_COLUMNS = {
    "round": "count",
    "data_collected": "text",
    "locations_assessed": "count",
    "high_severity_locations": "number",
    "high_severity_returnees": "count",
    "pct_of_returnees": "number",
    "notes": "text",
    "source": "text",
}


def places_table(stocks: MasterList, crosswalk: pd.DataFrame, start: pd.Period, months: int) -> pd.DataFrame:
    """Return families displaced, and those of them in camps, by date and place, for every round of the window."""
    until = (start + months - 1).end_time.strftime("%Y-%m-%d")
    dates = stocks.rounds(stocks.last_round_before(start), str(until))
    wide = stocks.place[["date", "area", "families"]].assign(in_camps=stocks.shelter[SHELTERS[CAMP]])
    table = wide.groupby(["date", "area"])[["families", "in_camps"]].sum().loc[dates].reset_index()
    names = dict(zip(crosswalk["pcode"], crosswalk["name"], strict=True))
    table.insert(2, "area_name", table["area"].map(names))
    return table


def return_index_tables(data: Path, last: pd.Period) -> dict[str, pd.DataFrame]:
    """Return ``return_index``: what rounds of IOM's Return Index published until a month; nothing without its file.

    Columns round, collected, locations (assessed), returnees (persons, where severity is high), percent, source.
    """
    path = data / RETURN_INDEX
    if not path.exists():
        return {}
    found = read_table(path, RETURN_INDEX_COLUMNS, ("high_severity_locations", "notes"))
    found = found[found["data_collected"].str.slice(0, 7) <= str(last)]
    columns = {
        "round": "round",
        "data_collected": "collected",
        "locations_assessed": "locations",
        "high_severity_returnees": "returnees",
        "pct_of_returnees": "percent",
    }
    sources = "IOM Iraq, Return Index: " + found["source"].astype(str)
    return {"return_index": found.rename(columns=columns)[list(columns.values())].assign(source=sources)}
