"""Write what tests and the self-test expect anew: ``python tests/golden/update.py``. Look at the difference first."""

from pathlib import Path

import pandas as pd

import sim
from sim.experiments.self_test import write_expected
from sim.outcomes import headline

HERE = Path(__file__).parent
SCENARIOS = ("iraq/no-closure", "iraq/closure-no-notice", "iraq/closure-with-alternatives", "iraq/as-happened")
ROWS, MONTHS, SEED = 5000, 22, 1


def headlines() -> pd.DataFrame:
    """Return the headline outcomes of the shipped scenarios, small and short: outcomes by scenario."""
    runs = {name: sim.run(name, seed=SEED, households=ROWS, months=MONTHS).data for name in SCENARIOS}
    return pd.DataFrame({name: headline(data) for name, data in runs.items()}).rename_axis("outcome")


if __name__ == "__main__":
    headlines().to_csv(HERE / "headline.csv", float_format="%.6g")
    write_expected()
