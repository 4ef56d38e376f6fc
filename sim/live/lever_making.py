"""Where levers come from: the schemas of interventions, the programmes of a scenario, or a workshop pack.

No lever is written out here. The fields of an intervention that a scenario chooses (those whose source says so) are
what its levers move; a pack picks among them, names them and says how far they go.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import get_args

from annotated_types import Ge, Le
from pydantic.fields import FieldInfo

from sim.interventions import InterventionSpec
from sim.live.levers import Lever, Moves, Plain
from sim.live.pack import Control, Group, OpenPack, Texts
from sim.live.scales import Scale, scale_of
from sim.scenario import Compiled, Scenario
from sim.schema.base import month_name, month_number
from sim.schema.errors import InputError, nearest
from sim.schema.programme import Intervention

#: Heading under which the levers of a kind stand.
GROUP_OF: dict[str, Group] = {
    "transport": "support",
    "return_grant": "support",
    "rent_subsidy": "support",
    "go_and_see": "support",
    "information": "support",
    "light_repair": "homes",
    "heavy_repair": "homes",
    "documents_mission": "homes",
    "legal_aid": "homes",
    "security_path": "conditions",
    "camp_closure": "coordination",
    "aid_cut": "coordination",
}
#: The field that switches a programme on; of the others places do.
MASTERS = {"camp_closure": "closing_month", "aid_cut": "share", "security_path": "to"}
PLACES = "places_per_month"
FOLLOWS = ("budget", "monthly_cost")  # chosen by a scenario too, but no action of their own
CHOSEN = "scenario"  # how the source of a field begins whose value a scenario chooses
BEGINS = 3  # PRIOR: months from the start to the first delivery of a programme that no pack describes


@dataclass(frozen=True)
class Base:
    """The baseline, as far as levers depend on it."""

    scenario: Scenario
    families: int
    has_camps: bool

    @classmethod
    def of(cls, compiled: Compiled) -> "Base":
        """Return what levers need to know of a compiled baseline."""
        there = compiled.households["arrival"] == 0
        families = int(compiled.households["weight"][there].sum())
        return cls(compiled.scenario, families, len(compiled.tables.sites) > 0)

    @property
    def start(self) -> str:
        """First month of the run."""
        return self.scenario.spec.start

    @property
    def written(self) -> dict[str, Plain]:
        """Programmes of the baseline, as they were written."""
        return {str(name): dict(spec) for name, spec in (self.scenario.document.data.get("programmes") or {}).items()}


def levers_of(base: Base, opened: OpenPack | None) -> list[Lever]:
    """Return the levers of a room, in the order shown: those of a pack, or all that schemas and baseline offer.

    Raises
    ------
    InputError
        Where a pack names what the scenario does not have, with its place.
    """
    if opened is None:
        return list(_generated(base))
    found: dict[str, Lever] = {}
    for name, control in opened.pack.levers.items():
        try:
            found[name] = _of_control(base, name, control, found)
        except InputError as error:
            key = error.key.split(".") if error.key else []
            raise opened.document.error(
                error.message, "levers", name, *key, value=error.value, allowed=error.allowed
            ) from None
    return list(found.values())


def lever_fields(kind: str) -> list[str]:
    """Return the fields of a kind of intervention that levers move, the one that switches it on first."""
    fields = class_of(kind).model_fields
    chosen = [name for name, info in fields.items() if name not in FOLLOWS and _is_chosen(info)]
    return [switch_of(kind), *(name for name in chosen if name != switch_of(kind))]


def switch_of(kind: str) -> str:
    """Return the field that switches a programme of a kind on."""
    return MASTERS.get(kind, PLACES)


def class_of(kind: str) -> type[Intervention]:
    """Return the schema of a kind of intervention."""
    members: dict[str, type[Intervention]] = {
        one.model_fields["kind"].default: one for one in get_args(get_args(InterventionSpec)[0])
    }
    if kind not in members:
        allowed = ", ".join(members)
        raise InputError(f"no such kind{nearest(kind, members)}", key="programme.kind", value=kind, allowed=allowed)
    return members[kind]


def words_of(texts: Texts) -> dict[str, str]:
    """Return words by language, without those that are missing."""
    return {language: text for language, text in texts.model_dump().items() if text}


def _is_chosen(info: FieldInfo) -> bool:
    extra = info.json_schema_extra
    return isinstance(extra, dict) and str(extra.get("source", "")).startswith(CHOSEN)


def _generated(base: Base) -> Iterator[Lever]:
    """Yield the levers of every programme of the baseline, then of every kind that it has not."""
    for name, written in base.written.items():
        yield from _of_kind(base, name, written, there=True)
    used = {written["kind"] for written in base.written.values()}
    for kind in GROUP_OF:
        if kind not in used and (kind != "camp_closure" or base.has_camps):
            yield from _of_kind(base, kind, _template(base, kind), there=False)


def _template(base: Base, kind: str) -> Plain:
    """Return a programme of a kind that begins soon and is for everybody."""
    if kind == "camp_closure":
        return {"kind": kind, "sites": "all"}
    return {"kind": kind, "window": {"first_month": month_name(month_number(base.start) + BEGINS)}}


def _of_kind(base: Base, name: str, written: Plain, there: bool) -> Iterator[Lever]:
    kind = str(written["kind"])
    switch = switch_of(kind)
    for part in lever_fields(kind):
        control = Control(group=GROUP_OF[kind], programme=written, field=part)
        moves = Moves("programme", name, part, written, there)
        lever = _of_field(base, name if part == switch else f"{name}.{part}", control, moves, switches=part == switch)
        yield lever if part == switch else replace(lever, needs=name)


def _of_control(base: Base, name: str, control: Control, before: Mapping[str, Lever]) -> Lever:
    if control.programme is not None:
        written = base.written.get(name)
        moves = Moves("programme", name, str(control.field), written or control.programme, written is not None)
        return _of_field(base, name, control, moves, switches=control.field == switch_of(_kind(moves)))
    if control.of is not None:
        if control.of not in before:
            raise InputError(f"no such lever above{nearest(control.of, before)}", key="of", value=control.of)
        master = before[control.of]
        moves = replace(master.moves, part=str(control.field))
        lever = _of_field(base, name, control.model_copy(update={"group": master.group}), moves, switches=False)
        return replace(lever, needs=master.id)
    if control.condition is not None:
        rest = {} if control.areas is None else {"areas": control.areas}
        scale = _described(scale_of("ratio", 1.0), control).holding(1.0)
        moves = Moves("condition", name, control.condition, rest)
        return _lever(name, control, f"condition.{control.condition}", scale, 1.0, moves)
    return _of_key(base, name, control)


def _of_key(base: Base, name: str, control: Control) -> Lever:
    key = str(control.key)
    value = base.scenario.value(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("is no number of the scenario", key="key", value=key)
    unit = unit_at(base.scenario, key)
    scale = _described(scale_of(unit, float(value), whole=isinstance(value, int)), control).holding(float(value))
    return _lever(name, control, key, scale, float(value), Moves("key", key))


def unit_at(scenario: Scenario, key: str) -> str:
    """Return the unit that the schema states for a dotted key of the scenario; ``number`` where it states none."""
    model: object = scenario.spec
    *parents, last = key.split(".")
    for part in parents:
        model = model.get(part) if isinstance(model, Mapping) else getattr(model, part, None)
    info = getattr(type(model), "model_fields", {}).get(last)
    return _unit(info) if info is not None else "number"


def _of_field(base: Base, name: str, control: Control, moves: Moves, switches: bool) -> Lever:
    """Return the lever of a field of a programme."""
    kind, part = _kind(moves), moves.part
    info = _field(kind, part)
    scale = _field_scale(base, info, part, control)
    off = scale.off if switches else None
    value = _at_baseline(base, info, control, moves, scale, off)
    scale = scale if off is None else scale.holding(off)
    return _lever(name, control, f"{kind}.{part}", scale.holding(value), value, moves, off)


def _kind(moves: Moves) -> str:
    return str(moves.rest.get("kind"))


def _field(kind: str, part: str) -> FieldInfo:
    fields = class_of(kind).model_fields
    if part not in fields:
        raise InputError(f"no such field{nearest(part, fields)}", key="field", value=part, allowed=", ".join(fields))
    return fields[part]


def _field_scale(base: Base, info: FieldInfo, part: str, control: Control) -> Scale:
    if part == "closing_month":
        return Scale.of_months(base.scenario.spec.months)
    default = info.default if isinstance(info.default, int | float) else None
    scale = scale_of(_unit(info), default, _bounds(info), base.families, whole=info.annotation is int)
    return _described(scale, control)


def _at_baseline(base: Base, info: FieldInfo, control: Control, moves: Moves, scale: Scale, off: float | None) -> float:
    if off is not None and not moves.there:
        return off
    if control.start is not None and not moves.there:
        return float(control.start)
    return scale.read(moves.rest.get(moves.part, info.default), base.start)


def _described(scale: Scale, control: Control) -> Scale:
    """Return a scale with what a pack says of it; refuse ends in the wrong order."""
    said = {name: getattr(control, name) for name in ("low", "high", "step") if getattr(control, name) is not None}
    found = replace(scale, **said)
    if found.low >= found.high:
        raise InputError("the scale ends before it begins", key="high", value=found.high, allowed=f"over {found.low:g}")
    return found


def _unit(info: FieldInfo) -> str:
    extra = info.json_schema_extra
    return str(extra.get("unit", "number")) if isinstance(extra, dict) else "number"


def _bounds(info: FieldInfo) -> tuple[float | None, float | None]:
    low = next((float(one.ge) for one in info.metadata if isinstance(one, Ge)), None)  # type: ignore[arg-type]
    high = next((float(one.le) for one in info.metadata if isinstance(one, Le)), None)  # type: ignore[arg-type]
    return low, high


def _lever(
    name: str, control: Control, key: str, scale: Scale, value: float, moves: Moves, off: float | None = None
) -> Lever:
    assert control.group is not None, "a pack says it, or the other lever"
    label = words_of(control.label) if control.label is not None else {"key": f"lever.{key}"}
    return Lever(name, control.group, label, scale, value, moves, off)
