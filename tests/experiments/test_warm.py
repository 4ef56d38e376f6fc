"""Warm: how many functions a run compiles is what the bar counts, and a machine that has them is known to be warm."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from sim.experiments import warm

FRESH = """
from sim.experiments import warm
assert not warm.is_warm()
assert warm.entries_kept() == 0
steps = list(warm.compiling())
print(warm.ENTRIES, warm.entries_kept(), warm.is_warm(), steps)
"""


@pytest.mark.slow
@pytest.mark.long
def test_a_run_in_a_fresh_folder_compiles_exactly_what_the_bar_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOLUTIONS_SIM_CACHE", str(tmp_path))
    done = subprocess.run([sys.executable, "-c", FRESH], capture_output=True, text=True, check=True)
    counted, kept, is_warm, steps = done.stdout.split(" ", 3)
    assert kept == counted
    assert is_warm == "True"
    shown = [int(step) for step in steps.strip(" []\n").split(",")]
    assert shown == sorted(shown), "the bar never goes back"
    assert shown[0] < shown[-1] == int(counted)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(warm, "cache_folder", lambda: tmp_path)
    return tmp_path


def test_a_machine_is_warm_once_every_function_is_kept(folder: Path) -> None:
    for number in range(warm.ENTRIES):
        assert not warm.is_warm()
        (folder / f"function-{number}.nbi").write_text("")
        (folder / f"function-{number}.1.nbc").write_text("")
        assert warm.entries_kept() == number + 1
    assert warm.is_warm()


def test_a_folder_that_is_not_there_is_cold(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "cache_folder", lambda: folder / "none")
    assert warm.entries_kept() == 0
    assert not warm.is_warm()


def test_the_bar_ends_full_and_what_fails_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(warm.ENTRIES + 3):
        (folder / f"function-{number}.nbi").write_text("")
    monkeypatch.setattr(warm, "run", lambda *_, **__: None)
    assert set(warm.compiling()) == {warm.ENTRIES}, "never beyond the end of the bar"

    def fails(*_: object, **__: object) -> None:
        raise MemoryError("no room")

    monkeypatch.setattr(warm, "run", fails)
    steps: Iterator[int] = warm.compiling()
    with pytest.raises(MemoryError, match="no room"):
        list(steps)
