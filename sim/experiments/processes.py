"""Replicates in processes of this machine, which stay from one piece of work to the next.

Threads take turns at whatever is not a kernel; short runs of small populations are mostly that. Processes are started
anew rather than forked, which numba's threads would not survive, and end with the process that started them.
"""

import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from functools import lru_cache
from itertools import islice
from multiprocessing.connection import wait as wait_for
from typing import Any

from sim.experiments.executors import AHEAD, Done, Job, Summed, attempted, named

REMEDY = "try fewer --workers, or --executor threads"
_STARTED: list[ProcessPoolExecutor] = []  # until Python ends and stops them: one that is collected then fails at it


class Processes:
    """Several replicates at once, each in a process of its own.

    Parameters
    ----------
    workers : int
        Processes; they are started when first needed, which takes seconds, and end with this process.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def finished(self, work: Job[Summed], numbers: Sequence[int]) -> Generator[Done[Summed], None, None]:
        """Yield replicates as they end; where a process is lost, say so and stop."""
        pool, parcel, left = self._started(), pickle.dumps(work), iter(numbers)
        running: dict[Future[Done[Summed]], int] = {}

        def hand_out(count: int) -> None:
            running.update({pool.submit(_remote, parcel, number): number for number in islice(left, count)})

        try:
            hand_out(AHEAD * self.workers)
            while running:
                ended = wait(running, return_when=FIRST_COMPLETED).done
                done = [one.result() for one in sorted(ended, key=running.__getitem__)]
                for one in ended:
                    del running[one]
                hand_out(len(ended))
                yield from done
        except BrokenProcessPool:
            self._pool = None
            number = min(running.values())
            yield Done(number, None, f"{named(work, number)}: a process was lost, perhaps for want of memory; {REMEDY}")
        finally:
            for one in running:
                one.cancel()

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            started_anew = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.workers, started_anew, initializer=live_with_parent)
            _STARTED.append(self._pool)
        return self._pool


def live_with_parent() -> None:
    """Leave interrupts to the process that started this one, and end when it does, even if it was killed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    assert parent is not None, "processes are started by another"
    threading.Thread(target=_end_after, args=(parent.sentinel,), daemon=True).start()


def _end_after(sentinel: int) -> None:
    wait_for([sentinel])
    os._exit(1)


@lru_cache(maxsize=1)
def _opened(parcel: bytes) -> Any:
    return pickle.loads(parcel)  # from the process that started this one


def _remote(parcel: bytes, number: int) -> Done[Any]:
    return attempted(_opened(parcel), number)
