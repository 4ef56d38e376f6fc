"""When a household reviews where it is: by itself, because of an event, or because it is pushed."""

import math

from sim.kernels.budget import aid_is_cut, rooted
from sim.kernels.codes import (
    CAMP,
    CLOSING,
    FORCING,
    INFORMAL,
    OFFER_RENT_SUBSIDY,
    PUSH_AID_CUT,
    PUSH_CLOSURE,
    PUSH_EVICTION,
    PUSH_SHOCK,
    RENTED,
    WHO_ALL,
    WHO_VULNERABLE,
)
from sim.kernels.compile import inlined
from sim.kernels.draws import SHOCK, draw4, lottery_word
from sim.kernels.inputs import offer_of, site_of


@inlined
def pushes(who, now, here, month, luck, entering):
    """Return the bits of what pushes a household this month; one that enters at home was driven out by a shock."""
    push = PUSH_EVICTION if luck < eviction_hazard(now, month.params.review) else 0
    if struck(who, here, month) or (entering and now.at_home):
        push |= PUSH_SHOCK
    if aid_is_cut(now, here, month.params.budget):
        push |= PUSH_AID_CUT
    if now.site >= 0 and in_closing_part(who, site_of(month.sites, now.site), month.seed):
        push |= PUSH_CLOSURE
    return push


@inlined
def struck(who, here, month):
    """Whether a shock drives a household out of the area where it is."""
    if here.displaces <= 0.0:
        return False
    luck, _, _, _ = draw4(month.seed, who.id, SHOCK, month.time, 0)
    return luck < here.displaces


@inlined
def forced_review(now, here, push, luck):
    """Whether a push makes a household review; a cut of aid does so for as many as there is aid gone this month."""
    fall = here.aid_camp_fall if now.shelter == CAMP else here.aid_out_fall
    return push & FORCING != 0 or (push & PUSH_AID_CUT != 0 and luck < fall)


@inlined
def in_closing_part(who, site, seed):
    """Whether a household lives in the part of a camp, or of a group of camps, that is closing."""
    if site.status != CLOSING:
        return False
    return lottery_word(seed, who.id, site.key) < site.threshold


@inlined
def eviction_hazard(now, review):
    """Return the monthly probability of eviction."""
    if rooted(now):
        return 0.0
    hazard = 0.0
    if now.shelter == RENTED:
        hazard = review.eviction_rented
    elif now.shelter == INFORMAL:
        hazard = review.eviction_informal
    return hazard * review.eviction_debt_factor if now.savings < 0 else hazard


@inlined
def ordinary_review(now, here, month, open_offers, luck, driven_out):
    """Whether a household would review this month without any push; a shock alarms those it does not drive out."""
    if now.gates != 0 or (here.shock > 0 and not driven_out):
        return True
    if luck < most_review_chance(month.params.review) and luck < review_chance(now, month.params.review):
        return True
    if open_offers:
        for p in range(month.offers.shape[0]):
            if open_offers >> p & 1 and offer_of(month.offers, p).starts:
                return True
    return False


@inlined
def most_review_chance(review):
    """Return a bound of review_chance for any household; most draws exceed it, which spares them the exponential."""
    return max(review.base, review.floor, review.settled)


@inlined
def review_chance(now, review):
    """Return the monthly probability of an unprompted review; it fades with the length of stay."""
    if rooted(now):
        return review.settled
    return review.floor + (review.base - review.floor) * math.exp(-now.months_here / review.fading)


@inlined
def offers_open_to(who, now, month):
    """Return the bits of the programmes that a household can count on this month."""
    bits = 0
    if now.at_home:
        return bits  # every programme of this kind serves households away from home
    areas = month.areas.shape[0]
    sites = month.sites.shape[0]
    site = now.site if now.site >= 0 else sites  # the last column stands for "in no site"
    for p in range(month.offers.shape[0]):
        offer = offer_of(month.offers, p)
        if not offer.active or not served(who, offer.who):
            continue
        if offer.kind == OFFER_RENT_SUBSIDY and now.settled > 0:
            continue
        reach = month.reach[p]
        if reach[now.area] and reach[areas + who.origin] and reach[2 * areas + site]:
            bits |= 1 << p
    return bits


@inlined
def served(who, whom):
    """Whether a household belongs to the people a programme serves."""
    if whom == WHO_ALL:
        return True
    return who.vulnerable > 0 if whom == WHO_VULNERABLE else who.female_headed > 0
