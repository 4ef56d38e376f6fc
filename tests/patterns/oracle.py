"""The household month once more, as plain Mesa objects: an independent oracle for the kernels.

Written from ``docs/household-month.md`` alone, one method per rule, for reading rather than speed. It shares
with the kernels only the declared columns and codes; random numbers, arithmetic and bookkeeping are its own.

After each ``step`` an agent holds its columns as attributes, and how close its choices were (``margins``), so
that a difference from the kernels can be shown to be a tie within rounding. ``OracleModel.moves`` lists all
moves, ``OracleModel.service_log`` what every service did in every month.
"""

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np
from oracle_criteria import HOST_PASSES, Judgement, lives_as_hosts, ranks
from oracle_draws import (
    HOME_KEY,
    HOUSE,
    LOTTERY,
    LUCK,
    MEANS,
    MONTH,
    NETWORK,
    PHASE,
    SHOCK,
    TASTE,
    gumbel,
    normal_pair,
    uniforms,
)
from oracle_programmes import Delivery, Programme, service_of

from sim.kernels import codes
from sim.kernels.columns import FIXED, STATE

# ---------------------------------------------------------------------------------------- areas and sites

AREA_FIELDS = (
    "security",
    "shock",
    "wage",
    "return_access",
    "host_population",
    "host_workers_share",
    "employment_rate",
    "rent",
    "vacant_rentals",
    "service_capacity",
    "cohesion",
    "hlp_capacity",
    "host_at_origin",
    "return_pull",
    "returned_before",
    "clearance",
    "displaces",
    "damages",
    "security_calm",
    "aid_camp_share",
    "aid_out_share",
    *HOST_PASSES,
)


class Area:
    """An area: what is given (by month where a path was given), and what its markets make of it."""

    def __init__(self, index: int, key: int, paths: Mapping[str, Callable[[int], Any]]):
        self.index, self.key, self.paths = index, key, paths
        self.read(0)
        self.hosts_at_start = self.host_workers()
        self.hosts_passed = 0.0  # sub-criteria that hosts passed on average at the start

    def host_workers(self) -> int:
        """Return the hosts who work or seek work."""
        return math.floor(self.host_population * self.host_workers_share)

    def read(self, t: int) -> None:
        """Take the given conditions of month ``t``; rent becomes ``rent_start`` until markets have run."""
        for name in AREA_FIELDS:
            setattr(self, name, float(self.paths[name](t)[self.index]))
        self.rent_start = self.rent

    def aid_share(self, camp: bool, t: int) -> float:
        """Return the share of aid that is paid in month ``t``, in camps or out of them; all before the run."""
        values = self.paths["aid_camp_share" if camp else "aid_out_share"]
        return float(values(t)[self.index]) if t >= 0 else 1.0

    def markets(self, now: "Totals", start: "Totals", p: Any) -> None:
        """Set employment, rent, services, share back and rental vacancies from the people in the area."""
        i = self.index
        hosts = self.host_workers()
        jobs = math.floor(self.employment_rate * (self.hosts_at_start + start.workers[i]))
        workers = hosts + now.workers[i]
        jobs += math.floor(p.job_absorption * (workers - self.hosts_at_start - start.workers[i]))
        self.employment = min(p.employment_cap, max(0, jobs) / workers) if workers else 0.0
        given_back = max(0, start.claims[i] - now.claims[i])
        tenants = now.renters[i] + math.floor(p.occupants_rent * given_back)  # their occupants rent too
        renters = math.floor(self.host_population * p.host_renter_share)
        before = max(1, renters + start.renters[i])
        pressure = ((renters + tenants) / before) ** p.rent_elasticity
        self.rent = float(math.floor(self.rent_start * min(3.0, max(0.5, pressure))))
        users = self.host_population + now.persons[i]
        self.services = min(1.0, self.service_capacity / users) if users else 0.0
        whole = self.returned_before + now.families_of[i]
        self.share_back = (self.returned_before + now.families_back[i]) / whole if whole else 0.0
        self.free_rentals = max(0.0, self.vacant_rentals + start.renters[i] - tenants)

    def remember_start(self, hosts_passed: float) -> None:
        """Take note of what later months are compared with: conditions and prices now, and how hosts live."""
        self.security_at_start, self.services_at_start = self.security, self.services
        self.hosts_passed = hosts_passed

    def claims(self, open_claims: int) -> None:
        """Set the chance that a claim to an occupied house is decided this month."""
        self.claim_rate = min(1.0, self.hlp_capacity / open_claims) if open_claims else 1.0


@dataclass
class Site:
    """A camp; ``announced`` and ``closing`` are months, ``None`` for a camp that stays open; part may close."""

    index: int
    key: int
    area: int
    capacity: float
    announced: int | None = None
    closing: int | None = None
    share: float = 1.0
    status: int = codes.OPEN
    months_left: int = 0
    free: float = 0.0

    @property
    def notice(self) -> int:
        """Months between announcement and closing."""
        return 0 if self.announced is None or self.closing is None else self.closing - self.announced

    def pushes_out(self, lottery: float) -> bool:
        """Return whether a household with this place in the lottery lives in a part that is closing."""
        return self.status == codes.CLOSING and lottery * 2**32 < math.floor(self.share * 2**32)

    def read(self, t: int, families: int) -> None:
        """Set the status in month ``t``, and the places free when so many families live there."""
        self.set_status(t)
        holds = self.capacity
        if self.announced is not None and t >= self.announced:
            holds = math.floor(self.capacity * (1.0 - self.share))
        self.free = max(0.0, holds - families) if self.status == codes.OPEN else 0.0

    def set_status(self, t: int) -> None:
        """Set the status in month ``t``."""
        self.status, self.months_left = codes.OPEN, 0
        if self.closing is None:
            return
        if t > self.closing:
            self.status = codes.CLOSED if self.share >= 1.0 else codes.OPEN
        elif t >= self.announced:
            self.status, self.months_left = codes.CLOSING, self.closing - t


@dataclass
class Totals:
    """Weighted counts over the present rows, by area where they are or (``_of``, ``_back``) come from."""

    persons: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    workers: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    renters: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    families_of: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    families_back: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    claims: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    in_site: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, h: "HouseholdAgent") -> None:
        """Count one row."""
        self.persons[h.area] += h.weight * h.size
        self.workers[h.area] += h.weight * h.earners
        self.renters[h.area] += h.weight * (h.shelter == codes.RENTED)
        self.families_of[h.origin] += h.weight
        self.families_back[h.origin] += h.weight * h.at_home
        self.claims[h.origin] += h.weight * (h.tenure == codes.OWNER and h.occupied)
        if h.shelter == codes.CAMP:
            self.in_site[h.site] += h.weight


