"""What hosts have: the share of households that pass each rationed sub-criterion, by area and settlement type.

The case says how often hosts pass at the start of the run. From there a share moves with the driver of its area,
on the logit scale, so that it stays a share; settlement types shift it the same way. Rules and sources:
docs/household-month.md, "Criteria".
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from sim.kernels.codes import (
    CAMP,
    CRITERIA,
    EDUCATION,
    HEALTH,
    HOSTED,
    HOUSING,
    INFORMAL,
    MOVEMENT,
    RATED,
    SAFETY,
    SHELTERS,
)

Float = npt.NDArray[np.float64]


def host_rates(conditions: dict[str, Float]) -> Float:
    """Return the pass rates of hosts that the conditions declare, float64[A, 10], in the order of CRITERIA."""
    return np.column_stack([conditions[host_pass(name)] for name in CRITERIA])


def host_pass(criterion: str) -> str:
    """Return the name of the area condition that gives the pass rate of hosts in a sub-criterion."""
    return f"host_pass_{criterion}"


def standards(conditions: dict[str, Float], security: Float, services: Float, criteria: Any) -> Float:
    """Return the share of households that pass each rationed sub-criterion.

    Parameters
    ----------
    conditions : dict of str to float64[A]
        This month's conditions, with the pass rates of hosts.
    security, services : float64[A]
        By how much security and service cover differ from those at the start of the run.
    criteria : sim.schema.parameters.Criteria

    Returns
    -------
    float64[A, 5, 5]
        By area, settlement type and sub-criterion in the order of RATED.
    """
    slopes = {
        SAFETY: criteria.safety_per_security * security,
        MOVEMENT: criteria.movement_per_security * security,
        HOUSING: 0.0 * security,
        HEALTH: criteria.health_per_services * services,
        EDUCATION: criteria.education_per_services * services,
    }
    declared = np.array([conditions[host_pass(CRITERIA[criterion])] for criterion in RATED])
    hosts = (logit(declared) + np.array([slopes[criterion] for criterion in RATED])).T
    rates: Float = expit(hosts[:, None, :] - _handicaps(criteria))
    housing = RATED.index(HOUSING)
    rates[:, [CAMP, INFORMAL], housing] = 0.0  # no adequate housing, whatever hosts have
    rates[:, HOSTED, housing] *= criteria.hosted_adequate
    return np.ascontiguousarray(rates)


def _handicaps(criteria: Any) -> Float:
    """Return by how much every settlement type lowers the logits of pass rates, float64[5, 5]."""
    handicaps = np.zeros((len(SHELTERS), len(RATED)))
    handicaps[CAMP, RATED.index(MOVEMENT)] = criteria.camp_movement
    handicaps[INFORMAL, [RATED.index(HEALTH), RATED.index(EDUCATION)]] = criteria.informal_services
    return handicaps
