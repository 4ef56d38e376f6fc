"""Exit metrics: the share of displaced households that have overcome what displacement made worse.

Pure functions of any survey table; what each metric asks, in plain words, is in docs/exit-metrics.md.

References
----------
EGRISS (2020), International Recommendations on IDP Statistics (IRIS), United Nations Statistical Commission.
"""

from collections.abc import Mapping
from typing import Literal, overload

import numpy as np
import pandas as pd

from sim.outcomes.exit_groups import cells_of, criteria_of
from sim.outcomes.exit_inputs import Rows, Survey, read_survey
from sim.outcomes.exit_rules import cell_means, composite, criterion_composite, ecdf, pass_fail
from sim.schema.errors import InputError, nearest

EXIT_METRICS = ("pass_fail", "composite", "criterion_composite", "cells", "ecdf")

Criteria = Mapping[str, str] | None
Cells = pd.DataFrame | pd.Series | None


@overload
def exit_shares(
    indicators: pd.DataFrame,
    host: Rows,
    weights: Rows | None = None,
    metric: str = "pass_fail",
    criteria: Criteria = None,
    cells: Cells = None,
    *,
    per_household: Literal[False] = False,
) -> float: ...


@overload
def exit_shares(
    indicators: pd.DataFrame,
    host: Rows,
    weights: Rows | None = None,
    metric: str = "pass_fail",
    criteria: Criteria = None,
    cells: Cells = None,
    *,
    per_household: Literal[True],
) -> pd.Series: ...


def exit_shares(
    indicators: pd.DataFrame,
    host: Rows,
    weights: Rows | None = None,
    metric: str = "pass_fail",
    criteria: Criteria = None,
    cells: Cells = None,
    *,
    per_household: bool = False,
) -> float | pd.Series:
    """Return the weighted share of displaced households that exit displacement by one metric (EGRISS 2020).

    Parameters
    ----------
    indicators : pandas.DataFrame
        One row a household, one column a sub-criterion: 1 vulnerability overcome, 0 not, or missing.
    host : pandas.Series or array
        True for a host household, False for a displaced one. A Series is matched by its index.
    weights : pandas.Series or array, optional
        Households that a row stands for, above 0; 1 each by default.
    metric : str
        "pass_fail" (every sub-criterion), "composite" (as many as hosts on average), "criterion_composite" (the same
        within every criterion), "cells" (the group's mean reaches the hosts' on every indicator) or "ecdf" (the share
        of hosts that the household equals or exceeds on every indicator).
    criteria : mapping of str to str, optional
        Criterion of every column, for "criterion_composite"; by default the number its name begins with.
    cells : pandas.DataFrame or pandas.Series, optional
        Characteristics that name the group of each household, for "cells".
    per_household : bool
        Return the result of every household instead, hosts judged by the same rule.

    Returns
    -------
    float or pandas.Series
        Share in [0, 1] of displaced households whose answer is decided. Or float64 results with the index of the
        table: 1 exits, 0 does not, NaN undecided since a missing indicator could change it; for "ecdf" a share.

    Raises
    ------
    InputError
        If anything given cannot be used, would be ignored, or leaves nobody displaced to decide on.
    """
    survey = read_survey(indicators, host, weights)
    check_asked([metric], criteria, cells)
    results = results_of(survey, metric, criteria, cells, hosts_too=per_household)
    if per_household:
        return pd.Series(results, index=survey.index, name=metric)
    require_decided(survey, results, metric)
    return share_of(results[~survey.host], survey.weights[~survey.host])


def results_of(survey: Survey, metric: str, criteria: Criteria, cells: Cells, *, hosts_too: bool) -> np.ndarray:
    """Return the result of every household by one metric; (n,) float64. Cells of hosts are checked if asked for."""
    if metric == "criterion_composite":
        return criterion_composite(survey, criteria_of(survey.columns, criteria))
    if metric == "cells" and cells is not None:
        return cell_means(survey, cells_of(survey, cells, hosts_too | ~survey.host))
    return {"pass_fail": pass_fail, "composite": composite, "ecdf": ecdf}[metric](survey)


def check_asked(asked: list[str], criteria: Criteria, cells: Cells) -> None:
    """Refuse unknown metrics, and what is missing for a metric or used by none."""
    for metric in asked:
        if metric not in EXIT_METRICS:
            message = f"no such metric{nearest(str(metric), EXIT_METRICS)}"
            raise InputError(message, key="metric", value=metric, allowed=", ".join(EXIT_METRICS))
    if "cells" in asked and cells is None:
        allowed = "characteristics of households in the argument cells"
        raise InputError("metric 'cells' needs to know the cells", key="cells", allowed=allowed)
    for key, given, needs in (("criteria", criteria, "criterion_composite"), ("cells", cells, "cells")):
        if given is not None and needs not in asked:
            raise InputError("no metric asked for uses this", key=key, allowed=f"only with metric '{needs}'")


def share_of(results: np.ndarray, weights: np.ndarray) -> float:
    """Return the weighted mean of decided results, NaN if there are none."""
    decided = ~np.isnan(results)
    if not decided.any():
        return float("nan")
    share = float(np.average(results[decided], weights=weights[decided]))
    return min(max(share, 0.0), 1.0)


def require_decided(survey: Survey, results: np.ndarray, metric: str) -> None:
    """Refuse a share of nobody."""
    if np.isnan(results[~survey.host]).all():
        message = f"by metric '{metric}' no displaced household is decided: each misses an indicator it depends on"
        raise InputError(message, key="indicators", allowed="at least one displaced household that is decided")
