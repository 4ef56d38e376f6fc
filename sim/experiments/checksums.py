"""SHA-256 of every file of a folder in one small file, as ``sha256sum --check SHA256SUMS`` reads it.

They notice damage and edits by hand. They are no signature: whoever forges a file can also forge its sum.
"""

import hashlib
import os
import re
from collections.abc import Iterable
from pathlib import Path

from sim.schema.errors import InputError

SUMS = "SHA256SUMS"
_LINE = re.compile(r"([0-9a-f]{64})  ([^\0\r\n]+)")


def write_sums(folder: Path, names: Iterable[str]) -> None:
    """Write the sums of these files, in one step: until then those written before stand."""
    part = folder / f"{SUMS}.part"
    part.write_text(_text({name: _stored_sum(folder / name) for name in sorted(names)}), encoding="utf-8", newline="\n")
    part.replace(folder / SUMS)


def files_in(folder: Path) -> list[str]:
    """Return every file of a folder by its path in it."""
    return [path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()]


def verified(folder: Path, needed: Iterable[str], way_out: str) -> list[str]:
    """Return the files that have a sum, each checked.

    Parameters
    ----------
    folder : Path
    needed : iterable of str
        Files that must be among them.
    way_out : str
        What a reader can do, for the messages.

    Raises
    ------
    InputError
        Naming the first file that is missing, or is not what was written.
    """
    sums = _read_sums(folder / SUMS, way_out)
    for name in [*sums, *needed]:
        file = folder / name
        if not file.is_file():
            raise InputError("is missing", file=file, allowed=way_out)
        if name not in sums:
            raise InputError(f"has no sum in {SUMS}", file=file, allowed=way_out)
        if file_sum(file) != sums[name]:
            raise InputError("was damaged or changed after it was written", file=file, allowed=way_out)
    return list(sums)


def file_sum(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=path) from None


def _stored_sum(path: Path) -> str:
    """Return the SHA-256 of a file that was just written, once the disk holds it."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())
        return hashlib.file_digest(file, "sha256").hexdigest()


def _read_sums(path: Path, way_out: str) -> dict[str, str]:
    if not path.is_file():
        raise InputError("is missing", file=path, allowed=way_out)
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, ValueError):
        text = ""
    lines = [line for line in map(_LINE.fullmatch, text.split("\n")) if line]
    sums = {line[2]: line[1] for line in lines if ".." not in line[2] and not Path(line[2]).is_absolute()}
    if not sums or _text(sums) != text:
        raise InputError("was damaged or changed after it was written", file=path, allowed=way_out)
    return sums


def _text(sums: dict[str, str]) -> str:
    return "".join(f"{digest}  {name}\n" for name, digest in sums.items())
