"""Programmes and events of a scenario, said in words."""

from collections.abc import Mapping

from sim.interventions import (
    AidCut,
    CampClosure,
    DocumentsMission,
    GoAndSee,
    HeavyRepair,
    Information,
    LegalAid,
    LightRepair,
    RentSubsidy,
    ReturnGrant,
    SecurityPath,
    Transport,
)
from sim.interventions import InterventionSpec as Spec
from sim.report.words import counted, month_words
from sim.scenario.load import ScenarioSpec
from sim.schema.case import Shock
from sim.schema.programme import Delivered, Measure, Service, Target, Window

WHO = {
    "all": "everybody",
    "vulnerable": "families with a disability or serious chronic illness",
    "female_headed": "families headed by a woman",
}
WHERE = {"anywhere": "wherever they live", "camps": "living in camps", "out_of_camp": "living outside camps"}


def programme_words(programmes: Mapping[str, Spec]) -> list[str]:
    """Return one sentence or more on every programme, as list items in markdown."""
    lines = []
    for name, spec in programmes.items():
        text = _sentence(spec)
        note = f" {spec.note.strip()}" if spec.note.strip() else ""
        lines.append(f"- **{name}**: {text}{note}")
    return lines


def event_words(spec: ScenarioSpec) -> list[str]:
    """Return what else the scenario sets from outside: conditions, arrivals, shocks, changes of the books."""
    lines = []
    for name, change in spec.conditions.items():
        effect = f"set to {change.value:g}" if change.value is not None else f"multiplied by {change.times:g}"
        places = _places(change.areas, "in all areas", "in ")
        span = _span(change.first_month, change.last_month)
        lines.append(f"- **{name}**: {change.condition} {effect} {places}, {span}. Source: {change.source}.")
    for name, entry in spec.arrivals.items():
        families = counted(entry.families_per_month, "family", "families")
        span = _span(entry.first_month, entry.last_month or entry.first_month)
        lines.append(
            f"- **{name}**: {families} a month arrive in {entry.site or entry.area} from {entry.origin}, {span}. "
            f"Source: {entry.source}."
        )
    for name, shock in spec.shocks.items():
        lines.append(f"- **{name}**: {_shock(shock)} Source: {shock.source}.")
    for name, recode in spec.recodes.items():
        lines.append(
            f"- **{name}**: from {month_words(recode.month)}, {recode.families:+,} families in the tracked stock from "
            f"{recode.origin}, a change of the books only. Source: {recode.source}."
        )
    return lines


def _sentence(spec: Spec) -> str:
    if isinstance(spec, CampClosure):
        return _closure(spec)
    return _delivered(spec) if isinstance(spec, Delivered) else _measure(spec)


def _shock(shock: Shock) -> str:
    text = (
        f"in {month_words(shock.month)} everybody in {shock.area} reconsiders, and security there "
        f"is {shock.security:g} for {counted(shock.months, 'month')}."
    )
    if shock.displaces:
        text += f" It drives out {100 * shock.displaces:.0f} % of the families of this case who are there."
    if shock.hosts:
        text += f" It drives out {counted(shock.hosts, 'family', 'families')} who were never displaced before."
    if shock.damages:
        text += f" It makes {100 * shock.damages:.0f} % of the houses of owners from there unusable."
    return text


def _measure(spec: Measure) -> str:
    where, span = _places(spec.areas, "in all areas", "in "), _window(spec.window)
    cost = f" It costs {_dollars(spec.monthly_cost)} a month." if spec.monthly_cost else ""
    if isinstance(spec, SecurityPath):
        after = "and stays there" if spec.lasting else "and is as it was after that"
        steps = counted(spec.ramp_months, "month")
        return f"security {where} is led to {spec.to:g} over {steps}, {span}, {after}.{cost}"
    if isinstance(spec, AidCut):
        whose = {"anywhere": "to all the displaced", "camps": "in camps", "out_of_camp": "outside camps"}[spec.where]
        return (
            f"{100 * spec.share:.0f} % of aid {whose} is cut {where}, {span}. Moves of families whose aid is cut are "
            f"judged against the same month with the aid they had.{cost}"
        )
    return _kind(spec)


