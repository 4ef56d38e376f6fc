"""Folders of a fit, backtests, a forecast, patterns: tables, figures, one page; written whole or not at all."""

import json
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from sim.calibrate.abc import Posterior
from sim.calibrate.backtest import Launch
from sim.calibrate.diagnostics import parameter_table, predictive_table, self_check
from sim.calibrate.fitting import thinned
from sim.calibrate.forecast import ALL, Forecast
from sim.calibrate.inference_data import groups_of, write_inference_data
from sim.calibrate.keeping import save
from sim.calibrate.patterns import Checked, pattern_table
from sim.calibrate.problem import Float
from sim.calibrate.second_opinion import SecondOpinion
from sim.calibrate.study import Study
from sim.experiments.checksums import files_in
from sim.experiments.folder import MANIFEST, whole_folder
from sim.experiments.record import stamp
from sim.report.calibration import (
    backtest_sheets,
    coverage_sheet,
    forecast_sheet,
    outside_text,
    parameter_sheet,
    predictive_sheet,
    scored_columns,
    title_of,
)
from sim.report.calibration_charts import launched, ranks
from sim.report.calibration_charts import predicted as predictions_chart
from sim.report.figures import DOTS_PER_INCH
from sim.report.lines import Sheet
from sim.report.markdown import sheets_as_markdown
from sim.report.patterns import pattern_sheet, said_plainly
from sim.report.second_opinion import second_opinion_sheet
from sim.report.targets import sensitivity_sheet
from sim.report.words import month_words

MOST_LAUNCHES = 6  # in one panel; more read badly
FLOAT = "%.6g"


def save_fit(
    study: Study,
    until: str,
    posterior: Posterior,
    predicted: Float,
    targets: pd.DataFrame,
    folder: Path,
    opinion: SecondOpinion | None = None,
) -> list[Path]:
    """Write a fit: the posterior, what is believed and predicted, what each target did to it, and one page.

    Parameters
    ----------
    study : Study
    until : str
        Month that was fitted to.
    posterior : Posterior
    predicted : float64[draws, s]
        Statistics that draws of the posterior would have given.
    targets : pandas.DataFrame
        As `sim.calibrate.diagnostics.sensitivity_table` returns it.
    folder : Path
    opinion : SecondOpinion, optional
        Written beside the posterior, ``second_opinion.csv``.

    Returns
    -------
    list of Path
    """
    predictions, coverage = predictive_table(study, until, predicted), self_check(study, posterior)
    table = parameter_table(study, posterior)
    with whole_folder(folder) as draft:
        _stamp(draft, "fit", study, until=until)
        draws = thinned(posterior.draws, study.spec.effort.draws)
        save(study, until, draws, draft, {"simulations": posterior.simulations, "seed": study.spec.seed})
        table.to_csv(draft / "parameters.csv", index=False, float_format=FLOAT)
        predictions.to_csv(draft / "predictions.csv", index=False, float_format=FLOAT)
        targets.to_csv(draft / "sensitivity.csv", index=False, float_format=FLOAT)
        write_inference_data(groups_of(study, until, posterior, predicted), draft / "inference.nc")
        coverage.table().to_csv(draft / "coverage.csv", float_format=FLOAT)
        _draw(draft, "ranks", ranks(coverage, f"{title_of(study, until)}, ranks of known truths"))
        _draw(draft, "predictions", predictions_chart(predictions, title_of(study, until), study.names))
        sheets = [
            parameter_sheet(table),
            sensitivity_sheet(targets),
            predictive_sheet(predictions),
            coverage_sheet(coverage),
        ]
        if opinion is not None:
            opinion.table.to_csv(draft / "second_opinion.csv", index=False, float_format=FLOAT)
            sheets.append(second_opinion_sheet(opinion))
        _page(
            draft,
            title_of(study, until),
            [outside_text(posterior), *_failed(posterior)],
            sheets,
            ["predictions", "ranks"],
        )
    return _written(folder)


def _failed(posterior: Posterior) -> list[str]:
    told = [f"{posterior.simulations:,} simulations, {posterior.dropped:,} of which gave no numbers."]
    if posterior.still:
        told.append(f"Statistics that never vary were left out: {', '.join(posterior.still)}.")
    return told


