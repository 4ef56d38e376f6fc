"""A fit as ArviZ InferenceData (Kumar et al. 2019): groups of one netCDF file, which `arviz.from_netcdf` opens."""

from pathlib import Path

import numpy as np
import xarray as xr

from sim.calibrate.abc import Posterior
from sim.calibrate.problem import Float
from sim.calibrate.study import Study, observed, statistic_names

PRIOR_DRAWS = 1_000
CHAIN, DRAW, STATISTIC = "chain", "draw", "statistic"


def groups_of(study: Study, until: str, posterior: Posterior, predicted: Float) -> dict[str, xr.Dataset]:
    """Return the groups: posterior, prior, observed_data, posterior_predictive.

    Parameters
    ----------
    study : Study
    until : str
        Month that was fitted to.
    posterior : Posterior
    predicted : float64[draws, s]
        Statistics that draws of the posterior would have given.
    """
    compared = study.compared_until(until)
    names = list(statistic_names(compared))
    shares = np.random.default_rng(study.spec.seed).random((PRIOR_DRAWS, len(study.priors)))
    before = np.column_stack([prior.at(shares[:, n]) for n, prior in enumerate(study.priors.values())])
    return {
        "posterior": _draws(posterior.names, posterior.draws),
        "prior": _draws(posterior.names, before),
        "observed_data": xr.Dataset({"published": (STATISTIC, observed(compared))}, {STATISTIC: names}),
        "posterior_predictive": xr.Dataset(
            {"published": ((CHAIN, DRAW, STATISTIC), predicted[None])},
            {CHAIN: [0], DRAW: np.arange(len(predicted)), STATISTIC: names},
        ),
    }


def _draws(names: tuple[str, ...], values: Float) -> xr.Dataset:
    columns = {name: ((CHAIN, DRAW), values[None, :, n]) for n, name in enumerate(names)}
    return xr.Dataset(columns, {CHAIN: [0], DRAW: np.arange(len(values))})


def write_inference_data(groups: dict[str, xr.Dataset], path: Path) -> None:
    """Write groups into one file."""
    for n, (name, data) in enumerate(groups.items()):
        data.to_netcdf(path, mode="w" if n == 0 else "a", group=name, engine="netcdf4")
