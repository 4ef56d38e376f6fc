"""Tables of outcomes of a comparison beside the headline, as they may be published: means over seeds, tidy.

Each is a DataFrame with one value a row and a column ``scenario``; values that may not be published are missing. They
are made from condensed runs by the functions of :mod:`sim.outcomes`.
"""

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd
import xarray as xr

from sim.outcomes import Layout, Relation, equity, publish_counts, rates, residual_profile, severity
from sim.outcomes.equity import BY_GROUP
from sim.outcomes.groups import TRAITS
from sim.outcomes.suppression import is_few

Runs = Mapping[str, xr.Dataset]  # the mean condensed run of every scenario
SCENARIO = "scenario"
SOLVED = ["returned", "integrating", "settled_elsewhere"]
EVERYBODY = "all=all"  # the cell of everybody
IN_A_SOLUTION = "in a solution"
AREA_SHARES = ("employment", "services", "cohesion", "families_reunited", "participation", "remedies", "security")


def outcome_tables(runs: Runs) -> dict[str, pd.DataFrame]:
    """Return every table by name."""
    makers: dict[str, Callable[[Runs], pd.DataFrame]] = {
        "equity": equity_table,
        "worst_off": worst_off_table,
        "residual": residual_table,
        "severity": severity_table,
        "blocked": blocked_table,
        "exits": exits_table,
        "areas": areas_table,
        "costs": costs_table,
    }
    return {name: make(runs) for name, make in makers.items()}


def equity_table(runs: Runs) -> pd.DataFrame:
    """Return outcomes by trait: columns outcome, trait, value, scenario, per_100 (families per 100 of the group)."""
    table = _joined(runs, equity)
    table["cell"] = table["trait"] + "=" + table["value"]
    counted = _equity_counts(table)
    hidden = publish_counts(counted, _equity_layout())["suppressed"].to_numpy(bool)
    sizes = counted.assign(hidden=hidden)[len(table) :].set_index(["cell", SCENARIO])["hidden"].to_dict()
    whole = [sizes[key] for key in zip(table["cell"], table[SCENARIO])]
    table["per_100"] = rates(table["families"], table["of"], hidden[: len(table)], whole)
    return pd.DataFrame(table[["outcome", "trait", "value", SCENARIO, "per_100"]])


def worst_off_table(runs: Runs) -> pd.DataFrame:
    """Return the worst-off group of every outcome.

    Columns outcome, scenario, trait, value, per_100, all_per_100 (of everybody), and withheld: the number of groups
    that may not be shown, one of which could be worse off still.
    """
    rows = []
    for (outcome, name), found in equity_table(runs).groupby(["outcome", SCENARIO], sort=False):
        everybody = float(found["per_100"][found["trait"] == "all"].iloc[0])
        groups = found[found["trait"] != "all"]
        shown = groups.dropna(subset=["per_100"]).sort_values(
            "per_100", ascending=not BY_GROUP[str(outcome)][1], kind="stable"
        )
        worst = shown.iloc[0] if len(shown) else pd.Series({"trait": "", "value": "", "per_100": np.nan})
        rows.append(
            (outcome, name, worst["trait"], worst["value"], worst["per_100"], everybody, len(groups) - len(shown))
        )
    columns = ["outcome", SCENARIO, "trait", "value", "per_100", "all_per_100", "withheld"]
    return pd.DataFrame(rows, columns=columns)


def residual_table(runs: Runs) -> pd.DataFrame:
    """Return who is still displaced: columns trait, value, scenario, start, end (per 100 of the displaced then)."""
    table = _joined(runs, residual_profile)
    layout = Layout(("cell",), relations=_sums_of_traits())
    table["cell"] = table["trait"] + "=" + table["value"]
    totals = (
        table[table["trait"] == "headed_by"].groupby(SCENARIO, sort=False)[["families", "rows"]].sum().reset_index()
    )
    columns = ["cell", SCENARIO, "families", "rows"]
    counted = pd.concat([table[columns], totals.assign(cell=EVERYBODY)[columns]], ignore_index=True)
    hidden = publish_counts(counted, layout)["suppressed"].to_numpy(bool)[: len(table)]
    return pd.DataFrame(
        table.assign(end=table["end"].mask(hidden).round(1))[["trait", "value", SCENARIO, "start", "end"]]
    )


