"""Paired comparison of scenarios: the same households, the same luck, another policy."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sim.experiments.comparison_cells import HIGH, LOW
from sim.experiments.counterparts import loaded_all, warnings_on, with_counterparts
from sim.experiments.draws import as_written
from sim.experiments.folder import whole_folder
from sim.experiments.outcome_tables import outcome_tables
from sim.experiments.published import DIFFERENCES, LEVELS, PublishedComparison, published
from sim.experiments.record import DATA, ENDS, input_hashes, read_record, stamp, write_record
from sim.experiments.replicate import SERIES, Summary, Work, together
from sim.experiments.run import fitted
from sim.outcomes import HEADLINE, flags
from sim.scenario import Compiled, Scenario
from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
TABLES = "tables"
INTERVAL = "luck only; parameter uncertainty not included"
DRAWN = (*(f"{name}_rows" for name in ("families", "flows", "moves")), "changed", "changed_rows")  # published too


@dataclass(frozen=True)
class Comparison:
    """Scenarios run with the same seeds.

    Attributes
    ----------
    data : xarray.Dataset
        Series summed over places, and by scenario, seed and outcome ``outcome_value`` and ``outcome_rows``, the
        simulated households behind it.
    ends : xarray.Dataset
        The condensed run of every scenario and seed, from which tables of outcomes are made.
    manifest : dict
        What was compared, in what order, with which seeds, and the state hash of every run.
    resolved : dict
        Resolved scenarios by name.
    notes : tuple of str
        What the reader must be told: counterparts that were added, warnings.
    """

    data: xr.Dataset
    ends: xr.Dataset
    manifest: dict[str, Any]
    resolved: dict[str, Any]
    notes: tuple[str, ...]

    @property
    def scenarios(self) -> list[str]:
        """Names of the scenarios, the baseline first."""
        return [str(name) for name in self.data["scenario"].values]

    @property
    def titles(self) -> dict[str, str]:
        """Titles by name."""
        return dict(self.manifest["titles"])

    def table(self) -> pd.DataFrame:
        """Return every headline outcome of every scenario.

        Returns
        -------
        pandas.DataFrame
            Columns block, outcome, label, unit, scenario; mean, low, high (over seeds); rows (mean number of simulated
            households behind it, NaN where it counts none); difference, difference_low, difference_high (paired with
            the baseline seed by seed).
        """
        values, behind = self._by_outcome("outcome_value"), self._by_outcome("outcome_rows")
        rows = {key: float(numbers.mean()) for key, numbers in behind.items()}
        lines = []
        for outcome in HEADLINE:
            for name in self.scenarios:
                level, base = values[name, outcome.name], values[self.scenarios[0], outcome.name]
                lines.append(
                    (
                        outcome.block,
                        outcome.name,
                        outcome.label,
                        outcome.unit,
                        name,
                        *_spread(level),
                        float(rows[name, outcome.name]),
                        *_spread(level - base),
                    )
                )
        columns = ["block", "outcome", "label", "unit", "scenario", *LEVELS, "rows", *DIFFERENCES]
        return pd.DataFrame(lines, columns=columns)

    def _by_outcome(self, variable: str) -> dict[tuple[str, str], Float]:
        """Return a number a seed, by scenario and outcome."""
        numbers = self.data[variable].transpose("scenario", "outcome", "seed")
        outcomes = [str(name) for name in numbers["outcome"].values]
        return {
            (scenario, outcome): by_outcome[n]
            for scenario, by_outcome in zip(self.scenarios, numbers.values)
            for n, outcome in enumerate(outcomes)
        }

    def save(self, folder: str | Path) -> Path:
        """Write the comparison: data, tables, resolved scenarios, manifest; whole or not at all."""
        with whole_folder(Path(folder)) as draft:
            self.write(draft)
        return Path(folder)

    def write(self, draft: Path) -> None:
        """Write every file into a folder that exists."""
        manifest = {**self.manifest, "notes": list(self.notes)}
        files = {DATA: self.data, ENDS: self.ends}
        write_record(draft, files, self.published, "comparison", self.resolved, manifest)
        self.write_tables(draft)

    def write_tables(self, draft: Path) -> None:
        """Write the published tables of outcomes into a folder that exists."""
        (draft / TABLES).mkdir()
        for name, table in self.tables.items():
            table.to_csv(draft / TABLES / f"{name}.csv", index=False, float_format="%.8g")

    @cached_property
    def mean_ends(self) -> dict[str, xr.Dataset]:
        """The mean over seeds of the condensed runs of every scenario."""
        means = self.ends.mean("seed")
        return {name: means.sel(scenario=name) for name in self.scenarios}

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Published tables of outcomes beside the headline; see `sim.experiments.outcome_tables`."""
        return outcome_tables(self.mean_ends, self.published_counts)

    @property
    def published(self) -> pd.DataFrame:
        """The table as it may be published."""
        return self.published_counts.table

    @cached_property
    def published_counts(self) -> PublishedComparison:
        """All counts of tables and figures as they may be published, judged together."""
        return published(self.table(), self.mean_ends, self.data)

    @cached_property
    def flags(self) -> dict[str, list[str]]:
        """What the gain of a scenario over the baseline rests on, for those where that speaks against it."""
        means = self.data["outcome_value"].mean("seed")
        outcomes = [str(name) for name in means["outcome"].values]
        values = {name: dict(zip(outcomes, means.sel(scenario=name).values.tolist())) for name in self.scenarios}
        base = values[self.scenarios[0]]
        own = {name: set(self.kinds(name)) - set(self.kinds(self.scenarios[0])) for name in self.scenarios}
        found = {name: flags(values[name], base, own[name]) for name in self.scenarios[1:]}
        return {name: words for name, words in found.items() if words}

    def kinds(self, name: str) -> list[str]:
        """Return the kinds of the programmes of a scenario."""
        return [str(programme["kind"]) for programme in self.resolved[name].get("programmes", {}).values()]


