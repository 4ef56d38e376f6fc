"""The charts: stock over time, flows between situations, bars by class of move and by gate, paired differences."""

from collections.abc import Callable
from datetime import date
from textwrap import fill
from typing import Literal

import numpy as np
import numpy.typing as npt
import xarray as xr
from matplotlib import dates as mdates
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.report.lines import full_label
from sim.report.numbers import WITHHELD, count, difference
from sim.report.style import INK, QUIET, canvas, legend, legend_rows, look
from sim.report.view import View
from sim.report.words import GATES, MOVE_CLASSES, SITUATIONS, month_words
from sim.schema.base import month_name, month_number

Array = npt.NDArray[np.float64]
FLOWS_HINT = (
    "Read from row to column, repeated moves included; from still displaced to still displaced: "
    "from one place of displacement to another."
)
Words = tuple[tuple[str, str], ...]  # (name, label)


def stock(view: View) -> Figure:
    """Return families by situation over time: a panel a situation, a line a scenario, bands over seeds."""
    shown = _present(view.stock, "situation", SITUATIONS)
    rows = -(-len(shown) // 2)
    hint = "Lines: mean; bands: range. " if view.many_seeds else ""
    footer = f"{hint}Each panel has its own scale. {_gaps(view.stock)}{view.footer}"
    figure = canvas(10, 2.9 * rows, _title("Where families are", view), footer, legend_rows(view.titles))
    axes = figure.subplots(rows, 2, squeeze=False, sharex=True).ravel()
    days = _days(view.stock)
    for axis, (name, label) in zip(axes, shown):
        _stock_panel(axis, view, view.stock.sel(situation=name), days)
        axis.set_title(label, fontsize=11, loc="left")
    for axis in axes[len(shown) :]:
        axis.set_axis_off()
        axes[-3].tick_params(labelbottom=True)  # the panel above has lost the dates under it
    for axis in axes[::2]:
        axis.set_ylabel("Families")
    figure.align_ylabels()
    _legend(figure, axes[0], view)
    return figure


def flows(view: View) -> Figure:
    """Return moves between situations over the whole run: a matrix a scenario, families on average over seeds."""
    names = [(k, v) for k, v in SITUATIONS.items() if k != "not_arrived"]
    columns = min(3, len(view.titles))
    rows = -(-len(view.titles) // columns)
    title = _title("Moves between situations over the whole run, families", view)
    mean = "Numbers: mean over seeds. " if view.many_seeds else ""
    footer = f"{mean}{FLOWS_HINT} {view.footer}"
    figure = canvas(max(6.5, 1.9 + 3.3 * columns), 3.6 * rows, title, footer)
    axes = figure.subplots(rows, columns, squeeze=False)
    keys = [key for key, _ in names]
    tables = [_matrix(view.flows, n, keys) for n in range(len(view.titles))]
    top = max(float(np.nan_to_num(table).max()) for table in tables) or 1.0
    for n, axis in enumerate(axes.ravel()):
        if n >= len(tables):
            axis.set_axis_off()
            continue
        _matrix_panel(axis, tables[n], [label for _, label in names], top, first=n % columns == 0)
        if len(view.titles) > 1:
            axis.set_title(fill(view.titles[n], 30), fontsize=11, loc="left")
    return figure


def blocked(view: View) -> Figure:
    """Return who wants to return and is stopped in the last month, by what stops them."""
    found = _present(view.blocked, "gate", GATES) or tuple(GATES.items())[:1]
    when = month_words(str(view.stock["date"].values[-1]))
    title = f"Families who want to return and cannot, {when}"
    return _bars(
        view, title, found, lambda name: view.blocked.sel(gate=name), "A family can be stopped by several at once."
    )


def moves(view: View) -> Figure:
    """Return all moves of the run by how free they were."""
    title = "Moves over the whole run, by how free they were"
    words = tuple(MOVE_CLASSES.items())
    hint = "Hastened, diverted and expelled moves are induced."
    return _bars(view, title, words, lambda name: view.moves.sel(push_class=name), hint)


def _present(values: xr.DataArray, dim: str, words: dict[str, str]) -> Words:
    """Return what has any count that is not zero, published or withheld."""
    return tuple(
        (name, label)
        for name, label in words.items()
        if name in values[dim].values and bool((values.sel({dim: name}) != 0).any())
    )


def _gaps(values: xr.DataArray) -> str:
    """Return what a gap in a line means, where there is one."""
    return "Gaps: small counts, and what would give them away, are withheld. " if bool(values.isnull().any()) else ""


def differences(view: View) -> Figure:
    """Return paired differences to the baseline: a panel an outcome, a mark a scenario, lines over seeds."""
    names, titles = [str(name) for name in view.differences["outcome"].values], view.titles[1:]
    rows = -(-len(names) // 2)
    hint = "Marks: mean; lines: range of the differences, taken pair by pair. " if view.many_seeds else ""
    footer = f"{hint}Each panel has its own scale. {_gaps(view.differences)}{view.footer}"
    title = f"Difference to the baseline ({view.titles[0]}), families"
    height = rows * (0.75 + 0.24 * len(titles))
    figure = canvas(10, height, title, footer, legend_rows(view.titles[1:]) or 1)
    axes = figure.subplots(rows, 2, squeeze=False).ravel()
    for axis, name in zip(axes, names):
        _difference_panel(axis, view, view.differences.sel(outcome=name))
        axis.set_title(fill(full_label(name), 60), fontsize=9.5, loc="left")
    for axis in axes[len(names) :]:
        axis.set_axis_off()
    legend(figure, axes[0], titles)
    return figure


def _difference_panel(axis: Axes, view: View, spread: xr.DataArray) -> None:
    mean, low, high = _ends(spread)
    for n, title in enumerate(view.titles[1:]):
        style = look(n + 1)
        axis.plot([low[n], high[n]], [n, n], color=style.colour, linewidth=2, solid_capstyle="butt")
        axis.plot(mean[n], n, style.marker, color=style.colour, markersize=6, linestyle="none", label=title)
        text = WITHHELD if np.isnan(mean[n]) else difference(mean[n], mean[n], mean[n], "families").value
        axis.annotate(text, (1.01, n), xycoords=("axes fraction", "data"), fontsize=8, color=INK, va="center")
    axis.axvline(0, color=INK, linewidth=0.9)
    ends = np.nan_to_num(np.concatenate([low, high, [0.0]]))
    room = 0.06 * float(np.ptp(ends)) or 1.0
    axis.set_xlim(float(ends.min()) - room, float(ends.max()) + room)
    axis.set_ylim(len(mean) - 0.5, -0.5)
    axis.set_yticks([])
    axis.spines["left"].set_visible(False)
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+,.0f}" if value else "0"))
    axis.xaxis.set_major_locator(MaxNLocator(5, integer=True))
    axis.tick_params(axis="x", labelsize=8)
    _tidy_axis(axis, "x")


def _days(data: xr.DataArray) -> Array:
    """Return the ends of months, where stocks stand, as matplotlib dates."""
    return np.array([_end_of(str(month)) for month in data["date"].values], np.float64)


def _end_of(month: str) -> float:
    following = date.fromisoformat(f"{month_name(month_number(month) + 1)}-01")
    return float(mdates.date2num(following))  # type: ignore[no-untyped-call]


def _ends(values: xr.DataArray) -> tuple[Array, Array, Array]:
    """Return mean, 5 % and 95 % over seeds, as published."""
    mean, low, high = (np.asarray(values.isel(end=n).values, np.float64) for n in range(3))
    return mean, low, high


def _stock_panel(axis: Axes, view: View, values: xr.DataArray, days: Array) -> None:
    for n, title in enumerate(view.titles):
        style = look(n)
        mean, low, high = _ends(values.isel(scenario=n))
        if view.many_seeds:
            axis.fill_between(days, low, high, color=style.colour, alpha=0.18, linewidth=0)
            for edge in (low, high):
                axis.plot(days, edge, color=style.colour, linestyle=style.line, linewidth=0.5, alpha=0.8)
        axis.plot(days, mean, color=style.colour, linestyle=style.line, marker=style.marker, markersize=4,
                  markevery=(n * 2 % 6, 6), linewidth=1.6, label=title)  # fmt: skip
    _closing_lines(axis, view, float(days[-1]))
    _tidy_axis(axis)
    axis.set_ylim(bottom=0)
    locator = mdates.AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    axis.xaxis.set_major_locator(locator)
    axis.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.yaxis.set_major_locator(MaxNLocator(5, integer=True))


def _closing_lines(axis: Axes, view: View, last: float) -> None:
    months = sorted({month for closing in view.closings.values() for month in closing})
    for month in months:
        day = _end_of(month)
        if day > last:
            continue
        axis.axvline(day, color=QUIET, linewidth=0.8, linestyle=":")
        text = f"camps close, {month_words(month)}"
        axis.annotate(text, (day, 0.02), xycoords=("data", "axes fraction"), rotation=90,
                      fontsize=7, color=QUIET, ha="right", va="bottom")  # fmt: skip


def _matrix(totals: xr.DataArray, n: int, keys: list[str]) -> Array:
    chosen = totals.isel(scenario=n).sel(situation=keys, situation_after=keys)
    return np.asarray(chosen.transpose("situation", "situation_after").values, np.float64)


def _matrix_panel(axis: Axes, table: Array, labels: list[str], top: float, first: bool) -> None:
    shade = np.log1p(np.nan_to_num(table)) / np.log1p(top)
    axis.imshow(shade, cmap="Blues", vmin=0, vmax=1.15, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        dark = shade[row, column] > 0.65
        axis.text(
            column,
            row,
            count(float(value)),
            ha="center",
            va="center",
            fontsize=_size(value),
            color="white" if dark else INK,
        )
    wrapped = [fill(label, 12) for label in labels]
    axis.set_xticks(range(len(labels)), wrapped, fontsize=8)
    axis.set_yticks(range(len(labels)), wrapped if first else [""] * len(labels), fontsize=8)
    axis.tick_params(length=0)
    axis.set_xlabel("to")
    if first:
        axis.set_ylabel("from")


def _size(value: float) -> float:
    """Return the size of type of a number in a matrix; what is withheld is a longer word, and says less."""
    return 6.5 if np.isnan(value) else 8.0


def _bars(view: View, title: str, words: Words, values: Callable[[str], xr.DataArray], hint: str) -> Figure:
    """Return grouped horizontal bars: a group a word, a bar a scenario, with mean and range written on."""
    count_bars = len(view.titles)
    height = 0.8 + len(words) * (0.27 * count_bars + 0.3)
    footer = f"{'Bars: mean; lines: range. ' if view.many_seeds else ''}{hint} {view.footer}"
    figure = canvas(10, height, _title(title, view), footer, legend_rows(view.titles))
    axis = figure.subplots()
    spreads = [_ends(values(name)) for name, _ in words]
    top = max(float(np.nan_to_num(high).max()) for _, _, high in spreads) or 1.0
    for n in range(count_bars):
        _bar_series(axis, view, n, spreads, top)
    axis.set_yticks(range(len(words)), [fill(label, 24) for _, label in words])
    axis.invert_yaxis()
    axis.set_xlim(0, top * 1.18)
    axis.set_xlabel("Families")
    axis.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axis.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    _tidy_axis(axis, "x")
    axis.tick_params(axis="y", length=0)
    _legend(figure, axis, view)
    return figure


def _bar_series(axis: Axes, view: View, n: int, spreads: list[tuple[Array, Array, Array]], top: float) -> None:
    style, thick = look(n), 0.8 / len(view.titles)
    for place, (mean, low, high) in enumerate(spreads):
        at = place - 0.4 + thick * (n + 0.5)
        shown = float(np.nan_to_num(mean[n]))
        face = style.colour if not style.hatch else "white"
        axis.barh(at, shown, thick * 0.86, color=face, edgecolor=style.colour, hatch=style.hatch, linewidth=1,
                  label=view.titles[n] if place == 0 else None)  # fmt: skip
        end = shown
        if view.many_seeds and shown > 0:
            for width, colour in ((3.5, "white"), (1.5, INK)):
                axis.plot([low[n], high[n]], [at, at], color=colour, linewidth=width, solid_capstyle="butt")
            end = float(high[n])
        axis.text(max(end, shown) + top * 0.01, at, count(float(mean[n])), va="center", fontsize=8, color=INK,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.8})  # fmt: skip


def _tidy_axis(axis: Axes, grid: Literal["both", "x"] = "both") -> None:
    axis.spines[["top", "right"]].set_visible(False)
    axis.grid(True, axis=grid, color="#dddddd", linewidth=0.6)
    axis.set_axisbelow(True)


def _legend(figure: Figure, axis: Axes, view: View) -> None:
    if len(view.titles) > 1:
        legend(figure, axis, view.titles)


def _title(text: str, view: View) -> str:
    return text if len(view.titles) > 1 else f"{text}: {view.titles[0]}"
