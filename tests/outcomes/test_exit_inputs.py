"""What exit metrics accept, and what they refuse with one message that names the place."""

import re
import time
from typing import Any

import numpy as np
import pandas as pd
import pytest

from sim.outcomes import exit_shares
from sim.schema.errors import InputError

HOST = [True, True, False, False]
ODD_INDEX = pd.Index(["d", "c", "b", "a"])


def survey(**changes: Any) -> dict[str, Any]:
    indicators = pd.DataFrame({"1.1": [1, 0, 1, 0], "2.1": [1, 1, 1, 0]})
    return {"indicators": indicators, "host": HOST} | changes


def one_column(*values: object, dtype: Any = object) -> pd.DataFrame:
    return pd.DataFrame({"1.1": pd.Series(values, dtype=dtype)})


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([True, True, True, False]),
        pd.Series([1, 1, 1, 0], dtype="int8"),
        pd.Series([1.0, 1.0, 1.0, 0.0]),
        pd.Series([1, None, 1, 0], dtype="Int64"),
        pd.Series([True, pd.NA, True, False], dtype="boolean"),
        pd.Series([1, None, 1.0, np.bool_(False)], dtype=object),
        pd.Series([True, np.nan, np.int64(1), pd.NA], dtype=object).where([True, True, True, False], 0),
        pd.Series([1, 1, 1, 0], dtype="category"),
    ],
    ids=lambda column: str(column.dtype),
)
def test_kinds_of_answers(column: pd.Series) -> None:
    found = exit_shares(column.to_frame("1.1"), HOST, per_household=True)
    assert found.tolist()[2:] == [1.0, 0.0]
    assert found.isna().tolist() == column.isna().tolist()


@pytest.mark.parametrize("value", [2, -1, 0.5, np.inf, "1", "yes", [1], 1j, pd.Timestamp("2020-01-01"), 10**400])
def test_a_value_that_is_no_answer_is_named_with_its_column(value: object) -> None:
    with pytest.raises(InputError) as caught:
        exit_shares(one_column(1, 0, value, 1), HOST)
    assert caught.value.key == "1.1"
    assert caught.value.value == value


@pytest.mark.parametrize("host", [HOST, tuple(HOST), np.array(HOST), pd.array(HOST), pd.Series(HOST, dtype=object)])
def test_kinds_of_host_columns(host: Any) -> None:
    assert exit_shares(**survey(host=host)) == 0.5


def test_a_series_is_matched_by_its_index_and_an_array_by_its_order() -> None:
    indicators = survey()["indicators"].set_axis(ODD_INDEX)
    host = pd.Series(HOST, ODD_INDEX)
    weights = pd.Series([1.0, 1.0, 3.0, 1.0], ODD_INDEX)
    for order in ([0, 1, 2, 3], [3, 1, 0, 2]):
        assert exit_shares(indicators, host.iloc[order], weights.iloc[order]) == 0.75
    assert exit_shares(indicators, HOST, [1, 1, 3, 1]) == 0.75


def test_labels_may_repeat_where_the_order_is_the_same() -> None:
    again = pd.Index([1, 1, 2, 2])
    given = survey(indicators=survey()["indicators"].set_axis(again), host=pd.Series(HOST, again))
    assert exit_shares(**given) == 0.5
    assert exit_shares(**given, per_household=True).index.equals(again)
    with pytest.raises(InputError, match="repeat"):
        exit_shares(**given | {"host": given["host"].iloc[[0, 2, 1, 3]]})


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"host": [True] * 4}, "host: no household is displaced"),
    ({"host": [False] * 4}, "host: no household is a host"),
    ({"host": [1, 1, 0, 0]}, "host: not a yes or no (found 1)"),
    ({"host": ["yes", "yes", "no", "no"]}, "host: not a yes or no (found 'yes')"),
    ({"host": [True, None, False, False]}, "host: a household has no value here"),
    ({"host": [True, False]}, "host: it has 2 values"),
    ({"host": pd.Series([True, False])}, "host: it has 2 rows"),
    ({"host": pd.Series(HOST, index=[0, 1, 2, 9])}, "host: it has other row labels: 3 is not among them"),
    ({"host": np.array([HOST]).T}, "host: not one value a household (found 'ndarray')"),
    ({"host": True}, "host: not one value a household (found 'bool')"),
    ({"weights": [1, 1, 0, 1]}, "weights: not a weight (found 0)"),
    ({"weights": [1, 1, -0.5, 1]}, "weights: not a weight (found -0.5)"),
    ({"weights": [1, 1, np.nan, 1]}, "weights: not a weight (found nan)"),
    ({"weights": [1, 1, np.inf, 1]}, "weights: not a weight (found inf)"),
    ({"weights": ["1", "1", "1", "1"]}, "weights: not a weight (found '1')"),
    ({"weights": [True] * 4}, "weights: not a weight (found True)"),
    ({"weights": [1, 10**400, 1, 1]}, "weights: not a weight (found 1000"),
    ({"weights": pd.Series([1, 1], index=[0, 1])}, "weights: it has 2 rows"),
    ({"metric": "composit"}, "metric: no such metric - did you mean 'composite'? (found 'composit')"),
    ({"metric": None}, "metric: no such metric; allowed: pass_fail, composite"),
    ({"metric": "cells"}, "cells: metric 'cells' needs to know the cells"),
    ({"criteria": {"1.1": "1", "2.1": "2"}}, "criteria: no metric asked for uses this"),
    ({"cells": pd.Series(list("aaaa"))}, "cells: no metric asked for uses this"),
    ({"indicators": pd.DataFrame()}, "indicators: the table is empty"),
    ({"indicators": pd.DataFrame(index=range(4))}, "indicators: the table is empty"),
    ({"indicators": [[1, 0]]}, "indicators: not a table"),
    (
        {"indicators": pd.DataFrame([[1, 1]] * 4, columns=["a", "a"])},
        "indicators: this column appears twice (found 'a')",
    ),
    ({"indicators": one_column(None, None, 1, 0)}, "1.1: this indicator is missing for every host household"),
    ({"indicators": one_column(1, 0, None, None)}, "1.1: this indicator is missing for every displaced household"),
]


