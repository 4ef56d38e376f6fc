"""Every table of outcomes of a comparison, made from condensed runs and blank where counts are withheld."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from sim.experiments import Comparison
from sim.experiments.comparison_cells import GROUPED, blocked_by
from sim.outcomes import SMALLEST_CELL, equity, rates, residual_profile, severity
from sim.outcomes.measures import SOLVED
from sim.report.lines import Section, Sheet, scenario_titles
from sim.report.numbers import WITHHELD, Shown, count
from sim.report.words import CRITERIA, GATES, METRICS, OUTCOMES, SHORT_TRAITS, TRAIT_VALUES, word

Lines = tuple[tuple[str, tuple[Shown, ...]], ...]
FIRST = ("sustained_whole", "still_displaced", "induced_moves", "in_debt")  # on the first screen
SCENARIO = "scenario"


def full_sheets(comparison: Comparison) -> list[Sheet]:
    """Return the tables that `sim compare --full` adds."""
    sheets = [_equity_sheet(comparison), _residual_sheet(comparison), _severity_sheet(comparison)]
    return [
        *sheets,
        _binding_sheet(comparison),
        _hosts_sheet(comparison),
        _areas_sheet(comparison),
        _cost_sheet(comparison),
    ]


def for_whom(comparison: Comparison) -> Lines:
    """Return, for the outcomes of the first screen, everybody and the worst-off group of every scenario."""
    table = _published_equity(comparison)
    lines = []
    for outcome in FIRST:
        of = table[table["outcome"] == outcome]
        everybody, worst = [], []
        for name in comparison.scenarios:
            mine = of[of[SCENARIO] == name]
            everybody.append(_per_100(mine[mine["trait"] == "all"]["per_100"].iloc[0]))
            worst.append(_worst(mine[mine["trait"] != "all"], outcome))
        lines += [(word(OUTCOMES, outcome), tuple(everybody)), ("   worst-off group", tuple(worst))]
    return tuple(lines)


def _joined(comparison: Comparison, table: Callable[[xr.Dataset], pd.DataFrame]) -> pd.DataFrame:
    frames = [table(run).assign(scenario=name) for name, run in comparison.mean_ends.items()]
    return pd.concat(frames, ignore_index=True)


# ------------------------------------------------------------------------------------------------ equity


def _published_equity(comparison: Comparison) -> pd.DataFrame:
    """Return outcomes by trait, per hundred of each group, blank where a count behind it is withheld."""
    counts = comparison.published_counts
    table = _joined(comparison, equity)
    table["cell"] = [_cell(trait, value) for trait, value in zip(table["trait"], table["value"])]
    keys = list(zip(table[SCENARIO], table["outcome"], table["cell"]))
    part = [counts.hides(name, GROUPED.get(outcome, outcome), cell) for name, outcome, cell in keys]
    whole = [counts.hides(name, "all_families", cell) for name, _, cell in keys]
    shown: pd.DataFrame = table.assign(per_100=rates(table["families"], table["of"], part, whole))
    return shown


def _cell(trait: str, value: str) -> str:
    return trait if trait == "all" else f"{trait}={value}"


def _worst(groups: pd.DataFrame, outcome: str) -> Shown:
    from sim.outcomes.equity import BY_GROUP

    known = groups.dropna(subset=["per_100"])
    if known.empty:
        return Shown(WITHHELD, "")
    worst = known.sort_values("per_100", ascending=not BY_GROUP[outcome][1], kind="stable").iloc[0]
    return Shown(f"{worst['per_100']:.1f}", f"({SHORT_TRAITS[str(worst['value'])]})")


def _per_100(value: float) -> Shown:
    return Shown(WITHHELD if np.isnan(value) else f"{value:.1f}", "")


def _equity_sheet(comparison: Comparison) -> Sheet:
    table = _published_equity(comparison)
    sections = []
    for outcome, rows in table.groupby("outcome", sort=False):
        by = rows.pivot(index="cell", columns=SCENARIO, values="per_100")[comparison.scenarios]
        lines = []
        for cell in dict.fromkeys(rows["cell"]):
            value = str(cell).split("=")[-1]
            lines.append((TRAIT_VALUES[value], tuple(_per_100(float(one)) for one in by.loc[cell])))
        sections.append(Section(word(OUTCOMES, str(outcome)), tuple(lines)))
    caption = "Means over seeds. Groups overlap: every family is headed by somebody, and came from somewhere."
    return _sheet(comparison, "For whom: families per 100 of each group", sections, caption)


def _residual_sheet(comparison: Comparison) -> Sheet:
    table, counts = _joined(comparison, residual_profile), comparison.published_counts
    keys = list(zip(table[SCENARIO], map(_cell, table["trait"], table["value"])))
    for column, outcome in (("start", "start"), ("end", "displaced")):
        hidden = [counts.hides(name, outcome, cell) or counts.hides(name, outcome) for name, cell in keys]
        table[column] = table[column].mask(np.array(hidden))
    lines = []
    for (_, value), rows in table.groupby(["trait", "value"], sort=False):
        at = rows.set_index(SCENARIO)
        cells = (
            _per_100(at["start"].iloc[0]),
            *(_per_100(at["end"][name]) for name in comparison.scenarios),
        )
        lines.append((TRAIT_VALUES[str(value)], cells))
    titles = ("At the start", *scenario_titles(comparison))
    return Sheet(
        "Who is still displaced: families per 100 of the displaced", titles, (Section("At the end", tuple(lines)),)
    )


# ------------------------------------------------------------------------------------------------ places


def _severity_sheet(comparison: Comparison) -> Sheet:
    """Return severity by area; places of fewer than ten families or rows are left out."""
    table = _joined(comparison, severity)
    table = table[table[["families", "rows"]].min(axis=1) >= SMALLEST_CELL]
    names = _area_names(comparison)
    sections = []
    for place, rows in table.groupby("place", sort=False):
        lines = []
        for area in dict.fromkeys(rows["area"]):
            at = rows[rows["area"] == area].set_index(SCENARIO)
            cells = [
                _severity_cell(at.loc[name]) if name in at.index else Shown("-", "") for name in comparison.scenarios
            ]
            lines.append((names[str(area)], tuple(cells)))
        sections.append(Section(f"Places of {place}", tuple(lines)))
    caption = (
        "Livelihoods and services / safety and cohesion, each from 0 (as good as can be) to 100; high, medium or low "
        "by the worse of the two. Mean over seeds, of families that live there. '-': too few families to say."
    )
    return _sheet(comparison, "How hard conditions are, by place, at the end", sections, caption)


def _severity_cell(row: Any) -> Shown:
    return Shown(f"{row['livelihoods']:.0f} / {row['safety']:.0f} {row['level']}", "")


def _binding_sheet(comparison: Comparison) -> Sheet:
    """Return what stops families from returning, by the place they would return to: the binding-constraint map."""
    sections = []
    for by, area in _places(comparison).items():
        lines = []
        for outcome, label in {
            "wanted": "Wanted to return",
            **{blocked_by(gate): GATES[gate] for gate in GATES},
        }.items():
            counts = [comparison.published_counts.value(name, outcome, by) for name in comparison.scenarios]
            if any(value != 0 for value in counts):
                lines.append((label, tuple(map(_count, counts))))
        if lines:
            sections.append(Section(area, tuple(lines)))
    caption = "Of families that reviewed their situation in the last month; a family can be stopped by several."
    return _sheet(comparison, "What stops families from returning, by where they would go", sections, caption)


def _places(comparison: Comparison) -> dict[str, str]:
    names = _area_names(comparison).items()
    return {"all": "Everywhere", **{f"area={area}": name for area, name in names}}


def _hosts_sheet(comparison: Comparison) -> Sheet:
    """Return exits under every metric, and of hosts by the same rule; and what passes by sub-criterion."""
    runs = comparison.mean_ends
    sections = []
    for situation in ("returned", "integrating", "settled_elsewhere", "displaced"):
        lines = [
            (label, tuple(_exit_share(comparison, name, metric, situation) for name in runs))
            for metric, label in METRICS.items()
        ]
        sections.append(Section(f"Of families that are {situation.replace('_', ' ')}", tuple(lines)))
    hosts = [
        (
            label,
            tuple(
                _per_100(100 * float(run["host_exits"].isel(assessed=-1).sel(metric=metric).mean()))
                for run in runs.values()
            ),
        )
        for metric, label in METRICS.items()
    ]
    sections.append(Section("Of hosts by the same rule, mean of areas", tuple(hosts)))
    passing = [
        (label, tuple(_pass_share(comparison, name, criterion) for name in runs))
        for criterion, label in CRITERIA.items()
    ]
    sections.append(Section("Sub-criteria passed by families in a solution", tuple(passing)))
    caption = (
        "Per 100, at the end, judged by hosts as they lived at the start; docs/exit-metrics.md says what each asks."
    )
    return _sheet(comparison, "Who lives as hosts do, by every metric", sections, caption)


def _exit_share(comparison: Comparison, name: str, metric: str, situation: str) -> Shown:
    at = comparison.mean_ends[name].isel(month=-1, assessed=-1).sel(situation=situation)
    part, whole = float(at["exits"].sel(metric=metric).sum()), float(at["families"].sum())
    counts = comparison.published_counts
    hidden = counts.hides(name, f"exits={metric}", f"situation={situation}") or counts.hides(name, situation)
    return _rate(part, whole, hidden)


def _pass_share(comparison: Comparison, name: str, criterion: str) -> Shown:
    at = comparison.mean_ends[name].isel(month=-1, assessed=-1).sel(situation=SOLVED)
    part, whole = float(at["passes"].sel(criterion=criterion).sum()), float(at["families"].sum())
    parts = (f"passes={criterion}", "all_families", "displaced")
    return _rate(part, whole, any(comparison.published_counts.hides(name, one) for one in parts))


def _rate(part: float, whole: float, hidden: bool) -> Shown:
    return _per_100(float(rates([part], [whole], [hidden], [False])[0])) if whole > 0 else Shown("-", "")


def _areas_sheet(comparison: Comparison) -> Sheet:
    words = {
        "employment": "In work, hosts included, %",
        "services": "Service cover, %",
        "cohesion": "Cohesion, %",
        "families_reunited": "Displaced families reunited, %",
        "participation": "Displaced adults taking part in public life, %",
        "remedies": "Displaced families with access to remedies, %",
    }
    runs, names = comparison.mean_ends, _area_names(comparison)
    sections = []
    for area, name in names.items():
        at = [run.isel(month=-1).sel(area=area) for run in runs.values()]
        lines = [
            (label, tuple(Shown(f"{100 * float(one[variable]):.0f}", "") for one in at))
            for variable, label in words.items()
        ]
        rent = tuple(Shown(f"{float(one['rent']) / 100:,.0f}", "") for one in at)
        sections.append(Section(name, (*lines, ("Rent at the low end, USD a month", rent))))
    return _sheet(comparison, "Areas at the end", sections, "Means over seeds.")


# ------------------------------------------------------------------------------------------------ money


def _cost_sheet(comparison: Comparison) -> Sheet:
    runs = comparison.mean_ends
    sections = []
    if "programme" in comparison.ends.dims:
        lines = []
        for name in comparison.ends["programme"].values:
            cells = [_spent(comparison, one, str(name)) for one in runs]
            lines.append((str(name), tuple(cells)))
        sections.append(Section("Programmes, money committed", tuple(lines)))
    shelters = {"camp": "in camps", "informal_site": "in informal sites", "rented": "renting", "hosted": "hosted"}
    care = [
        (
            f"Displaced {label}",
            tuple(_care(comparison, one, name) for one in runs),
        )
        for name, label in shelters.items()
    ]
    sections.append(Section("Care and maintenance, as if all aid were paid", tuple(care)))
    borne = {"aid_withheld": "Displaced families: aid kept from them", "host_rent": "Host renters: dearer rents"}
    shifted = [
        (label, tuple(Shown(count(float(run[name].isel(month=-1)), "USD"), "") for run in runs.values()))
        for name, label in borne.items()
    ]
    sections.append(Section("Shifted to households and hosts", tuple(shifted)))
    return _sheet(comparison, "What it costs, and whom", sections, "Whole run, mean over seeds, not discounted.")


def _spent(comparison: Comparison, name: str, programme: str) -> Shown:
    spent = float(comparison.mean_ends[name]["spent"].isel(month=-1).sel(programme=programme)) / 100
    hidden = comparison.published_counts.hides(name, "served", f"programme={programme}")
    return Shown(WITHHELD if hidden else count(spent, "USD"), "")


def _care(comparison: Comparison, name: str, shelter: str) -> Shown:
    """Return what care of the displaced in one kind of shelter costs; withheld with their number at start or end."""
    care = float(comparison.mean_ends[name]["care"].sel(shelter=shelter).isel(month=-1))
    hidden = any(comparison.published_counts.hides(name, one, f"shelter={shelter}") for one in ("start", "displaced"))
    return Shown(WITHHELD if hidden else count(care, "USD"), "")


def _count(value: float) -> Shown:
    return Shown(WITHHELD if np.isnan(value) else count(value), "")


def _area_names(comparison: Comparison) -> dict[str, str]:
    ends = comparison.ends
    return {str(code): str(name) for code, name in zip(ends["area"].values, ends["area_name"].values)}


def _sheet(comparison: Comparison, title: str, sections: list[Section], caption: str = "") -> Sheet:
    return Sheet(title, tuple(scenario_titles(comparison)), tuple(sections), caption)
