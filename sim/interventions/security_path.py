"""Security path: security of areas led to another level over some months, by clearance, police, peacekeepers or a truce.

With a level below the present one it is a deterioration, or a withdrawal. Side effects: the displaced believe an
improvement only slowly; where many then go home, rents rise and services are shared by more; a path that does not last
brings home families who have to flee again.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from sim.schema.base import PRIOR, quantity
from sim.schema.programme import Float, Measure


class SecurityPath(Measure):
    """Security of areas over time."""

    kind: Literal["security_path"] = "security_path"
    to: float = quantity(..., "index", "Security that it leads to", "scenario", 0, 1)
    ramp_months: int = quantity(12, "months", "From the first month to that level, in equal steps", PRIOR, 1, 600)
    lasting: bool = Field(True, description="Whether what was reached stays after the last month; else it is as it was")

    def act(self, paths: Mapping[str, Float], months: range, areas: list[int]) -> None:
        """Lead security to its new level."""
        security = paths["security"]
        last = len(security) if self.lasting else min(months.stop, len(security))
        for month in range(max(0, months.start), last):
            steps = min(month + 1, months.stop) - months.start  # after the window it stays as far as it got
            weight = min(1.0, steps / self.ramp_months)
            security[month, areas] = (1 - weight) * security[month, areas] + weight * self.to
