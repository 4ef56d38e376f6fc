"""Tables of outcomes of a comparison beside the headline, as they may be published: means over seeds, tidy.

Each is a DataFrame with one value a row and a column ``scenario``; values that may not be published are missing. They
are made from condensed runs by the functions of :mod:`sim.outcomes`.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import product

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sim.experiments.comparison_cells import ALL, GROUPED, SOLUTIONS, blocked_by, wanted
from sim.experiments.published import PublishedComparison
from sim.outcomes import equity, rates, residual_profile, severity
from sim.outcomes.changes import CHANGES
from sim.outcomes.costs import CARE
from sim.outcomes.equity import worst_first
from sim.outcomes.measures import SOLVED
from sim.outcomes.suppression import is_few

Runs = Mapping[str, xr.Dataset]  # the mean condensed run of every scenario
SCENARIO = "scenario"
IN_A_SOLUTION = "in a solution"
_PASSED = (("displaced", "situation=displaced", ["displaced"]), (IN_A_SOLUTION, ALL, SOLVED))
AREA_SHARES = ("employment", "services", "cohesion", "families_reunited", "participation", "remedies", "security")


def outcome_tables(runs: Runs, counts: PublishedComparison) -> dict[str, pd.DataFrame]:
    """Return every table by name.

    Parameters
    ----------
    runs : mapping of str to xarray.Dataset
        Mean condensed run of every scenario.
    counts : PublishedComparison
        Which counts may be published.
    """
    fair = equity_table(runs, counts)
    return {
        "changed": changed_table(runs, counts),
        "equity": fair,
        "worst_off": worst_off_table(fair),
        "residual": residual_table(runs, counts),
        "severity": severity_table(runs),
        "blocked": blocked_table(runs, counts),
        "exits": exits_table(runs, counts),
        "areas": areas_table(runs),
        "costs": costs_table(runs, counts),
    }


def equity_table(runs: Runs, counts: PublishedComparison) -> pd.DataFrame:
    """Return outcomes by trait: columns outcome, trait, value, scenario, per_100 (families per 100 of the group)."""
    table = _joined(runs, equity)
    keys = list(zip(table[SCENARIO], table["outcome"], map(_by, table["trait"], table["value"])))
    part = [counts.hides(name, GROUPED.get(outcome, outcome), by) for name, outcome, by in keys]
    whole = [counts.hides(name, "all_families", by) for name, _, by in keys]
    table["per_100"] = rates(table["families"], table["of"], part, whole)
    return pd.DataFrame(table[["outcome", "trait", "value", SCENARIO, "per_100"]])


def worst_off_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return the worst-off group of every outcome of `equity_table`.

    Columns outcome, scenario, trait, value, per_100, all_per_100 (of everybody), and withheld: the number of groups
    that may not be shown, one of which could be worse off still.
    """
    rows = []
    for (outcome, name), found in table.groupby(["outcome", SCENARIO], sort=False):
        everybody = float(found["per_100"][found["trait"] == ALL].iloc[0])
        groups = found[found["trait"] != ALL]
        shown = worst_first(str(outcome), groups)
        worst = shown.iloc[0] if len(shown) else pd.Series({"trait": "", "value": "", "per_100": np.nan})
        hidden = len(groups) - len(shown)
        rows.append((outcome, name, worst["trait"], worst["value"], worst["per_100"], everybody, hidden))
    columns = ["outcome", SCENARIO, "trait", "value", "per_100", "all_per_100", "withheld"]
    return pd.DataFrame(rows, columns=columns)


def residual_table(runs: Runs, counts: PublishedComparison) -> pd.DataFrame:
    """Return who is still displaced: columns trait, value, scenario, start, end (per 100 of the displaced then)."""
    table = _joined(runs, residual_profile)
    keys = list(zip(table[SCENARIO], map(_by, table["trait"], table["value"])))
    for column, outcome in (("start", "start"), ("end", "displaced")):
        hidden = np.array([counts.hides(name, outcome, by) or counts.hides(name, outcome) for name, by in keys])
        table[column] = table[column].mask(hidden).round(1)
    return pd.DataFrame(table[["trait", "value", SCENARIO, "start", "end"]])


def severity_table(runs: Runs) -> pd.DataFrame:
    """Return the severity of conditions by place: columns place, area, scenario, livelihoods, safety, level.

    Places where fewer than ten families, or rows, live are left out.
    """
    table = _joined(runs, severity)
    few = is_few(table["families"].to_numpy(float)) | is_few(table["rows"].to_numpy(float))
    return pd.DataFrame(table[~few][["place", "area", SCENARIO, "livelihoods", "safety", "level"]])


