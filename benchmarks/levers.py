"""What each lever does on the small case, over paired seeds: to its cause, to the tracked stock, to its side effect.

    python benchmarks/levers.py [--seeds 30] [--json levers.json]

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

PATTERNS = Path(__file__).parents[1] / "tests" / "patterns"
LOW, HIGH = 0.05, 0.95


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


def main() -> None:
    """Measure, print, and write the numbers where asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    arguments = parser.parse_args()
    rows = measured(arguments.seeds, Console(stderr=True))
    table = Table(title=f"With the lever less without it, {arguments.seeds} paired seeds")
    for head in ("lever", "on", "measure", "mean", "5 %", "95 %", "seeds that agree"):
        table.add_column(head, justify="left" if head in ("lever", "on", "measure") else "right")
    for row in rows:
        numbers = [f"{row[key]:+,.4g}" for key in ("mean", "low", "high")]
        table.add_row(row["lever"], row["part"], row["measure"], *numbers, f"{row['agree']:.0%}")
    Console(width=120).print(table)
    if arguments.json is not None:
        arguments.json.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
