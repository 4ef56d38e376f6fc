"""Saving what a room has set as a scenario file, and opening such a file again.

The file is a scenario like any other: ``sim compare`` of the baseline and it, with the seeds and households that the
file states, gives the numbers of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from sim.live.levers import Lever, changes
from sim.schema.document import read_value
from sim.schema.errors import InputError, printable

Plain = dict[str, Any]
MOST_TITLE = 120
MOST_TEXT = 32 * 1024  # characters of a saved file, which is a page of text
BESIDES = ("extends", "title", "question")  # keys of a file that no lever moves


@dataclass(frozen=True)
class Origin:
    """Where the numbers of a page come from.

    Attributes
    ----------
    scenario : str
        The baseline, as ``sim compare`` and ``extends`` find it: its name, or its file.
    version : str
        Of the software.
    data : str
        Hash of the files of the baseline.
    seeds : int
    rows : int or None
        Simulated households asked for; those of the scenario where None.
    """

    scenario: str
    version: str
    data: str
    seeds: int
    rows: int | None

    def command(self, file: str) -> str:
        """Return the command that gives the numbers of the page."""
        households = "" if self.rows is None else f" --households {self.rows}"
        baseline = f'"{self.scenario}"' if " " in self.scenario else self.scenario
        return f"sim compare {baseline} {file} --seeds {self.seeds}{households}"


def exported(changed: Plain, title: str, file: str, origin: Origin) -> str:
    """Return the scenario file of what has been changed, as YAML text.

    Parameters
    ----------
    changed : dict
        Dotted keys and values, as `sim.live.levers.changes` returns them.
    title : str
    file : str
        Name under which it will be saved.
    origin : Origin
    """
    head = (
        f"# Saved from the live page of solutions-sim {origin.version}; data {origin.data}.\n"
        "# A scenario, not a forecast. The numbers of the page, from the same seeds:\n"
        f"#   {origin.command(file)}\n"
    )
    content = {"extends": origin.scenario, "title": _safe_title(title), **_nested(changed)}
    return head + yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)


def imported(text: str, levers: Sequence[Lever], origin: Origin, start: str) -> tuple[Plain, str, list[str]]:
    """Return settings, title and notes of a scenario file that was saved from the page.

    Parameters
    ----------
    text : str
        Its YAML.
    levers : sequence of Lever
    origin : Origin
        Of the page that opens it.
    start : str
        First month of the run.

    Raises
    ------
    InputError
        Where it is no such file, or belongs to another baseline.
    """
    if len(text) > MOST_TEXT:
        raise InputError("is too large for a file saved from this page", key="file", allowed=f"{MOST_TEXT} characters")
    content = read_value(text)
    if not isinstance(content, dict) or "extends" not in content:
        raise InputError("is not a scenario file saved from this page", key="file", allowed="one that was saved here")
    if content["extends"] != origin.scenario:
        raise InputError(
            "belongs to another baseline", key="extends", value=content["extends"], allowed=origin.scenario
        )
    flat = {key: value for key, value in _flat(content).items() if key not in BESIDES}
    found = {lever.id: value for lever in levers if (value := _setting(lever, flat, start)) is not None}
    settings = {lever.id: lever.scale.checked(found[lever.id], lever.id) for lever in levers if lever.id in found}
    left = _not_moved(flat, changes(levers, settings, start))
    notes = [f"Not among the levers of this page, and left out: {', '.join(left)}."] if left else []
    return settings, _safe_title(str(content.get("title", ""))), notes


def _setting(lever: Lever, flat: Plain, start: str) -> float | None:
    """Return where a file puts a lever; None where it says nothing of it."""
    moves = lever.moves
    if moves.kind == "key":
        return lever.scale.read(flat[moves.name], start) if moves.name in flat else None
    written = flat.get(f"{moves.kind}s.{moves.name}", ...)
    if written is None:
        return lever.off
    part = "times" if moves.kind == "condition" else moves.part
    if not isinstance(written, dict) or part not in written:
        return None
    return lever.scale.read(written[part], start)


def _not_moved(flat: Plain, moved: Plain) -> list[str]:
    return sorted(key for key, value in flat.items() if key not in moved or moved[key] != value)


def _nested(changed: Plain) -> Plain:
    found: Plain = {}
    for key, value in changed.items():
        *parents, last = key.split(".")
        inner = found
        for part in parents:
            inner = inner.setdefault(part, {})
        inner[last] = value
    return found


def _flat(content: Plain) -> Plain:
    """Return a file by dotted keys: programmes and changes of conditions whole, numbers one by one."""
    found: Plain = {}
    for key, value in content.items():
        if key in ("programmes", "conditions") and isinstance(value, dict):
            found |= {f"{key}.{name}": one for name, one in value.items()}
        elif isinstance(value, dict):
            found |= {f"{key}.{inner}": one for inner, one in _flat(value).items()}
        else:
            found[str(key)] = value
    return found


def _safe_title(title: str) -> str:
    return printable(" ".join(title.split()))[:MOST_TITLE]
