"""Intentions of the last month and what blocked them, and what programmes did, as books."""

import numpy as np
import numpy.typing as npt
import pandas as pd
import xarray as xr

from sim.outcomes.book import ALL, Book, labels, part_of, sum_of
from sim.outcomes.gates import released, released_rows
from sim.outcomes.move_book import LEADS_TO

INTENDED = "intended"
COUNTS = ("families", "rows")


def wish_book(data: xr.Dataset) -> Book:
    """Return intentions to move by pathway and destination, those blocked by each gate, and those it alone holds.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run; the last month counts.
    """
    last = data.isel(month=[-1])
    released_too = last.assign(released=released(last), released_rows=released_rows(last))
    moment = released_too.isel(month=0).sel(pathway=list(LEADS_TO))
    gates = [str(name) for name in data["gate"].values]
    frames = [_by_place(moment, INTENDED, INTENDED)]
    for gate in gates:
        at = moment.sel(gate=gate)
        frames += [_by_place(at, "blocked", f"gate={gate}"), _by_place(at, "released", f"released={gate}")]
    relations = [sum_of("area", [f"area={area}" for area in data["area"].values])]
    relations += [part_of("what", INTENDED, f"gate={gate}") for gate in gates]
    relations += [part_of("what", f"gate={gate}", f"released={gate}") for gate in gates]
    relations.append(part_of("what", INTENDED, *(f"released={gate}" for gate in gates)))
    return Book(
        pd.concat(frames, ignore_index=True), tuple(relations), ("what", "pathway", "area"), kept=({"area": ALL},)
    )


def _by_place(data: xr.Dataset, name: str, what: str) -> pd.DataFrame:
    """Return one count by pathway and area, and of all areas together."""
    arrays = [data[one].transpose("pathway", "area").values.astype(float) for one in (name, f"{name}_rows")]
    pathways, areas = data["pathway"].values, data["area"].values
    index = pd.MultiIndex.from_product([[f"pathway={way}" for way in pathways], [f"area={one}" for one in areas]])
    places = index.set_names(["pathway", "area"]).to_frame(index=False)
    places = places.assign(**{count: array.ravel() for count, array in zip(COUNTS, arrays)})
    everywhere = places.groupby("pathway", sort=False)[list(COUNTS)].sum().reset_index().assign(area=ALL)
    return pd.concat([everywhere, places], ignore_index=True).assign(variable=name, what=what, persons=0.0)


def programme_book(data: xr.Dataset) -> Book:
    """Return families that programmes served over the whole run, with the money, and those left waiting at the end.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run that has programmes.
    """
    names = labels("programme", data["programme"].values)
    books = data[["served", "served_rows", "waiting", "waiting_rows", "spent"]]
    run, last = books.sum("month"), books.isel(month=-1)
    cells = [
        _by_programme(names, "served", run, run["spent"].values.astype(float)),
        _by_programme(names, "waiting", last, np.zeros(len(names))),
    ]
    table = pd.concat(cells, ignore_index=True).assign(persons=0.0)
    return Book(table, (sum_of("programme", names),), ("what", "programme"), blanked=("spent",))


def _by_programme(names: list[str], what: str, data: xr.Dataset, spent: npt.NDArray[np.float64]) -> pd.DataFrame:
    counts = {count: data[name].values.astype(float) for count, name in zip(COUNTS, (what, f"{what}_rows"))}
    table = pd.DataFrame({"programme": names, **counts, "spent": spent})
    every = table[[*COUNTS, "spent"]].sum().to_frame().T.assign(programme=ALL)
    return pd.concat([every, table], ignore_index=True).assign(variable=what, what=what)
