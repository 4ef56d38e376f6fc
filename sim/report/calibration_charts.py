"""Figures of a calibration: what is predicted of every target, and forecasts from the past against what came."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from scipy.stats import binom

from sim.calibrate.coverage import BINS, Coverage
from sim.calibrate.forecast import Forecast
from sim.calibrate.observe import Series
from sim.report.style import INK, QUIET, canvas, look
from sim.schema.base import month_number

COLUMNS = 3
Array = npt.NDArray[np.float64]


def predicted(table: pd.DataFrame, title: str, names: Mapping[str, str]) -> Figure:
    """Return what a posterior predicts of every stock, median and 90 % band, with what was published as dots."""
    panels = [
        (f"{series}: {names.get(str(stock), str(stock))}", part)
        for (series, stock), part in table.groupby(["series", "stock"], sort=False)
    ]
    figure, axes = _panels(
        len(panels), title, "Line: median; band: 90 % of what the posterior predicts; dots: published."
    )
    for axis, (label, part) in zip(axes, panels):
        days = _days(part["date"])
        axis.fill_between(days, part["q05"], part["q95"], color=look(2).colour, alpha=0.25, linewidth=0)
        axis.plot(days, part["q50"], color=look(2).colour, linewidth=1.4)
        axis.plot(days, part["published"], "o", color=INK, markersize=3)
        _dress(axis, label)
    return figure


def launched(series: Series, ahead: Sequence[Forecast], title: str, names: Mapping[str, str]) -> Figure:
    """Return forecasts from several launches, median and 90 % band, with what was published as dots."""
    hint = "Each band: 90 % of a forecast from its launch, fitted to what was published until then; dots: published."
    figure, axes = _panels(len(series.labels), title, hint)
    for n, (axis, label) in enumerate(zip(axes, series.labels)):
        for k, one in enumerate(ahead):
            style, values = look(k), one.stocks[series.name][:, :, n]
            low, middle, high = np.quantile(values, [0.05, 0.5, 0.95], axis=0)
            days = _days(one.dates)
            axis.fill_between(days, low, high, color=style.colour, alpha=0.15, linewidth=0)
            axis.plot(days, middle, color=style.colour, linestyle=style.line, linewidth=1.2)
        axis.plot(_days(series.dates), series.families[:, n], "o", color=INK, markersize=3)
        _dress(axis, names.get(label, label))
    return figure


def ranks(coverage: Coverage, title: str) -> Figure:
    """Return histograms of the ranks of known truths in their posteriors: level where intervals are honest."""
    count = len(coverage.truths)
    hint = (
        f"Truths (of {count}) by the share of their posterior that lies below them. Level: honest; a hill: intervals "
        "too wide; a bowl: too narrow; a slope: biased. Line: what is expected; dashed: 95 % of the bars of honest "
        "intervals end between. All panels have the same scale."
    )
    least, most = binom(count, 1.0 / BINS).interval(0.95)
    figure, axes = _panels(len(coverage.names), title, hint, alike=True)
    for n, (axis, name) in enumerate(zip(axes, coverage.names)):
        axis.hist(coverage.ranks[:, n], bins=BINS, range=(0.0, 1.0), color=look(5).colour, edgecolor="white")
        axis.axhline(count / BINS, color=INK, linewidth=0.9)
        for end in (least, most):
            axis.axhline(end, color=INK, linewidth=0.7, linestyle="--")
        axis.set_xlim(0.0, 1.0)
        axis.set_xticks([0.0, 0.5, 1.0])
        axis.set_title(name, fontsize=10, loc="left", color=INK)
        axis.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axis.tick_params(labelsize=8, colors=QUIET)
        axis.spines[["top", "right"]].set_visible(False)
    return figure


def _panels(count: int, title: str, footer: str, *, alike: bool = False) -> tuple[Figure, list[Axes]]:
    """Return a figure of so many panels, in columns, each with its own scale or all with the same."""
    rows = -(-count // COLUMNS)
    figure = canvas(11, 2.2 * rows, title, footer if alike else f"{footer} Each panel has its own scale.")
    axes = list(figure.subplots(rows, COLUMNS, squeeze=False, sharex=True, sharey=alike).ravel())
    for axis in axes[count:]:
        axis.set_axis_off()
    for axis in axes[max(0, count - COLUMNS) : count]:
        axis.xaxis.set_tick_params(labelbottom=True)  # the last of a column, also where the row below is not full
    return figure, axes[:count]


def _dress(axis: Axes, label: str) -> None:
    axis.set_title(label, fontsize=10, loc="left", color=INK)
    axis.set_ylim(bottom=0)
    locator = mdates.AutoDateLocator(minticks=2, maxticks=6)  # type: ignore[no-untyped-call]
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axis.yaxis.set_major_locator(MaxNLocator(4, integer=True))
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.tick_params(labelsize=8, colors=QUIET)
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(True, color="#dddddd", linewidth=0.6)


def _days(months: Iterable[str]) -> Array:
    """Return the ends of months as matplotlib counts days."""
    ends = [date((month_number(one) + 1) // 12, (month_number(one) + 1) % 12 + 1, 1) for one in months]
    found: Array = np.asarray(mdates.date2num(ends), np.float64) - 1.0  # type: ignore[no-untyped-call]
    return found
