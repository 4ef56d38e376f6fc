"""Whether intervals hold what they claim: fits of observations made from known parameters.

Simulation-based calibration (Talts et al. 2018): of truths drawn from the prior, 90 % intervals of sound posteriors
hold 90 %, and the rank of a truth among its posterior's draws is uniform. Either each truth is fitted in full, or, for
models that are dear, each simulation of one table is in turn taken as observed and fitted from the others.
"""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.stats import beta, chisquare

from sim.calibrate.abc import fit
from sim.calibrate.adjust import Adjusted, adjust
from sim.calibrate.cloud import Cloud
from sim.calibrate.problem import Float, Problem, shares_of
from sim.calibrate.rounds import seeds_of
from sim.calibrate.settings import Settings
from sim.calibrate.summaries import learn

LEAST = 0.85  # mean coverage of 90 % intervals below which a method is not to be believed
BINS = 10  # of ranks
UNIFORM_SD = 12**-0.5
TRUTHS = 200


class CoverageError(ValueError):
    """Intervals of a fit hold the truth too seldom to be shown."""


@dataclass(frozen=True)
class Coverage:
    """What came of fits whose truth is known; all in shares of the priors, so that units do not matter.

    Attributes
    ----------
    names : tuple of str
        Of the p parameters.
    truths : float64[n, p]
    ranks : float64[n, p]
        Share of the posterior below the truth.
    means, sds : float64[n, p]
        Of the posteriors.
    """

    names: tuple[str, ...]
    truths: Float
    ranks: Float
    means: Float
    sds: Float

    def within(self, level: float) -> Float:
        """Return how often the central interval of this level, 0 to 1, holds the truth, float64[p]."""
        held: Float = (np.abs(self.ranks - 0.5) <= 0.5 * level).mean(axis=0)
        return held

    @property
    def mean_90(self) -> float:
        """Coverage of 90 % intervals, mean over parameters."""
        return float(self.within(0.9).mean())

    @property
    def rmse(self) -> Float:
        """Root mean square error of posterior means, in standard deviations of the prior, float64[p]."""
        error: Float = np.sqrt(np.square(self.means - self.truths).mean(axis=0)) / UNIFORM_SD
        return error

    @property
    def contraction(self) -> Float:
        """1 - mean variance of the posterior over that of the prior, float64[p]: 0 where nothing was learned."""
        gained: Float = 1.0 - np.square(self.sds).mean(axis=0) / UNIFORM_SD**2
        return gained

    @property
    def uniformity(self) -> Float:
        """P-value of ranks as uniform as these or less, by chi-square over ten bins, float64[p]."""
        bins = np.minimum((self.ranks * BINS).astype(int), BINS - 1)
        return np.array([float(chisquare(np.bincount(one, minlength=BINS)).pvalue) for one in bins.T])

    def table(self) -> pd.DataFrame:
        """Return a row a parameter, with the 95 % binomial interval of the coverage of 90 % intervals."""
        at_50, at_90 = self.within(0.5), self.within(0.9)
        low, high = binomial_interval(at_90, len(self.truths))
        columns = {"within_50": at_50, "within_90": at_90, "within_90_low": low, "within_90_high": high}
        columns |= {"rmse": self.rmse, "contraction": self.contraction, "uniform_p": self.uniformity}
        return pd.DataFrame(columns, index=pd.Index(self.names, name="parameter"))

    def refuse(self, least: float = LEAST) -> None:
        """Refuse a method whose 90 % intervals hold the truth less often than this, mean over parameters.

        Raises
        ------
        CoverageError
        """
        if self.mean_90 < least:
            worst = self.names[int(self.within(0.9).argmin())]
            raise CoverageError(
                f"90 % intervals hold {self.mean_90:.0%} of {len(self.truths)} known truths, {worst} least often "
                f"({self.within(0.9).min():.0%}); below {least:.0%} they are not to be believed"
            )


