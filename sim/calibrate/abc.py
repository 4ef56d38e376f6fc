"""Fitting by simulation: regression-ABC in rounds that draw closer to what was observed.

Each round simulates parameters drawn from the prior within a region, learns summaries (``summaries.py``), accepts the
simulations nearest to what was observed and adjusts them (``adjust.py``); the next region is the box around what comes
out, a little wider. Simulations of all rounds that lie in the region count, each weighed as a draw from the prior, so
that regions say where to look and never what to believe. Everything follows from problem, settings and seed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from sim.calibrate.adjust import Adjusted, adjust
from sim.calibrate.cloud import Cloud, Outside, outside
from sim.calibrate.kept import kept
from sim.calibrate.problem import Bool, Float, Problem, shares_of
from sim.calibrate.region import Region
from sim.calibrate.rounds import Round, pooled, simulated
from sim.calibrate.settings import Settings, account_of, refuse
from sim.calibrate.summaries import Learned, learn
from sim.schema.errors import InputError

__all__ = ["Posterior", "Settings", "fit"]

BLIND = 3.0  # standard errors of a correlation with its parameter that a summary has to show
LEFT = 0.5  # share of the posterior of a first round that its start has to hold, lest it be given up


@dataclass(frozen=True)
class Posterior:
    """What is believed of the parameters afterwards.

    Attributes
    ----------
    names : tuple of str
        Of the p parameters.
    draws : float64[m, p]
        Equally likely values of the parameters, in their units.
    shares : float64[k, p]
        Accepted simulations after adjustment, as shares of the priors.
    weights : float64[k]
        How much each weighs; they sum to 1.
    summaries, observed : float64[k, p] and float64[p]
        Summaries of the accepted simulations, as simulated, and of what was observed.
    cloud : Cloud
        All simulations that the last round looked at.
    region : Region
        The box around the posterior: where the next round would look, and where a later fit may start.
    outside : Outside
        How far what was observed lies from what was simulated.
    unseen, still : tuple of str
        Parameters that no statistic tells anything of, and statistics that never vary, which are left out.
    simulations, dropped : int
        Simulations of all rounds, and how many of them gave what is no number.
    """

    names: tuple[str, ...]
    draws: Float
    shares: Float
    weights: Float
    summaries: Float
    observed: Float
    cloud: Cloud
    region: Region
    outside: Outside
    unseen: tuple[str, ...]
    still: tuple[str, ...]
    simulations: int
    dropped: int


def fit(
    problem: Problem,
    settings: Settings | None = None,
    seed: int = 0,
    *,
    keep: Path | None = None,
    start: Region | None = None,
) -> Posterior:
    """Return the posterior of a problem.

    Parameters
    ----------
    problem : Problem
    settings : Settings, optional
    seed : int
        The same problem, settings, seed and start give the same posterior to the last bit.
    keep : Path, optional
        A folder in which finished batches are kept; a fit that was killed goes on from there.
    start : Region, optional
        Where to begin instead of the whole prior: the region of an earlier posterior of the same parameters and
        priors, which is widened. Where the first round points out of it, the second takes the whole prior.

    Raises
    ------
    InputError
        Where settings cannot be used, the folder is of another problem, or most simulations give no numbers.
    """
    settings = settings or Settings()
    refuse(problem, settings, seed, start)
    region = Region.whole(len(problem.names)) if start is None else start.widened(settings.widen)
    rounds: list[Round] = []
    sighted = np.zeros(len(problem.names), bool)
    with kept(keep, account_of(problem, settings, seed, start)) as store:
        for number in range(settings.rounds):
            rng = np.random.default_rng((seed, number))
            drawn = region.draw(rng, settings.simulations)
            rounds.append(simulated(problem, settings, seed, number, region, drawn, store))
            cloud = pooled(rounds)
            learned, found = regress(cloud, problem.observed, settings, rng)
            sighted |= _sighted(cloud.normal, learned.own)
            normal = found.resampled(settings.draws, rng)
            is_lost = start is not None and number == 0 and region.holds(normal).mean() < LEFT
            region = Region.whole(len(problem.names)) if is_lost else Region.around(normal, settings.inflate)
    return _posterior(problem, rounds, cloud, learned, found, normal, region, sighted)


def regress(cloud: Cloud, observed: Float, settings: Settings, rng: np.random.Generator) -> tuple[Learned, Adjusted]:
    """Return the summaries learned from a cloud, and its simulations adjusted to what was observed."""
    fold = rng.permutation(np.arange(len(cloud.normal)) % settings.folds)
    learned = learn(cloud.normal, cloud.statistics, fold)
    if learned.features.still.all():
        raise InputError("no statistic varies among simulations, so that none tells of any parameter", key="statistics")
    seen = learned.score(observed[None])[0]
    return learned, adjust(cloud.normal, learned.own, seen, cloud.weights, settings.accept)


def _sighted(normal: Float, summaries: Float) -> Bool:
    """Return of which parameters the summaries tell more than chance would."""
    spread = np.maximum(summaries.std(axis=0) * normal.std(axis=0), np.finfo(float).tiny)
    together = ((summaries - summaries.mean(axis=0)) * (normal - normal.mean(axis=0))).mean(axis=0) / spread
    sighted: Bool = together > BLIND / np.sqrt(len(normal))
    return sighted


def _posterior(
    problem: Problem,
    rounds: Sequence[Round],
    cloud: Cloud,
    learned: Learned,
    found: Adjusted,
    normal: Float,
    region: Region,
    sighted: Bool,
) -> Posterior:
    """Return what came out of the last round."""
    drawn = sum(one.drawn for one in rounds)
    return Posterior(
        names=problem.names,
        draws=problem.values(shares_of(normal)),
        shares=shares_of(found.normal),
        weights=found.weights,
        summaries=learned.own[found.rows],
        observed=learned.score(problem.observed[None])[0],
        cloud=cloud,
        region=region,
        outside=outside(cloud.statistics, problem.observed),
        unseen=tuple(name for name, seen in zip(problem.names, sighted) if not seen),
        still=tuple(name for name, still in zip(problem.statistics, learned.features.still) if still),
        simulations=drawn,
        dropped=drawn - sum(len(one.normal) for one in rounds),
    )
