"""What observers see: operators from recorded state to published statistics. They change nothing in a run."""

from collections.abc import Mapping

import numpy as np
import xarray as xr

from sim.schema.base import month_number
from sim.schema.case import Recode

TRACKED = ["displaced", "integrating", "settled_elsewhere"]


def tracked_stock(data: xr.Dataset, recodes: Mapping[str, Recode] | None = None, coverage: float = 1.0) -> xr.DataArray:
    """Return the stock that displacement tracking (such as IOM DTM) would report by origin.

    Tracking counts everybody displaced since the base date and not at the home location, whether integrating,
    settled or re-displaced; commitment never changes it.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run, with ``families`` over month, situation, origin and area.
    recodes : mapping, optional
        Changes of the books: families moved between origins from a month on.
    coverage : float
        Share of those families that tracking reaches.

    Returns
    -------
    xarray.DataArray
        Families by month and origin.
    """
    stock = data["families"].sel(situation=TRACKED).sum(["situation", "area"]) * coverage
    first = month_number(str(data["date"].values[1]))
    for recode in (recodes or {}).values():
        begins = month_number(recode.month) - first + 1
        later = xr.DataArray((data["month"].values >= begins) * recode.families, dims="month")
        at = xr.DataArray((data["origin"].values == recode.origin).astype(np.int64), dims="origin")
        stock = stock + later * at
    return stock.assign_attrs(unit="families", long_name="tracked stock of families displaced from an origin")
