"""The data dictionary of a results folder: every variable, outcome and table, from their declarations."""

from collections.abc import Mapping

from sim.outcomes import HEADLINE
from sim.outcomes.costs import ACCOUNTS
from sim.report.parameter_tables import markdown_table
from sim.report.words import CRITERIA, METRICS
from sim.world.recorder import ASSESSED, BOOKS, CONDITIONS, EVENTS, PRICES, STOCKS, Variable

RECORDED: dict[str, tuple[str, Mapping[str, Variable]]] = {
    "Stocks": ("month", STOCKS),
    "Events of a month": ("month", EVENTS),
    "Prices": ("month", PRICES),
    "Conditions of areas": ("month", CONDITIONS),
    "Books of programmes": ("month", BOOKS),
    "Accounts": ("month", ACCOUNTS),
    "Assessed at the start, every twelfth month, and at the end": ("assessed", ASSESSED),
}
TABLES = {
    "changed": "families by what became of them against the baseline, matched one by one: gained, lost, pushed",
    "equity": "outcomes by who heads a family, vulnerability, tenure and camp: families per 100 of each group",
    "worst_off": "of every outcome the worst-off group beside everybody; how many groups may not be shown",
    "residual": "who is still displaced at the end, and who was at the start: per 100 of the displaced then",
    "severity": "how hard conditions are in places of return, and of integration and settlement: two scales, 0 to 100",
    "blocked": "families that want to return, integrate or settle elsewhere at the end: by where, and what stops them",
    "exits": "who lives as hosts do, by every metric, and passes every sub-criterion; hosts by the same rule: per 100",
    "areas": "work, services, security, cohesion, rent and area indicators at the end",
    "costs": "money by programme, care by settlement type, and what is shifted to households and hosts: USD",
}
TEXT = """Families and persons count real households, as far as simulated ones stand for them. `month` has one entry
more than the months simulated: entry 0 is the start, entry t the end of the t-th month. Stocks are those at that
moment; events are those of the month that ends there. `origin` and `area` are p-codes. `group` numbers the equity
groups; along it lie `headed_by`, `vulnerability`, `tenure` and `came_from`. What counts households has a twin named
`..._rows`: the simulated households it comes from, which publishing needs and which are not published.

`data.nc` and `ends.nc` (start and end of every run of a comparison) are complete and not for publication. Every other
file holds counts as they may be published: of ten families and ten simulated households or more, rounded to fives;
what is missing is withheld.

`tidy.csv` (of a run) holds one value a row: situations every month; who and where families are, and what was assessed
of them, at the start, every twelfth month and the end; moves and programmes over the whole run (no month); intentions
of the last month; and conditions of areas. Blank labels mean all. Zeros are left out."""


def dictionary() -> str:
    """Return the page in markdown."""
    return "\n\n".join(["# What the files hold", TEXT, *headline_parts(), *table_parts(), *recorded_parts()]) + "\n"


def headline_parts() -> list[str]:
    """Return the headline outcomes, those on the first screen marked."""
    lines = [(f"`{o.name}`", o.label, o.unit, o.block, "yes" if o.brief else "") for o in HEADLINE]
    text = "What `sim compare` shows for every scenario, with the harm beside the totals; with `--full` all of them."
    return ["## Headline outcomes", text, markdown_table(["Name", "Label", "Unit", "Block", "First screen"], lines)]


def table_parts() -> list[str]:
    """Return the tables of a comparison, the metrics and the sub-criteria."""
    tables = [(f"`tables/{name}.csv`", meaning) for name, meaning in TABLES.items()]
    metrics = [(f"`{name}`", meaning) for name, meaning in METRICS.items()]
    criteria = [(f"`{name}`", meaning) for name, meaning in CRITERIA.items()]
    return [
        "## Tables of a comparison",
        "Means over seeds, one value a row.",
        markdown_table(["File", "What it holds"], tables),
        "## Exit metrics and sub-criteria",
        "What each metric asks: [exit-metrics.md](exit-metrics.md). Sub-criteria are those of IRIS (EGRISS 2020).",
        markdown_table(["Metric", "Meaning"], metrics),
        markdown_table(["Sub-criterion", "Meaning"], criteria),
    ]


def recorded_parts() -> list[str]:
    """Return every recorded variable."""
    parts = []
    for title, (axis, found) in RECORDED.items():
        rows = [(f"`{name}`", _dimensions(axis, v), v.unit, v.meaning) for name, v in found.items()]
        parts += [f"## {title}", markdown_table(["Variable", "Dimensions", "Unit", "Meaning"], rows)]
    return parts


def _dimensions(axis: str, variable: Variable) -> str:
    return ", ".join((axis, *(dim for dim in variable.dims if dim != "once")))
