"""Speed of the engine: household-months per CPU-second on one thread, against plain Mesa objects.

``python benchmarks/engine.py --json results/benchmark.json``. CPU time is that of the one thread that works. A speed
is the slope between a short and a long run, so that set-up cancels. Rows beyond the families of the case are made by
repeating its households with new numbers, hence new tastes and luck, in a world that is larger by the same factor.
It prints what it measured and judges nothing.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario

SCENARIO = "iraq/closure-with-alternatives"
SIZES = (20_000, 1_000_000, 5_000_000)
MONTHS = (6, 30)  # the slope is taken between these
OBJECT_ROWS, OBJECT_MONTHS = 2_000, (2, 8)
REPEATS = 3  # of every timing; the smallest is kept, since other work on a machine only ever adds
EXTENSIVE = ("host_population", "vacant_rentals", "service_capacity", "hlp_capacity", "returned_before")
ORACLE = Path(__file__).parents[1] / "tests" / "patterns"
COHORT = np.uint64(2**32)
FIRST_RUN = "import sim; sim.run('iraq/no-closure', households=20_000, months=36)"


def world_of(rows: int, months: int) -> Compiled:
    """Return the case with about this many rows: sampled, one per family, or the families repeated."""
    wanted = {"rows": rows, "months": months}
    compiled = compile_scenario(load_scenario(SCENARIO, wanted))
    families = int(compiled.households["weight"].sum())
    if rows <= families:
        return compiled
    one_each = compile_scenario(load_scenario(SCENARIO, {"rows": None, "months": months}))
    return repeated(one_each, -(-rows // families), rows)


def repeated(compiled: Compiled, times: int, rows: int) -> Compiled:
    """Return a world of exactly ``rows`` households with everything that is a number of people scaled likewise."""
    columns = {name: np.tile(values, times)[:rows] for name, values in compiled.households.items()}
    copy = np.repeat(np.arange(times, dtype=np.uint64), len(compiled.households["id"]))[:rows]
    columns["id"] = columns["id"] + copy * COHORT  # a cohort of its own for every copy
    factor = rows / len(compiled.households["id"])
    paths = {name: path * factor if name in EXTENSIVE else path for name, path in compiled.paths.items()}
    capacity = np.ceil(compiled.geography.capacity * factor).astype(np.int64)
    programmes = {name: larger(programme, factor) for name, programme in compiled.programmes.items()}
    geography = replace(compiled.geography, capacity=capacity)
    return replace(compiled, households=columns, paths=paths, geography=geography, programmes=programmes)


def larger(offer: Any, factor: float) -> Any:
    """Return a programme with places and money scaled."""
    money = None if offer.budget is None else offer.budget * factor
    return offer.model_copy(update={"places_per_month": round(offer.places_per_month * factor), "budget": money})


def cpu_seconds(make: Callable[[], Any], months: int, repeats: int) -> float:
    """Return the least CPU time of this thread over some runs of a number of months."""
    taken = []
    for _ in range(repeats):
        model = make()
        began = time.thread_time()
        for _ in range(months):
            model.step()
        taken.append(time.thread_time() - began)
    return min(taken)


def speed(make: Callable[[], Any], rows: int, months: tuple[int, int], repeats: int = REPEATS) -> dict[str, Any]:
    """Return household-months per CPU-second as a slope, with what it was taken from."""
    short, long = (cpu_seconds(make, n, repeats) for n in months)
    return {
        "rows": rows,
        "months": list(months),
        "cpu_seconds": [round(short, 4), round(long, 4)],
        "household_months_per_cpu_second": round(rows * (months[1] - months[0]) / (long - short)),
    }


def engine_speed(rows: int) -> dict[str, Any]:
    """Return the speed of the full model at a number of rows."""
    compiled = world_of(rows, MONTHS[1])
    found = len(compiled.households["id"])
    repeats = REPEATS if rows <= 1_000_000 else 1
    return speed(lambda: SolutionsModel(compiled, seed=1, threads=1), found, MONTHS, repeats)


def object_speed() -> dict[str, Any]:
    """Return the speed of the same rules as plain Mesa agents, one object a household."""
    sys.path.insert(0, str(ORACLE))
    from glue import oracle_of, small_world

    compiled = small_world(load_scenario(SCENARIO), OBJECT_ROWS)
    return speed(lambda: oracle_of(compiled, seed=1), len(compiled.households["id"]), OBJECT_MONTHS, 1)


def first_runs() -> dict[str, float]:
    """Return wall seconds of a first-ever process, compiling included, and of a second one, for one run each."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "SOLUTIONS_SIM_CACHE": folder}
        seconds = []
        for _ in range(2):
            began = time.perf_counter()
            subprocess.run([sys.executable, "-c", FIRST_RUN], env=environment, check=True)
            seconds.append(round(time.perf_counter() - began, 2))
    return {"first_process_seconds": seconds[0], "second_process_seconds": seconds[1]}


def measure(sizes: list[int]) -> dict[str, Any]:
    """Return every measurement, taken in one process in one order."""
    SolutionsModel(world_of(6_000, 1), seed=0).run()  # compiled before anything is timed
    return {
        "scenario": SCENARIO,
        "engine": [engine_speed(rows) for rows in sizes],
        "objects": object_speed(),
        "processes": {"run": "iraq/no-closure, 20,000 rows, 36 months", **first_runs()},
        "python": platform.python_version(),
        "processor": processor(),
        "versions": {name: importlib.metadata.version(name) for name in ("solutions-sim", "numba", "numpy", "mesa")},
    }


def processor() -> str:
    """Return the name of the processor as the compiler knows it."""
    from llvmlite import binding

    return f"{platform.machine()} {binding.get_host_cpu_name()}"


def shown(found: dict[str, Any]) -> Table:
    """Return the measurements as a table."""
    table = Table(title=f"Household-months per CPU-second, one thread, {found['scenario']}")
    for head in ("", "rows", "months", "CPU seconds", "per CPU second", "times objects"):
        table.add_column(head, justify="right" if head else "left", no_wrap=True)
    objects = found["objects"]["household_months_per_cpu_second"]
    for name, entry in [*(("engine", e) for e in found["engine"]), ("Mesa objects", found["objects"])]:
        rate = entry["household_months_per_cpu_second"]
        spans = ("-".join(f"{value:,}" for value in entry[key]) for key in ("months", "cpu_seconds"))
        table.add_row(name, f"{entry['rows']:,}", *spans, f"{rate:,}", f"{rate / objects:,.0f}")
    return table


def main() -> None:
    """Measure, print, and write the numbers where asked."""
    parser = argparse.ArgumentParser(description="Measure the speed of the engine.")
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--rows", type=int, nargs="+", default=list(SIZES), help="rows to measure at")
    arguments = parser.parse_args()
    found = measure(arguments.rows)
    console = Console()
    console.print(shown(found))
    runs = found["processes"]
    console.print(f"One run ({runs['run']}), wall time with start-up: first process, compiling, ", end="")
    console.print(f"{runs['first_process_seconds']} s; second process {runs['second_process_seconds']} s.")
    console.print(f"Python {found['python']}, {found['processor']}.")
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
