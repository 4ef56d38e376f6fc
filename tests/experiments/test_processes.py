"""Replicates in processes of this machine: the same to the last bit, one pool for all, and gone with their parent."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from sim.experiments.executors import Done
from sim.experiments.processes import Processes
from sim.scenario import Scenario

PARENT = """
import sys
from sim.experiments.processes import Processes
from tests.experiments.test_processes import Work
if __name__ == "__main__":
    print(*[done.summary for done in Processes(1).finished(Work(("pid", "sleep")), range(2))], flush=True)
"""


@dataclass(frozen=True)
class Work:
    """What each replicate does, in a word."""

    does: tuple[str, ...]

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        return ()

    def place(self, number: int) -> tuple[int, int]:
        return number, 7

    def run(self, number: int) -> int:
        what = self.does[number]
        if what == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if what == "fail":
            raise ValueError("of its own")
        if what == "sleep":
            Path(os.environ["TOLD"]).write_text(str(os.getpid()))
            time.sleep(600)
        return os.getpid()


def ran(who: Processes, *does: str) -> list[Done[int]]:
    return list(who.finished(Work(does), range(len(does))))


@pytest.mark.slow
def test_processes_stay_and_failures_are_named() -> None:
    who = Processes(1)
    (first,), (again, failed) = ran(who, "pid"), ran(who, "pid", "fail")
    assert first.summary == again.summary != os.getpid()
    assert failed == Done(1, None, "replicate 1 (draw 1, seed 7): ValueError: of its own")


@pytest.mark.slow
def test_a_lost_process_is_told_and_others_are_started() -> None:
    who = Processes(1)
    told = ran(who, "die", "pid")
    assert [one.summary for one in told] == [None]
    assert "replicate 0 (draw 0, seed 7): a process was lost" in told[0].error
    assert ran(who, "pid")[0].summary is not None


@pytest.mark.slow
def test_they_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    told, script = tmp_path / "told", tmp_path / "parent.py"
    script.write_text(PARENT)
    root = Path(__file__).parents[2]
    environment = {**os.environ, "TOLD": str(told), "PYTHONPATH": str(root)}
    parent = subprocess.Popen([sys.executable, script], env=environment, stdout=subprocess.DEVNULL)
    try:
        until(told.exists)
    finally:
        parent.kill()
        parent.wait()
    child = int(told.read_text())
    until(lambda: not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2])


def until(true, seconds: float = 60.0) -> None:  # type: ignore[no-untyped-def]
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.05)
