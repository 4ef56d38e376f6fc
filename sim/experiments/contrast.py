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
from sim.outcomes import HEADLINE, known_outcome
from sim.schema.errors import InputError

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
            pair = [grid(values.sel(outcome=outcome.name, scenario=one)) for one in (name, base)]
            rows.append((outcome.name, name, *((np.nan,) * 8 if hidden else _behind(*pair))))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def grid(values: xr.DataArray) -> Float:
    """Return values of replicates by draw and seed; of a comparison without draws, one row.

    Of an experiment that is not finished, the largest part of it that is: so many draws that have so many seeds.
    """
    flat = values.values.astype(np.float64)
    if "draw" not in values.coords:
        return flat[None, :]
    draw = values["draw"].values
    turns = np.array([(draw[:n] == one).sum() for n, one in enumerate(draw)])
    found = np.full((int(draw.max()) + 1, int(turns.max()) + 1), np.nan)
    found[draw, turns] = flat
    whole_with = (~np.isnan(found)).sum(axis=0)  # draws, by how many seeds they have at least, less one
    seeds = int(np.argmax(whole_with * np.arange(1, len(whole_with) + 1))) + 1
    whole: Float = found[~np.isnan(found[:, :seeds]).any(axis=1), :seeds]
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


def precision(comparison: Comparison, outcome: str, half_width: float) -> pd.DataFrame:
    """Return how well the difference of an outcome to the baseline is known, and what it takes to know it better.

    Parameters
    ----------
    comparison : Comparison
        Over seeds, or over the replicates of an experiment.
    outcome : str
        A headline outcome.
    half_width : float
        Of the 95 % interval of the mean difference that is wanted, in the unit of the outcome, above 0.

    Returns
    -------
    pandas.DataFrame
        A scenario but the baseline a row: scenario; mean (of the difference); half_width (now, of the mean over draws
        d and seeds s: root of the variance by parameters over d and that by luck over d s, times 1.96); draws_needed
        (with as many seeds a draw as now), seeds_needed (with as many draws as now; infinite where parameters alone
        spread more than that). NaN where the difference is withheld; draws_needed where parameters do not vary,
        seeds_needed where each draw has one seed, so that luck cannot be told from parameters.

    Raises
    ------
    InputError
        Where there is no such outcome, the half-width is no number above 0, or one replicate is all there is.
    """
    known_outcome(outcome, "--outcome")
    if not (half_width > 0 and np.isfinite(half_width)):
        raise InputError("is no half-width", key="--within", value=half_width, allowed="a number above 0")
    if replicates(comparison) < 2:
        raise InputError("of one replicate nobody knows how far it may be out", key="--within", allowed="2 or more")
    base, *others = comparison.scenarios
    published = comparison.published.set_index(["outcome", "scenario"])["difference"]
    values = comparison.data["outcome_value"].sel(outcome=outcome)
    rows = []
    for name in others:
        difference = grid(values.sel(scenario=name)) - grid(values.sel(scenario=base))
        hidden = bool(np.isnan(published[outcome, name]))
        known = (np.nan,) * 4 if hidden else (float(difference.mean()), *_known(difference, half_width))
        rows.append((name, *known))
    return pd.DataFrame(rows, columns=["scenario", "mean", "half_width", "draws_needed", "seeds_needed"])


def _known(difference: Float, wanted: float) -> tuple[float, float, float]:
    """Return the half-width now, and how many draws, or seeds, the one that is wanted takes."""
    draws, seeds = difference.shape
    luck, parameters = split_of(difference)
    aim = (wanted / NORMAL_95) ** 2  # variance of the mean
    if draws < 2:
        return NORMAL_95 * np.sqrt(luck / seeds), np.nan, max(2.0, _up(luck / aim))
    of_draws = float(difference.mean(axis=1).var(ddof=1))  # luck included
    now = NORMAL_95 * np.sqrt(of_draws / draws)
    if seeds < 2:
        return now, max(2.0, _up(of_draws / aim)), np.nan
    left = aim - parameters / draws
    return now, max(2.0, _up(of_draws / aim)), max(1.0, _up(luck / draws / left)) if left > 0 else np.inf


def _up(number: float) -> float:
    """Return the next whole number, but for what rounding added."""
    return float(np.ceil(number * (1 - 1e-12)))


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
