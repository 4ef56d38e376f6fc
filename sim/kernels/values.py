"""What a place is worth to a household, in utility units; the luck and tastes that make it its own."""

import math
from collections import namedtuple

import numpy as np

from sim.kernels.budget import aid, aid_share, rent_help, rent_of, work_access
from sim.kernels.codes import CAMP, HOSTED, INFORMAL, OWNER
from sim.kernels.compile import inlined
from sim.kernels.draws import LUCK, PHASE, TASTE, draw4, gumbel, normal_pair

HOME_KEY = np.uint32(0xFFFFFFE0)

# What does not change within an epoch for one household.
Traits = namedtuple(
    "Traits", "seed epoch taste_home taste_settled access_rank hosting_rank school_rank documents_rank hosted_at_home"
)


@inlined
def traits(who, home, seed, time, choice):
    """Return the persistent tastes and ranks of a household and its current epoch of luck."""
    phase, access_rank, hosting_rank, school_rank = draw4(seed, who.id, PHASE, 0, 0)
    u, v, documents_rank, _ = draw4(seed, who.id, TASTE, 0, 0)
    taste_home, taste_settled = normal_pair(u, v)
    return Traits(
        seed,
        np.int64(math.floor((time + math.floor(phase * choice.epoch)) / choice.epoch)),
        choice.taste_return * taste_home,
        choice.taste_commitment * taste_settled,
        access_rank,
        hosting_rank,
        school_rank,
        documents_rank,
        hosting_rank < home.host_at_origin,
    )


@inlined
def luck_of(identity, mine, key, shelter, settled):
    """Return the Gumbel term of one destination for a household; the same for all its epoch."""
    alternative = np.uint32(key) | np.uint32(shelter << 1) | np.uint32(1 if settled > 0 else 0)
    u, _, _, _ = draw4(mine.seed, identity, LUCK, mine.epoch, alternative)
    return gumbel(u)


@inlined
def common_value(who, security, services, cohesion, income, choice, subsistence):
    """Return the value common to every way of being in a place; ``income`` is monthly, net of rent."""
    real = income / (subsistence * who.size)
    return (
        -choice.security * (1.0 - security) ** 2
        + choice.services * services
        + choice.cohesion * cohesion
        + income_value(real, choice)
    )


@inlined
def income_value(real, choice):
    """Return the value of an income, given relative to subsistence."""
    return choice.income * math.log(max(choice.income_floor, real))


@inlined
def expected_income(who, place, is_rooted, shelter, paid, budget):
    """Return expected monthly income in a place, in cents, before rent, when this share of aid is paid."""
    chance = place.employment * work_access(is_rooted, shelter, budget)
    earned = chance * place.wage * who.skill * who.earners
    return earned + who.remittance + aid(is_rooted, shelter, who.size, paid, budget)


@inlined
def living_value(who, place, settled, shelter, subsidy, uncut, params):
    """Return the value of living away from home, committed or not.

    ``subsidy`` is the rent paid for it; ``uncut`` values the place as if no aid were cut.
    """
    value = conditions_value(who, place, settled, shelter, subsidy, uncut, params)
    return value + params.choice.tenure if settled > 0 else value + shelter_value(shelter, params.pathways)


@inlined
def conditions_value(who, place, settled, shelter, subsidy, uncut, params):
    """Return what of that value is conditions: of the place, and income there; without constants of a dwelling."""
    budget = params.budget
    share = 1.0 if uncut else aid_share(place, shelter)
    paid = rent_of(place, shelter, budget) - rent_help(subsidy, place, shelter)
    income = expected_income(who, place, settled > 0, shelter, share, budget) - paid
    return common_value(who, place.security, place.services, place.cohesion, income, params.choice, budget.subsistence)


@inlined
def shelter_value(shelter, pathways):
    """Return what a settlement type adds for an uncommitted household; renting is the reference."""
    if shelter == CAMP:
        return pathways.camp_stay
    if shelter == INFORMAL:
        return pathways.informal
    return pathways.hosted if shelter == HOSTED else 0.0


@inlined
def home_value(who, now, home, mine, security, services, shift, params):
    """Return the value of being at home under these (true or believed) conditions."""
    choice, budget = params.choice, params.budget
    income = home_income(who, home, mine, budget)
    return (
        common_value(who, security, services, home.cohesion, income, choice, budget.subsistence)
        + params.pathways.return_home
        + home.return_pull
        + shift
        + choice.house * home_house(who, now)
        + choice.hlp * now.hlp / 2.0
        + attachment_to_origin(now, choice)
        + choice.co_villagers * home.share_back
        + mine.taste_home
    )


@inlined
def home_income(who, home, mine, budget):
    """Return expected monthly income at home, in cents, net of the rent of those without a house or hosts."""
    paid = 0.0 if who.tenure == OWNER or mine.hosted_at_home else home.rent
    return expected_income(who, home, True, -1, 0.0, budget) - paid


@inlined
def home_house(who, now):
    """Return what the house at origin is to a household, 0 to 1: nothing while others live in it."""
    if who.tenure != OWNER:
        return 0.5
    return 0.0 if now.occupied else now.house


@inlined
def attachment_to_origin(now, choice):
    """Return the pull of home itself; it fades away from home, to a floor."""
    if now.at_home:
        return choice.attachment_origin
    faded = math.exp(-now.months_displaced / choice.attachment_origin_fading)
    return choice.attachment_origin * max(choice.attachment_origin_floor, faded)


@inlined
def attachment_here(now, choice):
    """Return the attachment that has grown to the place of stay; none where it has just come home."""
    if now.at_home:
        return 0.0
    return choice.attachment_here * (1.0 - math.exp(-now.months_here / choice.attachment_here_growth))


@inlined
def moving_burden(who, kilometres, params):
    """Return the utility lost by moving over a distance; vulnerable households lose more."""
    pathways = params.pathways
    vulnerable = params.choice.vulnerable_move * who.vulnerable
    return pathways.move_fixed + pathways.move_per_100km * kilometres / 100.0 + vulnerable
