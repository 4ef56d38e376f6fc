"""The choice among staying, local integration, return, settlement elsewhere and displacement elsewhere.

Each alternative is a value plus the household's own taste and luck for that destination, with the gates that
stand in its way. The *intention* is the best alternative whatever its gates; the *action* the best that is open.
"""

import math
from collections import namedtuple

import numpy as np

from sim.kernels.budget import rooted
from sim.kernels.codes import (
    CAMP,
    DWELLING,
    HOSTED,
    INFORMAL,
    INTEGRATE,
    MONEY,
    MOVE_DISPLACED,
    OWN_HOME,
    OWNER,
    PERMISSION,
    PUSH_CLOSURE,
    PUSH_EVICTION,
    RENTED,
    RETURN,
    SEASON,
    SETTLE,
    STAY,
)
from sim.kernels.compile import called, inlined
from sim.kernels.draws import NETWORK, draw4
from sim.kernels.gates import (
    funds,
    home_gates,
    money_gate,
    rent_subsidy,
    return_offers,
    season_gate,
    transport_cost,
    vacancy_gate,
)
from sim.kernels.house import usable
from sim.kernels.inputs import place_of, site_of
from sim.kernels.values import (
    HOME_KEY,
    attachment_here,
    home_value,
    living_value,
    luck_of,
    moving_burden,
    traits,
)

OVERRIDDEN = (1 << MONEY) | (1 << DWELLING) | (1 << SEASON) | (1 << PERMISSION)  # on closure day

Option = namedtuple("Option", "utility kind area site shelter settled gates offers vacancy cost grants overridden")
# How a household meets its month: its traits, what it may count on, what pushes it.
Scene = namedtuple("Scene", "mine attached leave offers held last_day evicted closing funds")
# n_open counts the open options that make a choice free: not an informal site, nor staying where life is untenable.
Choice = namedtuple("Choice", "intention action n_open")


@inlined
def option(utility, kind, area, site, shelter, settled, gates, offers, vacancy, cost, grants=0.0, overridden=0):
    """Return an Option with one fixed set of types, so that options can replace each other."""
    return Option(
        np.float64(utility), np.int64(kind), np.int64(area), np.int64(site), np.int64(shelter), np.int64(settled),
        np.int64(gates), np.int64(offers), np.int64(vacancy), np.float64(cost), np.float64(grants),
        np.int64(overridden),
    )  # fmt: skip


@inlined
def unavailable():
    """Return the option that any other beats."""
    return option(-np.inf, STAY, 0, -1, 0, 0, 0, 0, -1, 0.0)


@inlined
def weigh(choice, candidate):
    """Return the choice after one more candidate."""
    intention, action, n_open = choice
    if candidate.utility > intention.utility:
        intention = candidate
    if candidate.gates == 0:
        if not last_refuge(candidate):
            n_open += 1
        if candidate.utility > action.utility:
            action = candidate
    return Choice(intention, action, n_open)


@inlined
def last_refuge(candidate):
    """Whether an option is an informal site: always open, so it is no alternative that makes a choice free."""
    return candidate.kind == MOVE_DISPLACED and candidate.shelter == INFORMAL


@inlined
def choose(who, now, month, offers, push, held):
    """Return the Choice of a household; see :func:`chosen`, which is compiled for one set of types only."""
    return chosen(who, now, month, np.int64(offers), np.int64(push), np.int64(held))


@called
def chosen(who, now, month, offers, push, held):
    """Return the Choice of a household.

    Parameters
    ----------
    who, now : Person, Standing
    offers : int
        Bits of the programmes it may count on.
    push : int
        Bits of what pushes it; 0 evaluates the month without the push.
    held : int
        The vacancy it may use: ALL_VACANCIES, NO_VACANCY, or one resource.
    """
    here, home = place_of(month.areas, now.area), place_of(month.areas, who.origin)
    scene = set_scene(who, now, home, month, offers, push, held)
    choice = Choice(unavailable(), unavailable(), np.int64(0))
    untenable = failing(now, here, month.params)
    if not (scene.evicted or scene.last_day):
        if now.at_home:
            choice = weigh(choice, staying_home(who, now, home, month, scene))
        else:
            choice = weigh(choice, staying(who, now, here, month, scene))
        if untenable:
            choice = Choice(choice.intention, choice.action, np.int64(0))
    if not now.at_home:
        if now.settled == 0:
            choice = weigh(choice, integrating(who, now, here, month, scene))
        choice = weigh(choice, returning(who, now, home, month, scene))
    choice = weigh_settlement(choice, who, now, month, scene)
    if push or untenable:
        choice = weigh_displacement(choice, who, now, here, month, scene)
    return choice