def _closure(spec: CampClosure) -> str:
    camps = "all camps" if spec.sites == "all" else f"the camps {', '.join(spec.sites)}"
    camps = f"{camps} close" if spec.share == 1 else f"{100 * spec.share:.0f} % of {camps} closes"
    notice = (
        f"told {counted(spec.notice_months, 'month')} before" if spec.notice_months else "without notice to families"
    )
    there = "there" if spec.share == 1 else "in the part that closes"
    return (
        f"{camps} by the end of {month_words(spec.closing_month)}, {notice}. On closure day everybody still {there} "
        "has to leave; only lack of access or of a place to go to stops an exit, other obstacles are overridden "
        "and counted."
    )


def _delivered(spec: Delivered) -> str:
    budget = "no limit on its money" if spec.budget is None else f"a budget of {_dollars(spec.budget)}"
    order = "those first who could not pay" if spec.allocation == "need" else "by a fixed lottery"
    lag = f" First delivery {counted(spec.lag_months, 'month')} into it." if spec.lag_months else ""
    return (
        f"{_gift(spec)}, for {_target(spec.target)}, {_window(spec.window)}; at most "
        f"{counted(spec.places_per_month, 'family', 'families')} a month, {order}, with {budget}. "
        f"Delivery costs {100 * spec.overhead:.0f} % on top of what families get.{lag}"
    )


def _gift(spec: Delivered) -> str:
    if isinstance(spec, Transport):
        return f"a seat in a convoy home, at {_dollars(spec.unit_cost)} a family"
    if isinstance(spec, ReturnGrant):
        return f"{_dollars(spec.amount)} in cash to a family on its return"
    if isinstance(spec, RentSubsidy):
        months = counted(spec.months, "month")
        return f"up to {_dollars(spec.amount)} a month towards rent for {months}, then nothing"
    return _service(spec) if isinstance(spec, Service) else _kind(spec)


def _service(spec: Service) -> str:
    price, after = _dollars(spec.unit_cost), f"{counted(spec.months, 'month')} after intake"
    if isinstance(spec, LightRepair | HeavyRepair):
        what = (
            "light repair of a damaged house" if isinstance(spec, LightRepair) else "a core house for a destroyed one"
        )
        whose = {"away": ", for owners away from home", "home": ", for owners at home", "all": ""}[spec.whose]
        return (
            f"{what}{whose}, at {price} a family, usable {after}; {100 * spec.occupied_risk:.0f} % of those of absent "
            "owners are taken by others"
        )
    if isinstance(spec, GoAndSee):
        return f"a visit home, at {price} a family"
    if isinstance(spec, Information):
        slant = f", slanted by {spec.slant:+g}" if spec.slant else ""
        return f"information about home, at {price} a family, closing {100 * spec.strength:.0f} % of the gap{slant}"
    if isinstance(spec, DocumentsMission):
        return f"civil documents, at {price} a family, {after}, for {100 * spec.success:.0f} % of applicants"
    if isinstance(spec, LegalAid):
        claims, papers = "claims to occupied houses", "certificates of occupancy"
        handled = {"occupied_houses": claims, "certificates": papers, "both": f"{claims} and {papers}"}
        cases = handled[spec.handles]
        filed = " by families with civil documents" if spec.needs_documents else ""
        return f"{cases}{filed}, at {price} a case, decided {after}, {100 * spec.success:.0f} % for the family"
    return _kind(spec)


def _kind(spec: Delivered | Measure) -> str:
    return str(getattr(spec, "kind", type(spec).__name__)).replace("_", " ")


def _target(target: Target) -> str:
    parts = [WHO[target.who], WHERE[target.where]]
    if target.areas:
        parts.append(f"in {', '.join(target.areas)}")
    if target.sites:
        parts.append(f"in the camps {', '.join(target.sites)}")
    if target.origins:
        parts.append(f"from {', '.join(target.origins)}")
    return " ".join(parts)


def _window(window: Window) -> str:
    return _span(window.first_month, window.last_month)


def _span(first: str, last: str | None) -> str:
    if last is None:
        return f"from {month_words(first)} to the end"
    return f"in {month_words(first)}" if first == last else f"from {month_words(first)} to {month_words(last)}"


def _places(names: list[str] | None, everywhere: str, prefix: str) -> str:
    return everywhere if names is None else prefix + ", ".join(names)


def _dollars(amount: float) -> str:
    return f"{amount:,.0f} USD"
