"""What binds: intentions blocked by each gate, by it alone, and released if it alone were lifted now."""

import pandas as pd
import xarray as xr


def released(data: xr.Dataset) -> xr.DataArray:
    """Return the families that would move at once if one gate alone were lifted.

    Those blocked by that gate alone move if they need no vacancy, or as far as vacant dwellings go in the area where
    their intention leads, each pathway by itself. Lifting the vacancy gate itself releases all that it alone blocks.

    Returns
    -------
    xarray.DataArray
        Families by month, pathway, area and gate.
    """
    alone = data["blocked_alone"]
    free, waiting = alone.sel(needs_vacancy="no"), alone.sel(needs_vacancy="yes")
    housed = waiting.clip(max=data["free_homes"])
    lifted = waiting["gate"] == "vacancy"
    families = free + housed.where(~lifted, waiting)
    ordered: xr.DataArray = families.transpose("month", "pathway", "area", "gate")
    return ordered.assign_attrs(unit="families")


def released_rows(data: xr.Dataset) -> xr.DataArray:
    """Return the simulated households behind `released`; where dwellings are for some only, as large a part of them.

    Returns
    -------
    xarray.DataArray
        Rows by month, pathway, area and gate; fractional where dwellings are for some only.
    """
    alone, rows = data["blocked_alone"].sum("needs_vacancy"), data["blocked_alone_rows"].sum("needs_vacancy")
    behind: xr.DataArray = (rows * released(data) / alone.clip(min=1)).transpose("month", "pathway", "area", "gate")
    return behind.assign_attrs(unit="rows")


def blocked_by_gate(data: xr.Dataset, month: int = -1) -> pd.DataFrame:
    """Return blocked intentions of one month, all areas together.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run.
    month : int
        Entry of the month axis; the last by default.

    Returns
    -------
    pandas.DataFrame
        Columns pathway, gate, intended, any, alone, released (families), for pathways with any intention.
    """
    at = data.isel(month=month)
    sums = {
        "any": at["blocked"].sum("area"),
        "alone": at["blocked_alone"].sum(["area", "needs_vacancy"]),
        "released": released(data).isel(month=month).sum("area"),
    }
    table = xr.Dataset(sums).drop_vars(["date", "month"], errors="ignore").to_dataframe().reset_index()
    intended = at["intended"].sum("area").to_series()
    table.insert(2, "intended", table["pathway"].map(intended))
    return table[table["intended"] > 0].reset_index(drop=True)
