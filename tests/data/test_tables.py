"""Every bad cell, column or file is refused with one message that says where it is and what is allowed."""

from pathlib import Path

import numpy as np
import pytest

from sim.data.tables import TableError, read_table
from sim.schema.errors import InputError

COLUMNS = {"place": "text", "families": "count", "share": "share", "shift": "number", "month": "month"}
GOOD = "place,families,share,shift,month\nMosul,12,0.5,-1.3,2018-01\nSumel,0,1,2,2018-12\n"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "table.csv"
    path.write_text(text, encoding=encoding)
    return path


def refused(path: Path, **kwargs: object) -> TableError:
    with pytest.raises(TableError) as caught:
        read_table(path, COLUMNS, **kwargs)  # type: ignore[arg-type]
    assert isinstance(caught.value, InputError)
    assert str(path) in str(caught.value)
    return caught.value


def test_good_table_has_the_declared_types(tmp_path: Path) -> None:
    table = read_table(write(tmp_path, GOOD), COLUMNS)
    assert list(table.columns) == list(COLUMNS)
    assert table["families"].dtype == np.int64
    assert table["share"].dtype == table["shift"].dtype == np.float64
    assert table["month"].tolist() == ["2018-01", "2018-12"]


def test_column_order_of_the_file_does_not_matter(tmp_path: Path) -> None:
    rows = [line.split(",") for line in GOOD.splitlines()]
    turned = "\n".join(",".join(reversed(row)) for row in rows)
    assert read_table(write(tmp_path, turned), COLUMNS).equals(read_table(write(tmp_path, GOOD), COLUMNS))


def test_byte_order_mark_is_not_part_of_the_first_column(tmp_path: Path) -> None:
    assert list(read_table(write(tmp_path, GOOD, "utf-8-sig"), COLUMNS)) == list(COLUMNS)


@pytest.mark.parametrize(
    ("old", "new", "row", "column", "value", "allowed"),
    [
        ("Mosul,12", "Mosul,-12", 2, "families", "-12", "whole number"),
        ("Mosul,12", "Mosul,1.5", 2, "families", "1.5", "whole number"),
        ("Mosul,12", "Mosul,twelve", 2, "families", "twelve", "whole number"),
        ("Mosul,12", "Mosul,inf", 2, "families", "inf", "whole number"),
        ("Mosul,12", "Mosul,1e300", 2, "families", "1e300", "whole number"),
        ("Sumel,0", "Sumel,", 3, "families", "", "whole number"),
        ("Sumel,0", "Sumel,NaN", 3, "families", "NaN", "whole number"),
        ("Sumel,0", "  ,0", 3, "place", "", "text"),
        ("0.5", "1.01", 2, "share", "1.01", "0 to 1"),
        ("0.5", "-0.1", 2, "share", "-0.1", "0 to 1"),
        ("-1.3", "a lot", 2, "shift", "a lot", "a number"),
        ("-1.3", "nan", 2, "shift", "nan", "a number"),
        ("2018-12", "2018-13", 3, "month", "2018-13", "YYYY-MM"),
        ("2018-12", "12/2018", 3, "month", "12/2018", "YYYY-MM"),
    ],
)
def test_bad_cell(tmp_path: Path, old: str, new: str, row: int, column: str, value: str, allowed: str) -> None:
    error = refused(write(tmp_path, GOOD.replace(old, new)))
    assert (error.line, error.key, error.value) == (row, column, value)
    assert f"row {row}: {column}" in str(error)
    assert allowed in str(error)


def test_quoted_thousands_are_text_not_a_number(tmp_path: Path) -> None:
    assert refused(write(tmp_path, GOOD.replace("12,", '"1,200",', 1))).value == "1,200"


def test_missing_column_names_the_one_that_looks_like_it(tmp_path: Path) -> None:
    error = refused(write(tmp_path, GOOD.replace("families", "familes")))
    assert error.key == "families"
    assert "'familes'" in str(error)


def test_unknown_column_names_the_nearest_valid_one(tmp_path: Path) -> None:
    lines = GOOD.splitlines()
    text = "\n".join([lines[0] + ",monht", *(line + ",1" for line in lines[1:])])
    error = refused(write(tmp_path, text))
    assert error.key == "monht"
    assert "'month'" in str(error)


def test_duplicate_column(tmp_path: Path) -> None:
    error = refused(write(tmp_path, GOOD.replace("share", "place")))
    assert (error.line, error.key) == (1, "place")
    assert "twice" in str(error)


@pytest.mark.parametrize("text", ["", GOOD.splitlines()[0] + "\n"])
def test_empty_table(tmp_path: Path, text: str) -> None:
    assert "empty" in str(refused(write(tmp_path, text)))


def test_missing_file(tmp_path: Path) -> None:
    assert "does not exist" in str(refused(tmp_path / "none.csv"))


def test_folder_in_place_of_a_file(tmp_path: Path) -> None:
    refused(tmp_path)


def test_other_encoding(tmp_path: Path) -> None:
    assert "UTF-8" in str(refused(write(tmp_path, GOOD.replace("Mosul", "Mosūl"), "utf-16")))
    assert "UTF-8" in str(refused(write(tmp_path, GOOD.replace("Mosul", "Bābil"), "cp1257")))


def test_row_with_too_many_cells(tmp_path: Path) -> None:
    assert "readable" in str(refused(write(tmp_path, GOOD + "Zakho,1,1,1,2018-01,surplus\n")))


def test_row_with_too_few_cells_has_a_blank(tmp_path: Path) -> None:
    error = refused(write(tmp_path, GOOD + "Zakho,1\n"))
    assert (error.line, error.key) == (4, "share")


def test_blank_line_in_the_middle_keeps_row_numbers(tmp_path: Path) -> None:
    lines = GOOD.splitlines()
    assert refused(write(tmp_path, "\n".join([*lines[:2], "", lines[2]]))).line == 3


def test_optional_column_may_be_absent_or_blank(tmp_path: Path) -> None:
    without = read_table(write(tmp_path, GOOD), COLUMNS | {"note": "text", "lat": "number"}, ("note", "lat"))
    assert without["note"].tolist() == ["", ""]
    assert without["lat"].isna().all()
    blank = read_table(write(tmp_path, GOOD.replace("Mosul,12", "Mosul,")), COLUMNS, ("families",))
    assert np.isnan(blank["families"].iloc[0])


def test_optional_cells_are_still_checked(tmp_path: Path) -> None:
    assert refused(write(tmp_path, GOOD.replace("Mosul,12", "Mosul,-1")), optional=("families",)).line == 2
