"""Options of a choice: what each is made of, and how the best of them is kept.

Every alternative is a value plus the household's own taste and luck for that destination, with the gates that
stand in its way. The *intention* is the best alternative whatever its gates; the *action* the best that is open.
"""

from collections import namedtuple

import numpy as np

from sim.kernels.codes import INFORMAL, MOVE_DISPLACED, STAY
from sim.kernels.compile import inlined
from sim.kernels.gates import rent_subsidy
from sim.kernels.values import luck_of

Option = namedtuple("Option", "utility kind area site shelter settled gates offers vacancy cost grants overridden")
# How a household meets its month: its traits, what it may count on, what pushes it.
Scene = namedtuple("Scene", "mine attached leave offers held last_day evicted struck uncut calm closing funds")
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
def own_terms(who, scene, key, shelter, settled):
    """Return the luck of a destination away from home, and the taste for commitment."""
    luck = luck_of(who.id, scene.mine, key, shelter, settled)
    return luck + scene.mine.taste_settled if settled > 0 else luck


@inlined
def help_with_rent(open_offers, offers):
    """Return the rent subsidy on offer: its number or -1, what it pays each month, and its bit."""
    programme = rent_subsidy(open_offers, offers)
    if programme < 0:
        return programme, 0.0, 0
    return programme, float(offers[programme, 3]), 1 << programme


@inlined
def considered_area(network, here, draw):
    """Return the first area whose cumulative chance of being considered exceeds the draw."""
    area = np.int64(0)
    while area < network.shape[1] - 1 and network[here, area] <= draw:
        area += 1
    return area


@inlined
def insecure(place, params):
    """Whether a place is too dangerous to stay in."""
    return place.security < params.gates.minimum_security
