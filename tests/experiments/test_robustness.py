"""Robustness: regret and what is robust, against numbers worked out by hand, and through the command."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.experiments import Comparison, comparison_of, experiment, robustness
from sim.experiments.draws import Draws
from sim.experiments.reach import read_target
from sim.experiments.robustness import regret
from sim.report.analysis import robustness_sheet
from sim.report.numbers import count
from sim.schema.errors import InputError

DRAWS = Draws(("parameters.beliefs.rate",), np.array([[0.05], [0.12], [0.2]]), "three by hand")
SCENARIOS = ["valley/as-is", "valley/closure-no-notice", "valley/rebuild-first"]


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Comparison:
    folder = tmp_path_factory.mktemp("robustness") / "store"
    return comparison_of(experiment(SCENARIOS, folder, DRAWS, 2, 900, 14, counterparts=False).store)


def by_future(known: Comparison, outcome: str) -> np.ndarray:
    """Means over seeds, by scenario and draw; all draws come with the first seed before any with the second."""
    values = known.data["outcome_value"].sel(outcome=outcome).transpose("scenario", "seed").values
    return values.reshape(3, 2, 3).mean(axis=1)


def test_regret_is_worked_out_by_hand() -> None:
    values = np.array([[100.0, 200, 300], [120, 150, 330], [90, 200, 300]])
    assert regret(values, more=True).tolist() == [[20, 0, 30], [0, 50, 0], [30, 0, 30]]
    assert regret(values, more=False).tolist() == [[10, 50, 0], [30, 0, 30], [0, 50, 0]]


@pytest.mark.parametrize("more", [True, False])
def test_the_table_is_made_of_means_over_the_seeds_of_a_draw(known: Comparison, more: bool) -> None:
    values = by_future(known, "exit_composite")
    sign, amount = (">=", "<=")[not more], float(np.median(values))
    found = robustness(known, "exit_composite", more, read_target(f"exit_composite {sign} {amount:.0f}"))
    assert found.futures == 3
    table, lost = found.table, regret(values, more)
    assert table["mean"].to_numpy() == pytest.approx(values.mean(axis=1))
    assert table["in_poor_futures"].to_numpy() == pytest.approx(np.quantile(values, 0.1 if more else 0.9, axis=1))
    assert table["regret_mean"].to_numpy() == pytest.approx(lost.mean(axis=1))
    assert table["regret_in_poor_futures"].to_numpy() == pytest.approx(np.quantile(lost, 0.9, axis=1))
    assert table["regret_most"].to_numpy() == pytest.approx(lost.max(axis=1))
    assert table["best_in"].to_numpy() == pytest.approx((lost == 0).mean(axis=1))
    met = values >= round(amount) if more else values <= round(amount)
    assert table["met_in"].to_numpy() == pytest.approx(met.mean(axis=1))
    assert 0 < met.mean() < 1
    assert lost.max() > 0


def test_harm_stands_beside(known: Comparison) -> None:
    found = robustness(known, "sustained").table
    assert found["met_in"].isna().all(), "no target was named"
    published = known.published.set_index(["outcome", "scenario"])["mean"]
    values = by_future(known, "expelled")
    shown = [not np.isnan(published["expelled", name]) for name in SCENARIOS]
    assert any(shown)
    for n, row in found.iterrows():
        assert np.isnan(row["expelled_mean"]) != shown[int(n)]  # type: ignore[call-overload]
        if shown[int(n)]:  # type: ignore[call-overload]
            assert row["expelled_mean"] == pytest.approx(values[int(n)].mean())  # type: ignore[call-overload]


def test_what_is_withheld_is_withheld_here_too(known: Comparison) -> None:
    table = known.published.pivot_table(index="outcome", columns="scenario", values="mean", dropna=False)[SCENARIOS]
    some = table.index[table.isna().any(axis=1) & table.notna().any(axis=1)]
    assert len(some)
    found = robustness(known, str(some[0])).table
    assert found["mean"].isna().tolist() == table.loc[some[0]].isna().tolist()
    assert found[["regret_mean", "regret_most", "best_in"]].isna().all(axis=None), "the best could be what is not told"


def test_it_reads_well(known: Comparison) -> None:
    found = robustness(known, "sustained", target=read_target("sustained >= 150"))
    sheet = robustness_sheet(found, known)
    assert [section.title for section in sheet.sections][1:] == [
        "Short of the best of these scenarios in the same future",
        "Harm, over the same futures",
    ]
    cells = {label: cells for section in sheet.sections for label, cells in section.lines}
    most = found.table["regret_most"]
    assert [cell.value for cell in cells["At most"]] == [count(value) for value in most]
    share = found.table["met_in"]
    assert [cell.value for cell in cells["Reaches sustained >= 150, per 100 of 3 futures"]] == [
        f"{100 * value:.0f}" for value in share
    ]
    assert "Savage 1951" in sheet.caption


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda found: robustness(found, "sustaind"), "did you mean 'sustained'?"),
        (lambda found: robustness(found, "returns"), "is not what displaced people gain"),
        (lambda found: robustness(found, "displaced", more=False), "is not what displaced people gain"),
        (lambda found: robustness(found, "sustained", target=read_target("sustained <= 9")), "is of another outcome"),
    ],
)
def test_what_cannot_be_asked(known: Comparison, ask: Callable[[Any], object], message: str) -> None:
    with pytest.raises(InputError) as caught:
        ask(known)
    assert message in str(caught.value)


def test_luck_is_no_future(tmp_path: Path) -> None:
    found = comparison_of(experiment(SCENARIOS[:1], tmp_path / "store", None, 2, 300, 1).store)
    with pytest.raises(InputError, match="parameters do not vary"):
        robustness(found, "sustained")
