"""Memory over models made one after the other: what stays after each is let go.

``python benchmarks/memory.py [--models 20] [--rows 100000] [--months 3] [--threads 2]``. Every model is made from the
scenario's file, as a user makes it, run, and let go. Resident memory is that of the whole process, read from /proc
(Linux only); it settles after the first few models, since libraries and the allocator keep what they have. It prints
what it measured and judges nothing.
"""

import argparse
import gc
import os
import weakref
from pathlib import Path

import mesa
from rich.console import Console
from rich.table import Table

from sim.model import SolutionsModel
from sim.scenario import load_scenario

SCENARIO = "iraq/closure-with-alternatives"
STATM = Path("/proc/self/statm")


def resident() -> float:
    """Return the resident memory of this process, MB."""
    return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def one_model(rows: int, months: int, threads: int) -> "weakref.ref[SolutionsModel]":
    """Make a model, run it, and let it go without closing it."""
    model = SolutionsModel(load_scenario(SCENARIO, {"rows": rows, "months": months}), threads=threads)
    model.run_model()
    return weakref.ref(model)


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Measure memory over models that are made and let go.")
    for name, default in (("models", 20), ("rows", 100_000), ("months", 3), ("threads", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args()
    if not STATM.exists():
        parser.error("resident memory is read from /proc, which only Linux has")
    table = Table(title=f"{SCENARIO}, {asked.rows:,} rows, {asked.months} months, Mesa {mesa.__version__}")
    for head in ("model", "resident MB", "change MB", "models alive"):
        table.add_column(head, justify="right")
    before, made = resident(), []
    table.add_row("none", f"{before:.1f}", "", "0")
    for number in range(1, asked.models + 1):
        made.append(one_model(asked.rows, asked.months, asked.threads))
        gc.collect()
        now = resident()
        table.add_row(str(number), f"{now:.1f}", f"{now - before:+.1f}", str(sum(ref() is not None for ref in made)))
        before = now
    Console().print(table)


if __name__ == "__main__":
    main()
