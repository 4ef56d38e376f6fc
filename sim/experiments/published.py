"""The headline outcomes of a comparison as they may be published: small counts blank, and what gives them away."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import xarray as xr

from sim.outcomes import COUNTS, HEADLINE, SUMS, Layout, Relation, publish_differences
from sim.outcomes.headline import RATES
from sim.outcomes.measures import rows_behind
from sim.outcomes.suppression import is_few

LEVELS = ("mean", "low", "high")
DIFFERENCES = ("difference", "difference_low", "difference_high")
FOLLOWERS = {"displaced_persons": "displaced", "person_months": "displaced"}  # persons go with their families
PAID = ("spent", "discounted")  # money that tells of the families served
LAYOUT = Layout(
    dimensions=("outcome",),
    values=LEVELS,
    relations=(
        *(Relation({"outcome": total}, tuple({"outcome": part} for part in parts)) for total, parts in SUMS),
        *(Relation({"outcome": one.within}, ({"outcome": one.name},), rest=True) for one in HEADLINE if one.within),
    ),
)


def published(table: pd.DataFrame, ends: Mapping[str, xr.Dataset]) -> pd.DataFrame:
    """Return a comparison table as it may be published.

    Parameters
    ----------
    table : pandas.DataFrame
        As `Comparison.table` returns it.
    ends : mapping of str to xarray.Dataset
        Mean condensed run of every scenario: what rates and money are made of.

    Returns
    -------
    pandas.DataFrame
        The same rows in the same order without ``rows``, counts rounded, with a column ``suppressed``.
    """
    counted = table["unit"].isin(COUNTS) & ~table["outcome"].isin(FOLLOWERS)
    result = table.drop(columns="rows").assign(suppressed=False)
    columns = ["outcome", "scenario", *LEVELS, "rows", *DIFFERENCES[1:]]
    shown = publish_differences(table.loc[counted, columns], LAYOUT, table["scenario"].iloc[0], DIFFERENCES[1:])
    result.loc[counted, [*LEVELS, *DIFFERENCES]] = shown[[*LEVELS, *DIFFERENCES]]
    result.loc[counted, "suppressed"] = shown["suppressed"] | shown["difference"].isna()
    return _with_followers(result, ends)


def _with_followers(result: pd.DataFrame, ends: Mapping[str, xr.Dataset]) -> pd.DataFrame:
    """Blank what is no count of families where it would give one away, and its differences to the baseline."""
    scenarios = list(dict.fromkeys(result["scenario"]))
    blank = set(_telling(ends))
    hidden = result[result["suppressed"] & result["mean"].isna()]
    for follower, leader in FOLLOWERS.items():
        blank |= {(follower, name) for name in hidden["scenario"][hidden["outcome"] == leader]}
    own = np.array([key in blank for key in zip(result["outcome"], result["scenario"])])
    against = np.array([(outcome, scenarios[0]) in blank for outcome in result["outcome"]])
    result.loc[own, list(LEVELS)] = np.nan
    result.loc[own | against, list(DIFFERENCES)] = np.nan
    result.loc[own | against, "suppressed"] = True
    return result


def _telling(ends: Mapping[str, xr.Dataset]) -> list[tuple[str, str]]:
    """Return outcomes and scenarios whose percentage or money would tell of a small count."""
    found = []
    for name, run in ends.items():
        for outcome, parts in RATES.items():
            sizes = [part(one) for part in parts for one in (run, rows_behind(run))]
            if is_few(np.array(sizes)).any() or is_few(np.array(sizes[2:]) - np.array(sizes[:2])).any():
                found.append((outcome, name))
        if "served" in run:
            served = [run[one].sum("month").values for one in ("served", "served_rows") if one in run]
            if any(is_few(one).any() for one in served):
                found += [(outcome, name) for outcome in PAID]
    return found
