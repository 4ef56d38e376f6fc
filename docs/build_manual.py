"""Writes the reference pages of the manual from the declarations in the code.

``python docs/build_manual.py`` writes parameters.md, columns.md and outputs.md beside this file;
``--check`` writes nothing and fails where a page is out of date.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from sim.interventions import InterventionSpec
from sim.kernels.columns import FIXED, STATE, Column
from sim.outcomes import HEADLINE
from sim.schema.base import Strict
from sim.schema.case import Arrivals, Case, Composition, ConditionChange, Recode, Shock
from sim.schema.parameters import Parameters
from sim.schema.programme import Delivered, Intervention, Measure, Offer, Service, Target, Window
from sim.world.recorder import BOOKS, EVENTS, PRICES, STOCKS, Variable

HERE = Path(__file__).parent
PROGRAMMES = {spec.model_fields["kind"].default: spec for spec in get_args(get_args(InterventionSpec)[0])}
DOCUMENTED = (Parameters, Composition, *PROGRAMMES.values())
FAMILIES = {  # heading, what it says, base of the kinds under it, what they share
    "Offers": ("Households meet an offer when they choose, and use what is open to them.", Offer, Delivered),
    "Services": (
        "A service reaches households without a choice of theirs; they review when their case is completed.",
        Service,
        Service,
    ),
    "Measures": ("A measure changes conditions of areas; households respond to these.", Measure, Measure),
}
TIMELINE = {"conditions": ConditionChange, "arrivals": Arrivals, "shocks": Shock, "recodes": Recode}
PARTS = {"window": Window, "target": Target}
HEAD = ("Field", "Default", "Unit", "Range", "Meaning", "Source")
GENERATED = "<!-- Written by docs/build_manual.py from the code; change it there. -->"


def pages() -> dict[str, str]:
    """Return the text of every page by file name."""
    return {"parameters.md": parameters_page(), "columns.md": columns_page(), "outputs.md": outputs_page()}


def parameters_page() -> str:
    """Return everything a person may write in a case or scenario."""
    return _page("Parameters", PARAMETERS, *_parameter_parts(), *_programme_parts(), *_case_parts())


def columns_page() -> str:
    """Return the household columns."""
    return _page("Household columns", COLUMNS, "## Never changes", _columns(FIXED), "## Changes", _columns(STATE))


def outputs_page() -> str:
    """Return what a run records and what a comparison shows."""
    recorded = {
        "Stocks": STOCKS,
        "Events of a month": EVENTS,
        "Prices and conditions": PRICES,
        "Books of programmes": BOOKS,
    }
    parts = [part for title, found in recorded.items() for part in (f"## {title}", _variables(found))]
    lines = [(f"`{o.name}`", o.label, o.unit, o.block) for o in HEADLINE]
    outcomes = ["## Headline outcomes", HEADLINE_TEXT, table(("Name", "Label", "Unit", "Block"), lines)]
    return _page("What a run records", OUTPUTS, *parts, *outcomes)


def numeric_fields(model: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    """Yield every field of a model, and of the models in it, that takes a number and stands for itself."""
    for name, field in model.model_fields.items():
        inner = _model_in(field)
        if inner is not None and field.json_schema_extra is None:
            yield from ((f"{name}.{path}", found) for path, found in numeric_fields(inner))
        elif {int, float} & set(_types_in(field.annotation)):
            yield name, field


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a markdown table; bars in the text are escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)


def _page(title: str, *parts: str) -> str:
    return "\n\n".join([GENERATED, f"# {title}", *(part.strip() for part in parts)]) + "\n"


def _parameter_parts() -> Iterator[str]:
    yield from ("## `parameters`", "How households decide, and how places respond to them.")
    for name, field in Parameters.model_fields.items():
        yield from _section(f"### `parameters.{name}`", _model_in(field) or Strict)
    yield from _section("## `composition`", Composition)


def _programme_parts() -> Iterator[str]:
    yield from ("## `programmes`", "Interventions by name; `kind` says which.")
    bases = tuple(base for _, base, _ in FAMILIES.values())
    for kind, spec in PROGRAMMES.items():
        if not issubclass(spec, bases):
            yield from _kind_parts(kind, spec, set(Intervention.model_fields))
    for title, (text, base, shared) in FAMILIES.items():
        yield from (f"## {title}", text)
        for kind, spec in PROGRAMMES.items():
            if issubclass(spec, base):
                yield from _kind_parts(kind, spec, set(Delivered.model_fields | Measure.model_fields))
        if shared is not Service:
            name = "offer and service" if shared is Delivered else "measure"
            yield from (f"### What every {name} states besides", _fields(shared.model_fields))
    for name, part in PARTS.items():
        yield from _section(f"### `{name}`", part)


def _kind_parts(kind: str, spec: type[BaseModel], shared: set[str]) -> Iterator[str]:
    own = {name: field for name, field in spec.model_fields.items() if name not in shared | {"kind"}}
    yield from (f"### `kind: {kind}`", _doc(spec), _fields(own))


def _case_parts() -> Iterator[str]:
    yield from _section("## A case and its timeline", Case)
    for name, entry in TIMELINE.items():
        yield from _section(f"### One entry of `{name}`", entry)


def _section(heading: str, model: type[BaseModel]) -> Iterator[str]:
    yield from (heading, _doc(model), _fields(model.model_fields))


def _doc(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").strip()


def _fields(fields: dict[str, FieldInfo]) -> str:
    return table(HEAD, [_row(name, field) for name, field in fields.items()])


def _row(name: str, field: FieldInfo) -> tuple[str, ...]:
    extra: Any = field.json_schema_extra or {}
    meaning = field.description or _doc(_model_in(field) or Strict) * (_model_in(field) is not None)
    return (
        f"`{name}`",
        _default(field),
        str(extra.get("unit", "")),
        _range(field),
        meaning,
        str(extra.get("source", "")),
    )


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    return _words(field.get_default(call_default_factory=True))


def _words(value: Any) -> str:
    if value is None or value is PydanticUndefined or value in ("", {}, []):
        return "none"
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, BaseModel):
        plain = value.model_dump()
        return _words(plain) if all(isinstance(found, float) for found in plain.values()) else "as below"
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_words(share)}" for name, share in value.items())
    return f"{value:,.15g}" if isinstance(value, int | float) else str(value)


def _range(field: FieldInfo) -> str:
    """Return the bounds of a number, or the choices of a word."""
    kinds = list(_types_in(field.annotation))
    choices = [choice for choice in kinds if isinstance(choice, str)]
    if choices and str not in kinds:
        return ", ".join(f"`{choice}`" for choice in choices)
    low, high = (next((getattr(m, end) for m in field.metadata if hasattr(m, end)), None) for end in ("ge", "le"))
    if low is None and high is None:
        return ""
    return " to ".join("no limit" if end is None else _words(end) for end in (low, high))


def _types_in(annotation: Any) -> Iterator[Any]:
    """Yield the plain types and literal values that a field accepts, whatever they are wrapped in."""
    if get_origin(annotation) in (Union, UnionType) or get_args(annotation):
        for part in get_args(annotation):
            yield from _types_in(part)
    else:
        yield annotation


def _model_in(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _columns(columns: Sequence[Column]) -> str:
    return table(("Column", "Type", "Unit", "Meaning"), [(f"`{c.name}`", c.dtype, c.unit, c.meaning) for c in columns])


def _variables(found: dict[str, Variable]) -> str:
    rows = [
        (f"`{name}`", ", ".join(("month", *(d for d in v.dims if d != "once"))), v.unit, v.meaning)
        for name, v in found.items()
    ]
    return table(("Variable", "Dimensions", "Unit", "Meaning"), rows)


PARAMETERS = """Everything a person may write in a case or a scenario, with its default. A scenario starts from another
one or from a case (`extends: case`) and changes values under the same names (`parameters: {choice: {epoch: 12}}`); a
command does it with `--set parameters.choice.epoch=12`. A key that is not listed here, or a value outside its range,
is refused with the file, the line and what is allowed.

