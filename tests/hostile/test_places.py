"""Full disks, folders that cannot be written, odd names: one message and exit code 2, and nothing half written."""

import os
import resource
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from trial import call

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits and permissions are set another way there")
LONG = (pytest.mark.slow, pytest.mark.long)
Done = subprocess.CompletedProcess[str]
RUN = ["run", "valley/as-is", "--months", "2", "--households", "300", "--out", "results"]
VALLEY = Path(__file__).parents[2] / "scenarios" / "valley"
ODD = ["-données\n'quotes\" 🏚️"]
MORE_ODD = ["with spaces", "خيمة", "-dash", "[bold]x[/bold]", "new\nline", "%s", "a" * 120]


def refused(outcome: Done, folder: Path) -> None:
    assert outcome.returncode == 2, outcome.stderr
    assert outcome.stderr.count("error: ") == 1
    assert "Traceback" not in outcome.stdout + outcome.stderr
    assert list(folder.iterdir()) == []


def limited(size: int) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


@pytest.mark.parametrize("size", [pytest.param(0, marks=LONG), 2000, pytest.param(30_000, marks=LONG)])
@pytest.mark.parametrize(
    "command",
    [
        pytest.param(RUN, marks=LONG),
        [*RUN, "--checkpoint-every", "1"],
        pytest.param(["new", "case"], marks=pytest.mark.slow),
    ],
)
def test_a_disk_that_is_full(tmp_path: Path, command: list[str], size: int) -> None:
    done = sim_here(tmp_path, command, lambda: limited(min(size, 2000) if command[0] == "new" else size))
    refused(done, tmp_path)
    assert "File too large" in done.stderr


def sim_here(folder: Path, command: list[str], first: Callable[[], None] | None = None) -> Done:
    """Run a command in a folder, after calling ``first`` in its process."""
    arguments = [sys.executable, "-m", "sim", *command]
    return subprocess.run(arguments, cwd=folder, text=True, capture_output=True, check=False, preexec_fn=first)


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[Path]:
    """Mount a small disk of its own over a new folder."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], check=False).returncode:
        pytest.skip("this user may not mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with mounted(tmp_path / "disk", "size=16k") as disk:
        yield disk


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[Path]:
    if os.getuid() == 0:  # whom permissions do not stop
        with mounted(tmp_path / "disk", "ro,size=64k") as disk:
            yield disk
    else:
        tmp_path.chmod(0o555)
        yield tmp_path
        tmp_path.chmod(0o755)


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("command", [RUN, [*RUN, "--checkpoint-every", "1"], ["new", "case"]])
def test_a_small_disk(small_disk: Path, command: list[str]) -> None:
    done = sim_here(small_disk, command)
    refused(done, small_disk)
    assert "No space left" in done.stderr


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(RUN, marks=pytest.mark.slow),
        *(pytest.param(slow, marks=LONG) for slow in ([*RUN, "--checkpoint-every", "1"], ["new", "case"])),
    ],
)
def test_a_folder_that_may_only_be_read(read_only: Path, command: list[str]) -> None:
    done = sim_here(read_only, command)
    refused(done, read_only)
    assert "Read-only file system" in done.stderr or "Permission denied" in done.stderr


@pytest.mark.parametrize("name", ODD + [pytest.param(name, marks=LONG) for name in MORE_ODD])
def test_odd_names_are_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("sim.report.folder.save_figures", lambda *_: [])
    case = tmp_path / name
    shutil.copytree(VALLEY, case)
    linked = tmp_path / "linked.yaml"
    (tmp_path / "folder").symlink_to(case)
    linked.symlink_to(case / "as-is.yaml")
    for file in (linked, tmp_path / "folder" / "as-is.yaml"):
        assert call(["check", str(file)]).fault == ""
    out = str(tmp_path / f"{name} out")
    outcome = call(["run", str(case / "as-is.yaml"), "--months", "2", "--households", "1000", "--out", out])
    assert (outcome.code, outcome.fault) == (0, "")
    assert call(["show", out]).code == 0


@pytest.mark.parametrize("place", ["x" * 5000, "loop/results", "file/results", "loop"])
def test_places_that_cannot_be(tmp_path: Path, place: str) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_text("")
    before = sorted(path.name for path in tmp_path.iterdir())
    target = str(tmp_path / place)
    for arguments in (
        [*RUN[:-1], target],
        [*RUN[:-1], target, "--checkpoint-every", "1"],
        ["new", target],
        ["show", target],
        ["resume", target],
        ["check", target],
        ["check", f"{target}.yaml"],
    ):
        outcome = call(arguments)
        assert (outcome.code, outcome.fault) == (2, ""), (arguments, outcome)
    assert sorted(path.name for path in tmp_path.iterdir()) == before


@pytest.mark.parametrize(
    "change",
    [
        "", "=", "months", "months=", "months='3'", "months=3.5", "months=[", "months=*a", "months=!!python/name:os x",
        "months=" + "[" * 5000, "a.b.c=1", ".=1", "..months=1", "parameters=1", "tables=/",
        "extends=iraq", "title=\x1b[31m", "title=" + "x" * 5000, "rows=50000000000", "start=2024-07-01",
        "parameters.choice.epoch=" + "9" * 5000, "programmes.x.kind=transport", "programmes.=SUM(1).kind=transport",
        "composition.sizes={1: .nan}", "rows=0x" + "f" * 5000, "shocks=[1]", "months=" + "{a: " * 3000,
    ],
)  # fmt: skip
def test_hostile_changes_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = call(["run", "valley/as-is", "--set", change])
    assert (outcome.code, outcome.fault) == (2, "")
