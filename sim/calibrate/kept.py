"""A folder in which finished parts of a fit are kept, so that one that was killed goes on where it was."""

import hashlib
import json
import os
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from sim.calibrate.problem import Float
from sim.experiments.folder import take
from sim.schema.errors import InputError

ACCOUNT, DRAFT, LOCK = "problem.json", ".draft", ".lock"
ANEW = "a new or empty folder, or that of the same problem, settings and seed"


class Kept:
    """Parts of a fit, each a file of arrays; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def once(self, name: str, make: Callable[[], Mapping[str, Float]]) -> dict[str, Float]:
        """Return the part of this name: as it was kept, else made now and kept.

        A file is whole or not there: it gets its name when all of it is on the disk. One that was damaged since is
        made again.
        """
        if self._folder is None:
            return dict(make())
        path = self._folder / f"{name}.npz"
        found = _read(path)
        if found is None:
            found = dict(make())
            _write(path, lambda file: np.savez(file, allow_pickle=False, **found))
        return found


@contextmanager
def kept(folder: Path | None, account: Mapping[str, Any]) -> Iterator[Kept]:
    """Yield what is kept in a folder, of the fit that an account tells; one process at a time.

    Raises
    ------
    InputError
        Where the folder holds something else, cannot be written, or another process is filling it.
    """
    if folder is None:
        yield Kept(None)
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_other(folder, account)
        with (folder / LOCK).open("wb") as lock:
            take(lock, folder)
            yield Kept(folder)
    except OSError as error:
        raise InputError(f"the folder cannot be written: {error.strerror or error}", file=folder) from None


def _refuse_other(folder: Path, account: Mapping[str, Any]) -> None:
    """Refuse a folder of something else; say in a new one what it is of."""
    path, text = folder / ACCOUNT, json.dumps(account, indent=2, sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    if not path.exists():
        if any(one.name not in (DRAFT, LOCK) for one in folder.iterdir()):
            raise InputError("the folder holds something else than a fit", file=folder, allowed=ANEW)
        _write(path, lambda file: file.write(json.dumps({"sha256": digest, **account}, indent=2).encode()))
        return
    try:
        then = json.loads(path.read_text(encoding="utf-8"))["sha256"]
    except (ValueError, KeyError, TypeError):
        raise InputError("the account of the fit cannot be read", file=path, allowed=ANEW) from None
    if then != digest:
        raise InputError("the folder holds the fit of another problem", file=folder, allowed=ANEW)


def _read(path: Path) -> dict[str, Float] | None:
    """Return the arrays of a file; None where it is not there or damaged."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            return {name: arrays[name] for name in arrays.files}
    except (FileNotFoundError, ValueError, EOFError, KeyError, zipfile.BadZipFile, zlib.error):
        return None


def _write(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Write a file whole or not at all."""
    draft = path.parent / DRAFT
    with draft.open("wb") as file:
        write(file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
