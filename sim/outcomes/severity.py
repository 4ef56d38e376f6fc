"""How hard conditions are in places of return, and in places of integration and settlement.

Two scales from 0 (as good as can be) to 100, as in IOM's Return Index, which asks about livelihoods and basic
services, and about safety and social cohesion. Practice has such an index for returnees only; here it is computed
alike for those who integrate or settle, whose conditions matter as much. Each scale is the mean, over its parts, of
the share of families that do not pass; cohesion is that of the area.
"""

import numpy as np
import pandas as pd
import xarray as xr

LIVELIHOODS = ("food", "housing", "health", "education", "work", "economic_security")
SAFETY = ("safety", "movement", "tenure", "documents")
PLACES = {"return": ["returned"], "integration and settlement": ["integrating", "settled_elsewhere"]}
LOW, HIGH = 100 / 3, 200 / 3  # PRIOR: thirds of the scale


def severity(data: xr.Dataset, at: int = -1) -> pd.DataFrame:
    """Return the severity of conditions by area, for families that returned and for those that integrated or settled.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run.
    at : int
        Entry of the axis ``assessed``; the last by default.

    Returns
    -------
    pandas.DataFrame
        Columns place, area, families, rows, livelihoods, safety (0-100, to one decimal), level (``low``, ``medium`` or
        ``high``, of the worse scale as it is shown); areas without such families are left out.
    """
    moment = data.isel(assessed=at)
    month = int(moment["assessed"])
    frames = [_of(data, moment, month, place, situations) for place, situations in PLACES.items()]
    return pd.concat(frames, ignore_index=True)


def level_of(score: float) -> str:
    """Return the words for a score from 0 to 100."""
    return "low" if score < LOW else "medium" if score < HIGH else "high"


def _of(data: xr.Dataset, moment: xr.Dataset, month: int, place: str, situations: list[str]) -> pd.DataFrame:
    there, rows = (
        _by_area(data[name].sel(month=month, situation=situations)) for name in ("families", "families_rows")
    )
    passing = moment["passes"].sel(situation=situations).sum("situation")
    failing = 100.0 * (1.0 - passing / there.where(there > 0))
    apart = 100.0 * (1.0 - data["cohesion"].sel(month=month))
    livelihoods = failing.sel(criterion=list(LIVELIHOODS)).mean("criterion")
    safety = (failing.sel(criterion=list(SAFETY)).sum("criterion") + apart) / (len(SAFETY) + 1)
    table = pd.DataFrame(
        {
            "place": place,
            "area": data["area"].values,
            "families": there.values,
            "rows": rows.values,
            "livelihoods": np.round(livelihoods.values, 1),
            "safety": np.round(safety.values, 1),
        }
    )
    table = table[table["families"] > 0].reset_index(drop=True)
    table["level"] = [level_of(max(one, two)) for one, two in zip(table["livelihoods"], table["safety"])]
    return table


def _by_area(families: xr.DataArray) -> xr.DataArray:
    return families.sum([dim for dim in families.dims if dim != "area"])
