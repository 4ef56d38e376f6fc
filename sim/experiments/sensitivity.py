"""Which uncertainties matter: Sobol indices where draws were made for them, a screening of any draws otherwise.

Both are SALib's (Herman and Usher 2017; Iwanaga, Usher and Herman 2022), on the means over the seeds of every draw.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.experiments.compare import Comparison
from sim.experiments.draws import DRAW_SEED, INSTALL, SALTELLI, problem_of
from sim.experiments.replicate import REPLICATE
from sim.experiments.store import Store
from sim.outcomes import known_outcome
from sim.schema.errors import InputError, nearest

Float = npt.NDArray[np.float64]
RESAMPLES = 500
LEAST_DRAWS = 40  # for a screening
HARMONICS = 6  # of RBD-FAST
COLUMNS = ["parameter", "first", "first_low", "first_high", "total", "total_low", "total_high"]


def sensitivity(store: Store, comparison: Comparison, outcome: str, scenario: str | None = None) -> pd.DataFrame:
    """Return how far the spread of an outcome between draws is due to each parameter.

    Parameters
    ----------
    store : Store
        Of an experiment whose parameters vary.
    comparison : Comparison
        What is finished of it.
    outcome : str
        A headline outcome.
    scenario : str, optional
        Of its difference to the baseline; left out: of the outcome in the baseline itself.

    Returns
    -------
    pandas.DataFrame
        Columns parameter; first, first_low, first_high: share of the variance due to it alone, with a bootstrapped
        95 % interval; total, total_low, total_high: due to it alone and together with others. From draws made for it
        (``saltelli``) these are Sobol indices (Saltelli 2010); from any others a screening, first-order indices by
        RBD-FAST (Tarantola, Gatelli and Mara 2006; bias removed after Tissot and Prieur 2012), and totals are
        missing. The most important first. Luck that is left in means over seeds counts as none of them.

    Raises
    ------
    InputError
        Where parameters do not vary, draws are missing or too few, or there is no such outcome or scenario.
    """
    drawn = store.draws()
    values = _by_draw(comparison, outcome, scenario)
    if store.manifest["draws"]["method"] == SALTELLI:
        if store.missing:
            allowed = "all of its replicates; the same command again runs what is missing"
            raise InputError("Sobol indices need every draw", file=store.folder, allowed=allowed)
        found = sobol_indices([str(name) for name in drawn], np.asarray(values, np.float64))
    else:
        if len(values) < LEAST_DRAWS:
            message = f"{len(values)} draws are too few for a screening"
            raise InputError(message, file=store.folder, allowed=f"{LEAST_DRAWS} or more")
        found = screening(drawn.loc[values.index], np.asarray(values, np.float64))
    by = "total" if found["total"].notna().any() else "first"
    return found.sort_values(by, ascending=False, kind="stable", ignore_index=True)


def _by_draw(comparison: Comparison, outcome: str, scenario: str | None) -> "pd.Series[float]":
    """Return means over seeds by draw, of draws that have all their seeds."""
    known_outcome(outcome, "--outcome")
    base, *others = comparison.scenarios
    if scenario is not None and scenario not in others:
        hint = nearest(scenario, others)
        raise InputError(f"no such scenario{hint}", key="--scenario", value=scenario, allowed=", ".join(others))
    values = comparison.data["outcome_value"].sel(outcome=outcome)
    shown = values.sel(scenario=scenario or base) - (values.sel(scenario=base) if scenario else 0.0)
    table = pd.DataFrame({"draw": comparison.data["draw"].values, "value": shown.transpose(REPLICATE).values})
    grouped = table.groupby("draw")["value"]
    return grouped.mean()[grouped.size() == grouped.size().max()]


def sobol_indices(keys: list[str], values: Float) -> pd.DataFrame:
    """Return Sobol indices of values at the draws of `prior_draws` with the method ``saltelli``, in their order."""
    analyze = _salib("sobol")
    if np.ptp(values) == 0:
        return _table(keys, *(np.zeros(len(keys)) for _ in range(4)))
    settings = {"calc_second_order": False, "num_resamples": RESAMPLES, "seed": DRAW_SEED}
    found = analyze(problem_of(keys), (values - values.mean()) / values.std(), **settings)
    return _table(keys, found["S1"], found["S1_conf"], found["ST"], found["ST_conf"])


def screening(drawn: pd.DataFrame, values: Float) -> pd.DataFrame:
    """Return first-order indices from any draws, one a row, one parameter a column; of totals nothing is known."""
    analyze = _salib("rbd_fast")
    keys = [str(name) for name in drawn]
    unknown = np.full(len(keys), np.nan)
    if np.ptp(values) == 0:
        return _table(keys, np.zeros(len(keys)), np.zeros(len(keys)), unknown, unknown)
    shares = (drawn.rank().to_numpy() - 0.5) / len(drawn)
    found = analyze(problem_of(keys), shares, values, M=HARMONICS, num_resamples=RESAMPLES, seed=DRAW_SEED)
    return _table(keys, np.asarray(found["S1"]), np.asarray(found["S1_conf"]), unknown, unknown)


def _salib(name: str) -> Any:
    try:
        from importlib import import_module

        return import_module(f"SALib.analyze.{name}").analyze
    except ImportError:
        raise InputError("SALib is not installed", key="sensitivity", allowed=INSTALL) from None


def _table(keys: list[str], first: Float, first_by: Float, total: Float, total_by: Float) -> pd.DataFrame:
    columns = (keys, first, first - first_by, first + first_by, total, total - total_by, total + total_by)
    return pd.DataFrame(dict(zip(COLUMNS, columns)))
