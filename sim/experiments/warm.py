"""Compiling the model before it is needed, by a run of a few households, and knowing how far that is."""

import threading
from collections.abc import Iterator

from sim.experiments.run import run
from sim.kernels.compile import cache_folder
from sim.library import first_case
from sim.scenario import load_scenario

ENTRIES = 9  # compiled functions that a run needs, as tests/experiments/test_warm.py counts them
_LOOK_EVERY = 0.2  # seconds


def entries_kept() -> int:
    """Return how many compiled functions of a run are kept on this machine."""
    return len(list(cache_folder().glob("*.nbi")))


def is_warm() -> bool:
    """Return whether a run has nothing left to compile."""
    return entries_kept() >= ENTRIES


def compiling() -> Iterator[int]:
    """Compile what a run needs, and yield again and again how many of ENTRIES functions are done."""
    failed: list[BaseException] = []
    worker = threading.Thread(target=_run, args=(failed,), daemon=True)
    worker.start()
    while worker.is_alive():
        yield min(entries_kept(), ENTRIES)
        worker.join(_LOOK_EVERY)
    if failed:
        raise failed[0]
    yield ENTRIES


def _run(failed: list[BaseException]) -> None:
    try:
        run(load_scenario(first_case(), {"rows": 200}), months=1)
    except BaseException as error:  # told to whoever waits
        failed.append(error)
