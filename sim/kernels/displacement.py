"""Being displaced elsewhere: nearby for the pushed and the failing, in other areas for those who flee."""

import numpy as np

from sim.kernels.budget import rooted
from sim.kernels.codes import CAMP, HOSTED, INFORMAL, MOVE_DISPLACED, RENTED
from sim.kernels.compile import inlined
from sim.kernels.draws import NETWORK, draw4
from sim.kernels.gates import money_gate, transport_cost, vacancy_gate
from sim.kernels.inputs import place_as, site_of
from sim.kernels.options import considered_area, help_with_rent, option, own_terms, weigh
from sim.kernels.values import living_value, moving_burden


@inlined
def weigh_displacement(choice, who, now, here, month, scene):
    """Weigh the ways of being displaced, for the pushed and the failing: in the same area, or where they came from."""
    if not scene.struck:
        choice = weigh_nearby(choice, who, now, here, month, scene)
    if now.at_home and now.last_area >= 0 and now.last_area != now.area:
        choice = weigh(choice, renting_there(who, now, now.last_area, month, scene))
    return choice


@inlined
def weigh_nearby(choice, who, now, here, month, scene):
    """Weigh the ways of being displaced in the same area."""
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
    return choice


@inlined
def displaced_here(who, now, here, month, scene, shelter):
    """Return an informal site, or being hosted, in the same area: free, and always there."""
    value = living_value(who, here, 0, shelter, 0.0, scene.uncut, month.params) + scene.attached - scene.leave
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
    value = living_value(who, here, 0, RENTED, subsidy, scene.uncut, month.params) + scene.attached - scene.leave
    value += own_terms(who, scene, here.key, RENTED, 0)
    gates = money_gate(cost, scene.funds) | vacancy_gate(who.weight, month.free, vacancy, scene.held)
    return option(value, MOVE_DISPLACED, now.area, -1, RENTED, 0, gates, bit, vacancy, cost)


@inlined
def into_camp(who, now, here, month, scene):
    """Return a place in another camp of the same area."""
    value = living_value(who, here, 0, CAMP, 0.0, scene.uncut, month.params) + scene.attached - scene.leave
    value += month.params.pathways.camp_entry
    value += own_terms(who, scene, site_of(month.sites, here.fallback_site).key, CAMP, 0)
    vacancy = month.areas.shape[0] + here.fallback_site
    gates = vacancy_gate(who.weight, month.free, vacancy, scene.held)
    return option(value, MOVE_DISPLACED, now.area, here.fallback_site, CAMP, 0, gates, 0, vacancy, 0.0)


@inlined
def renting_there(who, now, area, month, scene):
    """Return a rented dwelling in another area: where a failing returnee came from, or where people flee to."""
    there, params = place_as(month.areas, area, scene.calm), month.params
    kilometres = month.distance[now.area, area]
    cost = transport_cost(who, kilometres, params.gates) + there.rent
    value = displaced_value(who, there, RENTED, kilometres, month, scene)
    gates = money_gate(cost, scene.funds) | vacancy_gate(who.weight, month.free, area, scene.held)
    return option(value, MOVE_DISPLACED, area, -1, RENTED, 0, gates, 0, area, cost)


@inlined
def displaced_value(who, there, shelter, kilometres, month, scene):
    """Return the value of being displaced in another area, before any constant of a camp's."""
    value = living_value(who, there, 0, shelter, 0.0, scene.uncut, month.params) - scene.leave
    value -= moving_burden(who, kilometres, month.params)
    return value + own_terms(who, scene, there.key, shelter, 0)


@inlined
def weigh_flight(choice, who, now, month, scene):
    """Weigh the ways of being displaced in another area, for those who flee it; one of them is always open."""
    previous = np.int64(-1)
    for k in range(max(1, int(month.params.pathways.settle_options))):
        draw, _, _, _ = draw4(month.seed, who.id, NETWORK, scene.mine.epoch, k)
        area = considered_area(month.network, now.area, draw)
        elsewhere = area != now.area or (k == 0 and scene.struck)
        if elsewhere and area != previous:
            choice = weigh_refuge(choice, who, now, area, month, scene)
        previous = area
    return choice


@inlined
def weigh_refuge(choice, who, now, area, month, scene):
    """Weigh an informal site, relatives, a rented dwelling and a camp in one area of refuge."""
    there, kilometres = place_as(month.areas, area, scene.calm), month.distance[now.area, area]
    choice = weigh(choice, refuge(who, there, area, INFORMAL, kilometres, month, scene))
    if scene.mine.hosting_rank < month.params.pathways.hosted_share:
        choice = weigh(choice, refuge(who, there, area, HOSTED, kilometres, month, scene))
    choice = weigh(choice, renting_there(who, now, area, month, scene))
    if there.fallback_site >= 0:
        choice = weigh(choice, camp_there(who, there, area, kilometres, month, scene))
    return choice


@inlined
def refuge(who, there, area, shelter, kilometres, month, scene):
    """Return an informal site, or being hosted, in another area: free, and always there."""
    value = displaced_value(who, there, shelter, kilometres, month, scene)
    return option(value, MOVE_DISPLACED, area, -1, shelter, 0, 0, 0, -1, 0.0)


@inlined
def camp_there(who, there, area, kilometres, month, scene):
    """Return a place in a camp of another area."""
    pathways = month.params.pathways
    value = living_value(who, there, 0, CAMP, 0.0, scene.uncut, month.params) - scene.leave + pathways.camp_entry
    value -= moving_burden(who, kilometres, month.params)
    value += own_terms(who, scene, site_of(month.sites, there.fallback_site).key, CAMP, 0)
    vacancy = month.areas.shape[0] + there.fallback_site
    gates = vacancy_gate(who.weight, month.free, vacancy, scene.held)
    return option(value, MOVE_DISPLACED, area, there.fallback_site, CAMP, 0, gates, 0, vacancy, 0.0)
