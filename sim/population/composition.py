"""Who the households are: composition, work, documents, house, money, drawn once for the case.

Draws belong to the household's permanent number and not to the seed of a run, so the population depends on the
case alone. Every trait is drawn independently of the others and of place, origin and wave, except where a rule
below says otherwise: surveys tend to give national margins only.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from sim.kernels.codes import INFORMAL_TENURE, OWNER, TENANT
from sim.kernels.draws import COMPOSITION
from sim.kernels.uniforms import uniforms
from sim.schema.base import month_number
from sim.schema.case import Composition

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]
Columns = dict[str, npt.NDArray[np.generic]]

POPULATION_SEED = np.uint64(0x50_4F_50)  # one fixed key: the population is not a matter of luck
SOUND = 0.9  # a house above this condition is undamaged


def compose(
    placed: Mapping[str, npt.NDArray[np.generic]],
    composition: Composition,
    house_shares: Mapping[str, Float],
    usable: float,
    displaced_for: npt.NDArray[np.int64],
) -> Columns:
    """Return the composition columns of households that are placed already.

    Parameters
    ----------
    placed : mapping
        ``id`` uint64[n] and ``origin`` int16[n].
    composition : Composition
        Shares and means.
    house_shares : mapping of str to float64[n]
        ``house_unusable``, ``house_damaged``, ``house_occupied``: shares of owners from where each household is from.
    usable : float
        Condition from which a house can be lived in.
    displaced_for : int64[n]
        Months since displacement at entry.

    Returns
    -------
    dict of str to ndarray
        Columns of :mod:`sim.kernels.columns`, money in cents.
    """
    identities = np.ascontiguousarray(placed["id"], np.uint64)
    draws = [uniforms(POPULATION_SEED, identities, COMPOSITION, block) for block in range(5)]
    columns = _people(composition, draws[0])
    columns |= _earnings(composition, draws[1], columns)
    columns |= _papers(composition, draws[2])
    columns |= _money(composition, draws[3])
    columns |= _house(house_shares, usable, columns, draws[4])
    columns["months_displaced"] = displaced_for.astype(np.int16)
    columns["months_here"] = np.floor(displaced_for * (0.5 + 0.5 * draws[3][:, 3])).astype(np.int16)
    return columns


def months_since(now: Int, first: list[str], last: list[str], draw: Float, wave: Int) -> Int:
    """Return months from displacement to entry, for a uniform month within each household's wave.

    Parameters
    ----------
    now : int64[n]
        Calendar month of entry into the run, as :func:`sim.schema.base.month_number` counts.
    first, last : list of str
        First and last month of every wave.
    draw : float64[n]
        Uniform draw of each household.
    wave : int64[n]
        Wave of each household.
    """
    begins = np.array([month_number(month) for month in first])[wave]
    ends = np.minimum(np.array([month_number(month) for month in last])[wave], now - 1)
    begins = np.minimum(begins, ends)
    since: Int = now - begins - np.floor(draw * (ends - begins + 1)).astype(np.int64)
    return since


def _people(composition: Composition, u: Float) -> Columns:
    sizes = np.array(sorted(composition.sizes))
    cumulative = np.cumsum([composition.sizes[int(size)] for size in sizes])
    at = np.minimum(np.searchsorted(cumulative, u[:, 0], side="right"), len(sizes) - 1)
    size = sizes[at]
    earners = np.where(u[:, 3] < composition.no_earner, 0, np.where(u[:, 3] > 1 - composition.two_earners, 2, 1))
    return {
        "size": size.astype(np.int8),
        "female_headed": (u[:, 1] < composition.female_headed).astype(np.uint8),
        "vulnerable": (u[:, 2] < composition.vulnerable).astype(np.uint8),
        "earners": np.minimum(earners, size).astype(np.int8),
    }


def _earnings(composition: Composition, u: Float, columns: Columns) -> Columns:
    normal = np.sqrt(-2 * np.log(u[:, 0])) * np.cos(2 * np.pi * u[:, 1])
    sd = composition.skill_sd
    remitted = u[:, 2] < composition.remittance_share
    return {
        "skill": np.exp(sd * normal - sd**2 / 2).astype(np.float32),
        "remittance": np.where(remitted, round(composition.remittance * 100), 0).astype(np.int32),
    }


def _papers(composition: Composition, u: Float) -> Columns:
    tenure, hlp = composition.tenure, composition.hlp_documents
    return {
        "tenure": np.select(
            [u[:, 0] < tenure.owner, u[:, 0] < tenure.owner + tenure.tenant], [OWNER, TENANT], INFORMAL_TENURE
        ).astype(np.int8),
        "hlp": np.select([u[:, 1] < hlp.none, u[:, 1] < hlp.none + hlp.partial], [0, 1], 2).astype(np.int8),
        "civil_documents": (u[:, 2] < composition.civil_documents).astype(np.uint8),
        "affiliated": (u[:, 3] < composition.affiliated).astype(np.uint8),
    }


def _money(composition: Composition, u: Float) -> Columns:
    in_debt = u[:, 0] < composition.debt_share
    mean = np.where(in_debt, -composition.debt_mean, composition.savings_mean) * 100
    return {"savings": np.floor(mean * -np.log(u[:, 1])).astype(np.int64)}


def _house(shares: Mapping[str, Float], usable: float, columns: Columns, u: Float) -> Columns:
    unusable, damaged = shares["house_unusable"], shares["house_damaged"]
    state = np.select([u[:, 0] < unusable, u[:, 0] < unusable + damaged], [0, 1], 2)
    low = np.choose(state, [0.0, usable, SOUND])
    high = np.choose(state, [usable, SOUND, 1.0])
    owner = columns["tenure"] == OWNER
    occupied = owner & (u[:, 2] < shares["house_occupied"])
    return {
        "house": np.where(owner, low + (high - low) * u[:, 1], 1.0).astype(np.float32),
        "occupied": occupied.astype(np.uint8),
    }
