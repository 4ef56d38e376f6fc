"""What a fit of the stand-in return model is worth: coverage over known truths, and time.

``python benchmarks/calibration.py [--truths 200] [--workers 2] [--json results/calibration.json]``. The stand-in of
``tests/standin.py`` has 12 parameters and 102 statistics. Three things are measured: fits of truths drawn from the
prior; the same from the table of one fit, each simulation left out in turn; and, by a quarter as many truths, fits of
worlds whose districts differ with a standard deviation of 0.4 (return utility), by a model that has it free and by one
that has it not. Wall times are of a machine that does nothing else. It prints what it measured and judges nothing.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy: fits are shared among threads as they are

from rich.console import Console
from rich.table import Table

from sim.calibrate.abc import fit
from sim.calibrate.coverage import Coverage, fitted, left_out
from sim.schema.uncertainty import Prior
from tests.standin import in_threads, standin

SEED = 2024
DIFFERING = "heterogeneity"
DIFFER = Prior(low=0.399, high=0.401)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """Return what comes of some work, and how many seconds it took."""
    began = time.perf_counter()
    found = work()
    return found, time.perf_counter() - began


def worlds(truths: int, workers: int) -> dict[str, Callable[[], Coverage]]:
    """Return what is to be measured, by name."""
    problem, equal = standin(), standin({DIFFERING: 0.0})
    where = problem.names.index(DIFFERING)
    differing = replace(
        problem, priors=tuple(DIFFER if n == where else prior for n, prior in enumerate(problem.priors))
    )
    few = max(1, truths // 4)
    return {
        "full fits": lambda: fitted(problem, seed=SEED, truths=truths, workers=workers),
        "left out of the table of one fit": lambda: left_out(problem.names, fit(problem, seed=SEED).cloud, seed=SEED),
        "districts differ by 0.4, and may": lambda: only_others(
            fitted(problem, seed=SEED, truths=few, workers=workers, world=differing)
        ),
        "districts differ by 0.4, unmodelled": lambda: fitted(
            equal, seed=SEED, truths=few, workers=workers, world=differing
        ),
    }


def only_others(found: Coverage) -> Coverage:
    """Return the coverage without the parameter whose truth did not come from its prior."""
    others = [n for n, name in enumerate(found.names) if name != DIFFERING]
    parts = (one[:, others] for one in (found.truths, found.ranks, found.means, found.sds))
    return Coverage(tuple(found.names[n] for n in others), *parts)


def shown(name: str, found: Coverage, seconds: float) -> Table:
    """Return a coverage as a table."""
    title = f"{name}: {len(found.truths)} truths, {seconds:,.0f} s; 90 % intervals hold {found.mean_90:.1%}"
    table, rows = Table(title=title), found.table()
    for head in ("parameter", *rows.columns):
        table.add_column(head.replace("_", " "), justify="left" if head == "parameter" else "right")
    for row in rows.itertuples():
        table.add_row(str(row[0]), *(f"{value:.3f}" for value in row[1:]))
    mean = rows.mean()
    table.add_row("mean", *(f"{mean[key]:.3f}" if "low" not in key and "high" not in key else "" for key in rows))
    return table


def main() -> None:
    """Measure, print, and write the numbers where asked."""
    parser = argparse.ArgumentParser(description="Measure the coverage of fits of the stand-in.")
    parser.add_argument("--truths", type=int, default=200)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    asked = parser.parse_args()
    console, numbers, problem = Console(width=120), {}, standin()
    quick = replace(problem, simulate=in_threads(problem.simulate, asked.workers))
    _, seconds = timed(lambda: fit(quick, seed=SEED))
    console.print(f"One fit of {len(problem.names)} parameters, {asked.workers} threads: {seconds:.1f} s")
    for name, work in worlds(asked.truths, asked.workers).items():
        found, seconds = timed(work)
        console.print(shown(name, found, seconds))
        numbers[name] = {"seconds": round(seconds, 1), "mean_90": found.mean_90, **found.table().to_dict()}
    if asked.json is not None:
        asked.json.write_text(json.dumps(numbers, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