def blocked_table(runs: Runs, counts: PublishedComparison) -> pd.DataFrame:
    """Return what stops families from a solution.

    Columns pathway, gate (``wanted``: all who want to take the pathway), area (of destination), scenario, families.
    """
    rows = []
    for pathway, (scenario, run) in product(SOLUTIONS, runs.items()):
        outcomes = {"wanted": wanted(pathway)} | {
            gate: blocked_by(gate, pathway) for gate in map(str, run["gate"].values)
        }
        for (gate, outcome), area in product(outcomes.items(), (ALL, *map(str, run["area"].values))):
            found = counts.value(scenario, outcome, ALL if area == ALL else f"area={area}")
            rows.append((pathway, gate, area, scenario, found))
    return pd.DataFrame(rows, columns=["pathway", "gate", "area", SCENARIO, "families"])


def changed_table(runs: Runs, counts: PublishedComparison) -> pd.DataFrame:
    """Return who ended otherwise than in the baseline: columns change, scenario, families."""
    rows = [
        (change, scenario, counts.value(scenario, "changed", f"change={change}"))
        for change, scenario in product(CHANGES, runs)
    ]
    return pd.DataFrame(rows, columns=["change", SCENARIO, "families"])


def exits_table(runs: Runs, counts: PublishedComparison) -> pd.DataFrame:
    """Return who lives as hosts do, per 100.

    Columns measure (a metric or a sub-criterion), name, of (a situation, all in a solution, or hosts), scenario,
    per_100.
    """
    rows = [row for name, run in runs.items() for row in (*_exiting(name, run, counts), *_passing(name, run, counts))]
    table = pd.DataFrame(rows, columns=["measure", "name", "of", SCENARIO, "per_100"])
    return pd.concat([table, _joined(runs, _hosts_passing)], ignore_index=True)


def _exiting(scenario: str, run: xr.Dataset, counts: PublishedComparison) -> Iterator[tuple[str, str, str, str, float]]:
    """Yield who exits by each metric, of those in each situation."""
    families, exits = _by_situation(run["families"].isel(month=-1)), _by_situation(run["exits"].isel(assessed=-1))
    for n, metric in enumerate(map(str, run["metric"].values)):
        for of in ("displaced", *SOLVED):
            hidden = counts.hides(scenario, f"exits={metric}", f"situation={of}") or counts.hides(scenario, of)
            yield "metric", metric, of, scenario, _share(exits[of][n], families[of].sum(), hidden)


def _passing(scenario: str, run: xr.Dataset, counts: PublishedComparison) -> Iterator[tuple[str, str, str, str, float]]:
    """Yield who passes each sub-criterion, of the displaced and of those in a solution."""
    families, passes = _by_situation(run["families"].isel(month=-1)), _by_situation(run["passes"].isel(assessed=-1))
    unknown = any(counts.hides(scenario, one) for one in ("all_families", "displaced"))
    for n, name in enumerate(map(str, run["criterion"].values)):
        for of, by, situations in _PASSED:
            part, whole = (sum(float(one) for one in each) for each in (
                (passes[situation][n] for situation in situations),
                (families[situation].sum() for situation in situations),
            ))  # fmt: skip
            hidden = unknown or counts.hides(scenario, f"passes={name}", by)
            yield "sub-criterion", name, of, scenario, _share(part, whole, hidden)


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


def costs_table(runs: Runs, counts: PublishedComparison) -> pd.DataFrame:
    """Return who pays what over the run: columns line (programme, care, shifted), name, scenario, usd."""
    rows: list[tuple[str, str, str, float]] = []
    for scenario, run in runs.items():
        last = run.isel(month=-1)
        if "programme" in last.dims:
            spent = {str(name): float(usd) / 100 for name, usd in zip(last["programme"].values, last["spent"].values)}
            hidden = {name: counts.hides(scenario, "served", f"programme={name}") for name in spent}
            rows += [("programme", name, scenario, np.nan if hidden[name] else usd) for name, usd in spent.items()]
        for name in CARE:
            hides = any(counts.hides(scenario, one, f"shelter={name}") for one in ("start", "displaced"))
            rows.append(("care", name, scenario, np.nan if hides else float(last["care"].sel(shelter=name))))
        rows += [("shifted", name, scenario, float(last[name])) for name in ("aid_withheld", "host_rent")]
    return pd.DataFrame(rows, columns=["line", "name", SCENARIO, "usd"])


def _joined(runs: Runs, table: Callable[[xr.Dataset], pd.DataFrame]) -> pd.DataFrame:
    return pd.concat([table(run).assign(scenario=name) for name, run in runs.items()], ignore_index=True)


def _by(trait: str, value: str) -> str:
    """Return what a published count of a trait is told apart by."""
    return ALL if trait == ALL else f"{trait}={value}"


def _by_situation(array: xr.DataArray) -> dict[str, npt.NDArray[np.float64]]:
    """Return a count by situation, over its other dimensions but areas."""
    summed = array.sum("area") if "area" in array.dims else array
    values = summed.transpose("situation", ...).values.astype(float).reshape(summed.sizes["situation"], -1)
    return dict(zip(map(str, summed["situation"].values), values))


def _share(part: float, whole: float, hidden: bool) -> float:
    """Return a part of some families per 100; NaN where it may not be told, or where there are none."""
    return float(rates([part], [whole], [hidden], [False])[0])
