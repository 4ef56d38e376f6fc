"""Random households that are asked why they do not return, and what they answer by the same rules on whole columns."""

from typing import Any

import numpy as np
from random_households import AREAS, Columns, random_columns, random_month

from sim.kernels import codes
from sim.kernels.draws import MEANS, PHASE
from sim.kernels.inputs import Place
from sim.kernels.survey import HostLevel, reason_rows, severe_rows
from sim.kernels.uniforms import uniforms
from sim.world.households import Households

LEVEL = HostLevel(livelihood=1.7, services=0.8)


def random_conditions(seed: int) -> Any:
    """Return a month in which places differ in all that reasons hang on."""
    rng, month = np.random.default_rng(seed), random_month(seed)
    areas = month.areas.copy()
    for name in ("security", "services", "employment", "cohesion", "host_at_origin"):
        areas[:, Place._fields.index(name)] = rng.random(AREAS)
    choice = month.params.choice._replace(
        security=rng.uniform(1, 5), services=rng.uniform(0.5, 2), cohesion=rng.random(), income=rng.random() + 0.2,
        house=rng.uniform(0.5, 2), hlp=rng.uniform(0.2, 1), tenure=rng.random(),
    )  # fmt: skip
    gates = month.params.gates._replace(reinstall=120_000.0, minimum_security=0.3, minimum_services=0.3)
    return month._replace(areas=areas, params=month.params._replace(choice=choice, gates=gates))


def random_away(n: int, seed: int) -> Columns:
    """Return the columns of random households, most of them away from home, with beliefs about it."""
    rng, columns = np.random.default_rng(seed + 1), random_columns(n, seed)
    more = {
        "belief_security": rng.random(n),
        "belief_services": rng.random(n),
        "months_displaced": rng.integers(0, 60, n),
        "months_here": rng.integers(0, 60, n),
        "vulnerable": rng.random(n) < 0.3,
        "skill": rng.uniform(0.2, 1.5, n),
    }
    return columns | {name: np.asarray(values).astype(columns[name].dtype) for name, values in more.items()}


def asked_why(columns: Columns, month: Any) -> np.ndarray:
    """Return what the kernels say of reasons, float32[n, 7]."""
    households = Households(columns)
    rise = np.full((len(households), len(codes.REASONS)), np.nan, np.float32)
    reason_rows(households.fixed, households.state, month, LEVEL, rise, 0, len(households))
    return rise


def live_badly(columns: Columns, month: Any) -> np.ndarray:
    """Return what the kernels say of conditions at home, uint8[n]."""
    households = Households(columns)
    severe = np.zeros(len(households), np.uint8)
    severe_rows(households.fixed, households.state, month, severe, 0, len(households))
    return severe


