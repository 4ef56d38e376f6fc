"""Commands on scenarios and results: list, check, run, resume, compare, show, new, doctor."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import (
    BAD_INPUT,
    FAULT,
    INTERRUPTED,
    MOST_SEED,
    Households,
    Months,
    Out,
    ScenarioName,
    ScenarioNames,
    Set,
    Threads,
    announce_compiling,
    app,
    complain,
    console,
    interruptible,
    list_written,
    loaded,
    say,
    slug,
)
from sim.schema.errors import InputError

if TYPE_CHECKING:
    from sim.experiments import Result


@app.command("list")
def list_scenarios() -> None:
    """List the scenarios that come with the package, with the question each asks."""
    from rich.padding import Padding
    from rich.text import Text

    from sim.library import scenario_names
    from sim.scenario import load_scenario

    screen = console()
    for name in scenario_names():
        spec = load_scenario(name).spec
        screen.print(Text(name, style="bold"))
        screen.print(Padding(Text(f"{spec.title}\n{spec.question.strip()}"), (0, 0, 1, 2)))


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files, or names from `sim list`.")],
) -> None:
    """Check scenario files with their tables, and say what is wrong where.

    Example: sim check my-scenario.yaml iraq/no-closure
    """
    from sim.data.boundaries import outlines
    from sim.experiments.run import prepared
    from sim.scenario.checks import outside_run

    failed = 0
    for file in files:
        try:
            compiled = prepared(file)
            if compiled.scenario.boundaries is not None:
                outlines(compiled.scenario.boundaries, compiled.geography.pcodes)
        except InputError as error:
            failed += 1
            complain(str(error))
        else:
            rows = len(compiled.households["id"])
            say(f"OK  {file}: {compiled.months} months, {rows:,} simulated households")
            for note in outside_run(compiled.scenario):
                say(f"note: {note}")
    if failed:
        raise typer.Exit(BAD_INPUT)


@app.command()
def run(
    scenario: ScenarioName,
    seed: Annotated[int, typer.Option(metavar="N", min=0, max=MOST_SEED, help="The luck of the run.")] = 0,
    households: Households = None,
    months: Months = None,
    threads: Threads = 1,
    out: Out = None,
    set_: Set = None,
    checkpoint_every: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="Keep the state every N months, for `sim resume` if interrupted."),
    ] = None,
) -> None:
    """Run one scenario once, print what came of it, and write a results folder.

    Example: sim run iraq/no-closure --seed 1 --months 24 --set parameters.choice.epoch=12
    """
    from sim.experiments.folder import refuse_foreign
    from sim.experiments.run import prepared
    from sim.experiments.run import run as run_scenario
    from sim.report.folder import save_run
    from sim.report.progress import progress

    chosen = loaded(scenario, set_)
    target = out or Path("results") / slug(chosen.name)
    refuse_foreign(target)
    announce_compiling()
    kept = None if checkpoint_every is None else target
    with interruptible(kept):
        compiled = prepared(chosen, households, months)
        with progress(console(stderr=True), compiled.months, "months") as bar:
            result = run_scenario(
                compiled, seed=seed, threads=threads, tick=bar.tick, checkpoint_every=checkpoint_every, checkpoint=kept
            )
        written = save_run(result, target)
    _show_run(result, written)


@app.command()
def resume(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="The results folder of an interrupted run.")],
    threads: Threads = 1,
) -> None:
    """Finish a run that was interrupted, from its last checkpoint, as if it had never stopped.

    The run must have been started with --checkpoint-every.

    Example: sim resume results/iraq-no-closure
    """
    from sim.experiments.checkpoint import open_checkpoint
    from sim.experiments.folder import refuse_foreign
    from sim.experiments.run import resume as resume_run
    from sim.report.folder import save_run
    from sim.report.progress import progress

    checkpoint = open_checkpoint(folder)
    refuse_foreign(folder)
    announce_compiling()
    left = checkpoint.account.spec.months - checkpoint.account.month
    with interruptible(folder):
        with progress(console(stderr=True), left, "months") as bar:
            result = resume_run(checkpoint, threads, bar.tick)
        written = save_run(result, folder)
    _show_run(result, written)


@app.command()
def compare(
    scenarios: ScenarioNames,
    seeds: Annotated[
        int, typer.Option(metavar="N", min=1, max=100_000, help="How many seeds to run every scenario with.")
    ] = 20,
    households: Households = None,
    months: Months = None,
    threads: Threads = 1,
    out: Out = None,
    set_: Set = None,
    full: Annotated[bool, typer.Option("--full", help="Print every table, not the first screen alone.")] = False,
    rank_by: Annotated[
        str, typer.Option(metavar="OUTCOME", help="What to rank scenarios by; never by returns.")
    ] = "sustained_whole",
) -> None:
    """Compare scenarios over the same seeds, print the comparison, and write a results folder.

    A camp closure is never compared alone: without closure, and with notice and alternatives, are added where missing.

    Example: sim compare iraq/no-closure iraq/closure-with-alternatives --seeds 10 --out results/closure
    """
    from sim.experiments.compare import compare as compare_scenarios
    from sim.experiments.compare import planned_runs
    from sim.experiments.folder import refuse_foreign
    from sim.outcomes import require_rankable
    from sim.report.folder import save_comparison
    from sim.report.progress import progress
    from sim.report.tables import comparison_tables

    require_rankable(rank_by)
    chosen = [loaded(name, set_) for name in scenarios]
    target = out or Path("results") / f"compare-{slug(chosen[0].name)}"
    refuse_foreign(target)
    announce_compiling()
    with interruptible():
        with progress(console(stderr=True), planned_runs(chosen, seeds), "runs") as bar:
            comparison = compare_scenarios(chosen, seeds, households, months, threads, bar.tick)
        written = save_comparison(comparison, target)
    screen = console()
    screen.print(comparison_tables(comparison, screen.width, full))
    for note in comparison.notes:
        say(f"\n{note}")
    list_written(written)
    if len(comparison.manifest["seeds"]) < seeds:
        raise typer.Exit(INTERRUPTED)


@app.command()
def show(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A results folder of a run or a comparison.")],
    full: Annotated[bool, typer.Option("--full", help="Print every table of a comparison.")] = False,
) -> None:
    """Print the tables of a results folder again.

    Example: sim show results/iraq-no-closure
    """
    from sim.report.folder import open_any, tables_of

    shown = open_any(folder)
    screen = console()
    screen.print(tables_of(shown, screen.width, full))
    for note in shown.notes:
        say(f"\n{note}")


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A folder that does not exist yet, or is empty.")],
    case: Annotated[
        str | None, typer.Option("--from", metavar="CASE", help="The shipped case to copy, instead of a small one.")
    ] = None,
) -> None:
    """Copy a shipped case with its tables and scenarios into a folder of your own, to edit.

    Example: sim new my-case --from iraq
    """
    from sim.experiments.new_case import new_case, next_steps

    typer.echo(next_steps(new_case(folder, case)))


@app.command()
def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print what was found as JSON.")] = False,
) -> None:
    """Show what is installed and where things are kept, and test that results are the expected ones.

    Example: sim doctor
    """
    from sim.experiments.doctor import examine
    from sim.report.doctor import doctor_json, doctor_page

    announce_compiling()
    found = examine()
    typer.echo(doctor_json(found) if as_json else doctor_page(found))
    if found.faults:
        raise typer.Exit(FAULT)


def _show_run(result: "Result", written: list[Path]) -> None:
    from sim.report.tables import run_tables

    screen = console()
    screen.print(run_tables(result, screen.width))
    for note in result.notes:
        say(f"\n{note}")
    say(f"\nstate hash {result.manifest['state_hash']}")
    list_written(written)
