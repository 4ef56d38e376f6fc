"""Gates: what stops a household that wants to go. Costs are in cents and floored."""

import math

from sim.kernels.codes import (
    ACCESS,
    DOCUMENTS,
    DWELLING,
    MONEY,
    OFFER_RENT_SUBSIDY,
    OFFER_RETURN_GRANT,
    OFFER_TRANSPORT,
    OWNER,
    PERMISSION,
    SEASON,
    VACANCY,
)
from sim.kernels.compile import inlined
from sim.kernels.draws import MEANS, draw4
from sim.kernels.house import usable
from sim.kernels.inputs import offer_of

# What a household may count on: any free one, or none but the one it holds.
ALL_VACANCIES, NO_VACANCY = -2, -1


@inlined
def transport_cost(who, kilometres, gates):
    """Return the cost of moving a household over a distance."""
    return math.floor(gates.transport_per_person_km * who.size * kilometres)


@inlined
def funds(now, params):
    """Return what a household can pay now: savings, and credit up to its share of the debt limit."""
    return now.savings + params.gates.credit_share * params.budget.debt_limit


@inlined
def money_gate(cost, available):
    """Return the MONEY bit when a cost exceeds what is available; what costs nothing is open to all."""
    return 1 << MONEY if cost > 0.0 and cost > available else 0


@inlined
def way_home_gate(who, month, cost, available):
    """Return the MONEY bit of a return: shut to those who cannot pay it, unless they find the means this month."""
    shut = money_gate(cost, available)
    if shut:
        found, _, _, _ = draw4(month.seed, who.id, MEANS, month.time, 0)
        if found < month.params.gates.means_found:
            shut = 0
    return shut


@inlined
def vacancy_gate(weight, free, resource, held):
    """Return the VACANCY bit when the vacancy needed is neither free for this row nor held by it."""
    if resource < 0 or resource == held:
        return 0
    if held == ALL_VACANCIES and free[resource] >= weight:
        return 0
    return 1 << VACANCY


@inlined
def season_gate(who, mine, school, gates):
    """Return the SEASON bit for families kept by the school year."""
    return 1 << SEASON if school and who.size >= 3 and mine.school_rank < gates.school_share else 0


@inlined
def documents_gate(now, mine, gates):
    """Return the DOCUMENTS bit for those whose missing civil documents stop them at checkpoints or registries."""
    return 1 << DOCUMENTS if not now.civil_documents and mine.documents_rank < gates.documents_share else 0


@inlined
def home_gates(who, now, home, mine, house):
    """Return the ACCESS, PERMISSION and DWELLING bits of going home."""
    gates = 0
    if mine.access_rank >= home.return_access:
        gates |= 1 << ACCESS
    if who.affiliated and home.clearance > 0:
        gates |= 1 << PERMISSION
    if who.tenure == OWNER and not mine.hosted_at_home and not usable(now, house):
        gates |= 1 << DWELLING
    return gates


@inlined
def return_offers(open_offers, offers):
    """Return the bits of the programmes a return would use, the grants they pay, and whether it is carried.

    One transport programme, the first, and every return grant; grants in cents.
    """
    bits, grants, carried = 0, 0.0, False
    if open_offers == 0:
        return bits, grants, carried
    for p in range(offers.shape[0]):
        if open_offers >> p & 1 == 0:
            continue
        offer = offer_of(offers, p)
        if offer.kind == OFFER_RETURN_GRANT:
            bits |= 1 << p
            grants += offer.amount
        elif offer.kind == OFFER_TRANSPORT and not carried:
            bits |= 1 << p
            carried = True
    return bits, grants, carried


@inlined
def rent_subsidy(open_offers, offers):
    """Return the first open rent subsidy, or -1."""
    if open_offers:
        for p in range(offers.shape[0]):
            if open_offers >> p & 1 and offers[p, 0] == OFFER_RENT_SUBSIDY:
                return p
    return -1
