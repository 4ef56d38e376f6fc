"""The choice among staying, local integration, return, settlement elsewhere and displacement elsewhere."""

import math

import numpy as np

from sim.kernels.budget import rooted
from sim.kernels.codes import (
    CAMP,
    DOCUMENTS,
    DWELLING,
    FORCING,
    HOSTED,
    INTEGRATE,
    MONEY,
    OWN_HOME,
    OWNER,
    PERMISSION,
    PUSH_AID_CUT,
    PUSH_CLOSURE,
    PUSH_EVICTION,
    PUSH_SHOCK,
    RENTED,
    RETURN,
    SEASON,
    SETTLE,
    STAY,
)
from sim.kernels.compile import called, inlined
from sim.kernels.displacement import weigh_displacement, weigh_flight
from sim.kernels.draws import NETWORK, draw4
from sim.kernels.gates import (
    documents_gate,
    funds,
    home_gates,
    money_gate,
    return_offers,
    season_gate,
    transport_cost,
    vacancy_gate,
)
from sim.kernels.house import usable
from sim.kernels.inputs import place_as, site_of
from sim.kernels.options import (
    Choice,
    Scene,
    considered_area,
    help_with_rent,
    insecure,
    option,
    own_terms,
    unavailable,
    weigh,
)
from sim.kernels.values import HOME_KEY, attachment_here, home_value, living_value, luck_of, moving_burden, traits

# On closure day people are sent home through these gates.
OVERRIDDEN = (1 << MONEY) | (1 << DWELLING) | (1 << SEASON) | (1 << PERMISSION) | (1 << DOCUMENTS)


@inlined
def choose(who, now, month, offers, push, held):
    """Return the Choice of a household; see :func:`chosen`, which is compiled for one set of types only."""
    return chosen(who, now, month, np.int64(offers), np.int64(push), np.int64(held), np.int64(0))


@inlined
def choose_unpushed(who, now, month, offers, push, held):
    """Return the Choice of the same month without the push: with the aid before a cut, the security before a shock."""
    undone = np.int64(push & (PUSH_AID_CUT | PUSH_SHOCK))
    return chosen(who, now, month, np.int64(offers), np.int64(0), np.int64(held), undone)


@called
def chosen(who, now, month, offers, push, held, undone):
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
    undone : int
        Bits of pushes whose effect on places is undone: aid that is cut, security lost to a shock.
    """
    calm = undone & PUSH_SHOCK != 0
    here, home = place_as(month.areas, now.area, calm), place_as(month.areas, who.origin, calm)
    scene = set_scene(who, now, home, month, offers, push, held, undone)
    choice = Choice(unavailable(), unavailable(), np.int64(0))
    untenable = failing(now, here, month.params)
    if not (scene.evicted or scene.struck or scene.last_day):
        if now.at_home:
            choice = weigh(choice, staying_home(who, now, home, month, scene))
        else:
            choice = weigh(choice, staying(who, now, here, month, scene))
        if untenable:
            choice = Choice(choice.intention, choice.action, np.int64(0))
    if not now.at_home:
        if now.settled == 0 and not scene.struck:
            choice = weigh(choice, integrating(who, now, here, month, scene))
        if not scene.struck or now.area != who.origin:
            choice = weigh(choice, returning(who, now, home, month, scene))
    choice = weigh_settlement(choice, who, now, month, scene)
    if push & FORCING or untenable:  # a cut of aid alone opens nothing: it works through what it leaves to live on
        choice = weigh_displacement(choice, who, now, here, month, scene)
    if scene.struck or insecure(here, month.params):
        choice = weigh_flight(choice, who, now, month, scene)
    return choice


@inlined
def set_scene(who, now, home, month, offers, push, held, undone):
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
        push & PUSH_SHOCK > 0,
        undone & PUSH_AID_CUT != 0,
        undone & PUSH_SHOCK != 0,
        closing,
        funds(now, month.params),
    )


@inlined
def failing(now, here, params):
    """Whether life where a household is now has become untenable."""
    if now.savings <= -params.budget.debt_limit or insecure(here, params):
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
    value = living_value(who, here, now.settled, now.shelter, subsidy_held(now, month), scene.uncut, month.params)
    value += scene.attached - scene.closing
    key = here.key
    if now.shelter == CAMP:
        key = site_of(month.sites, now.site).key
    value += own_terms(who, scene, key, now.shelter, now.settled)
    return option(value, STAY, now.area, now.site, now.shelter, now.settled, 0, 0, -1, 0.0)


@inlined
def subsidy_held(now, month):
    """Return the rent that a programme pays for a household each month, in cents."""
    return float(month.offers[now.subsidy, 3]) if now.subsidy_months > 0 else 0.0


@inlined
def integrating(who, now, here, month, scene):
    """Return the alternative of committing to the place of displacement, in a rented dwelling."""
    rents_now, params = now.shelter == RENTED, month.params
    _, subsidy, bit = help_with_rent(scene.offers, month.offers)
    cost = 0.0 if rents_now else math.floor(params.gates.lease_months * here.rent)
    value = living_value(who, here, 1, RENTED, subsidy, scene.uncut, params) + scene.attached
    value += params.pathways.integrate
    value += own_terms(who, scene, here.key, RENTED, 1)
    vacancy = -1 if rents_now else now.area
    gates = money_gate(cost, scene.funds) | documents_gate(now, scene.mine, params.gates)
    gates |= vacancy_gate(who.weight, month.free, vacancy, scene.held)
    return option(value, INTEGRATE, now.area, -1, RENTED, 1, gates, bit, vacancy, cost)


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
    gates |= money_gate(cost, scene.funds + grants) | documents_gate(now, mine, params.gates)
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
def settling(who, now, area, month, scene):
    """Return the alternative of settling in a third place."""
    there, params = place_as(month.areas, area, scene.calm), month.params
    kilometres = month.distance[now.area, area]
    cost = transport_cost(who, kilometres, params.gates) + math.floor(params.gates.lease_months * there.rent)
    value = living_value(who, there, 2, RENTED, 0.0, scene.uncut, params) + params.pathways.settle
    value -= moving_burden(who, kilometres, params) + scene.leave
    value += own_terms(who, scene, there.key, RENTED, 2)
    gates = money_gate(cost, scene.funds) | season_gate(who, scene.mine, month.school, params.gates)
    gates |= documents_gate(now, scene.mine, params.gates)
    gates |= vacancy_gate(who.weight, month.free, area, scene.held)
    return option(value, SETTLE, area, -1, RENTED, 2, gates, 0, area, cost)
