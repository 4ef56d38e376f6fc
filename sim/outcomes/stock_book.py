"""Stocks of one run as a book: situations every month, and who and where families are when they are assessed."""

from collections.abc import Iterator

import numpy as np
import pandas as pd
import xarray as xr

from sim.outcomes.book import ALL, Book, at, cells_of, labels, part_of, sum_of
from sim.outcomes.groups import TRAITS
from sim.outcomes.layout import Relation

ALWAYS = "always"  # over all months: who families are does not change, only where they are
DISPLACED = "situation=displaced"
PARTS = (  # of a situation's families: each in the smallest whole that is published
    ("metric=composite", "metric=criterion_composite"),
    ("metric=criterion_composite", "metric=pass_fail"),
    ("metric=composite", "sustained=12"),
    ("sustained=12", "sustained=24"),
    ("sustained=12", "sustained_whole=12"),
    ("sustained=24", "sustained_whole=24"),
    ("sustained_whole=12", "sustained_whole=24"),
)


def stock_book(data: xr.Dataset) -> Book:
    """Return stocks, and what was assessed of them, with all that a reader knows of their sums.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run.
    """
    situations = labels("situation", data["situation"].values)
    tables = dict(_tables(data))
    frames = [_monthly(data, situations), *(_cells(name, one, situations) for name, one in tables.items())]
    frames += [_debt(data), *_camps(data), _claims(data)]
    fixed = [labels("origin", data["origin"].values), labels("wave", data["wave"].values)]
    fixed += [labels(trait, values) for trait, values in TRAITS.items()]
    known = [label for group in fixed for label in group]
    cells = pd.concat(frames, ignore_index=True)
    cells = pd.concat([cells, _always(cells, [ALL, *known])], ignore_index=True)
    relations = (*_sums(data, fixed), *_parts(data), *_over_time(data, situations))
    return Book(cells, relations, kept=({"by": ALL},))


def _tables(data: xr.Dataset) -> Iterator[tuple[str, xr.Dataset]]:
    """Yield every table of situations by something, with its rows under ``count_rows``, by the label it is by."""
    stock = data.sel(month=data["assessed"].values)
    for name, summed in (("area", "origin"), ("origin", "area")):
        yield name, _renamed(stock, "families", summed, persons=True)
    for name in ("wave", "shelter"):
        yield name, _renamed(stock, f"by_{name}")
    groups = _renamed(stock, "by_group")
    for trait in TRAITS:
        yield trait, groups.groupby(trait).sum()
    for name, summed in (("passes", "area"), ("exits", "area"), ("sustained", "group"), ("sustained_whole", "group")):
        yield name, _renamed(data, name, summed)


def _renamed(data: xr.Dataset, name: str, summed: str | None = None, persons: bool = False) -> xr.Dataset:
    names = [name, f"{name}_rows", *(["persons"] if persons else [])]
    found = data[names] if summed is None else data[names].sum(summed)
    return found.rename({name: "count", f"{name}_rows": "count_rows"})


VARIABLES = {"area": "families_by_area", "origin": "families_by_origin"}
ALONG = {"passes": "criterion", "exits": "metric", "sustained": "horizon", "sustained_whole": "horizon"}


def _cells(name: str, table: xr.Dataset, situations: list[str]) -> pd.DataFrame:
    """Return one table as cells; those over a horizon keep their own name as label, since there are two."""
    along = ALONG.get(name, name)
    label = name if along == "horizon" else along
    variable = VARIABLES.get(name, name if name in ALONG else f"by_{name}")
    first = "assessed" if name in ALONG else "month"
    ordered = table.transpose(first, "situation", along)
    by = labels(label, ordered[along].values)
    return cells_of(ordered, "count", ordered[first].values, situations, by, variable)


def _monthly(data: xr.Dataset, situations: list[str]) -> pd.DataFrame:
    totals = _renamed(data, "families", None, persons=True).sum(["origin", "area"])
    totals = totals.expand_dims("by").transpose("month", "situation", "by")
    return cells_of(totals, "count", totals["month"].values, situations, [ALL], "families")


