"""What every intervention states: when, where, for whom, how many, at what cost.

Three kinds of intervention have books: an *offer* is met by a household when it chooses, a *service* reaches it
without a choice of its own, a *measure* changes the conditions of areas.
"""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from sim.schema.base import PRIOR, CalendarMonth, Prose, Strict, month_number, quantity

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.intp]
Float = npt.NDArray[np.float64]
Changes = Mapping[str, npt.NDArray[Any]]


class Intervention(Strict):
    """Base of all interventions; ``kind`` selects which."""

    note: Prose = Field("", description="What it stands for, in plain words")


class Window(Strict):
    """First and last month of delivery; without a last month it runs to the end."""

    first_month: CalendarMonth = Field(description="First month of delivery, or of preparing it")
    last_month: CalendarMonth | None = Field(None, description="Last month; to the end of the run when left out")

    @model_validator(mode="after")
    def _in_order(self) -> "Window":
        last = self.last_month
        if last is not None and month_number(last) < month_number(self.first_month):
            raise ValueError(f"last_month {last} is before first_month {self.first_month}")
        return self


class Target(Strict):
    """Whom a programme serves, by where they are, where they come from and who they are."""

    areas: list[str] | None = Field(None, min_length=1, description="P-codes of areas of stay; all when left out")
    sites: list[str] | None = Field(None, min_length=1, description="Camps; only people in them when given")
    where: Literal["anywhere", "camps", "out_of_camp"] = Field("anywhere", description="In camps, out of them, or both")
    origins: list[str] | None = Field(None, min_length=1, description="P-codes of areas of origin; all when left out")
    who: Literal["all", "vulnerable", "female_headed"] = Field("all", description="Everybody, or one group")

    @model_validator(mode="after")
    def _reachable(self) -> "Target":
        if self.sites is not None and self.where == "out_of_camp":
            raise ValueError("sites are camps, and where says out_of_camp; give one of the two")
        return self


class Terms(Strict):
    """What an offer means to one household, in cents and months."""

    offer: int
    amount: int = 0
    months: int = 0
    cost: int


class Delivered(Intervention):
    """Base of the programmes that serve households one by one, up to places and money."""

    window: Window = Field(description="When")
    target: Target = Field(Target(), description="For whom")
    places_per_month: int = quantity(..., "families/month", "Families served at most each month", "scenario", 0, 10_000_000)  # fmt: skip
    budget: float | None = quantity(None, "USD", "Money for the whole programme; none: no limit", "scenario", 0, 1e12)
    allocation: Literal["need", "lottery"] = Field("need", description="Who comes first: those who could not pay, or a fixed lottery")  # fmt: skip
    lag_months: int = quantity(0, "months", "From the first month of the window to the first delivery", PRIOR, 0, 120)
    overhead: float = quantity(0.12, "share", "Delivery cost on top of what the family gets", PRIOR, 0, 5)

    def with_overhead(self, dollars: float) -> int:
        """Return the programme's cost in cents of giving a family this much."""
        return round(dollars * 100 * (1 + self.overhead))


class Offer(Delivered):
    """Base of the programmes that households meet as an offer when they choose."""

    def terms(self) -> Terms:
        """Return what one family gets and what it costs the programme."""
        raise TypeError(f"{type(self).__name__} makes no offer")


class Seen(NamedTuple):
    """What a service sees of the world in the month it is delivered.

    Attributes
    ----------
    fixed, state : NamedTuples of arrays [n]
        The household columns; read only.
    security, services, return_access : float64[A]
        Conditions of areas this month.
    usable : float
        Condition from which a house can be lived in.
    """

    fixed: Any
    state: Any
    security: Float
    services: Float
    return_access: Float
    usable: float

    @property
    def away(self) -> Mask:
        """Households that are not at home."""
        return np.asarray(self.state.at_home == 0)

    @property
    def house(self) -> Float:
        """Condition of houses at origin, in double precision, as the household month compares it."""
        return np.asarray(self.state.house, np.float64)


class Service(Delivered):
    """Base of the services that reach households without a choice of theirs.

    ``months`` is what lies between taking a family in and the outcome.
    """

    unit_cost: float = quantity(..., "USD/family", "What one family gets", PRIOR, 0, 1_000_000)
    months: int = quantity(0, "months", "From intake to outcome", PRIOR, 0, 120)

    @property
    def cost(self) -> int:
        """Cost of one family to the programme, cents."""
        return self.with_overhead(self.unit_cost)

    def wanted(self, seen: Seen) -> Mask:
        """Return which households the service is for, bool[n]; reach and places are looked at elsewhere."""
        raise TypeError(f"{type(self).__name__} serves nobody")

    def outcome(self, seen: Seen, rows: Rows, luck: Float) -> Changes:
        """Return new values of columns for the cases completed now, one per row; ``luck`` is uniform, float64[k]."""
        raise TypeError(f"{type(self).__name__} changes nothing")


class Measure(Intervention):
    """Base of the measures that change conditions of areas."""

    window: Window = Field(description="When")
    areas: list[str] | None = Field(None, min_length=1, description="P-codes; all areas when left out")
    monthly_cost: float = quantity(0.0, "USD/month", "Spent in every month of the window", "scenario", 0, 1e10)

    def act(self, paths: Mapping[str, Float], months: range, areas: list[int]) -> None:
        """Change conditions by month and area, float64[T, A] each, over these months and areas, in place.

        ``months`` are those of the window that lie in the run, counted from its start; it may begin before 0.
        """
        raise TypeError(f"{type(self).__name__} changes nothing")


Booked = Offer | Service | Measure
