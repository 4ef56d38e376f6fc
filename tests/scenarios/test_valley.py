"""The fictional case: small, quick, consistent, and with enough going on in it to learn from."""

import pytest
import yaml

import sim
from sim.data.case_tables import CONDITIONS, CaseTables, load_displaced
from sim.experiments import Result
from sim.library import content_folder
from sim.outcomes import headline
from sim.population.strata import LEAST_ROWS
from sim.report.parameter_tables import parameter_entries
from sim.scenario import compile_scenario, load_scenario
from sim.schema.base import month_number

FOLDER = content_folder("scenarios") / "valley"
FAMILIES = 9000
CAMPS = {"VA-D03-C": 640, "VA-D06-C": 420, "VA-D07-C": 980}
SCENARIOS = ("as-is", "closure-no-notice", "closure-with-alternatives")


@pytest.fixture(scope="module")
def tables() -> CaseTables:
    return load_displaced(FOLDER)


@pytest.fixture(scope="module")
def runs() -> dict[str, Result]:
    """One full run of every scenario."""
    return {name: sim.run(f"valley/{name}", seed=1) for name in SCENARIOS}


def test_tables_add_up_to_the_stated_families(tables):
    totals = tables.displaced.groupby("margin")["families"].sum()
    assert totals.to_dict() == {"origin": FAMILIES, "shelter": FAMILIES, "wave": FAMILIES}
    in_camps = tables.displaced[tables.displaced["category"] == "camp"]
    assert {f"{district}-C": n for district, n in zip(in_camps["district"], in_camps["families"])} == CAMPS
    capacity = dict(zip(tables.sites["id"], tables.sites["capacity"]))
    assert all(capacity[site] >= families for site, families in CAMPS.items())
    assert f"{FAMILIES:,}" in (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    assert f"{FAMILIES:,}" in load_scenario("valley").spec.question


def test_security_lasts_from_before_the_start_for_five_years(tables):
    spec = load_scenario("valley").spec
    months = [month_number(str(month)) - month_number(spec.start) for month in tables.security.index]
    assert months[0] == -1
    assert months[-1] >= 60


def test_rows_are_few_and_every_camp_and_cell_is_seen():
    compiled = compile_scenario(load_scenario("valley/as-is"))
    households = compiled.households
    assert len(households["id"]) < 3000
    assert households["weight"].sum() == FAMILIES
    for site, families in enumerate(CAMPS.values()):
        inside = households["site"] == site
        assert households["weight"][inside].sum() == families
        assert inside.sum() >= LEAST_ROWS
    cells = {(int(a), int(o)) for a, o in zip(households["area"], households["origin"])}
    assert len(cells) == 13
    for area, origin in cells:
        assert ((households["area"] == area) & (households["origin"] == origin)).sum() >= LEAST_ROWS


def test_sources_are_given_for_every_table_and_say_that_all_is_fictional(tables):
    text = (FOLDER / "SOURCES.md").read_text(encoding="utf-8")
    assert "fictional" in text.splitlines()[0]
    for table in FOLDER.glob("*.csv"):
        assert f"| `{table.name}` |" in text, table.name
    for name in ("sites", "waves"):
        assert getattr(tables, name)["source"].str.startswith("made up for this fictional case: ").all()
    rows = (FOLDER / "conditions.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert len(rows) == len(CONDITIONS)
    assert all("made up for this fictional case: " in row for row in rows)


def test_what_the_households_are_is_the_case_s_own():
    """No default from a survey elsewhere describes these families; affiliation, which is off, stays off."""
    spec = load_scenario("valley").spec
    kept = [entry.path for entry in parameter_entries(spec.parameters, spec.composition) if not entry.changed]
    assert [path for path in kept if path.startswith("composition.")] == ["composition.affiliated"]
    written = yaml.safe_load((FOLDER / "case.yaml").read_text(encoding="utf-8"))
    for section, values in written["parameters"].items():
        assert not {f"parameters.{section}.{name}" for name in values} & set(kept), section


def test_every_pathway_occurs(runs):
    found = headline(runs["as-is"].data)
    assert 0.25 * FAMILIES < found["returned"] < 0.55 * FAMILIES
    assert found["integrating"] > 0.05 * FAMILIES
    assert found["settled_elsewhere"] > 0.02 * FAMILIES
    assert found["displaced"] > 0.25 * FAMILIES
    moves = runs["as-is"].data["moves"]
    assert moves.sel(pathway="displaced_elsewhere").sum() > 100


def test_the_rest_is_blocked_by_house_money_access_school_and_dwellings(runs):
    blocked = runs["as-is"].data["blocked"].isel(month=-1).sel(pathway="return")
    for gate in ("dwelling", "money", "access", "season", "vacancy"):
        assert blocked.sel(gate=gate).sum() >= 50, gate
    assert blocked.sel(gate="permission").sum() == 0


def test_a_closure_expels_and_without_it_the_camps_stay(runs):
    found = {name: headline(result.data) for name, result in runs.items()}
    assert found["closure-no-notice"]["expelled"] > found["as-is"]["expelled"] + 1000
    assert found["closure-with-alternatives"]["expelled"] > found["as-is"]["expelled"] + 1000
    assert found["closure-with-alternatives"]["spent"] > 0
    in_camps = {name: result.data["site_families"].isel(month=-1) for name, result in runs.items()}
    assert (in_camps["as-is"] > 300).all()
    assert (in_camps["closure-no-notice"] == 0).all()


def test_rents_react_to_who_comes_and_goes(runs):
    change = runs["as-is"].data["rent"].isel(month=-1) / runs["as-is"].data["rent"].isel(month=0)
    assert change.sel(area="VA01") > 1.03  # families come home, and some of them rent
    assert change.sel(area="VA05") < 0.97  # they leave the capital