class Reasons:
    """What keeps households, in NumPy, column by column."""

    def __init__(self, columns: Columns, month: Any) -> None:
        self.identity, self.month = columns["id"], month
        self.c = {name: values.astype(np.float64) for name, values in columns.items() if name != "id"}
        self.area, self.origin = columns["area"].astype(int), columns["origin"].astype(int)
        self.shelter, self.settled = columns["shelter"].astype(int), columns["settled"] > 0
        self.owner = columns["tenure"] == codes.OWNER
        self.needs = month.params.budget.subsistence * self.c["size"]

    def here(self, name: str) -> np.ndarray:
        """Return what the area of every household has this month."""
        return self.month.areas[self.area, Place._fields.index(name)]

    def there(self, name: str) -> np.ndarray:
        """Return what the area of origin of every household has this month."""
        return self.month.areas[self.origin, Place._fields.index(name)]

    def rises(self) -> np.ndarray:
        """Return what each reason takes from going home, float64[n, 7]."""
        choice = self.month.params.choice
        house = np.where(self.c["occupied"] > 0, 0.0, self.c["house"])
        taken = {
            codes.BECAUSE_HOUSE: np.where(self.owner, choice.house * (1 - house), 0.0),
            codes.BECAUSE_HLP: choice.hlp * (1 - self.c["hlp"] / 2),
            codes.BECAUSE_SECURITY: choice.security * (1 - self.c["belief_security"]) ** 2,
            codes.BECAUSE_LIVELIHOOD: self.income(LEVEL.livelihood * self.needs) - self.income(self.at_home()),
            codes.BECAUSE_SERVICES: choice.services * (LEVEL.services - self.c["belief_services"]),
            codes.BECAUSE_MONEY: np.where(self.cannot_pay(), np.inf, 0.0),
            codes.BECAUSE_HERE: self.life_here() - self.life_of_hosts_at_home(),
        }
        return np.stack([taken[code] for code in range(len(codes.REASONS))], axis=1)

    def income(self, cents: np.ndarray) -> np.ndarray:
        """Return what a monthly income is worth."""
        choice = self.month.params.choice
        worth: np.ndarray = choice.income * np.log(np.maximum(choice.income_floor, cents / self.needs))
        return worth

    def as_host(self) -> np.ndarray:
        """Return income at home where its earners find work as hosts do, cents."""
        full = self.there("wage") * self.c["skill"] * self.c["earners"]
        return self.there("employment") * full + self.c["remittance"]

    def at_home(self) -> np.ndarray:
        """Return expected income at home after rent, cents."""
        hosted = uniforms(self.month.seed, self.identity, PHASE, 0)[:, 2] < self.there("host_at_origin")
        return self.as_host() - np.where(self.owner | hosted, 0.0, self.there("rent"))

    def cannot_pay(self) -> np.ndarray:
        """Return who cannot pay for the way home and a new beginning, and does not find the means this month."""
        gates, budget = self.month.params.gates, self.month.params.budget
        kilometres = self.month.distance[self.area, self.origin]
        way = np.floor(gates.transport_per_person_km * self.c["size"] * kilometres)
        has: np.ndarray = self.c["savings"] + gates.credit_share * budget.debt_limit
        found = uniforms(self.month.seed, self.identity, MEANS, self.month.time)[:, 0] < gates.means_found
        return (way + np.floor(gates.reinstall) > has) & ~found

    def life_here(self) -> np.ndarray:
        """Return what living where and as it does is worth."""
        budget = self.month.params.budget
        camp, rented = self.shelter == codes.CAMP, self.shelter == codes.RENTED
        access = np.where(self.settled, 1.0, np.where(camp, budget.camp_job_access, budget.displaced_job_access))
        earned = self.here("employment") * access * self.here("wage") * self.c["skill"] * self.c["earners"]
        each = np.where(
            camp, budget.aid_camp * self.here("aid_camp_share"), budget.aid_out * self.here("aid_out_share")
        )
        aid = np.where(self.settled, 0.0, each * self.c["size"])
        share = np.choose(self.shelter, [0.0, budget.informal_rent_share, 1.0, 0.0, 0.0])
        amount = self.month.offers[self.c["subsidy"].astype(int), 3] * (self.c["subsidy_months"] > 0)
        rent = np.floor(share * self.here("rent")) - np.where(rented, np.minimum(amount, self.here("rent")), 0.0)
        income = earned + self.c["remittance"] + aid - rent
        where = self.place(self.here("security"), self.here("services"), self.here("cohesion"))
        return where + self.income(income)

    def life_of_hosts_at_home(self) -> np.ndarray:
        """Return what living as hosts do at its home would be worth."""
        where = self.place(self.there("security"), self.there("services"), self.there("cohesion"))
        return where + self.income(self.as_host())

    def place(self, security: np.ndarray, services: np.ndarray, cohesion: np.ndarray) -> np.ndarray:
        """Return what a place is worth, income apart."""
        choice = self.month.params.choice
        worth: np.ndarray = -choice.security * (1 - security) ** 2 + choice.services * services
        return worth + choice.cohesion * cohesion
