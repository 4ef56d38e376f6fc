"""A copied case works at once, by itself, and a place that is taken stays as it was."""

import os
import shlex
from pathlib import Path

import pytest

from sim.experiments.new_case import new_case, next_steps
from sim.library import case_folder, case_names, first_case
from sim.scenario import load_scenario
from sim.schema.errors import InputError


@pytest.mark.parametrize("case", case_names())
def test_a_copy_is_whole_and_reads_nothing_outside_it(tmp_path, case):
    folder = tmp_path / "deep" / "mine"
    files = new_case(folder, case)
    assert {file.name: file.read_bytes() for file in files} == {
        file.name: file.read_bytes() for file in case_folder(case).iterdir()
    }
    assert "SOURCES.md" in {file.name for file in files}, "the terms of the data go with them"
    for file in folder.glob("*.yaml"):
        scenario = load_scenario(file)
        assert {path.parent for path in scenario.lineage} == {folder}
        assert scenario.tables == folder


def test_an_edit_of_the_copied_case_reaches_its_scenarios(tmp_path):
    folder = tmp_path / "mine"
    new_case(folder, "iraq")
    case = folder / "case.yaml"
    case.write_text(case.read_text().replace("months: 36", "months: 12"))
    assert load_scenario(folder / "closure-with-alternatives.yaml").spec.months == 12
    assert load_scenario("iraq/closure-with-alternatives").spec.months == 36


def test_the_case_to_begin_with_is_the_default(tmp_path):
    names = {file.name for file in new_case(tmp_path / "mine")}
    assert names == {file.name for file in case_folder(first_case()).iterdir()}


def test_what_to_do_next_names_files_that_exist(tmp_path):
    folder = tmp_path / "my case"
    text = next_steps(new_case(folder, "iraq"))
    check, run = [shlex.split(line)[2] for line in text.splitlines() if line.startswith("  sim ")]
    assert list(folder.parent.glob(str(Path(check).relative_to(tmp_path))))
    assert Path(run).is_file()
    assert "7 tables" in text
    assert "4 scenarios" in text


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "mine").mkdir()
    assert new_case(tmp_path / "mine", "iraq")


@pytest.mark.parametrize(
    ("folder", "case", "message"),
    [
        ("taken", "iraq", "the folder is not empty"),
        ("taken/manifest.json", "iraq", "names a file"),
        ("taken/manifest.json/mine", "iraq", "cannot be written"),
        ("mine.yaml", "iraq", "names a file"),
        (".", "iraq", "is the folder you are in"),
        ("mine", "irak", "did you mean 'iraq'"),
        ("mine", "../tests", "no such case"),
        pytest.param("/proc/mine", "iraq", "cannot be written", marks=pytest.mark.skipif(os.name == "nt", reason="")),
    ],
)
def test_a_refusal_leaves_everything_as_it_was(tmp_path, monkeypatch, folder, case, message):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "manifest.json").write_text("{}")  # results are not replaced by a case either
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError, match=message):
        new_case(folder, case)
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["manifest.json", "taken"]
