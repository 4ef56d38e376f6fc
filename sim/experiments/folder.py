"""Writing a folder whole or not at all."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sim.experiments.checksums import files_in, write_sums
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
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise InputError(f"the folder cannot be written: {error.strerror}", file=target) from None
    try:
        yield draft
        if sealed:
            write_sums(draft, files_in(draft))
        draft.chmod(0o755)
        _put_in_place(draft, target)
    except OSError as error:
        raise InputError(f"the folder cannot be written: {error.strerror}", file=target) from None
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def refuse_foreign(target: Path) -> None:
    """Refuse a target that is a file, or a folder that holds something else than results."""
    if target.is_file():
        raise InputError("is a file; name a folder", key="--out", value=str(target))
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).is_file():
        raise InputError(
            "the folder holds something else than results",
            key="--out",
            value=str(target),
            allowed="a new or empty folder",
        )


def _put_in_place(draft: Path, target: Path) -> None:
    if target.is_dir():
        old = Path(tempfile.mkdtemp(prefix=f".{target.name}-old-", dir=target.parent))
        target.replace(old / "results")
        draft.replace(target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        draft.replace(target)
