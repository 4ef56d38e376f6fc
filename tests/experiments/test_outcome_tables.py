"""Published tables of outcomes: what they hold, what they withhold, and what is written."""

import pandas as pd
import pytest

from sim.experiments import Comparison, compare
from sim.experiments.compare import open_comparison
from sim.experiments.outcome_tables import outcome_tables
from sim.outcomes.groups import TRAITS
from sim.report.dictionary import TABLES

SCENARIOS = ["valley/as-is", "valley/aid-ends"]


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(SCENARIOS, seeds=2, months=14, counterparts=False)


@pytest.fixture(scope="module")
def tables(comparison: Comparison) -> dict[str, pd.DataFrame]:
    return outcome_tables(comparison.mean_ends, comparison.published_counts)


def test_every_table_is_in_the_dictionary(tables: dict[str, pd.DataFrame]) -> None:
    assert set(tables) == set(TABLES)
    for name, table in tables.items():
        assert set(table["scenario"]) == set(SCENARIOS), name
        keys = [column for column in table if not pd.api.types.is_float_dtype(table[column])]
        assert not table.duplicated(keys).any(), name
        assert "rows" not in table, name


def test_rates_are_rates_and_worst_is_worst(tables: dict[str, pd.DataFrame]) -> None:
    equity = tables["equity"]
    states = equity[~equity["outcome"].str.endswith("moves")]
    assert states["per_100"].dropna().between(0, 100).all()
    assert set(equity["trait"]) == {"all", *TRAITS}
    for row in tables["worst_off"].itertuples():
        mine = equity[
            (equity["outcome"] == row.outcome) & (equity["scenario"] == row.scenario) & (equity["trait"] != "all")
        ]
        assert row.withheld == mine["per_100"].isna().sum()
        if not pd.isna(row.per_100):
            assert row.per_100 in (mine["per_100"].min(), mine["per_100"].max())


def test_shares_of_the_displaced_add_up(tables: dict[str, pd.DataFrame]) -> None:
    whole = tables["residual"].dropna().groupby(["trait", "scenario"])[["start", "end"]].sum()
    assert whole["start"].round(6).eq(100).all()
    assert whole["end"].sub(100).abs().max() <= 0.2


def test_published_counts_are_not_small(tables: dict[str, pd.DataFrame]) -> None:
    families = tables["blocked"]["families"].dropna()
    assert ((families == 0) | (families >= 10)).all()
    assert (families % 5 == 0).all()


def test_hosts_pass_as_the_case_declares(tables: dict[str, pd.DataFrame], comparison: Comparison) -> None:
    exits = tables["exits"]
    at = exits[(exits["of"] == "hosts") & (exits["measure"] == "sub-criterion") & (exits["scenario"] == SCENARIOS[0])]
    assert dict(zip(at["name"], at["per_100"]))["documents"] == pytest.approx(94.3, abs=0.1)


def test_a_cut_of_aid_is_shifted_to_the_displaced(tables: dict[str, pd.DataFrame]) -> None:
    costs = tables["costs"].set_index(["name", "scenario"])["usd"]
    assert costs["aid_withheld", SCENARIOS[0]] == 0
    assert costs["aid_withheld", SCENARIOS[1]] > 1e5


def test_tables_are_written_and_the_comparison_comes_back(comparison: Comparison, tmp_path) -> None:
    folder = comparison.save(tmp_path / "out")
    assert sorted(path.stem for path in (folder / "tables").glob("*.csv")) == sorted(TABLES)
    again = open_comparison(folder)
    assert again.ends.identical(comparison.ends)
    pd.testing.assert_frame_equal(again.published, comparison.published)
    pd.testing.assert_frame_equal(
        pd.read_csv(folder / "tables" / "severity.csv"), comparison.tables["severity"], check_dtype=False
    )
