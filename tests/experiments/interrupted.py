"""Small scenarios in which everything that a checkpoint keeps is used, and runs that are stopped on the way."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import sim
from sim.scenario import Scenario, load_scenario

ROWS, MONTHS, SEED = 5000, 6, 3


class Stopped(Exception):
    """Raised in the middle of a run."""


def with_books() -> Scenario:
    """Return camps that close after a notice, with programmes whose places bind at once and whose money runs out."""
    window = {"first_month": "2018-01", "last_month": "2018-05"}
    changes: dict[str, Any] = {
        "rows": ROWS,
        "months": MONTHS,
        "programmes.close_camps.closing_month": "2018-04",
        "programmes.close_camps.notice_months": 2,
    }
    for name, places in (("convoys", 130), ("return_grant", 90), ("rent_subsidy", 75)):
        changes |= {f"programmes.{name}.window": window, f"programmes.{name}.places_per_month": places}
    changes["programmes.return_grant.budget"] = 500_000.0
    return load_scenario("iraq/closure-with-alternatives", changes)


def as_happened() -> Scenario:
    """Return the replay of 2018, with arrivals from February on."""
    return load_scenario("iraq/as-happened", {"rows": ROWS, "months": MONTHS})


def stop_after(month: int, each: Callable[[int], None] = lambda _: None) -> Callable[[], None]:
    """Return a tick that calls ``each(month)`` and stops the run after a month."""
    lived = []

    def tick() -> None:
        lived.append(None)
        each(len(lived))
        if len(lived) == month:
            raise Stopped

    return tick


def interrupted(scenario: Scenario, folder: Path, month: int, every: int = 1) -> Path:
    """Run into a folder until after a month; return the checkpoint that is left."""
    try:
        sim.run(scenario, SEED, tick=stop_after(month), checkpoint_every=every, checkpoint=folder)
    except Stopped:
        return folder.with_name(f"{folder.name}.checkpoint")
    raise AssertionError("the run was not stopped")
