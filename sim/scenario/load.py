"""Loading a scenario: a case, or ``extends`` another scenario plus what differs, plus overrides."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field

from sim.interventions import InterventionSpec
from sim.library import find_scenario, is_file
from sim.schema.base import Name
from sim.schema.case import Case
from sim.schema.document import Document, Key, merge, read_value, read_yaml, validate
from sim.schema.errors import InputError, nearest

MOST_ANCESTORS = 8


class ScenarioSpec(Case):
    """A case with its timeline: everything a run needs that is not a table."""

    programmes: dict[Name, InterventionSpec] = Field(default={}, description="Interventions by name")


@dataclass(frozen=True)
class Scenario:
    """A validated scenario and where it came from.

    Attributes
    ----------
    name : str
        ``case/scenario`` for a shipped scenario, else the name of its file.
    spec : ScenarioSpec
        The resolved, validated content.
    document : Document
        The same as plain data with the place of every key, for messages.
    tables : Path
        Folder of the case tables.
    lineage : tuple of Path
        The file and those it extends, nearest first.
    """

    name: str
    spec: ScenarioSpec
    document: Document
    tables: Path
    lineage: tuple[Path, ...]

    @property
    def boundaries(self) -> Path | None:
        """The GeoJSON file of its areas, None where the case names none."""
        return self.tables / self.spec.boundaries if self.spec.boundaries else None

    def override(self, changes: Mapping[str, Any]) -> "Scenario":
        """Return the scenario with values replaced, ``{"parameters.choice.epoch": 12}``, checked again."""
        document = self.document
        for path, value in changes.items():
            if path == "tables":
                raise InputError(
                    "is read before anything is changed; write it in a scenario file", key=path, value=value
                )
            document = merge(document, _override_document(path, value))
        return Scenario(self.name, validate(document, ScenarioSpec), document, self.tables, self.lineage)

    def value(self, key: str) -> Any:
        """Return what stands at a dotted key; raises InputError with the nearest name where nothing does."""
        found: Any = self.spec.model_dump(mode="json")
        for part in key.split("."):
            if not isinstance(found, dict) or part not in found:
                names = list(found) if isinstance(found, dict) else []
                message = f"the scenario has nothing of this name{nearest(part, names)}"
                raise InputError(message, key=key, value=part, allowed=", ".join(names) or None)
            found = found[part]
        return found

    def renamed(self, name: str, title: str) -> "Scenario":
        """Return the scenario under another name and title."""
        changed = self.override({"title": title})
        return Scenario(name, changed.spec, changed.document, self.tables, self.lineage)


def load_scenario(name_or_path: str | Path, overrides: Mapping[str, Any] | None = None) -> Scenario:
    """Load a shipped scenario by name or one from a file.

    Parameters
    ----------
    name_or_path : str or Path
        ``iraq/no-closure``, ``iraq`` (the case itself), a ``.yaml`` file, or a case folder.
    overrides : mapping, optional
        Dotted keys to values.

    Raises
    ------
    InputError
        With file, line, key, value and what is allowed.
    """
    path = find_scenario(name_or_path)
    document, lineage = _resolve(path, ())
    spec = validate(document, ScenarioSpec)
    scenario = Scenario(_name(path), spec, document, _tables_folder(document, spec, lineage), lineage)
    return scenario.override(overrides) if overrides else scenario


def parse_override(text: str) -> tuple[str, Any]:
    """Return key and value of ``path=value`` as written on a command line; the value is read as YAML."""
    path, sign, value = text.partition("=")
    if not sign or not path.strip():
        raise InputError("an override is written path=value", key="--set", value=text)
    try:
        return path.strip(), read_value(value)
    except InputError as error:
        raise InputError(error.message, key=f"--set {path}", value=value) from None


def _resolve(path: Path, seen: tuple[Path, ...]) -> tuple[Document, tuple[Path, ...]]:
    document = read_yaml(path)
    parent = document.data.get("extends")
    lineage = (*seen, path.resolve())
    if parent is None:
        return document, lineage
    if not isinstance(parent, str):
        raise document.error("names one scenario or case", "extends", value=parent)
    if len(lineage) > MOST_ANCESTORS:
        raise document.error("extends too many others in a row", "extends", value=parent)
    try:
        base_path = _sibling(path, parent)
    except InputError as error:
        raise document.error(error.message, "extends", value=parent, allowed=error.allowed) from None
    if base_path.resolve() in lineage:
        raise document.error("scenarios extend each other in a circle", "extends", value=parent)
    try:
        base, lineage = _resolve(base_path, lineage)
    except InputError as error:
        if error.line is None and error.file == base_path:
            raise document.error(f"{error.message}: {base_path}", "extends", value=parent) from None
        raise
    own = {name: value for name, value in document.data.items() if name != "extends"}
    return merge(base, Document(own, document.places)), lineage


def _sibling(path: Path, name: str) -> Path:
    """Return the file that ``extends`` names: beside the file, the case of its folder, or shipped."""
    for candidate in (path.parent / f"{name}.yaml", path.parent / name):
        if is_file(candidate):
            return candidate
    return find_scenario(name)


def _tables_folder(document: Document, spec: ScenarioSpec, lineage: tuple[Path, ...]) -> Path:
    file, _ = document.place(("tables",))
    owner = Path(file) if file and ("tables",) in document.places else lineage[-1]
    folder = owner.parent / spec.tables
    try:
        return folder.resolve()
    except (OSError, RuntimeError):  # a link that leads back to itself, which pathlib says in two ways
        return folder.absolute()


def _name(path: Path) -> str:
    stem = "" if path.stem == "case" else path.stem
    return f"{path.resolve().parent.name}/{stem}".rstrip("/")


def _override_document(path: str, value: Any) -> Document:
    data: Any = value
    parts = path.split(".")
    places: dict[Key, tuple[str, int | None]] = {}
    for n in range(len(parts), 0, -1):
        data = {parts[n - 1]: data}
        places[tuple(parts[:n])] = (f"override {path}", None)
    return Document(data, places)
