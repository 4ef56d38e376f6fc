"""What binds: by each gate, by it alone, released if it alone were lifted."""

import numpy as np
import pytest
import xarray as xr

import sim
from sim.kernels.codes import GATES
from sim.outcomes import blocked_by_gate, released


def one_area(alone: dict[str, tuple[int, int]], free: int) -> xr.Dataset:
    """One month, one area, returns only: families blocked by a gate alone, without and with a vacancy needed."""
    counts = np.array([[[[alone.get(gate, (0, 0)) for gate in GATES]]]])
    dims = ("month", "pathway", "area", "gate", "needs_vacancy")
    coords = {"pathway": ["return"], "gate": list(GATES), "needs_vacancy": ["no", "yes"]}
    alone_array = xr.DataArray(counts, dims=dims, coords=coords)
    return xr.Dataset({"blocked_alone": alone_array, "free_homes": (("month", "area"), [[free]])})


@pytest.mark.parametrize(("free", "money"), [(0, 30), (15, 45), (1000, 70)])
def test_lifting_a_gate_fills_vacant_dwellings_and_no_more(free: int, money: int) -> None:
    freed = released(one_area({"money": (30, 40)}, free)).squeeze()
    assert int(freed.sel(gate="money")) == money
    assert int(freed.sum()) == money


def test_lifting_the_vacancy_gate_needs_no_vacancy() -> None:
    freed = released(one_area({"vacancy": (0, 25)}, 0)).squeeze()
    assert int(freed.sel(gate="vacancy")) == 25


def test_released_at_most_alone_at_most_any_at_most_intended() -> None:
    data = sim.run("iraq/no-closure", households=5000, months=6).data
    table = blocked_by_gate(data)
    assert table["any"].sum() > 0
    assert (table["released"] <= table["alone"]).all()
    assert (table["alone"] <= table["any"]).all()
    assert (table["any"] <= table["intended"]).all()