def save_backtests(study: Study, launches: Sequence[Launch], folder: Path) -> list[Path]:
    """Write backtests: scores, forecasts and posteriors of every launch, and one page; return the paths."""
    scores = scores_of(launches)
    with whole_folder(folder) as draft:
        _stamp(draft, "backtests", study, launches=[one.month for one in launches])
        scores.to_csv(draft / "scores.csv", index=False, float_format=FLOAT)
        tables = [parameter_table(study, one.posterior).assign(launch=one.month) for one in launches]
        pd.concat(tables).to_csv(draft / "parameters.csv", index=False, float_format=FLOAT)
        parts = [
            one.forecast.table(name).assign(launch=one.month, series=name)
            for one in launches
            for name in one.forecast.stocks
        ]
        pd.concat(parts).to_csv(draft / "forecasts.csv", index=False, float_format=FLOAT)
        figures = launch_figures(study, [one.forecast for one in launches])
        for name, figure in figures.items():
            _draw(draft, name, figure)
        _page(draft, f"{study.spec.title}: backtests", [], backtest_sheets(scores), list(figures))
    return _written(folder)


def launch_figures(study: Study, ahead: Sequence[Forecast]) -> dict[str, Figure]:
    """Return forecasts from the past by name, a figure a series; more where there are more launches than one holds."""
    number = -(-len(ahead) // MOST_LAUNCHES)
    ends = np.linspace(0, len(ahead), number + 1).round().astype(int).tolist()
    figures = {}
    for series in study.series:
        for n, (first, last) in enumerate(pairwise(ends), start=1):
            part = ahead[first:last]
            title = f"{study.spec.title}: forecasts from the past, {series.name}"
            if number > 1:
                title += f", launched {month_words(part[0].launch)} to {month_words(part[-1].launch)}"
            name = f"launches-{series.name}" + (f"-{n}" if n > 1 else "")
            figures[name] = launched(series, part, title, study.names)
    return figures


def scores_of(launches: Sequence[Launch]) -> pd.DataFrame:
    """Return the scores of all launches in one table."""
    return pd.concat([one.scores.assign(launch=one.month) for one in launches], ignore_index=True)[scored_columns()]


def save_forecast(study: Study, ahead: Forecast, folder: Path) -> list[Path]:
    """Write a forecast: ``forecast.csv`` by month end and origin, and one page; return the paths."""
    with whole_folder(folder) as draft:
        _stamp(draft, "forecast", study, launch=ahead.launch, until=ahead.dates[-1])
        forecast_csv(ahead, study.series[0].name, study.names).to_csv(
            draft / "forecast.csv", index=False, float_format="%.1f"
        )
        sheets = [forecast_sheet(study, ahead, one.name) for one in study.series]
        _draw(draft, "forecast", launched(study.series[0], [ahead], f"{study.spec.title}: forecast", study.names))
        _page(draft, f"{study.spec.title}: forecast from {ahead.launch}", [], sheets, ["forecast"])
    return _written(folder)


def save_patterns(study: Study, found: Sequence[Checked], draws: int, folder: Path) -> list[Path]:
    """Write patterns: ``patterns.csv``, a row for every finding, and one page; return the paths."""
    with whole_folder(folder) as draft:
        _stamp(draft, "patterns", study, draws=draws)
        pattern_table(found).to_csv(draft / "patterns.csv", index=False, float_format=FLOAT)
        _page(draft, f"{study.spec.title}: patterns", said_plainly(found), [pattern_sheet(found, draws)], [])
    return _written(folder)


def forecast_csv(ahead: Forecast, series: str, names: Mapping[str, str]) -> pd.DataFrame:
    """Return a row a month end and stock: date, origin (by its published name), median, q05, q25, q75, q95."""
    table = ahead.table(series)
    table = table[table["stock"] != ALL]
    ends = pd.PeriodIndex(table["date"], freq="M").to_timestamp(how="end").strftime("%Y-%m-%d")
    origins = [names.get(stock, stock) for stock in table["stock"]]
    return table.assign(date=ends, origin=origins)[["date", "origin", "median", "q05", "q25", "q75", "q95"]]


def _stamp(draft: Path, kind: str, study: Study, **more: Any) -> None:
    about = {**stamp(kind), "study": study.spec.title, **more}
    (draft / MANIFEST).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")


def _draw(draft: Path, name: str, figure: Figure) -> None:
    with mpl.rc_context({"svg.hashsalt": "solutions-sim"}):
        figure.savefig(draft / f"{name}.png", dpi=DOTS_PER_INCH, metadata={"Software": None})


def _page(draft: Path, title: str, notes: Sequence[str], sheets: list[Sheet], figures: Sequence[str]) -> None:
    text = sheets_as_markdown(title, sheets, tuple(notes))
    pictures = [f"![{name}]({name}.png)" for name in figures]
    (draft / "report.md").write_text("\n\n".join([text, *pictures]) + "\n", encoding="utf-8")


def _written(folder: Path) -> list[Path]:
    return [folder / name for name in sorted(files_in(folder))]
