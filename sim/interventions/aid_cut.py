"""Aid cut-off: humanitarian aid of the uncommitted falls by a share, in camps, out of them, or everywhere.

It is a push. Every move of a family whose aid is cut is judged against the same month with the aid it had. Side effect,
by design visible: families run down savings, fall into debt and move against their will; what the donor saves, they pay.
"""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from sim.schema.base import quantity
from sim.schema.programme import Float, Measure


class AidCut(Measure):
    """Less aid for families in displacement, for a while or for good."""

    kind: Literal["aid_cut"] = "aid_cut"
    where: Literal["anywhere", "camps", "out_of_camp"] = Field("anywhere", description="In camps, out of them, or both")
    share: float = quantity(
        1.0, "share", "Part of the aid still paid that is no longer given; cuts multiply", "scenario", 0.01, 1
    )

    def act(self, paths: Mapping[str, Float], months: range, areas: list[int]) -> None:
        """Lower the share of aid that is paid."""
        cut = {"camps": ("aid_camp_share",), "out_of_camp": ("aid_out_share",)}
        for name in cut.get(self.where, ("aid_camp_share", "aid_out_share")):
            span = slice(max(0, months.start), max(0, months.stop))
            paths[name][span, areas] *= 1 - self.share
