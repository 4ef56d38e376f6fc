"""What pushes people is never shown alone: a warning stands with it, and beside a closure what it is compared with."""

from collections.abc import Sequence
from pathlib import Path

from sim.interventions import AidCut, CampClosure
from sim.scenario import Scenario, load_scenario
from sim.schema.base import month_name, month_number
from sim.schema.programme import Offer

CLOSURE_WARNING = (
    "Closing a camp moves people who would not have moved. Read the lines on expelled, diverted and premature moves "
    "and on the worst-off group before any total."
)
AID_CUT_WARNING = (
    "Cutting aid moves people who would not have moved, and takes from those who stay. Read the lines on induced "
    "moves, on debt and on the worst-off group before any total."
)
NOTICE_MONTHS = 6
AFTER_MONTHS = 2  # programmes go on after the closing month


def closures(scenario: Scenario) -> dict[str, CampClosure]:
    """Return the camp closures of a scenario by name."""
    return {name: spec for name, spec in scenario.spec.programmes.items() if isinstance(spec, CampClosure)}


def warnings_on(scenarios: Sequence[Scenario]) -> list[str]:
    """Return what the reader must be told of scenarios that push people, each warning once."""
    specs = [spec for one in scenarios for spec in one.spec.programmes.values()]
    kinds = ((CampClosure, CLOSURE_WARNING), (AidCut, AID_CUT_WARNING))
    return [warning for kind, warning in kinds if any(isinstance(spec, kind) for spec in specs)]


def loaded_all(scenarios: Sequence[str | Path | Scenario]) -> list[Scenario]:
    """Return the scenarios, loading those given by name or file."""
    return [one if isinstance(one, Scenario) else load_scenario(one) for one in scenarios]


def with_counterparts(scenarios: Sequence[str | Path | Scenario]) -> tuple[list[Scenario], list[str]]:
    """Return the scenarios, with the counterparts of a closure that are missing, and notes: warnings, what was added.

    Scenarios without closure come first. The baseline is the first of them that was named, and the one that is added
    only where none was.
    """
    loaded = loaded_all(scenarios)
    closing, notes = [one for one in loaded if closures(one)], warnings_on(loaded)
    if not closing:
        return loaded, notes
    if not any(_same_otherwise(one, closing[0]) for one in loaded if not closures(one)):
        counterpart = without_closure(closing[0])
        loaded.append(counterpart)
        notes.append(f"Added for comparison: {counterpart.name}, the same without the closure.")
    if not any(_has_alternatives(one) for one in closing):
        loaded.append(with_alternatives(closing[0]))
        notes.append(f"Added for comparison: {loaded[-1].name}, the closure with notice and alternatives.")
    loaded.sort(key=lambda one: bool(closures(one)))
    return loaded, notes


def without_closure(scenario: Scenario) -> Scenario:
    """Return the scenario with its camp closures taken out."""
    changed = scenario.override({f"programmes.{name}": None for name in closures(scenario)})
    return changed.renamed(f"{scenario.name} (no closure)", "No closure")


def with_alternatives(scenario: Scenario) -> Scenario:
    """Return the scenario with six months' notice or more, and transport, a grant and help with rent for camps."""
    found = closures(scenario)
    notice = max(NOTICE_MONTHS, *(spec.notice_months for spec in found.values()))
    changes: dict[str, object] = {f"programmes.{name}.notice_months": notice for name in found}
    closing = [month_number(spec.closing_month) for spec in found.values()]
    window = {
        "first_month": month_name(min(closing) - notice),
        "last_month": month_name(max(closing) + AFTER_MONTHS),
    }
    for kind in ("transport", "return_grant", "rent_subsidy"):
        offer = {"kind": kind, "window": window, "target": {"where": "camps"}, "places_per_month": 3000}
        changes[f"programmes.alternative_{kind}"] = offer
    return scenario.override(changes).renamed(
        f"{scenario.name} (notice, alternatives)", "Closure with notice and alternatives"
    )


def _same_otherwise(one: Scenario, closing: Scenario) -> bool:
    """Whether a scenario is a closing one without its closures and offers, whatever its title and question."""

    def bare(scenario: Scenario) -> tuple[object, object]:
        others = [spec for spec in scenario.spec.programmes.values() if not isinstance(spec, CampClosure | Offer)]
        return scenario.spec.model_dump(exclude={"title", "question", "programmes"}), others

    return bare(one) == bare(closing)


def _has_alternatives(scenario: Scenario) -> bool:
    noticed = any(spec.notice_months > 0 for spec in closures(scenario).values())
    return noticed and any(isinstance(spec, Offer) for spec in scenario.spec.programmes.values())
