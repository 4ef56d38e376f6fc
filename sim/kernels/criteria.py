"""Sub-criteria of a durable solution: which a household meets, and for how long it has held a solution.

IRIS (EGRISS 2020) asks of ten vulnerabilities linked to displacement whether they are overcome. The rules are
written out in docs/household-month.md, "Criteria"; hosts are judged by the same ones.
"""

import math

from sim.kernels.budget import aid, aid_share, rent_help, rent_of, rooted
from sim.kernels.codes import (
    ALL_CRITERIA,
    ECONOMIC_SECURITY,
    ECONOMIC_UNAIDED,
    EDUCATION,
    FOOD,
    FOOD_UNAIDED,
    HEALTH,
    HLP_NONE,
    HOUSING,
    IDENTITY_DOCUMENTS,
    MOVEMENT,
    OWN_HOME,
    OWNER,
    RENTED,
    SAFETY,
    TENURE,
    WORK,
)
from sim.kernels.columns import person, standing
from sim.kernels.compile import entry, inlined
from sim.kernels.draws import ranks5
from sim.kernels.house import usable
from sim.kernels.inputs import place_of
from sim.kernels.moves import MOST_MONTHS


@inlined
def judge_criteria(fixed, state, i, month):
    """Note what household ``i`` meets at the end of a month, and how long it has held a solution.

    One that is displaced holds none, and is judged only when households are assessed.
    """
    settled = state.at_home[i] > 0 or state.settled[i] > 0
    held = 0
    if settled or month.assessed:
        who, now = person(fixed, i), standing(state, i)
        met = criteria_met(who, now, month, ranks5(month.seed, who.id))
        state.criteria[i] = met
        if settled and month.exits[now.area, met & ALL_CRITERIA]:
            held = min(state.held[i] + 1, MOST_MONTHS)
    state.held[i] = held


@inlined
def criteria_met(who, now, month, ranks):
    """Return the criteria mask of a household with these ranks."""
    rates = month.standards[now.area, now.shelter]
    here = place_of(month.areas, now.area)
    safety, movement, housing, health, education = ranks
    cleared = not (who.affiliated and here.clearance > 0)
    sound = now.shelter != OWN_HOME or usable(now, month.params.house)
    return (
        (1 if safety < rates[0] else 0) << SAFETY
        | (1 if movement < rates[1] and cleared else 0) << MOVEMENT
        | (1 if housing < rates[2] and sound else 0) << HOUSING
        | (1 if health < rates[3] else 0) << HEALTH
        | (1 if education < rates[4] else 0) << EDUCATION
        | (1 if now.employed and who.earners > 0 else 0) << WORK
        | (1 if secure_tenure(who, now) else 0) << TENURE
        | (1 if now.civil_documents else 0) << IDENTITY_DOCUMENTS
        | means(who, now, here, month)
    )


@inlined
def secure_tenure(who, now):
    """Whether a household has secure tenure where it lives, and has what it owned restored to it."""
    here = now.shelter == OWN_HOME or (now.shelter == RENTED and rooted(now))
    restored = who.tenure != OWNER or (now.hlp != HLP_NONE and not now.occupied)
    return here and restored


@inlined
def means(who, now, here, month):
    """Return the bits of food and of economic security, with assistance and without."""
    budget, params = month.params.budget, month.params.criteria
    income = who.remittance + (math.floor(here.wage * who.skill * who.earners) if now.employed else 0.0)
    left = income - rent_of(here, now.shelter, budget)
    help_ = aid(rooted(now), now.shelter, who.size, aid_share(here, now.shelter), budget)
    if now.subsidy_months > 0:
        help_ += rent_help(float(month.offers[now.subsidy, 3]), here, now.shelter)
    needs = budget.subsistence * who.size
    food = params.food_share * needs - max(0, now.savings)
    solvent = now.savings >= -params.bearable_debt * needs
    return (
        (1 if left + help_ >= food else 0) << FOOD
        | (1 if left + help_ >= needs and solvent else 0) << ECONOMIC_SECURITY
        | (1 if left >= food else 0) << FOOD_UNAIDED
        | (1 if left >= needs and solvent else 0) << ECONOMIC_UNAIDED
    )


@entry
def criteria_rows(fixed, state, month, start, stop):
    """Judge every row that is present, as it stands before the first month."""
    for i in range(start, stop):
        if state.present[i]:
            judge_criteria(fixed, state, i, month)


@entry
def host_criteria(fixed, state, month, ranks, out):
    """Write the criteria mask (uint16[n]) of host rows, whose ranks (float64[n, 5]) are given and not drawn."""
    for i in range(out.size):
        own = (ranks[i, 0], ranks[i, 1], ranks[i, 2], ranks[i, 3], ranks[i, 4])
        out[i] = criteria_met(person(fixed, i), standing(state, i), month, own)
