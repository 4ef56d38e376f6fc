"""What of one run may be published: its books after the publishing engine, from which every table of it is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
import xarray as xr

from sim.outcomes.book import ALL
from sim.outcomes.move_book import RUN, move_book
from sim.outcomes.stock_book import stock_book
from sim.outcomes.wish_book import programme_book, wish_book


@dataclass(frozen=True)
class PublishedRun:
    """Published cells of a run; where ``suppressed``, counts and money are blank.

    Attributes
    ----------
    stocks : pandas.DataFrame
        Stocks, what was assessed of them, and moves over the whole run: variable, when, which, by, families, persons.
    wishes : pandas.DataFrame
        Intentions of the last month: variable, what, pathway, area, families.
    programmes : pandas.DataFrame
        Variable, what, programme, families, spent (cents); None of a run without programmes.
    """

    stocks: pd.DataFrame
    wishes: pd.DataFrame
    programmes: pd.DataFrame | None

    def stock(self, month: int, situation: str, by: str = ALL, count: str = "families") -> float:
        """Return a stock; NaN if it is withheld."""
        which = situation if situation == ALL else f"situation={situation}"
        return self._value(count, str(month), which, by)

    def moved(self, which: str = ALL, by: str = ALL) -> float:
        """Return moves over the whole run; NaN if withheld."""
        return self._value("families", RUN, which, by)

    def wished(self, what: str, pathway: str, area: str = ALL) -> float:
        """Return intentions of the last month, all or those that a gate blocks; NaN if withheld."""
        return self._wishes[what, f"pathway={pathway}", area]

    def programme(self, what: str, name: str, column: str = "families") -> float:
        """Return families ``served`` or ``waiting`` by programme, or ``spent`` on those served; NaN if withheld."""
        assert self.programmes is not None
        at = (self.programmes["what"] == what) & (self.programmes["programme"] == name)
        return float(self.programmes.loc[at, column].iloc[0])

    def _value(self, count: str, when: str, which: str, by: str) -> float:
        return float(self._stocks[count][when, which, by])

    @cached_property
    def _stocks(self) -> Mapping[str, Mapping[tuple[str, str, str], float]]:
        keys = list(zip(self.stocks["when"], self.stocks["which"], self.stocks["by"]))
        return {count: dict(zip(keys, self.stocks[count])) for count in ("families", "persons")}

    @cached_property
    def _wishes(self) -> Mapping[tuple[str, str, str], float]:
        keys = zip(self.wishes["what"], self.wishes["pathway"], self.wishes["area"])
        return dict(zip(keys, self.wishes["families"]))


def published_run(data: xr.Dataset) -> PublishedRun:
    """Return what of a run may be published.

    Stocks are not tied to the moves that change them: a small net change is hidden by rounding alone. Tied, the stock
    at the end would often have to go.

    Parameters
    ----------
    data : xarray.Dataset
        Recorded data of a run.
    """
    books = programme_book(data).published() if "programme" in data.dims else None
    stocks = (stock_book(data) + move_book(data)).published()
    return PublishedRun(stocks, wish_book(data).published(), books)
