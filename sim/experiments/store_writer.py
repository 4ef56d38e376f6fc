"""Filling the store of an experiment: made once, added to by one process at a time, and never mixed with another."""

import io
import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np

from sim.experiments.account import machine_now, sources_now
from sim.experiments.folder import MANIFEST, refuse_foreign, take, whole_folder
from sim.experiments.layout import Layout
from sim.experiments.record import input_hashes, stamp
from sim.experiments.replicate import Summary, Work
from sim.experiments.store import ANEW, DRAWN, FINISHED, KIND, RUNS, TO_READ, Store, sum_of, sum_of_draws
from sim.schema.errors import InputError

SPARE = 50_000_000  # bytes of the disk that are left free
#: What has to be as it was for an experiment to go on, in the words of a message.
SAME = {
    "software": "software",
    "sources": "source files of the software",
    "machine": "processor or libraries",
    "resolved": "scenarios",
    "inputs": "files that scenarios are read from",
    "draws": "parameter draws",
}


class Writer:
    """Adds replicates to a store; one process at a time."""

    def __init__(self, store: Store, log: IO[bytes], runs: IO[bytes], first_byte: int) -> None:
        self.store, self._log, self._runs, self._first = store, log, runs, first_byte

    def add(self, number: int, summary: Summary) -> None:
        """Put a replicate on the disk, and then its line."""
        record = self.store.layout.packed(summary)
        line = {"replicate": number, "sha256": sum_of(record), "notes": list(summary.notes)}
        try:
            self._runs.seek(self._first + number * len(record))
            _onto_disk(self._runs, record)
            _onto_disk(self._log, (json.dumps(line) + "\n").encode())
        except OSError as error:
            message = f"the store cannot be written: {error.strerror}; what is finished is kept"
            raise InputError(message, file=self.store.folder) from None
        self.store.finished[number] = line


def account_of(work: Work) -> dict[str, Any]:
    """Return what decides the content of a store, as plain data."""
    return {
        **stamp(KIND),
        "sources": sum_of(json.dumps(sources_now(), sort_keys=True).encode()),
        "machine": machine_now(),
        "resolved": {one.name: one.spec.model_dump(mode="json") for one in work.scenarios},
        "inputs": {name: digest for one in work.scenarios for name, digest in input_hashes(one).items()},
        "draws": {
            "keys": list(work.draws.keys),
            "count": len(work.draws),
            "origin": work.draws.origin,
            "method": work.draws.method,
            "sha256": sum_of_draws(work.draws.values),
        },
        "seeds": list(work.seeds),
        "replicates": len(work),
    }


def create(folder: Path, work: Work, more: Mapping[str, Any], first: Summary) -> Store:
    """Make the store of an experiment, of which one replicate is known; ``more`` goes into its manifest.

    Raises
    ------
    InputError
        Where the folder holds something else, or the disk has not the room that all replicates need.
    """
    refuse_foreign(folder)
    if (folder / MANIFEST).exists():
        raise InputError("the folder holds results of another kind", file=folder, allowed="a new or empty folder")
    layout = Layout.of(first)
    manifest = {**account_of(work), **more, "layout": layout.written()}
    with whole_folder(folder, sealed=False) as draft:  # there is a whole store or none
        _refuse_too_many(draft, len(work), layout.record.itemsize)
        (draft / RUNS).write_bytes(_header(layout, len(work)))
        with (draft / RUNS).open("r+b") as file:
            _lengthen(file, layout, len(work))
        np.save(draft / DRAWN, work.draws.values, allow_pickle=False)
        work.draws.table().to_csv(draft / TO_READ)
        (draft / FINISHED).write_bytes(b"")
        (draft / MANIFEST).write_bytes(_as_json(manifest))
    return Store(folder, manifest, layout, {})


def _refuse_too_many(folder: Path, replicates: int, size: int) -> None:
    free, needed = shutil.disk_usage(folder).free - SPARE, replicates * size
    if needed > free:
        allowed = f"at most {max(0, free // size):,} replicates, or another disk"
        message = (
            f"{replicates:,} replicates need {needed / 1e9:,.1f} GB, and the disk has {max(0, free) / 1e9:,.1f} GB"
        )
        raise InputError(message, file=folder, allowed=allowed)


def _header(layout: Layout, replicates: int) -> bytes:
    """Return what ``runs.npy`` begins with; NumPy leaves room in it for more replicates."""
    header = io.BytesIO()
    shape: dict[str, Any] = {"fortran_order": False, "shape": (replicates,)}
    np.lib.format.write_array_header_2_0(header, {"descr": np.lib.format.dtype_to_descr(layout.record), **shape})
    return header.getvalue()


