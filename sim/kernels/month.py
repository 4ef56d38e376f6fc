"""One month of the households, in order: plan, (allocations, made outside), plan again, act.

The rules are written out in docs/household-month.md. Entry points work on rows ``start`` to ``stop`` and touch
no other row, so blocks can run on any number of threads.
"""

import math

import numpy as np

from sim.kernels.beliefs import beliefs_after
from sim.kernels.budget import savings_after, works
from sim.kernels.choice import choose, subsidy_held
from sim.kernels.codes import HOSTED, NOT_ARRIVED, OWN_HOME, OWNER, PUSH_SHOCK, RETURN, SEAT, STAY
from sim.kernels.columns import person, standing
from sim.kernels.compile import entry, inlined
from sim.kernels.criteria import judge_criteria
from sim.kernels.draws import MONTH, draw4, lottery_word
from sim.kernels.gates import ALL_VACANCIES, NO_VACANCY, funds, transport_cost
from sim.kernels.house import house_after, usable
from sim.kernels.inputs import place_of
from sim.kernels.moves import came_by, grow_older, judge, move, same_destination
from sim.kernels.review import forced_review, offers_open_to, ordinary_review, pushes
from sim.kernels.tally import count_intention, count_move, count_stock, situation


@entry
def plan_rows(fixed, state, plan, month, start, stop):
    """Live a month up to the choice: work, budget, beliefs, house, pushes, review, plan."""
    for i in range(start, stop):
        plan.reviewed[i], plan.kind[i], plan.vacancy[i] = 0, STAY, NO_VACANCY
        plan.offers[i], plan.granted[i], plan.push[i] = 0, 0, 0
        if state.present[i]:
            who = person(fixed, i)
            review, work, eviction, news = draw4(month.seed, who.id, MONTH, month.time, 0)
            live_on(state, i, who, month, work, news, plan.served[i] > 0)
            entering = fixed.arrival[i] == month.time and state.times_displaced[i] == 0
            consider(state, plan, i, who, month, review, eviction, entering)
        plan.served[i] = 0


@inlined
def live_on(state, i, who, month, work, news, served):
    """Advance work, savings, beliefs and house of household ``i`` by a month."""
    now, params = standing(state, i), month.params
    here, home = place_of(month.areas, now.area), place_of(month.areas, who.origin)
    employed = works(now, here, params.budget, work)
    subsidy = subsidy_held(now, month)
    if now.subsidy_months > 0:
        state.subsidy_months[i] = now.subsidy_months - 1
        if now.subsidy_months == 1:
            state.subsidy[i] = -1
    state.employed[i] = employed
    state.savings[i] = int(savings_after(who, now, employed, here, subsidy, params.budget))
    state.belief_security[i], state.belief_services[i] = beliefs_after(now, home, params.beliefs, news)
    state.house[i], state.occupied[i] = house_after(who, now, home, month, served)
    hosted_owner = now.at_home and now.shelter == HOSTED and who.tenure == OWNER
    if hosted_owner and usable(standing(state, i), params.house):
        state.shelter[i] = OWN_HOME


@inlined
def consider(state, plan, i, who, month, review, eviction, entering):
    """Review where household ``i`` is, if it does so this month, and note what it plans."""
    now = standing(state, i)
    offers = offers_open_to(who, now, month)
    here = place_of(month.areas, now.area)
    push = pushes(who, now, here, month, eviction, entering)
    ordinary = plan.served[i] > 0 or ordinary_review(now, here, month, offers, review, push & PUSH_SHOCK != 0)
    plan.push[i], plan.ordinary[i] = push, ordinary
    if ordinary or forced_review(now, here, push, review):
        make_plan(state, plan, i, who, month, offers, ALL_VACANCIES)


