"""How hard conditions are in places of return, and in places of integration and settlement.

Two scales from 0 (as good as can be) to 100, as in IOM's Return Index, which asks about livelihoods and basic
services, and about safety and social cohesion. Practice has such an index for returnees only; here it is computed
alike for those who integrate or settle, whose conditions matter as much. Each scale is the mean, over its parts, of
the share of families that do not pass; cohesion is that of the area.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sim.outcomes.measures import chosen

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
    return pd.concat([_of(data, at, place, situations) for place, situations in PLACES.items()], ignore_index=True)


def level_of(score: float) -> str:
    """Return the words for a score from 0 to 100."""
    return "low" if score < LOW else "medium" if score < HIGH else "high"


def _of(data: xr.Dataset, at: int, place: str, situations: list[str]) -> pd.DataFrame:
    month = list(data.variables["month"].values).index(data.variables["assessed"].values[at])
    there, rows = (_by_area(data, name, month, situations) for name in ("families", "families_rows"))
    passing = chosen(data, "passes", {"assessed": at}, {"situation": situations}).sum(axis=0)  # area, criterion
    with np.errstate(divide="ignore", invalid="ignore"):  # areas without families are left out below
        failing = 100.0 * (1.0 - passing / np.where(there > 0, there, np.nan)[:, None])
    apart = 100.0 * (1.0 - data.variables["cohesion"].values[month])
    criteria = [str(name) for name in data.variables["criterion"].values]
    livelihoods, safety = ([criteria.index(name) for name in names] for names in (LIVELIHOODS, SAFETY))
    found = there > 0
    table = {
        "place": place,
        "area": data.variables["area"].values[found],
        "families": there[found],
        "rows": rows[found],
        "livelihoods": np.round(failing[:, livelihoods].mean(axis=1)[found], 1),
        "safety": np.round(((failing[:, safety].sum(axis=1) + apart) / (len(SAFETY) + 1))[found], 1),
    }
    level = [level_of(max(one, two)) for one, two in zip(table["livelihoods"], table["safety"])]
    return pd.DataFrame(table | {"level": level})


def _by_area(data: xr.Dataset, name: str, month: int, situations: list[str]) -> npt.NDArray[Any]:
    families = chosen(data, name, {"month": month}, {"situation": situations})  # situation, origin or summed, area
    found: npt.NDArray[Any] = families.sum(axis=tuple(range(families.ndim - 1)))
    return found
