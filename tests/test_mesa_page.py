"""What the page for users of Mesa shows works as written, in the version of Mesa that is installed."""

import inspect
import re
from pathlib import Path

import mesa
import pytest

PAGE = Path(__file__).parents[1] / "docs" / "mesa.md"
BY_RNG = "rng" in inspect.signature(mesa.batch_run).parameters  # how this version of Mesa takes seeds
OTHER = "# Mesa 3.3" if BY_RNG else "# Mesa from 3.4"


def test_examples_run_one_after_the_other(capsys: pytest.CaptureFixture[str]) -> None:
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    chosen = [block for block in blocks if not block.startswith(OTHER)]
    assert len(chosen) == len(blocks) - 1 == 5
    known = {"__name__": "__main__"}
    for block in chosen:
        exec(compile(block, str(PAGE), "exec"), known)
    printed = capsys.readouterr().out
    assert "persons_displaced" in printed
    assert re.search(r"^seed +1 +2\nStep", printed, re.MULTILINE), "a column a seed"
    assert "'returned':" in printed
    assert "<household " in printed


def test_columns_it_names_are_collected() -> None:
    from sim.model import REPORTS

    page = PAGE.read_text(encoding="utf-8")
    for kind, reports in REPORTS.items():
        (line,) = re.findall(rf"^\| `get_agenttype_vars_dataframe\({kind.__name__}\)` \| (.*) \|$", page, re.MULTILINE)
        assert re.findall(r"`(\w+)`", line) == sorted(reports, key=line.index)


def test_files_it_points_to_exist() -> None:
    links = re.findall(r"\]\((?!http)([^)#]+)\)", PAGE.read_text(encoding="utf-8"))
    assert links
    assert not [link for link in links if not (PAGE.parent / link).exists()]
