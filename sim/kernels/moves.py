"""Moving: what changes when a household goes, and whether it went of its own will."""

from collections import namedtuple

import numpy as np

from sim.kernels.beliefs import informed
from sim.kernels.choice import choose_unpushed
from sim.kernels.codes import (
    CAME_CHOSEN,
    CAME_FIT,
    CAME_INFORMED,
    DIVERTED,
    EXPELLED,
    FORCING,
    HASTENED,
    MOVE_DISPLACED,
    MOVED_ANYWAY,
    OFFER_RENT_SUBSIDY,
    OWN_HOME,
    RETURN,
    SETTLE,
    STAY,
    UNPUSHED,
)
from sim.kernels.compile import inlined
from sim.kernels.gates import ALL_VACANCIES
from sim.kernels.house import usable
from sim.kernels.inputs import offer_of, place_of
from sim.kernels.options import insecure, last_refuge
from sim.kernels.review import offers_open_to

MOST_MONTHS = 1000  # counters of months stop here
MOST_TIMES = 100
JUST_ARRIVED = -1  # becomes 0 when the month ends

# What is known of one move at the moment it is made.
Verdict = namedtuple("Verdict", "push_class premature informed voluntary overridden")


@inlined
def push_class(action, free, ordinary):
    """Classify a pushed move against the choice ``free`` of the same month without the push."""
    if free.kind == STAY:
        return EXPELLED
    if not same_destination(free, action):
        return DIVERTED
    return MOVED_ANYWAY if ordinary else HASTENED


@inlined
def same_destination(one, other):
    """Whether two options lead to the same place, dwelling and pathway."""
    return one.kind == other.kind and one.area == other.area and one.site == other.site and one.shelter == other.shelter


@inlined
def premature(now, action, there, params):
    """Whether true conditions at the destination of a return or settlement are below the minimum."""
    if action.kind not in (RETURN, SETTLE):
        return False
    return below_minimum(now, action.shelter, there, params)


@inlined
def below_minimum(now, shelter, there, params):
    """Whether nobody should have to live like this: without security or services, or in a house unfit to live in."""
    if there.security < params.gates.minimum_security or there.services < params.gates.minimum_services:
        return True
    return shelter == OWN_HOME and not usable(now, params.house)


@inlined
def judge(who, now, month, choice, push, ordinary, granted, held):
    """Return the Verdict on a move, before it is made.

    A pushed move is judged by living the same month again, with the same draws, without the push. Those forced out
    might have stood in other queues: they have every offer and vacancy that was open at the start of the month, as if
    they had won those they would have needed. Those whose aid was cut have what they were granted and hold.
    """
    action, pushed = choice.action, UNPUSHED
    if push:
        if push & FORCING:
            granted, held = offers_open_to(who, now, month), ALL_VACANCIES
        pushed = push_class(action, choose_unpushed(who, now, month, granted, push, held).action, ordinary)
    here, home = place_of(month.areas, now.area), place_of(month.areas, who.origin)
    knows = action.kind != RETURN or informed(now, home, month.params.beliefs)
    others = choice.n_open if last_refuge(action) else choice.n_open - 1
    induced = pushed in (HASTENED, DIVERTED, EXPELLED)
    return Verdict(
        np.int64(pushed),
        premature(now, action, place_of(month.areas, action.area), month.params),
        knows,
        not induced and knows and others > 0 and not insecure(here, month.params),
        action.overridden,
    )


@inlined
def came_by(verdict):
    """Return how a household came to where it moves: of its choice, informed, to a place fit to live in."""
    chosen = verdict.push_class == UNPUSHED or verdict.push_class == MOVED_ANYWAY
    return (
        (CAME_CHOSEN if chosen else 0)
        | (CAME_INFORMED if verdict.informed else 0)
        | (0 if verdict.premature else CAME_FIT)
    )


@inlined
def move(state, i, month, action, push):
    """Carry out a move: household ``i`` is elsewhere, poorer, and starts anew there."""
    balance = np.floor(state.savings[i] - action.cost + action.grants)
    state.savings[i] = int(max(balance, -month.params.budget.debt_limit))
    take_subsidy(state, i, month.offers, action.offers)
    if action.kind == RETURN:
        state.last_area[i] = state.area[i]
    elsewhere = state.area[i] != action.area or state.site[i] != action.site or state.shelter[i] != action.shelter
    if elsewhere or action.kind == RETURN or state.at_home[i]:
        state.months_here[i] = JUST_ARRIVED
    state.at_home[i] = 1 if action.kind == RETURN else 0
    if action.kind == MOVE_DISPLACED or state.times_displaced[i] == 0:  # a host driven out is displaced, wherever to
        state.times_displaced[i] = min(state.times_displaced[i] + 1, MOST_TIMES)
    state.area[i], state.site[i] = action.area, action.site
    state.shelter[i], state.settled[i] = action.shelter, action.settled
    if push:
        state.months_since_push[i] = 0


@inlined
def take_subsidy(state, i, offers, used):
    """Start the rent subsidy that a move uses; a move ends any other."""
    state.subsidy[i], state.subsidy_months[i] = -1, 0
    for p in range(offers.shape[0]):
        if used >> p & 1:
            offer = offer_of(offers, p)
            if offer.kind == OFFER_RENT_SUBSIDY:
                state.subsidy[i], state.subsidy_months[i] = p, offer.months


@inlined
def grow_older(state, i, moved, pushed):
    """Advance the month counters of household ``i`` at the end of a month."""
    state.months_here[i] = min(state.months_here[i] + 1, MOST_MONTHS)
    if not state.at_home[i]:
        state.months_displaced[i] = min(state.months_displaced[i] + 1, MOST_MONTHS)
    if state.months_since_push[i] >= 0 and not (moved and pushed):
        state.months_since_push[i] = min(state.months_since_push[i] + 1, MOST_MONTHS)
