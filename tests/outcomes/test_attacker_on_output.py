"""Whoever reads all that a run or a comparison publishes cannot bound a withheld count to within ten families."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from puzzle import ROUNDED, Key, Puzzle

import sim
from sim.experiments.compare import open_comparison
from sim.outcomes import HEADLINE, SUMS
from sim.outcomes.groups import TRAITS
from sim.report.brief import comparison_sheets
from sim.report.folder import save_comparison, save_run
from sim.report.markdown import page
from sim.report.sheets import SITUATIONS as PLACES
from sim.report.words import CRITERIA, GATES, METRICS, MOVE_CLASSES, OUTCOMES, SITUATIONS, TRAIT_VALUES

SPAN, EXACT = 10 - 1e-3, 1e-5  # families; linear programs are solved to 1e-7
HOUSEHOLDS, MONTHS = 800, 14
SOLVED = ("returned", "integrating", "settled_elsewhere")
INDUCED = ("hastened", "diverted", "expelled")
VALUES = {name: [f"{name}={value}" for value in values] for name, values in TRAITS.items()}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a run and a comparison in it, in which many cells are small."""
    place = tmp_path_factory.mktemp("published")
    one = sim.run("valley/closure-no-notice", households=HOUSEHOLDS, months=MONTHS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.report.folder.save_figures", lambda *_: [])  # they draw what tables say
        save_run(one, place / "run")
        pair = ["valley/as-is", "valley/closure-no-notice"]
        both = sim.compare(pair, seeds=2, households=HOUSEHOLDS, months=MONTHS, counterparts=False)
        save_comparison(both, place / "comparison")
    return place


def narrow(puzzle: Puzzle) -> dict[Key, float]:
    """Return the blank cells whose bounds are too close."""
    return {key: width for key, width in puzzle.spans().items() if width < SPAN}


# ------------------------------------------------------------------------------------------------ a run


def test_a_run(folder: Path) -> None:
    table = pd.read_csv(folder / "run" / "tidy.csv", dtype=str)
    puzzle = run_puzzle(table)
    assert len(puzzle.withheld) > 50, "many are withheld"
    assert narrow(puzzle) == {}


def test_the_tables_of_a_run_say_no_more_than_its_file(folder: Path) -> None:
    """Every count of run.md (and run.txt, made of the same) stands in tidy.csv, blank where that is."""
    table = pd.read_csv(folder / "run" / "tidy.csv", dtype={"month": "Int64"})
    sheets = read_sheets((folder / "run" / "run.md").read_text(encoding="utf-8"))
    stocks = table[table["variable"].isin(["families", "persons"])].set_index(["variable", "situation", "month"])
    situations = {label: name for name, label in SITUATIONS.items()}
    for section, label, cells in sheets["Where families are, at the end of the month"]:
        found = stocks["value"].get((section.lower(), situations[label], MONTHS), 0.0)
        assert same(cells[-1], found)
    moves = table[(table["variable"] == "moves") & table["pathway"].notna()].set_index(["push_class", "pathway"])[
        "value"
    ]
    classes = {label: name for name, label in MOVE_CLASSES.items()}
    for section, label, cells in sheets["Moves by families over the whole run"]:
        if section == "By how free they were":
            for way, cell in zip(("return", "local_integration", "settlement_elsewhere", "displaced_elsewhere"), cells):
                assert same(cell, moves.get((classes[label], way), 0.0))


def same(cell: str, value: float) -> bool:
    """Return whether a cell of a table, of at most four digits, says what the file says."""
    shown = number(cell)
    return bool(np.isnan(value)) if np.isnan(shown) else abs(shown - value) <= 0.0005 * value


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("companions", [True, False])
def test_a_run_without_rounding(folder: Path, companions: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader who has exact counts learns no more; and finds many where small cells alone are blank."""
    monkeypatch.setattr("sim.outcomes.publish.rounded", lambda values: np.asarray(values, float))
    if not companions:
        monkeypatch.setattr("sim.outcomes.suppression._protected", lambda matrix, values, small, kept: small)
    table = sim.open_result(folder / "run").tidy().astype(object)
    table["month"] = table["month"].map(lambda month: month if pd.isna(month) else str(month))
    found = narrow(run_puzzle(table, off_by=EXACT))
    assert found == {} if companions else len(found) > 20


def run_puzzle(table: pd.DataFrame, off_by: float = ROUNDED) -> Puzzle:
    """Return the counts of families of a tidy table, and all that ties them."""
    puzzle = Puzzle(off_by)
    labels = [name for name in table.columns if name not in ("date", "unit", "value", "suppressed")]
    counts = table[table["unit"] == "families"]
    for row in counts.to_dict("records"):
        named = tuple(f"{name}={row[name]}" for name in labels[2:] if isinstance(row[name], str))
        month = row["month"] if isinstance(row["month"], str) else "run"
        puzzle.know((row["variable"], month, *named), float(row["value"]))
    _stocks(puzzle, counts)
    _moves(puzzle, counts)
    _wishes(puzzle, counts)
    return puzzle


def labels_of(counts: pd.DataFrame, name: str) -> list[str]:
    """Return the labels of a column, none where there is no such column."""
    if name not in counts:
        return []
    return [f"{name}={value}" for value in counts[name].dropna().unique()]


def _stocks(puzzle: Puzzle, counts: pd.DataFrame) -> None:
    months = [str(month) for month in counts["month"].dropna().unique()]
    situations = labels_of(counts, "situation")
    tables = {"families_by_area": "area", "families_by_origin": "origin", "by_wave": "wave", "by_shelter": "shelter"}
    tables |= {f"by_{trait}": trait for trait in TRAITS}
    for variable, name in tables.items():
        every = labels_of(counts, name)
        for month in set(counts["month"][counts["variable"] == variable]):
            for one in situations:
                puzzle.equal([("families", month, one)], [(variable, month, one, label) for label in every])
    for month in months:
        puzzle.equal([("families", "0", one) for one in situations], [("families", month, one) for one in situations])
    for variable in ("families_by_origin", "by_wave", *(f"by_{trait}" for trait in TRAITS)):
        for label in labels_of(counts, tables[variable]):
            start = [(variable, "0", one, label) for one in situations]
            for month in set(counts["month"][counts["variable"] == variable]):
                puzzle.equal(start, [(variable, month, one, label) for one in situations])
    for month in set(counts["month"][counts["variable"] == "in_debt"]):
        for one in situations:
            _assessed(puzzle, month, one)
        sites = labels_of(counts, "site")
        camps = [("site_families", month, "situation=displaced", site) for site in sites]
        puzzle.equal([("by_shelter", month, "situation=displaced", "shelter=camp")], camps)
        puzzle.equal([("in_debt", month)], [("in_debt", month, one) for one in situations])
        for origin in labels_of(counts, "origin"):
            whole: dict[Key, float] = {("families_by_origin", "0", one, origin): 1.0 for one in situations}
            puzzle.at_most({("claims", month, origin): 1.0}, whole)


def _assessed(puzzle: Puzzle, month: str, one: str) -> None:
    whole = ("families", month, one)
    exits = {metric: ("exits", month, one, f"metric={metric}") for metric in METRICS}
    passes = [("passes", month, one, f"criterion={name}") for name in CRITERIA]
    held = {
        (name, horizon): (name, month, one, f"horizon={horizon}")
        for name in ("sustained", "sustained_whole")
        for horizon in (12, 24)
    }
    for cell in (("in_debt", month, one), *exits.values(), *passes):
        puzzle.part(whole, cell)
    for cell in passes:
        puzzle.part(cell, exits["pass_fail"])
    puzzle.part(exits["composite"], exits["criterion_composite"])
    puzzle.part(exits["criterion_composite"], exits["pass_fail"])
    puzzle.part(exits["composite"], held["sustained", 12])
    for name in ("sustained", "sustained_whole"):
        puzzle.part(held[name, 12], held[name, 24])
    for horizon in (12, 24):
        puzzle.part(held["sustained", horizon], held["sustained_whole", horizon])


def _moves(puzzle: Puzzle, counts: pd.DataFrame) -> None:
    into = {"returned": "return", "integrating": "local_integration", "displaced": "displaced_elsewhere"}
    into |= {"settled_elsewhere": "settlement_elsewhere"}
    classes, ways = labels_of(counts, "push_class"), [f"pathway={way}" for way in into.values()]
    before = labels_of(counts, "situation")
    induced = [f"push_class={name}" for name in INDUCED]
    for way in ways:
        every, flows = ("moves", "run", way), [("flows", "run", one) for one in before]
        puzzle.equal([every], [("moves", "run", one, way) for one in classes])
        after = next(name for name, pathway in into.items() if way == f"pathway={pathway}")
        puzzle.equal([every], [(*one, f"situation_after={after}") for one in flows])
        puzzle.part(every, ("premature", "run", way))
        puzzle.part(every, ("voluntary", "run", way), ("uninformed", "run", way))
        puzzle.part(every, ("voluntary", "run", way), *(("moves", "run", one, way) for one in induced))
        puzzle.part(("moves", "run", "push_class=no_push", way), ("after_push", "run", way))
    for one in classes:
        puzzle.equal([("moves", "run", one)], [("moves", "run", one, way) for way in ways])
    puzzle.equal([("moves", "run")], [("moves", "run", way) for way in ways])
    for one in before:
        led = [("flows", "run", one, f"situation_after={name}") for name in into]
        puzzle.equal([("flows", "run", one)], led)
    pushes = labels_of(counts, "push")
    for one in set(classes) - {"push_class=no_push"}:
        puzzle.equal([("moves", "run", one)], [("moves_by_push", "run", one, push) for push in pushes])
    for push in pushes:
        puzzle.equal([("moves_by_push", "run", push)], [("moves_by_push", "run", one, push) for one in classes])
    puzzle.part(("moves", "run", "pathway=return"), ("retries", "run", "pathway=return"))
    for gate in GATES:
        puzzle.part(("moves", "run", "pathway=return"), ("overridden", "run", f"gate={gate}"))


def _wishes(puzzle: Puzzle, counts: pd.DataFrame) -> None:
    month = str(counts["month"][counts["variable"] == "intended"].iloc[0])
    areas, gates = labels_of(counts, "area"), [f"gate={gate}" for gate in GATES]
    for way in labels_of(counts, "pathway"):
        for names in ([], *([gate] for gate in gates)):
            for variable in ("intended",) if not names else ("blocked", "released"):
                cells = [(variable, month, area, way, *names) for area in areas]
                puzzle.equal([(variable, month, way, *names)], cells)
        for place in ([], *([area] for area in areas)):
            wanted = ("intended", month, *place, way)
            released = [("released", month, *place, way, gate) for gate in gates]
            puzzle.part(wanted, *released)
            for gate, free in zip(gates, released):
                puzzle.part(wanted, ("blocked", month, *place, way, gate))
                puzzle.part(("blocked", month, *place, way, gate), free)
    puzzle.equal([("served", "run")], [("served", "run", one) for one in labels_of(counts, "programme")])


# ------------------------------------------------------------------------------------------------ a comparison


def test_a_comparison(folder: Path) -> None:
    place = folder / "comparison"
    page = (place / "comparison.md").read_text(encoding="utf-8")
    puzzle = comparison_puzzle(
        pd.read_csv(place / "comparison.csv"), pd.read_csv(place / "tables" / "blocked.csv"), page
    )
    assert len(puzzle.withheld) > 50, "many are withheld"
    assert narrow(puzzle) == {}


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.parametrize("companions", [True, False])
def test_a_comparison_without_rounding(folder: Path, companions: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sim.outcomes.publish.rounded", lambda values: np.asarray(values, float))
    if not companions:
        monkeypatch.setattr("sim.outcomes.suppression._protected", lambda matrix, values, small, kept: small)
    opened = open_comparison(folder / "comparison")
    page_of = page("", comparison_sheets(opened, full=True))
    found = narrow(comparison_puzzle(opened.published, opened.tables["blocked"], page_of, EXACT))
    assert found == {} if companions else len(found) > 2


def comparison_puzzle(published: pd.DataFrame, blocked: pd.DataFrame, page_of: str, off_by: float = ROUNDED) -> Puzzle:
    """Return the counts of families of a comparison, and all that its tables say of them."""
    puzzle, table = Puzzle(off_by), published[published["unit"] == "families"]
    scenarios = list(dict.fromkeys(table["scenario"]))
    for row in table.to_dict("records"):
        puzzle.know((row["scenario"], row["outcome"], "all"), row["mean"])
    for row in table[table["difference"].notna()].to_dict("records"):
        own, base = (dict[Key, float]({(name, row["outcome"], "all"): 1.0}) for name in (row["scenario"], scenarios[0]))
        puzzle.at_most(own, base, row["difference"] + off_by)
        puzzle.at_most(base, own, off_by - row["difference"])
    _areas_of_gates(puzzle, blocked)
    sheets = read_sheets(page_of)
    _changes(puzzle, scenarios, sheets["Who ends otherwise than in the baseline"])
    for name, column in zip(scenarios, range(len(scenarios))):
        _traits(puzzle, name, column, sheets["For whom: families per 100 of each group"])
        _residual(puzzle, name, column + 1, sheets["Who is still displaced: families per 100 of the displaced"])
        _shares(puzzle, name, column, sheets["Who lives as hosts do, by every metric"])
        _passes(puzzle, name, column, sheets["Sub-criteria passed (IRIS)"])
        _known_sums(puzzle, name)
    return puzzle


Sheet = list[tuple[str, str, list[str]]]  # section, label, cells
Sheets = dict[str, Sheet]  # by title


def read_sheets(page: str) -> Sheets:
    """Return the tables of a page in markdown."""
    found: Sheets = {}
    title = section = ""
    for line in page.splitlines():
        if line.startswith("## "):
            title = line[3:]
        elif line.startswith("| ") and not line.startswith("| ---"):
            label, *cells = (cell.strip() for cell in line.strip("|").split("|"))
            if label.startswith("**"):
                section = label.strip("*")
            elif label:
                found.setdefault(title, []).append((section, label, cells))
    return found


def number(cell: str) -> float:
    """Return a number of a table, NaN where it is withheld."""
    return float("nan") if cell == "withheld" else float(cell.replace(",", ""))


OF_TRAIT = {TRAIT_VALUES[value]: f"{name}={value}" for name, values in TRAITS.items() for value in values}
OF_PLACE = {title: situation for situation, title in PLACES.items()}
OF_OUTCOME = {label: name for name, label in OUTCOMES.items()} | {"Still displaced": "displaced"}


def _areas_of_gates(puzzle: Puzzle, blocked: pd.DataFrame) -> None:
    """Take note of the table of who wants a solution, by where and by what stops them."""
    places = list(dict.fromkeys(blocked["area"]))
    for row in blocked.to_dict("records"):
        key = (row["scenario"], _wish(row["pathway"], row["gate"]), row["area"])
        if key not in puzzle.bounds or np.isnan(row["families"]):
            puzzle.know(key, row["families"])
    wishes = blocked.groupby(["scenario", "pathway", "gate"], sort=False).size().index
    for name, pathway, gate in wishes:
        outcome = _wish(pathway, gate)
        puzzle.equal([(name, outcome, "all")], [(name, outcome, place) for place in places if place != "all"])
        for place in places if gate != "wanted" else ():
            puzzle.part((name, _wish(pathway, "wanted"), place), (name, outcome, place))


def _wish(pathway: str, gate: str) -> str:
    """Return the outcome of who wants to take a pathway, or is stopped by a gate: some are headline outcomes."""
    outcome = {"dwelling": "blocked_house"}.get(gate, f"blocked_{gate}")
    return outcome if pathway == "return" else f"{pathway} {outcome}"


def _changes(puzzle: Puzzle, scenarios: list[str], sheet: Sheet) -> None:
    """Take note of who changed: every family that is in both is in one line, and all of them are known."""
    for column, name in enumerate(scenarios):
        for _, label, cells in sheet:
            puzzle.know((name, "changed", label), number(cells[column]))
        stocks = [(name, situation, "all") for situation in ("displaced", *SOLVED)]
        puzzle.equal(stocks, [(name, "changed", label) for _, label, _ in sheet])


def _traits(puzzle: Puzzle, name: str, column: int, sheet: Sheet) -> None:
    for section, label, cells in sheet:
        outcome, by = OF_OUTCOME[section], OF_TRAIT.get(label, "all")
        puzzle.rate((name, outcome, by), (name, "all_families", by), number(cells[column]))
    for outcome in ("all_families", *dict.fromkeys(OF_OUTCOME[section] for section, _, _ in sheet)):
        for values in VALUES.values():
            puzzle.equal([(name, outcome, "all")], [(name, outcome, value) for value in values])
    for by in ("all", *OF_TRAIT.values()):
        whole = (name, "all_families", by)
        puzzle.part(whole, (name, "displaced", by), (name, "sustained", by))
        puzzle.part(whole, (name, "lives_as_hosts", by))
        puzzle.part((name, "lives_as_hosts", by), (name, "sustained", by))
        puzzle.part((name, "sustained", by), (name, "sustained_whole", by))
        puzzle.part(whole, (name, "in_debt", by))
    puzzle.equal([(name, "induced_moves", "all")], [(name, one, "all") for one in INDUCED])
    puzzle.part((name, "premature_moves", "all"), (name, "premature_returns", "all"))


def _residual(puzzle: Puzzle, name: str, column: int, sheet: Sheet) -> None:
    for _, label, cells in sheet:
        puzzle.rate((name, "displaced", OF_TRAIT[label]), (name, "displaced", "all"), number(cells[column]))


def _shares(puzzle: Puzzle, name: str, column: int, sheet: Sheet) -> None:
    metrics = {label: key for key, label in METRICS.items()}
    for section, label, cells in sheet:
        situation = OF_PLACE.get(section)
        if situation in SITUATIONS and cells[column] != "-":
            puzzle.rate((name, metrics[label], situation), (name, situation, "all"), number(cells[column]))
    for metric in METRICS:
        puzzle.equal([(name, f"exit_{metric}", "all")], [(name, metric, situation) for situation in SOLVED])
        for situation in SITUATIONS:
            puzzle.part((name, situation, "all"), (name, metric, situation))
    puzzle.equal([(name, "exit_displaced", "all")], [(name, "composite", "displaced")])


def _passes(puzzle: Puzzle, name: str, column: int, sheet: Sheet) -> None:
    criteria = {label: key for key, label in CRITERIA.items()}
    solved, displaced = (name, "solved", "all"), (name, "displaced", "all")
    puzzle.guess(solved)
    puzzle.equal([solved], [(name, one, "all") for one in SOLVED])
    for section, label, cells in sheet:
        if section == "Of families in a solution":
            puzzle.rate((name, criteria[label], "all"), solved, number(cells[column]))
            puzzle.part(solved, (name, criteria[label], "all"))
            puzzle.part((name, criteria[label], "all"), (name, "exit_pass_fail", "all"))
        elif OF_PLACE.get(section) == "displaced":
            puzzle.rate((name, criteria[label], "displaced"), displaced, number(cells[column]))
            puzzle.part(displaced, (name, criteria[label], "displaced"))


def _known_sums(puzzle: Puzzle, name: str) -> None:
    def key(outcome: str) -> Key:
        return (name, outcome, "all")

    for total, parts in SUMS:
        puzzle.equal([key(total)], [key(part) for part in parts])
    for one in HEADLINE:
        if one.within:
            puzzle.part(key(one.within), key(one.name))
    puzzle.part(key("exit_composite"), key("sustained"))
    puzzle.part(key("exit_composite"), key("exit_criterion_composite"))
    puzzle.part(key("exit_criterion_composite"), key("exit_pass_fail"))
    puzzle.part(key("returns"), key("voluntary_returns"), key("uninformed_returns"))
    for situation in SOLVED:
        puzzle.part(key(situation), key(f"sustained_{situation}"))
