"""Experiments: the same store from every executor, whatever was interrupted; never mixed, never half believed."""

import hashlib
import json
import multiprocessing
import shutil
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import xarray as xr

import sim
from sim.experiments import store_writer
from sim.experiments.draws import Draws
from sim.experiments.executors import Done, Serial, Threads, executor_of
from sim.experiments.experiment import INTERRUPTION, comparison_of, experiment
from sim.experiments.replicate import Work
from sim.experiments.store import FINISHED, RUNS, is_store, open_store
from sim.experiments.store_writer import writing
from sim.schema.errors import InputError

SCENARIOS = ["valley/as-is", "valley/closure-with-alternatives"]
SIZE: dict[str, Any] = {"households": 300, "months": 3, "counterparts": False}
DRAWS = Draws(
    ("parameters.beliefs.rate", "parameters.budget.camp_job_access"),
    np.array([[0.05, 0.5], [0.12, 0.7], [0.08, 0.3]]),
    "three by hand",
)
SEEDS = [0, 4]


def made(folder: Path, **more: Any) -> Path:
    ended = experiment(SCENARIOS, folder, DRAWS, SEEDS, **{**SIZE, **more})
    assert ended.failures == ()
    return folder


def work_of(folder: Path) -> Work:
    scenarios = [sim.load_scenario(name, {"rows": 300, "months": 3}) for name in SCENARIOS]
    return Work(tuple(scenarios), DRAWS, tuple(open_store(folder).manifest["seeds"]))


def content(folder: Path) -> str:
    return hashlib.sha256((folder / RUNS).read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("whole") / "store")


class Stopped:
    """Stops after some replicates as Ctrl-C does, or as kill -9 does: without a word."""

    def __init__(self, after: int) -> None:
        self.after = after

    def finished(self, work: Work, numbers: Sequence[int]) -> Generator[Done, None, None]:
        for n, done in enumerate(Serial().finished(work, list(reversed(numbers)))):
            if n == self.after:
                raise KeyboardInterrupt
            yield done


# --------------------------------------------------------------------------------------------- what is kept


def test_it_holds_what_single_runs_give(whole: Path) -> None:
    found = comparison_of(open_store(whole))
    for number, (draw, seed) in enumerate([(0, 0), (1, 0), (2, 0), (0, 4), (1, 4), (2, 4)]):
        assert (int(found.data["draw"][number]), int(found.data["luck"][number])) == (draw, seed)
    changed = sim.load_scenario(SCENARIOS[1], {**DRAWS.overrides(1), "rows": 300, "months": 3})
    alone = sim.run(changed, seed=4)
    assert found.manifest["state_hash"][SCENARIOS[1]][4] == alone.manifest["state_hash"]
    returned = found.data["outcome_value"].sel(outcome="returned", scenario=SCENARIOS[1]).values[4]
    assert returned == float(alone.data["families"].sel(situation="returned").isel(month=-1).sum())


def test_without_draws_it_is_the_comparison(tmp_path: Path) -> None:
    kept = comparison_of(experiment(SCENARIOS, tmp_path / "store", seeds=2, **SIZE).store)
    compared = sim.compare(SCENARIOS, seeds=2, **SIZE)
    xr.testing.assert_equal(kept.data.drop_vars(["draw", "luck"]), compared.data)
    xr.testing.assert_equal(kept.ends.drop_vars(["draw", "luck"]), compared.ends)
    assert kept.published.equals(compared.published)


def test_it_is_opened_without_being_read(whole: Path) -> None:
    data = comparison_of(open_store(whole)).data["moves"].variable
    base = data._data
    while not isinstance(base, np.memmap) and getattr(base, "base", None) is not None:
        base = base.base
    assert isinstance(base, np.memmap)


# --------------------------------------------------------------------------------------------- executors


@pytest.mark.parametrize("workers", [pytest.param(1, marks=pytest.mark.slow), 3])
def test_threads_keep_the_same(whole: Path, tmp_path: Path, workers: int) -> None:
    assert content(made(tmp_path / "store", executor=Threads(workers))) == content(whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["processes", "dask"])
def test_processes_keep_the_same(whole: Path, tmp_path: Path, name: str) -> None:
    assert content(made(tmp_path / "store", executor=executor_of(name, 2))) == content(whole)


@pytest.mark.parametrize(
    ("name", "workers", "cluster", "message"),
    [
        ("treads", None, None, "no such executor - did you mean 'threads'?"),
        ("threads", 0, None, "is no usable number of workers"),
        ("threads", 2, "tcp://127.0.0.1:1", "a cluster runs Dask"),
    ],
)
def test_executors_that_cannot_be(name: str, workers: int | None, cluster: str | None, message: str) -> None:
    with pytest.raises(InputError) as caught:
        executor_of(name, workers, cluster)
    assert message in str(caught.value)


