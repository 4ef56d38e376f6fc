"""Survey-weighted multinomial logit on plain arrays, with a covariance that knows how the sample was drawn.

The equations and their sources are in :mod:`sim.calibrate.micro`.
"""

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from sim.calibrate.micro_design import Design, Float, Int, design_of, kish, warn_unclustered
from sim.calibrate.micro_newton import log_probabilities, maximise, utilities
from sim.schema.errors import InputError


@dataclass(frozen=True, eq=False)
class Logit:
    """A fitted logit of m alternatives beside the reference on k columns.

    Attributes
    ----------
    alternatives : tuple of str
        m + 1 names, the reference first.
    columns : tuple of str
        k names.
    coefficients : numpy.ndarray
        (m, k) log-odds of an alternative against the reference, per unit of the column.
    covariance : numpy.ndarray
        (mk, mk) of the coefficients, alternative by alternative.
    households : int
        Rows that the estimates rest on: those with a weight above 0.
    clusters, strata : int
        In the sample; where no clusters were given, as many as rows.
    design_effect : float
        Of unequal weights (Kish).
    log_likelihood : float
        At the estimates, with weights of mean 1.
    left_out : mapping of str to int
        Rows of a table that were not used, by reason.
    no_answer : mapping of str to float
        Weighted share of the answers that are no choice, by answer.
    notes : tuple of str
        What the reader must be told.
    """

    alternatives: tuple[str, ...]
    columns: tuple[str, ...]
    coefficients: Float
    covariance: Float
    households: int
    clusters: int
    strata: int
    design_effect: float
    log_likelihood: float
    left_out: Mapping[str, int] = field(default_factory=dict)
    no_answer: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def standard_errors(self) -> Float:
        """(m, k) standard errors of the coefficients."""
        found: Float = np.sqrt(np.diag(self.covariance)).reshape(self.coefficients.shape)
        return found

    @property
    def degrees_of_freedom(self) -> int:
        """Clusters less strata, for intervals from Student's distribution (Korn and Graubard 1990)."""
        return self.clusters - self.strata

    def probabilities(self, x: Float) -> Float:
        """Return the probability of each alternative, (n, m + 1), at covariates (n, k)."""
        found: Float = np.exp(log_probabilities(utilities(x, self.coefficients)))
        return found


def fit_logit(
    choice: np.ndarray,
    x: np.ndarray,
    weights: np.ndarray | None = None,
    clusters: np.ndarray | None = None,
    strata: np.ndarray | None = None,
    *,
    alternatives: Sequence[str] | None = None,
    columns: Sequence[str] | None = None,
) -> Logit:
    """Fit a multinomial logit by weighted maximum likelihood.

    Parameters
    ----------
    choice : numpy.ndarray
        (n,) int, position of the alternative chosen; 0 is the reference.
    x : numpy.ndarray
        (n, k) covariates, a constant among them if there is to be one.
    weights : numpy.ndarray, optional
        (n,) 0 or more, of any scale. A row of weight 0 adds nothing to the estimates, and its cluster still counts as
        drawn: so is a part of the population studied (Lumley 2010). 1 each if left out.
    clusters, strata : numpy.ndarray, optional
        (n,) whole numbers or texts. Without clusters every row is its own, with a `UserWarning`.
    alternatives, columns : sequence of str, optional
        Names; positions if left out.

    Raises
    ------
    InputError
        If an array cannot be used, nobody chose an alternative, columns are collinear, a coefficient runs away
        (separation), the fit does not converge, or the design is not one.
    """
    named = _numbered(np.asarray(choice)) if alternatives is None else tuple(alternatives)
    rows, covariates, labels = checked(choice, x, named, columns)
    weighed = checked_weights(weights, len(rows))
    design = design_of(len(rows), clusters, strata)
    fit = estimate(rows, covariates, weighed, design, named, labels)
    return _with_notes(fit, weighed, design)


