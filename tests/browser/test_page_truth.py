"""What the page says is what `sim compare` says of the file that it saves."""

import csv
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from browsing import Page, as_link, started

SITUATIONS = ("displaced", "returned", "integrating", "settled_elsewhere")


@pytest.fixture
def moved(page: Page) -> Page:
    examples = started(page.server)["examples"]
    page.open(f"#set={as_link(examples[0]['settings'])}")
    return page


def saved_file(page: Page, folder: Path) -> tuple[Path, str]:
    """Save the settings of a page as its user does; return the file and the command it states."""
    page.locator("#share").click()
    with page.expect_download() as download:
        page.locator("#share-save").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    command = re.search(r"^#\s+(sim compare .+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
    assert command
    return file, command[1]


def test_the_numbers_are_those_of_sim_compare(moved: Page, tmp_path: Path) -> None:
    file, command = saved_file(moved, tmp_path)
    out = tmp_path / "out"
    arguments = [*shlex.split(command)[1:], "--out", str(out)]
    subprocess.run([sys.executable, "-m", "sim", *arguments], check=True, cwd=tmp_path, capture_output=True)
    table = read(out / "comparison.csv")
    names = list(dict.fromkeys(row["scenario"] for row in table))
    base, own = names[0], next(name for name in names if file.stem in name)
    value = {(row["scenario"], row["outcome"]): row for row in table}
    per = 100 / float(value[base, "all_families"]["mean"] or started(moved.server)["families"])
    shown = full_result(moved)
    checked = 0
    for name in SITUATIONS:
        end, row = shown["outcomes"][name]["end"], value[own, name]
        for key, column in (
            ("actions", "mean"),
            ("difference", "difference"),
            ("low", "difference_low"),
            ("high", "difference_high"),
        ):
            if row[column] and end[key] is not None:
                assert end[key] == pytest.approx(float(row[column]) * per, abs=2e-4), (name, key)
                checked += 1
    assert checked >= 8
    displaced = shown["outcomes"]["displaced"]["end"]
    numbers = [float(one) for one in re.findall(r"\d+(?:\.\d+)?", moved.sentence)]
    whole = {round(displaced["actions"], 1), round(displaced["baseline"], 1), round(abs(displaced["difference"]), 1)}
    assert all(any(abs(number - one) <= 0.5 for number in numbers) for one in whole), moved.sentence


def test_a_saved_file_opens_again(moved: Page, new_page: Any, tmp_path: Path) -> None:
    file, _ = saved_file(moved, tmp_path)
    other = new_page().open()
    other.locator("#share-file").set_input_files(file)
    other.wait_for_function("() => location.hash.includes('set=')")
    other.settled()
    assert other.sentence == moved.sentence
    assert settings_of(other) == settings_of(moved)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not: a scenario",
        "- a\n- list",
        "extends: iraq/no-closure\n",
        "a: &x 1\nb: *x\n",
        "x: !!python/name:os.system\n",
    ],
)
def test_a_wrong_file_is_refused_in_plain_words(moved: Page, tmp_path: Path, text: str) -> None:
    before, address = moved.sentence, moved.fragment
    file = tmp_path / "wrong.yaml"
    file.write_text(text, encoding="utf-8")
    moved.locator("#share-file").set_input_files(file)
    moved.locator("#notice").wait_for()
    assert "Traceback" not in moved.locator("#notice").inner_text()
    assert (moved.sentence, moved.fragment) == (before, address)
    moved.wrong[:] = [line for line in moved.wrong if "422" not in line]  # the browser notes the refusal itself


def full_result(page: Page) -> dict[str, Any]:
    """Return what the server answers to the settings of a page."""
    body = json.dumps({"settings": settings_of(page)}).encode()
    asked = Request(f"{page.server.address}api/full", body, {"Content-Type": "application/json"})
    with urlopen(asked) as answer:
        return dict(json.load(answer))


def settings_of(page: Page) -> dict[str, float]:
    """Return the settings in the address of a page."""
    found = re.search(r"set=([^&]*)", page.fragment)
    pairs = (pair.rsplit(":", 1) for pair in found[1].split(",")) if found and found[1] else ()
    return {name: float(value) for name, value in pairs}


def read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))
