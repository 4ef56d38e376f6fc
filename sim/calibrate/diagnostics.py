"""What a fit is to be believed: what the data tell of each parameter, and whether the model makes what was observed."""

import numpy as np
import pandas as pd

from sim.calibrate.abc import Posterior
from sim.calibrate.coverage import Coverage, left_out
from sim.calibrate.problem import Float
from sim.calibrate.sensitivity import sensitivity
from sim.calibrate.simulations import Simulator
from sim.calibrate.study import Study, observed

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
REPLICATES = 2**40  # first seed of predictive runs: apart from those of fits
UNSEEN = 0.1  # contraction below which data say little


def parameter_table(study: Study, posterior: Posterior) -> pd.DataFrame:
    """Return what is believed of every parameter: prior ends, posterior quantiles, contraction, what is unseen.

    Contraction is 1 - variance of the posterior over that of the prior, both as shares of the prior: 0 where the data
    tell nothing, 1 where they tell all.
    """
    rows = []
    for n, (name, prior) in enumerate(study.priors.items()):
        values = posterior.draws[:, n]
        learned = 1.0 - float(np.var(prior.share(values))) * 12.0
        quantiles = np.quantile(values, LEVELS)
        rows.append((name, prior.low, prior.high, *quantiles, learned, name in posterior.unseen))
    columns = ["parameter", "low", "high", *(f"q{100 * level:02.0f}" for level in LEVELS), "contraction", "unseen"]
    return pd.DataFrame(rows, columns=columns)


def self_check(study: Study, posterior: Posterior) -> Coverage:
    """Return how often intervals of the last round of a fit hold truths that are known: its own simulations."""
    return left_out(posterior.names, posterior.cloud, seed=study.spec.seed)


def sensitivity_table(study: Study, until: str, posterior: Posterior) -> pd.DataFrame:
    """Return what every target and survey that was fitted to does to every parameter, as `sensitivity` tells it."""
    compared = study.compared_until(until)
    targets = [one.name for one in compared for _ in one.names]
    return sensitivity(posterior.names, posterior.cloud, observed(compared), targets, seed=study.spec.seed)


def predictive(draws: Float, simulator: Simulator) -> Float:
    """Return statistics that each draw of a posterior would have given, [draws, s]; those that fail are left out."""
    found = simulator(draws, np.arange(REPLICATES, REPLICATES + len(draws)))
    kept: Float = found[np.isfinite(found).all(axis=1)]
    return kept


def predictive_table(study: Study, until: str, sampled: Float) -> pd.DataFrame:
    """Return every target with what the posterior predicts of it.

    Columns series, stock, date, published, q05 to q95 (families), share_below: of draws below what was published. Of a
    change it is the families that it makes of those published before.
    """
    rows: list[tuple[object, ...]] = []
    at = 0
    for series in study.until(until):
        now, then = series.pairs
        published, shape = series.levels[now], (len(sampled), len(now), len(series.labels))
        values = np.exp(sampled[:, at : at + len(series.names)].reshape(shape)) * series.levels[then]
        at += len(series.names)
        quantiles = np.quantile(values, LEVELS, axis=0)
        below = (values < published).mean(axis=0)
        rows += [
            (series.name, label, series.dates[n - 1], published[d, s], *quantiles[:, d, s], below[d, s])
            for d, n in enumerate(now)
            for s, label in enumerate(series.labels)
        ]
    names = ["series", "stock", "date", "published", *(f"q{100 * level:02.0f}" for level in LEVELS), "share_below"]
    return pd.DataFrame(rows, columns=names)


def covered(table: pd.DataFrame) -> pd.DataFrame:
    """Return, by series, how many published values lie in the 90 % interval of what is predicted, and the error."""
    inside = table["published"].between(table["q05"], table["q95"])
    error = (table["q50"] - table["published"]).abs()
    parts = table.assign(inside=inside, error=error).groupby("series", sort=False)
    return pd.DataFrame({
        "values": parts.size(),
        "within_90": parts["inside"].mean(),
        "wape": 100 * parts["error"].sum() / parts["published"].sum(),
    }).reset_index()  # fmt: skip
