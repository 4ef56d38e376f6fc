"""Plan and action: what became, within a year, of families that were asked whether they plan to return.

No panel of a real survey is fitted to; this tells what one would find.
"""

import numpy as np
import pandas as pd

from sim.calibrate.observe import Nuisances
from sim.calibrate.questions import intentions
from sim.model import SolutionsModel
from sim.outcomes import SMALLEST_CELL
from sim.scenario import Compiled
from sim.schema.base import month_number
from sim.schema.errors import InputError

WITHIN = 12  # months
COLUMNS = ["intention", "families", "rows", "realised_12", "net_12"]


class Panel:
    """Families asked once, and looked at again at the end of every later month.

    Parameters
    ----------
    model : SolutionsModel
        As it stands when they are asked.
    nuisances : Nuisances
    """

    def __init__(self, model: SolutionsModel, nuisances: Nuisances) -> None:
        asked, plans, undecided, _ = intentions(model, nuisances)
        rest = ~plans & ~undecided
        self._said = {"return": asked & plans, "undecided": asked & undecided, "stay": asked & rest}
        self._model, self._reached = model, np.zeros(len(asked), bool)

    def look(self) -> None:
        """Take note of who is at home now."""
        self._reached |= self._home()

    def table(self) -> pd.DataFrame:
        """Return a row an intention: intention, families, rows, realised_12, net_12.

        ``realised_12`` is the share that was at home at any look, ``net_12`` the share at home now; NaN throughout
        where an intention stands for fewer than ten families or rows.
        """
        rows = [(name, *self._fate(said)) for name, said in self._said.items()]
        return pd.DataFrame(rows, columns=COLUMNS)

    def _fate(self, said: np.ndarray) -> tuple[float, float, float, float]:
        weight = self._model.households["weight"][said].astype(np.float64)
        if min(weight.sum(), said.sum()) < SMALLEST_CELL:
            return np.nan, np.nan, np.nan, np.nan
        reached, now = (float(np.average(one[said], weights=weight)) for one in (self._reached, self._home()))
        return float(weight.sum()), float(said.sum()), reached, now

    def _home(self) -> np.ndarray:
        at_home: np.ndarray = self._model.households["at_home"] > 0
        return at_home


def plan_and_action(compiled: Compiled, asked: str, nuisances: Nuisances, seed: int = 0) -> pd.DataFrame:
    """Return what became within twelve months of what families said at the end of a month.

    Parameters
    ----------
    compiled : Compiled
        What is run.
    asked : str
        ``YYYY-MM``, twelve months or more before the end of the run.
    nuisances : Nuisances
        How they answer: ``plan_shift`` and ``plan_margin``.
    seed : int, optional
        Luck of the run.

    Returns
    -------
    pandas.DataFrame
        As `Panel.table`.

    Raises
    ------
    InputError
        Where the run has no such month, or ends too soon after it.
    """
    first = month_number(compiled.scenario.spec.start)
    months = month_number(asked) - first + 1
    if not 1 <= months <= compiled.months - WITHIN:
        message = f"lies outside the run, or fewer than {WITHIN} months before its end"
        raise InputError(
            message, key="asked", value=asked, allowed=f"months 1 to {compiled.months - WITHIN} of the run"
        )
    model = SolutionsModel(compiled, seed=seed, collect=False)
    for _ in range(months):
        model.step()
    panel = Panel(model, nuisances)
    for _ in range(WITHIN):
        model.step()
        panel.look()
    model.world.close()
    return panel.table()