def _lengthen(runs: IO[bytes], layout: Layout, replicates: int) -> None:
    """Make ``runs.npy`` long enough, and then say so in its header."""
    header = _header(layout, replicates)
    runs.truncate(max(runs.seek(0, os.SEEK_END), len(header) + replicates * layout.record.itemsize))
    runs.seek(0)
    _onto_disk(runs, header)


def refuse_other(store: Store, work: Work) -> None:
    """Refuse to mix an experiment with another one, naming what differs; more seeds are the same one, going on."""
    now = account_of(work)
    for key, words in SAME.items():
        if store.manifest.get(key) != now[key]:
            message = f"the folder holds an experiment with other {words}"
            raise InputError(message, file=store.folder, key=_where(store.manifest.get(key), now[key]), allowed=ANEW)
    if _more_seeds(store, work.seeds) is None:
        allowed = f"{_listed(store.manifest['seeds'])}, and more after them; or another folder"
        raise InputError(
            "the folder holds an experiment with other seeds",
            file=store.folder,
            value=_listed(work.seeds),
            allowed=allowed,
        )


def _more_seeds(store: Store, seeds: Sequence[int]) -> list[int] | None:
    """Return the seeds that come after those of a store; None where not all of its own come first."""
    own = list(store.manifest["seeds"])
    return list(seeds[len(own) :]) if list(seeds[: len(own)]) == own else None


def _listed(seeds: Sequence[int]) -> str:
    """Return seeds in short."""
    if len(seeds) > 2 and list(seeds) == list(range(seeds[0], seeds[0] + len(seeds))):
        return f"{seeds[0]} to {seeds[-1]}"
    return ", ".join(map(str, seeds))


def _grow(store: Store, runs: IO[bytes], work: Work) -> None:
    """Make room for more seeds: first in the file of runs, which may be longer than the manifest says, not shorter."""
    more = _more_seeds(store, work.seeds)
    if not more:
        return
    new = len(more) * len(work.draws)
    _refuse_too_many(store.folder, new, store.layout.record.itemsize)
    _lengthen(runs, store.layout, store.planned + new)
    grown = {**store.manifest, "seeds": list(work.seeds), "replicates": store.planned + new}
    draft = store.folder / f"{MANIFEST}.new"
    try:
        with draft.open("wb") as file:
            _onto_disk(file, _as_json(grown))
        draft.replace(store.folder / MANIFEST)
    finally:
        draft.unlink(missing_ok=True)
    store.manifest.update(grown)


def _as_json(manifest: Mapping[str, Any]) -> bytes:
    return (json.dumps(manifest, indent=2) + "\n").encode()


def _where(then: Any, now: Any) -> str | None:
    """Return the first key, dotted, at which two mappings differ."""
    if not (isinstance(then, dict) and isinstance(now, dict)):
        return None
    for key in dict.fromkeys([*then, *now]):
        if then.get(key) != now.get(key):
            below = _where(then.get(key), now.get(key))
            return f"{key}.{below}" if below else str(key)
    return None


@contextmanager
def writing(store: Store, work: Work) -> Iterator[Writer]:
    """Yield what adds to a store, once damaged records are struck off and there is room for all seeds of some work.

    Raises
    ------
    InputError
        Where another process is adding to it, or the work is not its own.
    """
    with ExitStack() as stack:
        try:
            log, runs = (
                stack.enter_context((store.folder / name).open("r+b", buffering=0)) for name in (FINISHED, RUNS)
            )
            take(log, store.folder)
            store.look_again()  # somebody may have added to it until now
            refuse_other(store, work)
            _grow(store, runs, work)
            for number in store.damaged():
                del store.finished[number]
            _rewrite(log, store)
            first = len(_header(store.layout, store.planned))
        except OSError as error:
            raise InputError(f"the store cannot be written: {error.strerror}", file=store.folder) from None
        yield Writer(store, log, runs, first)


def _rewrite(log: IO[bytes], store: Store) -> None:
    """Leave whole lines of whole records only, and stand at the end."""
    log.seek(0)
    kept = b"".join((json.dumps(line) + "\n").encode() for line in store.finished.values())
    if log.read() != kept:
        log.seek(0)
        _onto_disk(log, kept)
        log.truncate()  # afterwards: the room that is freed may be somebody else's at once
        os.fsync(log.fileno())
    log.seek(0, os.SEEK_END)


def _onto_disk(file: IO[bytes], content: bytes) -> None:
    left = memoryview(content)
    while left:  # a file without a buffer, which would be written once more as it is closed, may take a part at a time
        left = left[file.write(left) :]
    file.flush()
    os.fsync(file.fileno())
