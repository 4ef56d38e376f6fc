"""Datasets of the same kind put side by side along a new axis, without aligning what is alike anyway."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr

PROGRAMME = "programme"  # the one axis whose labels scenarios may differ in


def stacked(datasets: Sequence[xr.Dataset], dim: str, labels: Sequence[Any]) -> xr.Dataset:
    """Return datasets along a new first axis; a programme that one of them lacks did nothing there.

    Parameters
    ----------
    datasets : sequence of xarray.Dataset
        Alike in names, axes and labels but for programmes.
    dim : str
        The new axis.
    labels : sequence
        Its labels, one a dataset.
    """
    programmes = list(dict.fromkeys(str(name) for one in datasets for name in _programmes(one)))
    names = dict.fromkeys(name for one in datasets for name in one.data_vars)
    variables = {str(name): _stacked(datasets, str(name), dim, programmes) for name in names}
    coords = {name: one.variable for each in reversed(datasets) for name, one in each.coords.items()}
    if programmes:
        coords[PROGRAMME] = xr.Variable(PROGRAMME, programmes)
    return xr.Dataset(variables, coords | {dim: xr.Variable(dim, list(labels))})


def _programmes(data: xr.Dataset) -> list[Any]:
    return list(data[PROGRAMME].values) if PROGRAMME in data.dims else []


def _stacked(datasets: Sequence[xr.Dataset], name: str, dim: str, programmes: list[str]) -> xr.Variable:
    """Return one variable along the new axis, zero for programmes that a dataset does not have."""
    fullest = max((one.variables[name] for one in datasets if name in one), key=lambda found: found.ndim)
    sizes = {along: len(programmes) if along == PROGRAMME else size for along, size in fullest.sizes.items()}
    values = np.zeros((len(datasets), *sizes.values()), fullest.dtype)
    for n, one in enumerate(datasets):
        if name not in one or one.variables[name].dims != fullest.dims:
            continue  # without programmes there is one entry less, and nothing in it
        at: list[Any] = [slice(None)] * fullest.ndim
        if PROGRAMME in sizes:
            at[fullest.dims.index(PROGRAMME)] = [programmes.index(str(label)) for label in _programmes(one)]
        values[n][tuple(at)] = one.variables[name].values
    return xr.Variable((dim, *fullest.dims), values, fullest.attrs)
