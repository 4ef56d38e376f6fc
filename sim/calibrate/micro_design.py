"""What the sample of a survey was like: clusters, strata, and the variance of a total that follows."""

import warnings
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Design:
    """Clusters and strata of n households, numbered from 0.

    Attributes
    ----------
    cluster : numpy.ndarray
        (n,) cluster of each household; its row where none were given.
    stratum : numpy.ndarray
        (clusters,) stratum of each cluster.
    clustered : bool
        Whether clusters were given.
    """

    cluster: Int
    stratum: Int
    clustered: bool

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return len(self.stratum)

    @property
    def strata(self) -> int:
        """Number of strata, 1 where none were given."""
        return int(self.stratum.max()) + 1

    def variance_of_total(self, values: Float) -> Float:
        """Return the (p, p) covariance of the sum over households of values (n, p).

        Clusters are taken as drawn with replacement within strata (Binder 1983): the sum over strata h of
        G_h / (G_h - 1) times the sum of squares of cluster totals about their mean in the stratum.
        """
        totals = np.zeros((self.clusters, values.shape[1]))
        np.add.at(totals, self.cluster, values)
        size = np.bincount(self.stratum).astype(np.float64)
        means = np.zeros((len(size), values.shape[1]))
        np.add.at(means, self.stratum, totals)
        apart = (totals - (means / size[:, None])[self.stratum]) * np.sqrt(size / (size - 1.0))[self.stratum, None]
        found: Float = apart.T @ apart
        return found


def design_of(households: int, clusters: np.ndarray | None = None, strata: np.ndarray | None = None) -> Design:
    """Return the design of a sample, checked.

    Parameters
    ----------
    households : int
        Number of rows n.
    clusters, strata : numpy.ndarray, optional
        (n,) labels: whole numbers or texts.

    Raises
    ------
    InputError
        If a label is missing, a cluster lies in two strata, or a stratum (or the sample) has a single cluster.
    """
    named, cluster = _codes(clusters, households, "clusters", np.arange(households))
    regions, stratum = _codes(strata, households, "strata", np.zeros(households, np.int64))
    of_cluster = np.zeros(int(cluster.max()) + 1, np.int64)
    of_cluster[cluster] = stratum
    astray = np.flatnonzero(of_cluster[cluster] != stratum)
    if astray.size:
        value = _plain(named[cluster[astray[0]]])
        raise InputError("a cluster lies in two strata", key="clusters", value=value, allowed="a name in one stratum")
    alone = np.flatnonzero(np.bincount(of_cluster) < 2)
    if alone.size:
        _refuse_alone(None if strata is None else _plain(regions[alone[0]]))
    return Design(cluster, of_cluster, clusters is not None)


def kish(weights: Float) -> float:
    """Return the design effect of unequal weights, n sum(w^2) / sum(w)^2 (Kish 1992); weights of 0 do not count."""
    used = weights[weights > 0] / weights.max()
    return float(len(used) * (used**2).sum() / used.sum() ** 2)


def warn_unclustered(weights: Float) -> str:
    """Warn that no clusters are known, and return the words."""
    text = (
        "no clusters are given: the standard errors allow for weights only, and are too small where neighbours answer "
        f"alike; Kish design effect of the weights {kish(weights):.2f}"
    )
    warnings.warn(text, UserWarning, stacklevel=3)
    return text


def _codes(labels: np.ndarray | None, households: int, key: str, default: Int) -> tuple[np.ndarray, Int]:
    """Return the labels there are, sorted, and the number of each household's among them."""
    found = default if labels is None else np.asarray(labels)
    if found.shape != (households,):
        raise InputError(f"it has the shape {found.shape}", key=key, allowed=f"one label for each of {households} rows")
    if found.dtype.kind == "O" and all(isinstance(label, str) for label in found):
        found = found.astype(np.str_)
    if found.dtype.kind not in "iuUb":
        raise InputError("not labels", key=key, value=str(found.dtype), allowed="whole numbers or texts, none missing")
    there, number = np.unique(found, return_inverse=True)
    return there, number.astype(np.int64)


def _refuse_alone(stratum: object) -> None:
    if stratum is None:
        raise InputError("there is a single cluster", key="clusters", allowed="two or more, or no clusters")
    allowed = "two or more clusters in every stratum: merge it with one that is alike"
    raise InputError("a stratum has a single cluster", key="strata", value=stratum, allowed=allowed)


def _plain(value: object) -> object:
    return value.item() if isinstance(value, np.generic) else value
