"""Writing a folder whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from sim.experiments.checksums import files_in, write_sums
from sim.experiments.interrupt import uninterrupted
from sim.schema.errors import InputError

MANIFEST = "manifest.json"


@contextmanager
def whole_folder(target: Path, sealed: bool = True) -> Iterator[Path]:
    """Yield a temporary folder beside ``target`` that takes its name when everything was written.

    An earlier results folder of that name is replaced at that moment; any other folder that is not empty is refused.
    What is ``sealed`` is not meant to be edited: the sums of its files are kept with it.
    """
    target = Path(target)
    refuse_foreign(target)
    parents = _missing(target)
    draft: Path | None = None
    try:
        with uninterrupted():
            target.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=target.parent))
        yield draft
        if sealed:
            write_sums(draft, files_in(draft))
        with uninterrupted():
            draft.chmod(0o755)
            _put_in_place(draft, target)
            parents = []
    except OSError as error:
        raise InputError(f"the folder cannot be written: {error.strerror or error}", file=target) from None
    finally:
        with uninterrupted():
            _take_away(draft, parents)


def take(file: IO[bytes], folder: Path) -> None:
    """Take a folder, by a file in it, for this process; the system lets it go when the process ends in any way."""
    try:
        import fcntl
    except ImportError:  # where there is no such lock two processes must not be started at once
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise InputError("another process is adding to this folder", file=folder, allowed="one at a time") from None


def _missing(target: Path) -> list[Path]:
    """Return the folders to be made for a target, nearest first; none where ``..`` hides which they are."""
    return [] if ".." in target.parts else [folder for folder in target.parents if not _exists(folder)]


def _exists(folder: Path) -> bool:
    try:
        return folder.exists()
    except OSError:  # the system says no more; what cannot be looked at is not taken away either
        return True


def _take_away(draft: Path | None, parents: list[Path]) -> None:
    """Remove a draft that did not become the folder, and the folders made for it, nearest first."""
    if draft is not None:
        shutil.rmtree(draft, ignore_errors=True)
    with suppress(OSError):  # one that holds something else stays, and those above it
        for folder in parents:
            folder.rmdir()


def refuse_foreign(target: Path) -> None:
    """Refuse a target that is a file, or a folder that holds something else than results."""
    try:
        is_file, foreign = target.is_file(), target.is_dir() and _is_foreign(target)
    except OSError as error:
        raise InputError(f"cannot be used: {error.strerror}", key="--out", value=str(target)) from None
    if target.is_symlink() and not target.exists():
        raise InputError("is a link that leads nowhere", key="--out", value=str(target))
    if is_file:
        raise InputError("is a file; name a folder", key="--out", value=str(target))
    if foreign:
        raise InputError(
            "the folder holds something else than results",
            key="--out",
            value=str(target),
            allowed="a new or empty folder",
        )


def _is_foreign(folder: Path) -> bool:
    return any(folder.iterdir()) and not (folder / MANIFEST).is_file()


def _put_in_place(draft: Path, target: Path) -> None:
    if target.is_dir():
        old = Path(tempfile.mkdtemp(prefix=".old-", dir=target.parent))
        target.replace(old / "results")
        draft.replace(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        draft.replace(target)