def severity_table(runs: Runs) -> pd.DataFrame:
    """Return the severity of conditions by place: columns place, area, scenario, livelihoods, safety, level.

    Places where fewer than ten families, or rows, live are left out.
    """
    table = _joined(runs, severity)
    few = is_few(table["families"].to_numpy(float)) | is_few(table["rows"].to_numpy(float))
    return pd.DataFrame(table[~few][["place", "area", SCENARIO, "livelihoods", "safety", "level"]])


def blocked_table(runs: Runs) -> pd.DataFrame:
    """Return what stops families from returning: columns gate (``wanted``: all), area, scenario, families."""
    table = _joined(runs, _blocked)
    gates = [gate for gate in table["gate"].unique() if gate != "wanted"]
    parts = tuple(Relation({"gate": "wanted"}, ({"gate": gate},), rest=True) for gate in gates)
    shown = publish_counts(table, Layout(("gate", "area"), totals={"area": "all"}, relations=parts))
    return pd.DataFrame(shown[["gate", "area", SCENARIO, "families"]])


def exits_table(runs: Runs) -> pd.DataFrame:
    """Return who lives as hosts do, per 100.

    Columns measure (a metric or a sub-criterion), name, of (a situation, all in a solution, or hosts), scenario,
    per_100.
    """
    table = _joined(runs, _passing)
    solved = Relation({"of": IN_A_SOLUTION}, tuple({"of": one} for one in SOLVED))
    within = [Relation({"name": EVERYBODY}, ({"name": one},), rest=True) for one in table["name"].unique()]
    sizes = table[table["measure"] == EVERYBODY].set_index(["of", SCENARIO])["families"].to_dict()
    counted = pd.DataFrame(table[["name", "of", SCENARIO, "families", "rows"]])
    layout = Layout(("name", "of"), relations=(solved, *(one for one in within if one.parts[0]["name"] != EVERYBODY)))
    hidden = publish_counts(counted, layout)["suppressed"].to_numpy(bool)
    gone = {
        key for key in zip(table["of"][hidden], table[SCENARIO][hidden], table["name"][hidden]) if key[2] == EVERYBODY
    }
    keys = list(zip(table["of"], table[SCENARIO]))
    whole = [sizes[key] for key in keys]
    table["per_100"] = rates(table["families"], whole, hidden, [(*key, EVERYBODY) in gone for key in keys])
    displaced = table[table["measure"] != EVERYBODY][["measure", "name", "of", SCENARIO, "per_100"]]
    return pd.concat([pd.DataFrame(displaced), _joined(runs, _hosts_passing)], ignore_index=True)


def _passing(run: xr.Dataset) -> pd.DataFrame:
    """Return families by situation that exit by each metric, pass each sub-criterion, and are there at all."""
    last = run.isel(month=-1, assessed=-1)
    rows = []
    for of in ("displaced", *SOLVED, IN_A_SOLUTION):
        at = last.sel(situation=SOLVED if of == IN_A_SOLUTION else [of])
        for measure, variable, dim in (("metric", "exits", "metric"), ("sub-criterion", "passes", "criterion")):
            for name in at[dim].values:
                counts = (float(at[one].sel({dim: name}).sum()) for one in (variable, f"{variable}_rows"))
                rows.append((measure, str(name), of, *counts))
        rows.append((EVERYBODY, EVERYBODY, of, *(float(at[one].sum()) for one in ("families", "families_rows"))))
    return pd.DataFrame(rows, columns=["measure", "name", "of", "families", "rows"])


def _hosts_passing(run: xr.Dataset) -> pd.DataFrame:
    """Return hosts that exit by each metric, and pass each sub-criterion, per 100; mean of areas."""
    last = run.isel(assessed=-1)
    rows = []
    for measure, variable, dim in (("metric", "host_exits", "metric"), ("sub-criterion", "host_passes", "criterion")):
        means = 100.0 * last[variable].mean("area")
        rows += [(measure, str(name), "hosts", round(float(means.sel({dim: name})), 1)) for name in last[dim].values]
    return pd.DataFrame(rows, columns=["measure", "name", "of", "per_100"])


