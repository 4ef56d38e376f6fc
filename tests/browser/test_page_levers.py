"""Levers are moved, undone, kept in the address and in slots, typed, and cost nothing where they are not moved."""

import re

import pytest
from browsing import Page, as_link, slider, started


@pytest.fixture
def levers(page: Page) -> list[dict]:
    return started(page.server)["levers"]


def ranges(levers: list[dict]) -> list[dict]:
    return [
        lever for lever in levers if lever["needs"] is None and lever["kind"] == "range" and lever["off"] is not None
    ]


def test_a_lever_that_moves_changes_the_picture_and_back_takes_it_back(page: Page, levers: list[dict]) -> None:
    page.open()
    before, lines = page.sentence, page.locator("#chart").inner_html()
    lever = ranges(levers)[0]
    page.move(lever["id"], lever["high"])
    assert page.sentence != before
    assert page.locator("#chart").inner_html() != lines
    row = page.locator(".lever.moved")
    assert row.count() == 1
    row.locator("button.back").click()
    page.settled()
    assert page.sentence == before
    assert page.locator(".lever.moved").count() == 0


def test_nothing_moved_is_no_difference_at_all(page: Page, levers: list[dict]) -> None:
    page.open()
    start = started(page.server)
    for name, outcome in start["baseline"]["outcomes"].items():
        assert outcome["baseline"] == outcome["actions"], name
        if not outcome["withheld"]:
            assert outcome["end"]["difference"] == outcome["end"]["low"] == outcome["end"]["high"] == 0.0, name
    assert start["baseline"]["watch"] == []
    assert not re.search(r"fewer|more", page.sentence)


def test_undo_redo_and_start_again(page: Page, levers: list[dict]) -> None:
    page.open()
    first, second = (lever["id"] for lever in ranges(levers)[:2])
    said = [page.sentence]
    for lever in (first, second):
        page.move(lever, ranges(levers)[0]["high"])
        said.append(page.sentence)
        page.wait_for_timeout(1100)  # moves closer together than a second are one step
    for button, expected in (("#undo", 1), ("#undo", 0), ("#redo", 1), ("#redo", 2)):
        page.locator(button).click()
        page.settled()
        assert page.sentence == said[expected]
    page.locator("#restart").click()
    page.settled()
    assert page.sentence == said[0]
    page.locator("#undo").click()
    page.settled()
    assert page.sentence == said[2]


def test_the_address_holds_everything(page: Page, new_page, levers: list[dict]) -> None:
    page.open("#lang=fr")
    for lever in ranges(levers)[:2]:
        page.move(lever["id"], lever["low"] + 5 * lever["step"])
    page.locator("[role=tab]").nth(2).click()
    page.locator("#slots button").first.click()
    other = new_page().open(page.fragment)
    assert other.sentence == page.sentence
    assert (
        other.locator("[role=tab][aria-selected=true]").inner_text()
        == page.locator("[role=tab][aria-selected=true]").inner_text()
    )
    assert other.locator("#slots").inner_text() == page.locator("#slots").inner_text()
    other.reload()
    other.wait_for_selector("html[data-painted]")
    other.settled()
    assert other.sentence == page.sentence, "a laptop that was closed and opened again has lost nothing"


def test_slots_keep_and_bring_back(page: Page, levers: list[dict]) -> None:
    page.open()
    lever = ranges(levers)[0]
    page.move(lever["id"], lever["high"])
    said = page.sentence
    page.locator("#slots button").first.click()
    page.locator("#restart").click()
    page.settled()
    assert page.sentence != said
    page.locator("#slots button").first.click()
    page.settled()
    assert page.sentence == said


def test_a_second_control_waits_for_the_first(page: Page, levers: list[dict]) -> None:
    page.open()
    second = next(lever for lever in levers if lever["needs"])
    first = next(lever for lever in levers if lever["id"] == second["needs"])
    assert page.locator(slider(second["id"])).is_disabled()
    page.move(first["id"], first["low"] + 5 * first["step"])
    assert page.locator(slider(second["id"])).is_enabled()


@pytest.mark.parametrize("typed", ["99999999", "-1", "many"])
def test_what_is_typed_out_of_range_is_said_and_changes_nothing(page: Page, levers: list[dict], typed: str) -> None:
    page.open()
    before, address = page.sentence, page.fragment
    row = page.locator(".lever").first
    row.locator("button.value").click()
    row.locator("input:not([type=range])").fill(typed)
    page.keyboard.press("Enter")
    problem = row.locator(".problem")
    problem.wait_for()
    assert "0" in problem.inner_text()
    page.wait_for_timeout(400)
    assert (page.sentence, page.fragment) == (before, address)


def test_a_typed_value_counts_like_a_moved_one(page: Page, levers: list[dict]) -> None:
    page.open()
    lever = levers[0]
    value = lever["low"] + 7 * lever["step"]
    row = page.locator(".lever").first
    row.locator("button.value").click()
    row.locator("input:not([type=range])").fill(f"{value * lever['scale']:g}")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.hash.includes('set=')")
    page.settled()
    assert as_link({lever["id"]: value}) in page.fragment


def test_a_link_with_levers_that_are_not_here_says_so(page: Page) -> None:
    page.open("#set=teleport:3")
    assert "teleport" in page.locator("#notice").inner_text()
