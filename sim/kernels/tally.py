"""Counting: every total is a sum of whole numbers, so it cannot depend on how the work is split.

A count of people carries beside it how many rows they come from, which publishing needs: both in one number, the
rows from bit ROWS_AT up. One addition thus does for two; `sim.world.blocks` takes them apart.
"""

from collections import namedtuple

import numpy as np

from sim.kernels.codes import (
    DISPLACED,
    INTEGRATING,
    NOT_ARRIVED,
    OWNER,
    RENTED,
    RETURN,
    RETURNED,
    SETTLED_ELSEWHERE,
    STAY,
    TENURES,
)
from sim.kernels.compile import inlined

RECENT_MONTHS = 12  # a move without a push this soon after one may still be its consequence

ROWS_AT = 37  # room for 1.4e11 people below, and for 6.7e7 rows above
ROW = np.int64(1 << ROWS_AT)

# Equity groups: every combination of these, the first varying fastest.
HEADED, VULNERABLE, CAME_FROM = ("not_female", "female"), ("not_vulnerable", "vulnerable"), ("out_of_camp", "camp")
N_TENURES = len(TENURES)
GROUPS = len(HEADED) * len(VULNERABLE) * len(TENURES) * len(CAME_FROM)

# Stocks at the end of a month, int64. Sizes: 5 situations, A areas, W waves, S sites, 24 groups, 5 shelters.
Stocks = namedtuple(
    "Stocks",
    "families "  # [5, A origin, A area]
    "persons "  # [5, A origin, A area]
    "by_wave "  # [5, W]
    "by_group "  # [5, 24]
    "by_shelter "  # [5, 5]
    "in_debt "  # [5]
    "savings "  # [5], cents
    "site_families "  # [S]
    "workers "  # [A], adults who work or seek work
    "employed "  # [A], those of them in households with work
    "renters "  # [A]
    "claims",  # [A origin], owners whose house is occupied by others
)
# What happened in a month, int64. 5 classes of push, 5 pathways, G gates, P programmes that make offers.
Events = namedtuple(
    "Events",
    "flows "  # [5, 5], situation before and after, of those who moved
    "moves "  # [5 class, 5 pathway, 24 group]
    "premature "  # [5 class, 5 pathway, 24 group]
    "uninformed "  # [5 class, 5 pathway, 24 group]
    "voluntary "  # [5 pathway, 24 group]
    "moves_by_push "  # [16 push bits, 5 class]
    "after_push "  # [5 pathway, 24 group], unpushed moves by households pushed in the year before
    "retries "  # [24 group], returns of families that had returned before and left again
    "overridden "  # [G], gates that did not stop an exit on closure day
    "reviewed "  # [1]
    "intended "  # [5 pathway, A destination], of those who reviewed
    "blocked "  # [5 pathway, A destination, G gates], by each gate
    "blocked_alone "  # [5 pathway, A destination, G gates, 2], by that gate alone; needs a vacancy: no, yes
    "served",  # [P]
)


@inlined
def situation(state, i):
    """Return the situation code of household ``i``."""
    if not state.present[i]:
        return NOT_ARRIVED
    if state.at_home[i]:
        return RETURNED
    if state.settled[i] == 0:
        return DISPLACED
    return INTEGRATING if state.settled[i] == 1 else SETTLED_ELSEWHERE


@inlined
def group(fixed, i):
    """Return the equity group of household ``i``, 0 to GROUPS - 1."""
    return fixed.female_headed[i] + 2 * fixed.vulnerable[i] + 4 * fixed.tenure[i] + 4 * N_TENURES * fixed.from_camp[i]


@inlined
def count_stock(fixed, state, i, stocks):
    """Add household ``i`` to the stocks, as it stands."""
    where, weight = situation(state, i), fixed.weight[i]
    origin, area, unit = fixed.origin[i], state.area[i], weight + ROW
    stocks.families[where, origin, area] += unit
    stocks.persons[where, origin, area] += weight * fixed.size[i] + ROW
    stocks.by_wave[where, fixed.wave[i]] += unit
    stocks.by_group[where, group(fixed, i)] += unit
    stocks.by_shelter[where, state.shelter[i]] += unit
    if where == NOT_ARRIVED:
        return
    stocks.savings[where] += weight * state.savings[i]
    if state.savings[i] < 0:
        stocks.in_debt[where] += unit
    if state.site[i] >= 0:
        stocks.site_families[state.site[i]] += unit
    stocks.workers[area] += weight * fixed.earners[i] + ROW
    if state.employed[i]:
        stocks.employed[area] += weight * fixed.earners[i] + ROW
    if state.shelter[i] == RENTED:
        stocks.renters[area] += unit
    if fixed.tenure[i] == OWNER and state.occupied[i]:
        stocks.claims[origin] += unit


@inlined
def count_intention(fixed, state, plan, i, events):
    """Add the intention of a household that reviewed, and the gates that block it."""
    kind, unit, area = state.intention[i], fixed.weight[i] + ROW, plan.intent_area[i]
    events.reviewed[0] += unit
    if kind == STAY:
        return
    events.intended[kind, area] += unit
    gates = state.gates[i]
    for gate in range(events.blocked.shape[2]):
        if gates >> gate & 1:
            events.blocked[kind, area, gate] += unit
            if gates == 1 << gate:
                events.blocked_alone[kind, area, gate, plan.intent_needs[i]] += unit


@inlined
def count_move(fixed, i, before, after, action, push, since_push, again, verdict, events):
    """Add one move to the events, with the verdict on it; ``again``: it had returned before."""
    unit, kind, who = fixed.weight[i] + ROW, action.kind, group(fixed, i)
    events.flows[before, after] += unit
    events.moves[verdict.push_class, kind, who] += unit
    if verdict.premature:
        events.premature[verdict.push_class, kind, who] += unit
    if not verdict.informed:
        events.uninformed[verdict.push_class, kind, who] += unit
    if verdict.voluntary:
        events.voluntary[kind, who] += unit
    if push:
        events.moves_by_push[push, verdict.push_class] += unit
    elif 0 <= since_push < RECENT_MONTHS:
        events.after_push[kind, who] += unit
    if kind == RETURN and again:
        events.retries[who] += unit
    for gate in range(events.overridden.size):
        if verdict.overridden >> gate & 1:
            events.overridden[gate] += unit
    for p in range(events.served.size):
        if action.offers >> p & 1:
            events.served[p] += unit
