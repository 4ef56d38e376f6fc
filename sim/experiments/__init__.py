"""Experiments: runs, their results, and paired comparisons of scenarios."""

import mesa  # noqa: F401 - before all others: it looks through every module loaded so far, which takes a while with many

from sim.experiments.compare import Comparison, compare
from sim.experiments.contrast import contrasts, precision
from sim.experiments.draws import posterior_draws, prior_draws, read_uncertainties
from sim.experiments.executors import executor_of
from sim.experiments.experiment import comparison_of, experiment
from sim.experiments.result import Result, open_result
from sim.experiments.robustness import robustness
from sim.experiments.run import resume, run
from sim.experiments.store import open_store

__all__ = [
    "Comparison",
    "Result",
    "compare",
    "comparison_of",
    "contrasts",
    "executor_of",
    "experiment",
    "open_result",
    "open_store",
    "posterior_draws",
    "precision",
    "prior_draws",
    "read_uncertainties",
    "resume",
    "robustness",
    "run",
]
