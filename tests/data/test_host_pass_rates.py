"""How often hosts pass each sub-criterion is declared by every case; what cannot be is refused."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.data.case_tables import load_displaced
from sim.kernels.codes import CRITERIA
from sim.schema.errors import InputError

VALLEY = Path(__file__).parents[2] / "scenarios" / "valley"


@pytest.fixture
def case(tmp_path: Path) -> Path:
    for path in VALLEY.glob("*.csv"):
        shutil.copy(path, tmp_path)
    return tmp_path


def refused(case: Path, change: Callable[[list[str]], list[str]]) -> str:
    """Change the lines of conditions.csv, and return the one message that loading the case then gives."""
    path = case / "conditions.csv"
    before = path.read_text(encoding="utf-8").splitlines()
    after = change(list(before))
    assert after != before
    path.write_text("\n".join(after) + "\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        load_displaced(case)
    message = str(caught.value)
    assert "\n" not in message
    assert str(path) in message
    return message


def rate_of_va01(criterion: str, text: str) -> Callable[[list[str]], list[str]]:
    """Return a change that writes another pass rate for the first of the six areas."""

    def changed(line: str) -> str:
        cells = line.rsplit(",", 6)
        return ",".join([cells[0], text, *cells[2:]]) if line.startswith(f"host_pass_{criterion},") else line

    return lambda lines: [changed(line) for line in lines]


def test_the_shipped_case_declares_all() -> None:
    rates = load_displaced(VALLEY).conditions.loc[[f"host_pass_{name}" for name in CRITERIA]]
    assert rates.shape == (10, 6)
    assert rates.to_numpy().min() > 0
    assert rates.to_numpy().max() < 1
    assert (rates.loc["host_pass_food"] >= rates.loc["host_pass_economic_security"]).all()


def test_none_declared(case: Path) -> None:
    message = refused(case, lambda lines: [line for line in lines if not line.startswith("host_pass_")])
    assert "condition: 'host_pass_safety' is missing" in message
    assert "allowed: a row of every condition; of host_pass_safety a share from 0 to 1" in message


@pytest.mark.parametrize("criterion", CRITERIA)
def test_one_not_declared(case: Path, criterion: str) -> None:
    message = refused(case, lambda lines: [line for line in lines if not line.startswith(f"host_pass_{criterion},")])
    assert f"condition: 'host_pass_{criterion}' is missing" in message
    assert "a share from 0 to 1" in message


@pytest.mark.parametrize(("text", "found"), [("1.2", "1.2"), ("93", "93.0"), ("-0.1", "-0.1")])
def test_a_rate_that_is_no_share(case: Path, text: str, found: str) -> None:
    message = refused(case, rate_of_va01("safety", text))
    assert "VA01: host_pass_safety is out of range" in message
    assert f"found {found}" in message
    assert "allowed: a share from 0 to 1" in message
    row = 2 + list(load_displaced(VALLEY).conditions.index).index("host_pass_safety")
    assert f"conditions.csv, row {row}: " in message


def test_a_rate_that_is_no_number(case: Path) -> None:
    message = refused(case, rate_of_va01("health", "most"))
    assert "VA01" in message
    assert "found 'most'" in message
    assert "allowed: a number" in message


def test_more_hosts_pay_for_all_needs_than_for_food(case: Path) -> None:
    message = refused(case, rate_of_va01("economic_security", "0.9"))
    assert "VA01: fewer hosts have enough food than can pay for all their needs" in message
    assert "found 0.78" in message
    assert "allowed: host_pass_food at least host_pass_economic_security" in message


@pytest.mark.parametrize("text", ["0", "1"])
def test_no_host_or_every_host_may_pass(case: Path, text: str) -> None:
    path = case / "conditions.csv"
    lines = rate_of_va01("documents", text)(path.read_text(encoding="utf-8").splitlines())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert load_displaced(case).conditions.loc["host_pass_documents", "VA01"] == float(text)
