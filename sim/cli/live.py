"""The command that opens the live what-if page."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import Households, app, console, say
from sim.schema.errors import InputError

if TYPE_CHECKING:
    from sim.live.engine import Size
    from sim.live.pack import OpenPack
    from sim.scenario import Scenario

PORT, SEEDS, ROWS, QUICK_ROWS = 8765, 8, 5000, 1500


@app.command()
def live(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="CASE|SCENARIO", help="A case, a name from `sim list`, or a .yaml file: the baseline."),
    ] = None,
    pack: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A workshop pack, instead of the one shipped with the case.")
    ] = None,
    all_levers: Annotated[
        bool, typer.Option("--all-levers", help="Every lever there is, instead of those of a workshop pack.")
    ] = False,
    seeds: Annotated[int, typer.Option(metavar="N", min=2, max=200, help="Runs behind a full result.")] = SEEDS,
    households: Households = None,
    port: Annotated[int, typer.Option(metavar="N", min=0, max=65535, help="Where to serve; 0: any free port.")] = PORT,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    offline_check: Annotated[
        bool, typer.Option("--offline-check", help="Check that the page asks for nothing from elsewhere, and end.")
    ] = False,
) -> None:
    """Open a page on this machine where a room moves levers and sees at once what changes, for whom, who is harmed.

    It needs no internet, and only this machine can open it. Ctrl-C ends it; settings live in the address of the page.

    Example: sim live valley
    """
    _require_extra()
    from sim.live.forking import load_ahead

    if not offline_check:
        load_ahead()
    from sim.live.offline import checked_page
    from sim.live.serving import serve

    if offline_check:
        for line in checked_page():
            say(line)
        return
    baseline, opened = baseline_and_pack(scenario, pack, all_levers)
    _compiled_with_bar()
    serve(baseline, opened, size_for(baseline, seeds, households), port, say, open_browser=browser)


def size_for(scenario: "Scenario", seeds: int, households: int | None) -> "Size":
    """Return how much is run for a result: as many households as asked for, else at most what a room can wait for."""
    from sim.live.engine import Size

    own = scenario.spec.rows
    return Size(seeds, ROWS if households is None and (own is None or own > ROWS) else households, QUICK_ROWS)


def _require_extra() -> None:
    try:
        import starlette  # noqa: F401
        import uvicorn  # noqa: F401
    except ImportError:
        allowed = "pip install 'solutions-sim[live]', once, with internet"
        raise InputError("the live page needs two more packages", key="live", allowed=allowed) from None


def baseline_and_pack(name: str | None, pack: Path | None, every: bool) -> "tuple[Scenario, OpenPack | None]":
    """Return the baseline and the pack: that of the case, unless another is named or every lever is wanted.

    A pack says which baseline a room starts from; a scenario that is named goes before it.
    """
    from sim.library import first_case
    from sim.live.pack import pack_for
    from sim.scenario import load_scenario

    if pack is not None and every:
        raise InputError("a pack says which levers are shown", key="--all-levers", allowed="without --pack")
    wanted = name or ("" if pack is not None else first_case())
    opened = None if every else pack_for(wanted, pack)
    if opened is not None and (pack is None or name is None):
        wanted = opened.pack.scenario
    return load_scenario(wanted), opened


def _compiled_with_bar() -> None:
    """Compile the model before the room comes in, with a bar that shows how far it is."""
    from sim.experiments.warm import ENTRIES, compiling, is_warm

    if is_warm():
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(stderr=True)) as bar:
        task = bar.add_task("Compiling the model, once on this machine", total=ENTRIES)
        for done in compiling():
            bar.update(task, completed=done)