@pytest.mark.parametrize(("changes", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        exit_shares(**survey(**changes))


CRITERIA: list[tuple[object, str]] = [
    ({"1": ["1.1"], "2": ["2.1"]}, "criteria: not the name of a criterion (found ['1.1'])"),
    ({"1.1": "1", "2.2": "2"}, "criteria: no such column - did you mean '2.1'? (found '2.2')"),
    ({"1.1": "1"}, "criteria: a column is left out (found '2.1')"),
    (["1", "2"], "criteria: not a mapping (found 'list')"),
]


@pytest.mark.parametrize(("criteria", "message"), CRITERIA)
def test_criteria_that_are_refused(criteria: object, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        exit_shares(**survey(criteria=criteria, metric="criterion_composite"))


def test_a_column_without_a_criterion_is_refused_with_how_to_name_it() -> None:
    indicators = survey()["indicators"].rename(columns={"2.1": "food 2.1"})
    with pytest.raises(InputError, match=r"food 2\.1: the criterion .* allowed: column names such as '2\.3 health'"):
        exit_shares(indicators, HOST, metric="criterion_composite")


CELLS: list[tuple[object, str]] = [
    (pd.Series(list("aabc"), name="head"), "cells: the cell of displaced households with head: b has one household;"),
    (pd.DataFrame({"head": list("ab") * 2, "camp": [0] * 4}), "displaced households with head: a, camp: 0 has one"),
    (pd.Series(["a", "a", "a", None], name="head"), "cells, head: a household has no value here"),
    (pd.Series([[1], [1], [1], [1]]), "cells, cell: a value is a list or table"),
    (pd.DataFrame([[1, 1]] * 4, columns=["a", "a"]), "cells: this column appears twice (found 'a')"),
    (pd.DataFrame(index=range(4)), "cells: no characteristics"),
    (["a", "a", "a", "a"], "cells: no characteristics (found 'list')"),
    (pd.Series(list("aaaa"), index=[4, 5, 6, 7]), "cells: it has other row labels: 0 is not among them"),
]


@pytest.mark.parametrize(("cells", "message"), CELLS)
def test_cells_that_are_refused(cells: object, message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        exit_shares(**survey(cells=cells, metric="cells"))


def test_cells_of_hosts_need_two_households_only_where_hosts_are_judged() -> None:
    given = survey(cells=pd.Series(list("abcc")), metric="cells")
    assert exit_shares(**given) == 0, "displaced households reach 1/2 on 1.1, as hosts, and 1/2 on 2.1, unlike them"
    with pytest.raises(InputError, match="the cell of host households with cell: a has one household"):
        exit_shares(**given, per_household=True)


def test_a_cell_with_one_complete_household_is_refused() -> None:
    indicators = one_column(1, 0, 1, None)
    with pytest.raises(InputError, match="cell: a has one household with complete data"):
        exit_shares(indicators, HOST, metric="cells", cells=pd.Series(list("aaaa")))


@pytest.mark.parametrize("metric", ["composite", "ecdf"])
def test_a_benchmark_of_no_complete_host_is_refused(metric: str) -> None:
    indicators = pd.DataFrame({"1.1": [1, None, 1, 0], "2.1": [None, 1, 1, 0]})
    with pytest.raises(InputError, match="every host household has a missing indicator, so there is no benchmark"):
        exit_shares(indicators, HOST, metric=metric)
    assert exit_shares(indicators, HOST, metric="criterion_composite") == 0.5, (
        "hosts are complete within each criterion"
    )
    indicators = indicators.set_axis(["2.1", "2.2"], axis=1)
    with pytest.raises(InputError, match="every host household has a missing indicator in criterion 2"):
        exit_shares(indicators, HOST, metric="criterion_composite")


def test_a_share_of_nobody_is_refused_but_households_are_shown() -> None:
    given = survey(indicators=pd.DataFrame({"1.1": [1, 1, 1, None], "2.1": [1, 1, None, 1]}))
    with pytest.raises(InputError, match="by metric 'pass_fail' no displaced household is decided"):
        exit_shares(**given)
    assert exit_shares(**given, per_household=True).isna().tolist() == [False, False, True, True]


def test_nothing_given_is_changed() -> None:
    given = survey(weights=pd.Series([1.0, 2, 3, 4]), cells=pd.Series(list("aabb"), name=3), metric="cells")
    before = {name: given[name].copy() for name in ("indicators", "weights", "cells")}
    exit_shares(**given)
    assert all(given[name].equals(value) for name, value in before.items())
    assert given["cells"].name == 3
    assert given["host"] == [True, True, False, False]


def test_a_large_survey_takes_seconds_since_equal_answers_are_judged_once() -> None:
    draw = np.random.default_rng(1)
    indicators = pd.DataFrame(draw.integers(0, 2, (110_000, 10)).astype(float))
    host = np.arange(110_000) < 10_000
    began = time.perf_counter()
    share = exit_shares(indicators, host, metric="ecdf")
    assert time.perf_counter() - began < 20, "every household against every host would take minutes and gigabytes"
    assert share == pytest.approx(0.75**10, rel=0.05), "a pair of answers is at least as good in three of four cases"