@inlined
def set_scene(who, now, home, month, offers, push, held):
    """Return what all alternatives of a household have in common this month."""
    choice = month.params.choice
    closing, last_day = 0.0, False
    if push & PUSH_CLOSURE:
        site = site_of(month.sites, now.site)
        last_day = site.months_left == 0
        closing = month.params.pathways.closing * (1.0 - site.months_left / (site.notice + 1.0))
    return Scene(
        traits(who, home, month.seed, month.time, choice),
        attachment_here(now, choice),
        choice.leave_commitment if rooted(now) else 0.0,
        np.int64(offers),
        np.int64(held),
        last_day,
        push & PUSH_EVICTION > 0,
        closing,
        funds(now, month.params),
    )


@inlined
def failing(now, here, params):
    """Whether life where a household is now has become untenable."""
    if now.savings <= -params.budget.debt_limit or here.security < params.gates.minimum_security:
        return True
    return now.shelter == OWN_HOME and now.house < params.house.usable


@inlined
def staying_home(who, now, home, month, scene):
    """Return the alternative of staying at home, judged on what is true there."""
    shift = month.wave_shift[who.wave]
    value = home_value(who, now, home, scene.mine, home.security, home.services, shift, month.params)
    value += luck_of(who.id, scene.mine, HOME_KEY, 0, 0)
    return option(value, STAY, now.area, now.site, now.shelter, now.settled, 0, 0, -1, 0.0)


@inlined
def staying(who, now, here, month, scene):
    """Return the alternative of staying away from home: same place, dwelling and commitment."""
    subsidy = 0.0
    if now.subsidy_months > 0:
        subsidy = float(month.offers[now.subsidy, 3])
    value = living_value(who, here, now.settled, now.shelter, subsidy, month.params)
    value += scene.attached - scene.closing
    key = here.key
    if now.shelter == CAMP:
        key = site_of(month.sites, now.site).key
    value += own_terms(who, scene, key, now.shelter, now.settled)
    return option(value, STAY, now.area, now.site, now.shelter, now.settled, 0, 0, -1, 0.0)


@inlined
def own_terms(who, scene, key, shelter, settled):
    """Return the luck of a destination away from home, and the taste for commitment."""
    luck = luck_of(who.id, scene.mine, key, shelter, settled)
    return luck + scene.mine.taste_settled if settled > 0 else luck


@inlined
def integrating(who, now, here, month, scene):
    """Return the alternative of committing to the place of displacement, in a rented dwelling."""
    rents_now, params = now.shelter == RENTED, month.params
    _, subsidy, bit = help_with_rent(scene.offers, month.offers)
    cost = 0.0 if rents_now else math.floor(params.gates.lease_months * here.rent)
    value = living_value(who, here, 1, RENTED, subsidy, params) + scene.attached + params.pathways.integrate
    value += own_terms(who, scene, here.key, RENTED, 1)
    vacancy = -1 if rents_now else now.area
    gates = money_gate(cost, scene.funds) | vacancy_gate(who.weight, month.free, vacancy, scene.held)
    return option(value, INTEGRATE, now.area, -1, RENTED, 1, gates, bit, vacancy, cost)


@inlined
def help_with_rent(open_offers, offers):
    """Return the rent subsidy on offer: its number or -1, what it pays each month, and its bit."""
    programme = rent_subsidy(open_offers, offers)
    if programme < 0:
        return programme, 0.0, 0
    return programme, float(offers[programme, 3]), 1 << programme


@inlined
def returning(who, now, home, month, scene):
    """Return the alternative of going home, judged on beliefs about home."""
    mine, params = scene.mine, month.params
    kilometres = month.distance[now.area, who.origin]
    bits, grants, carried = return_offers(scene.offers, month.offers)
    transport = 0.0 if carried else transport_cost(who, kilometres, params.gates)
    cost = transport + math.floor(params.gates.reinstall)
    shift = month.wave_shift[who.wave]
    value = home_value(who, now, home, mine, now.belief_security, now.belief_services, shift, params)
    value += params.choice.cash * grants / (params.budget.subsistence * who.size)
    value -= moving_burden(who, kilometres, params) + scene.leave
    value += luck_of(who.id, mine, HOME_KEY, 0, 0)
    vacancy = -1 if who.tenure == OWNER or mine.hosted_at_home else who.origin
    gates = home_gates(who, now, home, mine, params.house) | season_gate(who, mine, month.school, params.gates)
    gates |= money_gate(cost, scene.funds + grants)
    gates |= vacancy_gate(who.weight, month.free, vacancy, scene.held)
    overridden = gates & OVERRIDDEN if scene.last_day else 0  # on closure day people are sent home through shut gates
    shelter = home_shelter(who, now, mine, params.house)
    shut = gates & ~overridden
    return option(value, RETURN, who.origin, -1, shelter, 0, shut, bits, vacancy, cost, grants, overridden)


@inlined
def home_shelter(who, now, mine, house):
    """Return where a household would live on its return."""
    if who.tenure == OWNER and (usable(now, house) or not mine.hosted_at_home):
        return OWN_HOME
    return HOSTED if mine.hosted_at_home else RENTED


