"""Experiments on a Dask cluster of real processes: the same to the last bit, whoever is lost on the way."""

import hashlib
import signal
import socket
import subprocess
import sys
from collections.abc import Generator, Iterator
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
from sim.experiments.store import RUNS
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
            self.start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")

    def start(self, kind: str, *arguments: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *arguments]
        with (self.folder / f"{kind}-{len(self.processes)}.log").open("wb") as log:
            self.processes.append(subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log))

    def kill_a_worker(self) -> None:
        self.processes[-1].send_signal(signal.SIGKILL)

    def wait_for(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, timeout=60) as client:
            if workers:
                client.wait_for_workers(workers, timeout=60)

    def end(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path, 2)
    try:
        found.wait_for(2)
        yield found
    finally:
        found.end()


def made(folder: Path, executor: Any) -> str:
    ended = experiment(SCENARIOS, folder, DRAWS, SEEDS, **SIZE, executor=executor)
    assert ended.failures == ()
    return hashlib.sha256((folder / RUNS).read_bytes()).hexdigest()


class Killing(OnDask):
    """Kills a worker once a few replicates have come back."""

    def __init__(self, cluster: Cluster) -> None:
        super().__init__(2, cluster.address)
        self.cluster = cluster

    def finished(self, work: Work, numbers: Any) -> Generator[Done, None, None]:
        for n, done in enumerate(super().finished(work, numbers)):
            if n == 2:
                self.cluster.kill_a_worker()
            yield done


@slow
def test_a_cluster_that_exists_and_one_that_loses_a_worker_keep_the_same(cluster: Cluster, tmp_path: Path) -> None:
    alone = made(tmp_path / "alone", Serial())
    assert made(tmp_path / "cluster", executor_of("dask", cluster=cluster.address)) == alone
    assert made(tmp_path / "killing", Killing(cluster)) == alone
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
def test_a_cluster_without_workers_is_refused(tmp_path: Path) -> None:
    empty = Cluster(tmp_path, 0)
    try:
        empty.wait_for(0)
        with pytest.raises(InputError, match="the cluster has no workers"):
            made(tmp_path / "store", executor_of("dask", cluster=empty.address))
    finally:
        empty.end()


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
