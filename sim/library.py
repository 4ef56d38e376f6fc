"""Finds the content folders: packaged with the wheel, or beside the package in the repository."""

from pathlib import Path

from sim.schema.errors import InputError, nearest

FIRST_CASES = ("valley", "iraq")  # to begin with: the first of these that is shipped
_HERE = Path(__file__).resolve().parent
_PACKAGED = _HERE / "content"


def content_folder(name: str) -> Path:
    """Return the folder ``scenarios``, ``calibration`` or ``workshops``: the packaged copy, else the repository's."""
    packaged = _PACKAGED / name
    return packaged if packaged.is_dir() else _HERE.parent / name


def is_packaged() -> bool:
    """Return whether content comes from the package rather than from the repository around it."""
    return content_folder("scenarios").is_relative_to(_PACKAGED)


def case_names() -> list[str]:
    """Return the names of the shipped cases, in alphabetical order."""
    return sorted(path.parent.name for path in content_folder("scenarios").glob("*/case.yaml"))


def first_case() -> str:
    """Return the case to begin with."""
    return next((name for name in FIRST_CASES if name in case_names()), FIRST_CASES[-1])


def case_folder(name: str) -> Path:
    """Return the folder of a shipped case."""
    valid = case_names()
    if name not in valid:
        raise InputError(f"no such case{nearest(name, valid)}", value=name, allowed=", ".join(valid))
    return content_folder("scenarios") / name


def scenario_names() -> list[str]:
    """Return the names of all shipped scenarios, as ``case/scenario``, in alphabetical order."""
    root = content_folder("scenarios")
    return sorted(f"{path.parent.name}/{path.stem}" for path in root.glob("*/*.yaml") if path.stem != "case")


def priors_of(scenario: str) -> Path | None:
    """Return the shipped priors for the case of a scenario, named as ``case/scenario``; None where there are none."""
    path = content_folder("calibration") / scenario.partition("/")[0] / "priors.yaml"
    return path if is_file(path) else None


def study_of(scenario: str) -> Path | None:
    """Return the shipped study of the case of a scenario whose posterior is shipped too; None where there is none."""
    folder = content_folder("calibration") / scenario.partition("/")[0]
    found = folder / "study.yaml"
    return found if is_file(found) and is_file(folder / "posterior.json") else None


def workshop_of(case: str) -> Path | None:
    """Return the shipped workshop pack of a case; None where there is none."""
    found = content_folder("workshops") / f"{case}.yaml"
    return found if is_file(found) else None


def is_file(path: Path) -> bool:
    """Return whether there is such a file; none has a name that the system does not accept."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def find_scenario(name_or_path: str | Path) -> Path:
    """Return the YAML file of a scenario given by file, by ``case/scenario``, or by the name of a case."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return path
    root, name = content_folder("scenarios"), str(name_or_path)
    for candidate in (root / f"{name}.yaml", root / name / "case.yaml", path / "case.yaml"):
        if is_file(candidate):
            return candidate
    valid = scenario_names()
    raise InputError(
        f"no such scenario{nearest(name, valid)}", value=name, allowed=", ".join(valid) + ", or a .yaml file"
    )
