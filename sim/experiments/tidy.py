"""The publishable table of a run: one value a row, small cells and what would give them away blank."""

import pandas as pd
import xarray as xr

from sim.outcomes.move_book import LEADS_TO, RUN
from sim.outcomes.published_run import PublishedRun, published_run

CONDITIONS = ("employment", "rent", "services", "security", "cohesion")  # of areas: these count nobody
FIRST = ["variable", "month", "date"]
VALUES = ["unit", "value", "suppressed"]
LABELS = {  # columns of labels, in order, and what the books call them where that is something else
    "situation": "",
    "area": "",
    "origin": "claims",
    "wave": "",
    "shelter": "",
    "site": "",
    "headed_by": "",
    "vulnerability": "",
    "tenure": "",
    "came_from": "",
    "criterion": "",
    "metric": "",
    "horizon": "",
    "push_class": "",
    "pathway": "",
    "push": "",
    "situation_after": "",
    "gate": "released",
    "programme": "",
}
HORIZONS = ("sustained", "sustained_whole")  # labels of the books that stand for a horizon


def tidy(data: xr.Dataset, published: PublishedRun | None = None) -> pd.DataFrame:
    """Return the publishable values of a run; zeros are left out, and totals have blank labels.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run.
    published : PublishedRun, optional
        What may be published of it, if that is known already.

    Returns
    -------
    pandas.DataFrame
        Columns variable, month and date (blank: over the whole run), labels, unit, value, suppressed.
    """
    shown = published_run(data) if published is None else published
    dates = {str(month): str(date) for month, date in zip(data["month"].values, data["date"].values)}
    frames = [*_stocks(shown.stocks), _wishes(shown.wishes, list(dates)[-1])]
    if shown.programmes is not None:
        frames += _programmes(shown.programmes, list(dates)[-1])
    frames += [_conditions(data, name) for name in CONDITIONS]
    table = pd.concat(frames, ignore_index=True)
    table = table[(table["value"] != 0) & (table["variable"] != "")]
    table["date"] = table["when"].map(dates)
    table["month"] = pd.to_numeric(table["when"].where(table["when"] != RUN)).astype("Int64")
    kept = [*FIRST, *(name for name in LABELS if name in table), *VALUES]
    return table[kept].sort_values("variable", kind="stable").reset_index(drop=True)


def _stocks(cells: pd.DataFrame) -> list[pd.DataFrame]:
    """Return families of every cell, and persons where they are counted."""
    labelled = _labelled(cells, ("which", "by"))
    flows = labelled["variable"] == "flows"
    labelled["situation_after"] = labelled["pathway"].map(LEADS_TO).where(flows)
    labelled["pathway"] = labelled["pathway"].mask(flows)
    families = labelled.assign(value=labelled["families"], unit="families")
    counted = labelled["variable"].isin(["families", "families_by_area", "families_by_origin"])
    persons = labelled[counted].assign(value=labelled["persons"], unit="persons")
    persons["variable"] = persons["variable"].str.replace("families", "persons")
    return [families, persons]


def _wishes(cells: pd.DataFrame, last: str) -> pd.DataFrame:
    labelled = _labelled(cells, ("what", "pathway", "area"))
    return labelled.assign(value=labelled["families"], unit="families", when=last)


def _programmes(cells: pd.DataFrame, last: str) -> list[pd.DataFrame]:
    """Return families served over the run, the money, and families waiting at the end."""
    labelled = _labelled(cells, ("programme",))
    labelled["when"] = labelled["what"].map({"served": RUN, "waiting": last})
    families = labelled.assign(value=labelled["families"], unit="families")
    served = labelled[labelled["what"] == "served"]
    return [families, served.assign(variable="spent", value=served["spent"], unit="cents")]


def _conditions(data: xr.Dataset, name: str) -> pd.DataFrame:
    table = data[name].to_series().rename("value").reset_index()[["month", "area", "value"]]
    table = table.assign(variable=name, unit=data[name].attrs.get("unit", ""), suppressed=False)
    return table.assign(when=table["month"].astype(str)).drop(columns="month")


def _labelled(cells: pd.DataFrame, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """Return cells with a column for every label, blank where a cell has none, instead of dimensions."""
    found = cells.drop(columns=[name for name in dimensions if name != "what"])
    for dimension in dimensions:
        parts = cells[dimension].str.partition("=")
        names = parts[0].where(~parts[0].isin(HORIZONS), "horizon")
        for label, alias in LABELS.items():
            at = names.isin([label, alias]) & (parts[1] == "=")
            if at.any():
                earlier = found[label] if label in found else pd.Series(None, index=found.index, dtype=object)
                found[label] = earlier.mask(at, parts[2])
    return found
