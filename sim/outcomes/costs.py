"""What a course of events costs, whom, and when it pays: pure functions of recorded state.

Care and maintenance is what it costs to look after the displaced, by settlement type (IDMC 2020, *Unveiling the cost
of internal displacement*, gives 370 USD per person and year, 109 to 830 by crisis). It stands beside the money that
programmes commit; a saving in either that households or hosts pay for is shown next to it.
"""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from sim.outcomes.additive import ROUND_OFF
from sim.world.recorder import Variable

Float = npt.NDArray[np.float64]
CARE = {"camp": "care_camp", "informal_site": "care_informal", "rented": "care_rented", "hosted": "care_hosted"}
CENTS = 100.0
MONTHS = 12.0


#: Accounts of a run by month: dimensions after ``month``, unit, meaning.
ACCOUNTS = {
    "care": Variable(("shelter",), "USD", "care and maintenance of the displaced, as if all aid were paid"),
    "aid_withheld": Variable((), "USD", "aid that a cut keeps from the displaced"),
    "host_rent": Variable((), "USD", "what host renters pay more than at the start"),
    "discounted": Variable((), "USD", "programme money and care less aid withheld, discounted to the start"),
}


def accounts(recorded: Mapping[Any, xr.Variable], parameters: Any) -> dict[str, xr.Variable]:
    """Return the accounts of a run, month by month; nothing in month 0, the start.

    Parameters
    ----------
    recorded : mapping of str to xarray.Variable
        What a run recorded and the labels of its dimensions, as ``variables`` of its dataset.
    parameters : sim.schema.parameters.Parameters

    Returns
    -------
    dict of str to xarray.Variable, USD
        ``care`` (month, shelter): care and maintenance of the displaced, as if all aid were paid.
        ``aid_withheld`` (month): aid that a cut keeps from them, which is a saving to who pays and a loss to them.
        ``host_rent`` (month): what host renters pay more than at the start, since rents rose; less than 0 if they fell.
        ``discounted`` (month): programme money and care, less aid withheld, at what it is worth at the start. No
        more is saved on care than it costs, also where aid is set above it.
    """
    run = _Recorded(recorded)
    care, withheld = _care(run, parameters.costs), _withheld(run, parameters.budget)
    paid = run.spent() / CENTS + np.maximum(0.0, care.sum(axis=1) - withheld)
    worth = (1.0 + parameters.costs.discount_rate) ** (-np.arange(len(paid)) / MONTHS)
    found = {
        "care": care,
        "aid_withheld": withheld,
        "host_rent": _host_rent(run, parameters.markets),
        "discounted": paid * worth,
    }
    return {name: _labelled(name, np.where(run.begun(one.ndim), one, 0.0)) for name, one in found.items()}


class _Recorded:
    """Recorded data as plain arrays, months first: quick where they are small and many."""

    def __init__(self, recorded: Mapping[Any, xr.Variable]) -> None:
        self.recorded = recorded

    def labels(self, name: str) -> list[str]:
        """Return the labels of a dimension, or of a coordinate along one."""
        return [str(label) for label in self.recorded[name].values]

    def of(self, name: str, *dims: str, situation: str | None = None) -> Float:
        """Return a variable by month and these dimensions, summed over others, of one situation."""
        variable = self.recorded[name]
        if situation is not None:
            variable = variable.isel(situation=self.labels("situation").index(situation))
        others = tuple(n for n, dim in enumerate(variable.dims) if dim not in ("month", *dims))
        summed: Float = variable.values.sum(axis=others, dtype=np.float64)
        return summed

    def spent(self) -> Float:
        """Return the money all programmes commit, cents."""
        return self.of("spent")

    def begun(self, axes: int) -> npt.NDArray[np.bool_]:
        """Return which months are after the start, along the first of some axes."""
        return (np.arange(len(self.recorded["month"])) > 0).reshape(-1, *[1] * (axes - 1))


def _labelled(name: str, values: Float) -> xr.Variable:
    account = ACCOUNTS[name]
    attrs = {"unit": account.unit, "long_name": account.meaning}
    return xr.Variable(("month", *account.dims), values, attrs)


def payback_month(cost: Float, baseline: Float) -> float:
    """Return the month from which a scenario has cost no more in all than its baseline, and does so to the end.

    Parameters
    ----------
    cost, baseline : float64[months + 1]
        Discounted cost by month, from the start.

    Returns
    -------
    float
        Month, 0 where it never cost more; infinite where it has not paid back within the run.
    """
    rounding = ROUND_OFF * float(np.abs(cost).sum() + np.abs(baseline).sum())  # what is paid back to the cent is paid
    dearer = np.flatnonzero(np.cumsum(cost - baseline) > rounding)
    if dearer.size == 0:
        return 0.0
    return float(dearer[-1] + 1) if dearer[-1] + 1 < len(cost) else float("inf")


def cost_per(extra_cost: float, extra_solutions: float) -> float:
    """Return the cost of each additional solution; NaN where there is none more, so that nothing is bought."""
    return extra_cost / extra_solutions if extra_solutions > 0 else float("nan")


def _care(run: _Recorded, costs: Any) -> Float:
    """Return families displaced by shelter, times their mean size, times the monthly rate of the shelter."""
    displaced = run.of("by_shelter", "shelter", situation="displaced")
    persons = run.of("persons", situation="displaced")
    size = persons / np.maximum(displaced.sum(axis=1), 1.0)
    rates = [getattr(costs, CARE[name]) / MONTHS if name in CARE else 0.0 for name in run.labels("shelter")]
    care: Float = displaced * size[:, None] * np.array(rates)
    return care


def _withheld(run: _Recorded, budget: Any) -> Float:
    """Return aid not paid, by the people of an area in camps and out of them."""
    persons = run.of("persons", "area", situation="displaced")
    in_camps = _camp_share(run) * persons
    cut_camp, cut_out = (1.0 - run.of(name, "area") for name in ("aid_camp_share", "aid_out_share"))
    kept: Float = in_camps * cut_camp * budget.aid_camp + (persons - in_camps) * cut_out * budget.aid_out
    total: Float = kept.sum(axis=1)
    return total


def _camp_share(run: _Recorded) -> Float:
    """Return the share of the displaced families of an area that live in its camps, by month and area."""
    families = run.of("families", "area", situation="displaced")
    camps = np.zeros_like(families)
    if "site_families" in run.recorded:
        of_site, area_of = run.of("site_families", "site"), np.array(run.labels("site_area"))
        for n, area in enumerate(run.labels("area")):
            camps[:, n] = of_site[:, area_of == area].sum(axis=1)
    share: Float = camps / np.maximum(families, 1.0)
    return share


def _host_rent(run: _Recorded, markets: Any) -> Float:
    rent = run.of("rent", "area")
    dearer: Float = np.floor(run.of("host_population", "area") * markets.host_renter_share) * (rent - rent[0]) / CENTS
    total: Float = dearer.sum(axis=1)
    return total
