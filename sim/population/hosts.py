"""Host rows: static households that were never displaced, by which the displaced are judged.

Every area has some two hundred. They pass the sub-criteria as often as the case says hosts there do at the start of
the run: drawn so, household by household, and then raked, so that the weighted pass rates are exact.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from sim.kernels.codes import (
    CRITERIA,
    ECONOMIC_SECURITY,
    FOOD,
    HLP_FULL,
    HLP_NONE,
    IDENTITY_DOCUMENTS,
    OWN_HOME,
    OWNER,
    RATED,
    TENURE,
    WORK,
)
from sim.kernels.columns import FIXED, STATE
from sim.kernels.draws import HOSTS
from sim.kernels.uniforms import uniforms
from sim.population.composition import POPULATION_SEED

Float = npt.NDArray[np.float64]
ROWS_PER_AREA = 200
HOST_COHORT = 0xFFFF_FF00  # first cohort number of host rows; one an area
KEPT = 8  # sets of ranks kept in memory
MOST_PASSES = 500  # of raking
CLOSE = 1e-9  # to a declared pass rate


@dataclass(frozen=True)
class HostRows:
    """The host rows of all areas, ROWS_PER_AREA each, in order of area.

    Attributes
    ----------
    columns : dict of str to ndarray[n]
        Every household column.
    ranks : float64[n, 5]
        Their ranks in what areas ration, in the order of RATED.
    """

    columns: dict[str, npt.NDArray[Any]]
    ranks: Float

    @property
    def area(self) -> npt.NDArray[np.intp]:
        """Area of every row."""
        return self.columns["area"].astype(np.intp)


def host_rows(rates: Float, size: int, needs: int, food_share: float, alike: float) -> HostRows:
    """Return the host rows of areas whose hosts pass the sub-criteria at these rates.

    Parameters
    ----------
    rates : float64[A, 10]
        Share of hosts that pass each sub-criterion at the start.
    size : int
        Persons in a host household.
    needs : int
        Cost of its food and basics, cents a month.
    food_share : float
        Part of those needs that is food.
    alike : float
        Correlation between the sub-criteria of a household: some households have it better in everything.
    """
    areas = len(rates)
    drawn = _ranks(areas, alike)
    met = drawn < rates[:, None, :]
    rest = np.maximum(0.0, rates[:, FOOD] - rates[:, ECONOMIC_SECURITY]) / np.maximum(
        1e-12, 1 - rates[:, ECONOMIC_SECURITY]
    )
    fed = met[..., ECONOMIC_SECURITY] | (_stretched(drawn, met) < rest[:, None])
    income = np.select([met[..., ECONOMIC_SECURITY], fed], [needs, np.ceil(food_share * needs)], 0)
    flat = met.reshape(-1, len(CRITERIA))
    columns = _columns(np.repeat(np.arange(areas), ROWS_PER_AREA), size, flat, income.ravel())
    return HostRows(columns, np.ascontiguousarray(drawn.reshape(-1, len(CRITERIA))[:, list(RATED)]))


def raked(masks: npt.NDArray[np.uint16], area: npt.NDArray[np.intp], rates: Float) -> Float:
    """Return weights under which the rows of every area pass each sub-criterion at its rate.

    Iterative proportional fitting (Deming and Stephan 1940) over ten two-valued margins. A sub-criterion that all
    rows of an area pass, or none, is left as it is: with 200 rows, at a rate within 0.25 % of 0 or 1.

    Parameters
    ----------
    masks : uint16[n]
        What every row meets.
    area : intp[n]
        Area of every row.
    rates : float64[A, 10]

    Returns
    -------
    float64[n]
        Adding up to 1 in every area.
    """
    passes = (masks[:, None] >> np.arange(len(CRITERIA))) & 1 > 0
    weights = np.zeros(len(masks))
    for one, wanted in enumerate(rates):
        rows = area == one
        weights[rows] = _fitted(passes[rows], wanted)
    return weights


def _fitted(passes: npt.NDArray[np.bool_], wanted: Float) -> Float:
    weights = np.full(len(passes), 1.0 / len(passes))
    margins = [
        (column, column.astype(np.float64), rate)
        for column, rate in zip(np.ascontiguousarray(passes.T), wanted)
        if 0 < column.sum() < len(column) and 0 < rate < 1
    ]
    for _ in range(MOST_PASSES):
        for column, passed, rate in margins:
            share = weights @ passed
            weights *= np.where(column, rate / share, (1 - rate) / (1 - share))
        if all(abs(weights @ passed - rate) < CLOSE for _, passed, rate in margins):
            break
    fitted: Float = weights / weights.sum()
    return fitted


@lru_cache(maxsize=KEPT)
def _ranks(areas: int, alike: float) -> Float:
    """Return evenly spread ranks of hosts within their area, float64[A, ROWS_PER_AREA, 10], correlated by one factor.

    Runs of a case share them; they cannot be written to.
    """
    cohorts = np.arange(HOST_COHORT, HOST_COHORT + areas, dtype=np.uint64) << np.uint64(32)
    identities = (cohorts[:, None] + np.arange(ROWS_PER_AREA, dtype=np.uint64)).ravel()
    blocks = [uniforms(POPULATION_SEED, identities, HOSTS, block) for block in range(3)]
    normal = ndtri(np.concatenate(blocks, axis=1)).reshape(areas, ROWS_PER_AREA, -1)
    common, own = normal[..., :1], normal[..., 1 : 1 + len(CRITERIA)]
    latent = ndtr(np.sqrt(alike) * common + np.sqrt(1 - alike) * own)
    order = np.argsort(np.argsort(latent, axis=1, kind="stable"), axis=1, kind="stable")
    ranks: Float = (order + 0.5) / ROWS_PER_AREA
    ranks.setflags(write=False)
    return ranks


def _stretched(drawn: Float, met: npt.NDArray[np.bool_]) -> Float:
    """Return ranks in food among the rows of an area that are not economically secure, evenly spread over 0 to 1."""
    out = np.ones(drawn.shape[:2])
    for area, secure in enumerate(met[..., ECONOMIC_SECURITY]):
        rest = np.flatnonzero(~secure)
        order = np.argsort(np.argsort(drawn[area, rest, FOOD], kind="stable"), kind="stable")
        out[area, rest] = (order + 0.5) / max(1, len(rest))
    return out


def _columns(
    area: npt.NDArray[np.intp], size: int, met: npt.NDArray[np.bool_], income: Float
) -> dict[str, npt.NDArray[Any]]:
    """Return the columns of owners at home in sound houses, who have what ``met`` says they have."""
    n = len(area)
    filled = {column.name: np.zeros(n, column.dtype) for column in (*FIXED, *STATE)}
    changed: dict[str, Any] = {
        "id": np.arange(n),
        "weight": 1,
        "size": size,
        "origin": area,
        "area": area,
        "earners": 1,
        "remittance": income,
        "tenure": OWNER,
        "present": 1,
        "site": -1,
        "at_home": 1,
        "shelter": OWN_HOME,
        "house": 1.0,
        "hlp": np.where(met[:, TENURE], HLP_FULL, HLP_NONE),
        "employed": met[:, WORK],
        "civil_documents": met[:, IDENTITY_DOCUMENTS],
        "last_area": -1,
        "subsidy": -1,
        "months_since_push": -1,
    }
    return filled | {
        name: np.broadcast_to(np.asarray(value), n).astype(filled[name].dtype) for name, value in changed.items()
    }
