"""What households would answer a survey: whether they plan to return, why not, and how they live after it."""

import math
from collections import namedtuple

import numpy as np

from sim.kernels.choice import integrating, returning, set_scene, staying, subsidy_held, weigh_settlement
from sim.kernels.codes import (
    BECAUSE_HERE,
    BECAUSE_HLP,
    BECAUSE_HOUSE,
    BECAUSE_LIVELIHOOD,
    BECAUSE_MONEY,
    BECAUSE_SECURITY,
    BECAUSE_SERVICES,
    HLP_FULL,
    MONEY,
    OWNER,
)
from sim.kernels.columns import person, standing
from sim.kernels.compile import entry, inlined
from sim.kernels.gates import ALL_VACANCIES
from sim.kernels.inputs import place_of
from sim.kernels.moves import below_minimum
from sim.kernels.options import Choice, unavailable, weigh
from sim.kernels.values import common_value, conditions_value, expected_income, home_house, home_income, income_value

# What hosts have on average over all areas: income a person relative to subsistence, and service cover.
HostLevel = namedtuple("HostLevel", "livelihood services")


@entry
def ask_rows(fixed, state, month, margin, shut, start, stop):
    """Ask the families away from home; of the others nothing is written.

    Parameters
    ----------
    fixed, state : Fixed, State
    month : Month
        The last one lived.
    margin : float32[n]
        Utility of going home less that of the best alternative, written.
    shut : uint8[n]
        Bits of the gates between a household and its home, written.
    """
    for i in range(start, stop):
        if state.present[i] and not state.at_home[i]:
            margin[i], shut[i] = asked(person(fixed, i), standing(state, i), month)


@entry
def reason_rows(fixed, state, month, hosts, rise, start, stop):
    """Ask the families away from home what keeps them; of the others nothing is written.

    Parameters
    ----------
    fixed, state : Fixed, State
    month : Month
        The last one lived.
    hosts : HostLevel
    rise : float32[n, 7]
        How much going home would gain on staying were each of REASONS put right, utility, written.
    """
    for i in range(start, stop):
        if state.present[i] and not state.at_home[i]:
            weigh_reasons(person(fixed, i), standing(state, i), month, hosts, rise, i)


@entry
def severe_rows(fixed, state, month, severe, start, stop):
    """Write which families at home live below the minimum conditions (uint8[n]); of the others nothing is written."""
    for i in range(start, stop):
        if state.present[i] and state.at_home[i]:
            now = standing(state, i)
            severe[i] = below_minimum(now, now.shelter, place_of(month.areas, now.area), month.params)


@inlined
def as_asked(who, now, home, month):
    """Return the scene in which a household answers: without any push, offer or programme."""
    return set_scene(who, now, home, month, 0, 0, ALL_VACANCIES, 0)


@inlined
def asked(who, now, month):
    """Return margin and gates of one household."""
    here, home = place_of(month.areas, now.area), place_of(month.areas, who.origin)
    scene = as_asked(who, now, home, month)
    others = weigh(Choice(unavailable(), unavailable(), np.int64(0)), staying(who, now, here, month, scene))
    if now.settled == 0:
        others = weigh(others, integrating(who, now, here, month, scene))
    others = weigh_settlement(others, who, now, month, scene)
    back = returning(who, now, home, month, scene)
    return np.float32(back.utility - others.intention.utility), np.uint8(back.gates)


@inlined
def weigh_reasons(who, now, month, hosts, rise, i):
    """Write what each reason takes from the return of one household.

    A cost that it cannot pay takes all. Conditions here are those that it lives in, less what hosts have at its home:
    security and services as they are, its own earners at work as hosts are, and no rent. The constants of camps and
    other dwellings are no conditions: they stand for what is not known of them.
    """
    here, home = place_of(month.areas, now.area), place_of(month.areas, who.origin)
    scene, choice, budget = as_asked(who, now, home, month), month.params.choice, month.params.budget
    needs = budget.subsistence * who.size
    there = home_income(who, home, scene.mine, budget) / needs
    as_host = expected_income(who, home, True, -1, 0.0, budget)
    host = common_value(who, home.security, home.services, home.cohesion, as_host, choice, budget.subsistence)
    rise[i, BECAUSE_HOUSE] = choice.house * (1.0 - home_house(who, now)) if who.tenure == OWNER else 0.0
    rise[i, BECAUSE_HLP] = choice.hlp * (HLP_FULL - now.hlp) / 2.0
    rise[i, BECAUSE_SECURITY] = choice.security * (1.0 - now.belief_security) ** 2
    rise[i, BECAUSE_LIVELIHOOD] = income_value(hosts.livelihood, choice) - income_value(there, choice)
    rise[i, BECAUSE_SERVICES] = choice.services * (hosts.services - now.belief_services)
    rise[i, BECAUSE_MONEY] = math.inf if returning(who, now, home, month, scene).gates & (1 << MONEY) else 0.0
    paid = subsidy_held(now, month)
    lived = conditions_value(who, here, now.settled, now.shelter, paid, scene.uncut, month.params)
    rise[i, BECAUSE_HERE] = lived - host
