"""Levers: what a room may move, and what that changes in a scenario.

All levers together say what is changed; what none has moved is left exactly as it was, so that a room that changes
nothing sees no difference at all. Where levers come from is told in :mod:`sim.live.lever_making`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sim.live.pack import Group
from sim.live.scales import Scale
from sim.schema.errors import InputError, nearest

Plain = dict[str, Any]
THE_ROOM = "moved on the live page"


@dataclass(frozen=True)
class Moves:
    """What a lever moves.

    Attributes
    ----------
    kind : {"programme", "condition", "key"}
        A field of a programme, a factor on a condition of areas, or any number of the scenario.
    name : str
        Name of the programme or of the change of conditions; the dotted key.
    part : str
        The field of the programme; the condition.
    rest : dict
        What else is written with it.
    there : bool
        Whether the baseline has the programme.
    """

    kind: Literal["programme", "condition", "key"]
    name: str
    part: str = ""
    rest: Plain = field(default_factory=dict)
    there: bool = False


@dataclass(frozen=True)
class Lever:
    """One lever.

    Attributes
    ----------
    id : str
    group : str
        Heading it stands under.
    label : dict
        ``{"key": catalogue key}``, or words by language.
    scale : Scale
    value : float
        At the baseline.
    moves : Moves
    off : float or None
        Where nothing is done; None where there is no such value.
    needs : str or None
        The lever without which this one moves nothing.
    """

    id: str
    group: Group
    label: dict[str, str]
    scale: Scale
    value: float
    moves: Moves
    off: float | None = None
    needs: str | None = None


def settled(levers: Sequence[Lever], settings: Mapping[str, object]) -> dict[str, float]:
    """Return settings that were checked, without those at the baseline, in the order of the levers.

    Raises
    ------
    InputError
        For an unknown lever, and for a value that is no number or out of range.
    """
    for name in settings:
        lever_named(levers, str(name))
    found = [(one, one.scale.checked(settings[one.id], one.id)) for one in levers if one.id in settings]
    return {lever.id: value for lever, value in found if value != lever.value}


def lever_named(levers: Sequence[Lever], name: str) -> Lever:
    """Return a lever; raises InputError with the nearest name where there is none."""
    known = {lever.id: lever for lever in levers}
    if name not in known:
        raise InputError(f"no such lever{nearest(name, known)}", key=name, allowed=", ".join(known))
    return known[name]


def changes(levers: Sequence[Lever], settings: Mapping[str, float], start: str) -> Plain:
    """Return what settings change in a scenario that begins in a month, as dotted keys and values.

    ``settings`` are as `settled` returns them. Where nothing differs from the baseline, nothing is changed.
    """
    found: Plain = {}
    programmes: dict[str, list[Lever]] = {}
    for lever in levers:
        if lever.moves.kind == "programme":
            programmes.setdefault(lever.moves.name, []).append(lever)
        elif lever.id in settings:
            found |= _number(lever, settings[lever.id], start)
    for name, own in programmes.items():
        found |= _programme(name, own, settings, start)
    return found


def _number(lever: Lever, value: float, start: str) -> Plain:
    moves, written = lever.moves, lever.scale.written(value, start)
    if moves.kind == "key":
        return {moves.name: written}
    change = {"condition": moves.part, "first_month": start, "times": written, "source": THE_ROOM}
    return {f"conditions.{moves.name}": change | moves.rest}


def _programme(name: str, levers: list[Lever], settings: Mapping[str, float], start: str) -> Plain:
    """Return the change of a programme, of which the first lever switches it on: taken out, or written whole."""
    master, key = levers[0], f"programmes.{name}"
    values = [settings.get(lever.id, lever.value) for lever in levers]
    if all(value == lever.value for lever, value in zip(levers, values)):
        return {}
    if values[0] == master.off:
        return {key: None} if master.moves.there else {}
    moved = {lever.moves.part: lever.scale.written(value, start) for lever, value in zip(levers, values)}
    return {key: master.moves.rest | moved}
