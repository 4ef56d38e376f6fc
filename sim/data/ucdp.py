"""Conflict deaths to a monthly security index by governorate."""

from pathlib import Path

import numpy as np
import pandas as pd

from sim.data.crosswalk import spellings, to_pcodes
from sim.data.tables import read_table
from sim.schema.errors import InputError

FILE = Path("iraq") / "ucdp_monthly_governorate_2013on.csv"

TRAILING_MONTHS = 6  # PRIOR: how long a month of violence is remembered
HELD_MONTHS = 12  # months averaged to go on after the data end
HALF_DEATHS = 5.0  # PRIOR: deaths per month per 100,000 people at which the index is one half

_COLUMNS = {
    "month": "month",
    "adm_1": "text",
    "events": "count",
    "deaths_best": "count",
    "deaths_civ": "count",
}


def read_deaths(data: Path, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Return deaths (UCDP best estimate) by month and governorate, every month from first to last.

    Parameters
    ----------
    data : Path
        Data folder.
    crosswalk : pandas.DataFrame
        As from `sim.data.crosswalk.read_crosswalk`.

    Returns
    -------
    pandas.DataFrame
        Deaths, int64; index monthly periods, one column per p-code. A month or governorate without a
        row had no event recorded, which is zero.
    """
    path = data / FILE
    raw = read_table(path, _COLUMNS)
    raw["pcode"] = to_pcodes(raw["adm_1"], spellings(crosswalk, "ucdp"), path, "adm_1")
    raw["month"] = pd.PeriodIndex(raw["month"], freq="M")
    deaths = raw.pivot_table(index="month", columns="pcode", values="deaths_best", aggfunc="sum", fill_value=0)
    months = pd.period_range(raw["month"].min(), raw["month"].max(), freq="M")
    return deaths.reindex(index=months, columns=list(crosswalk["pcode"]), fill_value=0).astype(np.int64)


def per_100_000(deaths: pd.DataFrame, population: np.ndarray) -> pd.DataFrame:
    """Return deaths per 100,000 people, given the population of every column."""
    return deaths.div(population, axis="columns") * 100_000


def security_index(rate: pd.DataFrame, first: pd.Period, last: pd.Period) -> pd.DataFrame:
    """Return security from 0 (worst) to 1 by month and area: ``1 / (1 + d / d50)``.

    ``d`` is the mean rate over the trailing six months. After the last month with data it is held at the
    mean of the last twelve (PRIOR: neither trend nor relapse).

    Parameters
    ----------
    rate : pandas.DataFrame
        Deaths per month per 100,000 people, by month (rows) and p-code (columns).
    first, last : pandas.Period
        Months wanted, both included.

    Returns
    -------
    pandas.DataFrame
        Index by month and p-code, four decimals.
    """
    if first < rate.index[0]:
        earliest = f"{rate.index[0]} or later"
        raise InputError("no data on deaths this early", value=str(first), allowed=earliest)
    trailing = rate.rolling(TRAILING_MONTHS, min_periods=1).mean()
    held = rate.iloc[-HELD_MONTHS:].mean()
    wanted = trailing.reindex(pd.period_range(first, last, freq="M", name="month")).fillna(held)
    # a rolling sum leaves rounding dust where all deaths are zero; the index rounds it away
    return (wanted / HALF_DEATHS + 1).pow(-1).round(4)
