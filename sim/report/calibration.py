"""What a fit, its backtests and a forecast say: tables for the terminal and for pages."""

from typing import Any

import numpy as np
import pandas as pd

from sim.calibrate.abc import Posterior
from sim.calibrate.coverage import LEAST, Coverage
from sim.calibrate.diagnostics import UNSEEN, covered
from sim.calibrate.forecast import ALL, Forecast
from sim.calibrate.scores import Score
from sim.calibrate.study import Study
from sim.report.lines import Section, Sheet
from sim.report.numbers import Shown
from sim.report.words import counted, month_words

FAR = 0.05  # share of simulations farther out than what was observed, below which the model does not make it
WHOLE = "all together"
CLOSURES_RECKONED = "Camps close unannounced as often as the study reckons with."
CLOSURES_NOT = "No camp closes that is not known to."


def parameter_sheet(table: pd.DataFrame) -> Sheet:
    """Return what is believed of every parameter, before and after."""
    lines = tuple((str(row["parameter"]), _parameter(row)) for _, row in table.iterrows())
    little = [str(row["parameter"]) for _, row in table.iterrows() if row["contraction"] < UNSEEN or row["unseen"]]
    told = f"The data tell little of: {', '.join(little)}." if little else "The data tell something of every parameter."
    learned = "Learned: 1 - variance after over variance before, as shares of the prior."
    caption = f"After: median and 90 % interval. {learned} {told}"
    columns = ("before", "after", "learned")
    return Sheet("What is believed of the parameters", columns, (Section("Parameter", lines),), caption)


def _parameter(row: "pd.Series") -> tuple[Shown, ...]:
    low, high, median, q05, q95 = (float(row[name]) for name in ("low", "high", "q50", "q05", "q95"))
    return (
        Shown(f"{low:.3g} to {high:.3g}", ""),
        Shown(f"{median:.3g}", f"({q05:.3g} to {q95:.3g})"),
        Shown(f"{max(0.0, float(row['contraction'])):.0%}", ""),
    )


def predictive_sheet(table: pd.DataFrame) -> Sheet:
    """Return how well what was published is predicted by the posterior it made."""
    lines = tuple(
        (
            str(row["series"]),
            (
                Shown(f"{row['values']:,.0f}", ""),
                Shown(f"{row['within_90']:.0%}", ""),
                Shown(f"{row['wape']:.1f}%", ""),
            ),
        )
        for _, row in covered(table).iterrows()
    )
    caption = "In sample: the fit has seen these values. Error: sum of |median - published| over sum of published."
    columns = ("values", "in 90 %", "error")
    return Sheet("What the posterior predicts of its targets", columns, (Section("Target", lines),), caption)


def coverage_sheet(coverage: Coverage) -> Sheet:
    """Return how often intervals hold truths that are known."""
    table = coverage.table()
    lines = tuple((str(name), _coverage(row)) for name, row in table.iterrows())
    whole = (Shown(f"{coverage.mean_90:.0%}", ""), Shown(f"{coverage.rmse.mean():.2f}", ""))
    caption = (
        f"Of {len(coverage.truths)} simulations of the last round, each fitted in turn from the others: 90 % intervals "
        f"should hold nine in ten. Error: of posterior means, in standard deviations of the prior. Below "
        f"{LEAST:.0%} on average a fit is not to be believed."
    )
    section = Section("Parameter", (("all, on average", whole), *lines))
    return Sheet("Whether its intervals are honest", ("in 90 %", "error"), (section,), caption)


def _coverage(row: "pd.Series") -> tuple[Shown, Shown]:
    held = Shown(f"{row['within_90']:.0%}", f"({row['within_90_low']:.0%}-{row['within_90_high']:.0%})")
    return held, Shown(f"{row['rmse']:.2f}", "")


def outside_text(posterior: Posterior) -> str:
    """Return whether the model makes what was observed at all, in a sentence."""
    far = posterior.outside
    begin = f"What was published lies {far.distance:.1f} standard distances from the simulations of the last round"
    if far.farther < FAR:
        return (
            f"{begin}, farther than {1 - far.farther:.0%} of them: NO PARAMETERS MAKE IT, and intervals are too narrow."
        )
    return f"{begin}; {far.farther:.0%} of them lie farther out."


