"""Camp closure: a camp is announced to close, and on its last day everybody in it has to leave.

Side effect, by design visible: families that would not have moved are expelled, others hastened or diverted.
"""

from typing import Annotated, Literal

from pydantic import Field

from sim.schema.base import CalendarMonth, quantity
from sim.schema.programme import Intervention


class CampClosure(Intervention):
    """Close camps in one month, after a notice."""

    kind: Literal["camp_closure"] = "camp_closure"
    sites: Annotated[list[str], Field(min_length=1)] | Literal["all"] = Field(
        description="Site ids, or all; of several closures of one camp the earliest counts"
    )
    closing_month: CalendarMonth = Field(description="Month by the end of which nobody is left in the camps")
    share: float = quantity(
        1.0,
        "share",
        "Part that closes, where a site stands for a group of camps; the families of a fixed lottery",
        "scenario",
        0.01,
        1,
    )
    notice_months: int = quantity(0, "months", "From the announcement to the closing month; 0: without notice", "scenario", 0, 60)  # fmt: skip
