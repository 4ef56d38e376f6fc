"""What a course of events costs, whom, and when it pays: pure functions of recorded state.

Care and maintenance is what it costs to look after the displaced, by settlement type (IDMC 2020, *Unveiling the cost
of internal displacement*, gives 370 USD per person and year, 109 to 830 by crisis). It stands beside the money that
programmes commit; a saving in either that households or hosts pay for is shown next to it.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from sim.outcomes.additive import ROUND_OFF

Float = npt.NDArray[np.float64]
CARE = {"camp": "care_camp", "informal_site": "care_informal", "rented": "care_rented", "hosted": "care_hosted"}
CENTS = 100.0
MONTHS = 12.0


def accounts(data: xr.Dataset, parameters: Any) -> dict[str, xr.DataArray]:
    """Return the accounts of a run, month by month; nothing in month 0, the start.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run.
    parameters : sim.schema.parameters.Parameters

    Returns
    -------
    dict of str to xarray.DataArray, USD
        ``care`` (month, shelter): care and maintenance of the displaced, as if all aid were paid.
        ``aid_withheld`` (month): aid that a cut keeps from them, which is a saving to who pays and a loss to them.
        ``host_rent`` (month): what host renters pay more than at the start, since rents rose; less than 0 if they fell.
        ``discounted`` (month): programme money and care, less aid withheld, at what it is worth at the start. No
        more is saved on care than it costs, also where aid is set above it.
    """
    care, withheld = _care(data, parameters.costs), _withheld(data, parameters.budget)
    spent = data["spent"].sum([dim for dim in data["spent"].dims if dim != "month"]) / CENTS
    paid = spent + (care.sum("shelter") - withheld).clip(min=0.0)
    worth = (1.0 + parameters.costs.discount_rate) ** (-data["month"] / MONTHS)
    found = {
        "care": care,
        "aid_withheld": withheld,
        "host_rent": _host_rent(data, parameters.markets),
        "discounted": paid * worth,
    }
    meanings = {
        "care": "care and maintenance of the displaced, as if all aid were paid",
        "aid_withheld": "aid that a cut keeps from the displaced",
        "host_rent": "what host renters pay more than at the start",
        "discounted": "programme money and care less aid withheld, discounted to the start",
    }
    return {name: one.assign_attrs(unit="USD", long_name=meanings[name]) for name, one in found.items()}


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


def _care(data: xr.Dataset, costs: Any) -> xr.DataArray:
    """Return families displaced by shelter, times their mean size, times the monthly rate of the shelter."""
    displaced = data["by_shelter"].sel(situation="displaced")
    families = displaced.sum("shelter")
    persons = data["persons"].sel(situation="displaced").sum(["origin", "area"])
    size = persons / families.clip(min=1)
    rates = [getattr(costs, CARE[str(name)]) if str(name) in CARE else 0.0 for name in displaced["shelter"].values]
    monthly = xr.DataArray(np.array(rates) / MONTHS, dims="shelter", coords={"shelter": displaced["shelter"]})
    return _after_the_start((displaced * size * monthly).drop_vars("situation").transpose("month", "shelter"))


def _withheld(data: xr.Dataset, budget: Any) -> xr.DataArray:
    stock = data["persons"].sel(situation="displaced", drop=True).sum("origin")
    in_camps = _camp_share(data) * stock
    cut_camp, cut_out = 1.0 - data["aid_camp_share"], 1.0 - data["aid_out_share"]
    kept = in_camps * cut_camp * budget.aid_camp + (stock - in_camps) * cut_out * budget.aid_out
    return _after_the_start(kept.sum("area"))


def _camp_share(data: xr.Dataset) -> xr.DataArray:
    """Return the share of the displaced families of an area that live in its camps."""
    families = data["families"].sel(situation="displaced", drop=True).sum("origin")
    if "site" not in data.dims:
        return xr.zeros_like(families, dtype=float)
    camps = data["site_families"].groupby("site_area").sum().rename(site_area="area")
    camps = camps.reindex(area=families["area"].values, fill_value=0)
    share: xr.DataArray = camps / families.clip(min=1)
    return share


def _host_rent(data: xr.Dataset, markets: Any) -> xr.DataArray:
    renters = np.floor(data["host_population"] * markets.host_renter_share)
    dearer = data["rent"] - data["rent"].isel(month=0, drop=True)
    return _after_the_start((renters * dearer / CENTS).sum("area"))


def _after_the_start(account: xr.DataArray) -> xr.DataArray:
    return account.where(account["month"] > 0, 0.0).drop_vars(["date"], errors="ignore")
