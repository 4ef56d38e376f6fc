"""Replicates on a Dask cluster: on this machine, or on one that exists.

Workers are sent what scenarios were read from (kilobytes), not what they are compiled to, and send back summaries.
"""

import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from sim.experiments.account import machine_now, sources_now
from sim.experiments.checksums import file_sum
from sim.experiments.executors import AHEAD, Done, Job, Summed, attempted, named
from sim.experiments.record import input_files
from sim.scenario import Scenario
from sim.schema.errors import InputError

PATIENCE = 15  # seconds to wait for a cluster to answer, and for a worker to run what was handed out
IN_A_ROW = 3  # replicates whose workers were lost before no more are tried
SCHEDULER = "the scheduler was lost"
INSTALL = "pip install 'solutions-sim[cluster]'"


class OnDask:
    """Replicates on the workers of a Dask scheduler.

    Parameters
    ----------
    workers : int
        Processes of a cluster started on this machine, which no other machine can reach.
    address : str, optional
        ``tcp://host:port`` of a scheduler that runs, or the file that it wrote, instead.
    """

    def __init__(self, workers: int, address: str | None = None) -> None:
        self.workers, self.address = workers, address

    def finished(self, work: Job[Summed], numbers: Sequence[int]) -> Generator[Done[Summed], None, None]:
        """Yield replicates as they end. One whose worker is lost is run again by another.

        Those that are left are not tried where one worker after the other is lost, or none runs anything any more.
        """
        distributed = _distributed()
        with ExitStack() as stack:
            stack.enter_context(distributed.utils.silence_logging_cmgr("critical"))
            client = stack.enter_context(_client(distributed, self.workers, self.address, stack))
            _refuse_other_software(client)
            # a task, not scattered data, which would be gone with the workers that hold it
            parcel = client.submit(_kept, Parcel.of(work), pure=False)
            left = iter(numbers)
            numbered: dict[Any, int] = {}

            def handed_out(count: int) -> list[Any]:
                new = {client.submit(_remote, parcel, n, pure=False): n for n in islice(left, count)}
                numbered.update(new)
                return list(new)

            ended = distributed.as_completed(handed_out(AHEAD * max(1, len(_workers(client)))))
            quiet, lost = Quiet(client), 0
            while numbered:
                for future in ended.next_batch(block=False):
                    if future.cancelled():  # not by this process: nothing will come of it
                        continue
                    number = numbered.pop(future)
                    error = _loss(distributed, client, future)
                    lost = lost + 1 if error else 0
                    yield Done(number, None, self._told(work, number, error)) if error else _done(work, number, future)
                    if lost == IN_A_ROW:
                        return
                    future.release()
                    ended.update(handed_out(1))
                    quiet.ends()
                if numbered and (error := quiet.found()):
                    yield Done(min(numbered.values()), None, self._told(work, min(numbered.values()), error))
                    return

    def _told(self, work: Job[Any], number: int, error: str) -> str:
        """Return what happened to a replicate, and what can be done about it."""
        if error == SCHEDULER:
            return f"{named(work, number)}: {error}; start it and its workers again"
        remedy = "fewer workers on a machine, or more memory for each (dask worker --memory-limit)"
        return f"{named(work, number)}: {error}; try {remedy if self.address else 'fewer --workers'}"


class Quiet:
    """Notices that nothing will come any more: for some time no worker has run anything, and all that are left say so.

    A worker that says nothing may be busy with something that keeps it from speaking, such as loading the model; the
    scheduler gives it up after minutes.
    """

    def __init__(self, client: Any) -> None:
        self.client = client
        self.ends()

    def ends(self) -> None:
        """Begin to wait anew."""
        self.since = time.monotonic()
        self.look_at = self.since + PATIENCE / 5
        self.heard: dict[str, float] = {}

    def found(self) -> str:
        """Return why nothing will come, in words, or nothing while something may."""
        time.sleep(0.02)
        if time.monotonic() < self.look_at:
            return ""
        self.look_at = time.monotonic() + PATIENCE / 5
        workers = _workers(self.client)
        if self.client.status != "running":
            return SCHEDULER
        spoke = {name: one["last_seen"] for name, one in workers.items()}
        busy = any("executing" in one["metrics"].get("task_counts", ()) for one in workers.values())
        if busy or not spoke.keys() <= self.heard.keys():  # a new one has been given something
            self.ends()
            self.heard = spoke
        silent = any(spoke[name] <= self.heard[name] for name in spoke)
        if silent or time.monotonic() < self.since + PATIENCE:
            return ""
        if not workers:
            return f"no worker has been left for {PATIENCE} seconds"
        if any(one["status"] == "paused" for one in workers.values()):
            return "workers are paused, since most of the memory that they may use is taken"
        return f"no worker has run anything for {PATIENCE} seconds"