def compare(
    scenarios: Sequence[str | Path | Scenario],
    seeds: int | Sequence[int] = 20,
    households: int | None = None,
    months: int | None = None,
    threads: int = 1,
    tick: Callable[[], None] | None = None,
    counterparts: bool = True,
) -> Comparison:
    """Run scenarios with the same seeds and pair them.

    Parameters
    ----------
    scenarios : sequence of str, Path or Scenario
        The first is the baseline. Where a camp closure is among them, its counterparts without closure and
        with notice and alternatives are added if missing, and the result says so.
    seeds : int or sequence of int
        How many, counted from 0, or which.
    households, months, threads
        As in :func:`sim.run`.
    tick : callable, optional
        Called after every run.
    counterparts : bool
        False compares exactly what is named.

    Returns
    -------
    Comparison
        Interrupted with Ctrl-C it holds the seeds that every scenario finished, and says so.
    """
    chosen = chosen_seeds(seeds)
    named, notes = lined_up(scenarios, households, months, counterparts)
    work = Work(named, as_written(), tuple(chosen))
    compiled = {scenario.name: work.compiled(scenario, 0) for scenario in work.scenarios}
    notes += sizes(compiled)
    finished = _run_all(work, threads, tick)
    notes += [note for note in dict.fromkeys(note for one in finished for note in one.notes) if note not in notes]
    if len(finished) < len(chosen):
        notes.append(f"Interrupted: {len(finished)} of {len(chosen)} seeds finished.")
    parts, manifest = together(finished, chosen[: len(finished)]), _manifest(compiled, finished, chosen)
    return Comparison(parts[DATA], parts[ENDS], manifest, _resolved(compiled), tuple(notes))


def chosen_seeds(seeds: int | Sequence[int]) -> list[int]:
    """Return the seeds that are meant: so many, counted from 0, or these."""
    chosen = list(range(seeds)) if isinstance(seeds, int) else [int(seed) for seed in seeds]
    if not chosen:
        raise InputError("at least one seed is needed", key="--seeds", value=seeds)
    _refuse_twice("seed", chosen)
    return chosen


def lined_up(
    scenarios: Sequence[str | Path | Scenario], households: int | None, months: int | None, counterparts: bool
) -> tuple[tuple[Scenario, ...], list[str]]:
    """Return the scenarios to compare, the baseline first, and what the reader must be told of them."""
    if not scenarios:
        raise InputError("name at least one scenario to compare")
    loaded, notes = with_counterparts(scenarios) if counterparts else _as_named(scenarios)
    _refuse_twice("scenario", [scenario.name for scenario in loaded])
    named = tuple(fitted(scenario, households, months) for scenario in loaded)
    _refuse_mixed(named)
    return named, notes


