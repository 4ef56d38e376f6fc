"""A glance at a run: the few numbers that the page draws, of every run it makes.

A glance holds sums over places and groups, so that hundreds fit into memory. Beside every count of families stand the
simulated households it comes from, which decide what may be shown.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import xarray as xr

from sim.experiments.dataset import dataset_of
from sim.model import SolutionsModel
from sim.outcomes import BEST, HEADLINE, severity
from sim.outcomes.equity import by_trait
from sim.outcomes.groups import TRAITS
from sim.outcomes.measures import INDUCED, PRESENT, SOLVED, rows_behind
from sim.scenario import Compiled

Numbers = npt.NDArray[np.float64]
#: Situations of the stacked bars: everybody who has entered a run is in one of them.
SITUATIONS = ("displaced", "returned", "integrating", "settled_elsewhere")
ALL = "all_families"
#: Headline outcomes that count families, of which the page shows the end, or a warning.
COUNTED = (
    ALL,
    *SITUATIONS,
    BEST,
    *("expelled", "diverted", "hastened", "premature_returns", "displaced_again", "blocked_house", "blocked_money"),
)
#: Those in USD, and those in per cent.
MONEY = ("spent", "care", "aid_withheld", "host_rent")
SHARES = ("worst_group_induced", "in_debt")
HORIZON = 0  # of solutions: held for 12 months
_MEASURES = {one.name: one.value for one in HEADLINE}


class Counts(NamedTuple):
    """Counts of one run, of families or of the simulated households behind them; ``T`` months, ``A`` areas.

    Attributes
    ----------
    stock : float64[4, T + 1]
        By situation and month; entry 0 is the start.
    held : float64[assessed]
        Solutions held for 12 months as hosts live, of own choice and informed, whenever they are assessed.
    ends : float64[outcome]
        In the order of COUNTED.
    areas : float64[4, A]
        By situation and area at the end; those at home are where they come from.
    bases : float64[2, A]
        What areas are told per hundred of: families displaced there at the start, and families that come from there.
    severe : float64[()]
        At home at the end where conditions of return are of high severity; zero in a quick glance.
    groups : float64[2, value]
        Families moved under a push, and all families, by every value of every trait.
    """

    stock: Numbers
    held: Numbers
    ends: Numbers
    areas: Numbers
    bases: Numbers
    severe: Numbers
    groups: Numbers


class Glance(NamedTuple):
    """What is kept of a run.

    Attributes
    ----------
    families, rows : Counts
    money : float64[outcome]
        USD, in the order of MONEY.
    shares : float64[outcome]
        Per cent, in the order of SHARES.
    rent : float64[A]
        Rent at the low end at the end, USD a month.
    assessed : tuple of int
        Months at whose end solutions are assessed.
    """

    families: Counts
    rows: Counts
    money: Numbers
    shares: Numbers
    rent: Numbers
    assessed: tuple[int, ...]


def glance_at(compiled: Compiled, seed: int, quick: bool = False) -> Glance:
    """Run a scenario and return what the page keeps of it; a ``quick`` glance leaves the severity of places out."""
    data = dataset_of(SolutionsModel(compiled, seed=seed, collect=False).run())
    severe, severe_rows = (0.0, 0.0) if quick else _severe(data)
    return Glance(
        _counts(data, severe),
        _counts(rows_behind(data), severe_rows),
        _measured(data, MONEY),
        _measured(data, SHARES),
        data["rent"].values[-1] / 100.0,
        tuple(int(month) for month in data["assessed"].values),
    )


def trait_values() -> list[tuple[str, str]]:
    """Return trait and value along the second axis of `Counts.groups`."""
    return [(trait, value) for trait, values in TRAITS.items() for value in values]


def _counts(data: xr.Dataset, severe: float) -> Counts:
    families = data.variables["families"].values.astype(np.float64)  # month, situation, origin, area
    at = _places(data, "situation", SITUATIONS)
    first, last = families[0], families[-1]
    held = data.variables["sustained_whole"].values[:, HORIZON]
    return Counts(
        families[:, at].sum(axis=(2, 3)).T,
        held[:, _places(data, "situation", SOLVED)].sum(axis=(1, 2)),
        _measured(data, COUNTED),
        last[at].sum(axis=1),
        np.stack([first[at[0]].sum(axis=0), last[_places(data, "situation", PRESENT)].sum(axis=(0, 2))]),
        np.array(severe),
        _groups(data),
    )


def _groups(data: xr.Dataset) -> Numbers:
    moves, present = data.variables["moves"].values, data.variables["by_group"].values[-1]
    pushed = moves[:, _places(data, "push_class", INDUCED)].sum(axis=(0, 1, 2))
    everybody = present[_places(data, "situation", PRESENT)].sum(axis=0)
    found = [xr.DataArray(counts, dims="group") for counts in (pushed, everybody)]
    return np.array([np.concatenate([by_trait(one, trait) for trait in TRAITS]) for one in found])


def _severe(data: xr.Dataset) -> tuple[float, float]:
    """Return families and simulated households at home where conditions of return are of high severity."""
    table = severity(data)
    there = table[(table["place"] == "return") & (table["level"] == "high")]
    return float(there["families"].sum()), float(there["rows"].sum())


def _measured(data: xr.Dataset, names: tuple[str, ...]) -> Numbers:
    return np.array([_MEASURES[name](data) for name in names], np.float64)


def _places(data: xr.Dataset, dim: str, names: tuple[str, ...] | list[str]) -> list[int]:
    labels = list(data.indexes[dim])
    return [labels.index(name) for name in names]
