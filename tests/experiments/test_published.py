"""Nothing small leaves a comparison: neither a count, nor a difference that gives it away."""

import pandas as pd

from sim.experiments.compare import published


def table(unit: str, baseline: float, other: float) -> pd.DataFrame:
    columns = ["outcome", "unit", "scenario", "mean", "low", "high", "difference", "difference_low", "difference_high"]
    rows = [
        ("x", unit, "a", baseline, baseline, baseline, 0.0, 0.0, 0.0),
        ("x", unit, "b", other, other, other, *[other - baseline] * 3),
    ]
    return pd.DataFrame(rows, columns=columns)


def test_a_small_count_and_its_difference_go() -> None:
    result = published(table("families", 500, 7))
    assert result.loc[1, ["mean", "low", "high", "difference"]].isna().all()
    assert result.loc[0, "mean"] == 500
    assert result["suppressed"].tolist() == [False, True]


def test_a_small_baseline_takes_every_difference_to_it_along() -> None:
    result = published(table("families", 7, 500))
    assert result.loc[1, "mean"] == 500
    assert result["difference"].isna().all()


def test_zero_and_other_units_are_shown() -> None:
    assert not published(table("families", 0, 500))["suppressed"].any()
    assert not published(table("USD", 5, 7))["suppressed"].any()
