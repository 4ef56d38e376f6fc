"""The page "what this run assumed", in plain words, for every results folder."""

from typing import Any

from sim.experiments import Comparison, Result
from sim.library import content_folder
from sim.outcomes import SMALLEST_CELL
from sim.report.parameter_tables import (
    SET_HERE,
    Entry,
    changed_table,
    entries,
    markdown_table,
    parameter_entries,
    parameter_table,
)
from sim.report.programme_words import event_words, programme_words
from sim.report.words import NOT_A_FORECAST, counted, month_words
from sim.scenario.load import ScenarioSpec
from sim.schema.base import month_name, month_number

Specs = dict[str, ScenarioSpec]


def assumed(shown: Result | Comparison) -> str:
    """Return the page in markdown."""
    specs = _specs(shown)
    manifest, first = shown.manifest, next(iter(specs.values()))
    several = len(specs) > 1
    parts = [
        f"# What {'these runs' if several else 'this run'} assumed",
        f"{NOT_A_FORECAST} Every number of this folder holds under what is written here, and only then.",
        _overview(specs, manifest),
        *(_scenario(name, spec) for name, spec in specs.items()),
        _households(first),
        _parameters(specs),
        HELD_CONSTANT if first.parameters.markets.feedback else HELD_CONSTANT_ALL,
        INDEPENDENT,
        _left_out(first),
        _uncertainty(shown),
        SUPPRESSION,
        _sources(shown, first),
        _all_parameters(first),
    ]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _specs(shown: Result | Comparison) -> Specs:
    resolved = shown.resolved if isinstance(shown, Comparison) else {shown.manifest["scenario"]: shown.resolved}
    return {name: ScenarioSpec.model_validate(data) for name, data in resolved.items()}


def _overview(specs: Specs, manifest: dict[str, Any]) -> str:
    spec = next(iter(specs.values()))
    last = month_name(month_number(spec.start) + spec.months - 1)
    rows = counted(manifest["rows"], "simulated household")
    seeds = manifest.get("seeds", [manifest.get("seed")])
    families = f", which stand for {manifest['families']:,} families" if "families" in manifest else ""
    return (
        f"- Time: {counted(spec.months, 'month')}, {month_words(spec.start)} to {month_words(last)}, month by month.\n"
        f"- Place: the areas and camps that the tables `areas.csv` and `sites.csv` of the case `{_case(specs)}` list.\n"
        f"- People: {rows}{families}. A simulated household stands for a whole number of families alike.\n"
        f"- {'Seed' if len(seeds) == 1 else 'Seeds'} (the luck of a run): {', '.join(map(str, seeds))}.\n"
        f"- Software: {manifest['software']}."
    )


def _scenario(name: str, spec: ScenarioSpec) -> str:
    programmes = "\n".join(programme_words(spec.programmes)) or "No programme and no closure."
    events = event_words(spec)
    parts = [f"## {spec.title}", f"Scenario `{name}`. {spec.question.strip()}", programmes]
    if events:
        parts += ["Set from outside:", "\n".join(events)]
    return "\n\n".join(part.strip() for part in parts)


def _households(spec: ScenarioSpec) -> str:
    composition = spec.composition
    mean = sum(size * share for size, share in composition.sizes.items())
    described = [entry for entry in entries(composition, "composition") if entry.unit in ("share", "shares")]
    rows = [(entry.meaning, _percent(entry), entry.source) for entry in described]
    return (
        "## Who the households are\n\n"
        "Where they stay, where they come from, what they live in and when they were displaced follow the counts "
        "of the case, table by table. The rest is drawn once for the case, the same in every scenario and for every "
        f"seed. A family has {mean:.1f} persons on average.\n\n" + markdown_table(["Trait", "Share", "Source"], rows)
    )


def _percent(entry: Entry) -> str:
    if isinstance(entry.value, float):
        return f"{100 * entry.value:.3g} %"
    parts = entry.value.model_dump().items()
    return ", ".join(f"{name} {100 * share:.3g} %" for name, share in parts)


def _parameters(specs: Specs) -> str:
    parts = ["## Parameters that differ from their defaults"]
    tables = {name: _changes(spec) for name, spec in specs.items()}
    if not any(tables.values()):
        return "\n\n".join([*parts, "None. All parameters and their sources are listed at the end."])
    if len(set(tables.values())) == 1:
        return "\n\n".join([*parts, "In every scenario:" if len(tables) > 1 else "", next(iter(tables.values()))])
    for name, table in tables.items():
        parts += [f"`{name}`:", table or "none"]
    parts.append("The scenarios differ in parameters too, so a difference between them is not due to programmes alone.")
    return "\n\n".join(parts)


def _changes(spec: ScenarioSpec) -> str:
    found = parameter_entries(spec.parameters, spec.composition)
    return changed_table(found) if any(entry.changed for entry in found) else ""


