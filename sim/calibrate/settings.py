"""How a problem is fitted, within limits, and the account by which one fit is told from another."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from sim.calibrate.problem import Problem
from sim.calibrate.region import Region
from sim.schema.errors import InputError

MOST_SEED = 2**38
LIMITS = (
    ("rounds", 1, 100),
    ("simulations", 1, 100_000),
    ("batch", 1, 100_000),
    ("folds", 2, 20),
    ("accept", 0.01, 1.0),
    ("inflate", 1.0, 10.0),
    ("widen", 1.0, 10.0),
    ("draws", 10, 100_000),
)
SPARE = 3  # accepted simulations per coefficient of the adjustment
TOO_FEW = "too few simulations a round"


@dataclass(frozen=True)
class Settings:
    """How a problem is fitted; the defaults were chosen on the stand-in of ``benchmarks/calibration.py``.

    Attributes
    ----------
    rounds, simulations : int
        How many rounds, and simulations of each.
    batch : int
        Simulations that the model is called for at once; a fit that is killed loses one batch at most.
    folds : int
        In which summaries are learned.
    accept : float
        Share of simulations that are accepted, the nearest.
    inflate : float
        How much wider than the posterior of a round the box is in which the next one draws. With 1.25 90 % intervals
        of the stand-in hold .888, with 1.5 .909 (32 truths): the posterior of an early round may be off.
    widen : float
        How much wider than the region of an earlier posterior a fit begins that starts there.
    draws : int
        Equally likely values that are drawn from the posterior.
    """

    rounds: int = 4
    simulations: int = 1024
    batch: int = 64
    folds: int = 5
    accept: float = 0.25
    inflate: float = 1.5
    widen: float = 1.5
    draws: int = 1000


def fewest(parameters: int, accept: float = Settings.accept) -> int:
    """Return how many simulations a round needs, so that enough are accepted for the adjustment."""
    return int(np.ceil(SPARE * (parameters + 1) / accept - 1e-9))


def refuse(problem: Problem, settings: Settings, seed: int, start: Region | None) -> None:
    """Refuse what cannot be fitted."""
    for key, low, high in LIMITS:
        value = getattr(settings, key)
        if not low <= value <= high:
            raise InputError("no fit has so many", key=key, value=value, allowed=f"{low:g} to {high:g}")
    least = fewest(len(problem.names), settings.accept)
    if settings.simulations < least:
        allowed = f"{least:,} or more for {len(problem.names)} parameters"
        raise InputError(TOO_FEW, key="simulations", value=settings.simulations, allowed=allowed)
    if not 0 <= seed < MOST_SEED:
        raise InputError("is no usable seed", key="seed", value=seed, allowed=f"0 to {MOST_SEED - 1:,}")
    if start is not None and len(start.low) != len(problem.names):
        raise InputError("the region to start from is of other parameters", value=len(start.low), key="start")


def account_of(problem: Problem, settings: Settings, seed: int, start: Region | None) -> dict[str, Any]:
    """Return what decides a fit, as plain data."""
    box = b"" if start is None else b"".join(np.ascontiguousarray(one).tobytes() for one in vars(start).values())
    return {
        "model": problem.model,
        "priors": [[name, prior.model_dump(mode="json")] for name, prior in zip(problem.names, problem.priors)],
        "observed": [list(one) for one in zip(problem.statistics, problem.observed.tolist())],
        "settings": asdict(settings),
        "seed": seed,
        "start": hashlib.sha256(box).hexdigest() if start is not None else None,
    }
