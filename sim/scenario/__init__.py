"""Scenarios: what a person writes, resolved and compiled once to plain arrays."""

from sim.scenario.compiled import Compiled, compile_scenario
from sim.scenario.known import compiled_as_known, known_until
from sim.scenario.load import Scenario, ScenarioSpec, load_scenario

__all__ = [
    "Compiled",
    "Scenario",
    "ScenarioSpec",
    "compile_scenario",
    "compiled_as_known",
    "known_until",
    "load_scenario",
]
