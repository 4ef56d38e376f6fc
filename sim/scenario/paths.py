"""Area conditions month by month: what the tables say, with changes and shocks applied."""

import numpy as np
import numpy.typing as npt

from sim.data.case_tables import CaseTables, allowed_values, range_of
from sim.scenario.load import Scenario
from sim.schema.base import month_number
from sim.schema.case import ConditionChange
from sim.schema.programme import Measure

Float = npt.NDArray[np.float64]


def condition_paths(scenario: Scenario, tables: CaseTables) -> dict[str, Float]:
    """Return every condition by month, with changes, measures and shocks applied in this order; access opens last."""
    months = scenario.spec.months
    values = zip(map(str, tables.conditions.index), tables.conditions.to_numpy(np.float64))
    paths = {name: np.tile(of_areas, (months, 1)) for name, of_areas in values}
    paths["security"] = _security(scenario, tables)
    pcodes = list(tables.areas["pcode"])
    for name, change in scenario.spec.conditions.items():
        _apply_change(scenario, name, change, paths, pcodes)
    _measures(scenario, paths, pcodes)
    _shocks(scenario, paths, pcodes)
    _opening(scenario, paths)
    for money in ("wage", "rent"):
        paths[money] = np.floor(paths[money] * 100)
    return paths


def _security(scenario: Scenario, tables: CaseTables) -> Float:
    first, months = month_number(scenario.spec.start), scenario.spec.months
    known = tables.security.index
    rows = np.arange(first, first + months) - month_number(str(known[0]))
    if rows[0] < 0 or rows[-1] >= len(known):
        span = f"{known[0]} to {known[-1]}"
        raise scenario.document.error(
            "the run leaves the months of security.csv",
            "months",
            value=months,
            allowed=f"months within {span}",
        )
    return np.asarray(tables.security.to_numpy(np.float64)[rows])


def _apply_change(
    scenario: Scenario, name: str, change: ConditionChange, paths: dict[str, Float], pcodes: list[str]
) -> None:
    window = _window(scenario, change.first_month, change.last_month)
    columns = [pcodes.index(pcode) for pcode in change.areas or pcodes]
    path = paths[change.condition]
    before = path[window][:, columns]
    after = before * (change.times or 0.0) if change.value is None else np.full_like(before, change.value)
    path[window, columns] = after
    low, high = range_of(change.condition)
    if path.min() < low or path.max() > high:
        allowed = allowed_values(change.condition)
        found = change.times if change.value is None else change.value
        raise scenario.document.error("leads out of range", "conditions", name, value=found, allowed=allowed)


def _measures(scenario: Scenario, paths: dict[str, Float], pcodes: list[str]) -> None:
    """Let measures change conditions, in the order written; and note how far aid falls, which makes families review."""
    shape = paths["security"].shape
    paths["aid_camp_share"], paths["aid_out_share"] = np.ones(shape), np.ones(shape)
    for spec in scenario.spec.programmes.values():
        if isinstance(spec, Measure):
            first = month_index(scenario, spec.window.first_month)
            last = shape[0] - 1 if spec.window.last_month is None else month_index(scenario, spec.window.last_month)
            spec.act(paths, range(first, last + 1), [pcodes.index(pcode) for pcode in spec.areas or pcodes])
    for kind in ("camp", "out"):
        share = paths[f"aid_{kind}_share"]
        before = np.vstack([np.ones(shape[1]), share[:-1]])
        paths[f"aid_{kind}_fall"] = np.maximum(0.0, before - share)


def _opening(scenario: Scenario, paths: dict[str, Float]) -> None:
    """Let the places of origin that are out of reach open one by one, a part of those that are left in every month."""
    left = (1.0 - scenario.spec.parameters.gates.access_opening) ** np.arange(scenario.spec.months)
    paths["return_access"] = 1.0 - (1.0 - paths["return_access"]) * left[:, None]


def _shocks(scenario: Scenario, paths: dict[str, Float], pcodes: list[str]) -> None:
    """Apply shocks: security at most theirs while they last; in their first month, whom they drive out and damage."""
    paths["security_calm"] = paths["security"].copy()
    for name in ("shock", "displaces", "damages"):
        paths[name] = np.zeros(paths["security"].shape)
    for shock in scenario.spec.shocks.values():
        area, start = pcodes.index(shock.area), month_index(scenario, shock.month)
        if 0 <= start < scenario.spec.months:
            for name, value in (("shock", 1.0), ("displaces", shock.displaces), ("damages", shock.damages)):
                paths[name][start, area] = max(paths[name][start, area], value)
        span = slice(max(0, start), max(0, start + shock.months))
        paths["security"][span, area] = np.minimum(paths["security"][span, area], shock.security)


def month_index(scenario: Scenario, month: str) -> int:
    """Return a calendar month counted from the start of the run."""
    return month_number(month) - month_number(scenario.spec.start)


def _window(scenario: Scenario, first: str, last: str | None) -> slice:
    stop = scenario.spec.months if last is None else month_index(scenario, last) + 1
    return slice(max(0, month_index(scenario, first)), max(0, stop))
