"""What each target does to a posterior: left out, and alone, from the same simulations.

Nothing is simulated. For every target its statistics are left out, summaries are learned of the others, and the cloud
of the last round is adjusted again, in the same folds. That cloud lies in a box around the posterior of all targets:
where leaving one out would widen the posterior beyond the box, or move it out of it, this cannot be seen, so that what
a target contributes is a lower bound. Without any target the cloud itself is left, as the prior weighs it; it says how
much can be seen.

Summaries learned of a finite cloud hold some luck, and so do shifts and ratios. What luck does is measured: simulations
near what was observed are in turn taken as observed and fitted from the others, with the target and without. A target
that moves a mean farther than it moves theirs says something else than the others do, or something that the model does
not make: summaries then reach beyond what they were learned of, and parameters move that it tells nothing of.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.calibrate.abc import regress
from sim.calibrate.adjust import Adjusted
from sim.calibrate.cloud import Cloud
from sim.calibrate.coverage import TRUTHS, from_others
from sim.calibrate.problem import Bool, Float, Int
from sim.calibrate.settings import Settings
from sim.calibrate.summaries import Learned, still

USUAL = 0.99  # of known truths: a mean that moves farther than theirs is moved by what was observed, not by luck
SURE = 0.05  # of known truths: a target narrows where it does so for all but these


@dataclass(frozen=True)
class View:
    """What some of the statistics tell: of what was observed first, then of every known truth.

    Attributes
    ----------
    means, sds : float64[1 + truths, p]
        Of normal scores of the parameters, in which every prior is a standard normal.
    """

    means: Float
    sds: Float

    def shifts(self, other: "View") -> Float:
        """Return how far the means of another view lie from these, in standard deviations of these."""
        return (other.means - self.means) / self.sds

    def ratios(self, other: "View") -> Float:
        """Return how many times as wide another view is."""
        return other.sds / self.sds


def sensitivity(
    names: Sequence[str],
    cloud: Cloud,
    observed: Float,
    targets: Sequence[str],
    settings: Settings | None = None,
    seed: int = 0,
    *,
    truths: int = TRUTHS,
) -> pd.DataFrame:
    """Return what every target does to every parameter.

    Parameters
    ----------
    names : sequence of str
        Of the p parameters.
    cloud : Cloud
        All simulations that the last round of a fit looked at, with s statistics.
    observed : float64[s]
    targets : sequence of str
        The target that each of the s statistics belongs to.
    settings : Settings, optional
    seed : int
        Of folds and of known truths.
    truths : int
        Simulations that are taken as observed, at most; of those that the posterior of all targets is made of.

    Returns
    -------
    pandas.DataFrame
        A row a target and parameter. ``shift``: of the mean when the target is left out, in standard deviations of the
        posterior of all targets; ``shift_usual``: 99 % of known truths are shifted less. ``sd_ratio``: standard
        deviation without the target over that of all targets, with its 5 and 95 % quantiles among known truths,
        ``sd_ratio_q05`` and ``sd_ratio_q95``; ``sd_ratio_alone``: of this target alone; ``sd_ratio_none``: of no
        target, the cloud as the prior weighs it. ``narrows``: wider without it, and for 95 % of known truths;
        ``moves``: shifted more than is usual.
    """
    settings, owner, varies = settings or Settings(), np.asarray(targets), ~still(cloud.statistics)
    cloud, observed, owner = _only(cloud, varies), observed[varies], owner[varies]
    learned, found = regress(cloud, observed, settings, _folds(seed))
    rows = _near(found, truths, np.random.default_rng((seed, 1)))
    whole = _view(cloud, learned, found, rows, settings)
    none = View(*(one[None] for one in _moments(cloud.normal, cloud.weights)))
    tables = []
    for target in dict.fromkeys(targets):
        without = _seen(cloud, observed, owner != target, rows, settings, seed) or none
        alone = _seen(cloud, observed, owner == target, rows[:0], settings, seed) or none
        columns = {"target": target, "parameter": list(names), **_columns(whole, without)}
        columns |= {"sd_ratio_alone": alone.sds[0] / whole.sds[0], "sd_ratio_none": none.sds[0] / whole.sds[0]}
        tables.append(pd.DataFrame(columns))
    return _marked(pd.concat(tables, ignore_index=True))


def _columns(whole: View, without: View) -> dict[str, Float]:
    shifts, ratios = whole.shifts(without), whole.ratios(without)
    low, high = np.quantile(ratios[1:], [SURE, 1.0 - SURE], axis=0)
    return {
        "shift": shifts[0],
        "shift_usual": np.quantile(np.abs(shifts[1:]), USUAL, axis=0),
        "sd_ratio": ratios[0],
        "sd_ratio_q05": low,
        "sd_ratio_q95": high,
    }


def _marked(table: pd.DataFrame) -> pd.DataFrame:
    narrows = table[["sd_ratio", "sd_ratio_q05"]].min(axis=1) > 1.0
    return table.assign(narrows=narrows, moves=table["shift"].abs() > table["shift_usual"])


def _only(cloud: Cloud, kept: Bool) -> Cloud:
    """Return the same simulations with some of their statistics."""
    return replace(cloud, statistics=cloud.statistics[:, kept])


def _folds(seed: int) -> np.random.Generator:
    """Return the generator by which simulations are put into folds: the same ones whatever is left out."""
    return np.random.default_rng((seed, 0))


def _seen(cloud: Cloud, observed: Float, kept: Bool, rows: Int, settings: Settings, seed: int) -> View | None:
    """Return what the statistics that are kept tell; nothing where there are none."""
    if not kept.any():
        return None
    part = _only(cloud, kept)
    return _view(part, *regress(part, observed[kept], settings, _folds(seed)), rows, settings)


def _view(cloud: Cloud, learned: Learned, found: Adjusted, rows: Int, settings: Settings) -> View:
    known = [from_others(cloud, learned.own, row, settings.accept) for row in rows]
    means, sds = zip(*(_moments(one.normal, one.weights) for one in (found, *known)))
    return View(np.array(means), np.array(sds))


def _moments(normal: Float, weights: Float) -> tuple[Float, Float]:
    """Return mean and standard deviation of weighted normal scores [n, p], each [p]."""
    mean = weights @ normal
    return mean, np.sqrt(weights @ np.square(normal - mean))


def _near(found: Adjusted, truths: int, rng: np.random.Generator) -> Int:
    """Return simulations drawn from a posterior, none twice: as likely as what was observed, and as near."""
    number = min(truths, int((found.weights > 0.0).sum()))
    return rng.choice(found.rows, number, replace=False, p=found.weights)
