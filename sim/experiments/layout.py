"""How the summary of a replicate is laid out as one record of a file, and read back without being copied."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import xarray as xr

from sim.experiments.replicate import REPLICATE, Summary

HASHES = "state_hashes"  # field of a record


@dataclass(frozen=True)
class Layout:
    """How the summary of a replicate is laid out as one record.

    Attributes
    ----------
    record : numpy.dtype
        One field a variable, ``part/name``, and one for state hashes.
    parts : dict of str to xarray.Dataset
        Of every part its axes, labels and units; variables are empty.
    """

    record: np.dtype[np.void]
    parts: Mapping[str, xr.Dataset]

    @classmethod
    def of(cls, summary: Summary) -> "Layout":
        """Return the layout of a summary, and so of all others of its experiment."""
        fields: list[Any] = [
            (f"{part}/{name}", found.dtype.newbyteorder("<"), found.shape)
            for part, data in summary.parts.items()
            for name, found in data.data_vars.items()
        ]
        fields.append((HASHES, "S64", (len(summary.state_hashes),)))
        return cls(np.dtype(fields), {part: _labels_of(data) for part, data in summary.parts.items()})

    def packed(self, summary: Summary) -> bytes:
        """Return a summary as a record."""
        record = np.zeros((), self.record)
        for part, data in summary.parts.items():
            for name, found in data.variables.items():
                if name in data.data_vars:
                    record[f"{part}/{name}"] = found.values
        record[HASHES] = np.array(summary.state_hashes, "S64")
        return record.tobytes()

    def opened(self, records: npt.NDArray[np.void], numbers: list[int]) -> dict[str, xr.Dataset]:
        """Return the parts of some records along their numbers, as views of them."""
        return {part: self._part(part, records, numbers) for part in self.parts}

    def _part(self, part: str, records: npt.NDArray[np.void], numbers: list[int]) -> xr.Dataset:
        labels = self.parts[part]
        variables = {
            name: xr.Variable((REPLICATE, *dims), records[f"{part}/{name}"], attrs)
            for name, (dims, attrs) in labels.attrs["variables"].items()
        }
        return xr.Dataset(variables, {**labels.coords.variables, REPLICATE: xr.Variable(REPLICATE, numbers)})

    def written(self) -> dict[str, Any]:
        """Return the layout as plain data."""
        return {
            "record": [(name, self.record[name].base.str, self.record[name].shape) for name in self.record.names or ()],
            "parts": {
                part: {"labels": data.coords.to_dataset().to_dict(), "variables": data.attrs["variables"]}
                for part, data in self.parts.items()
            },
        }

    @classmethod
    def read(cls, written: Mapping[str, Any]) -> "Layout":
        """Return the layout that was written."""
        record = np.dtype([(name, kind, tuple(shape)) for name, kind, shape in written["record"]])
        if record.hasobject:
            raise ValueError("records hold no objects")
        parts = {
            part: xr.Dataset.from_dict(one["labels"]).assign_attrs(
                variables={name: (tuple(dims), attrs) for name, (dims, attrs) in one["variables"].items()}
            )
            for part, one in written["parts"].items()
        }
        return cls(record, parts)


def _labels_of(data: xr.Dataset) -> xr.Dataset:
    """Return the labels of a dataset, with axes and attributes of its variables as an attribute."""
    variables = {
        str(name): (found.dims, found.attrs) for name, found in data.variables.items() if name in data.data_vars
    }
    return xr.Dataset(coords=data.coords).assign_attrs(variables=variables)
