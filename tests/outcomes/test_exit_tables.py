"""Exit metrics side by side, by group, and as the page about them shows them."""

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sim.outcomes import EXIT_METRICS, exit_shares, exit_table
from sim.schema.errors import InputError

PAGE = Path(__file__).parents[2] / "docs" / "exit-metrics.md"
COLUMNS = ["metric", "population", "group", "share", "households", "undecided", "weight"]


def page_table(header: str) -> pd.DataFrame:
    """Return the table of the page whose first column has a header, as text."""
    (found,) = re.findall(rf"^(\| {header} \|.*\n\|[-|]+\n(?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    first, _, *rows = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in found.splitlines()]
    return pd.DataFrame(rows, columns=first).set_index(header)


@pytest.fixture
def example() -> dict[str, pd.DataFrame | pd.Series]:
    table = page_table("Household")
    indicators = table.filter(regex=r"^\d").replace("?", np.nan).astype(float)
    return {"indicators": indicators, "host": table["Population"] == "host", "cells": table["Head"]}


def test_the_page_shows_what_every_household_gets(example) -> None:
    cells = example.pop("cells")
    for metric in EXIT_METRICS:
        given = example | ({"cells": cells} if metric == "cells" else {})
        found = exit_shares(**given, metric=metric, per_household=True)
        assert found.tolist() == pytest.approx(
            page_table("Household")[metric].replace("?", np.nan).astype(float).tolist(), nan_ok=True
        )


def test_the_page_shows_the_shares_of_both_populations(example) -> None:
    found = exit_table(**example).pivot(index="metric", columns="population", values="share")
    (of_page,) = re.findall(
        r"^\| Metric \| Displaced \| Hosts \|\n\|[-|]+\n((?:\|.*\n)+)", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    rows = [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in of_page.splitlines()]
    assert [row[0] for row in rows] == list(EXIT_METRICS)
    for metric, displaced, host in rows:
        shares = [float(Fraction(displaced)), float(Fraction(host))]
        assert found.loc[metric, ["displaced", "host"]].tolist() == pytest.approx(shares), metric


def test_the_calls_on_the_page_work_as_written(example) -> None:
    (block,) = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    known = example | {"weights": np.arange(1.0, 10), "district": list("aabbaabba")}
    exec(compile(block, str(PAGE), "exec"), known)
    assert 0 <= known["share"] <= 1
    assert known["each"].index.equals(example["indicators"].index)
    assert list(known["table"].columns) == COLUMNS


def test_numbers_of_a_group_add_up_to_those_of_all(example) -> None:
    district = pd.Series(
        ["north", "south", "north", "north", "south", "north", "north", "north", "north"], list("ABCDEFGHI")
    )
    weights = pd.Series(np.arange(1.0, 10), district.index)
    table = exit_table(**example, weights=weights, by=district)
    assert list(table.columns) == COLUMNS
    assert table["metric"].drop_duplicates().tolist() == list(EXIT_METRICS)
    total = table[table["group"] == "all"].set_index(["metric", "population"])
    parts = table[table["group"] != "all"]
    assert not ((parts["population"] == "host") & (parts["group"] == "south")).any(), "no hosts, no row"
    summed = parts.groupby(["metric", "population"])[["households", "undecided", "weight"]].sum()
    pd.testing.assert_frame_equal(summed, total[summed.columns].sort_index(), check_dtype=False)
    passes = parts.assign(exits=parts["share"] * parts["weight"]).groupby(["metric", "population"])["exits"].sum()
    expected = (total["share"] * total["weight"]).sort_index()
    np.testing.assert_allclose(passes, expected)


def test_the_benchmark_of_a_group_is_all_hosts() -> None:
    indicators = pd.DataFrame({"1.1": [1, 0, 1, 0], "1.2": [0, 0, 1, 0]})
    host, district = [False, False, True, True], ["north", "south", "north", "south"]
    table = exit_table(indicators, host, metrics=["composite"], by=district).set_index(["population", "group"])
    assert table["share"].to_dict() == {
        ("displaced", "all"): 0.5,
        ("displaced", "north"): 1.0,  # 1 reaches the mean of all hosts, which is 1, though hosts in the north have 2
        ("displaced", "south"): 0.0,  # 0 does not, though hosts in the south have 0
        ("host", "all"): 0.5,
        ("host", "north"): 1.0,
        ("host", "south"): 0.0,
    }


def test_a_group_without_decided_households_has_no_share() -> None:
    indicators = pd.DataFrame({"1.1": [1, None, 1], "1.2": [1, 1, 0]})
    table = exit_table(indicators, [False, False, True], by=[1, 2, 2]).set_index(["metric", "population", "group"])
    row = table.loc[("ecdf", "displaced", 2)]
    assert np.isnan(row["share"])
    assert row[["households", "undecided", "weight"]].tolist() == [0, 1, 0]
    assert table.loc[("ecdf", "displaced", "all"), "share"] == 1


@pytest.mark.parametrize(
    ("names", "given", "left_out"),
    [
        (["1.1", "2_1"], {}, {"cells"}),
        (["safety", "food"], {}, {"cells", "criterion_composite"}),
        (["safety", "food"], {"criteria": {"safety": "1", "food": "2"}}, {"cells"}),
        (["safety", "food"], {"cells": pd.Series(list("aaaa"))}, {"criterion_composite"}),
    ],
)
def test_all_that_can_be_computed_is(names: list[str], given: dict[str, object], left_out: set[str]) -> None:
    indicators = pd.DataFrame([[1, 0], [0, 1], [1, 1], [0, 0]], columns=names)
    table = exit_table(indicators, [True, True, False, False], **given)
    assert set(EXIT_METRICS) - set(table["metric"]) == left_out


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"metrics": "ecdf"}, "not a list of metrics"),
        ({"metrics": []}, "not a list of metrics"),
        ({"metrics": ["ecdf", "ecdf"]}, "appears twice"),
        ({"metrics": ["ecdf", "pass_fial"]}, "did you mean 'pass_fail'"),
        ({"metrics": ["cells"]}, "needs to know the cells"),
        ({"metrics": ["ecdf"], "cells": pd.Series(list("aaaa"))}, "cells: no metric asked for uses this"),
        ({"metrics": ["ecdf"], "criteria": {"1.1": "1"}}, "criteria: no metric asked for uses this"),
        ({"cells": pd.Series(list("abcc"))}, "the cell of host households with cell: a has one household"),
        ({"by": ["a", "b", None, "a"]}, "by: a household has no value"),
        ({"by": ["a", "b", "all", "a"]}, "the name of the total"),
        ({"by": pd.Series(list("abab"), index=[0, 1, 2, 7])}, "by: it has other row labels"),
    ],
)
def test_what_a_table_refuses(given: dict[str, object], message: str) -> None:
    indicators = pd.DataFrame({"1.1": [1, 0, 1, 1]})
    with pytest.raises(InputError, match=message):
        exit_table(indicators, [True, True, False, False], **given)


def test_a_table_of_nobody_decided_is_refused() -> None:
    indicators = pd.DataFrame({"1.1": [1, 1, None], "1.2": [1, None, 1]})
    with pytest.raises(InputError, match="by metric 'pass_fail' no displaced household is decided"):
        exit_table(indicators, [True, False, False])
