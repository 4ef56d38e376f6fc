"""From the draws of an experiment back to the parameters of the study that they were fitted by."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from sim.calibrate.fitting import thinned
from sim.calibrate.keeping import Kept, as_overrides
from sim.calibrate.study import NUISANCE, Study
from sim.experiments.checksums import file_sum
from sim.experiments.store import Store
from sim.schema.errors import InputError

Float = npt.NDArray[np.float64]
VARIED = "an experiment whose draws come from the posterior of this study, or vary all that it fits"


class Values(NamedTuple):
    """Draws of an experiment, as a study has them.

    Attributes
    ----------
    values : float64[draws, p]
        In the order of the priors of the study.
    joint : bool
        Whether parameters are those of the posterior that nuisances are from, draw by draw.
    """

    values: Float
    joint: bool


def study_values(study: Study, kept: Kept, store: Store) -> Values:
    """Return the draws of an experiment as a study has them; of nuisances, which no experiment holds, the posterior's.

    Parameters
    ----------
    study : Study
    kept : Kept
        Its posterior. Of a draw of the experiment the nuisances are those of the draw that an experiment with so many
        takes from the posterior; with more draws than are kept they begin anew.
    store : Store
        The experiment.

    Raises
    ------
    InputError
        Where the experiment is of another case, does not vary what the study fits, or varies apart what the study fits
        as one.
    """
    _refuse_other_case(study, store)
    drawn = store.draws()
    _refuse_unvaried(study, drawn)
    beside = replace(kept, draws=_beside(kept.draws, len(drawn)))
    ours = as_overrides(study, beside)
    values = beside.draws.copy()
    for n, name in enumerate(kept.names):
        if not name.startswith(NUISANCE):
            values[:, n] = drawn[study.spec.free[name].keys[0]]
    return Values(values, bool(np.allclose(ours, drawn[list(ours)], rtol=1e-9)))


def _beside(draws: Float, count: int) -> Float:
    """Return so many draws of a posterior: evenly chosen as experiments choose them, or all, over and over."""
    if count <= len(draws):
        return thinned(draws, count)
    found: Float = draws[np.arange(count) % len(draws)]
    return found


def _refuse_unvaried(study: Study, drawn: pd.DataFrame) -> None:
    keys = {name: free.keys for name, free in study.spec.free.items()}
    missing = [name for name, own in keys.items() if not set(own) <= set(drawn)]
    if missing:
        message = f"the experiment does not vary what the study fits ({len(missing)} of {len(keys)} parameters)"
        raise study.document.error(message, "free", value=", ".join(missing), allowed=VARIED)
    for name, own in keys.items():
        if (drawn[own].nunique(axis=1) > 1).any():
            message = "the experiment varies apart what the study fits as one"
            raise study.document.error(message, "free", name, "keys", value=", ".join(own), allowed=VARIED)


def _refuse_other_case(study: Study, store: Store) -> None:
    """Refuse a study whose case has other tables than that of the experiment."""
    then = store.manifest["inputs"]
    for path in sorted(study.scenario.tables.glob("*.csv")):
        if then.get(path.name) != file_sum(path):
            message = "the experiment is of another case than the study, or its tables have changed since"
            raise InputError(message, file=store.folder, key=path.name, allowed=f"the case of {study.scenario.name}")
