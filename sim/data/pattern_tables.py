"""The table that patterns of a run are compared with: families, and those of them in camps, by place."""

import pandas as pd

from sim.data.master_list import MasterList
from sim.kernels.codes import CAMP, SHELTERS


def places_table(stocks: MasterList, crosswalk: pd.DataFrame, start: pd.Period, months: int) -> pd.DataFrame:
    """Return families displaced, and those of them in camps, by date and place, for every round of the window."""
    until = (start + months - 1).end_time.strftime("%Y-%m-%d")
    dates = stocks.rounds(stocks.last_round_before(start), str(until))
    wide = stocks.place[["date", "area", "families"]].assign(in_camps=stocks.shelter[SHELTERS[CAMP]])
    table = wide.groupby(["date", "area"])[["families", "in_camps"]].sum().loc[dates].reset_index()
    names = dict(zip(crosswalk["pcode"], crosswalk["name"], strict=True))
    table.insert(2, "area_name", table["area"].map(names))
    return table
