"""What every results folder holds: all series, one publishable table, the resolved scenarios, the manifest."""

import json
from collections.abc import Iterable, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

import netCDF4
import pandas as pd
import xarray as xr
import yaml

from sim.experiments.checksums import SUMS, file_sum, verified
from sim.experiments.folder import MANIFEST
from sim.scenario import Scenario
from sim.schema.errors import InputError

SCHEMA_VERSION = 1
DATA, ENDS, RESOLVED = "data.nc", "ends.nc", "scenario.yaml"
_FIRST_BYTES = 1 << 20  # that a file made in memory begins with; it grows
WAY_OUT = "the folder as it was written; otherwise run it again"


def write_record(
    draft: Path,
    data: dict[str, xr.Dataset],
    table: pd.DataFrame,
    stem: str,
    resolved: Any,
    manifest: dict[str, Any],
) -> None:
    """Write a record into a folder that exists: netCDF files, the table as ``stem.csv`` and ``stem.parquet``."""
    for name, dataset in data.items():
        (draft / name).write_bytes(_netcdf(dataset))
    table.to_csv(draft / f"{stem}.csv", index=False, float_format="%.8g")
    table.to_parquet(draft / f"{stem}.parquet", index=False)
    text = yaml.safe_dump(resolved, sort_keys=False, allow_unicode=True)
    (draft / RESOLVED).write_text(text, encoding="utf-8")
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")


def _netcdf(data: xr.Dataset) -> bytes:
    """Return the netCDF file of a dataset, made in memory: on a disk that is full HDF5 ends the whole process."""
    file = netCDF4.Dataset("image", "w", memory=_FIRST_BYTES)
    data.dump_to_store(xr.backends.NetCDF4DataStore(file))  # type: ignore[no-untyped-call]
    return bytes(file.close())


def read_record(
    folder: Path, kind: str, variables: Mapping[str, Iterable[str]]
) -> tuple[list[xr.Dataset], dict[str, Any], Any]:
    """Return datasets (read when used), manifest and resolved scenarios of a folder of this kind.

    ``variables`` names the netCDF files wanted, and what each must hold.

    Raises
    ------
    InputError
        When the folder holds no record of this kind and schema version with these variables, or a file of it is
        not what was written.
    """
    if not any((folder / name).exists() for name in (MANIFEST, SUMS)):
        raise InputError("no results in this folder", file=folder, allowed=f"a folder with {MANIFEST}")
    verified(folder, (MANIFEST, *variables, RESOLVED), WAY_OUT)
    manifest = _manifest(folder, kind)
    try:
        found = {name: xr.open_dataset(folder / name, engine="netcdf4") for name in variables}
        resolved = yaml.safe_load((folder / RESOLVED).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, yaml.YAMLError) as error:
        raise InputError(f"the {kind} cannot be read: {str(error).splitlines()[0]}", file=folder) from None
    for file, data in found.items():
        if missing := [name for name in variables[file] if name not in data]:
            message = f"was written by other software ({manifest.get('software')}) and lacks '{missing[0]}'"
            raise InputError(message, file=folder / file, allowed=WAY_OUT)
    return list(found.values()), manifest, resolved


def stamp(kind: str) -> dict[str, Any]:
    """Return how a manifest begins: schema version, kind, software."""
    return {"schema_version": SCHEMA_VERSION, "kind": kind, "software": f"solutions-sim {version('solutions-sim')}"}


def input_hashes(scenario: Scenario) -> dict[str, str]:
    """Return the SHA-256 of every file a scenario was read from, by file name."""
    return {path.name: file_sum(path) for path in input_files(scenario)}


def input_files(scenario: Scenario) -> list[Path]:
    """Return every file a scenario was read from."""
    maps = [scenario.boundaries] if scenario.boundaries else []
    return [*scenario.lineage, *sorted(scenario.tables.glob("*.csv")), *maps]


def _manifest(folder: Path, kind: str) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        schema, found = manifest["schema_version"], manifest["kind"]
    except (ValueError, KeyError, TypeError, OSError, RecursionError):
        raise InputError("the manifest is damaged", file=folder / MANIFEST) from None
    if schema != SCHEMA_VERSION:
        raise InputError("results of another version", file=folder, value=schema, allowed=str(SCHEMA_VERSION))
    if found != kind:
        raise InputError(f"holds a {found}, not a {kind}", file=folder)
    return dict(manifest)
