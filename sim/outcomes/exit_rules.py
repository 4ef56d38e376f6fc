"""Who exits displacement by each metric: 1 exits, 0 does not, NaN where a missing indicator could change the answer.

Every rule judges all households alike, displaced and host, against the hosts of the survey; see docs/exit-metrics.md.
"""

from collections.abc import Mapping

import numpy as np

from sim.outcomes.exit_inputs import Survey
from sim.schema.errors import InputError

TOLERANCE = 1e-9  # a mean this little below the hosts' reaches it: weighted sums are rounded
_PAIRS = 2_000_000  # patterns compared at once, to bound memory where almost every pattern is different


def pass_fail(survey: Survey) -> np.ndarray:
    """Pass every sub-criterion (EGRISS 2020, IRIS). One known 0 decides against a household.

    Returns
    -------
    numpy.ndarray
        (n,) float64.
    """
    return _all_of(survey.passed)


def composite(survey: Survey) -> np.ndarray:
    """Pass at least as many sub-criteria as the weighted mean of hosts with complete data.

    Returns
    -------
    numpy.ndarray
        (n,) float64.
    """
    return _reaches_hosts(survey, np.arange(len(survey.columns)), "")


def criterion_composite(survey: Survey, criteria: Mapping[str, list[int]]) -> np.ndarray:
    """Within each criterion pass at least as many sub-criteria as hosts do on average, in all criteria.

    Parameters
    ----------
    survey : Survey
        The households.
    criteria : mapping of str to list of int
        Columns of each criterion, by position, as `criteria_of` returns them.

    Returns
    -------
    numpy.ndarray
        (n,) float64.
    """
    within = [_reaches_hosts(survey, np.array(at), f" in criterion {name}") for name, at in criteria.items()]
    return _all_of(np.column_stack(within))


def cell_means(survey: Survey, cell: np.ndarray) -> np.ndarray:
    """Exit where the cell's weighted mean is at least the hosts' on every indicator.

    Means of a cell are over its households with complete data; the others are undecided. Means of hosts are over
    those with an answer, indicator by indicator.

    Parameters
    ----------
    survey : Survey
        n households.
    cell : numpy.ndarray
        (n,) int64: the cell of each, as `sim.outcomes.exit_groups.cells_of` returns it.

    Returns
    -------
    numpy.ndarray
        (n,) float64.
    """
    weights = np.where(survey.complete, survey.weights, 0.0)
    held = np.bincount(cell, weights)[:, None]
    passed = np.column_stack([np.bincount(cell, weights * column) for column in np.nan_to_num(survey.passed).T])
    means = np.divide(passed, held, out=np.zeros_like(passed), where=held > 0)
    exits = np.all(means >= _host_means(survey) - TOLERANCE, axis=1)
    return np.where(survey.complete, exits[cell], np.nan)


def ecdf(survey: Survey) -> np.ndarray:
    """Return the weighted share of hosts that a household equals or exceeds on every indicator.

    Hosts and households with a missing indicator are left out. Households are first grouped by their answers: there
    are at most 2**k patterns of k indicators, however long the table.

    Returns
    -------
    numpy.ndarray
        (n,) float64 in [0, 1].
    """
    complete = survey.complete
    weights = _weights_of_hosts(survey, complete, "")[complete]
    packed = np.packbits(survey.passed[complete].astype(bool), axis=1)
    _, first, pattern = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    pattern = pattern.ravel()
    patterns, hosts = survey.passed[complete][first], np.bincount(pattern, weights)
    result = np.full(len(complete), np.nan)
    result[complete] = covered(patterns, patterns[hosts > 0], hosts[hosts > 0])[pattern]
    return result


def reached(least: np.ndarray, most: np.ndarray, mean: np.ndarray | np.floating) -> np.ndarray:
    """Return where a number passed, known within bounds, reaches the mean of hosts: 1, 0, or NaN where it may or not.

    Parameters
    ----------
    least, most : numpy.ndarray
        Sub-criteria passed at least, and at most.
    mean : numpy.ndarray or float
        What hosts pass on average; arrays are broadcast.

    Returns
    -------
    numpy.ndarray
        float64.
    """
    benchmark = mean - TOLERANCE
    return np.where(least >= benchmark, 1.0, np.where(most < benchmark, 0.0, np.nan))


def covered(patterns: np.ndarray, hosts: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the share of hosts that each pattern equals or exceeds: they pass nothing that it does not pass.

    Parameters
    ----------
    patterns, hosts : numpy.ndarray
        (n, k) and (h, k): what is passed, 1 or 0.
    weights : numpy.ndarray
        (h,) float64: weights of the hosts.

    Returns
    -------
    numpy.ndarray
        (n,) float64 in [0, 1].
    """
    lacked, passed = (1 - patterns).astype(np.float32), hosts.T.astype(np.float32)  # small counts, exact
    step = max(1, _PAIRS // len(hosts))
    covers = (lacked[at : at + step] @ passed == 0 for at in range(0, len(patterns), step))
    share: np.ndarray = np.concatenate([found.astype(float) @ weights for found in covers]) / weights.sum()
    share[share > 1] = 1.0  # sums in another order may differ in the last digit
    return share


def _all_of(results: np.ndarray) -> np.ndarray:
    """Return 1 where all are 1, 0 where any is 0, else NaN; (n, c) to (n,)."""
    all_of: np.ndarray = np.where((results == 0).any(axis=1), 0.0, results.prod(axis=1))
    return all_of


def _reaches_hosts(survey: Survey, at: np.ndarray, concerned: str) -> np.ndarray:
    """Return whether the number passed among some columns reaches the hosts' mean, whatever the missing ones are."""
    passed = survey.passed[:, at]
    least, most = np.nansum(passed, axis=1), np.where(np.isnan(passed), 1.0, passed).sum(axis=1)
    weights = _weights_of_hosts(survey, ~np.isnan(passed).any(axis=1), concerned)
    return reached(least, most, np.average(least, weights=weights))


def _weights_of_hosts(survey: Survey, complete: np.ndarray, concerned: str) -> np.ndarray:
    """Return weights that are 0 but for hosts with complete data."""
    if not (survey.host & complete).any():
        message = f"every host household has a missing indicator{concerned}, so there is no benchmark"
        raise InputError(message, key="indicators", allowed="at least one host household with complete data")
    return np.where(survey.host & complete, survey.weights, 0.0)


def _host_means(survey: Survey) -> np.ndarray:
    """Return the hosts' weighted mean of each indicator over those with an answer; (k,)."""
    weights = np.where(survey.host[:, None] & ~np.isnan(survey.passed), survey.weights[:, None], 0.0)
    means: np.ndarray = (weights * np.nan_to_num(survey.passed)).sum(axis=0) / weights.sum(axis=0)
    return means
