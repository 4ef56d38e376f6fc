"""Exit metrics side by side: displaced households and hosts, in all and by group."""

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from sim.outcomes.exit_groups import are_numbered
from sim.outcomes.exit_inputs import Rows, Survey, labels, read_survey
from sim.outcomes.exits import EXIT_METRICS, Cells, Criteria, check_asked, require_decided, results_of, share_of
from sim.schema.errors import InputError


def exit_table(
    indicators: pd.DataFrame,
    host: Rows,
    weights: Rows | None = None,
    metrics: Sequence[str] | None = None,
    criteria: Criteria = None,
    cells: Cells = None,
    by: Rows | None = None,
) -> pd.DataFrame:
    """Return the shares of every metric side by side, of displaced and of host households, in all and by group.

    Hosts are judged by the rule that displaced households are: what share of them exits is what the metric makes of a
    population that was never displaced.

    Parameters
    ----------
    indicators, host, weights, criteria, cells
        As in `exit_shares`; ``criteria`` and ``cells`` are for the metrics that need them.
    metrics : sequence of str, optional
        By default all that can be computed: "cells" if given, "criterion_composite" if criteria are known.
    by : pandas.Series or array, optional
        Group of each household. The benchmark is all hosts, whatever the group.

    Returns
    -------
    pandas.DataFrame
        Columns metric, population ("displaced" or "host"), group ("all", or a value of ``by`` that has households),
        share in [0, 1] (NaN where nobody is decided), households (rows decided), undecided (rows), and weight
        (weighted number decided).

    Raises
    ------
    InputError
        If anything given cannot be used, would be ignored, or leaves nobody displaced to decide on.
    """
    survey = read_survey(indicators, host, weights)
    asked = _computable(survey, criteria, cells) if metrics is None else _listed(metrics)
    check_asked(asked, criteria, cells)
    groups = dict(_groups(survey, by))
    rows = []
    for metric in asked:
        results = results_of(survey, metric, criteria, cells, hosts_too=True)
        require_decided(survey, results, metric)
        rows += [
            {"metric": metric, "population": population, "group": group} | _summary(survey, results, members)
            for (population, group), members in groups.items()
        ]
    return pd.DataFrame(rows)


def _computable(survey: Survey, criteria: Criteria, cells: Cells) -> list[str]:
    criteria_known = criteria is not None or are_numbered(survey.columns)
    left_out = {"criterion_composite": not criteria_known, "cells": cells is None}
    return [metric for metric in EXIT_METRICS if not left_out.get(metric, False)]


def _listed(metrics: Sequence[str]) -> list[str]:
    if isinstance(metrics, str) or not len(metrics):
        raise InputError("not a list of metrics", key="metrics", value=metrics, allowed=", ".join(EXIT_METRICS))
    for at, metric in enumerate(metrics):
        if metric in metrics[:at]:
            raise InputError("this metric appears twice", key="metrics", value=metric)
    return list(metrics)


def _groups(survey: Survey, by: Rows | None) -> Iterator[tuple[tuple[str, object], np.ndarray]]:
    """Yield the positions of the households of each population and group."""
    grouped = [("all", np.arange(len(survey.host)))]
    if by is not None:
        group = labels(by, "by", survey.index)
        if (group == "all").any():
            raise InputError("a group has the name of the total", key="by", value="all", allowed="another name")
        grouped += [(label, members.index.to_numpy()) for label, members in group.groupby(group, observed=True)]
    for population, of_it in (("displaced", ~survey.host), ("host", survey.host)):
        for label, members in grouped:
            if of_it[members].any():
                yield (population, label), members[of_it[members]]


def _summary(survey: Survey, results: np.ndarray, members: np.ndarray) -> dict[str, float]:
    decided = members[~np.isnan(results[members])]
    return {
        "share": share_of(results[decided], survey.weights[decided]),
        "households": len(decided),
        "undecided": len(members) - len(decided),
        "weight": float(survey.weights[decided].sum()),
    }