def _all_parameters(spec: ScenarioSpec) -> str:
    found = parameter_entries(spec.parameters, spec.composition)
    prior = sum(entry.source.startswith("PRIOR") for entry in found)
    changed = sum(entry.changed for entry in found)
    return (
        "## All parameters\n\n"
        f"PRIOR marks judgement: a starting value with a wide range, for lack of data; {prior} of {len(found)} "
        f"values are of that kind, and {changed} are {SET_HERE} (see Sources). Utility is measured in units of the "
        "spread of luck in a choice.\n\n" + parameter_table(found)
    )


HELD_CONSTANT = """## What is held constant

- Security, access, clearance, service capacity and the number of hosts follow the case tables, as changed by the
  scenario, its measures and shocks. What households do does not change them.
- Work, low-end rents, service cover and vacant homes do respond to how many people there are; wages do not.
- Parameters stay the same from the first month to the last.
- Families neither form nor split, nobody is born or dies, and sizes stay as they are.
- Houses are repaired slowly; none is damaged anew, but by shocks."""

HELD_CONSTANT_ALL = HELD_CONSTANT.replace(
    "- Work, low-end rents, service cover and vacant homes do respond to how many people there are; wages do not.",
    "- Work, rents, service cover and vacant homes stay as at the start, whoever comes or goes: the response of\n"
    "  markets is switched off here.",
)

INDEPENDENT = """## What is assumed independent

- Within a district, origin, shelter and time of displacement are crossed as if independent, since only their
  separate counts are known. Differences between districts are kept.
- Size, work, vulnerability, documents, debt and the state of the house are drawn independently of each other and of
  the place of stay, except where the case tables give them by area of origin.
- Tastes and luck of families are independent of each other: relatives and neighbours do not decide together.
- Scenarios of a comparison share households, tastes and luck, so that they differ by policy alone."""

SUPPRESSION = f"""## What is not shown

So that nobody can be recognised, counts of fewer than {SMALLEST_CELL} families, or from fewer than {SMALLEST_CELL}
simulated households, are withheld in tables, figures and the files `.csv` and `.parquet`. So are other counts, large
ones too, from which a withheld one could be worked out; persons and money with the families they belong to; and
differences and shares of a withheld count. What is shown is rounded, counts of families and persons to fives. Zeros are
shown, and left out of the files of a run. The data files `.nc` are complete and not for publication."""


def _left_out(spec: ScenarioSpec) -> str:
    """Return what the model leaves out, and what it could include and does not here."""
    parameters = spec.parameters
    switches = {
        "social cohesion": parameters.choice.cohesion > 0,
        "a pull of former neighbours who are back": parameters.choice.co_villagers > 0,
        "the school year as a reason to wait": parameters.gates.school_share > 0,
        "perceived affiliation and clearance for it": spec.composition.affiliated > 0,
    }
    on = [name for name, is_on in switches.items() if is_on]
    off = [name for name, is_on in switches.items() if not is_on]
    lines = ["## What is left out"]
    if off:
        lines.append(f"Available, and switched off here: {'; '.join(off)}.")
    if on:
        lines.append(f"Switched on here: {'; '.join(on)}.")
    lines.append(NOT_MODELLED)
    return "\n\n".join(lines)


NOT_MODELLED = """Not modelled: wages that respond to the number of workers; ethnic, religious or political groups;
people who bore arms; decisions taken by whole communities; the response of hosts; coordination between agencies.
Settling elsewhere is a constant and distance, no more. Moving is not solving: this page knows situations, and being
at home or integrating is not by itself a durable solution."""


def _uncertainty(shown: Result | Comparison) -> str:
    head = "## How uncertainty is shown\n\n"
    if isinstance(shown, Comparison):
        return (
            f"{head}Ranges: {shown.manifest['interval']}. Differences are taken seed by seed: the same families with "
            "the same luck under another policy. Ranges do not cover wrong parameters, wrong data or a wrong model, "
            "and a simulated household that stands for many families overstates the luck of single families."
        )
    return (
        f"{head}One run shows one possible course and no range. Run a comparison over several seeds before reading "
        "anything into a number; even then, ranges would cover luck only, not parameter uncertainty."
    )


def _sources(shown: Result | Comparison, spec: ScenarioSpec) -> str:
    case = _case(_specs(shown))
    shipped = (content_folder("scenarios") / case / "SOURCES.md").is_file()
    where = f"`scenarios/{case}/SOURCES.md`" if shipped else "the notes beside its tables"
    text = (
        f"## Sources\n\nWhere the tables of the case come from, and on what terms: {where}. A value marked "
        f"*{SET_HERE}* replaces a default and has nothing to do with the default's source; its reasons, where given, "
        "stand there or beside the value in the files named `.yaml`."
    )
    hashes = shown.manifest.get("inputs", {})
    if not hashes:
        return text
    rows = [(f"`{name}`", f"`{digest[:16]}`") for name, digest in hashes.items()]
    return f"{text} The files read, with the start of their SHA-256:\n\n" + markdown_table(["File", "SHA-256"], rows)


def _case(specs: Specs) -> str:
    return next(iter(specs)).partition("/")[0]
