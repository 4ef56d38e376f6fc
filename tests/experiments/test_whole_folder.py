"""A results folder is written whole or not at all, and nothing else is ever overwritten."""

import os

import pytest

from sim.experiments.checksums import SUMS
from sim.experiments.folder import MANIFEST, whole_folder
from sim.schema.errors import InputError


def write(target, text="new"):
    with whole_folder(target) as draft:
        shown = (target / "file").read_text() if (target / "file").exists() else ""
        assert shown != text, "nothing shows before the end"
        (draft / "file").write_text(text)
        (draft / MANIFEST).write_text("{}")


def write_half(target, error):
    with whole_folder(target) as draft:
        (draft / "file").write_text("half")
        raise error


def test_a_folder_appears_complete(tmp_path):
    write(tmp_path / "deep" / "results")
    assert sorted(path.name for path in (tmp_path / "deep" / "results").iterdir()) == [SUMS, "file", MANIFEST]
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["results"], "no draft is left"


def test_earlier_results_are_replaced(tmp_path):
    write(tmp_path / "results", "old")
    (tmp_path / "results" / "more").write_text("of the old run")
    write(tmp_path / "results")
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == [SUMS, "file", MANIFEST]
    assert [path.name for path in tmp_path.iterdir()] == ["results"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_everything_as_it_was(tmp_path, error):
    write(tmp_path / "results", "old")
    for target in (tmp_path / "results", tmp_path / "another"):
        with pytest.raises(error):
            write_half(target, error)
    assert [path.name for path in tmp_path.iterdir()] == ["results"]
    assert (tmp_path / "results" / "file").read_text() == "old"


def test_anything_else_is_refused(tmp_path):
    thesis = tmp_path / "thesis"
    thesis.mkdir()
    (thesis / "chapter").write_text("years of work")
    with pytest.raises(InputError, match="holds something else than results"), whole_folder(thesis):
        pass
    with pytest.raises(InputError, match="is a file"), whole_folder(thesis / "chapter"):
        pass
    assert (thesis / "chapter").read_text() == "years of work"


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "results").mkdir()
    write(tmp_path / "results")
    assert (tmp_path / "results" / "file").is_file()


@pytest.mark.skipif(os.name == "nt", reason="a path below a file fails another way there")
def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot be written"), whole_folder(tmp_path / "file" / "results"):
        pass