def test_a_replicate_that_fails_is_named_and_the_others_are_kept(tmp_path: Path) -> None:
    wild = Draws(("parameters.beliefs.rate",), np.array([[0.1], [7.0], [0.2]]), "one out of range")
    ended = experiment(SCENARIOS, tmp_path / "store", wild, **SIZE)
    assert ended.store.missing == [1]
    (failure,) = ended.failures
    assert failure.startswith("replicate 1 (draw 1, seed 0):")
    assert "parameters.beliefs.rate" in failure
    assert "2 of 3 replicates are finished." in comparison_of(open_store(tmp_path / "store")).notes


def test_what_fails_once_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run, times = Work.run, []

    def flaky(self: Work, number: int, *more: Any) -> Any:
        times.append(number)
        if number == 2 and times.count(2) == 1:
            raise RuntimeError("for once")
        return run(self, number, *more)

    monkeypatch.setattr(Work, "run", flaky)
    assert experiment(SCENARIOS, tmp_path / "store", DRAWS, **SIZE).failures == ()
    assert times.count(2) == 2


# --------------------------------------------------------------------------------------------- interrupted


@pytest.mark.parametrize("after", [pytest.param(0, marks=pytest.mark.slow), 1, pytest.param(4, marks=pytest.mark.slow)])
def test_interrupted_and_run_again(whole: Path, tmp_path: Path, after: int) -> None:
    folder = tmp_path / "store"
    ended = experiment(SCENARIOS, folder, DRAWS, SEEDS, **SIZE, executor=Stopped(after))
    assert ended.failures == (INTERRUPTION,)
    assert len(open_store(folder).finished) == 1 + after
    assert len(comparison_of(open_store(folder)).manifest["seeds"]) == 1 + after
    assert content(made(folder)) == content(whole)


def test_a_line_that_was_being_written_does_not_count(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    lines = (folder / FINISHED).read_bytes()
    (folder / FINISHED).write_bytes(lines[:-20])
    assert open_store(folder).missing == [5]
    assert content(made(folder)) == content(whole)
    assert (folder / FINISHED).read_bytes() == lines


def test_a_record_that_is_not_what_was_written_is_run_again(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    runs = bytearray((folder / RUNS).read_bytes())
    runs[-1000] ^= 1
    (folder / RUNS).write_bytes(runs)
    assert open_store(folder).damaged() == [5]
    assert content(made(folder)) == content(whole)


# --------------------------------------------------------------------------------------------- more seeds


def test_with_more_seeds_it_is_what_it_would_have_been(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    experiment(SCENARIOS, folder, DRAWS, SEEDS[:1], **SIZE)
    assert open_store(folder).planned == 3
    made(folder)
    for name in (RUNS, FINISHED, "manifest.json"):
        assert (folder / name).read_bytes() == (whole / name).read_bytes(), name
    assert not (folder / "manifest.json.new").exists()


@pytest.mark.slow
def test_growing_may_end_before_it_is_done(whole: Path, tmp_path: Path) -> None:
    """Killed once its file has grown and its manifest has not, a store is still what it was, and can still grow."""
    folder = tmp_path / "store"
    experiment(SCENARIOS, folder, DRAWS, SEEDS[:1], **SIZE)
    manifest = (folder / "manifest.json").read_bytes()
    experiment(SCENARIOS, folder, DRAWS, SEEDS, **SIZE, executor=Stopped(0))
    (folder / "manifest.json").write_bytes(manifest)
    assert open_store(folder).missing == []
    assert len(comparison_of(open_store(folder)).manifest["seeds"]) == 3
    experiment(SCENARIOS, folder, DRAWS, SEEDS[:1], **SIZE)
    assert content(made(folder)) == content(whole)


def test_room_for_more_seeds_is_asked_for_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "store"
    experiment(SCENARIOS[:1], folder, DRAWS, SEEDS[:1], **SIZE)
    before = (folder / "manifest.json").read_bytes(), content(folder)
    usage = shutil.disk_usage(tmp_path)._replace(free=60_000_000)
    monkeypatch.setattr(store_writer.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(InputError, match=r"replicates need .* GB"):
        experiment(SCENARIOS[:1], folder, DRAWS, [0, *range(5, 2_000)], **SIZE)
    assert ((folder / "manifest.json").read_bytes(), content(folder)) == before


@pytest.mark.parametrize("seeds", [[0], [4, 0], [0, 5], [1, 0, 4]])
def test_other_seeds_are_refused(whole: Path, seeds: list[int]) -> None:
    with pytest.raises(InputError, match=r"other seeds .*; allowed: 0, 4, and more after them"):
        experiment(SCENARIOS, whole, DRAWS, seeds, **SIZE)


# --------------------------------------------------------------------------------------------- never mixed


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"draws": None}, "other parameter draws"),
        ({"months": 4}, "other scenarios"),
        ({"households": 310}, "other scenarios"),
    ],
)
def test_another_experiment_is_refused(whole: Path, changed: dict[str, Any], words: str) -> None:
    before = content(whole)
    arguments = {"draws": DRAWS, "seeds": SEEDS, **SIZE, **changed}
    with pytest.raises(InputError, match=words):
        experiment(SCENARIOS, whole, **arguments)
    assert content(whole) == before


