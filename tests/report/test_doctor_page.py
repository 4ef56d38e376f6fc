"""The page of an examination fits a terminal, and says the same as the JSON."""

import json

import pytest

from sim.experiments.doctor import Examination
from sim.report.doctor import doctor_json, doctor_page

FACTS = {
    "content": {"folder": "/a/long/path" * 9, "cases": ["iraq", "valley"], "packaged": True, "because": None},
    "self_test": {"hash_threads_1": "0123456789abcdef" * 4, "expected_made_on": "word " * 40, "verdict": "same"},
}
LONG = "This is a sentence that goes on. " * 9


@pytest.fixture
def page():
    return doctor_page(Examination(FACTS, (LONG,), ("Something is wrong.",)))


def test_it_fits_80_columns_and_breaks_no_path(page):
    assert [line for line in page.splitlines() if len(line) > 80] == ["  folder                  " + "/a/long/path" * 9]


def test_it_is_plain_words(page):
    assert "  cases                   iraq, valley\n" in page
    assert "  packaged                yes\n" in page
    assert "  because                 -\n" in page
    assert "  hash threads 1          0123456789abcdef\n" in page
    assert "to the last bit" in page
    assert "Warning: This is a sentence" in page
    assert page.endswith("FAULT: Something is wrong.")


def test_all_is_well():
    assert doctor_page(Examination(FACTS, (), ())).endswith("Everything is as it should be.")


def test_json_holds_everything():
    found = json.loads(doctor_json(Examination(FACTS, (LONG,), ())))
    assert found == {**FACTS, "warnings": [LONG], "faults": []}
