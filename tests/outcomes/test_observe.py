"""What observers see: the tracked stock with its recodes, and cells too small to publish."""

import numpy as np
import pytest
import xarray as xr

from sim.kernels.codes import SITUATIONS
from sim.outcomes import tracked_stock
from sim.schema.case import Recode


@pytest.fixture
def data():
    """Three months, two origins, two areas; a family of each situation counts 10 ** its code."""
    families = np.zeros((4, 5, 2, 2), np.int64)
    families[:] = (10 ** np.arange(5)).reshape(1, 5, 1, 1)
    families[:, :, 1] *= 2
    coords = {
        "month": range(4),
        "situation": list(SITUATIONS),
        "origin": ["A", "B"],
        "area": ["A", "B"],
        "date": ("month", ["2017-12", "2018-01", "2018-02", "2018-03"]),
    }
    return xr.Dataset({"families": (("month", "situation", "origin", "area"), families)}, coords)


def test_the_tracked_stock_counts_everybody_away_from_home(data):
    stock = tracked_stock(data)
    assert stock.dims == ("month", "origin")
    assert stock.sel(origin="A").values.tolist() == [2220] * 4, "displaced, integrating, settled: not the returned"
    assert stock.sel(origin="B").values.tolist() == [4440] * 4
    assert tracked_stock(data, coverage=0.5).sel(origin="A").values.tolist() == [1110] * 4


def test_recodes_change_the_books_from_their_month_on(data):
    before = data.copy(deep=True)
    recodes = {
        "in": Recode(month="2018-02", origin="A", families=100, source="a list"),
        "out": Recode(month="2018-03", origin="B", families=-40, source="a list"),
    }
    stock = tracked_stock(data, recodes)
    assert stock.sel(origin="A").values.tolist() == [2220, 2220, 2320, 2320]
    assert stock.sel(origin="B").values.tolist() == [4440, 4440, 4440, 4400]
    assert data.identical(before), "observing changes nothing"


def test_recodes_before_and_after_the_run(data):
    early = {"r": Recode(month="2015-01", origin="A", families=7, source="s")}
    assert tracked_stock(data, early).sel(origin="A").values.tolist() == [2227] * 4
    late = {"r": Recode(month="2020-01", origin="A", families=7, source="s")}
    assert tracked_stock(data, late).sel(origin="A").values.tolist() == [2220] * 4
