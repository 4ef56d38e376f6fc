"""Nothing small leaves a comparison: neither a count, nor what gives it away."""

from dataclasses import replace

import numpy as np
import pytest

import sim
from sim.experiments import Comparison

BASE, OTHER = "valley/as-is", "valley/closure-no-notice"


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return sim.compare([BASE, OTHER], seeds=2, households=800, months=3, counterparts=False)


def changed(comparison: Comparison, outcome: str, base: float, other: float) -> Comparison:
    """Return a comparison in which an outcome that nothing else is tied to has other values."""
    data = comparison.data.copy(deep=True)
    for variable in ("outcome_value", "outcome_rows"):
        for scenario, value in ((BASE, base), (OTHER, other)):
            data[variable].loc[{"outcome": outcome, "scenario": scenario}] = value
    return replace(comparison, data=data)


def rows(comparison: Comparison, outcome: str) -> dict[str, dict[str, float]]:
    table = comparison.published
    found = table[table["outcome"] == outcome].to_dict("records")
    return {row["scenario"]: {str(name): value for name, value in row.items()} for row in found}


def test_a_small_count_and_its_difference_go(comparison: Comparison) -> None:
    found = rows(changed(comparison, "after_push", 500, 7), "after_push")
    assert all(np.isnan(found[OTHER][name]) for name in ("mean", "low", "high", "difference"))
    assert found[BASE]["mean"] == 500
    assert [found[name]["suppressed"] for name in (BASE, OTHER)] == [False, True]


def test_a_small_baseline_takes_every_difference_to_it_along(comparison: Comparison) -> None:
    found = rows(changed(comparison, "after_push", 7, 500), "after_push")
    assert found[OTHER]["mean"] == 500
    assert all(np.isnan(found[name]["difference"]) for name in (BASE, OTHER))


def test_zero_and_other_units_are_shown(comparison: Comparison) -> None:
    assert not any(row["suppressed"] for row in rows(changed(comparison, "after_push", 0, 500), "after_push").values())
    assert not any(row["suppressed"] for row in rows(changed(comparison, "host_rent", 5, 7), "host_rent").values())


def test_tables_and_figures_withhold_the_same(comparison: Comparison) -> None:
    counts, table = comparison.published_counts, comparison.published
    families = table[table["unit"] == "families"]
    for row in families.to_dict("records"):
        shown = counts.value(row["scenario"], row["outcome"])
        assert shown == row["mean"] or (np.isnan(shown) and np.isnan(row["mean"]))


def test_persons_go_with_their_families(comparison: Comparison) -> None:
    for scenario, row in rows(comparison, "displaced").items():
        for follower in ("displaced_persons", "person_months"):
            assert np.isnan(rows(comparison, follower)[scenario]["mean"]) == np.isnan(row["mean"])
