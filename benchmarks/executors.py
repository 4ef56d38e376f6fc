"""The same experiment by every executor: wall time, what a second worker gains, and that the stores are equal.

``python benchmarks/executors.py --json results/executors.json``. The three Iraq futures, 67 seeds: 201 runs. Wall times
are of one machine that does nothing else, in one go; read the ratios. The time to the first replicate holds what it
takes to start a Dask cluster. It prints what it measured and judges nothing but that all stores are the same.
"""

import argparse
import hashlib
import json
import tempfile
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from sim.experiments.executors import Done, Executor, executor_of
from sim.experiments.experiment import comparison_of, experiment
from sim.experiments.replicate import Work
from sim.experiments.store import RUNS, open_store

SCENARIOS = ("iraq/no-closure", "iraq/closure-no-notice", "iraq/closure-with-alternatives")
EXECUTORS = (("serial", 1), ("threads", 2), ("dask", 1), ("dask", 2))


class Timed:
    """An executor, with the time until its first replicate came back."""

    def __init__(self, inner: Executor) -> None:
        self.inner, self.first = inner, 0.0

    def finished(self, work: Work, numbers: Sequence[int]) -> Generator[Done, None, None]:
        """Yield what the executor does."""
        began = time.perf_counter()
        for n, done in enumerate(self.inner.finished(work, numbers)):
            if n == 0:
                self.first = time.perf_counter() - began
            yield done


def measure(name: str, workers: int, seeds: int, folder: Path) -> dict[str, Any]:
    """Return how long one executor takes for the whole experiment, from an empty folder."""
    executor = Timed(executor_of(name, workers))
    began = time.perf_counter()
    ended = experiment(SCENARIOS, folder, None, seeds, executor=executor)
    seconds = time.perf_counter() - began
    assert ended.failures == (), ended.failures
    opening = time.perf_counter()
    comparison_of(open_store(folder))
    return {
        "executor": name,
        "workers": workers,
        "runs": seeds * len(SCENARIOS),
        "seconds": round(seconds, 1),
        "seconds_to_first": round(executor.first, 1),
        "megabytes": round((folder / RUNS).stat().st_size / 1e6, 1),
        "seconds_to_open": round(time.perf_counter() - opening, 3),
        "sha256": hashlib.sha256((folder / RUNS).read_bytes()).hexdigest(),
    }


def shown(found: list[dict[str, Any]]) -> Table:
    """Return the measurements as a table; speed-up and efficiency are against the first."""
    table = Table(title=f"{found[0]['runs']} runs of the three Iraq futures, wall time")
    for head in ("", "workers", "seconds", "to the first", "speed-up", "efficiency", "store", "to open"):
        table.add_column(head, justify="right" if head else "left")
    for one in found:
        gain = found[0]["seconds"] / one["seconds"]
        table.add_row(
            one["executor"],
            str(one["workers"]),
            f"{one['seconds']} s",
            f"{one['seconds_to_first']} s",
            f"{gain:.2f}",
            f"{gain / one['workers']:.0%}",
            f"{one['megabytes']} MB",
            f"{one['seconds_to_open']} s",
        )
    return table


def main() -> None:
    """Measure, print, and write the numbers where asked."""
    parser = argparse.ArgumentParser(description="Measure an experiment by every executor.")
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--seeds", type=int, default=67, help="seeds of each scenario")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        experiment(SCENARIOS, Path(place) / "warm", None, 1, months=2)  # compiled and read before anything is timed
        found = [measure(*one, arguments.seeds, Path(place) / f"{n}") for n, one in enumerate(EXECUTORS)]
    Console().print(shown(found))
    assert len({one["sha256"] for one in found}) == 1, "the stores differ"
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
