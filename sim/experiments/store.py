"""The store of an experiment: one folder that grows as replicates finish, whatever becomes of who fills it.

``manifest.json`` says what was asked for; it is replaced when more seeds are. ``runs.npy`` has one record a replicate,
each at a place of its own, so that the file is the same in whatever order they finish; it is as long as all of them
from the start, and takes room on the disk as it fills. ``finished.jsonl`` has one line a finished replicate with the
SHA-256 of its record. It is written once the record is on the disk: what has no line, or another sum, does not count
and is run again.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sim.experiments.folder import MANIFEST
from sim.experiments.layout import HASHES, Layout
from sim.schema.errors import InputError

RUNS, FINISHED, DRAWN, KIND = "runs.npy", "finished.jsonl", "draws.npy", "experiment"
TO_READ = "draws.csv"  # the draws again, for people
ANEW = "the folder of this experiment, or another one"


@dataclass(frozen=True)
class Store:
    """A store that exists.

    Attributes
    ----------
    folder : Path
    manifest : dict
        What was asked for, and with what it began.
    layout : Layout
    finished : dict of int to dict
        Of every finished replicate what its line says.
    """

    folder: Path
    manifest: dict[str, Any]
    layout: Layout
    finished: dict[int, dict[str, Any]]

    @property
    def planned(self) -> int:
        """How many replicates were asked for."""
        return int(self.manifest["replicates"])

    @property
    def missing(self) -> list[int]:
        """Numbers of the replicates that are not finished."""
        return [number for number in range(self.planned) if number not in self.finished]

    def look_again(self) -> None:
        """Read anew what was asked for, and what is finished."""
        self.manifest.update(open_store(self.folder).manifest)
        self.finished.clear()
        self.finished.update(_lines(self.folder / FINISHED))

    def draws(self) -> pd.DataFrame:
        """Return the parameter draws, one a row, as they were run."""
        path, keys = self.folder / DRAWN, list(self.manifest["draws"]["keys"])
        if not keys:
            raise InputError("parameters do not vary in this experiment", file=self.folder, allowed="one with --draws")
        try:
            values = np.load(path, allow_pickle=False)
        except (OSError, ValueError) as error:
            raise InputError(f"cannot be read: {str(error).splitlines()[0]}", file=path) from None
        if sum_of_draws(values) != self.manifest["draws"]["sha256"]:
            raise InputError("was damaged or changed after it was written", file=path, allowed=ANEW)
        return pd.DataFrame(values.reshape(-1, len(keys)), columns=keys).rename_axis("draw")

    def records(self) -> npt.NDArray[np.void]:
        """Return the records of finished replicates; of all of them, a view of the file that is read when used."""
        try:
            every = np.load(self.folder / RUNS, mmap_mode="r", allow_pickle=False)
        except (OSError, ValueError) as error:
            raise InputError(f"cannot be read: {error}", file=self.folder / RUNS) from None
        if every.dtype != self.layout.record or every.ndim != 1 or len(every) < self.planned:
            raise InputError("holds the runs of another experiment", file=self.folder / RUNS)
        whole = every[: self.planned]  # it may have been about to grow
        found: npt.NDArray[np.void] = whole if not self.missing else whole[sorted(self.finished)]
        return found

    def parts(self) -> dict[str, xr.Dataset]:
        """Return what is finished, by part, along replicates."""
        return self.layout.opened(self.records(), sorted(self.finished))

    def state_hashes(self) -> npt.NDArray[np.str_]:
        """Return the state hashes of finished runs, by replicate and scenario."""
        return np.char.decode(self.records()[HASHES], "ascii")

    def damaged(self) -> list[int]:
        """Return finished replicates whose records are not what was written."""
        numbers = sorted(self.finished)
        sums = [self.finished[number].get("sha256") for number in numbers]
        return [n for n, record, digest in zip(numbers, self.records(), sums) if sum_of(record.tobytes()) != digest]


def is_store(folder: Path) -> bool:
    """Return whether a folder holds the store of an experiment."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return isinstance(manifest, dict) and manifest.get("kind") == KIND
    except (OSError, ValueError, RecursionError):
        return False


def open_store(folder: str | Path) -> Store:
    """Open a store.

    Raises
    ------
    InputError
        Where there is none, or its manifest cannot be read.
    """
    folder = Path(folder)
    if not is_store(folder):
        raise InputError("no experiment is kept in this folder", file=folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    try:
        layout = Layout.read(manifest["layout"])
        store = Store(folder, manifest, layout, dict(_lines(folder / FINISHED)))
        return store if all(0 <= number < store.planned for number in store.finished) else _unreadable(folder)
    except (KeyError, TypeError, ValueError):
        return _unreadable(folder)


def _unreadable(folder: Path) -> Store:
    raise InputError("was damaged or changed after it was written", file=folder / MANIFEST, allowed=ANEW)


def _lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield what lines say; one that was being written when the process ended is not there."""
    try:
        lines = path.read_bytes().split(b"\n")[:-1]
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None
    for line in lines:
        try:
            found = json.loads(line)
            yield int(found["replicate"]), found
        except (ValueError, KeyError, TypeError, RecursionError):
            continue


def sum_of_draws(values: npt.NDArray[np.float64]) -> str:
    """Return the SHA-256 of parameter draws."""
    return sum_of(np.ascontiguousarray(values, "<f8").tobytes())


def sum_of(content: bytes) -> str:
    """Return the SHA-256 of a record."""
    return hashlib.sha256(content).hexdigest()
