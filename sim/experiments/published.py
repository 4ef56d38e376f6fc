"""What a comparison publishes: all its counts after the publishing engine, and the table of headline outcomes."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import xarray as xr

from sim.experiments.comparison_cells import ALL, cells
from sim.experiments.comparison_relations import relations
from sim.outcomes import COUNTS, HEADLINE, Layout, publish_differences
from sim.outcomes.headline import RATES
from sim.outcomes.measures import rows_behind
from sim.outcomes.suppression import is_few

LEVELS = ("mean", "low", "high")
DIFFERENCES = ("difference", "difference_low", "difference_high")
FOLLOWERS = {"displaced_persons": "displaced", "person_months": "displaced"}  # persons go with their families
MADE_OF = {"in_debt": "debtors", "preference_match": "chosen", "spent": "served", "discounted": "served"}


@dataclass(frozen=True)
class PublishedComparison:
    """Published counts of a comparison; NaN where they are withheld.

    Attributes
    ----------
    table : pandas.DataFrame
        Headline outcomes: the rows of `Comparison.table` without ``rows``, counts rounded, and ``suppressed``.
    cells : pandas.DataFrame
        All counts of tables and figures: outcome, by, scenario, mean, low, high, difference, suppressed.
    """

    table: pd.DataFrame
    cells: pd.DataFrame

    def value(self, scenario: str, outcome: str, by: str = ALL, column: str = "mean") -> float:
        """Return one count: its mean over seeds, or the ``low`` or ``high`` end; NaN if withheld, zero if not there."""
        return self._columns[column].get((scenario, outcome, by), 0.0)

    def hides(self, scenario: str, outcome: str, by: str = ALL) -> bool:
        """Return whether a count is withheld."""
        return bool(np.isnan(self.value(scenario, outcome, by)))

    @cached_property
    def _columns(self) -> dict[str, dict[tuple[str, str, str], float]]:
        keys = list(zip(self.cells["scenario"], self.cells["outcome"], self.cells["by"]))
        return {name: dict(zip(keys, self.cells[name])) for name in LEVELS}


def published(table: pd.DataFrame, ends: Mapping[str, xr.Dataset], series: xr.Dataset) -> PublishedComparison:
    """Return what of a comparison may be published.

    Parameters
    ----------
    table : pandas.DataFrame
        As `Comparison.table` returns it.
    ends : mapping of str to xarray.Dataset
        Mean condensed run of every scenario.
    series : xarray.Dataset
        Series by scenario, seed and month.
    """
    counted = table["unit"].isin(COUNTS) & ~table["outcome"].isin(FOLLOWERS)
    every = cells(table[counted], ends, series)
    every = every.assign(**dict.fromkeys(DIFFERENCES[1:], np.nan))
    every.loc[: counted.sum() - 1, list(DIFFERENCES[1:])] = table.loc[counted, list(DIFFERENCES[1:])].to_numpy()
    first = tuple({"outcome": one.name, "by": ALL} for one in HEADLINE if one.brief and one.unit in COUNTS)
    layout = Layout(("outcome", "by"), values=LEVELS, relations=relations(every), kept=first)
    shown = publish_differences(every, layout, table["scenario"].iloc[0], DIFFERENCES[1:])
    of_headline = shown.iloc[: counted.sum()]
    result = table.drop(columns="rows").assign(suppressed=False)
    result.loc[counted, [*LEVELS, *DIFFERENCES]] = of_headline[[*LEVELS, *DIFFERENCES]].to_numpy()
    result.loc[counted, "suppressed"] = (of_headline["suppressed"] | of_headline["difference"].isna()).to_numpy()
    return PublishedComparison(_with_followers(result, shown, ends), shown)


def _with_followers(result: pd.DataFrame, shown: pd.DataFrame, ends: Mapping[str, xr.Dataset]) -> pd.DataFrame:
    """Blank what is no count of families where it would give one away, and its differences to the baseline."""
    scenarios = list(dict.fromkeys(result["scenario"]))
    blank = set(_telling(ends))
    hidden = shown[shown["suppressed"] & (shown["by"] == ALL)]
    for follower, leader in (FOLLOWERS | MADE_OF).items():
        blank |= {(follower, name) for name in hidden["scenario"][hidden["outcome"] == leader]}
    own = np.array([key in blank for key in zip(result["outcome"], result["scenario"])])
    against = np.array([(outcome, scenarios[0]) in blank for outcome in result["outcome"]])
    result.loc[own, list(LEVELS)] = np.nan
    result.loc[own | against, list(DIFFERENCES)] = np.nan
    result.loc[own | against, "suppressed"] = True
    return result


def _telling(ends: Mapping[str, xr.Dataset]) -> list[tuple[str, str]]:
    """Return outcomes and scenarios whose percentage would tell of a small count, or of a small remainder."""
    found = []
    for name, run in ends.items():
        for outcome, parts in RATES.items():
            sizes = np.array([[part(one) for part in parts] for one in (run, rows_behind(run))])
            if is_few(sizes).any() or is_few(sizes[:, 1] - sizes[:, 0]).any():
                found.append((outcome, name))
    return found
