"""Write what tests and the self-test expect anew: ``python tests/golden/update.py``. Look at the difference first."""

from pathlib import Path

import pandas as pd
import xarray as xr

import sim
from sim.experiments.self_test import write_expected
from sim.outcomes import headline
from sim.scenario import load_scenario

HERE = Path(__file__).parent
SCENARIOS = (
    "iraq/no-closure",
    "iraq/closure-no-notice",
    "iraq/closure-with-alternatives",
    "iraq/as-happened",
    "valley/as-is",
    "valley/closure-no-notice",
    "valley/closure-with-alternatives",
    "valley/rebuild-first",
    "valley/papers-and-news",
    "valley/slope-secured",
    "valley/third-flood",
    "valley/aid-ends",
)
MOST_ROWS, MONTHS, SEED = 5000, 22, 1


def headlines() -> pd.DataFrame:
    """Return the headline outcomes of the shipped scenarios, small and short: outcomes by scenario."""
    return pd.DataFrame({name: headline(shortened(name)) for name in SCENARIOS}).rename_axis("outcome")


def shortened(name: str) -> xr.Dataset:
    """Return a short run with the scenario's own rows, or fewer where it has very many."""
    rows = load_scenario(name).spec.rows
    return sim.run(name, seed=SEED, households=min(rows or MOST_ROWS, MOST_ROWS), months=MONTHS).data


if __name__ == "__main__":
    headlines().to_csv(HERE / "headline.csv", float_format="%.6g")
    write_expected()
