"""Worked examples of exit metrics, computed by hand: tests/outcomes/exit_metrics/*.yaml."""

import io
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml

from sim.outcomes import EXIT_METRICS, exit_shares, exit_table

EXAMPLES = sorted((Path(__file__).parent / "exit_metrics").glob("*.yaml"))


def read(path: Path) -> tuple[dict[str, Any], pd.DataFrame, dict[str, Any]]:
    """Return an example, its table by household, and the arguments that it stands for."""
    example = yaml.safe_load(path.read_text(encoding="utf-8"))
    table = pd.read_csv(io.StringIO(example["table"]), sep=r"\s+", dtype=str, index_col="household", na_values="?")
    cells = example.get("cells", [])
    other = ["population", "weight", "exits", *cells]
    given = {
        "indicators": table[[name for name in table if name not in other]].astype(float),
        "host": table["population"] == "host",
        "weights": table["weight"].astype(float) if "weight" in table else None,
        "criteria": example.get("criteria"),
        "cells": table[cells] if cells else None,
    }
    return example, table, given


def number(text: object) -> float:
    return float(Fraction(str(text)))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_the_share_is_what_was_computed_by_hand(path: Path) -> None:
    example, _, given = read(path)
    share = exit_shares(**given, metric=example["metric"])
    assert isinstance(share, float)
    assert share == pytest.approx(number(example["share"]), abs=1e-12)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_household_exits_as_was_computed_by_hand(path: Path) -> None:
    example, table, given = read(path)
    found = exit_shares(**given, metric=example["metric"], per_household=True)
    assert found.index.equals(table.index)
    assert found.dtype == np.float64
    np.testing.assert_allclose(found, table["exits"].map(number, na_action="ignore").astype(float), atol=1e-12)


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_hosts_are_judged_by_the_same_rule(path: Path) -> None:
    example, table, given = read(path)
    found = exit_table(**given, metrics=[example["metric"]]).set_index("population")
    assert found["share"].to_dict() == pytest.approx(
        {"displaced": number(example["share"]), "host": number(example["host_share"])}, abs=1e-12
    )
    unknown = table["exits"].isna().groupby(table["population"]).sum()
    assert found["undecided"].to_dict() == unknown.to_dict()


def test_there_is_an_example_of_every_metric() -> None:
    assert {read(path)[0]["metric"] for path in EXAMPLES} == set(EXIT_METRICS)
    assert all(read(path)[0]["arithmetic"] for path in EXAMPLES)
