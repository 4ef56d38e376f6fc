"""The account of a checkpoint: which run it belongs to, and what must be the same for the run to go on."""

from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from typing import Any, Literal

from llvmlite import binding

from sim.experiments.checksums import file_sum
from sim.experiments.record import SCHEMA_VERSION, input_files, stamp
from sim.scenario import Scenario, ScenarioSpec
from sim.schema.base import Strict
from sim.schema.errors import InputError

LIBRARIES = ("numpy", "numba", "pandas", "scipy", "mesa")  # those that compute
PACKAGE = Path(__file__).parents[1]


class Conditions(Strict):
    """What decides the result of a run to the last bit, beside scenario and seed.

    Attributes
    ----------
    inputs : dict of str to str
        SHA-256 of every file the scenario was read from.
    sources : dict of str to str
        SHA-256 of every source file of the software.
    machine : dict of str to str
        Processor, and versions of Python and of the libraries that compute.
    """

    inputs: dict[str, str]
    sources: dict[str, str]
    machine: dict[str, str]


class Account(Strict):
    """What a checkpoint belongs to: the run, its scenario in full, and what it began with.

    ``households`` is the SHA-256 of what never changes about them; ``seconds`` are those the run took so far.
    """

    schema_version: int
    kind: Literal["checkpoint"]
    software: str
    scenario: str
    spec: ScenarioSpec
    tables: Path
    lineage: tuple[Path, ...]
    seed: int
    every: int
    month: int
    rows: int
    households: str
    seconds: float
    began_with: Conditions


def conditions_now(scenario: Scenario) -> Conditions:
    """Return the conditions under which a scenario would run now."""
    inputs = {str(path): file_sum(path) for path in input_files(scenario)}
    return Conditions(inputs=inputs, sources=sources_now(), machine=machine_now())


def read_account(written: dict[str, Any], folder: Path, anew: str) -> Account:
    """Return the account of a checkpoint that this software, on this machine, continues to the last bit.

    Parameters
    ----------
    written : dict
        The account as plain data.
    folder : Path
        The checkpoint, for messages.
    anew : str
        What can be done instead of going on, for messages.

    Raises
    ------
    InputError
        Naming the first thing that is another than the run began with.
    KeyError, TypeError, ValueError
        When it is no account.
    """
    _require_version(written["schema_version"], written["software"], folder, anew)
    account = Account.model_validate(written)
    then = account.began_with
    if changed := _first_change(then.sources, sources_now()):
        message, allowed = "the software was changed since the run began", f"the file as it was, or {anew}"
        raise InputError(message, file=folder, value=f"sim/{changed}", allowed=allowed)
    if changed := _first_change(then.machine, machine_now()):
        message = f"another {changed}, with which results could differ in the last digit"
        allowed = f"{then.machine.get(changed)}, with which the run began, or {anew}"
        raise InputError(message, file=folder, value=machine_now().get(changed), allowed=allowed)
    _require_inputs(then.inputs, anew)
    return account


def _require_version(schema: Any, software: Any, folder: Path, anew: str) -> None:
    now = stamp("checkpoint")["software"]
    if schema != SCHEMA_VERSION:
        allowed = f"{SCHEMA_VERSION}, or {anew}"
        raise InputError("its files are of another version", file=folder, value=schema, allowed=allowed)
    if software != now:
        allowed = f"{now}. Resume with the version it began with, or make {anew}"
        raise InputError("the run began with another version", file=folder, value=software, allowed=allowed)


def _require_inputs(inputs: Mapping[str, str], anew: str) -> None:
    allowed = f"the file as it was, or {anew}"
    for name, then in inputs.items():
        if not Path(name).is_file():
            raise InputError("is missing, and the run needs it", file=name, allowed=allowed)
        if file_sum(Path(name)) != then:
            raise InputError("was changed since the run began", file=name, allowed=allowed)


def _first_change(then: Mapping[str, str], now: Mapping[str, str]) -> str | None:
    return next((name for name in sorted({*then, *now}) if then.get(name) != now.get(name)), None)


def sources_now() -> dict[str, str]:
    """Return the SHA-256 of every source file of the software."""
    return {path.relative_to(PACKAGE).as_posix(): file_sum(path) for path in sorted(PACKAGE.rglob("*.py"))}


def machine_now() -> dict[str, str]:
    """Return the processor, and the versions of Python and of the libraries that compute."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"Python": python_version(), "processor": str(binding.get_host_cpu_name()), **libraries}
