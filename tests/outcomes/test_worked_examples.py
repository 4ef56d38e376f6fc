"""Outcomes of tiny recorded states, computed by hand: tests/outcomes/worked/*.yaml."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xarray as xr
import yaml
from recorded import read_table, recorded

from sim.outcomes import (
    HEADLINE,
    blocked_by_gate,
    equity,
    flags,
    require_rankable,
    residual_profile,
    severity,
    worst_off,
)
from sim.outcomes.costs import accounts, cost_per, payback_month
from sim.schema.errors import InputError
from sim.schema.parameters import Parameters

Example = dict[str, Any]
FOLDER = Path(__file__).parent / "worked"
EXAMPLES: dict[str, Example] = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(FOLDER.glob("*.yaml"))
}
TABLES = {
    "severity": severity,
    "equity": equity,
    "worst_off": lambda data: worst_off(equity(data)),
    "residual_profile": residual_profile,
    "blocked_by_gate": blocked_by_gate,
}
MONTHS = 12  # of a recorded state that does not say


def of(*kinds: str) -> pytest.MarkDecorator:
    names = [name for name, example in EXAMPLES.items() if example["computes"] in kinds]
    return pytest.mark.parametrize("example", [EXAMPLES[name] for name in names], ids=names)


def state(example: Example) -> xr.Dataset:
    return recorded(example["recorded"], example.get("months", MONTHS), example.get("sites"))


def number(text: object) -> float:
    return float(Fraction(str(text)))


@of("headline")
def test_headline_outcomes(example: Example) -> None:
    data, measures = state(example), {one.name: one.value for one in HEADLINE}
    found = {name: measures[name](data) for name in example["expected"]}
    assert found == pytest.approx({name: number(value) for name, value in example["expected"].items()}, abs=1e-9)


@of("accounts")
def test_accounts(example: Example) -> None:
    needed = ("families", "persons", "by_shelter", "site_families", "aid_camp_share", "aid_out_share")
    empty = dict.fromkeys((*needed, "host_population", "rent", "spent"), "value\n")
    tables = empty | example["recorded"]
    data = recorded(tables, example.get("months", MONTHS), example.get("sites", {"only": "only"}))
    accounted = accounts(data.variables, Parameters.model_validate(example.get("parameters", {})))
    found = data.drop_vars(list(data.data_vars)).assign(accounted)
    assert {one.attrs["unit"] for one in found.values()} == {"USD"}
    for account, expected in example["expected"].items():
        if account == "care":
            assert set(expected) == set(map(str, found["care"]["shelter"].values))
            for shelter, usd in expected.items():
                np.testing.assert_allclose(found["care"].sel(shelter=shelter), usd, atol=1e-9)
        else:
            by_month = expected if isinstance(expected, dict) else dict(enumerate(expected))
            assert by_month.keys() >= set(np.flatnonzero(found[account])), "nothing in months that are not named"
            np.testing.assert_allclose(found[account].sel(month=list(by_month)), list(by_month.values()), atol=1e-9)


@of("payback")
def test_payback(example: Example) -> None:
    table = read_table(example["table"])
    found = payback_month(table["cost"].to_numpy(float), table["baseline"].to_numpy(float))
    assert found == (float("inf") if example["month"] == "never" else example["month"])


@of("cost_per")
def test_cost_of_a_solution(example: Example) -> None:
    found = cost_per(example["extra_cost"], example["extra_solutions"])
    expected = np.nan if example["expected"] == "none" else example["expected"]
    assert found == pytest.approx(expected, nan_ok=True)


@of(*TABLES)
def test_tables(example: Example) -> None:
    found = TABLES[example["computes"]](state(example))
    expected = read_table(example["expected"])
    words = [name for name in expected if not pd.api.types.is_numeric_dtype(expected[name])]
    keys = [name for name in words if name != "level"]
    found[keys] = found[keys].replace(" ", "_", regex=True)  # a table has no other place for a blank
    assert len(found) == len(expected) or not example.get("whole")
    both = expected.merge(found, on=keys, how="left", suffixes=("", "_found"), indicator=True)
    assert (both["_merge"] == "both").all()
    for name in set(expected) - set(keys):
        if name in words:
            assert both[name].tolist() == both[f"{name}_found"].tolist()
        else:
            np.testing.assert_allclose(both[f"{name}_found"].astype(float), both[name], atol=5e-4, err_msg=name)


@of("flags")
def test_flags(example: Example) -> None:
    found = flags(example["scenario"], example["baseline"], example["kinds"])
    assert len(found) == len(example["expected"])
    assert all(text.startswith(words) for text, words in zip(found, example["expected"]))


@of("ranking")
def test_ranking(example: Example) -> None:
    for name, expected in example["expected"].items():
        if expected == "ranked":
            assert require_rankable(name) == name
            continue
        with pytest.raises(InputError) as caught:
            require_rankable(name)
        assert expected in str(caught.value)
        assert "allowed: sustained_whole" in str(caught.value)


def test_every_example_is_computed_and_has_its_arithmetic() -> None:
    kinds = {"headline", "accounts", "payback", "cost_per", "flags", "ranking", *TABLES}
    assert {example["computes"] for example in EXAMPLES.values()} == kinds
    assert all(example["shows"] and example["arithmetic"] for example in EXAMPLES.values())


#: Outcomes that no example of their own needs: what they are is what the run recorded.
BOOKED = {"spent", "care", "aid_withheld", "discounted", "host_rent"}


def test_every_headline_outcome_has_an_example() -> None:
    shown = {name for one in EXAMPLES.values() if one["computes"] == "headline" for name in one["expected"]}
    assert shown == {one.name for one in HEADLINE} - BOOKED
