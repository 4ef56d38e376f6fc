import json
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from sim import cli
from sim.cli.common import COMPILING, announce_compiling
from sim.experiments.counterparts import CLOSURE_WARNING
from sim.experiments.replicate import Work
from sim.model import SolutionsModel
from sim.report.folder import open_any

SMALL = ["--months", "3"]
LABEL = "luck only; parameter uncertainty not included"


@pytest.fixture
def sim(capsys, monkeypatch, tmp_path):
    """Call the command line in an empty folder; return exit code, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")

    def call(*arguments):
        with pytest.raises(SystemExit) as end:
            cli.main(list(arguments))
        captured = capsys.readouterr()
        return end.value.code or 0, captured.out, captured.err

    return call


@pytest.fixture
def no_figures(monkeypatch):
    monkeypatch.setattr("sim.report.folder.save_figures", lambda *_: [])


def test_help_is_light():
    code = (
        "import sys\nfrom sim.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit:\n    pass\n"
        "print('LOADED', [n for n in ('numba', 'numpy', 'xarray', 'pandas', 'matplotlib', 'mesa') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "LOADED []" in done.stdout
    for command in ("list", "check", "run", "resume", "compare", "show", "new", "doctor"):
        assert command in done.stdout


@pytest.mark.parametrize(
    "command", ["check", "run", "resume", "compare", "experiment", "reach", "status", "show", "new", "doctor"]
)
def test_help_has_an_example(sim, command):
    code, out, _ = sim(command, "--help")
    assert code == 0
    assert f"Example: sim {command}" in out


def test_list(sim):
    code, out, _ = sim("list")
    assert code == 0
    assert "iraq/closure-no-notice" in out
    assert "What follows if no camp is closed?" in out


def test_check_reads_every_file(sim, tmp_path):
    (tmp_path / "wrong.yaml").write_text("extends: valley/as-is\nmonth: 3\n")
    code, out, err = sim("check", "wrong.yaml", "valley/as-is")
    assert code == 2
    assert "OK  valley/as-is" in out
    assert "did you mean" in err
    assert "line 2" in err


def test_run_writes_and_shows(sim):
    code, out, _ = sim("run", "valley/closure-no-notice", *SMALL, "--seed", "2")
    assert code == 0
    assert CLOSURE_WARNING.split(".")[0] in " ".join(out.split())
    assert "\x1b" not in out
    folder = Path("results/valley-closure-no-notice")
    for name in ("manifest.json", "assumed.md", "run.txt", "figures/stock.png"):
        assert (folder / name).is_file()
        assert str(folder / name) in out
    code, shown, _ = sim("show", str(folder))
    assert code == 0
    assert out.startswith(shown.rstrip())


def test_compare_adds_counterparts_and_says_so(sim, monkeypatch):
    monkeypatch.setattr("sim.report.folder.save_figures", lambda *_: [])
    out_folder = Path("results/closing")
    code, out, _ = sim("compare", "valley/closure-no-notice", *SMALL, "--seeds", "2", "--out", str(out_folder))
    text = " ".join(out.split())
    assert code == 0
    assert LABEL in text
    assert text.count("Added for comparison") == 2
    assert max(map(len, out.split("Written:")[0].splitlines())) <= 80
    assert LABEL in (out_folder / "comparison.txt").read_text().replace("\n", " ")
    code, shown, _ = sim("show", str(out_folder))
    assert code == 0
    assert LABEL in " ".join(shown.split())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["iraq/no-clos"], "did you mean 'iraq/no-closure'"),
        (["nowhere.yaml"], "does not exist"),
        (["valley/as-is", "--seed", "-1"], "--seed"),
        (["valley/as-is", "--seed", "9" * 25], "--seed"),
        (["valley/as-is", "--seed", "x"], "--seed"),
        (["valley/as-is", "--threads", "0"], "--threads"),
        (["valley/as-is", "--households", "-5"], "--households"),
        (["valley/as-is", "--months", "0"], "--months"),
        (["valley/as-is", "--months", "601"], "600"),
        (["valley/as-is", "--checkpoint-every", "0"], "--checkpoint-every"),
        (["valley/as-is", "--set", "parameters.choice.epohc=3"], "did you mean 'epoch'"),
        (["valley/as-is", "--set", "parameters.choice.epoch=long"], "parameters.choice.epoch"),
        (["valley/as-is", "--set", "epoch"], "path=value"),
        (["valley/as-is", "--set", "a=[1"], "not readable"),
        (["valley/as-is", "--out", "taken"], "something else than results"),
        (["valley/as-is", "--out", "taken/file"], "is a file"),
        ([], "SCENARIO"),
        (["valley/as-is", "--colour"], "--colour"),
    ],
)
@pytest.mark.parametrize("command", ["run", "compare"])
def test_bad_input_is_one_message_and_nothing_written(sim, tmp_path, command, arguments, message):
    if command == "compare" and "--seed" in arguments:
        arguments = ["--seeds" if word == "--seed" else word for word in arguments]
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "file").write_text("kept")
    code, out, err = sim(command, *arguments)
    assert code == 2
    assert message in " ".join(err.split())
    assert "Traceback" not in err + out
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "taken"]


def test_show_of_something_else(sim, tmp_path):
    code, _, err = sim("show", str(tmp_path))
    assert code == 2
    assert "no results in this folder" in err


def test_compiling_is_announced(sim, monkeypatch, tmp_path):
    monkeypatch.setenv("SOLUTIONS_SIM_CACHE", str(tmp_path / "cache"))
    announce_compiling()
    code, _, err = sim("run", "iraq/no-clos")
    assert code == 2
    assert err.startswith(COMPILING)


def test_interrupted_comparison_keeps_whole_seeds(sim, monkeypatch, no_figures):
    module = import_module("sim.experiments.replicate")
    real, calls = module.run, []

    def interrupted(*arguments, **named):
        calls.append(1)
        if len(calls) > 3:  # three scenarios, counterparts included
            raise KeyboardInterrupt
        return real(*arguments, **named)

    monkeypatch.setattr(module, "run", interrupted)
    code, out, _ = sim("compare", "valley/as-is", "valley/closure-no-notice", *SMALL, "--seeds", "9", "--out", "part")
    assert code == 130
    assert "Interrupted: 1 of 9 seeds finished." in " ".join(out.split())
    assert json.loads(Path("part/manifest.json").read_text())["seeds"] == [0]


@pytest.mark.parametrize("command", ["run", "compare"])
def test_interrupted_before_anything_was_finished(sim, monkeypatch, tmp_path, command):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("sim.model.SolutionsModel.step", interrupted)
    code, _, err = sim(command, "valley/as-is", *SMALL)
    assert code == 130
    assert "nothing is written" in err
    assert list(tmp_path.iterdir()) == []


CHECKPOINTS = [*SMALL, "--seed", "2", "--checkpoint-every", "2"]


def interrupted_run(sim, monkeypatch, *arguments):
    """Press Ctrl-C in the third month of a run."""
    real, calls = SolutionsModel.step, []

    def step(model):
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        real(model)

    with monkeypatch.context() as patch:
        patch.setattr(SolutionsModel, "step", step)
        return sim("run", "valley/closure-no-notice", *arguments)


def test_resume_finishes_an_interrupted_run_as_if_it_had_never_stopped(sim, monkeypatch, no_figures):
    _, whole, _ = sim("run", "valley/closure-no-notice", *SMALL, "--seed", "2", "--out", "whole")
    code, _, err = interrupted_run(sim, monkeypatch, *CHECKPOINTS, "--out", "deep/part")
    assert code == 130
    assert "sim resume deep/part" in err
    assert [path.name for path in Path("deep").iterdir()] == ["part.checkpoint"]
    code, out, _ = sim("resume", "deep/part", "--threads", "2")
    assert code == 0
    assert out == whole.replace("whole/", "deep/part/")
    assert [path.name for path in Path("deep").iterdir()] == ["part"]
    for path in Path("whole").iterdir():
        if path.is_file() and path.name not in ("data.nc", "manifest.json", "SHA256SUMS"):
            assert (Path("deep/part") / path.name).read_bytes() == path.read_bytes(), path.name
    one, other = (open_any(folder) for folder in ("whole", "deep/part"))
    assert one.data.identical(other.data)
    assert one.manifest | {"seconds": 0} == other.manifest | {"seconds": 0}
    code, _, err = sim("resume", "deep/part")
    assert code == 2
    assert "nothing to resume" in err


def test_a_second_run_does_not_take_the_place_of_an_interrupted_one(sim, monkeypatch):
    interrupted_run(sim, monkeypatch, *CHECKPOINTS)
    code, _, err = sim("run", "valley/closure-no-notice", *CHECKPOINTS)
    assert code == 2
    assert "`sim resume results/valley-closure-no-notice`" in " ".join(err.split())


def test_interrupted_before_the_first_checkpoint(sim, monkeypatch, tmp_path):
    code, _, err = interrupted_run(sim, monkeypatch, *SMALL, "--checkpoint-every", "3")
    assert code == 130
    assert "nothing is written" in err
    assert list(Path("results").iterdir()) == []


@pytest.mark.parametrize(
    ("folder", "message"),
    [("nowhere", "no checkpoint was kept"), ("part.checkpoint", "did you mean 'part'"), ("part", "was damaged")],
)
def test_what_cannot_be_resumed_is_one_message(sim, monkeypatch, folder, message):
    interrupted_run(sim, monkeypatch, *CHECKPOINTS, "--out", "part")
    arrays = Path("part.checkpoint/month-2.npz")
    arrays.write_bytes(arrays.read_bytes()[:-1])
    code, out, err = sim("resume", folder)
    assert code == 2
    assert message in " ".join(err.split())
    assert "Traceback" not in err + out


def test_new_check_run(sim, no_figures):
    code, out, _ = sim("new", "mine", "--from", "valley")
    assert code == 0
    assert "sim run mine/" in out
    code, out, _ = sim("check", *map(str, sorted(Path("mine").glob("*.yaml"))))
    assert code == 0
    assert out.count("OK") == len(list(Path("mine").glob("*.yaml"))) > 3
    code, _, _ = sim("run", "mine/as-is.yaml", *SMALL)
    assert code == 0
    assert Path("results/mine-as-is/manifest.json").is_file()


def test_new_refuses_in_one_message(sim):
    code, out, err = sim("new", "mine", "--from", "irak")
    assert code == 2
    assert "did you mean 'iraq'" in err
    assert "Traceback" not in err + out
    assert not Path("mine").exists()


def test_doctor(sim):
    code, page, _ = sim("doctor")
    assert code == 0
    assert "as expected" in page
    code, out, _ = sim("doctor", "--json")
    assert code == 0
    assert json.loads(out)["faults"] == []


def test_doctor_ends_with_1_where_results_cannot_be_used(sim, monkeypatch):
    monkeypatch.setattr("sim.experiments.doctor.self_test", lambda: {"verdict": "threads"})
    code, page, _ = sim("doctor")
    assert code == 1
    assert "FAULT: Results depend on the number of threads" in page


def test_python_m_sim_is_the_command():
    done = subprocess.run(
        [sys.executable, "-m", "sim", "new", "mine.yaml"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "names a file" in done.stderr


@pytest.mark.slow
def test_experiment_goes_on_where_it_was_interrupted(sim, monkeypatch, no_figures):
    command = ("experiment", "valley/as-is", "valley/closure-no-notice", *SMALL, "--draws", "2", "--executor", "serial")
    run, calls = Work.run, []

    def interrupted(self, number, *more):
        calls.append(number)
        if number == 1:
            raise KeyboardInterrupt
        return run(self, number, *more)

    with monkeypatch.context() as patch:
        patch.setattr(Work, "run", interrupted)
        code, _, err = sim(*command, "--out", "kept")
    assert (code, calls) == (130, [0, 1])
    assert "1 of 2 replicates are missing; the same command again runs what is missing." in " ".join(err.split())
    code, out, _ = sim("status", "kept")
    assert code == 0
    assert out.startswith("1 of 2 replicates are finished, 1 are missing.")
    code, out, _ = sim(*command, "--out", "kept")
    assert code == 0
    assert "2 replicates" in out
    assert "luck, and 2 draws from 6 priors" in " ".join(out.split())
    assert Path("kept/report/tables/contrasts.csv").is_file()
    code, shown, _ = sim("show", "kept")
    assert code == 0
    assert out.startswith(shown.split("\nClosing")[0].rstrip())


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--uncertain", "p.yaml"], "--draws: how many draws is not said"),
        (["--uncertain", "none.yaml", "--draws", "2"], "none.yaml"),
        (["--uncertain", "p.yaml", "--posterior", "p.csv"], "draws come from priors or from a posterior"),
        (["--uncertain", "p.yaml", "--draws", "2"], "nothing of this name - did you mean 'rate'?"),
        (["--cluster", "tcp://127.0.0.1:1"], "a cluster runs Dask"),
    ],
)
def test_experiments_that_cannot_be(sim, arguments, message):
    Path("p.yaml").write_text("title: t\nuncertainties: {parameters.beliefs.rte: {low: 0, high: 1}}\n")
    code, _, err = sim("experiment", "valley/as-is", *SMALL, "--out", "kept", *arguments)
    assert code == 2
    assert message in " ".join(err.split())
    assert "Traceback" not in err
    assert not Path("kept").exists()
