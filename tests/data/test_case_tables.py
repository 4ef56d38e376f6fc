"""Case tables are checked one by one and against each other."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sim.data.case_tables import CONDITIONS, load_displaced
from sim.schema.errors import InputError

IRAQ = Path(__file__).parents[2] / "scenarios" / "iraq"
TABLES = ("areas", "sites", "conditions", "security", "displaced", "waves")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    for name in TABLES:
        shutil.copy(IRAQ / f"{name}.csv", tmp_path)
    return tmp_path


def edit(case: Path, name: str, change: Callable[[str], str]) -> str:
    """Change the text of a table, and return the message that loading the case then gives."""
    path = case / f"{name}.csv"
    before = path.read_text(encoding="utf-8")
    path.write_text(change(before), encoding="utf-8")
    assert path.read_text(encoding="utf-8") != before
    with pytest.raises(InputError) as caught:
        load_displaced(case)
    assert f"{name}.csv" in str(caught.value)
    return str(caught.value)


def test_shipped_case_loads() -> None:
    tables = load_displaced(IRAQ)
    assert len(tables.areas) == 18
    assert set(tables.conditions.index) == set(CONDITIONS)
    assert tables.security.shape == (61, 18)
    assert int(tables.displaced.query("margin == 'wave'")["families"].sum()) == 435_998
    assert tables.conditions.loc["host_population"].sum() == 38_124_182


def test_houses_are_at_most_all_unusable_or_damaged() -> None:
    conditions = load_displaced(IRAQ).conditions
    assert (conditions.loc["house_unusable"] + conditions.loc["house_damaged"]).max() <= 1


def test_margins_that_differ_name_the_district(case: Path) -> None:
    message = edit(case, "displaced", lambda text: text.replace("shelter,camp,9401", "shelter,camp,9400"))
    assert "IQ-D002" in message
    assert "origin 11066, shelter 11065, wave 11066" in message


def test_origin_that_is_not_an_area_names_the_district(case: Path) -> None:
    message = edit(case, "displaced", lambda text: text.replace("origin,IQ-G01", "origin,IQ-G99", 1))
    assert "this origin of district IQ-D002 is unknown" in message
    assert "row 2" in message


def test_unknown_wave_names_the_district(case: Path) -> None:
    message = edit(case, "displaced", lambda text: text.replace("wave,w1,", "wave,w10,", 1))
    assert "this wave of district IQ-D002 is unknown" in message


def test_unknown_shelter_lists_what_is_allowed(case: Path) -> None:
    message = edit(case, "displaced", lambda text: text.replace("shelter,rented", "shelter,tent", 1))
    assert "camp, informal_site, rented, hosted" in message


def test_same_category_twice(case: Path) -> None:
    assert "twice" in edit(case, "displaced", lambda text: text + text.splitlines()[-1] + "\n")


def test_camp_without_a_site_names_the_district(case: Path) -> None:
    message = edit(case, "sites", lambda text: text.replace("IQ-D087-C", "IQ-D087-X"))
    assert "district IQ-D087" in message
    assert "IQ-D087-C" in message


def test_site_in_an_unknown_area(case: Path) -> None:
    assert "pcode of areas.csv" in edit(case, "sites", lambda text: text.replace("IQ-G15", "IQ-G51", 1))


def test_area_column_missing_from_conditions(case: Path) -> None:
    assert "IQ-G18" in edit(case, "conditions", lambda text: text.replace("IQ-G18", "IQ-G81"))


def test_condition_out_of_range(case: Path) -> None:
    message = edit(
        case,
        "conditions",
        lambda text: text.replace("share,PRIOR: lower in", "share,PRIOR: in").replace(",0.6,0.65", ",1.6,0.65", 1),
    )
    assert "a share from 0 to 1" in message


def test_negative_wage(case: Path) -> None:
    assert "0 to 10,000,000" in edit(case, "conditions", lambda text: text.replace(",340,400", ",-340,400", 1))


@pytest.mark.parametrize("condition", ["wage", "return_pull"])
def test_missing_condition(case: Path, condition: str) -> None:
    def without(text: str) -> str:
        return "".join(line for line in text.splitlines(True) if not line.startswith(f"{condition},"))

    assert f"'{condition}'" in edit(case, "conditions", without)


def test_gap_in_the_months_of_security(case: Path) -> None:
    def without(text: str) -> str:
        return "".join(line for line in text.splitlines(True) if not line.startswith("2018-06"))

    assert "row 8: month" in edit(case, "security", without)


def test_wave_that_ends_before_it_starts(case: Path) -> None:
    assert "last_month" in edit(case, "waves", lambda text: text.replace("2014-01,2014-05", "2014-06,2014-05"))


def test_area_off_the_globe(case: Path) -> None:
    assert "lat" in edit(case, "areas", lambda text: text.replace("33.109", "133.109"))


def test_a_table_that_is_edited_is_read_again(case: Path) -> None:
    before = load_displaced(case).conditions.loc["wage"]
    path = case / "conditions.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("wage,"))
    lines[at] = lines[at].replace(f",{before.iloc[0]:g},", ",123,", 1)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert load_displaced(case).conditions.loc["wage"].iloc[0] == 123


def test_what_is_done_to_tables_is_not_done_to_the_file(case: Path) -> None:
    areas = load_displaced(case).areas
    areas.loc[0, "name"] = "elsewhere"
    assert load_displaced(case).areas.loc[0, "name"] != "elsewhere"
