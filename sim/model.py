"""The Mesa model: one month, in order."""

import hashlib
from typing import Any

import mesa
import numpy as np

from sim.agents import Area, Programme, Site
from sim.kernels.codes import DISPLACED, INTEGRATING, RETURNED, SETTLED_ELSEWHERE, SITUATIONS
from sim.scenario import Compiled, Scenario, compile_scenario, load_scenario
from sim.world.camps import site_calendar
from sim.world.households import Households
from sim.world.offers import offers_this_month
from sim.world.recorder import Recorder
from sim.world.world import Deliveries, Drivers, World

AWAY = (DISPLACED, INTEGRATING, SETTLED_ELSEWHERE)


class SolutionsModel(mesa.Model):  # type: ignore[misc]
    """Displaced households deciding month by month, under a scenario.

    Parameters
    ----------
    scenario : str, Scenario or Compiled
        What to run: a name or file, a loaded scenario, or one that is compiled already.
    seed : int
        The luck of the run; the population does not depend on it.
    threads : int
        Threads for the household pass; the result does not depend on it.

    Notes
    -----
    Randomness is counter-based (:mod:`sim.kernels.draws`); Mesa's own generators are not used.
    """

    def __init__(self, scenario: "str | Scenario | Compiled", seed: int = 0, threads: int = 1) -> None:
        super().__init__(seed=int(seed))
        self._agent_count = 0
        self.compiled = _compiled(scenario)
        spec = self.compiled.scenario.spec
        self.world = World(
            Households(self.compiled.households),
            self.compiled.geography,
            self.compiled.params,
            spec.parameters.markets,
            self.compiled.wave_shift,
            int(seed),
            self._conditions(0),
            len(self.compiled.offers),
            threads,
        )
        self.areas = [Area(self, index) for index in range(len(self.world.geography.pcodes))]
        self.sites = [Site(self, index) for index in range(len(self.world.geography.site_ids))]
        self.programmes = [Programme(self, name, offer) for name, offer in self.compiled.offers.items()]
        self.institutions(0)
        self.world.clear_markets(self._drivers(0))
        self.recorder = Recorder(self.compiled.months, len(self.programmes))
        self.recorder.start(self.world)
        self.datacollector = _collector()
        self.datacollector.collect(self)

    @property
    def households(self) -> Households:
        """The household columns; ``model.households[i]`` is a view of one row."""
        return self.world.households

    @property
    def month(self) -> int:
        """Months simulated so far (Mesa's own step counter is read only here)."""
        return int(self.steps)

    def next_agent_number(self) -> int:
        """Return the next number for an agent of this model."""
        self._agent_count += 1
        return self._agent_count

    def step(self) -> None:
        """Simulate one month: drivers, institutions, markets, households, record."""
        month = self.month - 1  # Mesa counts the step before it is taken
        drivers = self._drivers(month)
        self.world.admit(month)
        self.institutions(month)
        self.world.clear_markets(drivers)
        served, carry = self.world.live(month, drivers)
        for programme, families, left in zip(self.programmes, served, carry):
            programme.ledger.book(families, left)
        self.record(month)

    def run(self) -> "SolutionsModel":
        """Simulate every month of the scenario."""
        while self.month < self.compiled.months:
            self.step()
        self.world.close()
        return self

    def institutions(self, month: int) -> None:
        """Camps announce and close; programmes make their offers for the month."""
        geography = self.world.geography
        ledgers = [programme.ledger for programme in self.programmes]
        width = 2 * len(geography.pcodes) + len(geography.site_ids) + 1
        reach = np.array([programme.reach for programme in self.programmes], np.uint8).reshape(-1, width)
        sites = site_calendar(self.compiled.closures, geography.capacity, month)
        self.world.apply(
            Deliveries(
                sites,
                offers_this_month(ledgers, month),
                reach,
                tuple(ledger.places(month) for ledger in ledgers),
                tuple(ledger.spec.allocation == "need" for ledger in ledgers),
            )
        )

    def record(self, month: int) -> None:
        """Record the month just simulated."""
        spent = [programme.ledger.spent_now for programme in self.programmes]
        self.recorder.month(month, self.world, spent)
        self.datacollector.collect(self)
        self.running = self.month < self.compiled.months

    def families(self, situation: int) -> int:
        """Return the families in a situation."""
        return int(self.world.stocks.families[situation].sum())

    def state_hash(self) -> str:
        """Return the SHA-256 of the final columns and of every recorded array."""
        digest = hashlib.sha256()
        columns = {f"column {name}": values for name, values in self.households.columns().items()}
        arrays = {f"array {name}": values for name, values in self.recorder.arrays.items()}
        for name, values in sorted({**columns, **arrays}.items()):
            digest.update(f"{name} {values.dtype.str} {values.shape}".encode())
            digest.update(np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()

    def _conditions(self, month: int) -> dict[str, Any]:
        return {name: path[month] for name, path in self.compiled.paths.items()}

    def _drivers(self, month: int) -> Drivers:
        compiled = self.compiled
        return Drivers(self._conditions(month), compiled.shock[month], bool(compiled.school[month]))


def _compiled(scenario: "str | Scenario | Compiled") -> Compiled:
    if isinstance(scenario, Compiled):
        return scenario
    loaded = scenario if isinstance(scenario, Scenario) else load_scenario(scenario)
    return compile_scenario(loaded)


def _collector() -> Any:
    scalars = {SITUATIONS[code]: (lambda model, code=code: model.families(code)) for code in (*AWAY, RETURNED)}
    per_area = {Area: {name: name for name in ("pcode", "displaced", "returned", "employment", "rent", "services")}}
    return mesa.DataCollector(model_reporters=scalars, agenttype_reporters=per_area)
