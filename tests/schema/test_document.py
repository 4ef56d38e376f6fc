"""YAML as people write it: what is accepted, and one clear message for everything else."""

from pathlib import Path

import pytest

from sim.schema.case import Case
from sim.schema.document import MOST_BYTES, merge, read_yaml, validate
from sim.schema.errors import InputError, nearest

CASE = """\
title: A case
start: 2018-01
months: 12
parameters:
  choice:
    epoch: 24
"""


def write(folder, text, encoding="utf-8"):
    path = folder / "case.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def refused(path, *parts: str) -> InputError:
    """Return the error that reading and validating a file raises; its text holds all parts and the file."""
    with pytest.raises(InputError) as caught:
        validate(read_yaml(path), Case)
    text = str(caught.value)
    for part in (str(path), *parts):
        assert part in text, text
    assert "\n" not in text, "one line"
    return caught.value


def test_a_case_is_read_with_the_place_of_every_key(tmp_path):
    path = write(tmp_path, CASE)
    document = read_yaml(path)
    assert document.data["parameters"] == {"choice": {"epoch": 24}}
    assert document.place(("parameters", "choice", "epoch")) == (str(path), 6)
    assert document.place(("parameters", "choice", "security")) == (str(path), 5), "the nearest parent"
    assert validate(document, Case).months == 12


def test_a_byte_order_mark_is_no_reason_to_fail(tmp_path):
    assert read_yaml(write(tmp_path, CASE, "utf-8-sig")).data["title"] == "A case"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("title: a\ntitle: b\n", ["line 2", "title", "appears twice"]),
        (
            "parameters:\n  choice:\n    epoch: 1\n    epoch: 2\n",
            ["line 4", "parameters.choice.epoch", "appears twice"],
        ),
        ("a: &x 1\nb: *x\n", ["line 2", "aliases"]),
        ("a: &x [1]\nb: &y [*x, *x, *x]\nc: [*y, *y, *y]\n", ["aliases"]),
        ("title: !!python/object/apply:os.system ['echo hello']\n", ["line 1", "title"]),
        ("title: !secret x\n", ["line 1", "tag"]),
        ("title: [1, 2\n", ["not readable as YAML"]),
        ("title: a: b\n", ["line 1", "not readable as YAML"]),
        ("\ttitle: a\n", ["line 1", "not readable as YAML"]),
        ("- a\n- b\n", ["keys and values"]),
        ("just text\n", ["keys and values"]),
        ("", ["keys and values"]),
        ("? [a, b]\n: 1\n", ["line 1", "plain word"]),
        ("a: " + "[" * 5000 + "]" * 5000, []),
        ("".join("  " * n + f"k{n}:\n" for n in range(40)) + "  " * 40 + "x: 1\n", ["nested too deeply"]),
        ("---\na: 1\n---\nb: 2\n", ["not readable as YAML"]),
    ],
)
def test_what_is_not_plain_is_refused_with_its_line(tmp_path, text, parts):
    refused(write(tmp_path, text), *parts)


