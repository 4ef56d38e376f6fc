"""What a run records: named arrays over months, each with its dimensions, unit and meaning.

``month`` has one entry more than the months simulated: entry 0 is the start, entry t the end of the t-th month.
Stocks are those at that moment; flows and other events are those of the month that ends there (0 at the start).
"""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels.tally import Events, Stocks
from sim.world.assessment import assessed_months
from sim.world.blocks import MONEY
from sim.world.changing import Changing
from sim.world.offers import Ledger
from sim.world.world import World

Array = npt.NDArray[Any]


class Variable(NamedTuple):
    """A recorded variable: dimensions after ``month``, unit, meaning."""

    dims: tuple[str, ...]
    unit: str
    meaning: str


STOCKS = {
    "families": Variable(("situation", "origin", "area"), "families", "families by situation"),
    "persons": Variable(("situation", "origin", "area"), "persons", "persons by situation"),
    "by_wave": Variable(("situation", "wave"), "families", "families by displacement wave"),
    "by_group": Variable(("situation", "group"), "families", "families by equity group"),
    "by_shelter": Variable(("situation", "shelter"), "families", "families by settlement type"),
    "in_debt": Variable(("situation",), "families", "families in debt"),
    "savings": Variable(("situation",), "cents", "savings net of debt, all families together"),
    "site_families": Variable(("site",), "families", "families in a camp"),
    "workers": Variable(("area",), "persons", "adults of these households who work or seek work"),
    "employed": Variable(("area",), "persons", "those of them in households with work"),
    "renters": Variable(("area",), "families", "families in rented dwellings"),
    "claims": Variable(("origin",), "families", "owners whose house is occupied by others"),
}
EVENTS = {
    "flows": Variable(("situation", "situation_after"), "families", "moves by situation before and after"),
    "moves": Variable(("push_class", "pathway", "group"), "families", "moves by voluntariness class"),
    "premature": Variable(("push_class", "pathway", "group"), "families", "moves into conditions below the minimum"),
    "uninformed": Variable(("push_class", "pathway", "group"), "families", "returns on beliefs far from the truth"),
    "voluntary": Variable(("pathway", "group"), "families", "moves unforced, informed and with an alternative"),
    "moves_by_push": Variable(("push", "push_class"), "families", "moves under a push, by what pushed"),
    "after_push": Variable(("pathway", "group"), "families", "moves without a push, in the year after one"),
    "retries": Variable(("group",), "families", "returns by families that had returned before and left again"),
    "overridden": Variable(("gate",), "families", "exits on closure day through a gate that was shut"),
    "reviewed": Variable(("once",), "families", "families that reviewed their situation"),
    "intended": Variable(("pathway", "area"), "families", "reviews that ended in an intention to move, by destination"),
    "blocked": Variable(("pathway", "area", "gate"), "families", "intentions blocked by a gate, alone or with others"),
    "blocked_alone": Variable(("pathway", "area", "gate", "needs_vacancy"), "families", "intentions blocked by one gate alone"),
}  # fmt: skip
PRICES = {
    "employment": Variable(("area",), "share", "employment rate, hosts included"),
    "rent": Variable(("area",), "cents/month", "rent at the low end"),
    "services": Variable(("area",), "share", "service capacity over population, at most 1"),
    "share_back": Variable(("origin",), "share", "origin community that is back"),
    "free_homes": Variable(("area",), "dwellings", "vacant low-end rental dwellings"),
}
CONDITIONS = {
    "security": Variable(("area",), "index", "security, 0 to 1"),
    "cohesion": Variable(("area",), "share", "social cohesion, 0 to 1"),
    "families_reunited": Variable(("area",), "share", "displaced families living with all their close relatives"),
    "participation": Variable(("area",), "share", "displaced adults taking part in public life"),
    "remedies": Variable(("area",), "share", "displaced families with access to remedies for what they lost"),
    "host_population": Variable(("area",), "persons", "hosts"),
    "aid_camp_share": Variable(("area",), "share", "aid paid in camps, of what would be without a cut"),
    "aid_out_share": Variable(("area",), "share", "aid paid out of camps, of what would be without a cut"),
}
BOOKS = {
    "served": Variable(("programme",), "families", "families served; by a service: taken in"),
    "waiting": Variable(("programme",), "families", "families that a service is for and could not take in"),
    "spent": Variable(("programme",), "cents", "money committed: the whole course of a rent subsidy at its start"),
}
RECORDED: dict[str, Variable] = {**STOCKS, **EVENTS, **PRICES, **CONDITIONS, **BOOKS}
# Assessed at the start, every twelfth month, and at the end: the first axis is ``assessed``.
ASSESSED = {
    "passes": Variable(("situation", "area", "criterion"), "families", "families that pass a sub-criterion"),
    "exits": Variable(("metric", "situation", "area"), "families", "families that exit, by hosts as at the start"),
    "exits_by_group": Variable(("metric", "situation", "group"), "families", "families that exit, by equity group"),
    "exits_moving": Variable(("moving_metric", "situation"), "families", "families that exit, by hosts as they live now"),
    "exits_unaided": Variable(("situation",), "families", "families that would exit without any assistance"),
    "sustained": Variable(("horizon", "situation", "group"), "families", "solutions held as well as hosts live"),
    "sustained_whole": Variable(("horizon", "situation", "group"), "families", "of these: come of their choice and informed"),
    "chosen": Variable(("situation",), "families", "families that came to where they are of their choice"),
    "debtors": Variable(("situation", "group"), "families", "families in debt, by equity group"),
    "host_passes": Variable(("area", "criterion"), "share", "hosts that pass a sub-criterion"),
    "host_exits": Variable(("metric", "area"), "share", "hosts that would exit by the same rule, as at the start"),
    "host_exits_moving": Variable(("moving_metric", "area"), "share", "hosts that would exit, as they live now"),
}  # fmt: skip
#: What counts households has a twin under this ending: the rows it comes from, which publishing needs.
ROWS = "_rows"


