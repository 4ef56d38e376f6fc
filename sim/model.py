"""The Mesa model: one month, in order."""

import hashlib
import itertools
import operator
from pathlib import Path
from typing import Any, SupportsIndex

import mesa
import numpy as np

from sim.agents import Area, NumberedAgent, Programme, Site
from sim.kernels.codes import DISPLACED, INTEGRATING, RETURNED, SETTLED_ELSEWHERE, SITUATIONS
from sim.scenario import Compiled, Scenario, compile_scenario, load_scenario
from sim.schema.errors import InputError
from sim.schema.programme import Offer, Service
from sim.world.assessment import is_assessed
from sim.world.camps import site_calendar
from sim.world.households import Households
from sim.world.offers import Kind, Ledger, Terms, offers_this_month, reach
from sim.world.recorder import Recorder
from sim.world.world import Deliveries, Drivers, World

AWAY = (DISPLACED, INTEGRATING, SETTLED_ELSEWHERE)
MOST_SEED = 2**64 - 1  # the seed is a 64-bit key of the draws
SEEDS_HINT = "; mesa.batch_run from Mesa 3.4 takes seeds as rng=[1, 2], not among the parameters"
MOST_THREADS = 1024
# What the DataCollector keeps of agents, by its name there. No name is that of a number of the whole model: in the
# frames of mesa.batch_run, from Mesa 3.5, one would hide the other.
REPORTS: dict[type[NumberedAgent], dict[str, str]] = {
    Area: {"pcode": "pcode"}
    | {f"{name}_here": name for name in SITUATIONS[1:]}
    | {name: name for name in ("employment", "rent", "services")},
    Site: {name: name for name in ("site_id", "families", "status")},
    Programme: {name: name for name in ("name", "served", "spent")},
}


