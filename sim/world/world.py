"""The world of one run: households, markets, camps and programmes' books, and the month that joins them."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from sim.kernels import criteria as kernel_criteria
from sim.kernels import month as kernel
from sim.kernels import survey
from sim.kernels.codes import REASONS
from sim.kernels.inputs import Month, Place, Site
from sim.schema.parameters import Criteria, Markets
from sim.schema.programme import Changes, Rows, Seen, Service
from sim.world.allocation import allot_places, allot_vacancies
from sim.world.assessment import assess
from sim.world.benchmark import BY_MASK, MOVING, Benchmark, HostSample, no_exits
from sim.world.blocks import Counts, layout_of_events, layout_of_stocks, run_blocks
from sim.world.camps import SiteCalendar
from sim.world.changing import Changing
from sim.world.geography import Geography
from sim.world.households import Households
from sim.world.markets import Prices, SiteRoom, Totals, all_renters, clear, totals_of, vacant_homes
from sim.world.offers import Ledger, Terms
from sim.world.services import completed, intake
from sim.world.standards import standards

Float = npt.NDArray[np.float64]


class Deliveries(NamedTuple):
    """What institutions put before households in a month.

    Attributes
    ----------
    sites : SiteCalendar
        Which camps are open, closing or closed.
    offers : int64[P, fields of Offer]
        Programmes as households meet them.
    reach : uint8[P, 2 * A + S + 1]
        Areas of stay, areas of origin and sites that each programme reaches.
    places : tuple of int
        Families each programme can serve.
    by_need : tuple of bool
        Whether those who could not pay come first.
    keys : tuple of int
        Keys of the programmes in their lotteries, from their names alone.
    """

    sites: "SiteCalendar"
    offers: npt.NDArray[np.int64]
    reach: npt.NDArray[np.uint8]
    places: tuple[int, ...]
    by_need: tuple[bool, ...]
    keys: tuple[int, ...]


@dataclass(frozen=True)
class Drivers:
    """What a month brings from outside: area conditions float64[A] by name, school, and whether all are assessed."""

    conditions: dict[str, Float]
    school: bool
    assessed: bool


class World(Changing):
    """State of a run and the operations that change it.

    Parameters
    ----------
    households : Households
    geography : Geography
    params : Params
        Kernel parameters.
    markets : Markets
    criteria : Criteria
    wave_shift : float64[W]
    seed : int
    opening : dict of str to float64[A]
        Area conditions of the first month.
    programmes : int
        How many programmes make offers.
    threads : int
        Threads for the household pass; the result does not depend on it.
    """

    NOT_KEPT = (
        *("households", "geography", "params", "markets", "wave_shift", "seed", "opening", "start", "_pool"),
        *("criteria", "hosts", "services_at_start", "frozen", "conditions", "_lived", "_stocks", "_events"),
    )

    def __init__(
        self,
        households: Households,
        geography: Geography,
        params: Any,
        markets: Markets,
        criteria: Criteria,
        wave_shift: Float,
        seed: int,
        opening: dict[str, Float],
        programmes: int,
        threads: int,
    ) -> None:
        self.households, self.geography = households, geography
        self.params, self.markets, self.criteria, self.wave_shift = params, markets, criteria, wave_shift
        self.seed, self.opening = seed, opening
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._stocks = layout_of_stocks(len(geography.pcodes), len(geography.site_ids), len(wave_shift))
        self._events = layout_of_events(len(geography.pcodes), programmes)
        self.stocks, self.stock_rows = self.count()
        self.start: Totals = totals_of(self.stocks)
        self.events, self.event_rows = self._events.added([self._events.zeros()])
        self.conditions = opening
        self.deliveries: Deliveries | None = None
        self._prices: Prices | None = None
        self._lived: Any = None  # the last month as kernels read it
        self.hosts = HostSample(opening, params, criteria)
        self.services_at_start: Float | None = None
        self.frozen: Benchmark | None = None

    @property
    def prices(self) -> Prices:
        """This month's prices."""
        assert self._prices is not None, "markets clear before anything is read"
        return self._prices

    def close(self) -> None:
        """Stop the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def count(self) -> tuple[Any, Any]:
        """Return the stocks as they stand, and the rows behind them."""
        fixed, state = self.households.fixed, self.households.state

        def work(start: int, stop: int) -> Counts:
            stocks = self._stocks.zeros()
            kernel.count_rows(fixed, state, self._stocks.fields(stocks), start, stop)
            return stocks

        return self._stocks.added(run_blocks(work, len(self.households), self._pool))

    def settle_standard(self, drivers: Drivers) -> None:
        """Let hosts set the standard as they live at the start, and judge every household by it."""
        self.services_at_start = self.prices.services
        self._lived = self._inputs(0, drivers)  # nobody exits yet
        self.frozen = self.hosts.benchmark(self._lived, BY_MASK)
        self._lived = self._lived._replace(exits=self.frozen.headline, assessed=True)
        households = self.households
        kernel_criteria.criteria_rows(households.fixed, households.state, self._lived, 0, len(households))

    def assess(self) -> dict[str, npt.NDArray[Any]]:
        """Return what is assessed of households now, and how hosts live now; see `sim.world.assessment`."""
        assert self.frozen is not None, "hosts set the standard before anybody is judged"
        moving = self.hosts.benchmark(self._lived, MOVING)
        hosts = {
            "host_passes": moving.passes,
            "host_exits": self.frozen.host_exits,
            "host_exits_moving": moving.host_exits[: len(MOVING)],
        }
        return {**assess(self.households, self.frozen, moving), **hosts}

    def admit(self, month: int) -> None:
        """Let the cohorts of this month enter."""
        fixed, state = self.households.fixed, self.households.state
        entering = (fixed.arrival == month) & (state.present == 0)
        if entering.any():
            state.present[entering] = 1
            self.stocks, self.stock_rows = self.count()

    def apply(self, deliveries: Deliveries) -> None:
        """Take over what institutions decided for this month."""
        self.deliveries = deliveries

    def clear_markets(self, drivers: Drivers) -> Prices:
        """Set this month's prices from last month's totals."""
        assert self.deliveries is not None, "institutions act before markets clear"
        sites = self.deliveries.sites
        room = SiteRoom(self.geography.site_area, sites.capacity, sites.status)
        self.conditions = drivers.conditions
        now = totals_of(self.stocks)
        self._prices = clear(now, self.start, drivers.conditions, self.opening, self.markets, room)
        return self._prices

    def free_homes(self) -> npt.NDArray[np.int64]:
        """Return the low-end rental dwellings of every area that are vacant now, int64[A]."""
        renters = all_renters(self.stocks, self.start, self.markets)
        return vacant_homes(self.conditions["vacant_rentals"], renters, self.start)

    def deliver(self, month: int, drivers: Drivers, terms: Terms[Service], ledger: Ledger) -> None:
        """Deliver one service: cases due are completed, then families are taken in, within places and money."""
        seen = self._seen(drivers)
        self._write(*completed(self.households, self.seed, seen, terms, ledger, month))
        credit = self.params.gates.credit_share * self.params.budget.debt_limit
        taken = intake(self.households, self.seed, seen, terms, ledger, month, credit)
        self.households.state.reached[taken] |= np.uint32(1 << terms.number)
        if terms.spec.months == 0:
            self._write(*completed(self.households, self.seed, seen, terms, ledger, month))

    def _write(self, rows: Rows, changes: Changes) -> None:
        """Change household columns from outside their own month; these households review."""
        for name, values in changes.items():
            self.households[name][rows] = values
        self.households.plan.served[rows] = 1

    def _seen(self, drivers: Drivers) -> Seen:
        households, conditions = self.households, drivers.conditions
        return Seen(
            households.fixed,
            households.state,
            conditions["security"],
            self.prices.services,
            conditions["return_access"],
            self.params.house.usable,
        )

    def live(self, month: int, drivers: Drivers) -> tuple[list[tuple[int, int]], list[int]]:
        """Live one month: plan, share out rival capacity, act.

        Returns
        -------
        served : list of (int, int)
            Families served by each programme, and the rows that stand for them.
        carry : list of int
            Places it carries forward.
        """
        deliveries = self.deliveries
        assert deliveries is not None, "institutions act before households"
        inputs = self._lived = self._inputs(month, drivers)
        self._each_block(kernel.plan_rows, inputs)
        refused = allot_vacancies(self.households, self.seed, inputs.free)
        fixed, state, plan = self.households.fixed, self.households.state, self.households.plan
        kernel.replan_rows(fixed, state, plan, inputs, refused)
        carry = [
            allot_places(self.households, self.seed, p, key, places, by_need)[1]
            for p, (key, places, by_need) in enumerate(zip(deliveries.keys, deliveries.places, deliveries.by_need))
        ]
        self._act(inputs)
        return list(zip(self.events.served.tolist(), self.event_rows.served.tolist())), carry

    def _act(self, inputs: Any) -> None:
        fixed, state, plan = self.households.fixed, self.households.state, self.households.plan

        def work(start: int, stop: int) -> tuple[Counts, Counts]:
            stocks, events = self._stocks.zeros(), self._events.zeros()
            counted = self._stocks.fields(stocks), self._events.fields(events)
            kernel.act_rows(fixed, state, plan, inputs, *counted, start, stop)
            return stocks, events

        stocks, events = zip(*run_blocks(work, len(self.households), self._pool))
        self.stocks, self.stock_rows = self._stocks.added(stocks)
        self.events, self.event_rows = self._events.added(events)

    def asked(self) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
        """Return what families away from home would answer a survey now; of the others NaN and 0.

        Returns
        -------
        margin : float32[n]
            Utility of going home less that of the best alternative, without pushes, offers and programmes.
        shut : uint8[n]
            Bits of the gates between each family and its home.
        """
        n = len(self.households)
        margin, shut = np.full(n, np.nan, np.float32), np.zeros(n, np.uint8)
        self._ask(survey.ask_rows, margin, shut)
        return margin, shut

    def reasons(self) -> npt.NDArray[np.float32]:
        """Return what keeps families away from home, as they would tell a survey now; of the others NaN.

        Returns
        -------
        float32[n, 7]
            How much going home would gain on staying were each of `REASONS` put right: the house sound and free, HLP
            documents full, home believed safe, livelihood and services there as hosts have them on average, the move
            affordable (infinite where it is not), and life here no better than that of hosts at home.
        """
        rise = np.full((len(self.households), len(REASONS)), np.nan, np.float32)
        self._ask(survey.reason_rows, self._host_level(), rise)
        return rise

    def severe(self) -> npt.NDArray[np.bool_]:
        """Return which families at home live below the minimum conditions of `parameters.gates`, bool[n]."""
        severe = np.zeros(len(self.households), np.uint8)
        self._ask(survey.severe_rows, severe)
        return severe > 0

    def _ask(self, entry: Any, *given: Any) -> None:
        """Ask all households, as they stand in the last month lived; answers are written into what is given."""
        asked = (self.households.fixed, self.households.state, self._lived, *given)
        run_blocks(partial(entry, *asked), len(self.households), self._pool)

    def _host_level(self) -> Any:
        """Return what hosts have on average over all areas."""
        hosts, prices = self.conditions["host_population"], self.prices
        earned = self.conditions["host_workers_share"] * prices.employment * self.conditions["wage"]
        livelihood = np.average(earned, weights=hosts) / self.params.budget.subsistence
        return survey.HostLevel(float(livelihood), float(np.average(prices.services, weights=hosts)))

    def _each_block(self, function: Any, inputs: Any) -> None:
        households = self.households
        work = partial(function, households.fixed, households.state, households.plan, inputs)
        run_blocks(work, len(households), self._pool)

    def _inputs(self, month: int, drivers: Drivers) -> Any:
        """Return the month as the kernels read it; every array contiguous and of its declared type."""
        deliveries, prices, geography = self.deliveries, self.prices, self.geography
        assert deliveries is not None, "institutions act before households"
        return Month(
            seed=np.uint64(self.seed),
            time=int(month),
            params=self.params,
            areas=self._places(drivers, prices),
            sites=self._sites(deliveries),
            offers=deliveries.offers,
            reach=deliveries.reach,
            distance=geography.distance,
            network=geography.network,
            wave_shift=self.wave_shift,
            free=prices.free,
            school=bool(drivers.school),
            assessed=bool(drivers.assessed),
            standards=self._standards(drivers),
            exits=no_exits(len(geography.pcodes)) if self.frozen is None else self.frozen.headline,
        )

    def _places(self, drivers: Drivers, prices: Prices) -> Float:
        """Return this month's areas, float64[A, fields of Place]."""
        known: dict[str, Any] = {
            **drivers.conditions,
            "rent": prices.rent,
            "employment": prices.employment,
            "services": prices.services,
            "share_back": prices.share_back,
            "claim_rate": prices.claim_rate,
            "fallback_site": prices.fallback,
            "key": self.geography.area_key,
        }
        return np.ascontiguousarray(np.array([known[name] for name in Place._fields], np.float64).T)

    def _standards(self, drivers: Drivers) -> Float:
        """Return what hosts have this month, by area and settlement type."""
        conditions, then = drivers.conditions, self.services_at_start
        assert then is not None, "hosts set the standard before anybody is judged"
        security = conditions["security"] - self.opening["security"]
        return standards(conditions, security, self.prices.services - then, self.criteria)

    def _sites(self, deliveries: Deliveries) -> npt.NDArray[np.int64]:
        """Return this month's camps, int64[S, fields of Site]."""
        geography = self.geography
        known: dict[str, Any] = {
            "key": geography.site_key,
            "area": geography.site_area,
            "status": deliveries.sites.status,
            "months_left": deliveries.sites.months_left,
            "notice": deliveries.sites.notice,
            "threshold": deliveries.sites.threshold,
        }
        return np.ascontiguousarray(np.array([known[name] for name in Site._fields], np.int64).T)
