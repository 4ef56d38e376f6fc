"""The examination states what is there, and turns whatever is wrong into a sentence."""

import os
from pathlib import Path

import pytest

from sim.experiments import doctor
from sim.experiments.doctor import examine
from sim.kernels.compile import cache_folder
from sim.library import content_folder

SAME = {"verdict": "same"}


@pytest.fixture
def quick(monkeypatch):
    """An examination whose self-test ends at once, with the given findings."""

    def call(**findings):
        monkeypatch.setattr(doctor, "self_test", lambda: findings or SAME)
        return examine()

    return call


def test_all_is_well(quick):
    found = quick()
    assert (found.warnings, found.faults) == ((), ())
    assert {"solutions-sim", "numba", "numpy", "mesa", "xarray", "pandas", "scipy"} <= set(found.facts["software"])
    assert "ruff" not in found.facts["software"], "tools of development are not needed"
    assert found.facts["content"]["folder"] == str(content_folder("scenarios"))
    assert found.facts["compiled_model"]["folder"] == str(cache_folder())


def test_the_cache_is_measured(quick, monkeypatch, tmp_path):
    monkeypatch.setenv("SOLUTIONS_SIM_CACHE", str(tmp_path))
    assert not quick().facts["compiled_model"]["this_version_compiled"]
    (cache_folder() / "month.nbi").write_bytes(bytes(1_500_000))
    (tmp_path / ("a" * 16)).mkdir()
    (tmp_path / ("a" * 16) / "month.nbi").write_bytes(bytes(200_000))
    facts = quick().facts["compiled_model"]
    assert facts["this_version_compiled"]
    assert (facts["megabytes"], facts["other_versions"], facts["other_megabytes"]) == (1.5, 1, 0.2)


@pytest.mark.skipif(os.name == "nt", reason="modes of folders are another matter there")
def test_a_cache_that_cannot_be_used_is_a_warning(quick, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SOLUTIONS_SIM_CACHE", str(tmp_path / "file"))
    (warning,) = quick().warnings
    assert str(tmp_path / "file") in warning
    assert "SOLUTIONS_SIM_CACHE" in warning
    monkeypatch.setenv("SOLUTIONS_SIM_CACHE", str(tmp_path / "shared"))
    cache_folder().mkdir(parents=True)
    cache_folder().chmod(0o777)
    (warning,) = quick().warnings
    assert "other users may write to it" in warning


def test_without_compiling_the_self_test_would_take_hours(quick, monkeypatch):
    monkeypatch.setenv("NUMBA_DISABLE_JIT", "1")
    found = quick()
    assert "NUMBA_DISABLE_JIT" in found.warnings[0]
    assert found.facts["settings"]["NUMBA_DISABLE_JIT"] == "1"


@pytest.mark.parametrize(
    ("verdict", "warning", "fault"),
    [
        ("near", "not bit for bit", None),
        ("threads", None, "number of threads"),
        ("other", None, "by more than rounding"),
    ],
)
def test_verdicts_are_explained(quick, verdict, warning, fault):
    found = quick(verdict=verdict, expected_made_on="another machine", scenario="iraq/no-closure")
    for sentences, part in ((found.warnings, warning), (found.faults, fault)):
        assert len(sentences) == (part is not None)
        assert part is None or part in sentences[0]


def test_a_self_test_that_fails_is_a_fault(monkeypatch):
    monkeypatch.setattr("sim.experiments.self_test.EXPECTED", Path("nowhere"))
    (fault,) = examine().faults
    assert "nowhere" in fault


def test_a_package_that_is_missing_is_a_fault(quick, monkeypatch):
    monkeypatch.setattr(
        doctor, "requires", lambda _: ["numpy>=2.0", "nowhere-to-be-found<4,>=3.3", "x; extra == 'dev'"]
    )
    assert quick().faults == ("Not installed: nowhere-to-be-found.",)
