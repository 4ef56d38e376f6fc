"""What families have lived on before the run: work and money since they were displaced."""

from sim.kernels.budget import savings_after, works
from sim.kernels.columns import person, standing
from sim.kernels.compile import entry
from sim.kernels.draws import BEFORE, draw4
from sim.kernels.inputs import place_of

LONGEST = 24  # months; later on as many families come to the end of their credit as find work again (measured on Iraq)


@entry
def live_before_rows(seed, fixed, state, areas, budget, start, stop):
    """Let families live where they are for as long as they have been displaced, and note work and savings."""
    for i in range(start, stop):
        who = person(fixed, i)
        here = place_of(areas, state.area[i])
        for t in range(min(int(state.months_displaced[i]), LONGEST)):
            now = standing(state, i)
            luck, _, _, _ = draw4(seed, who.id, BEFORE, t, 0)
            employed = works(now, here, budget, luck)
            state.employed[i] = employed
            state.savings[i] = int(savings_after(who, now, employed, here, 0.0, budget))
