"""What every intervention states: when, where, for whom, how many, at what cost."""

from typing import Literal

from pydantic import Field, model_validator

from sim.schema.base import PRIOR, CalendarMonth, Strict, month_number, quantity


class Intervention(Strict):
    """Base of all interventions; ``kind`` selects which."""

    note: str = Field("", description="What it stands for, in plain words")


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


class Offer(Intervention):
    """Base of the programmes that households meet as an offer when they choose."""

    window: Window = Field(description="When")
    target: Target = Field(Target(), description="For whom")
    places_per_month: int = quantity(..., "families/month", "Families served at most each month", "scenario", 0, 10_000_000)  # fmt: skip
    budget: float | None = quantity(None, "USD", "Money for the whole programme; none: no limit", "scenario", 0, 1e12)
    allocation: Literal["need", "lottery"] = Field("need", description="Who comes first: those who could not pay, or a fixed lottery")  # fmt: skip
    lag_months: int = quantity(0, "months", "From the first month of the window to the first delivery", PRIOR, 0, 120)
    overhead: float = quantity(0.12, "share", "Delivery cost on top of what the family gets", PRIOR, 0, 5)

    def terms(self) -> Terms:
        """Return what one family gets and what it costs the programme."""
        raise TypeError(f"{type(self).__name__} makes no offer")

    def with_overhead(self, dollars: float) -> int:
        """Return the programme's cost in cents of giving a family this much."""
        return round(dollars * 100 * (1 + self.overhead))
