"""Replicates: every scenario of an experiment with the same parameters and the same luck, summarised.

A replicate is the unit of work of every executor, so that what is finished can always be paired.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import xarray as xr

from sim.experiments.draws import Draws
from sim.experiments.record import DATA, ENDS
from sim.experiments.run import run
from sim.experiments.stack import stacked
from sim.outcomes import condensed, headline, headline_rows
from sim.outcomes.changes import CHANGES, Lives, changed
from sim.scenario import Compiled, Scenario, compile_scenario

SCENARIO, REPLICATE = "scenario", "seed"
SERIES = ("families", "flows", "moves", "blocked", "intended", "premature", "spent", "discounted")
SUMMED = {"origin", "area", "programme", "group"}  # over which series are summed


class Summary(NamedTuple):
    """What is kept of a replicate.

    Attributes
    ----------
    parts : dict of str to xarray.Dataset
        By file name: series with the headline outcomes, and the condensed runs; along ``scenario``.
    state_hashes : tuple of str
        One a scenario.
    notes : tuple of str
        What the reader must be told of any of the runs, each once.
    """

    parts: dict[str, xr.Dataset]
    state_hashes: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Work:
    """All replicates of an experiment: scenarios x parameter draws x seeds.

    Attributes
    ----------
    scenarios : tuple of Scenario
        The baseline first.
    draws : Draws
        The same for every scenario.
    seeds : tuple of int
        Likewise.
    """

    scenarios: tuple[Scenario, ...]
    draws: Draws
    seeds: tuple[int, ...]
    _kept: dict[str, Compiled] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.draws) * len(self.seeds)

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what each process compiles for itself: it is large."""
        return {**self.__dict__, "_kept": {}}

    def place(self, number: int) -> tuple[int, int]:
        """Return draw and seed of a replicate. All draws come with the first seed before any with the second."""
        turn, draw = divmod(number, len(self.draws))
        return draw, self.seeds[turn]

    def compiled(self, scenario: Scenario, draw: int) -> Compiled:
        """Return a scenario with the parameters of a draw, compiled; the same object where no parameter varies."""
        if self.draws.keys:
            return compile_scenario(scenario.override(self.draws.overrides(draw)))
        if scenario.name not in self._kept:
            self._kept[scenario.name] = compile_scenario(scenario)
        return self._kept[scenario.name]

    def run(self, number: int, threads: int = 1, tick: Callable[[], None] | None = None) -> Summary:
        """Run one replicate; ``tick`` is called after every run."""
        draw, seed = self.place(number)
        series, ends, hashes, notes, lives = [], [], [], dict[str, None](), list[Lives]()
        for scenario in self.scenarios:
            result = run(self.compiled(scenario, draw), seed=seed, threads=threads)
            series.append(summary_of(result.data))
            ends.append(condensed(result.data))
            hashes.append(str(result.manifest["state_hash"]))
            assert result.lives is not None, "a run that has just ended knows its households"
            lives.append(result.lives)
            notes |= dict.fromkeys(result.notes)
            if tick is not None:
                tick()
        names = [scenario.name for scenario in self.scenarios]
        against = who_changed(lives)
        parts = {DATA: stacked(series, SCENARIO, names).assign(against), ENDS: stacked(ends, SCENARIO, names)}
        return Summary(parts, tuple(hashes), tuple(notes))


def who_changed(lives: Sequence[Lives]) -> dict[str, xr.DataArray]:
    """Return how many ended otherwise in each scenario than in the first, by what changed for them."""
    families, rows = zip(*(changed(own, lives[0]) for own in lives))
    labels = {"change": list(CHANGES)}
    return {
        name: xr.DataArray(np.stack(counts), labels, (SCENARIO, "change"))
        for name, counts in (("changed", families), ("changed_rows", rows))
    }


def summary_of(data: xr.Dataset) -> xr.Dataset:
    """Return the series of a run that experiments keep, summed over places and programmes, with its headline."""
    twins = [f"{name}_rows" for name in SERIES]
    kept = {name: data.variables[name] for name in (*SERIES, *twins) if name in data}
    kept = {name: found.sum([dim for dim in found.dims if dim in SUMMED]) for name, found in kept.items()}
    used = {dim for found in kept.values() for dim in found.dims}
    coords = {name: found.variable for name, found in data.coords.items() if used.issuperset(found.dims)}
    outcomes, rows = headline(data), headline_rows(data)
    kept["outcome_value"] = xr.Variable("outcome", np.array(list(outcomes.values())))
    kept["outcome_rows"] = xr.Variable("outcome", np.array(list(rows.values())))
    return xr.Dataset(kept, coords | {"outcome": list(outcomes)})


def together(summaries: Sequence[Summary], numbers: Sequence[int]) -> dict[str, xr.Dataset]:
    """Return the parts of several replicates along their numbers."""
    return {part: stacked([one.parts[part] for one in summaries], REPLICATE, numbers) for part in summaries[0].parts}
