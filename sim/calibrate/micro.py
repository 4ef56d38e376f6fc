"""What households state they intend, as a survey-weighted multinomial logit: a summary that a fit must reproduce.

Stated intention is not behaviour. The estimates are therefore no parameters of the model but an auxiliary model
(indirect inference: Gourieroux, Monfort and Renault 1993, J. Applied Econometrics 8, S85-S118): the same logit is
fitted to the survey and to the intentions of simulated households with the same covariates, and the two sets of
estimates are compared, with the covariance of the survey's.

Model. A household with covariates x chooses alternative j with probability (McFadden 1974)

    p_j = exp(x'b_j) / sum_l exp(x'b_l),    b_0 = 0 for the reference.

Estimates maximise the weighted (pseudo) log-likelihood, with weights of mean 1 (Binder 1983, Int. Statistical Review
51, 279-292; Skinner 1989, in Analysis of Complex Surveys, ch. 3)

    l(b) = sum_i w_i log p_{i,c(i)},

by Newton's method: the score of household i is s_i = w_i (1[c(i) = j] - p_ij) x_i over j > 0, the information
H = sum_i w_i (diag(p_i) - p_i p_i') kron x_i x_i'. A step is halved until l rises by a tenth of what its slope
promises. l is concave, so a maximum is the only one. The search ends when the squared length of a step in standard
errors, s'H^-1 s, is below 1e-16. Where a step gains less than 1e-6 and still moves a log-odds by 0.1, there is no
maximum (separation: Albert and Anderson 1984, Biometrika 71, 1-10).

Covariance. V = H^-1 M H^-1 (Huber 1967; White 1982) with the middle of a sample of G_h clusters in stratum h, taken as
drawn with replacement (Binder 1983; Liang and Zeger 1986 for one stratum)

    M = sum_h G_h / (G_h - 1) sum_{g in h} (s_g - mean_h s)(s_g - mean_h s)',    s_g = sum of s_i in cluster g.

With one stratum this is the sandwich times G / (G - 1); no factor is taken for the number of coefficients. Without
clusters every row is one: the sandwich for weights only, with a warning, since neighbours answer alike. What weights
alone cost is Kish's design effect n sum(w^2) / sum(w)^2 (Kish 1992, J. Official Statistics 8, 183-200). Calibration of
the weights (raking) and sampling without replacement are not known here; both make V, as a rule, too large. With few
clusters V is too small: below 40 or so intervals fall short (Cameron and Miller 2015, J. Human Resources 50, 317-372).

Rows. Those without a usable weight are left out. Those that stated no choice, or lack a covariate, are outside the
population of the fit, and their clusters count as drawn (domains: Lumley 2010, Complex Surveys). The
estimates are of those who answered.
"""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sim.calibrate.micro_design import Float, design_of
from sim.calibrate.micro_logit import Logit, checked, checked_weights, estimate, fit_logit
from sim.calibrate.micro_shares import shares
from sim.calibrate.micro_table import NO_CHOICE, columns, covariates, read_answers
from sim.schema.errors import InputError
from sim.schema.survey import IntentionSurvey

__all__ = [
    "Logit",
    "Summary",
    "columns",
    "covariates",
    "fit_logit",
    "intentions",
    "shares",
    "simulated_summary",
    "summary",
]


@dataclass(frozen=True, eq=False)
class Summary:
    """Summary statistics of a fit, in an order that depends on the description of the survey alone.

    Attributes
    ----------
    names : tuple of str
        ``alternative:column``, alternative by alternative.
    values : numpy.ndarray
        (p,) log-odds against the reference per unit of the column.
    covariance : numpy.ndarray
        (p, p).
    """

    names: tuple[str, ...]
    values: Float
    covariance: Float


def intentions(table: pd.DataFrame, spec: IntentionSurvey) -> Logit:
    """Fit the logit of stated intentions to a survey table.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a household.
    spec : IntentionSurvey
        What its columns hold.

    Returns
    -------
    Logit
        ``left_out`` counts rows by reason, each once: weight missing, weight zero, no answer, covariate missing.

    Raises
    ------
    InputError
        If the table cannot be used, nobody is left, or as `fit_logit`.
    """
    answers = read_answers(table, spec)
    x = covariates(table.iloc[answers.rows], spec)
    stated, whole = answers.choice != NO_CHOICE, ~np.isnan(x).any(axis=1)
    counts = stated & whole
    if not counts.any():
        raise InputError("no household stated a choice and has all covariates", key=spec.intention)
    fit = fit_logit(
        np.where(counts, answers.choice, 0),
        np.where(counts[:, None], x, 0.0),
        np.where(counts, answers.weights, 0.0),
        answers.clusters,
        answers.strata,
        alternatives=tuple(spec.alternatives),
        columns=columns(spec),
    )
    left_out = answers.left_out | {"covariate missing": int((stated & ~whole).sum())}
    return replace(fit, left_out=left_out, no_answer=answers.no_answer)


def summary(fit: Logit) -> Summary:
    """Return the estimates of a fit and their covariance as summary statistics."""
    names = tuple(f"{alternative}:{column}" for alternative in fit.alternatives[1:] for column in fit.columns)
    return Summary(names, fit.coefficients.ravel(), fit.covariance)


def simulated_summary(survey: Logit, choice: np.ndarray, x: np.ndarray, weights: np.ndarray | None = None) -> Summary:
    """Return the same statistics of simulated households' intentions.

    Parameters
    ----------
    survey : Logit
        The fit to the survey: alternatives and columns are taken from it.
    choice : numpy.ndarray
        (n,) int, position of the intention among the alternatives of the survey.
    x : numpy.ndarray
        (n, k) as `covariates` codes them with the description of the survey.
    weights : numpy.ndarray, optional
        (n,) households that a row stands for; 1 each if left out.

    Returns
    -------
    Summary
        Names as those of ``summary(survey)``. The covariance is that of simulated rows drawn independently, the noise
        of the simulation alone.

    Raises
    ------
    InputError
        As `fit_logit`: in a simulation where nobody intends an alternative, the statistics do not exist.
    """
    rows, coded, _ = checked(choice, x, survey.alternatives, survey.columns)
    weighed = checked_weights(weights, len(rows))
    return summary(estimate(rows, coded, weighed, design_of(len(rows)), survey.alternatives, survey.columns))
