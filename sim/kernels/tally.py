"""Counting: every total is a sum of whole numbers, so it cannot depend on how the work is split."""

from collections import namedtuple

from sim.kernels.codes import (
    DISPLACED,
    INTEGRATING,
    NOT_ARRIVED,
    OWNER,
    RENTED,
    RETURNED,
    SETTLED_ELSEWHERE,
    STAY,
)
from sim.kernels.compile import inlined

RECENT_MONTHS = 12  # a move without a push this soon after one may still be its consequence

GROUPS = ("neither", "female_headed", "vulnerable", "female_headed_vulnerable")

# Stocks at the end of a month, int64. Sizes: 5 situations, A areas, W waves, S sites, 4 groups, 5 shelters.
Stocks = namedtuple(
    "Stocks",
    "families "  # [5, A origin, A area]
    "persons "  # [5, A origin, A area]
    "by_wave "  # [5, W]
    "by_group "  # [5, 4]
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
    "moves "  # [5 class, 5 pathway, 4 group]
    "premature "  # [5 class, 5 pathway, 4 group]
    "uninformed "  # [5 class, 5 pathway, 4 group]
    "voluntary "  # [5 pathway, 4 group]
    "moves_by_push "  # [16 push bits, 5 class]
    "after_push "  # [5 pathway, 4 group], unpushed moves by households pushed in the year before
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
    """Return the equity group of household ``i``: an index of GROUPS."""
    return fixed.female_headed[i] + 2 * fixed.vulnerable[i]


@inlined
def count_stock(fixed, state, i, stocks):
    """Add household ``i`` to the stocks, as it stands."""
    where, weight = situation(state, i), fixed.weight[i]
    origin, area = fixed.origin[i], state.area[i]
    stocks.families[where, origin, area] += weight
    stocks.persons[where, origin, area] += weight * fixed.size[i]
    stocks.by_wave[where, fixed.wave[i]] += weight
    stocks.by_group[where, group(fixed, i)] += weight
    stocks.by_shelter[where, state.shelter[i]] += weight
    if where == NOT_ARRIVED:
        return
    stocks.savings[where] += weight * state.savings[i]
    if state.savings[i] < 0:
        stocks.in_debt[where] += weight
    if state.site[i] >= 0:
        stocks.site_families[state.site[i]] += weight
    stocks.workers[area] += weight * fixed.earners[i]
    if state.employed[i]:
        stocks.employed[area] += weight * fixed.earners[i]
    if state.shelter[i] == RENTED:
        stocks.renters[area] += weight
    if fixed.tenure[i] == OWNER and state.occupied[i]:
        stocks.claims[origin] += weight


@inlined
def count_intention(fixed, state, plan, i, events):
    """Add the intention of a household that reviewed, and the gates that block it."""
    kind, weight, area = state.intention[i], fixed.weight[i], plan.intent_area[i]
    events.reviewed[0] += weight
    if kind == STAY:
        return
    events.intended[kind, area] += weight
    gates = state.gates[i]
    for gate in range(events.blocked.shape[2]):
        if gates >> gate & 1:
            events.blocked[kind, area, gate] += weight
            if gates == 1 << gate:
                events.blocked_alone[kind, area, gate, plan.intent_needs[i]] += weight


@inlined
def count_move(fixed, i, before, after, action, push, since_push, verdict, events):
    """Add one move to the events, with the verdict on it."""
    weight, kind, who = fixed.weight[i], action.kind, group(fixed, i)
    events.flows[before, after] += weight
    events.moves[verdict.push_class, kind, who] += weight
    if verdict.premature:
        events.premature[verdict.push_class, kind, who] += weight
    if not verdict.informed:
        events.uninformed[verdict.push_class, kind, who] += weight
    if verdict.voluntary:
        events.voluntary[kind, who] += weight
    if push:
        events.moves_by_push[push, verdict.push_class] += weight
    elif 0 <= since_push < RECENT_MONTHS:
        events.after_push[kind, who] += weight
    for gate in range(events.overridden.size):
        if verdict.overridden >> gate & 1:
            events.overridden[gate] += weight
    for p in range(events.served.size):
        if action.offers >> p & 1:
            events.served[p] += weight