# -------------------------------------------------------------------------------------------------- choice

NO_RESOURCE = -1
OVERRIDABLE = sum(1 << gate for gate in (codes.MONEY, codes.DWELLING, codes.SEASON, codes.PERMISSION, codes.DOCUMENTS))


@dataclass
class Alternative:
    """One thing a household could do this month."""

    kind: int
    area: int
    site: int
    shelter: int
    settled: int
    value: float
    needs: int = NO_RESOURCE  # the vacancy it needs
    cost: int = 0
    full_cost: int = 0  # what it would cost without any programme
    grants: float = 0.0
    offers: int = 0  # programmes used
    gates: int = 0
    overridden: int = 0

    def same_as(self, other: "Alternative") -> bool:
        """Return whether both lead to the same destination."""
        mine = (self.kind, self.area, self.site, self.shelter)
        return mine == (other.kind, other.area, other.site, other.shelter)


@dataclass
class Choice:
    """What came of one choice: the best alternative of all, and the best of those open."""

    options: list[Alternative]
    intention: Alternative
    action: Alternative

    @property
    def gates(self) -> int:
        """Gates that block the intention."""
        return 0 if self.action is self.intention else self.intention.gates

    def margins(self) -> tuple[float, float]:
        """Return best minus second best value: of all alternatives, and of the open ones."""
        return margin(self.options), margin([x for x in self.options if not x.gates])


def margin(options: Sequence[Alternative]) -> float:
    """Return how far the best of some alternatives is above the best that leads elsewhere."""
    best = max(options, key=lambda option: option.value)
    return min((best.value - x.value for x in options if not x.same_as(best)), default=math.inf)


@dataclass
class Move:
    """A move that was made, with how it is judged."""

    time: int
    id: int
    weight: int
    kind: int
    from_area: int
    area: int
    site: int
    shelter: int
    offers: int
    push: int
    since_push: int
    move_class: int
    overridden: int
    premature: bool
    informed: bool
    feasible: bool
    voluntary: bool

    @property
    def came(self) -> int:
        """How the household comes to its destination: 1 chosen, 2 informed, 4 fit to return to or settle in."""
        chosen = self.move_class in (codes.UNPUSHED, codes.MOVED_ANYWAY)
        return 1 * chosen + 2 * self.informed + 4 * (not self.premature)


# ---------------------------------------------------------------------------------------------- households


def single(value: float) -> float:
    """Return a number as a float32 column keeps it."""
    return float(np.float32(value))


