"""What the README shows works as written."""

import re
from pathlib import Path

import pytest

from sim.experiments.run import prepared
from sim.interventions import CampClosure

README = Path(__file__).parents[1] / "README.md"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_python_example_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    examples = blocks("python")
    assert examples
    for example in examples:
        exec(compile(example, str(README), "exec"), {})
    printed = capsys.readouterr().out
    assert "Closing a camp moves people" in printed
    assert "iraq/closure-no-notice (notice, alternatives)" in printed, "the counterpart is added"
    assert (tmp_path / "results" / "faster-repair" / "manifest.json").is_file()


def test_scenario_example_compiles(tmp_path: Path) -> None:
    (example,) = blocks("yaml")
    file = tmp_path / "my-scenario.yaml"
    file.write_text(example, encoding="utf-8")
    compiled = prepared(file, households=6000)
    closure = compiled.scenario.spec.programmes["close_mosul"]
    assert isinstance(closure, CampClosure)
    assert closure.notice_months == 12
    assert list(compiled.programmes) == ["convoys"]


def test_files_it_points_to_exist() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", README.read_text(encoding="utf-8"))
    assert links
    missing = [link for link in links if not (README.parent / link).exists()]
    assert not missing
