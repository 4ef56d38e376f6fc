"""Replicates on a Dask cluster: on this machine, or on one that exists.

Workers are sent what scenarios were read from (kilobytes), not what they are compiled to, and send back summaries.
"""

import tempfile
from collections.abc import Generator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any

from sim.experiments.account import machine_now, sources_now
from sim.experiments.checksums import file_sum
from sim.experiments.executors import AHEAD, Done, attempted, named
from sim.experiments.record import input_files
from sim.experiments.replicate import Work
from sim.scenario import Scenario
from sim.schema.errors import InputError

PATIENCE = 15  # seconds to wait for a cluster to answer
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

    def finished(self, work: Work, numbers: Sequence[int]) -> Generator[Done, None, None]:
        """Yield replicates as they end. One whose worker is lost is run again by another."""
        distributed = _distributed()
        with ExitStack() as stack:
            client = stack.enter_context(_client(distributed, self.workers, self.address, stack))
            _refuse_other_software(client)
            parcel = client.scatter(Parcel.of(work), broadcast=True, hash=False)
            left = iter(numbers)
            numbered: dict[Any, int] = {}

            def handed_out(count: int) -> list[Any]:
                new = {client.submit(_remote, parcel, n, pure=False): n for n in islice(left, count)}
                numbered.update(new)
                return list(new)

            ended = distributed.as_completed(handed_out(AHEAD * len(client.scheduler_info(n_workers=-1)["workers"])))
            for future in ended:
                number = numbered.pop(future)
                yield _done(work, number, future)
                future.release()
                for following in handed_out(1):
                    ended.add(following)


@dataclass(frozen=True)
class Parcel:
    """Work with the files its scenarios were read from, for a worker that may not have them.

    Attributes
    ----------
    work : Work
    files : dict of str to (str, bytes)
        By path on the machine that sends: SHA-256 and content.
    """

    work: Work
    files: dict[str, tuple[str, bytes]]

    @classmethod
    def of(cls, work: Work) -> "Parcel":
        """Pack work."""
        paths = {path for scenario in work.scenarios for path in input_files(scenario)}
        return cls(work, {str(path): (file_sum(path), path.read_bytes()) for path in sorted(paths)})

    @cached_property
    def opened(self) -> Work:
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


def _remote(parcel: Parcel, number: int) -> Done:
    """Run a replicate on a worker, which holds the parcel and opens it once."""
    return attempted(parcel.opened, number)


def _done(work: Work, number: int, future: Any) -> Done:
    """Return what a worker sent, or why it sent nothing: it was lost again and again, or ran out of memory."""
    try:
        done: Done = future.result()
    except Exception as error:
        return Done(number, None, f"{named(work, number)}: {type(error).__name__}: {str(error).splitlines()[0]}")
    return done


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
        cluster = stack.enter_context(distributed.LocalCluster(n_workers=workers, **local))
        return distributed.Client(cluster)
    where = {"scheduler_file": address} if Path(address).is_file() else {"address": address}
    try:
        client = distributed.Client(timeout=PATIENCE, **where)
    except (OSError, ValueError, TimeoutError) as error:
        message = f"no Dask scheduler answers: {str(error).splitlines()[0]}"
        allowed = "tcp://host:port of a scheduler, or the file it wrote"
        raise InputError(message, key="--cluster", value=address, allowed=allowed) from None
    if not client.scheduler_info(n_workers=-1)["workers"]:
        client.close()
        raise InputError("the cluster has no workers", key="--cluster", value=address, allowed="one worker or more")
    return client


def software_now() -> dict[str, str]:
    """Return what has to be alike on all machines for results to be: the software, and the libraries that compute."""
    return {**{f"sim/{name}": digest for name, digest in sources_now().items()}, **machine_now()}


def _refuse_other_software(client: Any) -> None:
    """Refuse a worker whose results could differ, naming it and what it has."""
    own = software_now()
    for worker, theirs in sorted(client.run(software_now).items()):
        for name in sorted({*own, *theirs}):
            if own.get(name) != theirs.get(name):
                found, wanted = theirs.get(name, "nothing"), own.get(name, "nothing")
                message = f"the worker {worker} has another {name}, with which results could differ"
                raise InputError(message, key="--cluster", value=found, allowed=wanted)