def estimate(
    choice: Int, x: Float, weights: Float, design: Design, alternatives: tuple[str, ...], columns: tuple[str, ...]
) -> Logit:
    """Return the fit of checked arrays, as `fit_logit` but without a warning."""
    counts = weights > 0
    _require_chosen(choice[counts], alternatives)
    top = maximise(choice[counts], x[counts], weights[counts] / weights[counts].mean(), alternatives, columns)
    parts = np.zeros((len(choice), top.coefficients.size))
    parts[counts] = top.influence()
    covariance = design.variance_of_total(parts)
    sizes = (int(counts.sum()), design.clusters, design.strata)
    return Logit(alternatives, columns, top.coefficients, covariance, *sizes, kish(weights), top.log_likelihood)


def checked(
    choice: np.ndarray, x: np.ndarray, alternatives: tuple[str, ...], columns: Sequence[str] | None
) -> tuple[Int, Float, tuple[str, ...]]:
    """Return choices, covariates and names of columns, or refuse what cannot be used."""
    rows, covariates = np.asarray(choice), np.asarray(x)
    _require_choices(rows, len(alternatives))
    if covariates.ndim != 2 or covariates.shape[1] == 0 or covariates.dtype.kind not in "biuf":
        raise InputError("not covariates", key="x", allowed="numbers, a row for each household and a column or more")
    if len(covariates) != len(rows):
        raise InputError(f"it has {len(covariates)} rows", key="x", allowed=f"one for each of {len(rows)} choices")
    labels = tuple(columns or map(str, range(covariates.shape[1])))
    if len(labels) != covariates.shape[1]:
        raise InputError(f"it has {covariates.shape[1]} columns", key="x", allowed=f"{len(labels)} columns")
    values = covariates.astype(np.float64)
    wrong = np.flatnonzero(~np.isfinite(values).all(axis=0))
    if wrong.size:
        raise InputError("a covariate is missing or infinite", key=labels[int(wrong[0])], allowed="finite numbers")
    return rows.astype(np.int64), values, labels


def checked_weights(weights: np.ndarray | None, households: int) -> Float:
    """Return weights with a maximum of 1, or refuse what cannot be used; 1 each for None."""
    values = np.ones(households) if weights is None else np.asarray(weights)
    if values.shape != (households,) or values.dtype.kind not in "iuf":
        raise InputError("not weights", key="weights", allowed=f"a number for each of {households} households")
    wrong = np.flatnonzero(~(np.isfinite(values) & (values >= 0)))
    if wrong.size:
        raise InputError("not a weight", key="weights", value=float(values[wrong[0]]), allowed="0 or more, and finite")
    if not values.any():
        raise InputError("no household has a weight above 0", key="weights", allowed="at least one weight above 0")
    found: Float = values / values.max()  # sums of very large weights would be infinite
    return found


def _numbered(choice: np.ndarray) -> tuple[str, ...]:
    """Return numbers as names, no more than there can be alternatives that somebody chose."""
    most = choice.max(initial=0) if choice.dtype.kind in "iu" else 0
    return tuple(map(str, range(min(int(most), choice.size) + 1)))


def _require_choices(rows: np.ndarray, alternatives: int) -> None:
    if rows.ndim != 1 or rows.dtype.kind not in "iu" or not len(rows):
        raise InputError("not choices", key="choice", allowed="a whole number for each of one or more households")
    wrong = np.flatnonzero((rows < 0) | (rows >= alternatives))
    if wrong.size:
        value = int(rows[wrong[0]])
        raise InputError("not an alternative", key="choice", value=value, allowed=f"0 to {alternatives - 1}")


def _require_chosen(choice: Int, alternatives: tuple[str, ...]) -> None:
    if len(alternatives) < 2:
        raise InputError("there is a single alternative", key="choice", allowed="two or more that somebody chose")
    nobody = np.flatnonzero(np.bincount(choice, minlength=len(alternatives)) == 0)
    if nobody.size:
        message = f"nobody chose the alternative '{alternatives[int(nobody[0])]}'"
        raise InputError(message, key="choice", allowed="leave it out, or merge it with another")


def _with_notes(fit: Logit, weights: Float, design: Design) -> Logit:
    notes = [] if design.clustered else [warn_unclustered(weights)]
    if fit.degrees_of_freedom < fit.coefficients.size:
        notes.append(
            f"{fit.clusters} clusters in {fit.strata} strata are fewer than {fit.coefficients.size} coefficients need: "
            "the covariance cannot be inverted"
        )
        warnings.warn(notes[-1], UserWarning, stacklevel=3)
    return replace(fit, notes=tuple(notes))
