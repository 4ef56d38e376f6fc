"""Ctrl-C at any moment, once or twice, ends a command with 130, without a traceback and without half a folder."""

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from sim.experiments.checksums import SUMS
from sim.experiments.interrupt import uninterrupted

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent another way there")
LONG = (pytest.mark.slow, pytest.mark.long)
COMMANDS = {
    "run": ["run", "valley/closure-no-notice", "--out", "out/results"],
    "compare": ["compare", "valley/closure-no-notice", "--seeds", "6", "--months", "12", "--out", "out/results"],
    "checkpoints": ["run", "valley/as-is", "--checkpoint-every", "1", "--out", "out/results"],
    "list": ["list"],
    "check": ["check", "valley/as-is", "iraq/no-closure"],
    "new": ["new", "out/case"],
    "doctor": ["doctor"],
}
# Where to press: modules that are entered on the way, whatever the speed of the machine.
MOMENTS = ["typer", "numba", "pyarrow.parquet", "matplotlib.figure"]
PRESS = """
import importlib.abc, os, signal, sys
moment, times = sys.argv[1], int(sys.argv[2])
class Press(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == moment:
            sys.meta_path.remove(self)
            for _ in range(times):
                os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Press())
sys.argv[:] = ["sim", *sys.argv[3:]]
from sim.cli import main
main()
"""


def started(folder: Path, arguments: list[str]) -> subprocess.Popen[str]:
    """Start Python with Ctrl-C as a terminal gives it: what starts tests in the background has it ignored."""
    out = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    return subprocess.Popen([sys.executable, *arguments], cwd=folder, preexec_fn=heard, **out)


def judge(process: subprocess.Popen[str], folder: Path) -> int:
    """Wait for the end; refuse a traceback, half a folder, and any end but results or an interruption."""
    out, err = process.communicate(timeout=120)
    before_python = process.returncode == -signal.SIGINT  # the system ended it; a shell says 130 as well
    code = 130 if before_python else process.returncode
    assert code in (0, 130), f"ended with {code}\n{err}"
    assert "Traceback" not in out + err, err
    left = [path for path in folder.glob("out/*") if not path.name.endswith(".checkpoint")]
    assert [path.name for path in left] in ([], ["results"], ["case"]), left
    for path in folder.glob("out/results"):
        assert (path / SUMS).is_file()
        json.loads((path / "manifest.json").read_text())
    return code


@pytest.mark.parametrize("times", [1, pytest.param(2, marks=LONG)])
@pytest.mark.parametrize(
    "moment", [*MOMENTS[:2], *(pytest.param(late, marks=pytest.mark.slow) for late in MOMENTS[2:])]
)
def test_run_interrupted_on_the_way(tmp_path: Path, moment: str, times: int) -> None:
    arguments = ["-c", PRESS, moment, str(times), *COMMANDS["run"], "--months", "3"]
    assert judge(started(tmp_path, arguments), tmp_path) == 130
    assert list(tmp_path.iterdir()) == [], "nothing was finished, so nothing is there"


def interrupted_after(folder: Path, command: str, seconds: list[float]) -> int:
    process = started(folder, ["-m", "sim", *COMMANDS[command]])
    for pause in seconds:
        time.sleep(pause)
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    return judge(process, folder)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_interrupted_at_many_moments(tmp_path: Path, command: str) -> None:
    ends = []
    for at in range(5):
        folder = tmp_path / str(at)
        folder.mkdir()
        again = [0.02, 0.3, 1.0][at % 3]
        ends.append(interrupted_after(folder, command, [0.5 + 1.1 * at, *([again] if at % 2 else [])]))
    assert 130 in ends


def test_ctrl_c_waits_for_the_end_of_a_step() -> None:
    before, done = signal.getsignal(signal.SIGINT), list[str]()

    def step() -> None:
        with uninterrupted():
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.01)  # without protection it comes here
            done.append("the rest of the step")

    with pytest.raises(KeyboardInterrupt):
        step()
    assert done
    assert signal.getsignal(signal.SIGINT) is before
