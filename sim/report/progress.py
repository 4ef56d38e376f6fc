"""Progress on the terminal, for work that takes longer than two seconds."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

PATIENCE = 2.0  # seconds before a bar appears


class Bar:
    """A bar that appears when the first steps took longer than PATIENCE; ``tick`` counts one step."""

    def __init__(self, console: Console, steps: int, unit: str) -> None:
        columns = (TextColumn(unit), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task(unit, total=steps)
        self._began, self._shown = time.monotonic(), False

    def tick(self) -> None:
        """Count one step."""
        self._progress.advance(self._task)
        if not self._shown and time.monotonic() - self._began > PATIENCE:
            self._progress.start()
            self._shown = True

    def close(self) -> None:
        """Take the bar away."""
        if self._shown:
            self._progress.stop()


@contextmanager
def progress(console: Console, steps: int, unit: str) -> Iterator[Bar]:
    """Yield a bar over a number of steps and take it away at the end, whatever happens."""
    bar = Bar(console, steps, unit)
    try:
        yield bar
    finally:
        bar.close()


@contextmanager
def spinner(console: Console, unit: str) -> Iterator[Callable[[], None]]:
    """Yield what counts steps of which nobody knows how many there are, shown while they last."""
    with Progress(SpinnerColumn(), TextColumn("{task.completed:.0f} " + unit), console=console, transient=True,
                  disable=not console.is_terminal) as shown:  # fmt: skip
        task = shown.add_task(unit, total=None)
        yield lambda: shown.advance(task)