def areas_table(runs: Runs) -> pd.DataFrame:
    """Return the state of areas at the end: columns area, measure, scenario, value (%, or USD a month for rent)."""
    frames = []
    for scenario, run in runs.items():
        last = run.isel(month=-1)
        for measure in AREA_SHARES:
            values = 100.0 * last[measure].values
            frames.append(
                pd.DataFrame({"area": last["area"].values, "measure": measure, "value": np.round(values, 1)}).assign(
                    scenario=scenario
                )
            )
        rent = np.round(last["rent"].values / 100.0)
        frames.append(
            pd.DataFrame({"area": last["area"].values, "measure": "rent", "value": rent}).assign(scenario=scenario)
        )
    return pd.concat(frames, ignore_index=True)[["area", "measure", SCENARIO, "value"]]


def costs_table(runs: Runs) -> pd.DataFrame:
    """Return who pays what over the run: columns line (programme, care, shifted), name, scenario, usd."""
    rows: list[tuple[str, str, str, float]] = []
    for scenario, run in runs.items():
        last = run.isel(month=-1)
        if "programme" in last.dims:
            few = is_few(last["served"].values) | is_few(
                last["served_rows"].values if "served_rows" in last else last["served"].values
            )
            money = np.where(few, np.nan, last["spent"].values / 100.0)
            rows += [
                ("programme", str(name), scenario, float(usd)) for name, usd in zip(last["programme"].values, money)
            ]
        care = [(str(name), float(last["care"].sel(shelter=name))) for name in last["shelter"].values]
        rows += [("care", name, scenario, usd) for name, usd in care if name != "own_home"]
        rows += [("shifted", name, scenario, float(last[name])) for name in ("aid_withheld", "host_rent")]
    return pd.DataFrame(rows, columns=["line", "name", SCENARIO, "usd"])


def _joined(runs: Runs, table: Callable[[xr.Dataset], pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table(run).assign(scenario=name) for name, run in runs.items()], ignore_index=True)


def _equity_counts(table: pd.DataFrame) -> pd.DataFrame:
    """Return the counts of every outcome and trait, and below them the sizes of the groups."""
    columns = ["outcome", "cell", SCENARIO, "families", "rows"]
    first = table["outcome"] == table["outcome"].iloc[0]
    sizes = table[first].assign(outcome="everybody", families=table["of"], rows=table["of_rows"])
    return pd.concat([pd.DataFrame(table[columns]), pd.DataFrame(sizes[columns])], ignore_index=True)


def _equity_layout() -> Layout:
    """Return how the counts add up: the values of a trait to everybody, and within each outcome to the group."""
    states = ("still_displaced", "sustained_whole", "lives_as_hosts", "in_debt")  # moves are no part of a group
    parts = [Relation({"outcome": "everybody"}, ({"outcome": one},), rest=True) for one in states]
    return Layout(("outcome", "cell"), relations=(*_sums_of_traits(), *parts))


def _sums_of_traits() -> tuple[Relation, ...]:
    everybody = {"cell": EVERYBODY}
    return tuple(Relation(everybody, tuple({"cell": f"{name}={value}"} for value in TRAITS[name])) for name in TRAITS)


def _blocked(run: xr.Dataset) -> pd.DataFrame:
    last = run[["blocked", "blocked_rows", "intended", "intended_rows"]].isel(month=-1).sel(pathway="return")
    frames = []
    for gate in ("wanted", *map(str, last["gate"].values)):
        pair = ("intended", "intended_rows") if gate == "wanted" else ("blocked", "blocked_rows")
        families, rows = (last[one] if gate == "wanted" else last[one].sel(gate=gate) for one in pair)
        frame = pd.DataFrame({"area": last["area"].values, "families": families.values, "rows": rows.values})
        total = pd.DataFrame({"area": ["all"], "families": [frame["families"].sum()], "rows": [frame["rows"].sum()]})
        frames.append(pd.concat([total, frame]).assign(gate=gate))
    return pd.concat(frames, ignore_index=True)
