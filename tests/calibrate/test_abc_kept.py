"""A fit that is killed loses a batch at most, and ends as one that was not."""

import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from sim.calibrate.abc import Settings, fit
from sim.calibrate.problem import Problem
from sim.schema.errors import InputError
from sim.schema.uncertainty import Prior

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]

QUICK = Settings(rounds=2, simulations=128, batch=32, accept=0.5)
BATCHES = QUICK.rounds * QUICK.simulations // QUICK.batch
SLOWLY = """
import sys, time
from pathlib import Path
sys.path.insert(0, {here!r})
from test_abc_kept import Counted, QUICK, fit, problem_of
counted = Counted(0.2)
fit(problem_of(counted), QUICK, 4, keep=Path(sys.argv[1]))
"""


class Counted:
    """A model that counts its batches, and may be slow."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.batches, self.seconds = 0, seconds

    def __call__(self, parameters: Float, seeds: Int) -> Float:
        self.batches += 1
        time.sleep(self.seconds)
        luck = np.array([np.random.default_rng(seed).normal(size=3) for seed in seeds])
        return np.column_stack([parameters, parameters.sum(axis=1)]) + 0.1 * luck


def problem_of(model: Counted) -> Problem:
    priors = (Prior(low=0.0, high=1.0), Prior(low=0.1, high=10.0, shape="log_uniform"))
    return Problem(("a", "b"), priors, ("x", "y", "z"), np.array([0.4, 2.0, 2.3]), model)


def parts(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.npz"))


def test_what_is_kept_is_not_simulated_again(tmp_path: Path) -> None:
    bare = fit(problem_of(Counted()), QUICK, 4)
    first, again = Counted(), Counted()
    kept = fit(problem_of(first), QUICK, 4, keep=tmp_path / "deep" / "fit")
    resumed = fit(problem_of(again), QUICK, 4, keep=tmp_path / "deep" / "fit")
    assert (first.batches, again.batches) == (BATCHES, 0)
    assert np.array_equal(bare.draws, kept.draws)
    assert np.array_equal(bare.draws, resumed.draws)


@pytest.mark.parametrize("lost", range(1, BATCHES + 3))
def test_whatever_is_lost_at_the_end_is_made_again(tmp_path: Path, lost: int) -> None:
    """Files in the order in which they are written, the last ones taken away: a kill at any moment."""
    whole = fit(problem_of(Counted()), QUICK, 4, keep=tmp_path)
    written = sorted(tmp_path.glob("*.npz"), key=lambda path: path.stat().st_mtime_ns)
    gone = written[-lost:]
    for path in gone:
        path.unlink()
    (tmp_path / ".draft").write_bytes(b"half of a batch")
    again = Counted()
    resumed = fit(problem_of(again), QUICK, 4, keep=tmp_path)
    assert again.batches == sum("from" in path.name for path in gone)
    assert np.array_equal(whole.draws, resumed.draws)
    assert np.array_equal(whole.weights, resumed.weights)


def test_a_damaged_batch_is_made_again(tmp_path: Path) -> None:
    whole = fit(problem_of(Counted()), QUICK, 4, keep=tmp_path)
    cut, flipped = tmp_path / "round-1-from-32.npz", tmp_path / "round-2-from-0.npz"
    cut.write_bytes(cut.read_bytes()[:200])
    content = bytearray(flipped.read_bytes())
    content[len(content) // 2] ^= 0xFF
    flipped.write_bytes(content)
    again = Counted()
    assert np.array_equal(fit(problem_of(again), QUICK, 4, keep=tmp_path).draws, whole.draws)
    assert again.batches == 2


def test_what_was_drawn_stands_where_another_machine_rounds_otherwise(tmp_path: Path) -> None:
    """The second round's draws and box, a little different: its batches and all that follows are of these."""
    fit(problem_of(Counted()), QUICK, 4, keep=tmp_path)
    path = tmp_path / "round-2.npz"
    with np.load(path) as file:
        drawn = {name: file[name] for name in file.files}
    low = drawn["low"] + 0.05 * (drawn["high"] - drawn["low"])
    np.savez(path, **{**drawn, "low": low})
    again = Counted()
    found = fit(problem_of(again), QUICK, 4, keep=tmp_path)
    assert again.batches == 0
    assert (found.cloud.normal @ drawn["axes"] >= low - 1e-12).all(), "the box that was kept is the one that counts"


