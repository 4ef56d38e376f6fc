"""Entries of a scenario with fields drawn from the schema: most of them possible, some of them wrong."""

from random import Random
from typing import Any, Literal, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from values import ODD_TEXTS, SCALARS

from sim.interventions import InterventionSpec
from sim.schema.case import Arrivals, ConditionChange, Recode, Shock

KINDS = get_args(get_args(InterventionSpec)[0])
ENTRIES: dict[str, tuple[type[BaseModel], ...]] = {
    "programmes": KINDS,
    "shocks": (Shock,),
    "arrivals": (Arrivals,),
    "conditions": (ConditionChange,),
    "recodes": (Recode,),
}
MONTHS = ("2024-07", "2024-09", "2025-06", "2027-06", "2027-07", "2024-06", "2031-01", "0001-01", "9999-12")
PLACES = {"areas": "VA02", "area": "VA01", "origin": "VA03", "origins": "VA05", "site": "VA-D03-C", "sites": "VA-D06-C"}
NAMES = {"wave": ("f1", "l2", "f9"), "condition": ("wage", "security", "rent", "return_pull", "wag", "host_population")}
WRONG = 0.06  # share of fields with a value of another kind


def entry(random: Random, heading: str) -> str:
    """Return the lines of an entry, indented under its heading."""
    name = random.choice(("added", "added", "added", "1", *(text for text in ODD_TEXTS)))
    model = random.choice(ENTRIES[heading])
    text: str = yaml.safe_dump({name: _fields(random, model)}, allow_unicode=True, width=10**6)
    return "".join(f"  {line}\n" for line in text.splitlines())


def _fields(random: Random, model: type[BaseModel]) -> dict[str, Any]:
    chosen = {name: info for name, info in model.model_fields.items() if info.is_required() or random.random() < 0.4}
    fields = {name: _value(random, name, info) for name, info in chosen.items()}
    if "kind" in model.model_fields:
        fields["kind"] = model.model_fields["kind"].default
    if random.random() < WRONG:
        fields[random.choice(("notes", "kind", "month", "areas"))] = random.choice(ODD_TEXTS)
    return fields


def _value(random: Random, name: str, info: FieldInfo) -> Any:
    if random.random() < WRONG:
        return _wrong(random)
    if name in PLACES:
        place = random.choice((PLACES[name], PLACES[name], PLACES[name], "VA07", "VA-D01-C"))
        return random.choice(([place], [place, place], "all")) if name.endswith("s") else place
    if name in NAMES:
        return random.choice(NAMES[name])
    if "month" in name and "USD" not in str(info.description) and not _range(info):
        return random.choice(MONTHS)
    return _of_type(random, info)


def _of_type(random: Random, info: FieldInfo) -> Any:
    kind = info.annotation
    nested = next(
        (one for one in (kind, *get_args(kind)) if isinstance(one, type) and issubclass(one, BaseModel)), None
    )
    if nested is not None:
        return _fields(random, nested)
    if get_origin(kind) is Literal:
        return random.choice(get_args(kind))
    if kind is bool:
        return random.random() < 0.5
    if kind is str:
        return random.choice(ODD_TEXTS)
    return _number(random, info)


def _number(random: Random, info: FieldInfo) -> float:
    """Return a number at a bound, between the bounds, or just beyond."""
    low, high = _range(info) or (-1e12, 1e12)
    number = random.choice((low, high, (low + high) / 2, low + 1, 3, 0.5, low - 1, high * 2 + 1, 1e30))
    whole = info.annotation is int and random.random() > WRONG
    return int(number) if whole else float(number)


def _range(info: FieldInfo) -> tuple[float, float] | None:
    bounds = {kind: getattr(one, kind) for one in info.metadata for kind in ("ge", "le") if hasattr(one, kind)}
    return (bounds.get("ge", -1e12), bounds.get("le", 1e12)) if bounds else None


def _wrong(random: Random) -> Any:
    try:
        return yaml.safe_load(random.choice(SCALARS))
    except (yaml.YAMLError, ValueError):
        return random.choice(ODD_TEXTS)
