"""What all commands share: the application, the words of their options, and how they speak."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.schema.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

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


def loaded(name: str, changes: list[str] | None) -> "Scenario":
    """Return a scenario by name or file, with what ``--set`` changes."""
    from sim.scenario import load_scenario
    from sim.scenario.load import parse_override

    overrides: dict[str, Any] = {}
    for path, value in map(parse_override, changes or []):
        if path in overrides:
            raise InputError("the same path is set twice", key=f"--set {path}", value=value)
        overrides[path] = value
    return load_scenario(name, overrides)


def announce_compiling() -> None:
    """Say that the model is being compiled, where it has to be."""
    from sim.kernels.compile import is_compiled

    if not is_compiled():
        say(COMPILING, stderr=True)


@contextmanager
def interruptible(kept: Path | None = None) -> Iterator[None]:
    """End with exit code 130 when interrupted; ``kept`` is the results folder of a run with checkpoints."""
    try:
        yield
    except KeyboardInterrupt:
        from sim.experiments.checkpoint import is_kept

        if kept is not None and is_kept(kept):
            say(f"Interrupted. The last checkpoint is kept; finish the run with:\n\n  sim resume {kept}", stderr=True)
        else:
            say("Interrupted; nothing was finished, nothing is written.", stderr=True)
        raise typer.Exit(INTERRUPTED) from None


def console(stderr: bool = False) -> "Console":
    """Return where tables go, or progress and complaints."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False)


def say(text: str, stderr: bool = False) -> None:
    """Print plain text."""
    console(stderr).print(text, markup=False, soft_wrap=stderr)


def complain(text: str) -> None:
    """Print the one message that bad input ends with."""
    from rich.text import Text

    console(stderr=True).print(Text.assemble(("error: ", "bold red"), text), soft_wrap=True)


def list_written(paths: list[Path]) -> None:
    """Print what was written."""
    say("\nWritten:")
    for path in paths:
        console().print(f"  {path}", markup=False, soft_wrap=True)


def slug(name: str) -> str:
    """Return a name as part of a file name."""
    return "-".join("".join(c if c.isalnum() else " " for c in name.lower()).split())
