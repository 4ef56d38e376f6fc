"""Safe publishing: cells that could point at few families are not shown."""

import pandas as pd

from sim.outcomes.suppression import SMALLEST_CELL

COUNTS = ("families", "persons")  # units that count people


def suppressed(table: pd.DataFrame, column: str = "value", counts: tuple[str, ...] = COUNTS) -> pd.DataFrame:
    """Return a tidy table with small cells blanked and marked.

    Parameters
    ----------
    table : pandas.DataFrame
        One cell a row, with columns ``unit`` and ``column``.
    column : str
        Where the values are.
    counts : tuple of str
        Units that count people; only those are suppressed.

    Returns
    -------
    pandas.DataFrame
        With a boolean column ``suppressed``; zero is shown, since an empty cell points at nobody.
    """
    result = table.copy()
    values = result[column].abs()
    small = result["unit"].isin(counts) & (values > 0) & (values < SMALLEST_CELL)
    result[column] = result[column].astype(float).mask(small)
    result["suppressed"] = small
    return result
