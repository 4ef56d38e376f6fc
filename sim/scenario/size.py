"""How much memory a run needs, before any of it is taken."""

import os

from sim.data.case_tables import CaseTables
from sim.kernels.codes import GATES, INTENTIONS, MOVE_CLASSES, SITUATIONS
from sim.kernels.tally import GROUPS
from sim.scenario.load import Scenario
from sim.scenario.paths import month_index
from sim.schema.case import Arrivals
from sim.schema.errors import InputError

BYTES_PER_ROW = 400  # measured: 325 at the peak of a run of 436,000 rows
BYTES_PER_NUMBER = 8
WITH_ROWS = 2  # every count of people stands beside the rows it comes from
MOST_COHORT = 2**32  # households of a cohort are numbered in 32 bits


def check_size(scenario: Scenario, tables: CaseTables) -> None:
    """Refuse a run that does not fit into the memory of this machine, and a cohort that cannot be numbered.

    Raises
    ------
    InputError
        With the memory needed and what there is.
    """
    for name, entry in scenario.spec.arrivals.items():
        if _numbers(scenario, entry) > MOST_COHORT:
            message = "has too many simulated households over its months"
            key = ("arrivals", name, "rows_per_month")
            raise scenario.document.error(message, *key, value=entry.rows_per_month)
    rows, there = rows_of(scenario, tables), memory_here()
    needed = memory_needed(scenario, len(tables.areas), rows)
    if needed > there:
        message = f"the run needs about {needed / 2**30:,.1f} GiB of memory, for {rows:,} simulated households"
        file, line = scenario.document.place(("rows",))
        raise InputError(message, file=file, line=line, key="rows", allowed=f"what fits into {there / 2**30:,.1f} GiB")


def rows_of(scenario: Scenario, tables: CaseTables) -> int:
    """Return how many simulated households there can be at most, about."""
    spec = scenario.spec
    once = tables.displaced["margin"].to_numpy() == "origin"  # every margin holds all families
    families = int(tables.displaced["families"].to_numpy()[once].sum())
    at_start = families if spec.rows is None else min(families, spec.rows)
    arriving = sum(_per_month(entry) * _months(scenario, entry) for entry in spec.arrivals.values())
    return at_start + arriving + sum(min(shock.rows, shock.hosts) for shock in spec.shocks.values())


def memory_needed(scenario: Scenario, areas: int, rows: int) -> int:
    """Return the bytes of households, and of what is recorded of every month, about."""
    spec = scenario.spec
    by_origin_and_area = 2 * len(SITUATIONS) * areas**2  # families, persons
    blocked = 3 * len(INTENTIONS) * areas * len(GATES)
    moves = 3 * len(MOVE_CLASSES) * len(INTENTIONS) * GROUPS
    by_month = WITH_ROWS * (by_origin_and_area + blocked + moves) + 2 * len(spec.programmes)
    return rows * BYTES_PER_ROW + (spec.months + 1) * by_month * BYTES_PER_NUMBER


def _per_month(entry: Arrivals) -> int:
    return min(entry.rows_per_month, entry.families_per_month)


def _span(scenario: Scenario, entry: Arrivals) -> tuple[int, int]:
    """Return the first month of a cohort, and the one after its last in the run, from the start of the run."""
    last = month_index(scenario, entry.last_month or entry.first_month)
    return month_index(scenario, entry.first_month), min(last + 1, scenario.spec.months)


def _months(scenario: Scenario, entry: Arrivals) -> int:
    first, stop = _span(scenario, entry)
    return max(0, stop - max(0, first))


def _numbers(scenario: Scenario, entry: Arrivals) -> int:
    first, stop = _span(scenario, entry)
    return (stop - first) * _per_month(entry)


def memory_here() -> int:
    """Return the memory of this machine in bytes, or what is usual where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):  # Windows
        return 16 * 2**30
