"""Random small surveys, as households for the oracle and as arguments of the functions."""

from typing import Any

import pandas as pd
from exit_oracle import Household
from hypothesis import strategies as st

CRITERIA = ["1", "1", "2", "3"]
NAMES = ["1.1 attacked", "1.2 police", "2.1 food", "3_1"]


@st.composite
def surveys(draw: st.DrawFn, missing: bool = True, per_cell: int = 0) -> list[Household]:
    """Draw hosts and displaced households in any order, of up to four indicators and two cells.

    Parameters
    ----------
    missing : bool
        Some answers are missing.
    per_cell : int
        Least number of displaced and of host households in every cell; 0 draws cells freely.
    """
    width = draw(st.integers(1, len(NAMES)))
    answer = st.sampled_from([0, 1, 1, None] if missing else [0, 1])
    answers = st.tuples(*[answer] * width)

    def household(host: bool, cell: st.SearchStrategy[str]) -> st.SearchStrategy[Household]:
        return st.builds(Household, answers, st.just(host), st.integers(1, 5), cell)

    found: list[Household] = []
    for host in (True, False):
        for cell in ("camp", "town") if per_cell else ():
            found += draw(st.lists(household(host, st.just(cell)), min_size=per_cell, max_size=per_cell + 1))
        if not per_cell:
            found += draw(st.lists(household(host, st.sampled_from(["camp", "town"])), min_size=1, max_size=6))
    return draw(st.permutations(found))


def arguments(survey: list[Household], metric: str) -> dict[str, Any]:
    """Return the arguments of `sim.outcomes.exit_shares` for a survey."""
    names = NAMES[: len(survey[0].answers)]
    table = pd.DataFrame([household.answers for household in survey], columns=names, dtype=float)
    given = {
        "indicators": table,
        "host": pd.Series([household.host for household in survey]),
        "weights": pd.Series([household.weight for household in survey]),
        "metric": metric,
    }
    cells = pd.Series([household.cell for household in survey], name="place")
    return given | ({"cells": cells} if metric == "cells" else {})