class HouseholdAgent(mesa.Agent):
    """A row of the household store; attributes are its columns."""

    def __init__(self, model: "OracleModel", columns: Mapping[str, Any]):
        super().__init__(model)
        for name, value in columns.items():
            setattr(self, name, value)
        self.begin_month()
        self.phase, self.access_rank, self.hosting_rank, self.school_rank = self.draw(PHASE)
        u, v, self.documents_rank, _ = self.draw(TASTE)
        self.taste_return, self.taste_commitment = normal_pair(u, v)
        self.ranks = ranks(model.draw_seed, self.id)
        self.full_aid = False  # true only while it considers the month without its push
        self._luck: dict[tuple[int, int], float] = {}

    # -- small things

    def draw(self, purpose: int, time: int = 0, alternative: int = 0) -> list[float]:
        """Return this household's four uniforms for a purpose."""
        return uniforms(self.model.draw_seed, self.id, purpose, time, alternative)

    @property
    def here(self) -> Area:
        """The area where it is."""
        return self.model.areas[self.area]

    @property
    def home(self) -> Area:
        """The area it comes from."""
        return self.model.areas[self.origin]

    @property
    def camp(self) -> Site | None:
        """The camp where it is, if any."""
        return self.model.sites[self.site] if self.shelter == codes.CAMP and self.site >= 0 else None

    @property
    def committed(self) -> bool:
        """Return whether it is settled or at home."""
        return bool(self.settled > 0 or self.at_home)

    @property
    def uncommitted_away(self) -> bool:
        """Return whether it is away from home and not settled."""
        return not self.committed

    @property
    def owner(self) -> bool:
        """Return whether it owned its home."""
        return self.tenure == codes.OWNER

    @property
    def usable(self) -> float:
        """The condition from which a house can be lived in."""
        return self.model.params.house.usable

    @property
    def house_fit(self) -> bool:
        """Return whether its house can be lived in by it."""
        return self.house >= self.usable and not self.occupied

    @property
    def enters_struck(self) -> bool:
        """Return whether it enters the run this month at home, never displaced before: a shock drives it out."""
        return bool(self.at_home and self.times_displaced == 0 and self.arrival == self.model.month)

    @property
    def aid_cut(self) -> bool:
        """Return whether less than all of the aid that there is for such families is paid where it is."""
        p, camp = self.model.params.budget, self.shelter == codes.CAMP
        usual, share = p.aid_camp if camp else p.aid_out, self.here.aid_share(camp, self.model.month)
        return self.uncommitted_away and share < 1.0 and usual > 0

    @property
    def aid_fall(self) -> float:
        """Return how much smaller a share of aid is paid where it is than in the month before."""
        camp, t = self.shelter == codes.CAMP, self.model.month
        return self.here.aid_share(camp, t - 1) - self.here.aid_share(camp, t)

    @property
    def hosted_at_origin(self) -> bool:
        """Return whether relatives at origin could host it."""
        return self.hosting_rank < self.home.host_at_origin

    @property
    def failing(self) -> bool:
        """Return whether it cannot go on where it is: debt, insecurity or an unusable home."""
        unusable = self.at_home and self.shelter == codes.OWN_HOME and self.house < self.usable
        return bool(self.savings <= -self.model.params.budget.debt_limit or self.insecure or unusable)

    @property
    def insecure(self) -> bool:
        """Return whether security where it is is below the minimum."""
        return self.here.security < self.model.params.gates.minimum_security

    def distance(self, area: int) -> float:
        """Return the distance from where it is."""
        return self.model.distance[self.area][area]

    def epoch(self) -> int:
        """Return which epoch of luck it is in."""
        length = int(self.model.params.choice.epoch)
        return (self.model.month + math.floor(self.phase * length)) // length

    def lottery(self, alternative: int) -> tuple[float, int]:
        """Return its place in a queue."""
        return self.draw(LOTTERY, 0, alternative)[0], self.id

    def believe(self, security: float, services: float) -> None:
        """Set what it believes about home, between 0 and 1."""
        self.belief_security = single(min(1.0, max(0.0, security)))
        self.belief_services = single(min(1.0, max(0.0, services)))

    def mend(self, condition: float) -> None:
        """Set the condition of its house, for better or worse."""
        self.house = single(condition)

    def begin_month(self) -> None:
        """Clear what belongs to one month only."""
        self.choice: Choice | None = None
        self.push = self.granted = 0
        self.vacancy = NO_RESOURCE
        self.served = self.reviewed = self.ordinary = self.moved = False
        self.margins: list[tuple[str, float, float]] = []

    # -- conditions of living somewhere

    def access(self, committed: bool, shelter: int) -> float:
        """Return the chance of work relative to hosts."""
        p = self.model.params.budget
        if committed:
            return 1.0
        return p.camp_job_access if shelter == codes.CAMP else p.displaced_job_access

    def aid(self, area: Area, committed: bool, shelter: int) -> float:
        """Return aid in cents a month, as far as it is paid in an area."""
        if committed:
            return 0.0
        p, camp = self.model.params.budget, shelter == codes.CAMP
        whole = (p.aid_camp if camp else p.aid_out) * self.size
        return whole if self.full_aid else whole * area.aid_share(camp, self.model.month)

    def rent_of(self, area: Area, shelter: int) -> float:
        """Return the rent of a kind of dwelling before subsidies, not floored."""
        if shelter == codes.RENTED:
            return area.rent
        return self.model.params.budget.informal_rent_share * area.rent if shelter == codes.INFORMAL else 0.0

    # -- the steps of a month, in order

    def plan(self) -> None:
        """Live through the month up to the choice of a move."""
        words = self.draw(MONTH, self.model.month)
        self.review_word, self.work_word, self.eviction_word, self.news_word = words
        self.driven_word, self.damage_word, self.severity_word, _ = self.draw(SHOCK, self.model.month)
        self.work()
        self.budget()
        self.hear_news()
        if self.owner:
            self.keep_house()
        self.feel_push()
        self.review()
        if self.reviewed:
            self.consider("plan", self.open_offers(), self.free_for_me)

    def work(self) -> None:
        """Decide employment anew, always just after a move and sometimes later."""
        churn = 1.0 if self.months_here == 0 else self.model.params.budget.job_churn
        if self.work_word < churn:
            chance = self.here.employment * self.access(self.committed, self.shelter)
            self.employed = int(self.work_word / churn < chance)

    def budget(self) -> None:
        """Earn, pay, save or borrow."""
        p = self.model.params.budget
        earned = math.floor(self.here.wage * self.skill * self.earners) if self.employed else 0
        income = earned + self.remittance + self.aid(self.here, self.committed, self.shelter)
        net = income - self.rent_paid() - p.subsistence * self.size
        self.savings += math.floor(p.saving_share * net) if net > 0 else math.floor(net)
        self.savings = max(self.savings, -int(p.debt_limit))
        if self.subsidy_months > 0:
            self.subsidy_months -= 1
        if self.subsidy_months == 0:
            self.subsidy = -1

    def rent_paid(self) -> float:
        """Return this month's rent in cents, after a subsidy."""
        rent = math.floor(self.rent_of(self.here, self.shelter))
        if self.shelter == codes.RENTED and self.subsidy_months > 0 and self.subsidy >= 0:
            rent -= min(rent, self.model.programmes[self.subsidy].amount)
        return rent

    def hear_news(self) -> None:
        """Update beliefs about home: truth when there, news when away."""
        truth = self.home.security, self.home.services
        if self.at_home:
            self.believe(*truth)
            return
        p = self.model.params.beliefs
        rate = min(1.0, p.rate + p.rate_per_share_back * self.home.share_back)
        noise = p.noise_sd * math.sqrt(12.0) * (self.news_word - 0.5)

        def learned(belief: float, true: float) -> float:
            return belief + rate * (true - belief) + noise

        self.believe(learned(self.belief_security, truth[0]), learned(self.belief_services, truth[1]))

    def keep_house(self) -> None:
        """See what a shock left of the house, repair it, have claims decided, and move in when hosted beside it."""
        p = self.model.params.house
        repair_word, claim_word = self.draw(HOUSE, self.model.month)[:2]
        if self.damage_word < self.home.damages:
            self.mend(min(self.house, self.severity_word * p.usable))
        if self.at_home and self.house < 1.0:
            self.mend(min(1.0, self.house + p.repair_home))
        elif not self.at_home and self.house < p.usable and repair_word < p.repair_away:
            self.mend(p.repaired_to)
        if self.occupied and not self.served and claim_word < self.home.claim_rate:
            self.occupied = 0
        if self.at_home and self.shelter == codes.HOSTED and self.house_fit:
            self.shelter = codes.OWN_HOME

    def feel_push(self) -> None:
        """Find out about eviction, the closing of the camp, a shock and a cut of aid."""
        p = self.model.params.review
        hazard = {codes.RENTED: p.eviction_rented, codes.INFORMAL: p.eviction_informal}.get(self.shelter, 0.0)
        if self.savings < 0:
            hazard *= p.eviction_debt_factor
        if self.uncommitted_away and self.eviction_word < hazard:
            self.push |= codes.PUSH_EVICTION
        if self.camp is not None and self.camp.pushes_out(self.lottery(self.camp.key)[0]):
            self.push |= codes.PUSH_CLOSURE
        if self.driven_word < self.here.displaces or self.enters_struck:
            self.push |= codes.PUSH_SHOCK
        if self.aid_cut:
            self.push |= codes.PUSH_AID_CUT

    def review(self) -> None:
        """Decide whether to reconsider where to live."""
        p = self.model.params.review
        fading = math.exp(-self.months_here / p.fading)
        chance = p.settled if self.committed else p.floor + (p.base - p.floor) * fading
        alarm = self.here.shock != 0 and not self.push & codes.PUSH_SHOCK
        event = self.invited() or alarm or self.served
        self.ordinary = bool(self.review_word < chance or self.gates != 0 or event)
        alarmed = self.review_word < self.aid_fall and self.push & codes.PUSH_AID_CUT
        self.reviewed = bool(self.ordinary or self.push & codes.FORCING or alarmed)

    def invited(self) -> bool:
        """Return whether a programme that starts now is open to it."""
        return any(programme.starts and programme.open_to(self) for programme in self.model.programmes)

    def open_offers(self) -> int:
        """Return the mask of programmes open to it."""
        return sum(programme.bit for programme in self.model.programmes if programme.open_to(self))

    def consider(self, stage: str, offers: int, vacant: Callable[[int], bool]) -> None:
        """Choose, and take note of the intention and of what blocks it."""
        self.choice = self.choose(stage, offers, self.push, vacant)
        self.intention, self.gates = self.choice.intention.kind, self.choice.gates
        self.vacancy = self.choice.action.needs

    def free_for_me(self, resource: int) -> bool:
        """Return whether a vacancy was free for all of this row at the start of the month."""
        return bool(self.weight <= self.model.free[resource])

    def lose_vacancy(self) -> None:
        """Choose again with no vacancy."""
        self.consider("vacancy", self.open_offers(), lambda resource: False)

    # -- choice

    def choose(
        self, stage: str, offers: int, push: int, vacant: Callable[[int], bool], full_aid: bool = False
    ) -> Choice:
        """Return the best of all alternatives and the best of the open ones; the first of equals."""
        self.full_aid = full_aid
        options = list(self.alternatives(offers, push))
        self.full_aid = False
        for option in options:
            option.value += self.luck(option) + self.taste(option)
            if option.kind == codes.RETURN and self.closes_now(push):
                option.value += self.model.params.pathways.sent_home
            self.close_gates(option, push, vacant)
        intention = max(options, key=lambda option: option.value)
        action = max((option for option in options if not option.gates), key=lambda option: option.value)
        choice = Choice(options, intention, action)
        self.margins.append((stage, *choice.margins()))
        return choice

    def closes_now(self, push: int) -> bool:
        """Return whether the camp closes this month."""
        return bool(push & codes.PUSH_CLOSURE and self.camp.months_left == 0)

    def luck(self, option: Alternative) -> float:
        """Return the Gumbel term of the destination in this epoch."""
        if self.leads_home(option):
            label = HOME_KEY
        else:
            camp = option.shelter == codes.CAMP
            key = self.model.sites[option.site].key if camp else self.model.areas[option.area].key
            label = key | option.shelter << 1 | int(option.settled > 0)
        epoch = self.epoch()
        if (epoch, label) not in self._luck:
            self._luck[epoch, label] = gumbel(self.draw(LUCK, epoch, label)[0])
        return self._luck[epoch, label]

    def taste(self, option: Alternative) -> float:
        """Return the persistent taste for home or for commitment."""
        p = self.model.params.choice
        if self.leads_home(option):
            return p.taste_return * self.taste_return
        return p.taste_commitment * self.taste_commitment if option.settled else 0.0

    def leads_home(self, option: Alternative) -> bool:
        """Return whether after this alternative it is at home."""
        return option.kind == codes.RETURN or bool(option.kind == codes.STAY and self.at_home)

    def alternatives(self, offers: int, push: int) -> Iterator[Alternative]:
        """Yield what it could do, in the order of the specification, before luck, taste and gates."""
        struck = bool(push & codes.PUSH_SHOCK)  # driven out of the area, for a time
        if not (struck or push & codes.PUSH_EVICTION or self.closes_now(push)):
            yield self.stay(push)
        if self.uncommitted_away and not struck:
            yield self.integrate(offers)
        if not self.at_home and not (struck and self.origin == self.area):
            yield self.return_home(offers)
        yield from self.settle_elsewhere()
        if push & codes.FORCING or self.failing:
            if not struck:
                yield from self.move_within_area(offers, push)
            if self.at_home and self.last_area >= 0 and self.last_area != self.area:
                yield self.rented_elsewhere(self.last_area)
        if struck or self.insecure:
            yield from self.flee(offers, struck)

    def common(self, area: Area, security: float, services: float, access: float, aid: float, rent: float) -> float:
        """Return what security, services, cohesion and income make a place worth."""
        p, need = self.model.params.choice, self.model.params.budget.subsistence * self.size
        wages = area.employment * access * area.wage * self.skill * self.earners
        income = (wages + self.remittance + aid - rent) / need
        value = -p.security * (1.0 - security) ** 2 + p.services * services + p.cohesion * area.cohesion
        return value + p.income * math.log(max(p.income_floor, income))

    def living(self, area: Area, shelter: int, settled: bool, subsidy: float = 0.0) -> float:
        """Return ``common`` of a dwelling away from home, with ``subsidy`` cents a month towards rent."""
        rent = math.floor(self.rent_of(area, shelter))
        rent -= min(rent, subsidy)
        access, aid = self.access(settled, shelter), self.aid(area, settled, shelter)
        return self.common(area, area.security, area.services, access, aid, rent)

    def value_home(self, security: float, services: float) -> float:
        """Return what being at home is worth when security and services there are as given."""
        p, home = self.model.params, self.home
        rent = 0.0 if self.owner or self.hosted_at_origin else home.rent
        value = self.common(home, security, services, 1.0, 0.0, rent)
        value += p.pathways.return_home + home.return_pull + self.model.wave_shift[self.wave]
        condition = (0.0 if self.occupied else self.house) if self.owner else 0.5
        value += p.choice.house * condition + p.choice.hlp * self.hlp / 2.0
        return value + self.attachment_home() + p.choice.co_villagers * home.share_back

    def attachment_home(self) -> float:
        """Return the pull of home itself, fading while away."""
        p = self.model.params.choice
        if self.at_home:
            return p.attachment_origin
        faded = math.exp(-self.months_displaced / p.attachment_origin_fading)
        return p.attachment_origin * max(p.attachment_origin_floor, faded)

    def attachment_here(self) -> float:
        """Return the pull of the place of stay away from home."""
        if self.at_home:
            return 0.0
        p = self.model.params.choice
        return p.attachment_here * (1.0 - math.exp(-self.months_here / p.attachment_here_growth))

    def leave(self) -> float:
        """Return the loss of leaving home or a place where settled."""
        return self.model.params.choice.leave_commitment if self.committed else 0.0

    def move_burden(self, area: int) -> float:
        """Return the burden of a move to another place: distance, vulnerability, leaving a commitment."""
        p = self.model.params
        burden = p.pathways.move_fixed + p.pathways.move_per_100km * self.distance(area) / 100.0
        return burden + p.choice.vulnerable_move * self.vulnerable + self.leave()

    def of_shelter(self, shelter: int) -> float:
        """Return the constant of a kind of dwelling, against renting."""
        p = self.model.params.pathways
        return {codes.CAMP: p.camp_stay, codes.INFORMAL: p.informal, codes.HOSTED: p.hosted}.get(shelter, 0.0)

    def stay(self, push: int) -> Alternative:
        """Return the alternative to stay as it is."""
        option = Alternative(codes.STAY, self.area, self.site, self.shelter, self.settled, 0.0)
        if self.at_home:
            option.value = self.value_home(self.home.security, self.home.services)
            return option
        held = self.subsidy >= 0 and self.shelter == codes.RENTED
        subsidy = self.model.programmes[self.subsidy].amount if held else 0.0
        option.value = self.living(self.here, self.shelter, self.settled > 0, subsidy)
        option.value += self.attachment_here() + self.of_shelter(self.shelter)
        if self.settled:
            option.value += self.model.params.choice.tenure
        if push & codes.PUSH_CLOSURE:
            passed = 1.0 - self.camp.months_left / (self.camp.notice + 1)
            option.value -= self.model.params.pathways.closing * passed
        return option

    def integrate(self, offers: int) -> Alternative:
        """Return the alternative to commit to the place of displacement."""
        p = self.model.params
        subsidy = self.rent_subsidy(offers)
        value = self.living(self.here, codes.RENTED, True, subsidy.amount if subsidy else 0.0)
        value += self.attachment_here() + p.choice.tenure + p.pathways.integrate - self.leave()
        option = Alternative(codes.INTEGRATE, self.area, -1, codes.RENTED, 1, value)
        option.offers = subsidy.bit if subsidy else 0
        option.full_cost = math.floor(self.here.rent)
        if self.shelter != codes.RENTED:
            option.needs = self.area
            option.cost = math.floor(p.gates.lease_months * self.here.rent)
            option.full_cost = option.cost or option.full_cost
        return option

    def rent_subsidy(self, offers: int) -> Programme | None:
        """Return the first rent subsidy among the offers, for those who may use one."""
        if self.uncommitted_away:
            for programme in self.model.offered(offers, codes.OFFER_RENT_SUBSIDY):
                return programme
        return None

    def transport(self, area: int) -> int:
        """Return what travel to an area costs."""
        return math.floor(self.model.params.gates.transport_per_person_km * self.size * self.distance(area))

    def return_home(self, offers: int) -> Alternative:
        """Return the alternative to return to the home location."""
        p = self.model.params
        rides = self.model.offered(offers, codes.OFFER_TRANSPORT)[:1]
        gifts = self.model.offered(offers, codes.OFFER_RETURN_GRANT)
        grants = sum(programme.amount for programme in gifts)
        value = self.value_home(self.belief_security, self.belief_services) - self.move_burden(self.origin)
        value += p.choice.cash * grants / (p.budget.subsistence * self.size)
        option = Alternative(codes.RETURN, self.origin, -1, self.shelter_at_home(), 0, value, grants=grants)
        option.offers = sum(programme.bit for programme in [*rides, *gifts])
        reinstall = math.floor(p.gates.reinstall)
        option.full_cost = self.transport(self.origin) + reinstall
        option.cost = reinstall if rides else option.full_cost
        if not self.owner and not self.hosted_at_origin:
            option.needs = self.origin
        return option

    def shelter_at_home(self) -> int:
        """Return where it would live after returning."""
        if self.owner and (self.house_fit or not self.hosted_at_origin):
            return codes.OWN_HOME
        return codes.HOSTED if self.hosted_at_origin else codes.RENTED

    def settle_elsewhere(self) -> Iterator[Alternative]:
        """Yield the third places that it considers in this epoch."""
        p = self.model.params
        for j in self.considered_areas(int(p.pathways.settle_options)):
            value = self.living(self.model.areas[j], codes.RENTED, True)
            value += p.choice.tenure + p.pathways.settle - self.move_burden(j)
            cost = self.transport(j) + math.floor(p.gates.lease_months * self.model.areas[j].rent)
            yield Alternative(codes.SETTLE, j, -1, codes.RENTED, 2, value, j, cost, cost)

    def considered_areas(self, options: int, own_first: bool = False) -> Iterator[int]:
        """Yield the areas that so many options lead to, each once; its own only as the first, and if it may be."""
        considered: set[int] = set()
        for k in range(options):
            j = self.considered_area(k)
            if j not in considered and (j != self.area or (own_first and k == 0)):
                yield j
            considered.add(j)

    def considered_area(self, k: int) -> int:
        """Return the area that option ``k`` of this epoch leads to."""
        word, row = self.draw(NETWORK, self.epoch(), k)[0], self.model.network[self.area]
        return next((j for j, chance in enumerate(row) if chance > word), len(row) - 1)

    def move_within_area(self, offers: int, push: int) -> Iterator[Alternative]:
        """Yield the ways to live in another dwelling of the same area without committing."""
        evicted = bool(push & codes.PUSH_EVICTION)
        away = not self.at_home
        if evicted or not (self.shelter == codes.INFORMAL and away):
            yield self.displaced_here(codes.INFORMAL)
        if evicted or not (self.shelter == codes.RENTED and self.uncommitted_away):
            yield self.rented_here(offers)
        hosted_now = self.shelter == codes.HOSTED and away
        if self.hosting_rank < self.model.params.pathways.hosted_share and not hosted_now:
            yield self.displaced_here(codes.HOSTED)
        fallback = self.model.fallback_site[self.area]
        if fallback >= 0 and fallback != self.site:
            needs = len(self.model.areas) + fallback
            option = self.displaced_here(codes.CAMP)
            value = option.value + self.model.params.pathways.camp_entry
            yield replace(option, value=value, site=fallback, needs=needs)

    def displaced_here(self, shelter: int, subsidy: float = 0.0) -> Alternative:
        """Return living in another dwelling of the same area, uncommitted."""
        value = self.living(self.here, shelter, False, subsidy) + self.of_shelter(shelter)
        value += self.attachment_here() - self.leave()
        return Alternative(codes.MOVE_DISPLACED, self.area, -1, shelter, 0, value)

    def rented_here(self, offers: int) -> Alternative:
        """Return renting in the same area, uncommitted."""
        subsidy = self.rent_subsidy(offers)
        option = self.displaced_here(codes.RENTED, subsidy.amount if subsidy else 0.0)
        option.offers = subsidy.bit if subsidy else 0
        option.full_cost = math.floor(self.here.rent)
        option.cost = 0 if subsidy else option.full_cost
        if self.shelter != codes.RENTED:
            option.needs = self.area
        return option

    def rented_elsewhere(self, j: int) -> Alternative:
        """Return renting in another area, uncommitted."""
        cost = math.floor(self.model.areas[j].rent) + self.transport(j)
        return replace(self.refuge(j, codes.RENTED), needs=j, cost=cost, full_cost=cost)

    def refuge(self, j: int, shelter: int, subsidy: float = 0.0) -> Alternative:
        """Return a dwelling that it moves to over some distance, uncommitted."""
        value = self.living(self.model.areas[j], shelter, False, subsidy) + self.of_shelter(shelter)
        return Alternative(codes.MOVE_DISPLACED, j, -1, shelter, 0, value - self.move_burden(j))

    def flee(self, offers: int, struck: bool) -> Iterator[Alternative]:
        """Yield the ways out of an area that is not safe; if struck, also to another part of it."""
        p = self.model.params.pathways
        for j in self.considered_areas(max(1, int(p.settle_options)), own_first=struck):
            yield self.refuge(j, codes.INFORMAL)
            if self.hosting_rank < p.hosted_share:
                yield self.refuge(j, codes.HOSTED)
            yield self.rented_elsewhere(j) if j != self.area else self.rented_nearby(offers)
            site = self.model.fallback_site[j]
            if site >= 0:
                option = self.refuge(j, codes.CAMP)
                needs = len(self.model.areas) + site
                yield replace(option, value=option.value + p.camp_entry, site=site, needs=needs)

    def rented_nearby(self, offers: int) -> Alternative:
        """Return renting in another part of the same area, where a rent subsidy may be used as by others there."""
        subsidy, rent = self.rent_subsidy(offers), math.floor(self.here.rent)
        option = self.refuge(self.area, codes.RENTED, subsidy.amount if subsidy else 0.0)
        bit, cost = (subsidy.bit, 0) if subsidy else (0, rent)
        return replace(option, needs=self.area, cost=cost, full_cost=rent, offers=bit)

    # -- gates

    def close_gates(self, option: Alternative, push: int, vacant: Callable[[int], bool]) -> None:
        """Set the gates closed to an alternative, and those that the closing of the camp overrides."""
        if option.kind == codes.STAY:
            return
        closed = self.return_gates() if option.kind == codes.RETURN else 0
        closed |= (option.kind != codes.MOVE_DISPLACED and self.undocumented()) << codes.DOCUMENTS
        closed |= self.out_of_reach(option) << codes.MONEY
        closed |= (option.kind in (codes.RETURN, codes.SETTLE) and self.kept_by_school()) << codes.SEASON
        closed |= (option.needs != NO_RESOURCE and not vacant(option.needs)) << codes.VACANCY
        if self.closes_now(push) and option.kind == codes.RETURN:
            option.gates, option.overridden = closed & ~OVERRIDABLE, closed & OVERRIDABLE
        else:
            option.gates = closed

    def return_gates(self) -> int:
        """Return the gates that only a return meets: access, permission and the dwelling."""
        access = self.access_rank >= self.home.return_access
        permission = bool(self.affiliated and self.home.clearance)
        dwelling = self.owner and not self.hosted_at_origin and not self.house_fit
        return access << codes.ACCESS | permission << codes.PERMISSION | dwelling << codes.DWELLING

    def undocumented(self) -> bool:
        """Return whether it lacks the civil documents that it would be asked for."""
        return bool(not self.civil_documents and self.documents_rank < self.model.params.gates.documents_share)

    def means(self) -> float:
        """Return savings plus what can be borrowed for a move."""
        p = self.model.params
        return self.savings + p.gates.credit_share * p.budget.debt_limit

    def out_of_reach(self, option: Alternative) -> bool:
        """Return whether it cannot pay for an alternative, and does not find the means for the way home this month."""
        if option.kind == codes.RETURN and self.draw(MEANS, self.model.month)[0] < self.model.params.gates.means_found:
            return False
        return option.cost > 0 and option.cost > self.means() + option.grants

    def needy_for(self, option: Alternative) -> bool:
        """Return whether it could not pay for an alternative without programmes."""
        return option.full_cost > self.means()

    def kept_by_school(self) -> bool:
        """Return whether school keeps the family from moving far this month."""
        return bool(
            self.model.school_now and self.size >= 3 and self.school_rank < self.model.params.gates.school_share
        )

    # -- acting

    def act(self) -> None:
        """Move as planned, or as chosen again after a programme's refusal, and let the month pass."""
        if self.choice is not None:
            if self.choice.action.offers & ~self.granted:
                self.lose_seat()
            self.hand_back_unused()
            if self.choice.action.kind != codes.STAY:
                self.make_move(self.choice)
        self.pass_time()

    def vacant_to_me(self, resource: int) -> bool:
        """Return whether a vacancy is the one that it holds."""
        return resource == self.vacancy

    def lose_seat(self) -> None:
        """Choose again with the programmes it got; if the planned move is lost, a place is its gate."""
        planned = self.choice.action
        self.choice = self.choose("programme", self.granted, self.push, self.vacant_to_me)
        if not self.choice.action.same_as(planned):
            self.intention, self.gates = planned.kind, 1 << codes.SEAT

    def hand_back_unused(self) -> None:
        """Give back the money of places granted but not used."""
        for programme in self.model.programmes:
            if self.granted & ~self.choice.action.offers & programme.bit:
                programme.give_back(self.weight)

    def move_class(self, action: Alternative) -> int:
        """Compare a move with what it would have done without the push."""
        if not self.push:
            return codes.UNPUSHED
        aid_cut = bool(self.push & codes.PUSH_AID_CUT)
        forced = self.push & codes.FORCING
        offers, vacant = (self.open_offers(), self.free_for_me) if forced else (self.granted, self.vacant_to_me)
        with self.model.as_calm_as_before(self.push):
            otherwise = self.choose("without push", offers, 0, vacant, aid_cut).action
        if otherwise.kind == codes.STAY:
            return codes.EXPELLED
        if not otherwise.same_as(action):
            return codes.DIVERTED
        return codes.MOVED_ANYWAY if self.ordinary else codes.HASTENED

    def make_move(self, choice: Choice) -> None:
        """Judge, record and make a move."""
        action, verdict = choice.action, self.judge(choice)
        self.model.moves.append(verdict)
        self.came = verdict.came
        self.pay(action)
        if action.kind == codes.RETURN:
            self.last_area = self.area
        if action.kind == codes.MOVE_DISPLACED or self.times_displaced == 0:
            self.times_displaced = min(100, self.times_displaced + 1)
        same_dwelling = (self.area, self.site, self.shelter) == (action.area, action.site, action.shelter)
        self.stays_put = same_dwelling and action.kind != codes.RETURN and not self.at_home
        self.at_home = int(action.kind == codes.RETURN)
        self.area, self.site = action.area, action.site
        self.shelter, self.settled = action.shelter, action.settled
        self.take_subsidy(action)
        self.moved = True

    def judge(self, choice: Choice) -> Move:
        """Return the record of a move about to be made."""
        action, move_class = choice.action, self.move_class(choice.action)
        informed = self.informed(action)
        carried_out = self.choose("as carried out", self.granted, self.push, self.vacant_to_me)
        feasible = any(x is not carried_out.action and not x.gates and self.tenable(x) for x in carried_out.options)
        forced = move_class in (codes.HASTENED, codes.DIVERTED, codes.EXPELLED)
        return Move(
            time=self.model.month,
            id=self.id,
            weight=self.weight,
            kind=action.kind,
            from_area=self.area,
            area=action.area,
            site=action.site,
            shelter=action.shelter,
            offers=action.offers,
            push=self.push,
            since_push=self.months_since_push,
            move_class=move_class,
            overridden=action.overridden,
            premature=self.premature(action),
            informed=informed,
            feasible=feasible,
            voluntary=not forced and informed and feasible and not self.insecure,
        )

    def tenable(self, option: Alternative) -> bool:
        """Return whether an option makes the choice of another a free one."""
        if option.kind == codes.STAY:
            return not self.failing
        return not (option.kind == codes.MOVE_DISPLACED and option.shelter == codes.INFORMAL)

    def premature(self, action: Alternative) -> bool:
        """Return whether the destination is not fit to return to or settle in."""
        if action.kind not in (codes.RETURN, codes.SETTLE):
            return False
        p, area = self.model.params.gates, self.model.areas[action.area]
        unfit_home = action.shelter == codes.OWN_HOME and not self.house_fit
        return area.security < p.minimum_security or area.services < p.minimum_services or unfit_home

    def informed(self, action: Alternative) -> bool:
        """Return whether beliefs about home were close to the truth, for a return."""
        if action.kind != codes.RETURN:
            return True
        within = self.model.params.beliefs.informed_within
        security_gap = abs(self.belief_security - self.home.security)
        return security_gap <= within and abs(self.belief_services - self.home.services) <= within

    def pay(self, action: Alternative) -> None:
        """Pay for a move, with the grants."""
        left = self.savings - action.cost + math.floor(action.grants)
        self.savings = max(left, -int(self.model.params.budget.debt_limit))

    def take_subsidy(self, action: Alternative) -> None:
        """Start the rent subsidy that the move uses; any other move ends one."""
        self.subsidy, self.subsidy_months = -1, 0
        for programme in self.model.offered(action.offers, codes.OFFER_RENT_SUBSIDY):
            self.subsidy, self.subsidy_months = programme.index, programme.months

    def pass_time(self) -> None:
        """Let the clocks run."""
        if self.moved and self.push:
            self.months_since_push = 0
        elif self.months_since_push >= 0:
            self.months_since_push = min(1000, self.months_since_push + 1)
        if self.moved and not self.stays_put:
            self.months_here = 0
        else:
            self.months_here = min(1000, self.months_here + 1)
        if not self.at_home:
            self.months_displaced = min(1000, self.months_displaced + 1)

    def judge_life(self, assessed: bool) -> None:
        """See which sub-criteria of a durable solution it passes, and count months in one as good as hosts have.

        The displaced are judged only when all are assessed.
        """
        if self.committed or assessed:
            self.criteria = Judgement(self).mask()
        durable = self.committed and lives_as_hosts(self.criteria, self.here)
        self.held = min(1000, self.held + 1) if durable else 0


