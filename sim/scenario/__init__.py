"""Scenarios: what a person writes, resolved and compiled once to plain arrays."""

from sim.scenario.compiled import Compiled, compile_scenario
from sim.scenario.load import Scenario, ScenarioSpec, load_scenario

__all__ = ["Compiled", "Scenario", "ScenarioSpec", "compile_scenario", "load_scenario"]
