"""The result of one run: data, what it was made from, and how it is kept."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd
import xarray as xr

from sim.experiments.checkpoint import discard
from sim.experiments.folder import whole_folder
from sim.experiments.record import DATA, read_record, write_record
from sim.experiments.tidy import tidy
from sim.outcomes import PublishedRun, published_run
from sim.outcomes.changes import Lives
from sim.world.recorder import ASSESSED, RECORDED

# what every run records; without programmes an empty dimension is left out
_ALWAYS = ("spent", *(name for name, variable in (RECORDED | ASSESSED).items() if "programme" not in variable.dims))


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
    checkpoint : Path, optional
        The checkpoint of the run, kept until the result is saved.
    lives : Lives, optional
        What has become of each household, of a run that has just ended; never written.
    """

    data: xr.Dataset
    manifest: dict[str, Any]
    resolved: dict[str, Any]
    checkpoint: Path | None = None
    lives: Lives | None = None

    @property
    def notes(self) -> tuple[str, ...]:
        """What the reader must be told of a scenario that pushes people."""
        return tuple(self.manifest.get("notes", ()))

    def save(self, folder: str | Path) -> Path:
        """Write netCDF, tidy CSV and Parquet, the resolved scenario and the manifest; whole or not at all."""
        with whole_folder(Path(folder)) as draft:
            self.write(draft)
        self.let_go()
        return Path(folder)

    def write(self, draft: Path) -> None:
        """Write every file into a folder that exists."""
        write_record(draft, {DATA: self.data}, self.tidy(), "tidy", self.resolved, self.manifest)

    def let_go(self) -> None:
        """Take the checkpoint of the run away, now that the result is saved."""
        if self.checkpoint is not None:
            discard(self.checkpoint)

    def tidy(self) -> pd.DataFrame:
        """Return the publishable table: one value a row, small cells blank with what would give them away."""
        return tidy(self.data, self.published)

    @cached_property
    def published(self) -> PublishedRun:
        """What may be published of the run: tables and figures are made of this."""
        return published_run(self.data)


def open_result(folder: str | Path) -> Result:
    """Open a saved result; arrays are read when used.

    Raises
    ------
    InputError
        When the folder holds no result, or one of another schema version, or was damaged.
    """
    (data,), manifest, resolved = read_record(Path(folder), "run", {DATA: _ALWAYS})
    return Result(data, manifest, resolved)
