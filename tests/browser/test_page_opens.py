"""The page opens without the internet, in every language, on the screens that rooms have."""

import json
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from browsing import LANGUAGES, SCREENS, Page, Server, as_link, started


def test_it_opens_where_nothing_else_can_be_reached(page: Page) -> None:
    page.open()
    assert "in every 100 families" in page.sentence
    assert page.locator("#levers input[type=range]").count() == len(started(page.server)["levers"])
    with pytest.raises(Exception, match="ERR_NAME_NOT_RESOLVED"):
        page.context.new_page().goto("https://example.org/")
    page.outside.remove("https://example.org/")  # asked for by the test, not by the page


def test_a_page_of_another_name_is_turned_away(server: Server) -> None:
    body = json.dumps({"settings": {}}).encode()
    for headers in ({"Host": f"room.example:{server.port}"}, {"Origin": "https://room.example"}):
        asked = Request(f"{server.address}api/full", body, {"Content-Type": "application/json", **headers})
        with pytest.raises(HTTPError) as refused:
            urlopen(asked)
        with refused.value as answer:
            assert answer.code == 403


def test_no_script_or_style_of_another_origin_would_run(page: Page) -> None:
    page.open()
    ran = page.evaluate(
        """async () => {
          const script = document.createElement("script");
          script.textContent = "window.foreign = 1";
          document.body.append(script);
          const answer = await fetch("https://example.org/").then(() => "fetched", () => "refused");
          return [window.foreign ?? 0, answer];
        }"""
    )
    assert ran == [0, "refused"]
    blocked = [line for line in page.wrong if "Content Security Policy" in line]
    assert len(blocked) >= 2
    page.wrong[:] = [
        line for line in page.wrong if "Content Security Policy" not in line and "fetch" not in line.lower()
    ]


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_everything_fits_on_the_screen(new_page, screen: str, language: str) -> None:
    page = new_page(screen).open(f"#lang={language}")
    examples = started(page.server)["examples"]
    page.open(f"#lang={language}&set={as_link(examples[0]['settings'])}")
    assert page.evaluate("document.documentElement.dir") == LANGUAGES[language]
    assert page.evaluate("document.documentElement.lang") == language
    width, height = SCREENS[screen]
    assert page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]") == [
        width,
        height,
    ], "nothing scrolls but the list of actions"
    for part in ("#sentence", "#tabs", "#chart", "#bars", "#watch", "#map", "#room", "#take", "footer"):
        box = page.locator(part).bounding_box()
        assert box is not None, part
        assert box["width"] > 0, part
        assert box["height"] > 0, part
        assert box["x"] >= -1, part
        assert box["y"] >= -1, part
        assert box["x"] + box["width"] <= width + 1, part
        assert box["y"] + box["height"] <= height + 1, part


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_is_missing_in_any_language(new_page, language: str) -> None:
    page = new_page().open(f"#lang={language}")
    shown = page.evaluate("document.body.innerText")
    catalogue = page.evaluate("async () => Object.keys(await (await fetch('/words/en.json')).json())")
    assert [key for key in catalogue if "." in key and key in shown] == [], "keys are not shown in place of words"
    assert "{" not in shown
