"""The result of one run: data, what it was made from, and how it is kept."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr
import yaml

from sim.experiments.folder import MANIFEST, whole_folder
from sim.experiments.tidy import tidy
from sim.scenario import Scenario
from sim.schema.errors import InputError

SCHEMA_VERSION = 1
DATA, TIDY, RESOLVED = "data.nc", "tidy", "scenario.yaml"


@dataclass(frozen=True)
class Result:
    """One run of one scenario.

    Attributes
    ----------
    data : xarray.Dataset
        Everything recorded, with named dimensions and units; ``month`` 0 is the start. Not for publication
        as it is: small cells are complete.
    manifest : dict
        Schema version, software version, scenario, seed, rows, input hashes, state hash.
    resolved : dict
        The scenario with everything it extends, as plain data.
    """

    data: xr.Dataset
    manifest: dict[str, Any]
    resolved: dict[str, Any]

    def save(self, folder: str | Path) -> Path:
        """Write netCDF, tidy CSV and Parquet, the resolved scenario and the manifest; whole or not at all."""
        with whole_folder(Path(folder)) as draft:
            self.write(draft)
        return Path(folder)

    def write(self, draft: Path) -> None:
        """Write every file into a folder that exists."""
        self.data.to_netcdf(draft / DATA, engine="h5netcdf")
        table = tidy(self.data)
        table.to_csv(draft / f"{TIDY}.csv", index=False)
        table.to_parquet(draft / f"{TIDY}.parquet", index=False)
        (draft / RESOLVED).write_text(
            yaml.safe_dump(self.resolved, sort_keys=False, allow_unicode=True), encoding="utf-8"
        )
        (draft / MANIFEST).write_text(json.dumps(self.manifest, indent=2) + "\n", encoding="utf-8")

    def tidy(self) -> pd.DataFrame:
        """Return the publishable table: one value a row, small cells suppressed."""
        return tidy(self.data)


def open_result(folder: str | Path) -> Result:
    """Open a saved result; arrays are read when used.

    Raises
    ------
    InputError
        When the folder holds no result, or one of another schema version, or was changed by hand.
    """
    folder = Path(folder)
    manifest = read_manifest(folder, "run")
    try:
        data = xr.open_dataset(folder / DATA, engine="h5netcdf")
        resolved = yaml.safe_load((folder / RESOLVED).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"the result cannot be read: {str(error).splitlines()[0]}", file=folder) from None
    return Result(data, manifest, resolved)


def read_manifest(folder: Path, kind: str) -> dict[str, Any]:
    """Return the manifest of a results folder, after checking that it is of this kind and version."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        version, found = manifest["schema_version"], manifest["kind"]
    except FileNotFoundError:
        raise InputError("no results in this folder", file=folder, allowed=f"a folder with {MANIFEST}") from None
    except (ValueError, KeyError, TypeError, OSError):
        raise InputError("the manifest is damaged", file=folder / MANIFEST) from None
    if version != SCHEMA_VERSION:
        raise InputError("results of another version", file=folder, value=version, allowed=str(SCHEMA_VERSION))
    if found != kind:
        raise InputError(f"holds a {found}, not a {kind}", file=folder)
    return dict(manifest)


def input_hashes(scenario: Scenario) -> dict[str, str]:
    """Return the SHA-256 of every file a scenario was read from, by file name."""
    files = [*scenario.lineage, *sorted(scenario.tables.glob("*.csv"))]
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
