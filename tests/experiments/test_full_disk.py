"""Experiments on a disk that fills on the way: a small one of its own, whose room is really taken.

The disk is there for one process only, which runs this file as a script, does what a test asks and tells what it found.
"""

import json
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

import pytest

from sim.experiments.executors import Done, Serial
from sim.experiments.experiment import experiment
from sim.experiments.replicate import Work
from sim.experiments.store import FINISHED, RUNS, open_store
from sim.schema.errors import InputError

PAGE = 4096  # bytes: what such a disk hands out at once
DISK = "80m"  # above what has to be free when an experiment begins
SCENARIO, SEEDS = "valley/as-is", {"record": 5, "line": 42, "command": 20}  # 38 lines fill a page
SIZE: dict[str, Any] = {"households": 300, "months": 3, "counterparts": False}
COMMAND = ["experiment", SCENARIO, "--seeds", str(SEEDS["command"]), "--households", "300", "--months", "3"]
COMMAND += ["--executor", "serial", "--out"]
MOUNT = 'mount -t tmpfs -o size="$1" none "$2" && shift 2 && exec "$@"'


def on_a_small_disk(what: str, folder: Path) -> dict[str, Any]:
    """Do something below on a disk of its own; return what it tells."""
    disk = folder / "disk"
    disk.mkdir()
    alone = ["unshare", "--map-root-user", "--mount", "sh", "-c", MOUNT, "sh", DISK, str(disk)]
    try:
        subprocess.run([*alone, "true"], check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"no small disk can be mounted here: {getattr(error, 'stderr', None) or error}")
    done = subprocess.run(
        [*alone, sys.executable, __file__, what, str(disk)], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


@pytest.mark.parametrize("what", ["record", pytest.param("line", marks=pytest.mark.slow)])
def test_half_a_record_or_half_a_line_does_not_count(tmp_path: Path, what: str) -> None:
    found = on_a_small_disk(what, tmp_path)
    for error in (found["first"], found["still full"]):
        assert error == f"{tmp_path}/disk/store: the store cannot be written: No space left on device; {KEPT}"
    assert found["finished"] == found["finished, still full"] == found["before"]
    assert found["half a line"] == (what == "line")
    assert found["with room"] == ""
    assert found["same"], "as if the disk had never been full"


@pytest.mark.slow
def test_the_command_says_so_and_goes_on_once_there_is_room(tmp_path: Path) -> None:
    found = on_a_small_disk("command", tmp_path)
    for code, complaints in (found["first"], found["still full"]):
        assert code == 2
        assert complaints.count("error: ") == 1
        assert f"disk/store: the store cannot be written: No space left on device; {KEPT}" in complaints
        assert "Traceback" not in complaints
    assert 2 <= found["finished"] < SEEDS["command"]
    code, complaints = found["with room"]
    assert (code, complaints.count("error: ")) == (0, 0), complaints
    assert found["same"], "as if the disk had never been full"
    code, complaints = found["no room for the report"]
    assert code == 2
    assert complaints.count("error: ") == 1
    assert "disk/store/report: the folder cannot be written: No space left on device" in complaints
    assert "Traceback" not in complaints
    assert found["reports"] == ["report"], "the one before is left as it was"


# ------------------------------------------------------------------------------------------- on the small disk

KEPT = "what is finished is kept"


def take(disk: Path, left: int = 0) -> None:
    """Take the room of a disk, but for some pages."""
    with (disk / "ballast").open("wb", buffering=0) as file:
        for size in (256 * PAGE, PAGE):
            try:
                while file.write(bytes(size)) == size:
                    pass
            except OSError:
                pass
        file.truncate((file.tell() // PAGE - left) * PAGE)


class Filling(Serial):
    """Leaves room for half a record, or for a record and half its line."""

    def __init__(self, disk: Path, what: str) -> None:
        self.disk, self.what, self.before = disk, what, 0

    def finished(self, work: Work, numbers: Sequence[int]) -> Generator[Done, None, None]:
        store = open_store(self.disk / "store")
        size, log = store.layout.record.itemsize, store.folder / FINISHED
        ahead = (store.folder / RUNS).stat().st_size - len(work) * size
        for done in super().finished(work, numbers):
            start, written = ahead + done.number * size, log.read_bytes()
            pages = (start + size - 1) // PAGE - (start - 1) // PAGE
            full = len(written) // PAGE != (len(written) + len(written.splitlines()[0])) // PAGE
            if not self.before and (full if self.what == "line" else done.number == 2):
                take(self.disk, pages if self.what == "line" else pages // 2)
                self.before = written.count(b"\n")
            yield done


def error_of(folder: Path, seeds: int, executor: Serial | None = None) -> str:
    try:
        experiment([SCENARIO], folder, None, seeds, **SIZE, executor=executor)
    except InputError as error:
        return str(error)
    return ""


def is_same(folder: Path, other: Path) -> bool:
    return all((folder / name).read_bytes() == (other / name).read_bytes() for name in (RUNS, FINISHED))


def by_calls(disk: Path, what: str) -> dict[str, Any]:
    """Fill the disk in the middle of a write, go on while it is full, and once it is not."""
    store, filling, seeds = disk / "store", Filling(disk, what), SEEDS[what]
    quiet = error_of(disk / "quiet", seeds)
    found: dict[str, Any] = {"first": error_of(store, seeds, filling), "before": filling.before}
    found["half a line"] = not (store / FINISHED).read_bytes().endswith(b"\n")
    found["finished"] = len(open_store(store).finished)
    found["still full"] = error_of(store, seeds)
    found["finished, still full"] = len(open_store(store).finished)
    (disk / "ballast").unlink()
    found["with room"] = error_of(store, seeds) + quiet
    return {**found, "same": is_same(store, disk / "quiet")}


def command(folder: Path) -> list[Any]:
    """Return the exit code of the command and what it complains of."""
    done = subprocess.run([sys.executable, "-m", "sim", *COMMAND, str(folder)], capture_output=True, text=True)
    return [done.returncode, done.stderr]


def by_command(disk: Path) -> dict[str, Any]:
    """Fill the disk while the command runs; run it while it is full, once it is not, and with the report alone left."""
    store, found = disk / "store", dict[str, Any]()
    command(disk / "quiet")
    run = [sys.executable, "-m", "sim", *COMMAND, str(store)]
    with subprocess.Popen(run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as process:
        while process.poll() is None and not ((store / FINISHED).exists() and len(open_store(store).finished) > 1):
            time.sleep(0.02)
        take(disk)
        _, complaints = process.communicate()
        found["first"] = [process.returncode, complaints]
    found["still full"] = command(store)
    found["finished"] = len(open_store(store).finished)
    (disk / "ballast").unlink()
    found["with room"] = command(store)
    take(disk)
    found["no room for the report"] = command(store)
    found["reports"] = [path.name for path in store.iterdir() if path.is_dir()]
    return {**found, "same": is_same(store, disk / "quiet")}


if __name__ == "__main__":
    doing, where = sys.argv[1], Path(sys.argv[2])
    print(json.dumps(by_command(where) if doing == "command" else by_calls(where, doing)))
