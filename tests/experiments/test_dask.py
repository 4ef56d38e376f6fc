"""Experiments on a Dask cluster of real processes: the same to the last bit, whoever is lost on the way."""

import hashlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sim.experiments import dask_executor
from sim.experiments.dask_executor import OnDask, Parcel
from sim.experiments.draws import Draws
from sim.experiments.executors import Done, Serial, executor_of
from sim.experiments.experiment import experiment
from sim.experiments.replicate import Work
from sim.experiments.store import RUNS, open_store
from sim.scenario import load_scenario
from sim.schema.errors import InputError

SCENARIOS = ["valley/as-is", "valley/closure-with-alternatives"]
SIZE: dict[str, Any] = {"households": 600, "months": 6, "counterparts": False}
DRAWS = Draws(("parameters.beliefs.rate",), np.array([[0.05], [0.12], [0.08]]), "three by hand")
SEEDS = 4
slow = pytest.mark.slow


class Cluster:
    """A scheduler and its workers, each a process of its own that only this machine can reach."""

    def __init__(self, folder: Path, workers: int) -> None:
        self.folder, self.processes = folder, list[subprocess.Popen[bytes]]()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        port = self.address.rpartition(":")[2]
        self.start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard", "--scheduler-file", "s.json")
        for _ in range(workers):
            self.start_worker("--no-nanny")

    def start_worker(self, *arguments: str, **settings: str) -> None:
        fixed = ("--nthreads", "1", "--no-dashboard", "--host", "127.0.0.1")
        self.start("worker", self.address, *fixed, *arguments, **settings)

    def start(self, kind: str, *arguments: str, **settings: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments]
        with (self.folder / f"{kind}-{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, env={**os.environ, **settings}, start_new_session=True
            )
        self.processes.append(process)

    def kill_a_worker(self) -> None:
        self.processes[-1].send_signal(signal.SIGKILL)

    def kill_all_workers(self) -> None:
        for process in self.processes[1:]:
            process.send_signal(signal.SIGKILL)

    def kill_the_scheduler(self) -> None:
        self.processes[0].send_signal(signal.SIGKILL)

    def wait_for(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=60) as client:
            if workers:
                client.wait_for_workers(workers, timeout=60)

    def end(self) -> None:
        for process in reversed(self.processes):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # a nanny with its worker
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path, 2)
    try:
        found.wait_for(2)
        yield found
    finally:
        found.end()


@pytest.fixture
def idle(tmp_path: Path) -> Iterator[Cluster]:
    """Yield a cluster whose workers a test starts itself."""
    found = Cluster(tmp_path, 0)
    try:
        yield found
    finally:
        found.end()


def made(folder: Path, executor: Any) -> str:
    ended = experiment(SCENARIOS, folder, DRAWS, SEEDS, **SIZE, executor=executor)
    assert ended.failures == ()
    return hashlib.sha256((folder / RUNS).read_bytes()).hexdigest()


class Leaving(OnDask):
    """Takes away what runs replicates once some have come back."""

    def __init__(self, cluster: Cluster, how: Callable[[], None]) -> None:
        super().__init__(2, cluster.address)
        self.how = how

    def finished(self, work: Work, numbers: Any) -> Generator[Done, None, None]:
        for n, done in enumerate(super().finished(work, numbers)):
            if n == 2:
                self.how()
            yield done


@slow
def test_a_cluster_that_exists_and_one_that_loses_a_worker_keep_the_same(cluster: Cluster, tmp_path: Path) -> None:
    alone = made(tmp_path / "alone", Serial())
    assert made(tmp_path / "cluster", executor_of("dask", cluster=cluster.address)) == alone
    assert made(tmp_path / "killing", Leaving(cluster, cluster.kill_a_worker)) == alone
    assert made(tmp_path / "by-file", executor_of("dask", cluster=str(tmp_path / "s.json"))) == alone, "on one worker"


