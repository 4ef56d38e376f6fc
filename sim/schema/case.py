"""What a case and its timeline hold, as a person writes them in YAML."""

from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, model_validator

from sim.schema.base import MOST_TITLE, PRIOR, CalendarMonth, Name, Prose, Strict, month_number, quantity
from sim.schema.parameters import Parameters

_MCNA = "REACH MCNA VIII Iraq 2020"
Windowed = TypeVar("Windowed", "ConditionChange", "Arrivals")
Share = Annotated[float, Field(ge=0, le=1)]
Shift = Annotated[float, Field(ge=-20, le=20)]


def _map_file(value: str) -> str:
    name = Path(value)
    if name.suffix not in (".geojson", ".json") or {*value} & {*"/\\:\n\t"}:
        raise ValueError("names a file beside the tables, ending in .geojson or .json, and no folder")
    return value


MapFile = Annotated[Prose, AfterValidator(_map_file)]


class Tenure(Strict):
    """Tenure at origin, as shares of households; they add up to 1."""

    owner: float = quantity(0.8, "share", "Owned their dwelling", PRIOR, 0, 1)
    tenant: float = quantity(0.12, "share", "Rented it", PRIOR, 0, 1)
    informal: float = quantity(0.08, "share", "Lived there without a title or lease", PRIOR, 0, 1)


class HlpDocuments(Strict):
    """Housing, land and property documents, as shares of households; they add up to 1."""

    none: float = quantity(0.36, "share", "None that is valid", f"{_MCNA}: 36 % lack valid ones", 0, 1)
    partial: float = quantity(0.2, "share", "Some", PRIOR, 0, 1)
    full: float = quantity(0.44, "share", "All", PRIOR, 0, 1)


class Composition(Strict):
    """Who the households are. Drawn once for the case; independent of place, origin and wave."""

    sizes: dict[Annotated[int, Field(strict=False)], Share] = Field(
        default={
            1: 0.03,
            2: 0.07,
            3: 0.1,
            4: 0.14,
            5: 0.16,
            6: 0.16,
            7: 0.13,
            8: 0.09,
            9: 0.05,
            10: 0.04,
            12: 0.03,
        },
        description="Share of households by number of persons; adds up to 1",
        json_schema_extra={"unit": "persons", "source": f"PRIOR around the mean of 5.7, {_MCNA}"},
    )
    female_headed: float = quantity(0.088, "share", "Headed by a woman without a spouse", _MCNA, 0, 1)
    vulnerable: float = quantity(0.25, "share", "A member with a disability or serious chronic illness", PRIOR, 0, 1)
    no_earner: float = quantity(0.15, "share", "Nobody works or seeks work", PRIOR, 0, 1)
    two_earners: float = quantity(0.25, "share", "Two adults work or seek work", PRIOR, 0, 1)
    skill_sd: float = quantity(0.4, "log", "Spread of earnings around the area's wage (log-normal, mean 1)", PRIOR, 0, 2)  # fmt: skip
    remittance_share: float = quantity(0.2, "share", "Receives money from relatives", PRIOR, 0, 1)
    remittance: float = quantity(80.0, "USD/month", "What those receive", PRIOR, 0, 5000)
    debt_share: float = quantity(
        0.55,
        "share",
        "In debt when displaced, or two years before the start; since then families live on their budget",
        f"{_MCNA}: owe over 505,000 IQD",
        0,
        1,
    )
    debt_mean: float = quantity(700.0, "USD", "Mean debt of those in debt (exponential)", PRIOR, 0, 50_000)
    savings_mean: float = quantity(600.0, "USD", "Mean savings of the others (exponential)", PRIOR, 0, 50_000)
    tenure: Tenure = Field(Tenure(), description="Tenure at origin", json_schema_extra={"unit": "shares", "source": PRIOR})  # fmt: skip
    hlp_documents: HlpDocuments = Field(HlpDocuments(), description="HLP documents", json_schema_extra={"unit": "shares", "source": f"{_MCNA}: 36 % lack valid ones; split PRIOR"})  # fmt: skip
    civil_documents: float = quantity(0.46, "share", "Has all key civil documents", f"{_MCNA}: 54 % miss at least one", 0, 1)  # fmt: skip
    affiliated: float = quantity(0.0, "share", "Perceived affiliation, where clearance is asked; off by default", "MODEL: off by default", 0, 1)  # fmt: skip

    @model_validator(mode="after")
    def _shares_add_up(self) -> "Composition":
        groups = {
            "sizes": sum(self.sizes.values()),
            "tenure": self.tenure.owner + self.tenure.tenant + self.tenure.informal,
            "hlp_documents": self.hlp_documents.none + self.hlp_documents.partial + self.hlp_documents.full,
        }
        for name, total in groups.items():
            if abs(total - 1.0) > 1e-6:
                raise ValueError(f"{name}: the shares add up to {total:.4g} and must add up to 1")
        if any(not 1 <= size <= 40 for size in self.sizes):
            raise ValueError("sizes: a household has 1 to 40 persons")
        if self.no_earner + self.two_earners > 1:
            raise ValueError("no_earner and two_earners together exceed 1")
        return self


