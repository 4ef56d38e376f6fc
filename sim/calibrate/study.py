"""A study with what it names: the scenario that happened, and the published series it is fitted to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.observe import Series
from sim.calibrate.operators import OPERATORS, categories
from sim.calibrate.plan_table import read_plans
from sim.calibrate.plans import Plans
from sim.calibrate.settings import TOO_FEW, fewest
from sim.scenario import Compiled, Scenario, compile_scenario, known_until, load_scenario
from sim.schema.base import month_name, month_number
from sim.schema.document import Document, read_yaml, validate
from sim.schema.errors import InputError, nearest
from sim.schema.study import Free, StudySpec, Target
from sim.schema.uncertainty import Prior

MOST_BYTES = 50_000_000  # of a table of targets
MONTH_END = 27  # a round from this day on is one of the end of its month
NUISANCE = "nuisance."


@dataclass(frozen=True)
class Study:
    """A calibration study, checked against its scenario and its tables.

    Attributes
    ----------
    spec : StudySpec
    document : Document
        The same as plain data with the place of every key, for messages.
    scenario : Scenario
        What happened until the forecast origin, with the number of households of a fit.
    series : tuple of Series
        The targets, to the forecast origin.
    surveys : tuple of Plans
        Published intentions, to the forecast origin.
    names : dict of str to str
        Of origins and places, by p-code.
    """

    spec: StudySpec
    document: Document
    scenario: Scenario
    series: tuple[Series, ...]
    surveys: tuple[Plans, ...]
    names: Mapping[str, str]

    @property
    def priors(self) -> dict[str, Prior]:
        """Priors of everything that is fitted, nuisances last."""
        found: dict[str, Prior] = dict(self.spec.free)
        for name in type(self.spec.nuisance).model_fields:
            prior = getattr(self.spec.nuisance, name)
            if prior is not None:
                found[NUISANCE + name] = prior
        return found

    def until(self, month: str) -> tuple[Series, ...]:
        """Return the targets up to a month; those without any date left are left out."""
        last = self.months_until(month)
        cut = []
        for one in self.series:
            kept = one.months <= last
            if kept.any():
                dates = tuple(date for date, keep in zip(one.dates, kept) if keep)
                cut.append(one._replace(months=one.months[kept], dates=dates, families=one.families[kept]))
        return tuple(cut)

    def surveys_until(self, month: str) -> tuple[Plans, ...]:
        """Return the published intentions up to a month; surveys without any row left are left out."""
        cut = [one.only(one.months <= self.months_until(month)) for one in self.surveys]
        return tuple(one for one in cut if len(one.months))

    def compared_until(self, month: str) -> "tuple[Compared, ...]":
        """Return all that is compared up to a month, in order: series, then surveys."""
        return (*self.until(month), *self.surveys_until(month))

    def months_until(self, month: str) -> int:
        """Return the months simulated at the end of a calendar month."""
        return month_number(month) - month_number(self.scenario.spec.start) + 1

    def overrides(self, values: Mapping[str, float]) -> dict[str, Any]:
        """Return what one set of values of the free parameters changes of a scenario."""
        found: dict[str, Any] = {}
        for name, free in self.spec.free.items():
            for key in free.keys:
                whole = isinstance(self.scenario.value(key), int)
                found[key] = round(values[name]) if whole else float(values[name])
        return found


def open_study(path: str | Path) -> Study:
    """Read a study and everything it names.

    Raises
    ------
    InputError
        With file, line and key: an unknown key, a free parameter that the scenario has not, a table that cannot be
        read, categories that the model does not know, dates outside the run or after the forecast origin.
    """
    document = read_yaml(Path(path))
    spec = validate(document, StudySpec)
    months = month_number(spec.origin)
    scenario = _scenario(Path(path), spec, document)
    run = months - month_number(scenario.spec.start) + 1
    if run < 1:
        message, allowed = "is before the start of the run", f"{scenario.spec.start} or later"
        raise document.error(message, "origin", value=spec.origin, allowed=allowed)
    scenario = known_until(scenario, spec.origin).override({"months": run})
    _check_free(spec, document, scenario)
    compiled = compile_scenario(scenario)
    series = tuple(_series(name, one, Path(path), document, compiled) for name, one in spec.targets.items())
    asked = [read_plans(name, one, Path(path), document, compiled) for name, one in spec.surveys.items()]
    surveys = tuple(one for one in asked if len(one.months))
    geography = compiled.geography
    study = Study(spec, document, scenario, series, surveys, dict(zip(geography.pcodes, geography.area_names)))
    _check_effort(study)
    return study


def _scenario(path: Path, spec: StudySpec, document: Document) -> Scenario:
    beside = path.parent / spec.scenario
    named = beside if beside.suffix in (".yaml", ".yml") else spec.scenario
    try:
        return load_scenario(named).override({"rows": spec.effort.rows, **spec.set})
    except InputError as error:
        if error.file is not None:
            raise
        raise document.error(error.message, "scenario", value=spec.scenario, allowed=error.allowed) from None


def _check_free(spec: StudySpec, document: Document, scenario: Scenario) -> None:
    """Refuse keys that are no numbers of the scenario, or that two parameters share."""
    seen: dict[str, str] = {}
    for name, free in spec.free.items():
        for key in free.keys:
            try:
                value = scenario.value(key)
            except InputError as error:
                raise document.error(error.message, "free", name, "keys", value=key, allowed=error.allowed) from None
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise document.error("is no number that could be fitted", "free", name, "keys", value=key)
            if key in seen:
                raise document.error(f"is fitted twice, also as {seen[key]}", "free", name, "keys", value=key)
            seen[key] = name
            _check_ends(free, name, key, isinstance(value, int), document, scenario)


def _check_ends(free: Free, name: str, key: str, whole: bool, document: Document, scenario: Scenario) -> None:
    """Refuse a prior that reaches beyond what the scenario allows."""
    for end in ("low", "high"):
        value = getattr(free, end)
        try:
            scenario.override({key: round(value) if whole else value})
        except InputError as error:
            message = f"{key}: {error.message}"
            raise document.error(message, "free", name, end, value=value, allowed=error.allowed) from None


def _check_effort(study: Study) -> None:
    """Refuse rounds that are too small for as many parameters."""
    number, simulations = len(study.priors), study.spec.effort.simulations
    least = fewest(number)
    if simulations < least:
        allowed = f"{least:,} or more for {number} parameters"
        raise study.document.error(TOO_FEW, "effort", "simulations", value=simulations, allowed=allowed)


def _series(name: str, target: Target, path: Path, document: Document, compiled: Compiled) -> Series:
    """Return a target as it is compared, from its table."""
    table = _table(path.parent / target.table, name, target, document)
    known = categories(target.statistic, compiled)
    groups = target.groups or {category: [category] for category in known if category in set(table["category"])}
    _check_groups(groups, known, table, name, document)
    start = month_number(compiled.scenario.spec.start)
    if target.history:
        table = pd.concat([_table(path.parent / target.history, name, target, document), table], ignore_index=True)
    wide = table.pivot_table(index="month", columns="category", values="families", aggfunc="sum")
    wide = wide.reindex(columns=[one for group in groups.values() for one in group])
    sums = pd.DataFrame({label: wide[list(members)].sum(axis=1, min_count=1) for label, members in groups.items()})
    sums.index = sums.index - start + 1  # months simulated until then
    first, last = (_within(target, end, name, compiled, document) for end in ("first", "last"))
    if 0 not in sums.index:
        message = f"has no round at the end of {month_name(start - 1)}, with which the run starts"
        raise document.error(message, "targets", name, "table", value=target.table)
    kept = sums[(sums.index >= max(first, 1)) & (sums.index <= last)]
    if kept.empty:
        raise document.error("has no month end in this window", "targets", name, "table", value=target.table)
    members = np.array([[int(one in group) for one in known] for group in groups.values()], np.int64)
    months = kept.index.to_numpy(np.int64)
    dates = tuple(month_name(start + int(month) - 1) for month in months)
    noise = target.noise / np.sqrt(target.weight)
    families, at_start = kept.to_numpy(np.float64), sums.loc[0].to_numpy(np.float64)
    before = sums[(sums.index < 0)].dropna()
    earlier = before.index.to_numpy(np.int64), before.to_numpy(np.float64)
    labels = tuple(groups)
    whole = Series(name, target.statistic, labels, members, months, dates, families, at_start, float(noise), *earlier)
    if not whole.names:
        message = f"has no two month ends {OPERATORS[target.statistic].over} months apart in this window"
        raise document.error(message, "targets", name, "table", value=target.table)
    return whole


def _within(target: Target, end: str, name: str, compiled: Compiled, document: Document) -> int:
    """Return the first or last month that is compared, counted in months simulated."""
    start, months = month_number(compiled.scenario.spec.start), compiled.months
    written = getattr(target, end)
    if written is None:
        return 1 if end == "first" else months
    found = month_number(written) - start + 1
    if not 1 <= found <= months:
        allowed = f"{compiled.scenario.spec.start} to {month_name(start + months - 1)}, the forecast origin"
        raise document.error(
            "lies outside the months that are fitted", "targets", name, end, value=written, allowed=allowed
        )
    return found


def _table(path: Path, name: str, target: Target, document: Document) -> pd.DataFrame:
    """Return month (as a number), category, families of the rounds at the ends of months."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise document.error("the table is too large", "targets", name, "table", value=target.table)
        table = pd.read_csv(path, dtype={"date": str, target.category: str})
    except (OSError, ValueError) as error:
        raise document.error(f"cannot be read: {error}", "targets", name, "table", value=target.table) from None
    wanted = ["date", target.category, "families", *(["margin"] if target.margin else [])]
    for column in wanted:
        if column not in table:
            message = f"the table has no column {column!r}{nearest(column, list(table.columns))}"
            raise document.error(message, "targets", name, "table", value=target.table)
    if target.margin:
        table = table[table["margin"] == target.margin]
    days = pd.to_datetime(table["date"], format="%Y-%m-%d", errors="coerce")
    families = pd.to_numeric(table["families"], errors="coerce")
    if days.isna().any() or families.isna().any() or (families < 0).any():
        message = "has rows without a date as YYYY-MM-DD, or without a number of families"
        raise document.error(message, "targets", name, "table", value=target.table)
    found = pd.DataFrame({
        "month": days.dt.year * 12 + days.dt.month - 1,
        "category": table[target.category],
        "families": families,
    })  # fmt: skip
    return found[days.dt.day >= MONTH_END]


def _check_groups(
    groups: Mapping[str, list[str]], known: list[str], table: pd.DataFrame, name: str, document: Document
) -> None:
    """Refuse categories that the model or the table does not hold."""
    present = set(table["category"])
    if not groups:
        message = "the table holds no category that the statistic has"
        raise document.error(message, "targets", name, "category", allowed=", ".join(known[:20]))
    for label, members in groups.items():
        for one in members:
            if one not in known or one not in present:
                names = [category for category in known if category in present]
                message = f"no such category{nearest(one, names)}"
                raise document.error(message, "targets", name, "groups", label, value=one, allowed=", ".join(names))


Compared = Series | Plans


def observed(compared: Sequence[Compared]) -> npt.NDArray[np.float64]:
    """Return all statistics that were published, in order."""
    return np.concatenate([one.observed for one in compared])


def statistic_names(compared: Sequence[Compared]) -> tuple[str, ...]:
    """Return the names of all statistics, in order."""
    return tuple(name for one in compared for name in one.names)
