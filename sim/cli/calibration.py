"""Commands on calibration studies: fit, validate, forecast, patterns."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.common import FAULT, announce_compiling, app, complain, console, interruptible, list_written, say
from sim.cli.experiments import ClusterAddress, Who, Workers
from sim.schema.errors import InputError

if TYPE_CHECKING:
    from sim.calibrate.abc import Posterior as FittedPosterior
    from sim.calibrate.study import Study

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY", help="A study file (YAML), see docs/calibration.md.")]
Folder = Annotated[Path, typer.Option("--out", metavar="FOLDER", help="Results folder.")]
Month = Annotated[str | None, typer.Option("--until", metavar="YYYY-MM", help="Fit to what was published until then.")]
Keep = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Where simulations are kept, so that the same again goes on; beside --out."),
]
FitFolder = Annotated[
    Path | None,
    typer.Option("--posterior", metavar="FOLDER", help="Where a fit is kept; beside the study by default."),
]
Second = Annotated[
    bool,
    typer.Option("--second-opinion", help="Ask neural posterior estimation (sbi) too; it replaces nothing."),
]


@app.command()
def fit(
    study: StudyFile,
    out: Folder,
    until: Month = None,
    keep: Keep = None,
    second: Second = False,
    executor: Who = "processes",
    workers: Workers = None,
    cluster: ClusterAddress = None,
) -> None:
    """Fit a study to what was published, by simulation; keep the posterior and say how far it is to be believed.

    Interrupted or killed, the same command again loses one batch of simulations at most.

    Example: sim fit calibration/iraq/study.yaml --out results/fit
    """
    from sim.calibrate.diagnostics import parameter_table, predictive, predictive_table, sensitivity_table
    from sim.calibrate.fitting import fitted, problem_of, thinned
    from sim.calibrate.networks import refuse_missing
    from sim.calibrate.second_opinion import second_opinion
    from sim.calibrate.simulations import Simulator
    from sim.calibrate.study import open_study
    from sim.experiments.executors import executor_of
    from sim.experiments.folder import refuse_foreign
    from sim.report.calibration import outside_text, parameter_sheet, predictive_sheet
    from sim.report.calibration_folder import save_fit
    from sim.report.progress import spinner
    from sim.report.second_opinion import second_opinion_sheet
    from sim.report.tables import sheet_tables
    from sim.report.targets import sensitivity_sheet

    refuse_foreign(out)  # before anything is run
    if second:
        refuse_missing()
    opened, who = open_study(study), executor_of(executor, workers, cluster)
    last = _month(opened, until)
    announce_compiling()
    with interruptible(), spinner(console(stderr=True), "simulations") as tick:
        posterior = fitted(opened, last, who, _kept(out, keep), tick=tick)
        draws = thinned(posterior.draws, opened.spec.effort.draws)
        predicted = predictive(draws, Simulator(opened, last, who, tick))
        targets = sensitivity_table(opened, last, posterior)
        opinion = second_opinion(problem_of(opened, last, who), posterior, opened.spec.seed) if second else None
        written = save_fit(opened, last, posterior, predicted, targets, out, opinion)
    screen = console()
    sheets = [
        parameter_sheet(parameter_table(opened, posterior)),
        predictive_sheet(predictive_table(opened, last, predicted)),
        sensitivity_sheet(targets),
        *([second_opinion_sheet(opinion)] if opinion else []),
    ]
    screen.print(sheet_tables(sheets, screen.width))
    say(outside_text(posterior))
    list_written(written)
    _refuse_dishonest(opened, posterior)


def _refuse_dishonest(study: "Study", posterior: "FittedPosterior") -> None:
    """End with exit code 1 where intervals of a fit hold known truths too seldom."""
    from sim.calibrate.coverage import CoverageError
    from sim.calibrate.diagnostics import self_check

    try:
        self_check(study, posterior).refuse()
    except CoverageError as error:
        complain(str(error))
        raise typer.Exit(FAULT) from None


@app.command()
def validate(
    study: StudyFile,
    out: Folder,
    keep: Keep = None,
    executor: Who = "processes",
    workers: Workers = None,
    cluster: ClusterAddress = None,
) -> None:
    """Forecast from the past, and say how wrong that was, beside forecasts that take no model.

    Every launch of the study is fitted to what was published until then, from the one before it.

    Example: sim validate calibration/iraq/study.yaml --out results/backtests
    """
    from sim.calibrate.backtest import backtests
    from sim.calibrate.study import open_study
    from sim.experiments.executors import executor_of
    from sim.experiments.folder import refuse_foreign
    from sim.report.calibration import backtest_sheets
    from sim.report.calibration_folder import save_backtests, scores_of
    from sim.report.progress import spinner
    from sim.report.tables import sheet_tables

    refuse_foreign(out)  # before anything is run
    opened, who = open_study(study), executor_of(executor, workers, cluster)
    announce_compiling()
    with interruptible(), spinner(console(stderr=True), "simulations") as tick:
        launches = list(backtests(opened, who, _kept(out, keep), tick))
        written = save_backtests(opened, launches, out)
    screen = console()
    screen.print(sheet_tables(backtest_sheets(scores_of(launches)), screen.width))
    list_written(written)


@app.command()
def forecast(
    study: StudyFile,
    out: Folder,
    until: Annotated[str, typer.Option("--until", metavar="YYYY-MM", help="The last month that is forecast.")],
    posterior: FitFolder = None,
    executor: Who = "processes",
    workers: Workers = None,
    cluster: ClusterAddress = None,
) -> None:
    """Forecast what tracking will count, from the end of what a study was fitted to, by its posterior.

    Example: sim forecast calibration/iraq/study.yaml --until 2021-02 --out results/forecast
    """
    from sim.calibrate.forecast import forecast as run_forecast
    from sim.calibrate.keeping import open_posterior
    from sim.calibrate.study import open_study
    from sim.experiments.executors import executor_of
    from sim.experiments.folder import refuse_foreign
    from sim.report.calibration import forecast_sheet
    from sim.report.calibration_folder import save_forecast
    from sim.report.progress import progress
    from sim.report.tables import sheet_tables

    refuse_foreign(out)  # before anything is run
    opened, who = open_study(study), executor_of(executor, workers, cluster)
    kept = open_posterior(posterior or study.parent, opened)
    launch = str(kept.about["until"])
    months = _months_ahead(launch, until)
    announce_compiling()
    with interruptible(), progress(console(stderr=True), len(kept.draws), "draws") as bar:
        ahead = run_forecast(opened, kept.draws, launch, months, who, bar.tick)
    written = save_forecast(opened, ahead, out)
    screen = console()
    screen.print(sheet_tables([forecast_sheet(opened, ahead, opened.series[0].name)], screen.width))
    list_written(written)


@app.command()
def patterns(
    study: StudyFile,
    out: Folder,
    draws: Annotated[
        int, typer.Option(metavar="N", min=5, help="Draws of the posterior; each is run five times, in pairs.")
    ] = 20,
    posterior: FitFolder = None,
    executor: Who = "processes",
    workers: Workers = None,
    cluster: ClusterAddress = None,
) -> None:
    """Say which patterns of displacement the fitted model shows, which it does not, and which cannot be told.

    Every pattern has a criterion that it can fail; figures published beside the study are compared where there are any.

    Example: sim patterns calibration/iraq/study.yaml --out results/patterns
    """
    from sim.calibrate.fitting import thinned
    from sim.calibrate.keeping import open_posterior
    from sim.calibrate.patterns import checked
    from sim.calibrate.patterns_runs import VARIANTS, evidence_of
    from sim.calibrate.study import open_study
    from sim.experiments.executors import executor_of
    from sim.experiments.folder import refuse_foreign
    from sim.report.calibration_folder import save_patterns
    from sim.report.patterns import pattern_sheet, said_plainly
    from sim.report.progress import progress
    from sim.report.tables import sheet_tables

    refuse_foreign(out)  # before anything is run
    opened, who = open_study(study), executor_of(executor, workers, cluster)
    chosen = thinned(open_posterior(posterior or study.parent, opened).draws, draws)
    announce_compiling()
    with interruptible(), progress(console(stderr=True), len(chosen) * len(VARIANTS), "runs") as bar:
        found = checked(evidence_of(opened, study.parent, chosen, who, bar.tick))
    written = save_patterns(opened, found, len(chosen), out)
    screen = console()
    screen.print(sheet_tables([pattern_sheet(found, len(chosen))], screen.width))
    for line in said_plainly(found):
        say(line)
    list_written(written)


def _month(study: "Study", until: str | None) -> str:
    """Return the month that is fitted to: the forecast origin of a study, or an earlier one."""
    last = until or study.spec.origin
    if not study.until(_checked(last)):
        raise InputError("nothing is published until then", key="--until", value=last)
    if last > study.spec.origin:
        allowed = f"at most {study.spec.origin}, the forecast origin of the study"
        raise InputError("lies after the forecast origin", key="--until", value=last, allowed=allowed)
    return last


def _months_ahead(launch: str, until: str) -> int:
    from sim.schema.base import month_number

    months = month_number(_checked(until)) - month_number(launch)
    if not 1 <= months <= 120:
        allowed = f"1 to 120 months after {launch}"
        raise InputError("is not ahead of what was fitted", key="--until", value=until, allowed=allowed)
    return months


def _checked(month: str) -> str:
    """Return a month as it is written; refuse what is none."""
    from pydantic import TypeAdapter, ValidationError

    from sim.schema.base import CalendarMonth

    try:
        return str(TypeAdapter(CalendarMonth).validate_python(month))
    except ValidationError:
        raise InputError("is no month", key="--until", value=month, allowed="YYYY-MM, for example 2019-08") from None


def _kept(out: Path, keep: Path | None) -> Path:
    return keep or out.with_name(f"{out.name}-simulations")