@inlined
def make_plan(state, plan, i, who, month, offers, held):
    """Choose, and write down the intention with its gates and the action to attempt."""
    now = standing(state, i)
    intention, action, _ = choose(who, now, month, offers, plan.push[i], held)
    plan.reviewed[i] = 1
    state.intention[i] = intention.kind
    state.gates[i] = 0 if same_destination(intention, action) else intention.gates
    plan.intent_area[i] = intention.area
    plan.intent_needs[i] = 1 if intention.vacancy >= 0 else 0
    plan.kind[i], plan.area[i], plan.site[i] = action.kind, action.area, action.site
    plan.shelter[i], plan.settled[i] = action.shelter, action.settled
    plan.offers[i], plan.vacancy[i] = action.offers, action.vacancy
    plan.needy[i] = 1 if action.offers and needs_help(who, now, action, month) else 0


@inlined
def needs_help(who, now, action, month):
    """Whether a household could not pay for a move without the programmes it would use."""
    cost = action.cost
    if action.kind == RETURN:
        kilometres = month.distance[now.area, action.area]
        gates = month.params.gates
        cost = transport_cost(who, kilometres, gates) + math.floor(gates.reinstall)
    elif cost == 0.0:
        cost = place_of(month.areas, action.area).rent
    return cost > funds(now, month.params)


@entry
def replan_rows(fixed, state, plan, month, rows):
    """Let the rows that were refused a vacancy choose again, without any."""
    for k in range(rows.size):
        i = rows[k]
        who = person(fixed, i)
        offers = offers_open_to(who, standing(state, i), month)
        make_plan(state, plan, i, who, month, offers, NO_VACANCY)


@entry
def act_rows(fixed, state, plan, month, stocks, events, start, stop):
    """Carry out the plans, record them, and count where every row stands at the end of the month."""
    for i in range(start, stop):
        if state.present[i]:
            moved = False
            if plan.kind[i] != STAY:
                moved = carry_out(fixed, state, plan, i, month, events)
            if plan.reviewed[i]:
                count_intention(fixed, state, plan, i, events)
            grow_older(state, i, moved, plan.push[i] != 0)
            judge_criteria(fixed, state, i, month)
        count_stock(fixed, state, i, stocks)


@inlined
def carry_out(fixed, state, plan, i, month, events):
    """Carry out the plan of household ``i`` with the places it was given; return whether it moved."""
    who, now, push = person(fixed, i), standing(state, i), plan.push[i]
    granted, held = np.int64(plan.granted[i]), np.int64(plan.vacancy[i])
    choice = choose(who, now, month, granted, push, held)
    action = choice.action
    if plan.granted[i] != plan.offers[i] and lost(plan, i, action):
        state.intention[i], state.gates[i] = plan.kind[i], 1 << SEAT
        plan.intent_area[i] = plan.area[i]
        plan.intent_needs[i] = 1 if plan.vacancy[i] >= 0 else 0
    if action.kind == STAY:
        return False
    verdict = judge(who, now, month, choice, push, plan.ordinary[i], granted, held)
    before, since_push, again = situation(state, i), state.months_since_push[i], state.last_area[i] >= 0
    if state.times_displaced[i] == 0:
        before = NOT_ARRIVED  # among the displaced: a host, driven out for the first time
    move(state, i, month, action, push)
    state.came[i] = came_by(verdict)
    count_move(fixed, i, before, situation(state, i), action, push, since_push, again, verdict, events)
    return True


@inlined
def lost(plan, i, action):
    """Whether an action is no longer the planned move."""
    return (
        action.kind != plan.kind[i]
        or action.area != plan.area[i]
        or action.site != plan.site[i]
        or action.shelter != plan.shelter[i]
    )


@entry
def count_rows(fixed, state, stocks, start, stop):
    """Count where every row stands now."""
    for i in range(start, stop):
        count_stock(fixed, state, i, stocks)


@entry
def fill_lottery(seed, identities, queue, out):
    """Write the fixed place (uint32[n]) of each household in its queue for a programme or resource.

    Parameters
    ----------
    seed : uint64
    identities : uint64[n]
    queue : uint32[n]
        The queue that each household stands in.
    out : uint32[n]
    """
    for k in range(identities.size):
        out[k] = lottery_word(seed, identities[k], queue[k])