*PRIOR* marks judgement: a starting value with a wide range, for lack of data. *scenario* marks a choice of whoever
writes the scenario. Utility is measured in units of the scale of luck in a choice (standard Gumbel): a difference of 1
between two alternatives makes the better one about 2.7 times as likely. How each value is used:
[household-month.md](household-month.md)."""

COLUMNS = """A simulated household is one row of these columns, and stands for `weight` real families. Codes are those
of `sim/kernels/codes.py`. `model.households["savings"]` is a column, `model.households[0]` one household."""

OUTPUTS = """`Result.data` is an xarray dataset with these variables. `month` has one entry more than the months
simulated: entry 0 is the start, entry t the end of the t-th month. Stocks are those at that moment; events are those
of the month that ends there. `origin` and `area` are p-codes. Families and persons count weights, not rows.

`tidy.csv` holds what of it may be published, one value a row: situations every month; who and where families are, and
what was assessed of them, at the start, every twelfth month and the end; moves and programmes over the whole run (no
month); intentions of the last month; and conditions of areas. Blank labels mean all. Zeros are left out; what is
withheld is blank and marked. How counts are withheld: decision 016."""

HEADLINE_TEXT = "What `sim compare` shows for every scenario, with the harm beside the totals."


def main() -> int:
    """Write the pages, or check them; return the exit code."""
    parser = argparse.ArgumentParser(description="Write the reference pages of the manual.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is out of date")
    check = parser.parse_args().check
    stale = [name for name, text in pages().items() if not _current(name, text)]
    for name in stale:
        if check:
            sys.stderr.write(f"docs/{name} is out of date: run python docs/build_manual.py\n")
        else:
            (HERE / name).write_text(pages()[name], encoding="utf-8")
    return int(check and bool(stale))


def _current(name: str, text: str) -> bool:
    path = HERE / name
    return path.is_file() and path.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main())
