"""Services: whom they take in, and what comes of the cases that are completed.

The rules are those of docs/household-month.md, "Services".
"""

from typing import Any

import numpy as np

from sim.kernels.codes import WHO_FEMALE_HEADED, WHO_VULNERABLE
from sim.kernels.draws import SERVICE
from sim.kernels.uniforms import uniforms
from sim.schema.programme import Changes, Mask, Rows, Seen, Service, Target
from sim.world.allocation import serve_queue
from sim.world.households import Households
from sim.world.offers import WHO, Ledger, Terms


def intake(
    households: Households, seed: int, seen: Seen, terms: Terms[Service], ledger: Ledger, month: int, credit: float
) -> Rows:
    """Return the rows that a service takes in this month, and book them.

    Parameters
    ----------
    credit : float
        What a household can borrow, cents.
    """
    places = ledger.places(month)
    in_window = ledger.first <= month <= ledger.last
    rows = np.flatnonzero(_eligible(households, seen, terms)) if in_window else np.zeros(0, np.intp)
    spec, weight = terms.spec, households.fixed.weight
    needy = households.state.savings[rows] + credit < round(spec.unit_cost * 100)
    by_need = spec.allocation == "need"
    served, carry = serve_queue(households, seed, terms.key, rows, needy, places, by_need)
    ledger.book(int(weight[rows[served]].sum()), int(served.sum()), carry)
    ledger.waiting, ledger.waiting_rows = int(weight[rows[~served]].sum()), int((~served).sum())
    ledger.case_rows = np.concatenate([ledger.case_rows, rows[served]])
    ledger.case_due = np.concatenate([ledger.case_due, np.full(int(served.sum()), month + spec.months)])
    return rows[served]


def completed(
    households: Households, seed: int, seen: Seen, terms: Terms[Service], ledger: Ledger, month: int
) -> tuple[Rows, Changes]:
    """Return the rows whose cases are decided this month with their new columns, and close these cases."""
    due = ledger.case_due <= month
    rows = ledger.case_rows[due]
    ledger.case_rows, ledger.case_due = ledger.case_rows[~due], ledger.case_due[~due]
    if len(rows) == 0:
        return rows, {}
    luck = uniforms(seed, households.fixed.id[rows], SERVICE, month, terms.key)[:, 0]
    return rows, terms.spec.outcome(seen, rows, luck)


def _eligible(households: Households, seen: Seen, terms: Terms[Service]) -> Mask:
    """Return who is present, in reach, not taken in before, and whom the service is for."""
    fixed, state = households.fixed, households.state
    areas = len(seen.security)
    by_area, by_origin, by_site = np.split(terms.reach, [areas, 2 * areas])
    reached = by_area[state.area] & by_origin[fixed.origin] & by_site[state.site]  # no site, -1, is the last
    new = state.reached & np.uint32(1 << terms.number) == 0
    return np.asarray(
        (state.present > 0) & (reached > 0) & new & _among(fixed, terms.spec.target) & terms.spec.wanted(seen)
    )


def _among(fixed: Any, target: Target) -> Mask | bool:
    who = WHO[target.who]
    if who == WHO_VULNERABLE:
        return np.asarray(fixed.vulnerable > 0)
    return np.asarray(fixed.female_headed > 0) if who == WHO_FEMALE_HEADED else True
