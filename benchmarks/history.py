"""Replay Iraq 2018-19 (``iraq/as-happened``) against the stock by origin that IOM DTM tracked.

    python benchmarks/history.py [--seeds 5] [--set path=value ...]

The defaults are one draw of a posterior that was fitted to these very figures: this is a fit, not a forecast.
"""

import argparse

import pandas as pd

import sim
from sim.library import content_folder
from sim.outcomes import tracked_stock
from sim.outcomes.history import against_history, weighted_error
from sim.scenario.load import parse_override

ROUNDS = ["2018-06-30", "2018-12-31", "2019-06-30", "2019-12-31"]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--set", action="append", default=[], metavar="path=value")
    args = parser.parse_args()
    scenario = sim.load_scenario("iraq/as-happened", dict(parse_override(text) for text in args.set))
    runs = [sim.run(scenario, seed=seed, months=24).data for seed in range(args.seeds)]
    stock = sum(tracked_stock(data, scenario.spec.recodes) for data in runs) / len(runs)
    targets = pd.read_csv(content_folder("calibration") / "iraq" / "targets.csv")
    table = against_history(stock, runs[0]["date"], targets, ROUNDS)
    wide = table.pivot(index="origin_name", columns="date", values=["tracked", "simulated", "error"])
    print(f"{scenario.spec.title}: families displaced from each origin, mean of {args.seeds} seeds")
    print(wide.to_string(float_format=lambda value: f"{value:,.0f}" if abs(value) >= 100 else f"{value:.1f}"))
    print("Weighted absolute error, %:", ", ".join(f"{date} {error}" for date, error in weighted_error(table).items()))


if __name__ == "__main__":
    main()