class Recorder(Changing):
    """Collects the recorded arrays of one run.

    Attributes
    ----------
    arrays : dict of str to ndarray
        By the names of RECORDED; the first axis is month, of length months + 1.
    """

    def __init__(self, months: int) -> None:
        self._months = months
        self._assessed = assessed_months(months)
        self.arrays: dict[str, Array] = {}

    def start(self, world: World, ledgers: list[Ledger]) -> None:
        """Make the arrays and record the start."""
        entry = self._entry(world, ledgers)
        for name, values in entry.items():
            self.arrays[name] = np.zeros((self._months + 1, *values.shape), values.dtype)
        for name in entry:
            if name.removesuffix(ROWS) in (*STOCKS, *PRICES, *CONDITIONS):
                self.arrays[name][0] = entry[name]
        for name, values in world.assess().items():
            self.arrays[name] = np.zeros((len(self._assessed), *values.shape), values.dtype)
            self.arrays[name][0] = values

    def month(self, month: int, world: World, ledgers: list[Ledger]) -> None:
        """Record the month numbered ``month`` from 0, just lived."""
        for name, values in self._entry(world, ledgers).items():
            self.arrays[name][month + 1] = values
        if month + 1 in self._assessed:
            at = self._assessed.index(month + 1)
            for name, values in world.assess().items():
                self.arrays[name][at] = values

    def _entry(self, world: World, ledgers: list[Ledger]) -> dict[str, Array]:
        prices = world.prices
        entry: dict[str, Array] = {name: getattr(world.stocks, name) for name in Stocks._fields}
        entry |= {name: getattr(world.events, name) for name in Events._fields if name in EVENTS}
        entry |= {f"{name}{ROWS}": getattr(world.stock_rows, name) for name in Stocks._fields if name not in MONEY}
        entry |= {f"{name}{ROWS}": getattr(world.event_rows, name) for name in Events._fields if name in EVENTS}
        entry |= {name: getattr(prices, name) for name in ("employment", "rent", "services", "share_back")}
        entry |= {name: world.conditions[name] for name in CONDITIONS}
        entry["free_homes"] = world.free_homes()
        books = {"served": "served_now", f"served{ROWS}": "served_rows_now", "waiting": "waiting"}
        books |= {f"waiting{ROWS}": "waiting_rows", "spent": "spent_now"}
        return entry | {name: np.array([getattr(one, now) for one in ledgers], np.int64) for name, now in books.items()}
