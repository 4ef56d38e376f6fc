"""Parameter draws of a case that has been fitted: its posterior, and the priors of what was not fitted."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from sim.calibrate.fitting import thinned
from sim.calibrate.keeping import as_overrides, open_posterior
from sim.calibrate.study import open_study
from sim.experiments.draws import Draws, Method, prior_draws
from sim.schema.errors import InputError
from sim.schema.uncertainty import Uncertainties

FITTED = "posterior"  # how such draws are spread


def fitted_draws(study: Path, count: int, others: Uncertainties | None, method: Method) -> Draws:
    """Return draws of a posterior that is kept beside its study, with draws from other priors beside them.

    Parameters
    ----------
    study : Path
        The study; its posterior lies beside it.
    count : int
        How many; evenly chosen from those that are kept.
    others : Uncertainties, optional
        Priors of the case; those of parameters that were fitted are left out.
    method : str
        How draws from these are spread.

    Raises
    ------
    InputError
        Where the posterior belongs to something else, or fewer draws are kept than wanted.
    """
    opened = open_study(study)
    kept = open_posterior(study.parent, opened)
    if not 1 <= count <= len(kept.draws):
        allowed = f"1 to {len(kept.draws)}, which are kept in {study.parent.name}; or --uncertain FILE"
        raise InputError("the posterior does not have so many draws", key="--draws", value=count, allowed=allowed)
    table = as_overrides(opened, replace(kept, draws=thinned(kept.draws, count)))
    found = Draws(tuple(map(str, table)), table.to_numpy(np.float64), f"{count} draws of {opened.spec.title}", FITTED)
    return found if others is None else _beside(found, others, method)


def _beside(fitted: Draws, others: Uncertainties, method: Method) -> Draws:
    """Return draws of a posterior and, independent of them, from the priors of what was not fitted."""
    left = {key: prior for key, prior in others.uncertainties.items() if key not in fitted.keys}
    if not left:
        return fitted
    more = prior_draws(Uncertainties(title=others.title, uncertainties=left), len(fitted), method)
    origin = f"{fitted.origin}, with priors of what was not fitted ({len(left)})"
    return Draws(fitted.keys + more.keys, np.column_stack([fitted.values, more.values]), origin, FITTED)
