"""A run resumed from its checkpoint is the run that was never interrupted; anything doubtful is refused."""

import json
import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from interrupted import MONTHS, SEED, as_happened, interrupted, stop_after, with_books

import sim
from sim.experiments import Result, account
from sim.experiments.checkpoint import open_checkpoint
from sim.experiments.checksums import SUMS, files_in, write_sums
from sim.library import scenario_names
from sim.model import SolutionsModel
from sim.scenario import Compiled, Scenario, ScenarioSpec, compile_scenario, load_scenario
from sim.schema.errors import InputError
from sim.world import blocks


@pytest.fixture(scope="module")
def whole() -> Result:
    return sim.run(with_books(), SEED)


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """Return the checkpoint after month 4 of a run into ``tmp_path / "out"``."""
    return interrupted(with_books(), tmp_path / "out", 4)


def assert_same(one: Result, other: Result) -> None:
    assert one.data.identical(other.data)
    assert one.resolved == other.resolved
    assert one.manifest | {"seconds": 0} == other.manifest | {"seconds": 0}


def refusal(folder: Path) -> str:
    with pytest.raises(InputError) as error:
        sim.resume(folder)
    return str(error.value)


def rewrite(kept: Path, **changes: Any) -> None:
    """Change the account of a checkpoint and seal it again, as another version would have written it."""
    (file,) = kept.glob("*.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))
    write_sums(kept, [name for name in files_in(kept) if name != SUMS])


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("scenario", [with_books(), as_happened()], ids=lambda scenario: scenario.name)
def test_from_every_month_with_any_number_of_threads(scenario: Scenario, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 500)  # so that threads have something to share
    kept = tmp_path / "out.checkpoint"

    def copy(month: int) -> None:
        shutil.copytree(kept, tmp_path / f"{month}.checkpoint")

    whole = sim.run(scenario, SEED, tick=stop_after(99, copy), checkpoint_every=1, checkpoint=tmp_path / "out")
    assert_same(whole, sim.run(scenario, SEED, threads=2))
    for month in range(1, MONTHS + 1):
        assert_same(sim.resume(tmp_path / str(month), threads=1 + month % 2), whole)


def test_the_scenarios_above_use_what_is_kept() -> None:
    model = SolutionsModel(with_books(), seed=SEED)
    carries, budgets = set(), set()
    while model.month < MONTHS:
        model.step()
        carries |= {programme.ledger.carry for programme in model.programmes}
        grant = model.programmes[1].ledger
        budgets.add(grant.places(model.month) < grant.spec.places_per_month + grant.carry)
    assert len(carries) > 2
    assert budgets == {True, False}
    arriving = SolutionsModel(as_happened(), seed=SEED)
    assert set(arriving.households["arrival"]) > {0, 1}


@pytest.mark.parametrize("name", scenario_names())
def test_a_scenario_in_an_account_is_the_scenario(name: str) -> None:
    spec = load_scenario(name).spec
    assert ScenarioSpec.model_validate_json(spec.model_dump_json()) == spec


def test_interrupted_twice_and_saved(whole: Result, tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    kept = interrupted(with_books(), folder, 4, every=3)
    assert [path.suffix for path in sorted(kept.iterdir())] == ["", ".json", ".npz"]
    checkpoint = open_checkpoint(folder)
    assert checkpoint.account.month == 3
    seconds = checkpoint.account.seconds
    with pytest.raises(KeyboardInterrupt):
        sim.resume(folder, tick=lambda: (_ for _ in ()).throw(KeyboardInterrupt))
    assert open_checkpoint(folder).account.month == 3
    result = sim.resume(folder)
    assert_same(result, whole)
    assert result.manifest["seconds"] >= round(seconds, 3) > 0
    assert open_checkpoint(folder).account.month == 6, "kept until the result is saved"
    result.save(folder)
    assert [path.name for path in folder.parent.iterdir()] == ["out"]
    assert "its results are complete; allowed: `sim show" in refusal(folder)


def test_stopped_before_the_first_checkpoint_nothing_is_left(tmp_path: Path) -> None:
    assert not interrupted(with_books(), tmp_path / "out", 2, every=3).exists()
    assert "no checkpoint was kept for this folder" in refusal(tmp_path / "out")


def test_an_interrupted_run_is_not_overwritten(kept: Path, tmp_path: Path) -> None:
    before = {path.name: path.read_bytes() for path in kept.iterdir()}
    with pytest.raises(InputError, match=r"an interrupted run is kept here.*sim resume"):
        sim.run(with_books(), 1, checkpoint_every=1, checkpoint=tmp_path / "out")
    assert {path.name: path.read_bytes() for path in kept.iterdir()} == before


def test_the_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out.checkpoint").mkdir()
    (tmp_path / "out.checkpoint" / "thesis").write_text("years of work")
    with pytest.raises(InputError, match="something else than a checkpoint"):
        sim.run(with_books(), checkpoint_every=1, checkpoint=tmp_path / "out")
    assert (tmp_path / "out.checkpoint" / "thesis").read_text() == "years of work"


def test_what_a_killed_run_left_unfinished_is_cleared(tmp_path: Path) -> None:
    left = tmp_path / "out.checkpoint"
    left.mkdir()
    for name in ("month-1.npz", "month-1.json", f"{SUMS}.part"):
        (left / name).write_text("half")
    assert f"{SUMS} is missing" in refusal(tmp_path / "out")
    interrupted(with_books(), tmp_path / "out", 2)
    assert {path.name for path in left.iterdir()} == {SUMS, "month-2.json", "month-2.npz"}


@pytest.mark.parametrize(("every", "folder"), [(0, "out"), (-1, "out"), (None, "out"), (1, None)])
def test_months_and_folder_belong_together(every: int | None, folder: str | None) -> None:
    with pytest.raises(InputError, match="checkpoint_every"):
        sim.run(with_books(), checkpoint_every=every, checkpoint=folder)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="checkpoints cannot be written"):
        sim.run(with_books(), checkpoint_every=1, checkpoint=tmp_path / "file" / "out")


def damages(data: bytes) -> Iterator[bytes | None]:
    """Yield a file cut short, with one byte changed, replaced and taken away."""
    n = len(data)
    yield from (data[:length] for length in sorted({0, 1, n // 3, n // 2, n - 1}))
    for at in sorted({0, 1, n // 5, n // 2, n - 2, n - 1}):
        yield data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    yield from (data + b"\n", b"\x00\xff\xfe", b"{}", b"[[1]]", None)


@pytest.mark.parametrize("suffix", [SUMS, ".json", ".npz"])
def test_a_damaged_checkpoint_is_refused(kept: Path, tmp_path: Path, suffix: str) -> None:
    (file,) = kept.glob(f"*{suffix}")
    whole = file.read_bytes()
    for damaged in damages(whole):
        file.unlink()
        if damaged is not None:
            file.write_bytes(damaged)
        assert str(tmp_path) in refusal(tmp_path / "out")
        file.write_bytes(whole)
    file.unlink()
    file.mkdir()
    assert "is missing" in refusal(tmp_path / "out")


def test_pickled_arrays_are_never_loaded(kept: Path, tmp_path: Path) -> None:
    (file,) = kept.glob("*.npz")
    np.savez(file, **{"world/homes": np.array([print], object)})
    rewrite(kept)
    assert "cannot be read" in refusal(tmp_path / "out")


def test_another_version_is_named(kept: Path, tmp_path: Path) -> None:
    rewrite(kept, software="solutions-sim 0.0.9")
    assert "began with another version (found 'solutions-sim 0.0.9')" in refusal(tmp_path / "out")
    rewrite(kept, schema_version=99)
    assert "(found 99)" in refusal(tmp_path / "out")


@pytest.mark.parametrize("changes", [{"seed": "x"}, {"spec": {}}, {"month": None}, {"extra": 1}, {"began_with": []}])
def test_an_account_that_is_none_is_refused(kept: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    rewrite(kept, **changes)
    assert "the checkpoint cannot be read" in refusal(tmp_path / "out")


def test_changed_software_and_machine_are_named(kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        changed = {**account.sources_now(), "kernels/budget.py": "0" * 64}
        patch.setattr(account, "sources_now", lambda: changed)
        assert "(found 'sim/kernels/budget.py')" in refusal(tmp_path / "out")
    machine = {**account.machine_now(), "numpy": "1.0"}
    monkeypatch.setattr(account, "machine_now", lambda: machine)
    assert "another numpy" in refusal(tmp_path / "out")


def test_changed_tables_and_scenarios_are_named(tmp_path: Path, whole: Result) -> None:
    case = tmp_path / "iraq"
    shutil.copytree(load_scenario("iraq").tables, case)
    mine = load_scenario(case / "closure-with-alternatives.yaml", with_books().document.data)
    interrupted(mine, tmp_path / "out", 2)
    for name in ("conditions.csv", "closure-with-alternatives.yaml", "case.yaml"):
        text = (case / name).read_text()
        (case / name).write_text(text + "\n")
        assert f"{case / name}: was changed since the run began" in refusal(tmp_path / "out")
        (case / name).unlink()
        assert f"{case / name}: is missing" in refusal(tmp_path / "out")
        (case / name).write_text(text)
    assert sim.resume(tmp_path / "out").manifest["state_hash"] == whole.manifest["state_hash"]


def test_other_households_are_refused(kept: Path, tmp_path: Path) -> None:
    rewrite(kept, spec=open_checkpoint(tmp_path / "out").account.spec.model_dump(mode="json") | {"rows": 6000})
    assert "its households cannot be made again" in refusal(tmp_path / "out")


def test_a_disk_that_fills_leaves_the_checkpoint_before(tmp_path: Path, whole: Result) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(month: int) -> None:
        if month == 2:
            resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))  # a file may not grow beyond

    try:
        with pytest.raises(InputError, match=r"after month 3 cannot be written: .*sim resume"):
            sim.run(with_books(), SEED, tick=stop_after(99, fill), checkpoint_every=1, checkpoint=tmp_path / "out")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    kept = tmp_path / "out.checkpoint"
    assert {path.name for path in kept.iterdir()} == {SUMS, "month-2.json", "month-2.npz"}
    assert_same(sim.resume(tmp_path / "out"), whole)


def killed_at(event: int, compiled: Compiled, folder: Path) -> bool:
    """Run in a process of its own that dies at a numbered file operation in the checkpoint; return whether it did."""
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    left = [event]

    def hook(name: str, arguments: tuple[Any, ...]) -> None:
        if name in ("open", "os.rename", "os.remove") and ".checkpoint" in str(arguments[0]):
            left[0] -= 1
            if not left[0]:
                os._exit(9)

    try:
        sys.addaudithook(hook)
        sim.run(compiled, SEED, checkpoint_every=1, checkpoint=folder)
    finally:
        os._exit(0)


def month_kept(folder: Path) -> int:
    """Return the month that a run goes on from; 0 where it must begin anew."""
    if not (folder.with_name(f"{folder.name}.checkpoint") / SUMS).exists():
        assert "stopped before its first checkpoint" in refusal(folder)
        return 0
    return open_checkpoint(folder).account.month


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process that can be split")
def test_killed_at_any_file_operation(tmp_path: Path, whole: Result) -> None:
    compiled, months = compile_scenario(with_books()), [0]
    for event in range(1, 18):
        folder = tmp_path / str(event)
        assert killed_at(event, compiled, folder)
        months.append(month_kept(folder))
        if months[-1] > months[-2]:
            assert_same(sim.resume(folder), whole)
    assert months == sorted(months)
    assert set(months) == {0, 1, 2}


COMMAND = (sys.executable, "-m", "sim")
LONG = ("iraq/closure-with-alternatives", "--households", "5000", "--months", "20", "--checkpoint-every", "1")


@pytest.mark.slow
def test_killed_at_any_moment(tmp_path: Path) -> None:
    kill_and_resume(tmp_path, kills=1)


@pytest.mark.slow
@pytest.mark.long
def test_killed_at_many_moments(tmp_path: Path) -> None:
    for n in range(4):
        kill_and_resume(tmp_path / str(n), kills=3)


def kill_and_resume(place: Path, kills: int) -> None:
    """Kill a run, and the commands that go on with it, without warning; then finish it and compare."""
    place.mkdir(exist_ok=True)
    command = [*COMMAND, "run", *LONG, "--out", "out"]
    for _ in range(kills):
        kill_on_the_way(command, place)
        command = [*COMMAND, "resume", "out"]
    assert_same(sim.resume(place / "out"), sim.run(LONG[0], households=5000, months=20))


def kill_on_the_way(command: list[str], place: Path) -> None:
    sums = place / "out.checkpoint" / SUMS
    before = sums.stat().st_mtime_ns if sums.exists() else 0
    with subprocess.Popen(command, cwd=place, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not sums.exists() or sums.stat().st_mtime_ns == before:
            assert process.poll() is None, "ended before it could be killed"
            time.sleep(0.01)
        time.sleep(random.uniform(0, 0.15))  # months and checkpoints of some 30 ms each
        process.kill()
