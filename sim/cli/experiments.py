"""Commands on experiments: experiment, status, precision, robust, information, sensitivity, failures,
reach."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.cli.common import (
    FAULT,
    INTERRUPTED,
    Households,
    Months,
    ScenarioName,
    ScenarioNames,
    Set,
    announce_compiling,
    app,
    complain,
    console,
    interruptible,
    list_written,
    loaded,
    say,
)
from sim.schema.errors import InputError

if TYPE_CHECKING:
    from sim.calibrate.sample_information import SampleInformation
    from sim.experiments.draws import Draws
    from sim.experiments.information import Choice
    from sim.experiments.store import Store

BEST = "sustained_whole"  # of what stands in sim.outcomes, which --help does not wait for
Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Where an experiment is kept.")]
Spread = Literal["latin_hypercube", "sobol", "saltelli"]
Uncertain = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Priors to draw from (YAML), instead of the case's posterior or priors."),
]
Posterior = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Draws as they are (CSV or Parquet), a parameter a column.")
]
NumberOfDraws = Annotated[int | None, typer.Option("--draws", metavar="N", min=1, help="How many parameter draws.")]
Method = Annotated[Spread, typer.Option(help="How draws are spread over the priors.")]
Who = Annotated[
    Literal["serial", "threads", "processes", "dask"], typer.Option(help="Who runs; results do not depend on it.")
]
Workers = Annotated[
    int | None, typer.Option(metavar="N", min=1, help="Threads or processes; all processors by default.")
]
ClusterAddress = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="A Dask scheduler that runs: tcp://host:port, or its file.")
]


@app.command()
def experiment(
    scenarios: ScenarioNames,
    out: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Where the experiment is kept; the same again goes on with it.")
    ],
    uncertain: Uncertain = None,
    posterior: Posterior = None,
    draws: NumberOfDraws = None,
    method: Method = "latin_hypercube",
    seeds: Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="Seeds to run every draw with.")] = 1,
    households: Households = None,
    months: Months = None,
    executor: Who = "threads",
    workers: Workers = None,
    cluster: ClusterAddress = None,
    set_: Set = None,
    full: Annotated[bool, typer.Option("--full", help="Print every table, not the first screen alone.")] = False,
) -> None:
    """Run scenarios under many parameter draws and seeds, and keep every replicate as it finishes.

    Interrupted, killed or failed in part, the same command again runs only what is missing.

    Example: sim experiment iraq/no-closure iraq/closure-no-notice --draws 40 --seeds 2 --out results/many
    """
    from sim.experiments.executors import executor_of
    from sim.experiments.experiment import INTERRUPTION, comparison_of
    from sim.experiments.experiment import experiment as run_experiment
    from sim.report.folder import save_report
    from sim.report.progress import progress
    from sim.report.tables import comparison_tables

    chosen = [loaded(name, set_) for name in scenarios]
    drawn = _draws(chosen[0].name, uncertain, posterior, draws, method)
    who = executor_of(executor, workers, cluster)
    announce_compiling()
    with progress(console(stderr=True), (len(drawn) if drawn else 1) * seeds, "replicates") as bar:
        ended = run_experiment(chosen, out, drawn, seeds, households, months, who, tick=bar.tick)
    for failure in ended.failures:
        complain(failure)
    comparison = comparison_of(ended.store)
    written = save_report(comparison, out / "report")
    screen = console()
    screen.print(comparison_tables(comparison, screen.width, full))
    for note in comparison.notes:
        say(f"\n{note}")
    list_written(written)
    if ended.failures:
        missing = f"{len(ended.store.missing)} of {ended.store.planned} replicates are missing"
        say(f"\n{missing}; the same command again runs what is missing.", stderr=True)
        raise typer.Exit(INTERRUPTED if INTERRUPTION in ended.failures else FAULT)


@app.command()
def reach(
    scenario: ScenarioName,
    lever: Annotated[str, typer.Option(metavar="PATH", help="The number to turn up, by the key that --set takes.")],
    target: Annotated[str, typer.Option(metavar="TARGET", help="What to reach: 'sustained_whole >= 20000'.")],
    low: Annotated[float, typer.Option("--from", metavar="N", help="The least value to try.")],
    high: Annotated[float, typer.Option("--to", metavar="N", help="The greatest value to try.")],
    probability: Annotated[
        float, typer.Option(metavar="P", help="Share of replicates in which the target has to be met.")
    ] = 0.9,
    uncertain: Uncertain = None,
    posterior: Posterior = None,
    draws: NumberOfDraws = None,
    method: Method = "latin_hypercube",
    seeds: Annotated[int, typer.Option(metavar="N", min=1, max=100_000, help="Seeds to run every draw with.")] = 20,
    households: Households = None,
    months: Months = None,
    executor: Who = "threads",
    workers: Workers = None,
    cluster: ClusterAddress = None,
    set_: Set = None,
) -> None:
    """Say what it would take: the smallest value of a lever that reaches a target, or that none does.

    No target is more returns or fewer displaced.

    Example: sim reach my.yaml --lever programmes.repair.places_per_month --target "sustained >= 900" --from 10 --to 90
    """
    from sim.experiments.executors import executor_of
    from sim.experiments.reach import reach as find
    from sim.report.progress import spinner
    from sim.report.reach import answer, reach_sheet
    from sim.report.tables import sheet_tables

    chosen = loaded(scenario, set_)
    drawn = _draws(chosen.name, uncertain, posterior, draws, method)
    who = executor_of(executor, workers, cluster)
    announce_compiling()
    with interruptible(), spinner(console(stderr=True), "values tried") as tick:
        found = find(chosen, lever, target, low, high, probability, drawn, seeds, households, months, who, tick)
    screen = console()
    screen.print(sheet_tables([reach_sheet(found)], screen.width))
    say(answer(found))


@app.command()
def status(
    folder: Folder,
) -> None:
    """Say how much of an experiment is finished, without disturbing who is running it.

    Example: sim status results/many
    """
    from sim.experiments.store import open_store
    from sim.report.experiment import status_page

    typer.echo(status_page(open_store(folder)))


@app.command()
def precision(
    folder: Folder,
    within: Annotated[
        float, typer.Option(metavar="N", help="Half-width of the 95 % interval that is wanted, in its unit.")
    ],
    outcome: Annotated[str, typer.Option(metavar="OUTCOME", help="Whose difference to the baseline.")] = BEST,
) -> None:
    """Say how well differences to the baseline are known, and how many draws or seeds it takes to know them better.

    Example: sim precision results/many --outcome displaced --within 500
    """
    from sim.experiments import comparison_of, open_store
    from sim.experiments import precision as known
    from sim.report.analysis import precision_sheet
    from sim.report.tables import sheet_tables

    comparison = comparison_of(open_store(folder))
    screen = console()
    sheet = precision_sheet(known(comparison, outcome, within), comparison, outcome, within)
    screen.print(sheet_tables([sheet], screen.width))


@app.command()
def robust(
    folder: Folder,
    outcome: Annotated[str, typer.Option(metavar="OUTCOME", help="What scenarios are compared by.")] = BEST,
    less: Annotated[bool, typer.Option("--less", help="Less of it is better.")] = False,
    target: Annotated[
        str | None, typer.Option(metavar="TARGET", help="Tell in how many futures it is reached: 'sustained >= 900'.")
    ] = None,
) -> None:
    """Say how scenarios do over all futures, and how much is lost by one where another would have done better.

    Example: sim robust results/many --target "sustained_whole >= 44000"
    """
    from sim.experiments import comparison_of, open_store, robustness
    from sim.experiments.reach import read_target
    from sim.report.analysis import robustness_sheet
    from sim.report.tables import sheet_tables

    comparison = comparison_of(open_store(folder))
    aim = None if target is None else read_target(target)
    found = robustness(comparison, outcome, not less, aim)
    screen = console()
    screen.print(sheet_tables([robustness_sheet(found, comparison)], screen.width))


@app.command()
def sensitivity(
    folder: Folder,
    outcome: Annotated[str, typer.Option(metavar="OUTCOME", help="Whose spread is to be explained.")] = BEST,
    scenario: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of its difference to the baseline; else of the baseline itself.")
    ] = None,
) -> None:
    """Say which uncertain parameters matter for an outcome: Sobol indices, or a screening of any draws.

    Example: sim sensitivity results/many --outcome sustained_whole --scenario iraq/closure-no-notice
    """
    from sim.experiments.experiment import comparison_of
    from sim.experiments.sensitivity import sensitivity as indices
    from sim.experiments.store import open_store
    from sim.report.analysis import sensitivity_sheet
    from sim.report.tables import sheet_tables

    store = open_store(folder)
    comparison = comparison_of(store)
    found = indices(store, comparison, outcome, scenario)
    base = comparison.titles[comparison.scenarios[0]]
    of, against = (comparison.titles[scenario], base) if scenario else (base, None)
    screen = console()
    screen.print(sheet_tables([sensitivity_sheet(found, outcome, of, against)], screen.width))


@app.command()
def information(
    folder: Folder,
    outcome: Annotated[str, typer.Option(metavar="OUTCOME", help="What scenarios are compared by.")] = BEST,
    less: Annotated[bool, typer.Option("--less", help="Less of it is better.")] = False,
    study: Annotated[
        Path | None, typer.Option(metavar="STUDY", help="Also tell what its targets and surveys would be worth.")
    ] = None,
    posterior: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Where a fit is kept; beside the study by default.")
    ] = None,
    executor: Who = "threads",
    workers: Workers = None,
    cluster: ClusterAddress = None,
) -> None:
    """Say what knowing a parameter, or a measurement, would be worth for the choice between scenarios.

    Example: sim information results/many --outcome sustained_whole --study calibration/iraq/study.yaml
    """
    from sim.experiments import comparison_of, open_store
    from sim.experiments.information import choice_between
    from sim.experiments.information import information as worth
    from sim.report.information import information_sheet, measurement_sheet
    from sim.report.tables import sheet_tables

    if study is None and posterior is not None:
        allowed = "beside --study"
        raise InputError("without a study nothing is measured", key="--posterior", value=posterior, allowed=allowed)
    store = open_store(folder)
    comparison = comparison_of(store)
    choice = choice_between(store, comparison, outcome, not less)
    sheets = [information_sheet(worth(choice), comparison)]
    if study is not None:
        found, joint = _measured(store, choice, study, posterior, (executor, workers, cluster))
        sheets.append(measurement_sheet(found, comparison, joint))
    screen = console()
    screen.print(sheet_tables(sheets, screen.width))


@app.command()
def failures(
    folder: Folder,
    target: Annotated[str, typer.Option(metavar="TARGET", help="What has to be reached: 'sustained_whole >= 20000'.")],
    scenario: Annotated[str | None, typer.Option(metavar="NAME", help="Which scenario; the last by default.")] = None,
) -> None:
    """Say in which futures a scenario misses a target: the ranges of uncertain parameters where it does.

    Example: sim failures results/many --target "sustained_whole >= 44000"
    """
    from sim.experiments.discovery import failures as discovered
    from sim.experiments.experiment import comparison_of
    from sim.experiments.reach import read_target
    from sim.experiments.store import open_store
    from sim.report.analysis import failures_text

    store = open_store(folder)
    say(failures_text(discovered(store, comparison_of(store), read_target(target), scenario)))


def _measured(
    store: "Store", choice: "Choice", study: Path, posterior: Path | None, who: tuple[str, int | None, str | None]
) -> "tuple[SampleInformation, bool]":
    """Return what measurements of a study would be worth, and whether nuisances belong to the draws."""
    from sim.calibrate.case_values import study_values
    from sim.calibrate.keeping import open_posterior
    from sim.calibrate.measurements import measured, offered
    from sim.calibrate.sample_information import sample_information
    from sim.calibrate.study import open_study
    from sim.experiments.executors import executor_of
    from sim.report.progress import progress

    opened, runs = open_study(study), executor_of(*who)
    found = study_values(opened, open_posterior(posterior or study.parent, opened), store)
    numbers, measurements = choice.drawn.index.tolist(), offered(opened)
    announce_compiling()
    with interruptible(), progress(console(stderr=True), len(numbers), "draws") as bar:
        statistics = measured(opened, measurements, found.values[numbers], numbers, runs, bar.tick)
    return sample_information(choice, measurements, statistics), found.joint


def _draws(
    baseline: str, uncertain: Path | None, posterior: Path | None, draws: int | None, method: Spread
) -> "Draws | None":
    """Return the draws that are asked for; none where parameters stay as they are written."""
    from sim.experiments.draws import SALTELLI, posterior_draws, prior_draws, read_uncertainties
    from sim.library import priors_of, study_of

    if uncertain is not None and posterior is not None:
        allowed = "one of --uncertain and --posterior"
        raise InputError("draws come from priors or from a posterior", key="--posterior", allowed=allowed)
    if posterior is not None:
        return posterior_draws(posterior, draws)
    if draws is None:
        if uncertain is not None:
            raise InputError("how many draws is not said", key="--draws", allowed="--draws N")
        return None
    study = None if uncertain or method == SALTELLI else study_of(baseline)
    if study is not None:
        from sim.calibrate.case_draws import fitted_draws

        priors = priors_of(baseline)
        return fitted_draws(study, draws, read_uncertainties(priors) if priors else None, method)
    file = uncertain or priors_of(baseline)
    if file is None:
        message = f"no priors are shipped for {baseline}"
        raise InputError(message, key="--draws", value=draws, allowed="--uncertain FILE or --posterior FILE beside it")
    return prior_draws(read_uncertainties(file), draws, method)
