"""Networks of neural posterior estimation, as package ``sbi`` trains them: an extra, imported where it is used.

``sbi`` and ``torch`` are told nothing but a seed, run in one thread, and are left as they were.
"""

import importlib.util
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

import numpy as np

from sim.calibrate.problem import Float
from sim.schema.errors import InputError

NEEDED = ("sbi", "torch")
INSTALL = "pip install 'solutions-sim[second-opinion]' (about 1 GB; take the CPU build of torch, or it is several)"
HIDDEN, COMPONENTS = 30, 2  # of a network: fewer than the defaults of sbi, which are for more simulations than these
RATE = 5e-3  # of learning


def refuse_missing() -> None:
    """Refuse a second opinion where what it takes is not installed; quick, as nothing is imported.

    Raises
    ------
    InputError
    """
    for name in NEEDED:
        if importlib.util.find_spec(name) is None:
            raise InputError(f"{name} is not installed", key="--second-opinion", allowed=INSTALL)


def trained(torch: Any, normal: Float, summaries: Float, weights: Float) -> Callable[[Float, int], Float]:
    """Return a network that gives so many draws of normal scores [m, k, p] for summaries [k, p].

    sbi weighs its loss by a function of what networks are told. The weight is therefore told as the last of the
    summaries, and taken away before the network sees them.
    """
    from sbi.inference import NPE
    from sbi.neural_nets import posterior_nn

    def tensor(values: Float) -> Any:
        return torch.tensor(values, dtype=torch.float32)

    width = summaries.shape[1]
    without_weight = torch.nn.Linear(width + 1, width, bias=False).requires_grad_(False)
    without_weight.weight.data = torch.eye(width, width + 1)
    density = posterior_nn(
        "mdn", z_score_x="none", hidden_features=HIDDEN, num_components=COMPONENTS, embedding_net=without_weight
    )
    trainer = NPE(density_estimator=density, show_progress_bars=False, tracker=_Untracked())
    with warnings.catch_warnings():  # of what sbi would standardise badly; it is not asked to
        warnings.filterwarnings("ignore", "Data has (constant values|extreme outliers)", UserWarning)
        trainer.append_simulations(tensor(normal), tensor(np.column_stack([summaries, weights / weights.mean()])))
    with redirect_stdout(StringIO()):  # it prints that it converged
        estimator = trainer.train(learning_rate=RATE, calibration_kernel=lambda told: told[:, -1])

    def ask(seen: Float, number: int) -> Float:
        with torch.no_grad():
            found = estimator.sample((number,), tensor(np.column_stack([seen, np.ones(len(seen))])))
        drawn: Float = found.numpy().astype(np.float64)
        return drawn

    return ask


@contextmanager
def torch_from(seed: int) -> Iterator[Any]:
    """Yield torch with random numbers from a seed, in one thread and by exact algorithms; then as it was before."""
    import torch

    threads, exact = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield torch
    finally:
        torch.use_deterministic_algorithms(exact)
        torch.set_num_threads(threads)


class _Untracked:
    """A tracker of sbi that keeps nothing; without one, sbi writes logs into the folder it runs in."""

    log_dir = None

    def log_metric(self, name: str, value: float, step: int | None = None) -> None: ...

    def log_metrics(self, metrics: dict[str, float], step: int | None = None) -> None: ...

    def log_params(self, params: dict[str, Any]) -> None: ...

    def add_figure(self, name: str, figure: Any, step: int | None = None) -> None: ...

    def flush(self) -> None: ...