def backtest_sheets(scores: pd.DataFrame) -> list[Sheet]:
    """Return errors and interval scores of all launches beside naive forecasts, and how honest intervals were."""
    first = str(scores["series"].iloc[0])
    main = scores[scores["series"] == first]
    launches = tuple(dict.fromkeys(str(month) for month in main["launch"]))
    columns = (*(month_words(month) for month in launches), "mean")
    sections = []
    for title, field in (("Error of the medians, %", "wape"), ("Interval score, %", "interval")):
        wide = main.pivot(index="forecast", columns="launch", values=field).reindex(columns=list(launches))
        order = [name for name in dict.fromkeys(main["forecast"]) if name in wide.index]
        sections.append(
            Section(title, tuple((name, _numbers([*wide.loc[name], wide.loc[name].mean()])) for name in order))
        )
    caption = (
        f"Of {first}, at all dates that are scored after {counted(len(launches), 'launch', 'launches')}; lower is "
        "better. Each launch was fitted to what was published until then, and knows nothing later. Error: sum of "
        "|median - published| over sum "
        "of published. Interval score: width of the 90 % interval, and twenty times how far what was published lies "
        "outside (Gneiting and Raftery 2007)."
    )
    return [Sheet("Forecasts from the past", columns, tuple(sections), caption), _honesty_sheet(scores)]


def _honesty_sheet(scores: pd.DataFrame) -> Sheet:
    """Return how many published values lay in 90 % intervals, by series and forecast."""
    parts = scores.groupby(["series", "forecast"], sort=False)[["covered", "counts"]].sum()
    share = (parts["covered"] / parts["counts"]).unstack("series", sort=False)
    error = scores.groupby(["series", "forecast"], sort=False)["wape"].mean().unstack("series", sort=False)
    series = [str(name) for name in share.columns]
    words = tuple(WHOLE if name == ALL else name for name in series)
    inside = tuple((str(name), tuple(Shown(f"{row[one]:.0%}", "") for one in series)) for name, row in share.iterrows())
    wrong = tuple((str(name), _numbers([row[one] for one in series])) for name, row in error.iterrows())
    sections = (Section("Published values in 90 % intervals", inside), Section("Mean error, %", wrong))
    return Sheet("How honest the intervals were", words, sections, "Over all launches; 90 % would be right.")


def _numbers(values: list[float]) -> tuple[Shown, ...]:
    return tuple(Shown("-" if np.isnan(value) else f"{value:.1f}", "") for value in values)


def forecast_sheet(study: Study, ahead: Forecast, series: str, every: int = 2) -> Sheet:
    """Return quantiles of a series and of its sum, at every second month and the last."""
    names, closures = study.names, study.spec.unforeseen is not None
    table = ahead.table(series)
    dates = [date for n, date in enumerate(ahead.dates, start=1) if n % every == 0 or n == len(ahead.dates)]
    by = table.set_index(["stock", "date"])
    lines = tuple(
        (WHOLE if stock == ALL else names.get(stock, stock), tuple(_quantiles(by, stock, date) for date in dates))
        for stock in (*ahead.labels[series], ALL)
    )
    caption = (
        f"Families as tracking would count them, from what was published at the end of {month_words(ahead.launch)}: "
        "median and 90 % interval. Nothing that begins later is known: no announcement, no shock, no unusual arrival. "
        f"{CLOSURES_RECKONED if closures else CLOSURES_NOT}"
    )
    section = Section("Families", lines)
    return Sheet("What is forecast", tuple(month_words(date) for date in dates), (section,), caption)


def _quantiles(by: pd.DataFrame, stock: str, date: str) -> Shown:
    row: Any = by.loc[(stock, date)]
    return Shown(f"{_rounded(row['median'])}", f"({_rounded(row['q05'])}-{_rounded(row['q95'])})")


def _rounded(value: float) -> str:
    digits = max(0, int(np.floor(np.log10(max(value, 1.0)))) - 2)
    return f"{round(value, -digits):,.0f}"


def scored_columns() -> list[str]:
    """Return the columns of a table of scores."""
    return ["launch", "series", "forecast", *Score._fields]


def title_of(study: Study, until: str) -> str:
    """Return the heading of a page about a study."""
    return f"{study.spec.title}: to {month_words(until)}"
