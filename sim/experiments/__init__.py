"""Experiments: runs, their results, and paired comparisons of scenarios."""

from sim.experiments.compare import Comparison, compare
from sim.experiments.result import Result, open_result
from sim.experiments.run import resume, run

__all__ = ["Comparison", "Result", "compare", "open_result", "resume", "run"]
