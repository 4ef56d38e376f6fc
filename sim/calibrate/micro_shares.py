"""Weighted shares of stated intentions with standard errors that know how the sample was drawn."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from sim.calibrate.micro_design import Design, Float, design_of, warn_unclustered
from sim.calibrate.micro_table import NO_CHOICE, Answers, groups, read_answers
from sim.schema.errors import InputError
from sim.schema.survey import IntentionSurvey

_SHARES = ("alternative", "share", "standard_error", "households", "clusters", "weight", "no_answer")


def shares(table: pd.DataFrame, spec: IntentionSurvey, by: str | Sequence[str] = ()) -> pd.DataFrame:
    """Return the weighted share of each alternative among households that stated one, in all or by group.

    The share is a ratio of two estimated totals; its variance is that of the total of ``w (y - share) / sum(w)``
    over the households of the group (linearisation: Woodruff 1971; Binder 1983). Clusters without a household of the
    group count as drawn, with 0 (a domain: Lumley 2010). Meant as targets of a fit; small groups are not
    for publication.

    Parameters
    ----------
    table : pandas.DataFrame
        One row a household.
    spec : IntentionSurvey
        What its columns hold. Covariates are not read, and may be missing.
    by : str or sequence of str, optional
        Columns that make the groups.

    Returns
    -------
    pandas.DataFrame
        The columns of ``by``; alternative; share in [0, 1], NaN where nobody in the group stated one; standard_error,
        NaN where it is not known: in a single cluster, or where all or none chose it; households and clusters that
        stated one; weight, their sum; no_answer, weighted share in [0, 1] of the group that stated none.

    Raises
    ------
    InputError
        If the table cannot be used, or a household has no group.
    """
    named = [by] if isinstance(by, str) else list(by)
    if taken := [name for name in named if name in _SHARES]:
        raise InputError("a column has the name of a result", key=taken[0], allowed="another name")
    answers = read_answers(table, spec)
    design = design_of(len(answers.rows), answers.clusters, answers.strata)
    if not design.clustered:
        warn_unclustered(answers.weights)
    number, labels = groups(table.iloc[answers.rows], named)
    parts = [_of_group(answers, design, number == group, list(spec.alternatives)) for group in range(len(labels))]
    repeated = labels.loc[labels.index.repeat(len(spec.alternatives))].reset_index(drop=True)
    return pd.concat([repeated, pd.concat(parts, ignore_index=True)], axis=1)


def _of_group(answers: Answers, design: Design, members: np.ndarray, alternatives: list[str]) -> pd.DataFrame:
    stated = members & (answers.choice != NO_CHOICE)
    chosen = (answers.choice[:, None] == np.arange(len(alternatives))).astype(np.float64)
    share, error = _linearised(chosen, np.where(stated, answers.weights, 0.0), design)
    weight = answers.weights[stated].sum()
    return pd.DataFrame(
        {
            "alternative": alternatives,
            "share": share,
            "standard_error": error,
            "households": int(stated.sum()),
            "clusters": len(np.unique(design.cluster[stated])),
            "weight": float(weight),
            "no_answer": float(1.0 - weight / answers.weights[members].sum()),
        }
    )


def _linearised(chosen: Float, weights: Float, design: Design) -> tuple[Float, Float]:
    """Return shares and standard errors, (alternatives,) each; a weight of 0 is outside the group."""
    if not weights.any():
        return np.full(chosen.shape[1], np.nan), np.full(chosen.shape[1], np.nan)
    part = weights / weights.sum()
    share = part @ chosen
    error = np.sqrt(np.diag(design.variance_of_total(part[:, None] * (chosen - share))))
    some = (part @ chosen > 0) & (part @ (1.0 - chosen) > 0)
    known = some & (len(np.unique(design.cluster[weights > 0])) > 1)
    return share, np.where(known, error, np.nan)
