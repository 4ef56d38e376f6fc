"""Experiments: scenarios x parameter draws x seeds, kept in a store as they finish, and finished when asked again."""

from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sim.experiments.compare import Comparison, about, chosen_seeds, lined_up, sizes
from sim.experiments.comparison_cells import HIGH, LOW
from sim.experiments.draws import Draws, as_written
from sim.experiments.executors import Executor, Serial
from sim.experiments.record import DATA, ENDS
from sim.experiments.replicate import REPLICATE, Summary, Work
from sim.experiments.store import Store, is_store, open_store
from sim.experiments.store_writer import create, writing
from sim.scenario import Scenario
from sim.schema.errors import InputError

LUCK = "luck only; parameter uncertainty not included"


INTERRUPTION = "interrupted"  # stands for what Ctrl-C left undone


@dataclass(frozen=True)
class Ended:
    """How an experiment ended: what is finished, and what was wrong with the rest."""

    store: Store
    failures: tuple[str, ...]


def experiment(
    scenarios: Sequence[str | Path | Scenario],
    folder: str | Path,
    draws: Draws | None = None,
    seeds: int | Sequence[int] = 1,
    households: int | None = None,
    months: int | None = None,
    executor: Executor | None = None,
    counterparts: bool = True,
    tick: Callable[[], None] | None = None,
) -> Ended:
    """Run what is missing of an experiment and keep it.

    Parameters
    ----------
    scenarios : sequence of str, Path or Scenario
        The first is the baseline; counterparts of a closure are added as `sim.compare` does.
    folder : str or Path
        The store: a new folder, or the one of this experiment, of which only what is missing is run. More seeds
        after its own make it larger.
    draws : Draws, optional
        Values of uncertain parameters, the same for every scenario; by default parameters as they are written.
    seeds : int or sequence of int
        How many, counted from 0, or which; every draw is run with each.
    households, months
        As in :func:`sim.run`.
    executor : Executor, optional
        Who runs replicates; one after the other by default. What is kept does not depend on it.
    counterparts : bool
        False runs exactly what is named.
    tick : callable, optional
        Called for every replicate, at once for those that were finished before.

    Returns
    -------
    Ended
        Interrupted with Ctrl-C, or with replicates that failed, it holds what is finished.
    """
    named, notes = lined_up(scenarios, households, months, counterparts)
    work = Work(named, draws or as_written(), tuple(chosen_seeds(seeds)))
    _refuse_levers(work)
    store, first = _opened(Path(folder), work, notes)
    tick = tick or (lambda: None)
    failures: list[str] = []
    with writing(store, work) as writer:
        if first is not None:
            writer.add(0, first)
        for _ in store.finished:
            tick()
        try:
            with closing((executor or Serial()).finished(work, store.missing)) as ended:
                for done in ended:
                    if done.summary is None:
                        failures.append(done.error)
                    else:
                        writer.add(done.number, done.summary)
                    tick()
        except KeyboardInterrupt:
            failures.append(INTERRUPTION)
    return Ended(store, tuple(failures))


def _opened(folder: Path, work: Work, notes: list[str]) -> tuple[Store, Summary | None]:
    """Return the store of an experiment, and its first replicate where it is new."""
    if is_store(folder):
        return open_store(folder), None
    compiled = {scenario.name: work.compiled(scenario, 0) for scenario in work.scenarios}
    more = {**about(compiled), "kind": "experiment", "notes": [*notes, *sizes(compiled)]}
    first = work.run(0)
    return create(folder, work, more, first), first


def _refuse_levers(work: Work) -> None:
    """Refuse an uncertain parameter that scenarios differ in: its draws would undo the difference."""
    for key in work.draws.keys:
        found = {repr(scenario.value(key)) for scenario in work.scenarios}
        if len(found) > 1:
            message = "is uncertain, and differs between the scenarios; it can be one of the two"
            raise InputError(message, key=key, value=", ".join(sorted(found)))


def comparison_of(store: Store) -> Comparison:
    """Return what is finished of an experiment as a comparison over its replicates.

    Raises
    ------
    InputError
        Where nothing is finished yet.
    """
    if not store.finished:
        raise InputError("nothing is finished yet", file=store.folder)
    manifest, numbers = store.manifest, sorted(store.finished)
    parts = store.parts()
    draws, seeds = int(manifest["draws"]["count"]), list(manifest["seeds"])
    places = [divmod(number, draws) for number in numbers]
    where = {
        "draw": (REPLICATE, [draw for _, draw in places]),
        "luck": (REPLICATE, [seeds[turn] for turn, _ in places]),
    }
    data, ends = (parts[name].assign_coords(where) for name in (DATA, ENDS))
    hashes = store.state_hashes()
    more = {
        "seeds": numbers,
        "interval": f"{LOW:.0%} to {HIGH:.0%} over {len(numbers)} replicates: {_covered(manifest)}",
        "state_hash": {name: hashes[:, n].tolist() for n, name in enumerate(manifest["titles"])},
    }
    notes = dict.fromkeys(
        [*manifest["notes"], *(note for number in numbers for note in store.finished[number]["notes"])]
    )
    if store.missing:
        notes[f"{len(numbers)} of {store.planned} replicates are finished."] = None
    return Comparison(data, ends, {**manifest, "kind": "comparison", **more}, manifest["resolved"], tuple(notes))


def _covered(manifest: dict[str, object]) -> str:
    draws: dict[str, object] = manifest["draws"]  # type: ignore[assignment]
    return f"luck, and {draws['origin']}" if draws["keys"] else LUCK
