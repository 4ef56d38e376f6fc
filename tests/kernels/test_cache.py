"""Compiled code is kept between runs, and never outlives an edit of any kernel source."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import sim

PACKAGE = Path(sim.__file__).parent
# Savings after a month of a household that earns nothing: the rule stands in budget.py, a file that the entry
# point in month.py calls into.
SCRIPT = """
import numpy as np
from sim.kernels.compile import cache_folder, entry
from sim.kernels.budget import rent_of
from sim.kernels.inputs import Place, BudgetParams

@entry
def ask(rent):
    place = Place(0., 0., 0., rent, 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 0., 1., 1., 0, -1, 0)
    return rent_of(place, 2, BudgetParams(0., 0., 0., 0., 0., 0., 0., 0., 0.))

print(ask(100.0), cache_folder())
"""


def ask(folder: Path, cache: Path) -> tuple[float, str]:
    """Return the rent that a fresh process with this copy of the package charges, and its cache folder."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "SOLUTIONS_SIM_CACHE": str(cache)}
    command = [sys.executable, str(folder / "ask.py")]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    rent, kept = done.stdout.split()
    return float(rent), kept


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(PACKAGE / "kernels", tmp_path / "sim" / "kernels", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "sim" / "__init__.py").write_text("")
    (tmp_path / "ask.py").write_text(SCRIPT)  # once: numba itself does notice a newer file of the cached function
    return tmp_path


def test_an_edit_of_a_called_file_is_noticed(copy, tmp_path):
    """numba itself looks at the file of the cached function only, which is the same in both runs."""
    cache = tmp_path / "cache"
    before, folder = ask(copy, cache)
    assert before == 100.0
    assert Path(folder).is_dir()
    assert list(Path(folder).rglob("*.nbi")), "nothing was cached: the test shows nothing"
    assert ask(copy, cache) == (before, folder)
    source = copy / "sim" / "kernels" / "budget.py"
    edited = re.sub(r"return place\.rent\n", "return place.rent * 2\n", source.read_text(), count=1)
    assert edited != source.read_text()
    source.write_text(edited)
    after, other = ask(copy, cache)
    assert after == 200.0
    assert other != folder


def test_without_a_folder_to_write_it_still_runs(copy, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert ask(copy, blocked)[0] == 100.0