def planned_runs(scenarios: Sequence[str | Path | Scenario], seeds: int, counterparts: bool = True) -> int:
    """Return how many runs a comparison makes, counterparts included."""
    loaded = with_counterparts(scenarios)[0] if counterparts else loaded_all(scenarios)
    return len(loaded) * seeds


def open_comparison(folder: str | Path) -> Comparison:
    """Open a saved comparison."""
    wanted = {DATA: ("outcome_value", "outcome_rows", *SERIES, *DRAWN), ENDS: ("sustained_whole", "by_group", "passes")}
    (data, ends), manifest, resolved = read_record(Path(folder), "comparison", wanted)
    return Comparison(data, ends.load(), manifest, resolved, tuple(manifest.get("notes", ())))


def _as_named(scenarios: Sequence[str | Path | Scenario]) -> tuple[list[Scenario], list[str]]:
    loaded = loaded_all(scenarios)
    return loaded, warnings_on(loaded)


def _refuse_twice(kind: str, names: Sequence[int | str]) -> None:
    """Refuse a seed or a scenario name that appears twice: one would silently stand for both."""
    for at, name in enumerate(names):
        if name in names[:at]:
            allowed = "each once; a changed copy needs another file name" if kind == "scenario" else "each once"
            raise InputError(f"the same {kind} appears twice", value=name, allowed=allowed)


def _refuse_mixed(scenarios: Sequence[Scenario]) -> None:
    spans = {(one.spec.start, one.spec.months) for one in scenarios}
    if len(spans) > 1:
        found = ", ".join(f"{start} + {months} months" for start, months in sorted(spans))
        raise InputError("the scenarios cover different months", value=found, allowed="the same start and months")


def sizes(compiled: dict[str, Compiled]) -> list[str]:
    """Return a note where scenarios do not hold the same families: levels are not of the same people then."""
    families = {name: int(one.households["weight"].sum()) for name, one in compiled.items()}
    if len(set(families.values())) == 1:
        return []
    found = ", ".join(f"{compiled[name].scenario.spec.title}: {number:,}" for name, number in families.items())
    return [
        f"The scenarios do not hold the same number of families ({found}); those who arrive or are displaced anew "
        "are in all counts. Simulated households are given for the first scenario."
    ]


def _run_all(work: Work, threads: int, tick: Callable[[], None] | None) -> list[Summary]:
    """Run one seed after the other, so that an interruption leaves whole pairs."""
    finished: list[Summary] = []
    try:
        for number in range(len(work)):
            finished.append(work.run(number, threads, tick))
    except KeyboardInterrupt:
        if not finished:
            raise
    return finished


def _manifest(compiled: dict[str, Compiled], finished: list[Summary], seeds: list[int]) -> dict[str, Any]:
    return {
        **about(compiled),
        "seeds": seeds[: len(finished)],
        "interval": f"{LOW:.0%} to {HIGH:.0%} over {len(finished)} seeds: {INTERVAL}",
        "state_hash": {name: [one.state_hashes[n] for one in finished] for n, name in enumerate(compiled)},
    }


def about(compiled: dict[str, Compiled]) -> dict[str, Any]:
    """Return what a manifest says of compared scenarios, whatever runs there are of them."""
    one = next(iter(compiled.values()))
    return {
        **stamp("comparison"),
        "baseline": next(iter(compiled)),
        "titles": {name: item.scenario.spec.title for name, item in compiled.items()},
        "start": one.scenario.spec.start,
        "months": one.months,
        "rows": len(one.households["id"]),
        "inputs": {name: digest for item in compiled.values() for name, digest in input_hashes(item.scenario).items()},
    }


def _resolved(compiled: dict[str, Compiled]) -> dict[str, Any]:
    return {name: one.scenario.spec.model_dump(mode="json") for name, one in compiled.items()}


def _spread(values: np.ndarray[Any, Any]) -> tuple[float, float, float]:
    return float(values.mean()), float(np.quantile(values, LOW)), float(np.quantile(values, HIGH))