def test_other_software_is_refused(whole: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_writer, "sources_now", lambda: {"model.py": "0"})
    with pytest.raises(InputError, match="other source files of the software"):
        made(whole)


def test_two_processes_do_not_write_at_once(whole: Path) -> None:
    with writing(open_store(whole), work_of(whole)), pytest.raises(InputError, match="another process is adding"):
        made(whole)


def test_what_the_disk_cannot_hold_is_said_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=60_000_000)
    monkeypatch.setattr(store_writer.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(
        InputError, match=r"2,000 replicates need [0-9.]+ GB, and the disk has 0\.0 GB; allowed: at most"
    ):
        experiment(SCENARIOS, tmp_path / "store", seeds=2_000, **SIZE)
    assert not (tmp_path / "store" / "manifest.json").exists()


def test_the_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InputError, match="something else"):
        made(tmp_path)
    sim.run("valley/as-is", households=300, months=1).save(tmp_path / "run")
    with pytest.raises(InputError, match="results of another kind"):
        made(tmp_path / "run")


@pytest.mark.parametrize("damage", ["", "{}", '{"kind": "experiment"}', '{"kind": "experiment", "layout": 3}'])
def test_a_manifest_that_is_none(whole: Path, tmp_path: Path, damage: str) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    (folder / "manifest.json").write_text(damage)
    with pytest.raises(InputError):
        open_store(folder)


def test_draws_that_were_edited_are_not_believed(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    assert open_store(folder).draws().to_numpy().tolist() == DRAWS.values.tolist()
    np.save(folder / "draws.npy", DRAWS.values + 1e-9)
    with pytest.raises(InputError, match=r"draws\.npy: was damaged or changed"):
        open_store(folder).draws()


def test_what_another_process_added_meanwhile_is_kept(whole: Path, tmp_path: Path) -> None:
    folder = tmp_path / "store"
    experiment(SCENARIOS, folder, DRAWS, SEEDS, **SIZE, executor=Stopped(1))
    before = open_store(folder)
    made(folder)
    with writing(before, work_of(folder)):
        assert before.missing == []
    assert open_store(folder).missing == []
    assert content(folder) == content(whole)


def test_records_of_objects_are_never_loaded(whole: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(whole, tmp_path / "store")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["layout"]["record"][0][1] = "|O"
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(InputError, match="damaged or changed"):
        open_store(folder)


def test_a_parameter_that_scenarios_differ_in_cannot_be_uncertain(tmp_path: Path) -> None:
    other = sim.load_scenario(SCENARIOS[1], {"parameters.beliefs.rate": 0.01})
    with pytest.raises(InputError, match="is uncertain, and differs between the scenarios"):
        experiment([SCENARIOS[0], other], tmp_path / "store", DRAWS, **SIZE)
    assert not (tmp_path / "store").exists()


def _killed(folder: str, after: int) -> None:
    """Fill a store in a process that ends without a word after some replicates."""
    import os

    class Killed(Stopped):
        def finished(self, work: Work, numbers: Sequence[int]) -> Generator[Done, None, None]:
            for n, done in enumerate(Serial().finished(work, numbers)):
                if n == self.after:
                    os.kill(os.getpid(), 9)
                yield done

    experiment(SCENARIOS, folder, DRAWS, SEEDS, **SIZE, executor=Killed(after))


@pytest.mark.slow
@pytest.mark.parametrize("after", [0, 3])
def test_killed_and_run_again(whole: Path, tmp_path: Path, after: int) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_killed, args=(str(tmp_path / "store"), after))
    process.start()
    process.join()
    assert process.exitcode == -9
    assert len(open_store(tmp_path / "store").finished) == 1 + after
    assert content(made(tmp_path / "store")) == content(whole)


@pytest.mark.slow
@pytest.mark.long
def test_killed_at_ten_random_moments(tmp_path: Path) -> None:
    """The command itself, with threads, killed whenever it may be; at the end the store is that of a quiet run."""
    command = [sys.executable, "-m", "sim", "experiment", *SCENARIOS, "--draws", "6", "--seeds", "4", "--households"]
    command += ["300", "--months", "4", "--workers", "2", "--out"]
    began = time.monotonic()
    subprocess.run([*command, str(tmp_path / "quiet")], check=True, capture_output=True)
    whole, moments, finished = time.monotonic() - began, Random(7), [0]
    for _ in range(10):
        process = subprocess.Popen(
            [*command, str(tmp_path / "killed")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            process.wait(moments.uniform(1.5, 0.7 * whole))
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if is_store(tmp_path / "killed"):
            finished.append(len(open_store(tmp_path / "killed").finished))
    assert finished == sorted(finished), "nothing that was finished is lost"
    print(f"\nfinished after each kill: {finished}")
    subprocess.run([*command, str(tmp_path / "killed")], check=True, capture_output=True)
    assert content(tmp_path / "killed") == content(tmp_path / "quiet")
    left = [path.name for path in tmp_path.iterdir() if path.name not in ("killed", "quiet")]
    assert all(name.startswith(".draft-") for name in left), "half a store, at most, that never took its name"
