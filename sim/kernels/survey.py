"""What households would answer a survey: how far going home beats everything else, and what stands in the way."""

import numpy as np

from sim.kernels.choice import integrating, returning, set_scene, staying, weigh_settlement
from sim.kernels.columns import person, standing
from sim.kernels.compile import entry, inlined
from sim.kernels.gates import ALL_VACANCIES
from sim.kernels.inputs import place_of
from sim.kernels.options import Choice, unavailable, weigh


@entry
def ask_rows(fixed, state, month, margin, shut, start, stop):
    """Ask the families away from home; of the others nothing is written.

    Parameters
    ----------
    fixed, state : Fixed, State
    month : Month
        The last one lived.
    margin : float32[n]
        Utility of going home less that of the best alternative, written.
    shut : uint8[n]
        Bits of the gates between a household and its home, written.
    """
    for i in range(start, stop):
        if state.present[i] and not state.at_home[i]:
            margin[i], shut[i] = asked(person(fixed, i), standing(state, i), month)


@inlined
def asked(who, now, month):
    """Return margin and gates of one household, without any push, offer or programme."""
    here, home = place_of(month.areas, now.area), place_of(month.areas, who.origin)
    scene = set_scene(who, now, home, month, 0, 0, ALL_VACANCIES, 0)
    others = weigh(Choice(unavailable(), unavailable(), np.int64(0)), staying(who, now, here, month, scene))
    if now.settled == 0:
        others = weigh(others, integrating(who, now, here, month, scene))
    others = weigh_settlement(others, who, now, month, scene)
    back = returning(who, now, home, month, scene)
    return np.float32(back.utility - others.intention.utility), np.uint8(back.gates)