def binomial_interval(share: Float, number: int) -> tuple[Float, Float]:
    """Return the 95 % interval of chances that give such shares of a number (Clopper and Pearson 1934)."""
    hits = np.round(share * number)
    low = np.where(hits > 0, beta.ppf(0.025, np.maximum(hits, 1), number - hits + 1), 0.0)
    return low, np.where(hits < number, beta.ppf(0.975, hits + 1, np.maximum(number - hits, 1)), 1.0)


def fitted(
    problem: Problem,
    settings: Settings | None = None,
    seed: int = 0,
    *,
    truths: int = TRUTHS,
    workers: int = 1,
    world: Problem | None = None,
) -> Coverage:
    """Return the coverage of full fits: of truths drawn from the prior, each observed once and fitted by itself.

    Parameters
    ----------
    problem : Problem
        What was observed in it is not used.
    settings : Settings, optional
    seed : int
        Of truths; fits take the seeds after it.
    truths : int
    workers : int
        Threads; a model gains by them as far as it runs without Python's lock. The result is the same.
    world : Problem, optional
        Where truths live, if not in the problem: one with more parameters, to see what leaving them out does.
    """
    world = world or problem
    drawn = np.random.default_rng((seed, 0)).random((truths, len(world.names)))
    observed = world.simulated(drawn, seeds_of(seed, 0, truths))
    known = drawn[:, [world.names.index(name) for name in problem.names]]

    def one(number: int) -> Sequence[Float]:
        found = fit(replace(problem, observed=observed[number]), settings, seed + 1 + number)
        return judge(problem.shares(found.draws), np.ones(len(found.draws)), known[number])

    with ThreadPoolExecutor(workers) as pool:
        ranks, means, sds = np.swapaxes(np.array(list(pool.map(one, range(truths)))), 0, 1)
    return Coverage(problem.names, known, ranks, means, sds)


def left_out(
    names: tuple[str, ...], cloud: Cloud, settings: Settings | None = None, seed: int = 0, *, truths: int = TRUTHS
) -> Coverage:
    """Return the coverage of fits from one table of simulations, each truth one of it, left out in turn.

    Nothing is simulated. Summaries are learned once, in folds, so that a truth is scored by fits that did not see it.
    With the cloud of a posterior it says what its last round is worth, where it was used.

    Parameters
    ----------
    names : tuple of str
        Of the parameters.
    cloud : Cloud
        The table; truths are drawn from it as it weighs them.
    settings : Settings, optional
    seed : int
    truths : int
        At most as many as there are simulations.
    """
    settings = settings or Settings()
    rng = np.random.default_rng((seed, 0))
    learned = learn(cloud.normal, cloud.statistics, rng.permutation(np.arange(len(cloud.normal)) % settings.folds))
    chosen = rng.choice(len(cloud.normal), min(truths, len(cloud.normal)), replace=False, p=cloud.weights)
    judged = []
    for row in chosen:
        found = from_others(cloud, learned.own, row, settings.accept)
        judged.append(judge(shares_of(found.normal), found.weights, shares_of(cloud.normal[row])))
    ranks, means, sds = np.swapaxes(np.array(judged), 0, 1)
    return Coverage(names, shares_of(cloud.normal[chosen]), ranks, means, sds)


def from_others(cloud: Cloud, summaries: Float, row: int, accept: float) -> Adjusted:
    """Return the posterior of one simulation of a cloud, taken as observed and fitted from all others."""
    others = np.arange(len(cloud.normal)) != row
    return adjust(cloud.normal[others], summaries[others], summaries[row], cloud.weights[others], accept)


def judge(shares: Float, weights: Float, truth: Float) -> tuple[Float, Float, Float]:
    """Return the rank of a truth [p] in a weighted posterior [m, p], and the posterior's mean and sd, each [p]."""
    weights = weights / weights.sum()
    mean = weights @ shares
    return weights @ (shares < truth), mean, np.sqrt(weights @ np.square(shares - mean))
