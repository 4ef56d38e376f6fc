"""solutions-sim: compare what durable solutions follow for displaced households under different interventions."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.experiments import Comparison, Result, compare, open_result, resume, run
    from sim.model import SolutionsModel
    from sim.scenario import Scenario, load_scenario
    from sim.schema.errors import InputError

__all__ = [
    "Comparison",
    "InputError",
    "Result",
    "Scenario",
    "SolutionsModel",
    "compare",
    "load_scenario",
    "open_result",
    "resume",
    "run",
]

_HOMES = {
    "Comparison": "sim.experiments",
    "InputError": "sim.schema.errors",
    "Result": "sim.experiments",
    "Scenario": "sim.scenario",
    "SolutionsModel": "sim.model",
    "compare": "sim.experiments",
    "load_scenario": "sim.scenario",
    "open_result": "sim.experiments",
    "resume": "sim.experiments",
    "run": "sim.experiments",
}


def __getattr__(name: str) -> Any:
    """Load public names when they are first used, so that ``sim --help`` and the kernels stay light."""
    if name not in _HOMES:
        raise AttributeError(f"module 'sim' has no attribute '{name}'")
    import importlib

    value = getattr(importlib.import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(set(globals()) | set(__all__))