@inlined
def weigh_settlement(choice, who, now, month, scene):
    """Weigh settling in each area that this household considers in this epoch."""
    previous = np.int64(-1)
    for k in range(int(month.params.pathways.settle_options)):
        draw, _, _, _ = draw4(month.seed, who.id, NETWORK, scene.mine.epoch, k)
        area = considered_area(month.network, now.area, draw)
        if area != now.area and area != previous:
            choice = weigh(choice, settling(who, now, area, month, scene))
        previous = area
    return choice


@inlined
def considered_area(network, here, draw):
    """Return the first area whose cumulative chance of being considered exceeds the draw."""
    area = np.int64(0)
    while area < network.shape[1] - 1 and network[here, area] <= draw:
        area += 1
    return area


@inlined
def settling(who, now, area, month, scene):
    """Return the alternative of settling in a third place."""
    there, params = place_of(month.areas, area), month.params
    kilometres = month.distance[now.area, area]
    cost = transport_cost(who, kilometres, params.gates) + math.floor(params.gates.lease_months * there.rent)
    value = living_value(who, there, 2, RENTED, 0.0, params) + params.pathways.settle
    value -= moving_burden(who, kilometres, params) + scene.leave
    value += own_terms(who, scene, there.key, RENTED, 2)
    gates = money_gate(cost, scene.funds) | season_gate(who, scene.mine, month.school, params.gates)
    gates |= vacancy_gate(who.weight, month.free, area, scene.held)
    return option(value, SETTLE, area, -1, RENTED, 2, gates, 0, area, cost)


@inlined
def weigh_displacement(choice, who, now, here, month, scene):
    """Weigh the ways of being displaced elsewhere, open to the pushed and the failing."""
    uprooted = not rooted(now)
    if scene.evicted or now.at_home or now.shelter != INFORMAL:
        choice = weigh(choice, displaced_here(who, now, here, month, scene, INFORMAL))
    if scene.evicted or not (uprooted and now.shelter == RENTED):
        choice = weigh(choice, renting_here(who, now, here, month, scene, uprooted))
    hosted_now = now.shelter == HOSTED and not now.at_home
    if scene.mine.hosting_rank < month.params.pathways.hosted_share and not hosted_now:
        choice = weigh(choice, displaced_here(who, now, here, month, scene, HOSTED))
    if here.fallback_site >= 0 and here.fallback_site != now.site:
        choice = weigh(choice, into_camp(who, now, here, month, scene))
    if now.at_home and now.last_area >= 0 and now.last_area != now.area:
        choice = weigh(choice, going_back(who, now, month, scene))
    return choice


@inlined
def displaced_here(who, now, here, month, scene, shelter):
    """Return an informal site, or being hosted, in the same area: free, and always there."""
    value = living_value(who, here, 0, shelter, 0.0, month.params) + scene.attached - scene.leave
    value += own_terms(who, scene, here.key, shelter, 0)
    return option(value, MOVE_DISPLACED, now.area, -1, shelter, 0, 0, 0, -1, 0.0)


@inlined
def renting_here(who, now, here, month, scene, uprooted):
    """Return a rented dwelling in the same area, with the rent subsidy that is on offer."""
    programme, subsidy, bit = -1, 0.0, 0
    if uprooted:
        programme, subsidy, bit = help_with_rent(scene.offers, month.offers)
    cost = 0.0 if programme >= 0 else here.rent
    vacancy = -1 if now.shelter == RENTED else now.area
    value = living_value(who, here, 0, RENTED, subsidy, month.params) + scene.attached - scene.leave
    value += own_terms(who, scene, here.key, RENTED, 0)
    gates = money_gate(cost, scene.funds) | vacancy_gate(who.weight, month.free, vacancy, scene.held)
    return option(value, MOVE_DISPLACED, now.area, -1, RENTED, 0, gates, bit, vacancy, cost)


@inlined
def into_camp(who, now, here, month, scene):
    """Return a place in another camp of the same area."""
    value = living_value(who, here, 0, CAMP, 0.0, month.params) + scene.attached - scene.leave
    value += month.params.pathways.camp_entry
    value += own_terms(who, scene, site_of(month.sites, here.fallback_site).key, CAMP, 0)
    vacancy = month.areas.shape[0] + here.fallback_site
    gates = vacancy_gate(who.weight, month.free, vacancy, scene.held)
    return option(value, MOVE_DISPLACED, now.area, here.fallback_site, CAMP, 0, gates, 0, vacancy, 0.0)


@inlined
def going_back(who, now, month, scene):
    """Return a rented dwelling in the former area of displacement, for a returnee whose return fails."""
    there, params = place_of(month.areas, now.last_area), month.params
    kilometres = month.distance[now.area, now.last_area]
    cost = transport_cost(who, kilometres, params.gates) + there.rent
    value = living_value(who, there, 0, RENTED, 0.0, params) - scene.leave
    value -= moving_burden(who, kilometres, params)
    value += own_terms(who, scene, there.key, RENTED, 0)
    gates = money_gate(cost, scene.funds) | vacancy_gate(who.weight, month.free, now.last_area, scene.held)
    return option(value, MOVE_DISPLACED, now.last_area, -1, RENTED, 0, gates, 0, now.last_area, cost)
