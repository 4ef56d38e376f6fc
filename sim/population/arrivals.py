"""Cohorts that enter during a run: their households are numbered by cohort, so none renumbers another."""

import hashlib

import numpy as np
import numpy.typing as npt

from sim.schema.base import month_number
from sim.schema.case import Arrivals, Shock

Columns = dict[str, npt.NDArray[np.generic]]


def cohort_number(name: str, kind: str = "cohort") -> int:
    """Return the number of a cohort, 1 to 2**31 - 1, from its name alone; 0 is the population at the start."""
    digest = hashlib.blake2b(f"{kind}:{name}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little") % (2**31 - 1) + 1


def spread(families: int, rows: int) -> npt.NDArray[np.int64]:
    """Return whole weights of at most ``rows`` rows that add up to ``families``, as equal as can be."""
    rows = min(rows, families)
    weight, extra = divmod(families, rows)
    return np.full(rows, weight, np.int64) + (np.arange(rows) < extra)


def arriving(name: str, entry: Arrivals, start: str, months: int) -> Columns:
    """Return the placed columns of one cohort: id, weight, arrival, and what the entry says by name.

    Months before the start of the run are left out; so are those after its end.
    """
    first = month_number(entry.first_month) - month_number(start)
    last = first if entry.last_month is None else month_number(entry.last_month) - month_number(start)
    weights = spread(entry.families_per_month, entry.rows_per_month)
    when = [month for month in range(first, last + 1) if 0 <= month < months]
    index = (np.array(when, np.int64)[:, None] - first) * len(weights) + np.arange(len(weights))
    identity = np.uint64(cohort_number(name) << 32) + index.ravel().astype(np.uint64)
    return {
        "id": identity,
        "weight": np.tile(weights, len(when)),
        "arrival": np.repeat(np.array(when, np.int64), len(weights)),
    }


def driven_out(name: str, shock: Shock, month: int) -> Columns:
    """Return the placed columns of the hosts whom a shock drives out: id, weight, arrival."""
    weights = spread(shock.hosts, shock.rows)
    cohort = np.uint64(cohort_number(name, "hosts of a shock") << 32)
    return {
        "id": cohort + np.arange(len(weights), dtype=np.uint64),
        "weight": weights,
        "arrival": np.full(len(weights), month, np.int64),
    }