def test_a_model_that_fails_leaves_what_was_finished(tmp_path: Path) -> None:
    class Failing(Counted):
        def __call__(self, parameters: Float, seeds: Int) -> Float:
            if self.batches == 5:
                raise RuntimeError("no more")
            return super().__call__(parameters, seeds)

    with pytest.raises(RuntimeError, match="no more"):
        fit(problem_of(Failing()), QUICK, 4, keep=tmp_path)
    again = Counted()
    resumed = fit(problem_of(again), QUICK, 4, keep=tmp_path)
    assert again.batches == BATCHES - 5
    assert np.array_equal(resumed.draws, fit(problem_of(Counted()), QUICK, 4).draws)


def test_the_folder_of_another_fit_is_refused(tmp_path: Path) -> None:
    problem = problem_of(Counted())
    fit(problem, QUICK, 4, keep=tmp_path)
    before = parts(tmp_path)
    other = (
        (replace(problem, names=("a", "c")), QUICK, 4),
        (replace(problem, priors=(Prior(low=0.0, high=1.1), problem.priors[1])), QUICK, 4),
        (replace(problem, observed=problem.observed + 1e-15), QUICK, 4),
        (replace(problem, statistics=("x", "y", "w")), QUICK, 4),
        (replace(problem, model="a later one"), QUICK, 4),
        (problem, replace(QUICK, accept=0.4), 4),
        (problem, QUICK, 5),
    )
    for one, settings, seed in other:
        with pytest.raises(InputError, match="of another problem"):
            fit(one, settings, seed, keep=tmp_path)
    with pytest.raises(InputError, match="of another problem"):
        fit(problem, QUICK, 4, keep=tmp_path, start=fit(problem, QUICK, 4).region)
    assert parts(tmp_path) == before


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work", encoding="utf-8")
    with pytest.raises(InputError, match="something else than a fit"):
        fit(problem_of(Counted()), QUICK, 4, keep=tmp_path)
    with pytest.raises(InputError, match="cannot be written"):
        fit(problem_of(Counted()), QUICK, 4, keep=tmp_path / "thesis.txt")
    (tmp_path / "thesis.txt").unlink()
    (tmp_path / "problem.json").write_text("[", encoding="utf-8")
    with pytest.raises(InputError, match="account of the fit cannot be read"):
        fit(problem_of(Counted()), QUICK, 4, keep=tmp_path)


@pytest.mark.slow
def test_a_fit_that_is_killed_ends_as_one_that_was_not(tmp_path: Path) -> None:
    """By SIGKILL, three times, each a while after the last; what a signal finds half done is one batch at most."""
    code = SLOWLY.format(here=str(Path(__file__).parent))
    done = 0
    for more in (1, 2, 2):
        process = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)])
        limit = time.monotonic() + 120
        while len(parts(tmp_path)) < done + more and process.poll() is None and time.monotonic() < limit:
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL, "it ended before it was killed"
        done = len(parts(tmp_path))
    again, finished = Counted(), sum("from" in name for name in parts(tmp_path))
    resumed = fit(problem_of(again), QUICK, 4, keep=tmp_path)
    assert 0 < again.batches == BATCHES - finished
    assert np.array_equal(resumed.draws, fit(problem_of(Counted()), QUICK, 4).draws)


def test_a_second_process_waits_for_no_one(tmp_path: Path) -> None:
    """While one fit fills a folder, another is told so."""
    inside: list[str] = []

    class Nosy(Counted):
        def __call__(self, parameters: Float, seeds: Int) -> Float:
            if not self.batches:
                with pytest.raises(InputError, match="another process is adding") as refused:
                    fit(problem_of(Counted()), QUICK, 4, keep=tmp_path)
                inside.append(str(refused.value))
            return super().__call__(parameters, seeds)

    fit(problem_of(Nosy()), QUICK, 4, keep=tmp_path)
    assert len(inside) == 1