class SolutionsModel(mesa.Model):  # type: ignore[misc]
    """Displaced households deciding month by month, under a scenario.

    Parameters
    ----------
    scenario : str, Scenario or Compiled
        What to run: a name or file, a loaded scenario, or one that is compiled already.
    seed : int
        The luck of the run, 0 or more; the population does not depend on it. There is no random default.
    threads : int
        Threads for the household pass; the result does not depend on it.
    collect : bool
        Whether Mesa's collector keeps every month too; where thousands of runs are compared it costs a sixth of each.

    Raises
    ------
    InputError
        Where the scenario, seed or threads cannot be used.

    Notes
    -----
    Randomness is counter-based (:mod:`sim.kernels.draws`); Mesa's own generators are not used. What a user of Mesa
    finds here, and what is different, is in ``docs/mesa.md``.
    """

    def __init__(
        self, scenario: "str | Path | Scenario | Compiled", seed: int = 0, threads: int = 1, *, collect: bool = True
    ) -> None:
        seed, threads = _whole("seed", seed, 0, MOST_SEED, SEEDS_HINT), _whole("threads", threads, 1, MOST_THREADS)
        super().__init__(rng=seed)  # `rng`, not `seed`, which later versions of Mesa warn about
        self.agent_numbers = itertools.count(1)
        self._month = 0
        self.compiled = _compiled(scenario)
        spec = self.compiled.scenario.spec
        self.world = World(
            Households(self.compiled.households),
            self.compiled.geography,
            self.compiled.params,
            spec.parameters.markets,
            spec.parameters.criteria,
            self.compiled.wave_shift,
            seed,
            self._conditions(0),
            sum(isinstance(spec, Offer) for spec in self.compiled.programmes.values()),
            threads,
        )
        self.areas = [Area(self, index) for index in range(len(self.world.geography.pcodes))]
        self.sites = [Site(self, index) for index in range(len(self.world.geography.site_ids))]
        self.programmes = [Programme(self, name, spec) for name, spec in self.compiled.programmes.items()]
        self.offers = self._delivered(Offer)
        self.services = self._delivered(Service)
        self.institutions(0)
        self.world.clear_markets(self._drivers(0))
        self.world.settle_standard(self._drivers(0))
        self.recorder = Recorder(self.compiled.months)
        self.recorder.start(self.world, self.ledgers)
        self.datacollector = _collector(self.agent_types)
        self._collect = collect
        self._collected()

    @property
    def households(self) -> Households:
        """The household columns; ``model.households[i]`` is a view of one row."""
        return self.world.households

    @property
    def ledgers(self) -> list[Ledger]:
        """The books of every programme, in order."""
        return [programme.ledger for programme in self.programmes]

    @property
    def month(self) -> int:
        """Months simulated so far, at most those of the scenario; Mesa's step counter is not used."""
        return self._month

    def step(self) -> None:
        """Simulate one month: drivers, institutions, markets, services, households, record.

        Where no month is left it only clears ``running``: `mesa.batch_run` up to Mesa 3.4 drops what was collected at
        the last step of a run, which must not be a month.
        """
        if self._month == self.compiled.months:
            self.running = False
            return
        month, self._month = self._month, self._month + 1
        drivers = self._drivers(month)
        self.world.admit(month)
        self.institutions(month)
        self.world.clear_markets(drivers)
        for service, ledger in self.services:
            self.world.deliver(month, drivers, service, ledger)
        served, carry = self.world.live(month, drivers)
        for (_, ledger), (families, rows), left in zip(self.offers, served, carry):
            ledger.book(families, rows, left)
        for ledger in self.ledgers:
            ledger.book_month(month)
        self.record(month)

    def run(self) -> "SolutionsModel":
        """Simulate every month of the scenario."""
        while self.month < self.compiled.months:
            self.step()
        self.running = False
        self.world.close()
        return self

    def institutions(self, month: int) -> None:
        """Camps announce and close; programmes make their offers for the month."""
        geography = self.world.geography
        width = 2 * len(geography.pcodes) + len(geography.site_ids) + 1
        terms = [offer for offer, _ in self.offers]
        self.world.apply(
            Deliveries(
                site_calendar(self.compiled.closures, geography.capacity, month),
                offers_this_month(self.offers, month),
                np.array([offer.reach for offer in terms], np.uint8).reshape(-1, width),
                tuple(ledger.places(month) for _, ledger in self.offers),
                tuple(offer.spec.allocation == "need" for offer in terms),
                tuple(offer.key for offer in terms),
            )
        )

    def record(self, month: int) -> None:
        """Record the month just simulated."""
        self.recorder.month(month, self.world, self.ledgers)
        self._collected()

    def _collected(self) -> None:
        if self._collect:
            self.datacollector.collect(self)

    def families(self, situation: int) -> int:
        """Return the families in a situation."""
        return int(self.world.stocks.families[situation].sum())

    @property
    def persons_displaced(self) -> int:
        """Persons in the families that are displaced."""
        return int(self.world.stocks.persons[DISPLACED].sum())

    @property
    def total_spent(self) -> float:
        """Money that all programmes have committed so far, USD."""
        return sum((programme.spent for programme in self.programmes), 0.0)

    def state_hash(self) -> str:
        """Return the SHA-256 of the final columns and of every recorded array."""
        digest = hashlib.sha256()
        columns = {f"column {name}": values for name, values in self.households.columns().items()}
        arrays = {f"array {name}": values for name, values in self.recorder.arrays.items()}
        for name, values in sorted({**columns, **arrays}.items()):
            digest.update(f"{name} {values.dtype.str} {values.shape}".encode())
            digest.update(np.ascontiguousarray(values).tobytes())
        return digest.hexdigest()

    def _delivered(self, kind: type[Kind]) -> list[tuple[Terms[Kind], Ledger]]:
        """Return the programmes of a kind in the order written, as the world delivers them, with their books."""
        places = list(self.world.geography.pcodes), list(self.world.geography.site_ids)
        found = [(one.spec, one) for one in self.programmes]
        kept = [(spec, one) for spec, one in found if isinstance(spec, kind)]
        return [
            (Terms(spec, number, one.key, reach(spec.target, *places)), one.ledger)
            for number, (spec, one) in enumerate(kept)
        ]

    def _conditions(self, month: int) -> dict[str, Any]:
        return {name: path[month] for name, path in self.compiled.paths.items()}

    def _drivers(self, month: int) -> Drivers:
        compiled = self.compiled
        assessed = is_assessed(month + 1, compiled.months)
        return Drivers(self._conditions(month), bool(compiled.school[month]), assessed)


def _compiled(scenario: "str | Path | Scenario | Compiled") -> Compiled:
    if isinstance(scenario, Compiled):
        return scenario
    if isinstance(scenario, Scenario):
        return compile_scenario(scenario)
    if isinstance(scenario, str | Path):
        return compile_scenario(load_scenario(scenario))
    allowed = "a name such as 'iraq/no-closure', a file, or what sim.load_scenario returns"
    raise InputError("is not a scenario", key="scenario", value=scenario, allowed=allowed)


def _whole(name: str, value: SupportsIndex, least: int, most: int, hint: str = "") -> int:
    """Return a whole number of any kind, numpy's included, as Python's; refuse what is none or out of range."""
    allowed = f"a whole number from {least} to {most}{hint}"
    try:
        number = operator.index(value)
    except TypeError:
        raise InputError(f"{value!r} is not a whole number", key=name, allowed=allowed) from None
    if not least <= number <= most:
        raise InputError("is out of range", key=name, value=number, allowed=allowed)
    return number


def _collector(kinds: list[type]) -> Any:
    """Return the collector; a kind without an agent is left out, for which Mesa would make a frame of nonsense."""
    stocks = {SITUATIONS[code]: (lambda model, code=code: model.families(code)) for code in (*AWAY, RETURNED)}
    others = {name: name for name in ("persons_displaced", "total_spent")}
    reports = {kind: names for kind, names in REPORTS.items() if kind in kinds}
    return mesa.DataCollector(model_reporters={**stocks, **others}, agenttype_reporters=reports)
