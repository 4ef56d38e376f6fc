"""A real server, and a real browser for which the rest of the world does not exist."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import SCREENS, Page, Server, served

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
NOWHERE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no chromium here; on Debian: apt-get install chromium"))


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = served("valley")
    yield running
    running.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", NOWHERE])
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Any, server: Server) -> Iterator[Any]:
    """Make pages, each a session of its own; afterwards nothing may have gone wrong or left this machine."""
    made: list[Page] = []

    def make(screen: str = "laptop", at: Server = server, **options: Any) -> Page:
        width, height = SCREENS[screen]
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        found = Page(context.new_page(), at)
        context.on("request", lambda request: _note_outside(found, request.url))
        found.page.on("pageerror", lambda error: found.wrong.append(str(error)))
        found.page.on("console", lambda said: _note_wrong(found, said))
        made.append(found)
        return found

    yield make
    for one in made:
        one.page.context.close()
    assert [line for one in made for line in one.wrong] == []
    assert [line for one in made for line in one.outside] == []


def _note_outside(page: Page, address: str) -> None:
    if not address.startswith((page.server.address, "data:", "blob:")):
        page.outside.append(address)


def _note_wrong(page: Page, said: Any) -> None:
    if said.type in ("error", "warning"):
        page.wrong.append(f"{said.type}: {said.text}")


@pytest.fixture
def page(new_page: Any) -> Page:
    return new_page()
