"""Where things are: areas, camps, distances, and who is considered from where."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float64]
Int = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Geography:
    """Places that do not change during a run. ``A`` areas, ``S`` sites.

    Attributes
    ----------
    pcodes, area_names : tuple of str
        In the order of every area axis.
    site_ids, site_names : tuple of str
        In the order of every site axis.
    area_key, site_key : uint32[A], uint32[S]
        Stable numbers of places in random draws.
    site_area, capacity : int64[S]
        Area index of each camp, and the families it holds.
    distance : float64[A, A]
        Kilometres between areas; the typical move inside an area on the diagonal.
    network : float64[A, A]
        Row a: cumulative chance that each area is considered for settlement from a.
    """

    pcodes: tuple[str, ...]
    area_names: tuple[str, ...]
    site_ids: tuple[str, ...]
    site_names: tuple[str, ...]
    area_key: npt.NDArray[np.uint32]
    site_key: npt.NDArray[np.uint32]
    site_area: Int
    capacity: Int
    distance: Float
    network: Float
