"""What is installed, where things are kept, and whether this installation can be relied upon."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

from sim.experiments.self_test import self_test
from sim.kernels.compile import cache_folder, cache_folders, claim, cpu_name, is_compiled
from sim.library import case_names, content_folder, is_packaged, scenario_names

PACKAGE = "solutions-sim"
SETTINGS = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "SOLUTIONS_SIM_CACHE")

Facts = dict[str, Any]


@dataclass(frozen=True)
class Examination:
    """What was found.

    Attributes
    ----------
    facts : dict
        Section, to name, to value; plain data.
    warnings : tuple of str
        What a person should know, and can live with.
    faults : tuple of str
        What forbids the use of results.
    """

    facts: dict[str, Facts]
    warnings: tuple[str, ...]
    faults: tuple[str, ...]


def examine() -> Examination:
    """Look at everything, and run the self-test; whatever fails is reported and not raised."""
    facts = {
        "software": _software(),
        "machine": _machine(),
        "settings": _settings(),
        "content": _content(),
        "compiled_model": _compiled_model(),  # before the self-test compiles it
        "self_test": _self_test(),
    }
    return Examination(facts, tuple(_warnings(facts)), tuple(_faults(facts)))


def _software() -> Facts:
    wanted = [Requirement(line) for line in requires(PACKAGE) or ()]
    needed = [one.name for one in wanted if one.marker is None or one.marker.evaluate({"extra": ""})]
    return {PACKAGE: _version(PACKAGE), "python": platform.python_version(), **{n: _version(n) for n in needed}}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _machine() -> Facts:
    free = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return {"system": platform.platform(), "processor": cpu_name(), "cores": os.cpu_count(), "cores_usable": free}


def _settings() -> Facts:
    others = sorted(name for name in os.environ if name.startswith("NUMBA_") and name not in SETTINGS)
    return {name: os.environ.get(name) for name in (*SETTINGS, *others)}


def _content() -> Facts:
    return {
        "from": "the package" if is_packaged() else "the repository",
        "folder": str(content_folder("scenarios")),
        "cases": case_names(),
        "scenarios": len(scenario_names()),
    }


def _compiled_model() -> Facts:
    folder = cache_folder()
    facts: Facts = {
        "folder": str(folder),
        "this_version_compiled": is_compiled(),
        "kept": True,
        "not_kept_because": None,
    }
    try:
        claim(folder)
    except OSError as error:
        facts |= {"kept": False, "not_kept_because": error.strerror or str(error)}
    others = [path for path in cache_folders() if path != folder]
    size, others_size = _megabytes(folder), sum(map(_megabytes, others))
    return {**facts, "megabytes": size, "other_versions": len(others), "other_megabytes": round(others_size, 1)}


def _megabytes(folder: Path) -> float:
    sizes = [Path(at, name).lstat().st_size for at, _, names in os.walk(folder) for name in names]
    return round(sum(sizes) / 1e6, 1)


def _self_test() -> Facts:
    if os.environ.get("NUMBA_DISABLE_JIT", "0") != "0":
        return {"verdict": "not run", "because": "NUMBA_DISABLE_JIT is set, so that nothing is compiled"}
    try:
        return self_test()
    except Exception as error:  # any failure is a finding
        return {"verdict": "failed", "because": f"{type(error).__name__}: {error}"}


def _warnings(facts: dict[str, Facts]) -> list[str]:
    found, compiled, test = [], facts["compiled_model"], facts["self_test"]
    if not compiled["kept"]:
        found.append(
            f"Compiled code cannot be kept in {compiled['folder']} ({compiled['not_kept_because']}), so every command "
            "compiles the model again, about half a minute. Set SOLUTIONS_SIM_CACHE to a folder of your own."
        )
    if test["verdict"] == "not run":
        found.append(f"The self-test was not run: {test['because']}.")
    if test["verdict"] == "near":
        found.append(
            "Results are reproducible here, on any number of threads, but not bit for bit those of the machine that "
            f"made the expected ones ({test['expected_made_on']}). Functions such as the logarithm differ in the last "
            "digit between systems, and that tips a few households. Outcomes agree; compare state hashes only "
            "between machines of one kind."
        )
    return found


def _faults(facts: dict[str, Facts]) -> list[str]:
    test = facts["self_test"]
    missing = [name for name, found in facts["software"].items() if found is None]
    found = [f"Not installed: {', '.join(missing)}."] if missing else []
    found += {
        "threads": ["Results depend on the number of threads here. Do not use them, and please report all of this."],
        "other": [
            "The outcomes of the self-test are not the expected ones, by more than rounding. Unless you changed the "
            f"code or the case of {test.get('scenario')}, do not use results, and please report all of this."
        ],
        "failed": [f"The self-test failed: {test.get('because')}"],
    }.get(test["verdict"], [])
    return found
