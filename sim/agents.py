"""The institutions and places of the model as Mesa agents: areas, sites, programmes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import mesa

from sim.kernels.codes import DISPLACED, INTEGRATING, RETURNED, SETTLED_ELSEWHERE
from sim.schema.programme import Booked
from sim.world.offers import Ledger

STATUSES = ("open", "closing", "closed")  # by site status code

if TYPE_CHECKING:
    from sim.model import SolutionsModel


class _NumbersOfModel:
    """Stands in for Mesa's dictionary of agent numbers by model: the numbers are kept by the model itself."""

    def __getitem__(self, model: "SolutionsModel") -> Iterator[int]:
        return model.agent_numbers


class NumberedAgent(mesa.Agent):  # type: ignore[misc]
    """A Mesa agent numbered by its model, from 1.

    Up to 3.4, Mesa numbers agents in a dictionary of the class, which keeps every model alive; this one keeps none.
    Later versions number agents on the model themselves, and do not read it.
    """

    _ids = _NumbersOfModel()


class Area(NumberedAgent):
    """An area: its conditions and the people in it, read from the world's arrays."""

    def __init__(self, model: "SolutionsModel", index: int) -> None:
        super().__init__(model)
        self.index = index
        self.pcode = model.world.geography.pcodes[index]
        self.name = model.world.geography.area_names[index]

    def families(self, situation: int) -> int:
        """Return the families here in a situation; those at home are at home here."""
        return int(self.model.world.stocks.families[situation, :, self.index].sum())

    @property
    def displaced(self) -> int:
        """Families displaced here, without a commitment to the place."""
        return self.families(DISPLACED)

    @property
    def integrating(self) -> int:
        """Families integrating here, where they were displaced to."""
        return self.families(INTEGRATING)

    @property
    def settled_elsewhere(self) -> int:
        """Families that settled here, neither at home nor where they were displaced to."""
        return self.families(SETTLED_ELSEWHERE)

    @property
    def returned(self) -> int:
        """Families at home here."""
        return self.families(RETURNED)

    @property
    def employment(self) -> float:
        """Employment rate, hosts included."""
        return float(self.model.world.prices.employment[self.index])

    @property
    def rent(self) -> float:
        """Low-end rent, USD a month."""
        return float(self.model.world.prices.rent[self.index]) / 100

    @property
    def services(self) -> float:
        """Service capacity over population, at most 1."""
        return float(self.model.world.prices.services[self.index])


class Site(NumberedAgent):
    """A camp, read from the world's arrays."""

    def __init__(self, model: "SolutionsModel", index: int) -> None:
        super().__init__(model)
        self.index = index
        self.site_id = model.world.geography.site_ids[index]
        self.name = model.world.geography.site_names[index]

    @property
    def status(self) -> str:
        """Open, closing or closed in the current month."""
        deliveries = self.model.world.deliveries
        return STATUSES[0 if deliveries is None else int(deliveries.sites.status[self.index])]

    @property
    def families(self) -> int:
        """Families in the camp."""
        return int(self.model.world.stocks.site_families[self.index])


class Programme(NumberedAgent):
    """An intervention with its books: an offer, a service or a measure."""

    def __init__(self, model: "SolutionsModel", name: str, spec: Booked) -> None:
        super().__init__(model)
        self.name, self.spec, self.key = name, spec, model.compiled.keys[name]
        self.ledger = Ledger.open(spec, model.compiled.scenario.spec.start, model.compiled.months)

    @property
    def served(self) -> int:
        """Families served so far."""
        return self.ledger.served

    @property
    def spent(self) -> float:
        """Money spent so far, USD."""
        return self.ledger.spent / 100