def test_files_that_cannot_be_read(tmp_path):
    refused(tmp_path / "missing.yaml", "does not exist")
    refused(write(tmp_path, "title: Çatı\n", "cp1254"), "not UTF-8")
    refused(write(tmp_path, "title: a\n", "utf-16"), "not UTF-8")
    refused(write(tmp_path, "title: a\x00b\n"), "not readable")
    refused(write(tmp_path, b"#" * (MOST_BYTES + 1)), "too large")
    refused(tmp_path, "cannot be read")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (CASE.replace("epoch", "epoc"), ["line 6", "parameters.choice.epoc", "unknown key", "did you mean 'epoch'"]),
        (CASE.replace("months", "month"), ["line 3", "unknown key", "did you mean 'months'"]),
        (CASE.replace("title: A case\n", ""), ["title", "missing"]),
        (CASE.replace("12", "many"), ["line 3", "months", "'many'"]),
        (CASE.replace("12", "-1"), ["line 3", "months", "greater than or equal to 1"]),
        (CASE.replace("12", ".nan"), ["line 3", "months"]),
        (CASE.replace("24", "1000"), ["line 6", "parameters.choice.epoch", "600"]),
        (CASE.replace("epoch: 24", "security: .inf"), ["line 6", "parameters.choice.security"]),
        (CASE.replace("2018-01", "2018-13"), ["line 2", "start", "YYYY-MM"]),
        (CASE.replace("2018-01", "2018-01-15"), ["line 2", "start", "YYYY-MM"]),
        (CASE.replace("2018-01", "2018"), ["line 2", "start", "YYYY-MM"]),
        (CASE + "school_months: [1, 13]\n", ["line 7", "school_months", "12"]),
        (CASE + "composition: {sizes: {4: 0.5}}\n", ["line 7", "composition", "add up to 1"]),
        (CASE + "composition: {tenure: {owner: 0.5, tenant: 0.4}}\n", ["line 7", "tenure", "add up to 1"]),
        (CASE + "composition: {sizes: {0: 1}}\n", ["line 7", "1 to 40"]),
        (CASE + "parameters.x: 1\n", ["unknown key"]),
        (CASE + "arrivals: {a: {origin: x, area: y, site: z, wave: w, first_month: 2018-02, families_per_month: 1}}\n",
         ["line 7", "arrivals.a", "shelter: camp"]),
        (CASE + "arrivals: {a: {origin: x, area: y, wave: w, first_month: 2018-03, last_month: 2018-02,"
         " families_per_month: 1}}\n", ["arrivals.a", "before first_month"]),
        (CASE + "conditions: {a: {condition: wage, first_month: 2018-02}}\n", ["conditions.a", "either value or"]),
        (CASE + "conditions: {a: {condition: wage, first_month: 2018-02, value: 1, times: 2}}\n",
         ["conditions.a", "either value or"]),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_key_line_and_what_is_allowed(tmp_path, text, parts):
    refused(write(tmp_path, text), *parts)


def test_merging_lays_keys_on_top(tmp_path):
    base = read_yaml(write(tmp_path, CASE))
    over_path = tmp_path / "over.yaml"
    over_path.write_text("months: 24\nparameters:\n  choice:\n    security: 3\n")
    merged = merge(base, read_yaml(over_path))
    assert merged.data["months"] == 24
    assert merged.data["parameters"] == {"choice": {"epoch": 24, "security": 3}}
    assert merged.place(("months",)) == (str(over_path), 1)
    assert merged.place(("parameters", "choice", "epoch"))[1] == 6
    assert base.data["months"] == 12, "the base is left alone"


def test_null_takes_a_part_out_and_another_kind_replaces_it_whole(tmp_path):
    base = read_yaml(write(tmp_path, "p:\n  one: {kind: a, x: 1}\n  two: {kind: a, x: 2}\n"))
    over_path = tmp_path / "over.yaml"
    over_path.write_text("p:\n  one: null\n  two: {kind: b, y: 3}\n")
    merged = merge(base, read_yaml(over_path))
    assert merged.data == {"p": {"two": {"kind": "b", "y": 3}}}
    assert merged.place(("p", "one")) == merged.place(("p",))


def test_the_nearest_name_is_offered_only_when_it_is_near():
    assert nearest("epoc", ["epoch", "security"]) == " - did you mean 'epoch'?"
    assert nearest("zzz", ["epoch", "security"]) == ""


@pytest.mark.parametrize("value", ["!!python/tuple [1, 2]", "!thing {a: 1}", "!!set {a, b}"])
def test_tags_on_lists_and_mappings_are_refused(tmp_path: Path, value: str) -> None:
    file = tmp_path / "tagged.yaml"
    file.write_text(f"title: {value}\n")
    with pytest.raises(InputError, match=r"line 1: title: YAML tags are not accepted"):
        read_yaml(file)
