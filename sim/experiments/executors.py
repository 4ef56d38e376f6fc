"""Who runs the replicates of an experiment: one contract, and results that are the same to the last bit."""

import os
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import islice
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from sim.scenario import Scenario
from sim.schema.errors import InputError, nearest

EXECUTORS = ("serial", "threads", "processes", "dask")
ATTEMPTS = 2  # of a replicate before it counts as failed
AHEAD = 2  # replicates handed out for every worker, so that none waits


Summed = TypeVar("Summed")
Made = TypeVar("Made", covariant=True)


class Job(Protocol[Made]):
    """Replicates that can be run by number; a frozen dataclass, as `sim.experiments.replicate.Work` is."""

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What is run; the files they were read from go with them to another machine."""
        ...

    def place(self, number: int) -> tuple[int, int]:
        """Return draw and seed of a replicate."""
        ...

    def run(self, number: int) -> Made:
        """Run a replicate and return what is kept of it."""
        ...


class Done(NamedTuple, Generic[Summed]):
    """One replicate that has ended: with its summary, or with what went wrong."""

    number: int
    summary: Summed | None
    error: str = ""


class Executor(Protocol):
    """Runs replicates in any order, and yields each as it ends."""

    def finished(self, work: Job[Summed], numbers: Sequence[int]) -> Generator[Done[Summed], None, None]:
        """Yield every one of some replicates once; where nobody is left to run them, say so and stop before."""
        ...


class Serial:
    """One replicate after the other, in this thread."""

    def finished(self, work: Job[Summed], numbers: Sequence[int]) -> Generator[Done[Summed], None, None]:
        """Yield replicates in order."""
        for number in numbers:
            yield attempted(work, number)


class Threads:
    """Several replicates at once, in threads of this process: kernels let each other run, the rest takes turns."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def finished(self, work: Job[Summed], numbers: Sequence[int]) -> Generator[Done[Summed], None, None]:
        """Yield replicates as they end. Interrupted, those that are running end first, and are lost."""
        left = iter(numbers)
        pool = ThreadPoolExecutor(self.workers, thread_name_prefix="replicate")
        try:
            running = {pool.submit(attempted, work, number) for number in islice(left, AHEAD * self.workers)}
            while running:
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                running |= {pool.submit(attempted, work, number) for number in islice(left, len(ended))}
                yield from _in_order(ended)
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def executor_of(name: str, workers: int | None = None, cluster: str | None = None) -> Executor:
    """Return an executor by name.

    Parameters
    ----------
    name : str
        ``serial``, ``threads``, ``processes`` or ``dask``.
    workers : int, optional
        Threads, or processes, of a cluster on this machine for Dask; as many as there are processors by default.
    cluster : str, optional
        Address of a Dask scheduler (``tcp://host:port``) or its file; for ``dask``, instead of one on this machine.

    Raises
    ------
    InputError
        For another name, fewer than one worker, or a cluster for something else than Dask.
    """
    if name not in EXECUTORS:
        message = f"no such executor{nearest(name, EXECUTORS)}"
        raise InputError(message, key="--executor", value=name, allowed=", ".join(EXECUTORS))
    if workers is not None and workers < 1:
        raise InputError("is no usable number of workers", key="--workers", value=workers, allowed="1 or more")
    if cluster is not None and name != "dask":
        raise InputError("a cluster runs Dask", key="--cluster", value=cluster, allowed="with --executor dask")
    if name == "serial":
        return Serial()
    if name == "threads":
        return Threads(workers or processors())
    if name == "processes":
        from sim.experiments.processes import Processes

        return Processes(workers or processors())
    from sim.experiments.dask_executor import OnDask

    return OnDask(workers or processors(), cluster)


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def attempted(work: Job[Summed], number: int) -> Done[Summed]:
    """Run a replicate, once more if it fails; what is wrong with the input is not tried again."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            return Done(number, work.run(number))
        except InputError as error:
            return Done(number, None, f"{named(work, number)}: {error}")
        except Exception as error:
            if attempt == ATTEMPTS:
                return Done(number, None, f"{named(work, number)}: {type(error).__name__}: {error}")
    raise AssertionError("every attempt ends in one way or the other")


def named(work: Job[Any], number: int) -> str:
    """Return a replicate in words."""
    draw, seed = work.place(number)
    return f"replicate {number} (draw {draw}, seed {seed})"


def _in_order(ended: set[Future[Done[Summed]]]) -> Iterator[Done[Summed]]:
    yield from sorted((one.result() for one in ended), key=lambda done: done.number)
