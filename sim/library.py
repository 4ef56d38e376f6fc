"""Finds the content folders: packaged with the wheel, or beside the package in the repository."""

from pathlib import Path

from sim.schema.errors import InputError, nearest

_HERE = Path(__file__).resolve().parent


def content_folder(name: str) -> Path:
    """Return the folder ``scenarios`` or ``calibration``: the packaged copy, else the repository's."""
    packaged = _HERE / "content" / name
    return packaged if packaged.is_dir() else _HERE.parent / name


def scenario_names() -> list[str]:
    """Return the names of all shipped scenarios, as ``case/scenario``, in alphabetical order."""
    root = content_folder("scenarios")
    return sorted(f"{path.parent.name}/{path.stem}" for path in root.glob("*/*.yaml") if path.stem != "case")


def find_scenario(name_or_path: str | Path) -> Path:
    """Return the YAML file of a scenario given by file, by ``case/scenario``, or by the name of a case."""
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return path
    root, name = content_folder("scenarios"), str(name_or_path)
    for candidate in (root / f"{name}.yaml", root / name / "case.yaml", path / "case.yaml"):
        if candidate.is_file():
            return candidate
    valid = scenario_names()
    raise InputError(
        f"no such scenario{nearest(name, valid)}", value=name, allowed=", ".join(valid) + ", or a .yaml file"
    )
