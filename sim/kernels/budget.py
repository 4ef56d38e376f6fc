"""Work and money: employment, income, rent, savings and debt. Money is in cents."""

import math

from sim.kernels.codes import CAMP, INFORMAL, RENTED
from sim.kernels.compile import inlined

MOST_SAVINGS = 2_000_000_000.0  # cents; the column holds a little more


@inlined
def rooted(now):
    """Whether a household is at home or committed to where it is."""
    return now.at_home or now.settled > 0


@inlined
def work_access(is_rooted, shelter, budget):
    """Return the chance of work relative to hosts."""
    if is_rooted:
        return 1.0
    return budget.camp_job_access if shelter == CAMP else budget.displaced_job_access


@inlined
def aid(is_rooted, shelter, size, paid, budget):
    """Return monthly humanitarian aid to a household, of which a share is paid; the rooted get none."""
    if is_rooted:
        return 0.0
    return size * (budget.aid_camp if shelter == CAMP else budget.aid_out) * paid


@inlined
def aid_share(place, shelter):
    """Return the share of aid that is paid in a place; below 1 while it is cut."""
    return place.aid_camp_share if shelter == CAMP else place.aid_out_share


@inlined
def aid_is_cut(now, place, budget):
    """Whether a household gets less aid than it would without a cut."""
    return aid_share(place, now.shelter) < 1.0 and aid(rooted(now), now.shelter, 1, 1.0, budget) > 0.0


@inlined
def rent_of(place, shelter, budget):
    """Return the monthly rent of a dwelling of this settlement type."""
    if shelter == RENTED:
        return place.rent
    if shelter == INFORMAL:
        return math.floor(budget.informal_rent_share * place.rent)
    return 0.0


@inlined
def rent_help(amount, place, shelter):
    """Return what a rent subsidy of this amount pays of the rent."""
    return min(place.rent, amount) if shelter == RENTED else 0.0


@inlined
def works(now, place, budget, luck):
    """Return whether the earners have work this month; newcomers look for it anew."""
    churn = 1.0 if now.months_here == 0 else budget.job_churn
    if luck >= churn:
        return now.employed
    return luck / churn < place.employment * work_access(rooted(now), now.shelter, budget)


@inlined
def savings_after(who, now, employed, place, subsidy, budget):
    """Return savings at the end of a month of income and spending; ``subsidy`` is the rent paid for it."""
    income = who.remittance + aid(rooted(now), now.shelter, who.size, aid_share(place, now.shelter), budget)
    if employed:
        income += math.floor(place.wage * who.skill * who.earners)
    paid = rent_of(place, now.shelter, budget) - rent_help(subsidy, place, now.shelter)
    net = income - paid - budget.subsistence * who.size
    if net > 0.0:
        net *= budget.saving_share
    return min(max(now.savings + math.floor(net), -budget.debt_limit), MOST_SAVINGS)
