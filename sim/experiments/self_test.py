"""Whether this installation gives the results it should: one run on one and on two threads, against a kept answer.

The answer stands in ``self_test.json``, with the run it is the answer to; ``make golden`` writes it anew.
"""

import json
import platform
import time
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from sim.experiments.run import prepared, run
from sim.kernels.compile import cpu_name
from sim.scenario import Compiled

EXPECTED = Path(__file__).parent / "self_test.json"
THREADS = (1, 2)
SETTINGS = ("scenario", "households", "months", "seed")
NEAR = 0.002  # of all families: a last digit can tip a few households of a large run, and no more


@dataclass(frozen=True)
class Outcome:
    """What came of the run.

    Attributes
    ----------
    state_hash : str
        The same to the last bit, or not.
    families : dict
        Families at the end by situation, to tell a last digit from a fault.
    """

    state_hash: str
    families: dict[str, int]


def expected() -> dict[str, Any]:
    """Return the run to make (``SETTINGS``), the kept outcome, and the machine it was made on."""
    kept: dict[str, Any] = json.loads(EXPECTED.read_text(encoding="utf-8"))
    return kept


def self_test() -> dict[str, Any]:
    """Make the run on one and on two threads, and judge it.

    Returns
    -------
    dict
        The settings, hash and seconds for every number of threads, the expected hash and where it was made, and
        ``verdict``: ``same``, ``near`` (the families agree, the last bits do not), ``other``, or ``threads`` (the
        result depends on their number).
    """
    kept = expected()
    compiled = prepared(kept["scenario"], kept["households"], kept["months"])
    facts: dict[str, Any] = {name: kept[name] for name in SETTINGS}
    outcomes = []
    for threads in THREADS:
        began = time.perf_counter()
        outcomes.append(_outcome(compiled, kept["seed"], threads))
        facts[f"hash_threads_{threads}"] = outcomes[-1].state_hash
        facts[f"seconds_threads_{threads}"] = round(time.perf_counter() - began, 2)
    wanted = Outcome(kept["state_hash"], kept["families"])
    facts |= {"expected_hash": wanted.state_hash, "expected_made_on": kept["made_on"]}
    return {**facts, "verdict": judge(outcomes, wanted)}


def judge(outcomes: list[Outcome], wanted: Outcome) -> str:
    """Return the verdict on outcomes of the same run on different numbers of threads."""
    first = outcomes[0]
    if any(outcome != first for outcome in outcomes):
        return "threads"
    if first == wanted:
        return "same"
    allowed = NEAR * sum(wanted.families.values())
    off = [abs(first.families.get(name, 0) - families) for name, families in wanted.families.items()]
    return "near" if max(off) <= allowed else "other"


def write_expected() -> None:
    """Run the self-test's settings now, and keep what comes of it as what is expected."""
    settings = {name: value for name, value in expected().items() if name in SETTINGS}
    compiled = prepared(settings["scenario"], settings["households"], settings["months"])
    kept = {**settings, **asdict(_outcome(compiled, settings["seed"], 1)), "made_on": this_machine()}
    EXPECTED.write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")


def this_machine() -> str:
    """Return what the last bits of a result may depend on: system, its C library, processor, numerical packages."""
    system = f"{platform.system()} {platform.machine()} {''.join(platform.libc_ver())}".strip()
    packages = ", ".join(f"{name} {version(name)}" for name in ("numpy", "numba", "scipy"))
    return f"{system}, {cpu_name()}, {packages}"


def _outcome(compiled: Compiled, seed: int, threads: int) -> Outcome:
    result = run(compiled, seed=seed, threads=threads)
    families = result.data["families"].isel(month=-1).sum(["origin", "area"]).to_series()
    return Outcome(result.manifest["state_hash"], {str(name): int(number) for name, number in families.items()})