@dataclass(frozen=True)
class Parcel:
    """Work with the files its scenarios were read from, for a worker that may not have them.

    Attributes
    ----------
    work : Job
    files : dict of str to (str, bytes)
        By path on the machine that sends: SHA-256 and content.
    """

    work: Any
    files: dict[str, tuple[str, bytes]]

    @classmethod
    def of(cls, work: Job[Any]) -> "Parcel":
        """Pack work."""
        paths = {path for scenario in work.scenarios for path in input_files(scenario)}
        return cls(work, {str(path): (file_sum(path), path.read_bytes()) for path in sorted(paths)})

    def __getstate__(self) -> dict[str, Any]:
        """Leave out what was opened: another machine has other folders."""
        return {"work": self.work, "files": self.files}

    @cached_property
    def opened(self) -> Any:
        """Work that can run here, with files written to a temporary folder where this machine has others."""
        if all(Path(name).is_file() and file_sum(Path(name)) == digest for name, (digest, _) in self.files.items()):
            return self.work
        root = Path(tempfile.mkdtemp(prefix="solutions-sim-"))
        parents = sorted({str(Path(name).parent) for name in self.files})
        folders = {folder: root / str(n) for n, folder in enumerate(parents)}
        for name, (_, content) in self.files.items():
            target = folders[str(Path(name).parent)] / Path(name).name
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(content)
        return replace(self.work, scenarios=tuple(_moved(one, folders) for one in self.work.scenarios))


def _moved(scenario: Scenario, folders: dict[str, Path]) -> Scenario:
    lineage = tuple(folders[str(path.parent)] / path.name for path in scenario.lineage)
    return replace(scenario, tables=folders[str(scenario.tables)], lineage=lineage)


def _kept(parcel: Parcel) -> Parcel:
    """Keep a parcel on a worker; the scheduler has it done again where that worker is lost."""
    return parcel


def _remote(parcel: Parcel, number: int) -> Done[Any]:
    """Run a replicate on a worker, which holds the parcel and opens it once."""
    return attempted(parcel.opened, number)


def _done(work: Job[Summed], number: int, future: Any) -> Done[Summed]:
    """Return what a worker sent, or why it sent nothing."""
    try:
        done: Done[Summed] = future.result()
    except Exception as error:
        return Done(number, None, f"{named(work, number)}: {type(error).__name__}: {str(error).splitlines()[0]}")
    return done


def _loss(distributed: Any, client: Any, future: Any) -> str:
    """Return how a replicate was lost with its workers, in words, or nothing where it was not."""
    error = future.exception()
    if not isinstance(error, distributed.KilledWorker):
        return ""
    worker, times = error.last_worker, error.allowed_failures + 1
    if any(event["worker"] == worker.address for _, event in client.get_events("worker-restart-memory")):
        how = f"the last ran out of memory, of which it may use {worker.memory_limit / 1e9:,.2f} GB"
    else:
        how = "as when the memory of a machine runs out"
    return f"{times} workers that had it were lost, {how}"


def _workers(client: Any) -> dict[str, Any]:
    """Return what the scheduler knows of its workers, by address."""
    workers: dict[str, Any] = client.scheduler_info(n_workers=-1).get("workers", {})
    return workers


def _distributed() -> Any:
    try:
        import distributed
    except ImportError:
        raise InputError("Dask is not installed", key="--executor", value="dask", allowed=INSTALL) from None
    return distributed


def _client(distributed: Any, workers: int, address: str | None, stack: ExitStack) -> Any:
    """Return a client of a cluster: of the one at an address, or of one that is started here and ended with it."""
    if address is None:
        local = {"host": "127.0.0.1", "dashboard_address": None, "threads_per_worker": 1, "silence_logs": 50}
        share = distributed.system.MEMORY_LIMIT // workers  # by default it depends on processors alone
        cluster = stack.enter_context(distributed.LocalCluster(n_workers=workers, memory_limit=share, **local))
        return distributed.Client(cluster)
    where = {"scheduler_file": address} if Path(address).is_file() else {"address": address}
    try:
        client = distributed.Client(timeout=PATIENCE, **where)
    except (OSError, ValueError, TimeoutError) as error:
        message = f"no Dask scheduler answers: {str(error).splitlines()[0]}"
        allowed = "tcp://host:port of a scheduler, or the file it wrote"
        raise InputError(message, key="--cluster", value=address, allowed=allowed) from None
    if not _workers(client):
        client.close()
        raise InputError("the cluster has no workers", key="--cluster", value=address, allowed="one worker or more")
    return client


def software_now() -> dict[str, str]:
    """Return what has to be alike on all machines for results to be: the software, and the libraries that compute."""
    return {**{f"sim/{name}": digest for name, digest in sources_now().items()}, **machine_now()}


def _refuse_other_software(client: Any) -> None:
    """Refuse a worker whose results could differ, naming it and what it has."""
    own = software_now()
    for worker, theirs in sorted(client.run(software_now, on_error="return").items()):
        if isinstance(theirs, Exception):
            why = f"{type(theirs).__name__}: {str(theirs).splitlines()[0]}"
            if isinstance(theirs, OSError):
                why = "it was lost before it ran anything, as when the software needs more memory than it may use"
            message = f"the worker {worker} cannot take part: {why}"
            raise InputError(message, key="--cluster", allowed="workers with this software, and memory for it")
        for name in sorted({*own, *theirs}):
            if own.get(name) != theirs.get(name):
                found, wanted = theirs.get(name, "nothing"), own.get(name, "nothing")
                message = f"the worker {worker} has another {name}, with which results could differ"
                raise InputError(message, key="--cluster", value=found, allowed=wanted)
