"""A replay against history: simulated and tracked stock by origin, and how far off it is."""

import pandas as pd
import xarray as xr

from sim.schema.base import month_name, month_number


def against_history(stock: xr.DataArray, dates: xr.DataArray, targets: pd.DataFrame, at: list[str]) -> pd.DataFrame:
    """Return simulated beside tracked stock by origin.

    Parameters
    ----------
    stock : xarray.DataArray
        Families by month and origin, from :func:`sim.outcomes.tracked_stock` (or the mean over seeds).
    dates : xarray.DataArray
        Calendar month ``YYYY-MM`` of every month.
    targets : pandas.DataFrame
        Columns date (YYYY-MM-DD, a round), origin (p-code), origin_name, families.
    at : list of str
        Rounds to compare, as dates of ``targets``.

    Returns
    -------
    pandas.DataFrame
        Columns date, origin_name, tracked, simulated, error (%), one row per round and origin, in the order given.
    """
    known = {str(date): int(month) for date, month in zip(dates.values, dates["month"].values)}
    rows = []
    for date in at:
        month = known[month_name(month_number(date[:7]))]
        round_ = targets[targets["date"] == date]
        for origin, name, tracked in zip(round_["origin"], round_["origin_name"], round_["families"].astype(int)):
            simulated = float(stock.sel(month=month, origin=origin))
            rows.append((date, name, tracked, round(simulated), round(100 * (simulated / tracked - 1), 1)))
    return pd.DataFrame(rows, columns=["date", "origin_name", "tracked", "simulated", "error"])


def weighted_error(table: pd.DataFrame) -> pd.Series:
    """Return the weighted absolute percentage error of every round: sum of misses over sum of families."""
    misses = (table["simulated"] - table["tracked"]).abs()
    error: pd.Series = 100 * misses.groupby(table["date"]).sum() / table.groupby("date")["tracked"].sum()
    return error.round(1)
