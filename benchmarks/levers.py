"""What each lever does on the small case, over paired seeds: to its cause, to the tracked stock, to its side effect.

    python benchmarks/levers.py [--seeds 30] [--json levers.json] [--page docs/levers.md]

Differences are between the case with the lever and without it, the same families with the same luck.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

from sim.report.parameter_tables import markdown_table

PATTERNS = Path(__file__).parents[1] / "tests" / "patterns"
LOW, HIGH = 0.05, 0.95
LEVELS = ("mean", "low", "high")
PARTS = {"cause": "its cause", "stock": "the tracked stock", "side": "its side effect"}
ABOVE = """# What each lever does

Measured on the small fictional case (`valley/as-is`) over {seeds} paired seeds: the case with the lever less the case
without it, the same families with the same luck. Written by `python benchmarks/levers.py --page docs/levers.md`; scale
and window of every lever are in `tests/patterns/levers.py`, where the direction that a lever must have is stated and
tested. Ranges cover luck only. The case is made up: a reader can take directions from this page, not sizes.

The tracked stock is families displaced and not at home, whatever their commitment. That it falls does not make a
lever good: read the side effect beside it. An aid cut barely moves it, and pushes more than a thousand families.
"""


def measured(seeds: int, console: Console) -> list[dict[str, Any]]:
    """Return one entry a lever and measure: mean and range of the difference, and in how many seeds it has its sign."""
    sys.path.insert(0, str(PATTERNS))
    from levers import LEVERS, differences

    rows = []
    for name, lever in track(LEVERS.items(), "levers", console=console, transient=True):
        found = differences(name, range(seeds))
        labels = {"cause": lever.cause.label, "stock": "families not at home", "side": lever.side.label}
        rows += [{"lever": name, "part": key, "measure": labels[key], **spread(found[key])} for key in labels]
    return rows


def spread(values: np.ndarray) -> dict[str, float]:
    """Return mean, range and the share of seeds that agree with the sign of the mean."""
    mean = float(values.mean())
    return {
        "mean": mean,
        "low": float(np.quantile(values, LOW)),
        "high": float(np.quantile(values, HIGH)),
        "agree": float(np.mean(np.sign(values) == np.sign(mean))) if mean else 0.0,
    }


def page(rows: list[dict[str, Any]], seeds: int) -> str:
    """Return the table as a page of the manual."""
    head = ["Lever", "On", "Measure", "Mean", "5 %", "95 %", "Seeds that agree"]
    body = [
        [row["lever"], PARTS[row["part"]], row["measure"], *(f"{row[k]:+,.4g}" for k in LEVELS), f"{row['agree']:.0%}"]
        for row in rows
    ]
    return f"{ABOVE.format(seeds=seeds)}\n{markdown_table(head, body)}\n"


def main() -> None:
    """Measure, print, and write the numbers where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--page", type=Path, help="write the table as a page in markdown")
    arguments = parser.parse_args()
    rows = measured(arguments.seeds, Console(stderr=True))
    table = Table(title=f"With the lever less without it, {arguments.seeds} paired seeds")
    for head in ("lever", "on", "measure", "mean", "5 %", "95 %", "seeds that agree"):
        table.add_column(head, justify="left" if head in ("lever", "on", "measure") else "right")
    for row in rows:
        numbers = [f"{row[key]:+,.4g}" for key in LEVELS]
        table.add_row(row["lever"], row["part"], row["measure"], *numbers, f"{row['agree']:.0%}")
    Console(width=120).print(table)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    if arguments.page is not None:
        arguments.page.write_text(page(rows, arguments.seeds), encoding="utf-8")


if __name__ == "__main__":
    main()
