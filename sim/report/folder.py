"""Results folders: data, tables, figures and the page of assumptions, written whole or not at all."""

import json
from pathlib import Path

from rich.console import RenderableType

from sim.experiments import Comparison, Result, open_result
from sim.experiments.checksums import files_in
from sim.experiments.compare import TABLES, open_comparison
from sim.experiments.contrast import contrasts
from sim.experiments.experiment import comparison_of
from sim.experiments.folder import MANIFEST, whole_folder
from sim.experiments.record import stamp, write_record
from sim.experiments.store import KIND, open_store
from sim.report.assumed import assumed
from sim.report.brief import comparison_sheets
from sim.report.dictionary import dictionary
from sim.report.figures import save_figures
from sim.report.lines import run_sheets
from sim.report.markdown import page
from sim.report.tables import FILE_WIDTH, as_text, comparison_tables, run_tables


def save_run(result: Result, folder: str | Path) -> list[Path]:
    """Write everything about one run; return the paths written."""
    with whole_folder(Path(folder)) as draft:
        result.write(draft)
        text = page(str(result.manifest["title"]), run_sheets(result), result.notes, 1)
        _write(draft, "run", text, _noted(result.notes) + as_text(run_tables(result, FILE_WIDTH)))
        _illustrate(draft, result)
    result.let_go()
    return _written(Path(folder))


def save_comparison(comparison: Comparison, folder: str | Path) -> list[Path]:
    """Write everything about a comparison; return the paths written."""
    with whole_folder(Path(folder)) as draft:
        comparison.write(draft)
        _describe(draft, comparison)
    return _written(Path(folder))


def save_report(comparison: Comparison, folder: str | Path) -> list[Path]:
    """Write what may be published of an experiment, whose runs are kept in its store; return the paths written."""
    with whole_folder(Path(folder)) as draft:
        write_record(draft, {}, comparison.published, "comparison", comparison.resolved, {**stamp("report")})
        comparison.write_tables(draft)
        contrasts(comparison).to_csv(draft / TABLES / "contrasts.csv", index=False, float_format="%.8g")
        _describe(draft, comparison)
    return _written(Path(folder))


def _describe(draft: Path, comparison: Comparison) -> None:
    """Write the pages and figures of a comparison."""
    text = page(
        "Comparison of scenarios", comparison_sheets(comparison, full=True), comparison.notes, len(comparison.scenarios)
    )
    tables = as_text(comparison_tables(comparison, FILE_WIDTH, full=True))
    _write(draft, "comparison", text, _noted(comparison.notes) + tables)
    _illustrate(draft, comparison)


def open_any(folder: str | Path) -> Result | Comparison:
    """Open a results folder, of a run or a comparison, or what is finished of an experiment."""
    try:
        kind = json.loads((Path(folder) / MANIFEST).read_text(encoding="utf-8"))["kind"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        kind = ""  # the reader of runs says what is wrong with the folder
    if kind == KIND:
        return comparison_of(open_store(folder))
    return open_comparison(folder) if kind == "comparison" else open_result(folder)


def tables_of(shown: Result | Comparison, width: int, full: bool = False) -> RenderableType:
    """Return the tables of either, fitted to a number of columns; ``full``: all tables of a comparison."""
    return comparison_tables(shown, width, full) if isinstance(shown, Comparison) else run_tables(shown, width)


def _noted(notes: tuple[str, ...]) -> str:
    return "".join(f"{note}\n\n" for note in notes)


def _write(draft: Path, stem: str, markdown: str, text: str) -> None:
    (draft / f"{stem}.md").write_text(markdown, encoding="utf-8")
    (draft / f"{stem}.txt").write_text(text, encoding="utf-8")


def _illustrate(draft: Path, shown: Result | Comparison) -> None:
    (draft / "assumed.md").write_text(assumed(shown), encoding="utf-8")
    (draft / "dictionary.md").write_text(dictionary(), encoding="utf-8")
    (draft / "figures").mkdir()
    save_figures(shown, draft / "figures")


def _written(folder: Path) -> list[Path]:
    return [folder / name for name in sorted(files_in(folder))]
