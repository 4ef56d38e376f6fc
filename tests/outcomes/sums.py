"""Sums of recorded arrays, and whether they agree."""

from collections.abc import Hashable

import numpy as np
import xarray as xr


def everywhere(array: xr.DataArray, *kept: Hashable) -> xr.DataArray:
    """Return an array summed over all dimensions but some."""
    return array.sum([dim for dim in array.dims if dim not in kept]).drop_vars(["date", "month"], errors="ignore")


def assessed_months(data: xr.Dataset) -> xr.Dataset:
    """Return the months in which households are assessed, along the axis of assessments."""
    months = data["assessed"].values
    return data.drop_vars("assessed").sel(month=months).rename(month="assessed").assign_coords(assessed=months)


def same(one: xr.DataArray, other: xr.DataArray) -> None:
    np.testing.assert_allclose(one.values, other.transpose(*one.dims).values, rtol=1e-12)
