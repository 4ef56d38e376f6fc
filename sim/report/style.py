"""How figures look: told apart by colour, by line and marker, and by hatch, so that print in grey still reads.

Colours are those of Okabe and Ito (2008), chosen to differ for colour-blind readers too.
"""

from textwrap import fill
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

INK, QUIET = "#222222", "#666666"
INCH = 72.0  # points
TITLE_LINE, LEGEND_LINE, FOOTER_LINE = 20.0, 15.0, 11.0  # points


class Look(NamedTuple):
    """How one scenario is drawn."""

    colour: str
    line: str | tuple[int, tuple[int, ...]]
    marker: str
    hatch: str


LOOKS = (
    Look("#4D4D4D", "-", "o", ""),
    Look("#D55E00", (0, (6, 2)), "s", "////"),
    Look("#0072B2", (0, (1, 1)), "^", "...."),
    Look("#009E73", (0, (6, 2, 1, 2)), "D", "xxxx"),
    Look("#CC79A7", (0, (3, 1)), "v", "----"),
    Look("#56B4E9", (0, (8, 2, 1, 2, 1, 2)), "P", "\\\\\\\\"),
)


def look(n: int) -> Look:
    """Return the look of the n-th scenario; when colours come round again, lines and hatches do not."""
    first, other = LOOKS[n % len(LOOKS)], LOOKS[(n + n // len(LOOKS)) % len(LOOKS)]
    return Look(first.colour, other.line, other.marker, other.hatch)


def canvas(width: float, height: float, title: str, footer: str, legend_rows: int = 0) -> Figure:
    """Return a figure with its title and footer, and room for axes between them.

    Parameters
    ----------
    width, height : float
        Inches; the height is that of the axes with their labels, title and footer come on top.
    title, footer : str
    legend_rows : int
        Lines of text to keep free under the title for :func:`legend`.
    """
    title, footer = fill(title, int(width * 8.5)), fill(footer, int(width * 14.5))
    top = _lines(title) * TITLE_LINE + legend_rows * LEGEND_LINE + 10
    bottom = _lines(footer) * FOOTER_LINE + 12
    figure = Figure(figsize=(width, height + (top + bottom) / INCH), layout="constrained")
    points = figure.get_figheight() * INCH
    figure.text(0.1 / width, 1 - 5 / points, title, fontsize=13, fontweight="bold", color=INK, va="top")
    figure.text(0.1 / width, 6 / points, footer, fontsize=8, color=QUIET, va="bottom")
    engine = figure.get_layout_engine()
    assert engine is not None
    engine.set(rect=(0.0, bottom / points, 1.0, 1.0 - (top + bottom) / points), w_pad=0.06)  # type: ignore[call-arg]
    return figure


def legend(figure: Figure, axis: Axes, titles: list[str]) -> None:
    """Write the scenarios under the title of a figure made with room for it."""
    handles, _ = axis.get_legend_handles_labels()
    heading = figure.texts[0].get_text()
    points = figure.get_figheight() * INCH
    top = 1 - (_lines(heading) * TITLE_LINE + 6) / points
    figure.legend(handles, wrapped(titles), loc="upper left", bbox_to_anchor=(0.0, top), ncols=legend_columns(titles),
                  frameon=False, fontsize=9, handlelength=4, handleheight=1.1)  # fmt: skip


def legend_columns(titles: list[str]) -> int:
    """Return how many scenarios stand side by side in a legend."""
    return min(3, len(titles))


def legend_rows(titles: list[str]) -> int:
    """Return the lines of text a legend takes; none for a single scenario."""
    if len(titles) < 2:
        return 0
    columns = legend_columns(titles)
    least, longer = divmod(len(titles), columns)  # the first columns hold one more
    sizes = [least + 1] * longer + [least] * (columns - longer)
    lines, heights = iter(wrapped(titles)), []
    for size in sizes:
        heights.append(sum(_lines(next(lines)) for _ in range(size)))
    return max(heights)


def wrapped(titles: list[str], width: int = 32) -> list[str]:
    """Return titles broken into lines."""
    return [fill(title, width) for title in titles]


def _lines(text: str) -> int:
    return text.count("\n") + 1
