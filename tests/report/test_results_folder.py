import pytest

from sim.experiments import Comparison, Result
from sim.report import folder as folder_module
from sim.report.folder import open_any, save_comparison, save_run
from sim.schema.errors import InputError

SHARED = {"assumed.md", "data.nc", "manifest.json", "scenario.yaml"}


def test_a_run_comes_back(result, tmp_path):
    written = save_run(result, tmp_path / "run")
    assert {path.name for path in written} >= SHARED | {"run.md", "run.txt", "tidy.csv", "stock.png", "stock.svg"}
    assert all(path.stat().st_size > 0 for path in written)
    back = open_any(tmp_path / "run")
    assert isinstance(back, Result)
    assert back.manifest == result.manifest


def test_a_comparison_comes_back(comparison, tmp_path):
    written = save_comparison(comparison, tmp_path / "both")
    assert {path.name for path in written} >= SHARED | {"comparison.md", "comparison.txt", "moves.png"}
    back = open_any(tmp_path / "both")
    assert isinstance(back, Comparison)
    assert back.table().equals(comparison.table())
    page = (tmp_path / "both" / "comparison.md").read_text()
    assert "luck only; parameter uncertainty not included" in page
    assert "figures/stock.png" in page


def test_nothing_is_left_when_writing_fails(result, tmp_path, monkeypatch):
    def fail(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(folder_module, "save_figures", fail)
    with pytest.raises(KeyboardInterrupt):
        save_run(result, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{}", "[1]", '{"kind": "comparison"}', '{"kind": 3, "schema_version": 1}'])
def test_a_damaged_manifest_is_said(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text)
    with pytest.raises(InputError):
        open_any(tmp_path)


def test_no_results(tmp_path):
    with pytest.raises(InputError, match="no results in this folder"):
        open_any(tmp_path)
