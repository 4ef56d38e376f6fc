"""A second opinion on a posterior, by neural posterior estimation (package ``sbi``): beside the default, never instead.

Small networks, each a mixture of normals (Papamakarios and Murray 2016), learn the distribution of parameters given
summaries from the simulations that a fit has made, and are asked at what was observed; nothing is simulated again.
They are told the summaries that the default uses (``summaries.py``): hundreds of statistics are more than some
thousand simulations can teach a network. What comes out is the even mixture of several networks, as single ones are
overconfident (Hermans et al. 2022). Each leaves one fold of the simulations out, and is asked for their parameters
too, which are known: so a second opinion says itself how often its intervals hold.

The weights of simulations as draws from the prior weigh the loss. Simulations drawn again by weight would stand in
training and validation at once, so that training would stop too late.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from sim.calibrate.abc import Posterior
from sim.calibrate.cloud import Cloud
from sim.calibrate.coverage import TRUTHS, Coverage, judge
from sim.calibrate.networks import refuse_missing, torch_from, trained
from sim.calibrate.opinions import side_by_side
from sim.calibrate.problem import Bool, Float, Int, Problem, shares_of
from sim.calibrate.region import Region
from sim.calibrate.summaries import learn
from sim.schema.errors import InputError

NETWORKS = 5  # as many as folds of simulations
ASKED = TRUTHS // NETWORKS  # simulations that a network is asked for of those it did not see
TRIES = 20  # times as many draws as are wanted, of which enough have to lie where something was simulated


@dataclass(frozen=True)
class SecondOpinion:
    """What networks believe of the parameters.

    Attributes
    ----------
    names : tuple of str
        Of the p parameters.
    draws : float64[m, p]
        Equally likely values of the parameters, in their units; as many of each network.
    outside : float
        Share of draws that fell where nothing was simulated, and were drawn anew; much of it is a bad sign.
    coverage : Coverage
        Of single networks, at simulations that they were not trained on.
    table : DataFrame
        Beside the posterior of the fit, as ``opinions.side_by_side`` gives it.
    """

    names: tuple[str, ...]
    draws: Float
    outside: float
    coverage: Coverage
    table: pd.DataFrame


def second_opinion(problem: Problem, posterior: Posterior, seed: int = 0, networks: int = NETWORKS) -> SecondOpinion:
    """Return what neural posterior estimation makes of the simulations of a fit.

    Parameters
    ----------
    problem : Problem
        That was fitted. Nothing of it is simulated.
    posterior : Posterior
        What came of the fit.
    seed : int
        The same problem, posterior and seed give the same draws, with the same torch on the same kind of processor;
        other versions and processors round otherwise, and training magnifies that.
    networks : int
        How many are trained, one after the other, in one thread.

    Raises
    ------
    InputError
        Where ``sbi`` is not installed, or the networks point to where nothing was simulated.
    """
    refuse_missing()
    cloud, rng = posterior.cloud, np.random.default_rng((seed, 0))
    fold = rng.permutation(np.arange(len(cloud.normal)) % networks)
    told = _standardised(cloud, problem.observed, fold)
    each = -(-len(posterior.draws) // networks)
    answers = [_answer(cloud, told, fold == number, each, rng) for number in range(networks)]
    normal = rng.permutation(np.concatenate([one.normal for one in answers]))[: len(posterior.draws)]
    draws = problem.values(shares_of(normal))
    truths = np.concatenate([one.truths for one in answers])
    judged = np.concatenate([one.judged for one in answers], axis=1)
    coverage = Coverage(posterior.names, shares_of(truths), *judged)
    outside = float(np.mean([one.outside for one in answers]))
    table = side_by_side(problem, posterior.draws, draws)
    return SecondOpinion(posterior.names, draws, outside, coverage, table)


class _Told(NamedTuple):
    """Summaries that networks are told: of simulations [n, p], and of what was observed [p]."""

    simulated: Float
    observed: Float


class _Answer(NamedTuple):
    """What one network says: draws, the share of them outside, and truths it did not see with what it says of them."""

    normal: Float
    outside: float
    truths: Float
    judged: Float


def _standardised(cloud: Cloud, observed: Float, fold: Int) -> _Told:
    """Return summaries learned as for the default, with mean 0 and variance 1."""
    learned = learn(cloud.normal, cloud.statistics, fold)
    mean = cloud.weights @ learned.own
    sd = np.maximum(np.sqrt(cloud.weights @ np.square(learned.own - mean)), np.finfo(float).eps)
    return _Told((learned.own - mean) / sd, (learned.score(observed[None])[0] - mean) / sd)


def _answer(cloud: Cloud, told: _Told, left_out: Bool, number: int, rng: np.random.Generator) -> _Answer:
    """Return what a network says that was trained on all simulations but those left out."""
    chance = np.where(left_out, cloud.weights, 0.0)
    rows = rng.choice(len(chance), min(ASKED, int(left_out.sum())), replace=False, p=chance / chance.sum())
    with torch_from(int(rng.integers(2**31))) as torch:
        ask = trained(torch, cloud.normal[~left_out], told.simulated[~left_out], cloud.weights[~left_out])
        normal, outside = _inside(cloud.region, lambda: ask(told.observed[None], number)[:, 0], number)
        believed = ask(told.simulated[rows], number)
    judged = [
        judge(shares_of(one), np.maximum(cloud.region.holds(one), np.finfo(float).tiny), shares_of(truth))
        for one, truth in zip(np.swapaxes(believed, 0, 1), cloud.normal[rows])
    ]
    return _Answer(normal, outside, cloud.normal[rows], np.swapaxes(np.array(judged), 0, 1))


def _inside(region: Region, draw: Callable[[], Float], wanted: int) -> tuple[Float, float]:
    """Return so many draws that lie where something was simulated, and the share that did not."""
    found: list[Float] = []
    for tries in range(1, TRIES + 1):
        drawn = draw()
        found.append(drawn[region.holds(drawn)])
        inside = sum(map(len, found))
        if inside >= wanted:
            return np.concatenate(found)[:wanted], 1.0 - inside / (tries * len(drawn))
    share = 1.0 - inside / (tries * len(drawn))
    message = f"networks put {share:.0%} of what they believe where nothing was simulated: they give no second opinion"
    raise InputError(message, key="--second-opinion", allowed="a fit of more rounds or simulations")
