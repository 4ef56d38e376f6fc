"""Commands: parse, call, print. Everything heavy is imported when a command needs it, so that help is quick."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

try:
    import typer

    from sim.schema.errors import InputError
except KeyboardInterrupt:  # Ctrl-C before there is a command to end
    raise SystemExit(130) from None

if TYPE_CHECKING:
    from rich.console import Console

    from sim.experiments import Result
    from sim.scenario import Scenario

FAULT, BAD_INPUT, INTERRUPTED = 1, 2, 130
MOST_SEED = 2**32 - 1
COMPILING = "Compiling the model, about half a minute, once ..."

app = typer.Typer(
    name="sim",
    help="""Compare what durable solutions follow for displaced households under different interventions.

    Output is a scenario, not a forecast. Start with:

    sim list

    sim compare iraq/no-closure iraq/closure-no-notice iraq/closure-with-alternatives --seeds 5""",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

ScenarioName = Annotated[str, typer.Argument(metavar="SCENARIO", help="A name from `sim list`, or a .yaml file.")]
ScenarioNames = Annotated[
    list[str], typer.Argument(metavar="SCENARIO", help="Names or .yaml files; the first is the baseline.")
]
Households = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Simulated households to aim at, instead of the scenario's.")
]
Months = Annotated[int | None, typer.Option(metavar="N", min=1, help="Months to simulate, instead of the scenario's.")]
Threads = Annotated[
    int, typer.Option(metavar="N", min=1, max=1024, help="Threads to use; results do not depend on it.")
]
Out = Annotated[
    Path | None, typer.Option(metavar="FOLDER", help="Results folder. Default: results/ and the scenario's name.")
]
Set = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Change a value of the scenario; can be repeated."),
]


@app.command("list")
def list_scenarios() -> None:
    """List the scenarios that come with the package, with the question each asks."""
    from rich.padding import Padding
    from rich.text import Text

    from sim.library import scenario_names
    from sim.scenario import load_scenario

    console = _console()
    for name in scenario_names():
        spec = load_scenario(name).spec
        console.print(Text(name, style="bold"))
        console.print(Padding(Text(f"{spec.title}\n{spec.question.strip()}"), (0, 0, 1, 2)))


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE", help="Scenario files, or names from `sim list`.")],
) -> None:
    """Check scenario files with their tables, and say what is wrong where.

    Example: sim check my-scenario.yaml iraq/no-closure
    """
    from sim.experiments.run import prepared
    from sim.scenario.checks import outside_run

    failed = 0
    for file in files:
        try:
            compiled = prepared(file)
        except InputError as error:
            failed += 1
            _complain(str(error))
        else:
            rows = len(compiled.households["id"])
            _say(f"OK  {file}: {compiled.months} months, {rows:,} simulated households")
            for note in outside_run(compiled.scenario):
                _say(f"note: {note}")
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

    loaded = _loaded(scenario, set_)
    target = out or Path("results") / _slug(loaded.name)
    refuse_foreign(target)
    _announce_compiling()
    kept = None if checkpoint_every is None else target
    with _interruptible(kept):
        compiled = prepared(loaded, households, months)
        with progress(_console(stderr=True), compiled.months, "months") as bar:
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
    _announce_compiling()
    left = checkpoint.account.spec.months - checkpoint.account.month
    with _interruptible(folder):
        with progress(_console(stderr=True), left, "months") as bar:
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
    loaded = [_loaded(name, set_) for name in scenarios]
    target = out or Path("results") / f"compare-{_slug(loaded[0].name)}"
    refuse_foreign(target)
    _announce_compiling()
    with _interruptible():
        with progress(_console(stderr=True), planned_runs(loaded, seeds), "runs") as bar:
            comparison = compare_scenarios(loaded, seeds, households, months, threads, bar.tick)
        written = save_comparison(comparison, target)
    console = _console()
    console.print(comparison_tables(comparison, console.width, full))
    for note in comparison.notes:
        _say(f"\n{note}")
    _list_written(written)
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
    console = _console()
    console.print(tables_of(shown, console.width, full))
    for note in shown.notes:
        _say(f"\n{note}")


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

    _announce_compiling()
    found = examine()
    typer.echo(doctor_json(found) if as_json else doctor_page(found))
    if found.faults:
        raise typer.Exit(FAULT)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line: bad input ends with one message and exit code 2, Ctrl-C with 130, without a traceback."""
    try:
        app(arguments)
    except KeyboardInterrupt:  # a second Ctrl-C, while the first was being answered
        sys.exit(INTERRUPTED)
    except InputError as error:
        _complain(str(error))
        sys.exit(BAD_INPUT)
    except OSError as error:  # a disk or a folder that failed where nothing below expected it
        _complain(str(InputError(f"cannot be used: {error.strerror or error}", file=error.filename)))
        sys.exit(BAD_INPUT)
    except MemoryError:
        _complain("there is not enough memory for this; ask for fewer --households or --months")
        sys.exit(BAD_INPUT)
    finally:
        if arguments is None:  # this process ends now, and nothing is left to interrupt
            signal.signal(signal.SIGINT, signal.SIG_IGN)


def _loaded(name: str, changes: list[str] | None) -> "Scenario":
    from sim.scenario import load_scenario
    from sim.scenario.load import parse_override

    overrides: dict[str, Any] = {}
    for path, value in map(parse_override, changes or []):
        if path in overrides:
            raise InputError("the same path is set twice", key=f"--set {path}", value=value)
        overrides[path] = value
    return load_scenario(name, overrides)


def _show_run(result: "Result", written: list[Path]) -> None:
    from sim.report.tables import run_tables

    console = _console()
    console.print(run_tables(result, console.width))
    for note in result.notes:
        _say(f"\n{note}")
    _say(f"\nstate hash {result.manifest['state_hash']}")
    _list_written(written)


def _announce_compiling() -> None:
    from sim.kernels.compile import is_compiled

    if not is_compiled():
        _say(COMPILING, stderr=True)


@contextmanager
def _interruptible(kept: Path | None = None) -> Iterator[None]:
    """End with exit code 130 when interrupted; ``kept`` is the results folder of a run with checkpoints."""
    try:
        yield
    except KeyboardInterrupt:
        from sim.experiments.checkpoint import is_kept

        if kept is not None and is_kept(kept):
            _say(f"Interrupted. The last checkpoint is kept; finish the run with:\n\n  sim resume {kept}", stderr=True)
        else:
            _say("Interrupted; nothing was finished, nothing is written.", stderr=True)
        raise typer.Exit(INTERRUPTED) from None


def _console(stderr: bool = False) -> "Console":
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def _say(text: str, stderr: bool = False) -> None:
    _console(stderr).print(text, markup=False, soft_wrap=stderr)


def _complain(text: str) -> None:
    from rich.text import Text

    _console(stderr=True).print(Text.assemble(("error: ", "bold red"), text), soft_wrap=True)


def _list_written(paths: list[Path]) -> None:
    _say("\nWritten:")
    for path in paths:
        _console().print(f"  {path}", markup=False, soft_wrap=True)


def _slug(name: str) -> str:
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())


if __name__ == "__main__":
    main()
