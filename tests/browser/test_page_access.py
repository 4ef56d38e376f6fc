"""Everybody can use the page: no violation that axe knows of, and a keyboard is enough."""

from importlib.resources import files
from typing import Any

import pytest
from browsing import LANGUAGES, Page, as_link, slider, started


def violations(page: Page) -> list[str]:
    """Return what axe finds, in words."""
    page.evaluate(files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def open_menu(page: Page) -> None:
    page.locator("#share").click()


def present(page: Page) -> None:
    page.locator("#present").click()


def hide_the_next(page: Page) -> None:
    page.locator("#room-arm").click()
    lever = started(page.server)["levers"][0]
    page.locator(slider(lever["id"])).focus()
    page.keyboard.press("End")
    page.locator("#room-show").wait_for()


def keep_two(page: Page) -> None:
    page.locator("#slots button").first.click()
    page.locator("#restart").click()
    page.settled()
    page.locator("#slots button").last.click()
    page.locator("#slots-compare").click()
    page.locator("#compare").wait_for()


def more_warnings(page: Page) -> None:
    page.locator("#watch-more").click()


STATES = {
    "moved": lambda page: None,
    "menu": open_menu,
    "presenting": present,
    "asked first": hide_the_next,
    "slots": keep_two,
    "all warnings": more_warnings,
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_that_axe_knows_is_wrong(new_page: Any, language: str) -> None:
    page = new_page(bypass_csp=True).open(f"#lang={language}")
    settings = as_link(started(page.server)["examples"][0]["settings"])
    assert violations(page) == [], "start"
    for state, bring_about in STATES.items():
        page.goto("about:blank")
        page.open(f"#lang={language}&set={settings}")
        bring_about(page)
        assert violations(page) == [], state


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_notes_are_accessible_too(new_page: Any, language: str) -> None:
    page = new_page(bypass_csp=True)
    page.page.goto(f"{page.server.address}presenter#lang={language}")
    page.locator("#examples article").first.wait_for()
    assert violations(page) == []


def test_a_keyboard_is_enough(page: Page) -> None:
    page.open()
    before = page.sentence
    reached = tab_to(page, "input[type=range]")
    assert reached, "a slider can be reached"
    page.keyboard.press("End")
    page.settled()
    assert page.sentence != before
    assert tab_to(page, "[role=tab]")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("() => document.activeElement.getAttribute('aria-selected') === 'true'")
    assert page.locator("[role=tab]").nth(1).get_attribute("aria-selected") == "true"


def test_every_control_can_be_reached_and_shows_where_the_keyboard_is(page: Page) -> None:
    settings = as_link(started(page.server)["examples"][0]["settings"])
    page.open(f"#set={settings}")
    wanted = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, [tabindex='0']")]
          .filter(one => !one.disabled && one.tabIndex >= 0 && one.checkVisibility())
          .filter(one => one.getAttribute("role") !== "tab" || one.getAttribute("aria-selected") === "true").length"""
    )
    seen, unseen = set(), []
    for _ in range(wanted + 20):
        page.keyboard.press("Tab")
        mark, visible = page.evaluate(
            """() => {
              const one = document.activeElement;
              one.dataset.reached ??= String(Math.random());
              const style = getComputedStyle(one);
              const drawn = one instanceof SVGElement && parseFloat(style.strokeWidth) >= 3;
              return [one.dataset.reached, drawn || style.outlineStyle !== "none" || style.boxShadow !== "none"];
            }"""
        )
        seen.add(mark)
        if not visible:
            unseen.append(page.evaluate("document.activeElement.outerHTML.slice(0, 120)"))
    assert len(seen) >= wanted
    assert [one for one in unseen if "<body" not in one] == []


def tab_to(page: Page, selector: str, most: int = 120) -> bool:
    """Press Tab until something that fits has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return True
    return False
