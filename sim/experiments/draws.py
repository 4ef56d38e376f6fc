"""Parameter draws: the same for every scenario, from declared priors or from a table of a posterior."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.schema.document import read_yaml, validate
from sim.schema.errors import InputError
from sim.schema.uncertainty import Uncertainties

Float = npt.NDArray[np.float64]
Method = Literal["latin_hypercube", "sobol", "saltelli"]
SALTELLI = "saltelli"
SAMPLERS = {"latin_hypercube": "LatinHypercube", "sobol": "Sobol"}  # of scipy.stats.qmc
DRAW_SEED = 20_260_101  # of the sampler: draws belong to an experiment, not to the luck of its runs
MOST_DRAWS = 100_000
INSTALL = "pip install 'solutions-sim[analysis]'"


@dataclass(frozen=True)
class Draws:
    """Values of uncertain parameters.

    Attributes
    ----------
    keys : tuple of str
        Dotted keys of a scenario.
    values : float64[draws, keys]
    origin : str
        Where they are from, in words.
    method : str
        How they are spread; blank where that is not known.
    """

    keys: tuple[str, ...]
    values: Float
    origin: str
    method: str = ""

    def __len__(self) -> int:
        return len(self.values)

    def overrides(self, draw: int) -> dict[str, float]:
        """Return what one draw changes of a scenario; a whole number can stand for either kind of number."""
        return {
            key: int(value) if value.is_integer() else value
            for key, value in zip(self.keys, self.values[draw].tolist())
        }

    def table(self) -> pd.DataFrame:
        """Return one draw a row, one parameter a column."""
        return pd.DataFrame(self.values, columns=list(self.keys)).rename_axis("draw")


def as_written() -> Draws:
    """Return the one draw that changes nothing: parameters as scenarios have them."""
    return Draws((), np.zeros((1, 0)), "parameters as written")


def read_uncertainties(path: str | Path) -> Uncertainties:
    """Return the priors of a YAML file."""
    return validate(read_yaml(Path(path)), Uncertainties)


def prior_draws(uncertain: Uncertainties, draws: int, method: Method = "latin_hypercube") -> Draws:
    """Return draws from priors, evenly spread.

    Parameters
    ----------
    uncertain : Uncertainties
    draws : int
        How many; with ``saltelli`` the base sample, of which parameters + 2 times as many are made.
    method : str
        ``latin_hypercube`` (McKay, Beckman and Conover 1979): in every parameter one draw in each of as many equal
        parts. ``sobol`` (Sobol 1967, scrambled): even in all together, best with a power of two. ``saltelli``
        (Saltelli 2010): for Sobol indices, by SALib, whose base sample is a power of two.

    Raises
    ------
    InputError
        Unless 1 to 100,000 draws are wanted.
    """
    if not 1 <= draws <= MOST_DRAWS:
        raise InputError("is no usable number of draws", key="--draws", value=draws, allowed=f"1 to {MOST_DRAWS:,}")
    priors = uncertain.uncertainties
    if method == SALTELLI:
        return _for_indices(uncertain, draws)
    from scipy.stats import qmc  # takes a second to load, which runs without draws need not wait for

    sampler: Any = getattr(qmc, SAMPLERS[method])(len(priors), rng=np.random.default_rng(DRAW_SEED))
    shares = _sobol(sampler, draws) if method == "sobol" else sampler.random(draws)
    values = np.column_stack([prior.at(shares[:, n]) for n, prior in enumerate(priors.values())])
    origin = f"{draws} draws from {len(priors)} priors ({method.replace('_', ' ')})"
    return Draws(tuple(priors), values, origin, method)


def problem_of(keys: Sequence[str]) -> dict[str, Any]:
    """Return parameters as SALib names them, as shares of their priors."""
    return {"num_vars": len(keys), "names": list(keys), "bounds": [[0.0, 1.0]] * len(keys)}


def _for_indices(uncertain: Uncertainties, base: int) -> Draws:
    """Return the draws that Sobol indices are computed from."""
    try:
        from SALib.sample import sobol
    except ImportError:
        raise InputError("SALib is not installed", key="--method", value=SALTELLI, allowed=INSTALL) from None
    if base & (base - 1):
        raise InputError("is no power of two", key="--draws", value=base, allowed="2, 4, 8, ... as base sample")
    priors = uncertain.uncertainties
    shares = sobol.sample(problem_of(list(priors)), base, calc_second_order=False, seed=DRAW_SEED)
    values = np.column_stack([prior.at(shares[:, n]) for n, prior in enumerate(priors.values())])
    origin = f"{len(values)} draws from {len(priors)} priors (Saltelli, base {base})"
    return Draws(tuple(priors), values, origin, SALTELLI)


def _sobol(sampler: Any, draws: int) -> Float:
    """Return the first points of the sequence, which is made of powers of two."""
    points: Float = sampler.random_base2(max(0, int(np.ceil(np.log2(draws)))))
    return points[:draws]


def posterior_draws(path: str | Path, draws: int | None = None) -> Draws:
    """Return draws from a table with a dotted key a column, one draw a row; evenly chosen where fewer are wanted.

    Parameters
    ----------
    path : str or Path
        A CSV or Parquet file.
    draws : int, optional
        How many; all by default.

    Raises
    ------
    InputError
        If the file is no such table, holds what is no finite number, or has fewer draws than wanted.
    """
    path = Path(path)
    table = _read(path).drop(columns="draw", errors="ignore")
    wrong = [str(name) for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    if not len(table) or not len(table.columns) or wrong:
        raise InputError(
            "is no table of draws", file=path, key=next(iter(wrong), None), allowed="numbers, a row a draw"
        )
    values = table.to_numpy(np.float64)
    if not np.isfinite(values).all():
        row, column = np.argwhere(~np.isfinite(values))[0]
        raise InputError("is no number", file=f"{path}, row {row + 2}", key=str(table.columns[column]))
    if draws is not None and not 1 <= draws <= len(values):
        allowed = f"1 to {len(values)}"
        raise InputError("the file does not have so many draws", file=path, key="--draws", value=draws, allowed=allowed)
    chosen = values if draws is None else values[np.linspace(0, len(values) - 1, draws).round().astype(int)]
    return Draws(tuple(map(str, table.columns)), chosen, f"{len(chosen)} draws of {path.name}")


def _read(path: Path) -> pd.DataFrame:
    try:
        return pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (OSError, ValueError) as error:
        raise InputError(f"cannot be read: {str(error).splitlines()[0]}", file=path) from None
