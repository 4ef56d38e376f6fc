"""Puts an excerpt of a comparison into the README: ``make demo``, then ``python docs/build_readme.py results/demo``."""

import sys
from pathlib import Path

from sim.experiments.compare import open_comparison
from sim.report.words import month_words

README = Path(__file__).parents[1] / "README.md"
BEGIN, END = "<!-- excerpt of make demo: begin, written by docs/build_readme.py -->", "<!-- excerpt: end -->"
LINES = (
    "Still displaced at the end",
    "Integrating where they were displaced",
    "At home",
    "Held for 12 months, living as hosts do",
    "of these of their own choice, and informed",
    "Expelled: would not have moved",
    "Hastened: would have gone, but later",
    "Induced moves per 100 families, worst-off group",
    "Voluntary: unforced, informed, with an alternative",
    "Premature: conditions below the minimum",
    "Want to return, cannot pay",
    "Programme money committed",
    "Programmes and care, less aid withheld, discounted",
)


def excerpt(folder: Path) -> str:
    """Return chosen lines of the levels of every scenario, with their caption."""
    page = (folder / "comparison.md").read_text(encoding="utf-8").split("## ")[2]
    table = [line for line in page.splitlines() if line.startswith("|")]
    found = {line.split("|")[1].strip(): line for line in table[2:]}
    return "\n".join([_caption(folder), "", *table[:2], *(found[line] for line in LINES)])


def _caption(folder: Path) -> str:
    manifest = open_comparison(folder).manifest
    span = f"From {month_words(manifest['start'])}, {manifest['months']} months"
    return f"{span}, {manifest['rows']:,} simulated households. In brackets: {manifest['interval']}."


def main() -> None:
    """Replace the excerpt between its two marks."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "results/demo")
    README.write_text(f"{before}{BEGIN}\n\n{excerpt(folder)}\n\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
