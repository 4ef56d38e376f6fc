"""The institutions and places of the model as Mesa agents: areas, sites, programmes."""

from typing import TYPE_CHECKING

import mesa

from sim.schema.programme import Booked
from sim.world.offers import Ledger

STATUSES = ("open", "closing", "closed")  # by site status code

if TYPE_CHECKING:
    from sim.model import SolutionsModel


class NumberedAgent(mesa.Agent):  # type: ignore[misc]
    """A Mesa agent numbered by its model.

    Mesa 3.3 numbers agents in a dictionary of the class that keeps every model alive; this base counts on the
    model instead, so a model that is let go is freed.
    """

    def __init__(self, model: "SolutionsModel") -> None:
        self.model = model
        self.pos = None
        self.unique_id = model.next_agent_number()
        model.register_agent(self)


class Area(NumberedAgent):
    """An area: its conditions and the people in it, read from the world's arrays."""

    def __init__(self, model: "SolutionsModel", index: int) -> None:
        super().__init__(model)
        self.index = index
        self.pcode = model.world.geography.pcodes[index]
        self.name = model.world.geography.area_names[index]

    @property
    def displaced(self) -> int:
        """Families staying here in displacement, whatever their commitment."""
        families = self.model.world.stocks.families
        return int(families[1:4, :, self.index].sum())

    @property
    def returned(self) -> int:
        """Families at home here."""
        return int(self.model.world.stocks.families[4, self.index].sum())

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