def _debt(data: xr.Dataset) -> pd.DataFrame:
    """Return families in debt by situation, and in all."""
    debt = _renamed(data.sel(month=data["assessed"].values), "in_debt")
    months, by = debt["month"].values, ["in_debt"]
    parts = debt.expand_dims("by").transpose("month", "situation", "by")
    every = debt.sum("situation").expand_dims(["which", "by"]).transpose("month", "which", "by")
    situations = labels("situation", debt["situation"].values)
    frames = [
        cells_of(one, "count", months, which, by, "in_debt") for one, which in ((parts, situations), (every, [ALL]))
    ]
    return pd.concat(frames, ignore_index=True)


def _camps(data: xr.Dataset) -> list[pd.DataFrame]:
    if "site" not in data.dims:
        return []
    camps = _renamed(data.sel(month=data["assessed"].values), "site_families")
    camps = camps.expand_dims("which").transpose("month", "which", "site")
    by = labels("site", camps["site"].values)
    return [cells_of(camps, "count", camps["month"].values, [DISPLACED], by, "site_families")]


def _claims(data: xr.Dataset) -> pd.DataFrame:
    claims = _renamed(data.sel(month=data["assessed"].values), "claims")
    claims = claims.expand_dims("which").transpose("month", "which", "origin")
    by = labels("claims", claims["origin"].values)
    return cells_of(claims, "count", claims["month"].values, [ALL], by, "claims")


def _always(cells: pd.DataFrame, known: list[str]) -> pd.DataFrame:
    """Return the families of every unchanging trait in all situations together, which are the same in every month."""
    start = cells[(cells["when"] == 0) & cells["by"].isin(known) & (cells["which"] != ALL)]
    found = start.groupby("by", sort=False)[["families", "rows", "persons"]].sum().reset_index()
    return found.assign(variable="", when=ALWAYS, which=ALL)


def _sums(data: xr.Dataset, fixed: list[list[str]]) -> Iterator[Relation]:
    """Yield that every table sums to its situation, situations to families in debt, and camps to their families."""
    for by in (*fixed, labels("area", data["area"].values), labels("shelter", data["shelter"].values)):
        yield sum_of("by", by)
    yield Relation({"which": ALL, "by": "in_debt"}, tuple(
        {"which": one, "by": "in_debt"} for one in labels("situation", data["situation"].values)
    ))  # fmt: skip
    if "site" not in data.dims:
        return
    camps = np.array(labels("site", data["site"].values))
    yield Relation({"which": DISPLACED, "by": "shelter=camp"}, tuple({"which": DISPLACED, "by": one} for one in camps))
    for area in np.unique(data["site_area"].values):
        inside = tuple({"which": DISPLACED, "by": one} for one in camps[data["site_area"].values == area])
        yield Relation({"which": DISPLACED, "by": f"area={area}"}, inside, rest=True)


def _parts(data: xr.Dataset) -> Iterator[Relation]:
    """Yield what is part of what within one situation."""
    yield part_of("by", ALL, "in_debt")
    criteria, metrics = (labels(name, data[name].values) for name in ("criterion", "metric"))
    for name in (*criteria, *metrics):
        yield part_of("by", ALL, name)
    for criterion in criteria:
        yield part_of("by", criterion, "metric=pass_fail")
    for whole, part in PARTS:
        yield part_of("by", whole, part)


def _over_time(data: xr.Dataset, situations: list[str]) -> Iterator[Relation]:
    """Yield that in every month the situations sum to the same families, and claims are part of those of an origin."""
    for month in data["month"].values:
        parts = tuple({"when": str(month), "which": one} for one in situations)
        yield Relation({"when": ALWAYS, "which": ALL}, parts)
    for month in data["assessed"].values:
        yield Relation(at(ALWAYS, ALL, ALL), (at(month, ALL, "in_debt"),), rest=True)
        for origin in data["origin"].values:
            whole = at(ALWAYS, ALL, f"origin={origin}")
            yield Relation(whole, (at(month, ALL, f"claims={origin}"),), rest=True)
