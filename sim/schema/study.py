"""A calibration study, as a person writes it: what is fitted, to what, how long, and what is forecast from where."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.schema.base import MOST_TITLE, PRIOR, CalendarMonth, Name, Prose, Strict, month_number, quantity
from sim.schema.uncertainty import Prior

Statistic = Literal[
    "stock_by_origin", "stock_by_area", "stock_by_wave", "camp_stock", "net_change_12", "returnees_by_origin"
]
Asked = Literal[
    "plans_by_shelter", "plans_by_area", "plans_by_origin",
    "reasons_by_shelter", "reasons_by_area", "reasons_by_origin",
    "severe_after_return", "severe_after_return_by_origin",
]  # fmt: skip
MOST_FREE, MOST_LAUNCHES = 60, 24


class Free(Prior):
    """A parameter that is fitted: the dotted keys of a scenario that have its value, and its prior."""

    keys: list[str] = Field(min_length=1, description="Dotted keys, as --set takes them; all get the same value")


class Target(Strict):
    """A published series that the model is fitted to, and the operator that tells what it would publish."""

    statistic: Statistic = Field(description="What of a run is compared")
    table: Prose = Field(description="CSV file beside the study: date, the column of categories, families")
    history: Prose | None = Field(
        None, description="CSV file with the same columns and earlier rounds, by which naive forecasts go"
    )
    category: Prose = Field("category", description="Column of the table that names origins, areas, waves or shelters")
    margin: Prose | None = Field(
        None, description="Rows of the table whose column 'margin' has this value; all if left out"
    )
    groups: dict[Name, list[str]] | None = Field(
        None, description="Categories that are added up, by the name of their sum"
    )
    first: CalendarMonth | None = Field(
        None,
        description="First month that is compared; of a change, both months lie in the window; the first of the run if left out",
    )
    last: CalendarMonth | None = Field(
        None, description="Last month that is compared; the last of the table if left out"
    )
    noise: float = quantity(
        0.01, "share", "Standard deviation of a count around the truth, round by round", PRIOR, 0, 1
    )
    weight: float = quantity(
        1.0, "ratio", "How much it counts: its noise is divided by the root of it", PRIOR, 0.01, 100
    )
    source: Prose = PRIOR

    @model_validator(mode="after")
    def _in_order(self) -> "Target":
        if self.first and self.last and month_number(self.last) < month_number(self.first):
            raise ValueError(f"last {self.last} is before first {self.first}")
        return self


class Survey(Strict):
    """Shares that a survey published: who plans to return and who does not know, why not, how those live who did."""

    statistic: Asked = Field(description="What is asked, and by what families are grouped")
    table: Prose = Field(
        description="CSV file beside the study: date, category, a column of shares for each answer, households"
    )
    answers: list[str] | None = Field(
        None, min_length=1, description="Answers that are compared; all of the question if left out"
    )
    margin: Prose | None = Field(
        None, description="Rows of the table whose column 'margin' has this value; all if left out"
    )
    design_effect: float = quantity(
        2.0, "ratio", "Variance of a share over that of a simple random sample", PRIOR, 1, 50
    )
    source: Prose = PRIOR


class Nuisance(Strict):
    """What stands between the model and what is published; fitted with the rest."""

    discrepancy: Prior = Field(
        description="Standard deviation of what the model misses in a month, of the log of a stock"
    )
    books: Prior | None = Field(
        None,
        description="Standard deviation of changes of the books and arrivals nobody foresaw, families per root month",
    )
    plan_shift: Prior | None = Field(
        None, description="Added to what return is worth when families are asked rather than go, utility"
    )
    plan_margin: Prior | None = Field(
        None, description="How far return has to beat all else to be planned, and to be beaten not to be, utility"
    )
    reason_margin: Prior | None = Field(
        None, description="How much a reason not to return has to take from going home to be named, utility"
    )
    returnee_discrepancy: Prior | None = Field(
        None, description="The same as discrepancy, of families that are back; 1 % a month if left out"
    )
    coverage: Prior | None = Field(
        None, description="Families that tracking reaches after 12 months, of those it would have reached at the start"
    )


class Unforeseen(Strict):
    """What forecasts reckon with although nobody has announced it; not fitted."""

    camp_closures: Prior = Field(
        description="Chance that a camp which is open, and not known to close, closes in a month without notice"
    )

    @model_validator(mode="after")
    def _chances(self) -> "Unforeseen":
        if not 0.0 <= self.camp_closures.low <= self.camp_closures.high <= 1.0:
            raise ValueError("camp_closures is a chance: low and high are from 0 to 1")
        return self


class Effort(Strict):
    """How much is simulated."""

    rows: int = quantity(6_000, "households", "Simulated households of a fit", PRIOR, 100, 1_000_000)
    rounds: int = quantity(4, "rounds", "Rounds of a fit from the prior", "measured on a stand-in model", 1, 20)
    rounds_warm: int = quantity(2, "rounds", "Rounds of a fit that goes on from an earlier one", PRIOR, 1, 20)
    simulations: int = quantity(1_024, "runs", "Simulations of a round", "measured on a stand-in model", 64, 100_000)
    batch: int = quantity(64, "runs", "Simulations kept at a time", PRIOR, 1, 10_000)
    draws: int = quantity(200, "draws", "Draws of the posterior that are kept and forecast from", PRIOR, 10, 10_000)
    forecast_rows: int = quantity(20_000, "households", "Simulated households of a forecast", PRIOR, 100, 1_000_000)


class Backtest(Strict):
    """Forecasts from the past: fitted to a month, and compared with what was published later."""

    launches: list[CalendarMonth] = Field(
        min_length=1, max_length=MOST_LAUNCHES, description="Months that are forecast from"
    )
    months: int = quantity(14, "months", "How far ahead", "study", 1, 120)
    every: int = quantity(2, "months", "Months between the dates that are scored, counted from January", "study", 1, 12)


class StudySpec(Strict):
    """A calibration study."""

    title: Prose = Field(max_length=MOST_TITLE, description="One line, shown above its tables")
    scenario: Prose = Field(description="What happened: a name such as iraq/as-happened, or a file beside the study")
    set: dict[str, Any] = Field(default={}, description="Values changed in the scenario, by dotted key")
    origin: CalendarMonth = Field(description="Forecast origin: no target and no event is dated later")
    free: dict[Name, Free] = Field(min_length=1, max_length=MOST_FREE, description="Parameters that are fitted")
    nuisance: Nuisance
    targets: dict[Name, Target] = Field(min_length=1, description="What they are fitted to")
    surveys: dict[Name, Survey] = Field(default={}, description="Published surveys they are fitted to")
    unforeseen: Unforeseen | None = None
    effort: Effort = Effort()
    backtest: Backtest | None = None
    seed: Annotated[int, Field(ge=0, le=2**31)] = Field(1, description="Seed of the fit")
