"""What stands behind a paired difference: luck or parameters, how often it holds, and what pairing is worth.

Differences are taken replicate by replicate, both scenarios with the same parameters and the same luck.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sim.experiments.compare import Comparison
from sim.experiments.replicate import REPLICATE
from sim.outcomes import HEADLINE

Float = npt.NDArray[np.float64]
NORMAL_95 = 1.959963984540054  # quantile of the standard normal distribution at 0.975
COLUMNS = (
    "outcome",
    "scenario",
    "mean",
    "more_in",
    "less_in",
    "sd",
    "sd_luck",
    "sd_parameters",
    "parameters_share",
    "pairing_worth",
)


class Split(NamedTuple):
    """Variance of a difference by where it comes from; NaN where the design cannot tell."""

    luck: float
    parameters: float


def contrasts(comparison: Comparison) -> pd.DataFrame:
    """Return what stands behind every difference to the baseline that may be published.

    Parameters
    ----------
    comparison : Comparison
        Over seeds, or over the replicates of an experiment.

    Returns
    -------
    pandas.DataFrame
        Columns outcome, scenario; mean (of the difference); more_in, less_in (share of replicates in which the
        scenario has more, or less); sd, sd_luck, sd_parameters (standard deviation over replicates and its parts);
        parameters_share (of the variance); pairing_worth (variance of the difference had the runs not shared their
        luck and parameters, over its variance now: how many times as many runs that would take). All but the
        first two are NaN where the difference is withheld, and the parts where the design cannot tell them apart.
    """
    base, *others = comparison.scenarios
    published = comparison.published.set_index(["outcome", "scenario"])["difference"]
    values = comparison.data["outcome_value"]
    rows = []
    for outcome in HEADLINE:
        for name in others:
            hidden = bool(np.isnan(published[outcome.name, name]))
            pair = [_grid(values.sel(outcome=outcome.name, scenario=one)) for one in (name, base)]
            rows.append((outcome.name, name, *((np.nan,) * 8 if hidden else _behind(*pair))))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _grid(values: xr.DataArray) -> Float:
    """Return values by draw and seed, of draws that were run with every seed; of a comparison without draws, one."""
    flat = values.values.astype(np.float64)
    if "draw" not in values.coords:
        return flat[None, :]
    draw = values["draw"].values
    turns = np.array([(draw[:n] == one).sum() for n, one in enumerate(draw)])
    found = np.full((int(draw.max()) + 1, int(turns.max()) + 1), np.nan)
    found[draw, turns] = flat
    whole: Float = found[~np.isnan(found).any(axis=1)]
    return whole


def _behind(own: Float, base: Float) -> tuple[float, ...]:
    """Return the columns of a contrast from the third on; values are [draw, seed]."""
    difference = own - base
    spread = float(difference.var(ddof=1)) if difference.size > 1 else np.nan
    split = split_of(difference)
    known = split.luck + split.parameters
    apart = float(own.var(ddof=1) + base.var(ddof=1)) if difference.size > 1 else np.nan
    return (
        float(difference.mean()),
        float((difference > 0).mean()),
        float((difference < 0).mean()),
        float(np.sqrt(spread)),
        float(np.sqrt(split.luck)),
        float(np.sqrt(split.parameters)),
        split.parameters / known if known > 0 else np.nan,
        apart / spread if spread > 0 else np.nan,
    )


def split_of(difference: Float) -> Split:
    """Return the variance of a difference by luck and by parameters: one-way analysis of variance, random effects.

    Parameters
    ----------
    difference : float64[draws, seeds]

    Returns
    -------
    Split
        ``luck``: mean variance over the seeds of a draw. ``parameters``: variance of the means of draws, less what
        luck adds to it, at least 0 (Searle, Casella and McCulloch 1992, chapter 3). With one seed a draw the two
        cannot be told apart; with one draw there are no parameters to vary.
    """
    draws, seeds = difference.shape
    if seeds < 2:
        return Split(np.nan, np.nan)
    luck = float(difference.var(axis=1, ddof=1).mean())
    if draws < 2:
        return Split(luck, np.nan)
    between = float(difference.mean(axis=1).var(ddof=1))
    return Split(luck, max(0.0, between - luck / seeds))


def replicates_needed(sd: float, half_width: float) -> int:
    """Return how many replicates a 95 % interval of a mean of this half-width takes, if sd stays what it is.

    Parameters
    ----------
    sd : float
        Standard deviation over replicates.
    half_width : float
        In the unit of ``sd``, above 0.
    """
    return max(2, int(np.ceil((NORMAL_95 * sd / half_width) ** 2)))


def has_draws(comparison: Comparison) -> bool:
    """Return whether parameters vary between the replicates of a comparison."""
    return "draw" in comparison.data.coords and len(np.unique(comparison.data["draw"].values)) > 1


def replicates(comparison: Comparison) -> int:
    """Return how many replicates a comparison has."""
    return int(comparison.data.sizes[REPLICATE])
