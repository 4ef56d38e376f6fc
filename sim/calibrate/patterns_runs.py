"""Runs for the patterns: every draw of a posterior through the scenario of a study, and through paired variants.

Variants of a draw share its parameters and its seed: what differs between them follows from what was changed alone.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from sim.calibrate.observe import Series
from sim.calibrate.patterns_evidence import (
    AS_HAPPENED,
    BETTER_HOMES,
    HARDSHIP,
    NO_ARRIVALS,
    NO_CLOSURES,
    Evidence,
    Float,
)
from sim.calibrate.patterns_measures import measured, of_totals
from sim.calibrate.patterns_published import asked_in_camps, published_figures, published_places, renting_arrivals
from sim.calibrate.simulations import nuisances
from sim.calibrate.study import Study
from sim.experiments.executors import Executor
from sim.interventions import CampClosure
from sim.kernels.codes import OWNER
from sim.model import SolutionsModel
from sim.scenario import Compiled, Scenario, compile_scenario
from sim.schema.errors import InputError

HALF = 0.5
#: What only the displaced live on: halved, life where they stay is harder, and nothing changes at home.
LIVELIHOOD = ("aid_camp", "aid_out", "camp_job_access", "displaced_job_access")


def without_closures(scenario: Scenario) -> Compiled:
    """Return a scenario in which no camp closes."""
    programmes = scenario.spec.programmes.items()
    closing = [f"programmes.{name}" for name, one in programmes if isinstance(one, CampClosure)]
    return compile_scenario(scenario.override(dict.fromkeys(closing)))


def without_arrivals(scenario: Scenario) -> Compiled:
    """Return a scenario in which nobody arrives."""
    return compile_scenario(scenario.override({f"arrivals.{name}": None for name in scenario.spec.arrivals}))


def with_hardship(scenario: Scenario) -> Compiled:
    """Return a scenario in which aid and access to work of the displaced are halved."""
    keys = [f"parameters.budget.{name}" for name in LIVELIHOOD]
    return compile_scenario(scenario.override({key: HALF * scenario.value(key) for key in keys}))


def with_better_homes(scenario: Scenario) -> Compiled:
    """Return a scenario in which every second house that cannot be lived in at the start was repaired before."""
    compiled = compile_scenario(scenario)
    house = compiled.households["house"].copy()
    unusable = np.flatnonzero((compiled.households["tenure"] == OWNER) & (house < compiled.params.house.usable))
    house[unusable[::2]] = compiled.params.house.repaired_to
    return replace(compiled, households=compiled.households | {"house": house})


VARIANTS: Mapping[str, Callable[[Scenario], Compiled]] = {
    AS_HAPPENED: compile_scenario,
    NO_CLOSURES: without_closures,
    NO_ARRIVALS: without_arrivals,
    HARDSHIP: with_hardship,
    BETTER_HOMES: with_better_homes,
}
FOLLOWED = (AS_HAPPENED, NO_CLOSURES)  # household by household; of the others totals are compared


@dataclass(frozen=True)
class Paired:
    """Runs of every draw in every variant: work for an executor.

    Attributes
    ----------
    study : Study
    scenarios : tuple of Scenario
        The one that draws and variants change.
    series : tuple of Series
        Targets of the study.
    values : float64[n, p]
        Draws, in the order of the priors of the study.
    """

    study: Study
    scenarios: tuple[Scenario, ...]
    series: tuple[Series, ...]
    values: Float

    def __len__(self) -> int:
        return len(self.values) * len(VARIANTS)

    def place(self, number: int) -> tuple[int, int]:
        """Return draw and seed of a run, for messages; the seed of a draw is its number."""
        draw = number // len(VARIANTS)
        return draw, draw

    def run(self, number: int) -> dict[str, Float]:
        """Return what is measured of a run."""
        draw, seed = self.place(number)
        named = dict(zip(self.study.priors, self.values[draw].tolist()))
        variant = list(VARIANTS)[number % len(VARIANTS)]
        compiled = VARIANTS[variant](self.scenarios[0].override(self.study.overrides(named)))
        model = SolutionsModel(compiled, seed=seed, collect=False)
        if variant in FOLLOWED:
            return measured(model, self.series, nuisances(named))
        return of_totals(model.run())


def evidence_of(
    study: Study, folder: Path, draws: Float, executor: Executor, tick: Callable[[], None] | None = None
) -> Evidence:
    """Return runs of all draws and variants, with what was published beside the study.

    Parameters
    ----------
    study : Study
    folder : Path
        Where tables of published patterns lie, if any: that of the study.
    draws : float64[n, p]
        Of a posterior, in the order of the priors of the study.
    executor : Executor
        Who runs; results do not depend on it.
    tick : callable, optional
        Called after every run.

    Raises
    ------
    InputError
        Where a table of that folder cannot be used, or a run fails.
    """
    pcodes = tuple(study.names)
    figures, places = published_figures(folder), published_places(folder, study, pcodes)
    base = study.scenario.override({"rows": study.spec.effort.forecast_rows})
    work = Paired(study, (base,), study.series, draws)
    runs = _all_runs(work, executor, tick)
    by_variant = {
        name: {key: np.stack([one[key] for one in runs[n :: len(VARIANTS)]]) for key in runs[n]}
        for n, name in enumerate(VARIANTS)
    }
    return Evidence(
        by_variant, study.series, asked_in_camps(study), places, figures, renting_arrivals(study, pcodes), study.names
    )


def _all_runs(work: Paired, executor: Executor, tick: Callable[[], None] | None) -> list[dict[str, Float]]:
    """Return what was measured of every run, in order."""
    found: dict[int, dict[str, Float]] = {}
    with closing(executor.finished(work, range(len(work)))) as ended:
        for done in ended:
            if done.summary is None:
                raise InputError(done.error, key="patterns")
            found[done.number] = done.summary
            if tick is not None:
                tick()
    return [found[number] for number in range(len(work))]
