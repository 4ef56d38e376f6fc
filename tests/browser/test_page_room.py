"""What a room does: it is warned, guesses first, asks what it would take, presents, prints, and follows examples."""

import re
from typing import Any

from browsing import Page, as_link, started


def closing(page: Page) -> str:
    """Return the lever that closes camps."""
    return next(lever["id"] for lever in started(page.server)["levers"] if lever["kind"] == "month")


def test_a_closure_that_pushes_people_is_warned_of(page: Page) -> None:
    page.open()
    assert "pushed" not in page.locator("#watch").inner_text()
    page.move(closing(page), 14)
    first = page.locator("#watch-list li").first.inner_text()
    assert re.search(r"\d", first)
    assert "pushed" in first
    watch, sentence = (
        page.locator(part).first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
        for part in ("#watch-list li", "#sentence")
    )
    assert watch >= 0.6 * sentence, "the warning can be read from where the gain can be read"
    gain = page.locator("#sentence mark").evaluate("one => getComputedStyle(one).backgroundColor")
    red, green, blue = (int(part) for part in re.findall(r"\d+", gain)[:3])
    assert not (green > red + 20 and green > blue + 20), "fewer displaced is not shown in green"


def test_a_room_that_guesses_first_sees_nothing_before(page: Page) -> None:
    page.open()
    before = page.locator("#bars").inner_text()
    page.locator("#room-arm").click()
    lever = closing(page)
    page.push(lever, 14)
    page.locator("#room-show").wait_for()
    page.settled()
    assert "?" in page.sentence
    assert "pushed" not in page.locator("#watch").inner_text()
    asked = page.sentence
    page.locator("#room-guess").fill("40")
    page.keyboard.press("Enter")
    page.wait_for_function("text => document.getElementById('sentence').innerText !== text", arg=asked)
    assert page.locator("#bars").inner_text() != before
    assert "40" in page.locator("#chart").text_content()


def test_no_plan_is_fitted_to_fewer_displaced(page: Page) -> None:
    page.open()
    assert page.locator("#take-why").is_visible()
    assert page.locator("#take-form").is_hidden() or page.locator("#take-find").is_hidden()


def test_what_it_would_take_is_what_a_full_result_says(page: Page) -> None:
    start = started(page.server)
    outcome = start["outcomes"].index(start["aimable"][0])
    page.open()
    page.locator("[role=tab]").nth(outcome).click()
    now = start["baseline"]["outcomes"][start["aimable"][0]]["end"]["baseline"]
    page.locator("#take-target").fill(f"{now + 0.5:.1f}")
    page.locator("#take-find").click()
    page.wait_for_function("() => /\\d/.test(document.getElementById('take-answer').innerText)", timeout=60_000)
    if page.locator("#take-set").is_visible():
        page.locator("#take-set").click()
        page.settled()
        assert "set=" in page.fragment


def test_presenting_hides_the_tools_and_enlarges_the_words(page: Page) -> None:
    page.open(f"#set={closing(page)}:14")
    size = page.locator("#sentence").evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    page.locator("#present").click()
    assert page.locator("#undo").is_hidden()
    assert page.locator("#sentence").evaluate("one => parseFloat(getComputedStyle(one).fontSize)") > size
    page.keyboard.press("Escape")
    assert page.locator("#undo").is_visible()


def test_it_prints_on_one_page(new_page: Any, tmp_path: Any) -> None:
    for language in ("en", "ar"):
        page = new_page().open(f"#lang={language}")
        examples = started(page.server)["examples"]
        page.open(f"#lang={language}&set={as_link(examples[0]['settings'])}")
        printed = page.pdf(prefer_css_page_size=True)
        assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1, language


def test_an_example_is_opened_from_the_notes(page: Page) -> None:
    page.open()
    with page.context.expect_page() as opened:
        page.locator("#notes").click()
    notes, examples = opened.value, started(page.server)["examples"]
    notes.locator("#examples article").first.wait_for()
    assert notes.locator("#examples article").count() == len(examples)
    notes.locator("#examples article").first.locator("button").first.click()
    page.wait_for_function("() => location.hash.includes('set=')")
    page.settled()
    baseline = {lever["id"]: lever["value"] for lever in started(page.server)["levers"]}
    moved = {name: value for name, value in examples[0]["settings"].items() if value != baseline[name]}
    assert as_link(moved) in page.fragment


def test_a_change_is_replayed_before_and_after(page: Page) -> None:
    page.open()
    page.move(closing(page), 14)
    after = page.sentence
    page.locator("#replay").click()
    page.wait_for_function("text => document.getElementById('sentence').innerText !== text", arg=after)
    page.wait_for_function("text => document.getElementById('sentence').innerText === text", arg=after, timeout=20_000)
    assert page.sentence == after
