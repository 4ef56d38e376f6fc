"""Figures of a run or a comparison, as PNG and SVG files."""

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from sim.experiments import Comparison, Result
from sim.report import charts
from sim.report.view import View, view_of

DOTS_PER_INCH = 150
CHARTS: dict[str, Callable[[View], Figure]] = {
    "stock": charts.stock,
    "flows": charts.flows,
    "blocked": charts.blocked,
    "moves": charts.moves,
    "differences": charts.differences,
}
PAIRED = "differences"  # needs a baseline and another
MEANING = {
    "stock": "where families are, month by month",
    "flows": "moves between situations",
    "blocked": "who wants to return and cannot, and why",
    "moves": "moves by how free they were",
    "differences": "paired differences to the baseline",
}


def draw(shown: Result | Comparison) -> dict[str, Figure]:
    """Return every figure of a run or a comparison by name."""
    view = view_of(shown)
    return {name: CHARTS[name](view) for name in charts_of(len(view.titles))}


def charts_of(scenarios: int) -> list[str]:
    """Return the names of the charts there are for so many scenarios."""
    return [name for name in CHARTS if scenarios > 1 or name != PAIRED]


def save_figures(shown: Result | Comparison, folder: Path) -> list[Path]:
    """Write every figure as PNG and SVG into a folder that exists; the same data give the same files."""
    written = []
    for name, figure in draw(shown).items():
        for suffix in ("png", "svg"):
            path = folder / f"{name}.{suffix}"
            with mpl.rc_context({"svg.hashsalt": "solutions-sim", "hatch.linewidth": 0.7}):
                figure.savefig(path, dpi=DOTS_PER_INCH, metadata=_without_date(suffix))
            written.append(path)
            figure.set_layout_engine("none")  # as laid out for the first file
    return written


def _without_date(suffix: str) -> dict[str, str | None]:
    return {"Date": None} if suffix == "svg" else {"Software": None}