@slow
def test_other_software_on_a_worker_is_refused(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = dask_executor.software_now()
    monkeypatch.setattr(dask_executor, "sources_now", lambda: {"model.py": "0" * 64})
    monkeypatch.setattr(dask_executor, "machine_now", lambda: {"numpy": "1.0"})
    assert own["numpy"] != "1.0"
    with pytest.raises(InputError) as caught:
        made(tmp_path / "store", executor_of("dask", cluster=cluster.address))
    assert "the worker tcp://127.0.0.1:" in str(caught.value)
    assert "with which results could differ" in str(caught.value)


@slow
def test_a_cluster_without_workers_is_refused(idle: Cluster, tmp_path: Path) -> None:
    idle.wait_for(0)
    with pytest.raises(InputError, match="the cluster has no workers"):
        made(tmp_path / "store", executor_of("dask", cluster=idle.address))


# --------------------------------------------------------------------------------------------- out of memory

LARGE = ["iraq/no-closure", "--seeds", "4", "--households", "2000000", "--months", "1", "--executor", "dask"]
LITTLE = 480_000_000  # bytes: enough for a worker that has loaded the model, and too few for such a replicate


def command(folder: Path, *more: str, **settings: Any) -> tuple[int, list[str]]:
    """Return the exit code of an experiment and its errors."""
    run = [sys.executable, "-m", "sim", "experiment", *LARGE, "--out", str(folder), *more]
    done = subprocess.run(run, capture_output=True, text=True, timeout=300, **settings)
    assert "Traceback" not in done.stderr
    return done.returncode, [line for line in done.stderr.splitlines() if line.startswith("error: ")]


@slow
@pytest.mark.long
def test_workers_that_run_out_of_memory_are_told_of_and_the_rest_is_kept(idle: Cluster, tmp_path: Path) -> None:
    for _ in range(2):
        idle.start_worker("--nanny", "--memory-limit", str(LITTLE))
    idle.wait_for(2)
    code, errors = command(tmp_path / "store", "--cluster", idle.address)
    assert code == 1
    assert 0 < len(errors) <= 3
    for error in errors:
        assert re.fullmatch(
            r"error: replicate [123] \(draw 0, seed [123]\): 4 workers that had it were lost, the last ran out of "
            r"memory, of which it may use 0\.48 GB; try fewer workers on a machine, or more memory for each "
            r"\(dask worker --memory-limit\)",
            error,
        )
    assert len(open_store(tmp_path / "store").finished) == 1
    idle.kill_all_workers()
    idle.start_worker("--nanny", "--memory-limit", "4GB")
    idle.wait_for(1)
    assert command(tmp_path / "store", "--cluster", idle.address) == (0, [])


@slow
@pytest.mark.long
@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="the memory of a machine can be made to look small on Linux"
)
def test_workers_of_this_machine_share_its_memory(tmp_path: Path) -> None:
    """Dask takes as the memory of a machine what a process may have resident, which Linux does not enforce."""
    resource = pytest.importorskip("resource")
    limit = (2 * LITTLE, 2 * LITTLE)
    small: dict[str, Any] = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_RSS, limit)}
    code, errors = command(tmp_path / "store", "--workers", "2", **small)
    assert code == 1
    assert errors
    assert all(error.endswith("of which it may use 0.48 GB; try fewer --workers") for error in errors)
    assert command(tmp_path / "store", "--workers", "1", **small) == (0, []), "one may use all of it"


@slow
@pytest.mark.long
def test_a_worker_that_is_paused_for_good_is_not_waited_for(
    idle: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_executor, "PATIENCE", 5)
    pause = {"DASK_DISTRIBUTED__WORKER__MEMORY__PAUSE": "0.001"}
    idle.start_worker("--nanny", "--memory-limit", "4GB", **pause)
    idle.wait_for(0)
    wait_until_paused(idle.address)
    ended = experiment(SCENARIOS, tmp_path / "store", seeds=3, **SIZE, executor=OnDask(1, idle.address))
    (failure,) = ended.failures
    assert failure.startswith("replicate 1 (draw 0, seed 1): workers are paused, since most of the memory")
    assert "more memory for each" in failure
    assert ended.store.missing == [1, 2]


def wait_until_paused(address: str) -> None:
    from distributed import Client

    with Client(address, timeout=60) as client:
        for _ in range(600):
            if [one["status"] for one in client.scheduler_info()["workers"].values()] == ["paused"]:
                return
            time.sleep(0.1)
    raise AssertionError("the worker was not paused")


# --------------------------------------------------------------------------------------------- nobody left


@slow
@pytest.mark.parametrize(
    ("lost", "words"),
    [
        pytest.param("kill_all_workers", "no worker has been left for 5 seconds", marks=pytest.mark.long),
        ("kill_the_scheduler", "the scheduler was lost"),
    ],
)
def test_nobody_is_waited_for_who_is_gone(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lost: str, words: str
) -> None:
    monkeypatch.setattr(dask_executor, "PATIENCE", 5)
    leaving = Leaving(cluster, getattr(cluster, lost))
    ended = experiment(SCENARIOS, tmp_path / "store", DRAWS, 20, **SIZE, executor=leaving)
    (failure,) = ended.failures
    assert re.match(rf"replicate \d+ \(draw \d, seed \d+\): {words}", failure)
    assert 4 <= len(ended.store.finished) < 60
    assert experiment(SCENARIOS, tmp_path / "store", DRAWS, 20, **SIZE).failures == ()


def test_an_address_where_nobody_answers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_executor, "PATIENCE", 0.5)
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        made(tmp_path / "store", executor_of("dask", cluster="tcp://127.0.0.1:9"))
    with pytest.raises(InputError, match="no Dask scheduler answers"):
        made(tmp_path / "store", executor_of("dask", cluster="nonsense"))


def test_a_machine_without_the_files_gets_them(tmp_path: Path) -> None:
    """Tables that are not there, or are others, are written from what was sent; the run is the same."""
    case = tmp_path / "case"
    case.mkdir()
    home = load_scenario(SCENARIOS[0]).tables
    for path in home.glob("*.*"):
        (case / path.name).write_bytes(path.read_bytes())
    scenario = load_scenario(case / "as-is.yaml", {"rows": 300, "months": 2})
    work = Work((scenario,), DRAWS, (1,))
    parcel = Parcel.of(work)
    before = work.run(0).state_hashes
    assert parcel.opened is work, "they are here"
    case.rename(tmp_path / "gone")
    opened = Parcel(parcel.work, parcel.files).opened
    assert opened.scenarios[0].tables != case
    assert opened.run(0).state_hashes == before
    assert sum(len(content) for _, content in parcel.files.values()) < 1_000_000
