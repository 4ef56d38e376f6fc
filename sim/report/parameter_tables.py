"""Tables of parameters in markdown, read from the schema: unit, value, range, meaning, source."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from sim.schema.case import Composition
from sim.schema.parameters import Parameters

SET_HERE = "set by the case or scenario"


class Entry(NamedTuple):
    """One parameter with what its reader needs."""

    path: str
    value: Any
    default: Any
    unit: str
    bounds: str
    meaning: str
    default_source: str

    @property
    def changed(self) -> bool:
        """Whether the scenario departs from the default."""
        return bool(self.value != self.default)

    @property
    def source(self) -> str:
        """Where the value is from: the source of a default says nothing for a value that replaced it."""
        return SET_HERE if self.changed else self.default_source


def entries(model: BaseModel, path: str) -> Iterator[Entry]:
    """Yield every documented value of a model and of the models in it."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        here = f"{path}.{name}"
        if isinstance(value, BaseModel) and field.json_schema_extra is None:
            yield from entries(value, here)
        else:
            yield _entry(here, value, field)


def parameter_entries(parameters: Parameters, composition: Composition) -> list[Entry]:
    """Return all parameters and the composition of households."""
    return [*entries(parameters, "parameters"), *entries(composition, "composition")]


def parameter_table(found: list[Entry]) -> str:
    """Return a markdown table of parameters."""
    head = ["Parameter", "Value", "Unit", "Range", "Meaning", "Source"]
    rows = [(f"`{e.path}`", words(e.value), e.unit, e.bounds, e.meaning, e.source) for e in found]
    return markdown_table(head, rows)


def changed_table(found: list[Entry]) -> str:
    """Return a markdown table of the parameters that differ from their defaults."""
    head = ["Parameter", "Here", "Default", "Unit", "Meaning"]
    rows = [(f"`{e.path}`", words(e.value), words(e.default), e.unit, e.meaning) for e in found if e.changed]
    return markdown_table(head, rows)


def markdown_table(head: list[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a pipe table; bars in the text are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", "<br>") for cell in line) + " |" for line in lines
    )


def words(value: Any) -> str:
    """Return a value as a person writes it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, BaseModel):
        return words(value.model_dump())
    if isinstance(value, dict):
        return ", ".join(f"{name}: {words(share)}" for name, share in value.items())
    if isinstance(value, float):
        return f"{value:,.6g}"
    return str(value)


def _entry(path: str, value: Any, field: FieldInfo) -> Entry:
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    default = field.get_default(call_default_factory=True)
    return Entry(
        path,
        value,
        default,
        str(extra.get("unit", "")),
        _bounds(field),
        field.description or "",
        str(extra.get("source", "")),
    )


def _bounds(field: FieldInfo) -> str:
    low = next((item.ge for item in field.metadata if getattr(item, "ge", None) is not None), None)
    high = next((item.le for item in field.metadata if getattr(item, "le", None) is not None), None)
    if low is None and high is None:
        return ""
    ends = ("no limit" if end is None else words(float(end)) for end in (low, high))
    return " to ".join(ends)