# --------------------------------------------------------------------------------------------------- model


def path(values: Any) -> Callable[[int], Any]:
    """Return values by month: a function as it is, a row per month, or one row for all months."""
    if callable(values):
        return values
    array = np.asarray(values)
    return (lambda t: array[t]) if array.ndim == 2 else (lambda t: array)


def namespace(section: Any) -> SimpleNamespace:
    """Return a NamedTuple or a dict as an object with attributes."""
    items = section._asdict() if hasattr(section, "_asdict") else dict(section)
    return SimpleNamespace(**{name: plain(value) for name, value in items.items()})


def plain(value: Any) -> Any:
    """Return a number as Python's own."""
    return value.item() if isinstance(value, np.generic) else value


class OracleModel(mesa.Model):
    """The whole run in plain objects: one ``step`` is one month.

    Parameters
    ----------
    columns: start values by name of every FIXED and STATE column.
    areas: arrays by name. ``key`` [A], ``distance`` and ``network`` [A, A] are static; each of
        ``AREA_FIELDS`` is an array [A], an array [months, A] or a function of the month returning one [A].
    sites: arrays by name: ``key``, ``area``, ``capacity``, ``announced``, ``closing`` (None: never;
        an announcement may lie before the start).
    offers: one dict per programme, in the order of their numbers: ``kind``, ``key``, ``first`` and ``last``
        month (both included; None: no end), ``amount``, ``months``, ``who``, ``from_area`` [A], ``from_site``
        [S + 1], ``from_origin`` [A], ``places`` a month, ``budget`` (None: no limit), ``unit_cost``,
        ``by_need``.
    params: dict of dicts, or ``sim.kernels.inputs.Params``.
    markets: ``job_absorption``, ``employment_cap``, ``host_renter_share``, ``rent_elasticity``,
        ``occupants_rent``, ``feedback``.
    wave_shift: utility of return by displacement wave.
    seed: the key of every draw.
    school_months: function of the month, or a truth value per month; None: no school.
    criteria: the parameters of that name.
    hosts_passed: how many sub-criteria the hosts of each area passed on average at the start.
    months: length of the run, at the end of which all are assessed.
    services: one dict per service, in the order of delivery: ``kind`` (a word), what offers have but for
        ``amount``, ``months`` from intake to completion, ``price`` (cents, what a family would pay), and the
        parameters of the kind (see ``oracle_programmes``).
    """

    def __init__(
        self,
        columns: Mapping[str, np.ndarray],
        areas: Mapping[str, Any],
        sites: Mapping[str, Sequence[Any]],
        offers: Sequence[Mapping[str, Any]],
        params: Any,
        markets: Mapping[str, Any],
        wave_shift: Sequence[float],
        seed: int,
        criteria: Mapping[str, float],
        hosts_passed: Sequence[float],
        months: int,
        school_months: Callable[[int], bool] | Sequence[bool] | None = None,
        services: Sequence[Mapping[str, Any]] = (),
    ):
        super().__init__(seed=0)
        self.draw_seed, self.month, self.months = int(seed), 0, months
        sections = params._asdict() if hasattr(params, "_asdict") else params
        self.params = SimpleNamespace(**{name: namespace(section) for name, section in sections.items()})
        self.market_params, self.params.criteria = namespace(markets), namespace(criteria)
        self.wave_shift = [float(x) for x in wave_shift]
        self.school_months, self.school_now = school_months, False
        self.read_areas(areas)
        self.read_sites(sites)
        self.programmes = [Programme(p, offer) for p, offer in enumerate(offers)]
        self.services = [service_of(p, terms) for p, terms in enumerate(services)]
        self.read_households(columns)
        self.start = self.totals()
        self.moves: list[Move] = []
        self.service_log: list[Delivery] = []
        self.settle_standard(hosts_passed)

    def read_areas(self, areas: Mapping[str, Any]) -> None:
        """Make the areas."""
        paths = {name: path(areas[name]) for name in AREA_FIELDS}
        self.areas = [Area(i, int(key), paths) for i, key in enumerate(areas["key"])]
        self.distance = np.asarray(areas["distance"], dtype=np.float64).tolist()
        self.network = np.asarray(areas["network"], dtype=np.float64).tolist()

    def read_sites(self, sites: Mapping[str, Sequence[Any]]) -> None:
        """Make the sites."""
        rows = zip(*(sites[name] for name in ("key", "area", "capacity", "announced", "closing", "share")))
        self.sites = [
            Site(i, int(key), int(area), float(capacity), announced, closing, float(share))
            for i, (key, area, capacity, announced, closing, share) in enumerate(rows)
        ]

    def read_households(self, columns: Mapping[str, np.ndarray]) -> None:
        """Make the households; those of arrival 0 are present, but for hosts that a shock drives out then."""
        declared = (*FIXED, *STATE)
        names = [column.name for column in declared]
        lists = [np.asarray(columns[column.name]).astype(column.dtype).tolist() for column in declared]
        self.households = [HouseholdAgent(self, dict(zip(names, row))) for row in zip(*lists)]

    # -- a month

    def step(self) -> None:
        """Simulate one month."""
        self.arrive(self.month)
        self.run_markets()
        for household in self.present():
            household.begin_month()
        self.service_log += [service.deliver(self.present(), self.month) for service in self.services]
        for household in self.present():
            household.plan()
        self.allocate_vacancies()
        self.allocate_programmes()
        for household in self.present():
            household.act()
        lived = self.month + 1
        for household in self.present():
            household.judge_life(assessed=lived % 12 == 0 or lived == self.months)
        self.month = lived

    def settle_standard(self, hosts_passed: Sequence[float]) -> None:
        """Judge everybody before the first month, in its conditions, by how hosts live then."""
        self.run_markets()
        for area, passed in zip(self.areas, hosts_passed, strict=True):
            area.remember_start(float(passed))
        for household in self.present():
            household.judge_life(assessed=True)

    def present(self) -> "list[HouseholdAgent]":
        """Return the households that have entered the run."""
        return [household for household in self.households if household.present]

    def arrive(self, t: int) -> None:
        """Let the rows of month ``t`` enter."""
        for household in self.households:
            if household.arrival == t:
                household.present = 1

    def totals(self) -> Totals:
        """Return the counts over present rows."""
        totals = Totals()
        for household in self.present():
            totals.add(household)
        return totals

    def run_markets(self) -> None:
        """Bring areas, sites and programmes to this month."""
        now = self.totals()
        felt = now if self.market_params.feedback else self.start
        for area in self.areas:
            area.read(self.month)
            area.markets(felt, self.start, self.market_params)
            area.claims(now.claims[area.index])
        for site in self.sites:
            site.read(self.month, now.in_site[site.index])
        for programme in self.programmes:
            programme.read(self.month)
        self.free = [area.free_rentals for area in self.areas] + [site.free for site in self.sites]
        self.fallback_site = [self.roomiest_site(area.index) for area in self.areas]
        self.school_now = self.in_school_year()

    def roomiest_site(self, area: int) -> int:
        """Return the open site of an area with most free places, -1 if none has any."""
        candidates = [site for site in self.sites if site.area == area and site.free > 0]
        return max(candidates, key=lambda site: site.free).index if candidates else -1

    def in_school_year(self) -> bool:
        """Return whether this month is inside the school year."""
        if self.school_months is None:
            return False
        return bool(self.school_months(self.month) if callable(self.school_months) else self.school_months[self.month])

    def offered(self, offers: int, kind: int) -> list[Programme]:
        """Return the programmes of a kind in a mask of offers."""
        return [p for p in self.programmes if p.kind == kind and offers & p.bit]

    @contextmanager
    def as_calm_as_before(self, push: int) -> Iterator[None]:
        """Give areas the security they would have without shocks, for one who was driven out, while this lasts."""
        found = [area.security for area in self.areas]
        if push & codes.PUSH_SHOCK:
            for area in self.areas:
                area.security = area.security_calm
        yield
        for area, security in zip(self.areas, found):
            area.security = security

    def allocate_vacancies(self) -> None:
        """Give free dwellings and camp places by lottery; the others choose again without."""
        queues: dict[int, list[HouseholdAgent]] = defaultdict(list)
        for household in self.present():
            if household.vacancy != NO_RESOURCE:
                queues[household.vacancy].append(household)
        refused = [h for resource, queue in queues.items() for h in self.without_vacancy(resource, queue)]
        for household in refused:
            household.lose_vacancy()

    def without_vacancy(self, resource: int, queue: "list[HouseholdAgent]") -> "list[HouseholdAgent]":
        """Return those in the queue for a resource from the first that does not fit."""
        queue = sorted(queue, key=lambda household: household.lottery(resource))
        taken = 0
        for position, household in enumerate(queue):
            if taken + household.weight > self.free[resource]:
                return queue[position:]
            taken += household.weight
        return []

    def allocate_programmes(self) -> None:
        """Let each programme serve its queue."""
        for programme in self.programmes:
            programme.serve(self.queue_for(programme))

    def queue_for(self, programme: Programme) -> "list[HouseholdAgent]":
        """Return those whose planned move counts on a programme, in the order they are served."""
        queue = [h for h in self.present() if h.choice is not None and h.choice.action.offers & programme.bit]
        return sorted(queue, key=lambda h: programme.turn(h, h.needy_for(h.choice.action)))

    # -- reading results

    def columns(self) -> dict[str, np.ndarray]:
        """Return all columns as the household store has them."""
        return {
            column.name: np.array([getattr(h, column.name) for h in self.households], dtype=column.dtype)
            for column in (*FIXED, *STATE)
        }

    def closest_call(self) -> np.ndarray:
        """Return by row the smallest margin of any of this month's choices (infinite without a choice)."""
        return np.array([min((min(m[1:]) for m in h.margins), default=math.inf) for h in self.households])