class ConditionChange(Strict):
    """A change of one area condition over a window: set it, or multiply it."""

    condition: str = Field(description="Name of a condition in conditions.csv, or security")
    areas: list[str] | None = Field(None, min_length=1, description="P-codes; all areas when left out")
    first_month: CalendarMonth = Field(description="First month of the change")
    last_month: CalendarMonth | None = Field(None, description="Last month; to the end of the run when left out")
    value: float | None = quantity(None, "as the condition", "New value", "scenario", -1e10, 1e10)
    times: float | None = quantity(None, "ratio", "Factor on the value it would have had", "scenario", 0, 100)
    source: Prose = Field(PRIOR, description="Where the change is taken from")

    @model_validator(mode="after")
    def _one_effect(self) -> "ConditionChange":
        if (self.value is None) == (self.times is None):
            raise ValueError("give either value or times")
        return in_order(self)


class Arrivals(Strict):
    """Families that enter the case, displaced: a cohort with its own household numbers."""

    origin: str = Field(description="P-code of the area they come from")
    area: str = Field(description="P-code of the area where they stay")
    site: str | None = Field(None, description="Camp where they stay")
    shelter: Literal["camp", "informal_site", "rented", "hosted"] = Field("rented", description="Settlement type")
    wave: str = Field(description="Displacement wave they belong to")
    first_month: CalendarMonth = Field(description="First month of arrival")
    last_month: CalendarMonth | None = Field(None, description="Last month; the first when left out")
    families_per_month: int = quantity(..., "families/month", "How many arrive", "scenario", 1, 10_000_000)
    rows_per_month: int = quantity(
        10, "households/month", "Simulated households they are spread over", "scenario", 1, 1_000_000
    )
    source: Prose = Field(PRIOR, description="Where the number is taken from")

    @model_validator(mode="after")
    def _consistent(self) -> "Arrivals":
        if (self.shelter == "camp") != (self.site is not None):
            raise ValueError("a site goes with shelter: camp, and only with it")
        return in_order(self)


class Shock(Strict):
    """An event that sets the security of an area for a while, makes everybody there reconsider, and can drive them out."""

    area: str = Field(description="P-code of the area it strikes")
    month: CalendarMonth = Field(description="When it strikes")
    security: float = quantity(..., "index", "Security from then on", "scenario", 0, 1)
    months: int = quantity(1, "months", "How long security stays there", "scenario", 1, 600)
    displaces: float = quantity(0.0, "share", "Families of the case in the area whom it drives out, displaced or at home", "scenario", 0, 1)  # fmt: skip
    damages: float = quantity(0.0, "share", "Owners from the area whose house it makes unusable", "scenario", 0, 1)
    hosts: int = quantity(0, "families", "Families never displaced before whom it drives out of the area", "scenario", 0, 10_000_000)  # fmt: skip
    rows: int = quantity(30, "households", "Simulated households they are spread over", "scenario", 1, 1_000_000)
    wave: str | None = Field(None, description="Displacement wave the hosts belong to; required with hosts")
    source: Prose = Field(PRIOR, description="Where it is taken from")

    @model_validator(mode="after")
    def _hosts_have_a_wave(self) -> "Shock":
        if (self.hosts > 0) != (self.wave is not None):
            raise ValueError("a wave goes with hosts, and only with them")
        return self


class Recode(Strict):
    """A change of the books, not of households: families moved in the tracked stock between origins."""

    month: CalendarMonth = Field(description="First month that shows it")
    origin: str = Field(description="P-code of the area of origin")
    families: int = quantity(..., "families", "Added to the tracked stock from this origin, from then on", "scenario", -100_000_000, 100_000_000)  # fmt: skip
    source: Prose = Field(description="Where the change is documented")


def in_order(entry: Windowed) -> Windowed:
    """Refuse a window that ends before it begins."""
    if entry.last_month is not None and month_number(entry.last_month) < month_number(entry.first_month):
        raise ValueError(f"last_month {entry.last_month} is before first_month {entry.first_month}")
    return entry


_TIMELINE = {
    "conditions": "Changes of area conditions, by name",
    "arrivals": "Families that enter displaced, by cohort name",
    "shocks": "Events that make everybody in an area reconsider, by name",
    "recodes": "Changes of the tracking books, by name; used when a run is compared with history",
}


class Case(Strict):
    """Place, people and time: what every scenario of a case starts from."""

    title: Prose = Field(max_length=MOST_TITLE, description="One line, shown above every table and figure")
    question: Prose = Field("", description="What the scenario is meant to show, in plain words")
    tables: Prose = Field(".", description="Folder of the case tables, beside the file that names it")
    boundaries: MapFile | None = Field(
        None,
        description="GeoJSON file beside the tables, polygons in degrees with the property `pcode`, for maps; without it maps show tiles",
    )
    start: CalendarMonth = Field(description="First simulated month; stocks are those at its beginning")
    months: int = quantity(36, "months", "Months simulated", "case", 1, 600)
    rows: int | None = quantity(
        20_000, "households", "Simulated households aimed at; none: one per family", "case", 1, 50_000_000
    )
    school_months: list[Annotated[int, Field(ge=1, le=12)]] = Field(default=[], description="Calendar months of the school year")  # fmt: skip
    composition: Composition = Composition()
    parameters: Parameters = Parameters()
    conditions: dict[Name, ConditionChange] = Field(default={}, description=_TIMELINE["conditions"])
    arrivals: dict[Name, Arrivals] = Field(default={}, description=_TIMELINE["arrivals"])
    shocks: dict[Name, Shock] = Field(default={}, description=_TIMELINE["shocks"])
    recodes: dict[Name, Recode] = Field(default={}, description=_TIMELINE["recodes"])
    wave_shifts: dict[Name, Shift] = Field(
        default={}, description="Utility of home by displacement wave, instead of the return_shift of waves.csv"
    )
