"""Workshop packs: which levers a room may move, the question it starts from, examples and notes for the presenter.

A pack is a page of YAML. Without one, levers are made from the kinds of intervention there are
(:mod:`sim.live.levers`).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from sim.library import workshop_of
from sim.schema.base import Prose, Strict
from sim.schema.document import Document, read_yaml, validate

Group = Literal["support", "homes", "conditions", "coordination"]
GROUPS: tuple[Group, ...] = ("support", "homes", "conditions", "coordination")
MOST_LEVERS, MOST_EXAMPLES = 24, 12
LeverId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
WAYS = ("programme", "of", "condition", "key")  # how a control may say what it moves


class Texts(Strict):
    """The same words in the languages of the page; English stands in where another is missing."""

    en: Prose
    fr: Prose = ""
    ar: Prose = ""


class Control(Strict):
    """One lever of a pack: what it moves, how far, under what name.

    Exactly one of ``programme`` (added when the lever is moved), ``of`` (another field of a programme that is named
    by another lever), ``condition`` (a factor on a condition of areas) and ``key`` (any number of the scenario).
    """

    group: Group | None = Field(None, description="Heading it stands under; with `of` that of the other lever")
    label: Texts | None = Field(None, description="Its name; else the catalogue's for this kind and field")
    programme: dict[str, Any] | None = Field(None, description="The programme, without the field that is moved")
    of: LeverId | None = Field(None, description="The lever whose programme it moves another field of")
    field: str | None = Field(None, description="The field of the programme")
    condition: str | None = Field(None, description="A condition of conditions.csv, or security")
    areas: list[str] | None = Field(
        None, min_length=1, description="P-codes where the condition changes; all when left out"
    )
    key: str | None = Field(None, description="Dotted key of a number of the scenario")
    low: float | None = Field(None, description="Left end")
    high: float | None = Field(None, description="Right end")
    step: float | None = Field(None, gt=0, description="Least change")
    start: float | None = Field(None, description="Value of a second field while it is untouched")

    @model_validator(mode="after")
    def _moves_one_thing(self) -> "Control":
        named = [way for way in WAYS if getattr(self, way) is not None]
        if len(named) != 1:
            raise ValueError(f"a lever moves one thing: give one of {', '.join(WAYS)}")
        if (self.field is None) == (named[0] in ("programme", "of")):
            raise ValueError("a field goes with programme or of, and only with them")
        if self.of is None and self.group is None:
            raise ValueError("the group is missing")
        return self


class Example(Strict):
    """A what-if to show, with what to ask the room before and what to look at after."""

    id: LeverId
    title: Texts
    ask: Texts
    settings: dict[str, int | float | str] = Field(min_length=1, description="Values of levers; months as YYYY-MM")
    notes: Texts


class Pack(Strict):
    """A workshop: a baseline, a question, levers, examples."""

    scenario: str = Field(description="The baseline that the room starts from")
    title: Texts
    question: Texts
    notes: Texts | None = Field(None, description="For the presenter, before the first example")
    levers: dict[LeverId, Control] = Field(min_length=1, max_length=MOST_LEVERS)
    examples: list[Example] = Field(default=[], max_length=MOST_EXAMPLES)


@dataclass(frozen=True)
class OpenPack:
    """A pack as it was read, with the place of every key for messages."""

    pack: Pack
    document: Document


def read_pack(path: str | Path) -> OpenPack:
    """Read a workshop pack.

    Raises
    ------
    InputError
        With file, line, key and value, where it is not one.
    """
    document = read_yaml(Path(path))
    return OpenPack(validate(document, Pack), document)


def pack_for(scenario: str, file: str | Path | None) -> OpenPack | None:
    """Return the pack given by file, else the one shipped for a case whose baseline is this scenario.

    ``scenario`` may be the case alone: then the pack says what its baseline is.
    """
    if file is not None:
        return read_pack(file)
    shipped = workshop_of(scenario.partition("/")[0])
    if shipped is None:
        return None
    found = read_pack(shipped)
    return found if scenario in (found.pack.scenario, found.pack.scenario.partition("/")[0]) else None
