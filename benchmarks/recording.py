"""What recording outcomes adds to a run: series every month, criteria judged every month, an assessment every year.

``python benchmarks/recording.py --json results/recording.json``. CPU time of the one thread that works, in pairs of a
run that records and one that does not, each pair with a seed of its own; the median of the pairs. Judging criteria is
part of the compiled month and cannot be left out; it is timed by judging households once a month more. It prints what
it measured and judges nothing.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from rich.console import Console
from rich.table import Table

from sim.experiments.dataset import dataset_of
from sim.kernels.criteria import criteria_rows
from sim.model import SolutionsModel
from sim.scenario import Compiled, compile_scenario, load_scenario
from sim.world.recorder import Recorder

RUNS = (
    ("valley/closure-with-alternatives", None),
    ("iraq/closure-with-alternatives", None),
    ("iraq/no-closure", 200_000),
)
PAIRS = 5


@contextmanager
def nothing_recorded() -> Iterator[None]:
    """Leave series and assessments out."""
    with patch.object(Recorder, "start", lambda *_: None), patch.object(Recorder, "month", lambda *_: None):
        yield


def seconds(compiled: Compiled, recorded: bool, seed: int) -> float:
    """Return the CPU seconds of one run, with its dataset where it is recorded."""
    began = time.thread_time()
    if recorded:
        dataset_of(SolutionsModel(compiled, seed=seed).run())
    else:
        with nothing_recorded():
            SolutionsModel(compiled, seed=seed).run()
    return time.thread_time() - began


def judging(compiled: Compiled) -> float:
    """Return the CPU seconds of judging households at the end of every month of a run."""
    model, taken = SolutionsModel(compiled, seed=1), 0.0
    for _ in range(compiled.months):
        model.step()
        households, month = model.households, model.world._lived
        began = time.thread_time()
        criteria_rows(households.fixed, households.state, month, 0, len(households))
        taken += time.thread_time() - began
    return taken


def measure(name: str, rows: int | None) -> dict[str, Any]:
    """Return what recording adds to one run."""
    compiled = compile_scenario(load_scenario(name, {} if rows is None else {"rows": rows}))
    seconds(compiled, True, seed=0)  # compiled, and read once, before anything is timed
    pairs = [(seconds(compiled, True, seed), seconds(compiled, False, seed)) for seed in range(1, PAIRS + 1)]
    bare = statistics.median(off for _, off in pairs)
    judged = statistics.median(judging(compiled) for _ in range(PAIRS))
    added = statistics.median(on / off - 1 for on, off in pairs)
    return {
        "scenario": name,
        "rows": len(compiled.households["id"]),
        "months": compiled.months,
        "cpu_seconds_recorded": round(statistics.median(on for on, _ in pairs), 3),
        "cpu_seconds_not_recorded": round(bare, 3),
        "series_and_assessment_add_percent": round(100 * added, 1),
        "judging_criteria_percent": round(100 * judged / (bare - judged), 1),
    }


def shown(found: list[dict[str, Any]]) -> Table:
    """Return the measurements as a table."""
    table = Table(title=f"What recording adds, CPU time, median of {PAIRS} pairs")
    for head in ("", "rows", "months", "recorded", "not", "series, assessment", "judging"):
        table.add_column(head, justify="right" if head else "left")
    for one in found:
        table.add_row(
            one["scenario"],
            f"{one['rows']:,}",
            str(one["months"]),
            f"{one['cpu_seconds_recorded']} s",
            f"{one['cpu_seconds_not_recorded']} s",
            f"+{one['series_and_assessment_add_percent']} %",
            f"+{one['judging_criteria_percent']} %",
        )
    return table


def main() -> None:
    """Measure, print, and write the numbers where asked."""
    parser = argparse.ArgumentParser(description="Measure what recording outcomes adds to a run.")
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    arguments = parser.parse_args()
    found = [measure(*run) for run in RUNS]
    Console().print(shown(found))
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
