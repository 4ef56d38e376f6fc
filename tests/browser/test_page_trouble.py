"""Nothing is lost: a server that is killed in the middle of a drag, two windows, ten rooms at once."""

import threading
from typing import Any

from browsing import Page, Server, served, slider, started


def months(page: Page) -> str:
    return next(lever["id"] for lever in started(page.server)["levers"] if lever["kind"] == "month")


def test_a_drag_shows_previews_and_ends_with_the_full_result_of_the_last_value(page: Page, new_page: Any) -> None:
    page.open()
    lever = months(page)
    began = page.evaluate("performance.now()")
    page.drag(slider(lever), list(range(36, 12, -1)), 60)
    page.settled()
    painted = [entry["kind"] for entry in page.log if entry["t"] > began]
    assert painted.count("preview") >= 2, "the picture follows the hand"
    assert painted[-1] == "full"
    assert f"{lever}:13" in page.fragment
    fresh = new_page().open(page.fragment)
    assert fresh.sentence == page.sentence


def test_a_server_that_is_killed_in_a_drag_loses_nothing(new_page: Any) -> None:
    server = served("valley")
    again: list[Server] = []
    try:
        page = new_page(at=server).open()
        lever = months(page)
        page.move(lever, 20)
        said = page.sentence
        threading.Timer(0.4, server.kill).start()
        page.drag(slider(lever), [19, 18, 17, 16, 15, 14] * 3, 60)
        page.locator("#banner").wait_for()
        assert f"{lever}:14" in page.fragment, "the settings are in the address"
        again.append(served("valley", port=server.port))
        page.locator("#banner").wait_for(state="hidden", timeout=60_000)
        page.settled()
        assert page.sentence != said
        fresh = new_page(at=again[0]).open(page.fragment)
        assert fresh.sentence == page.sentence, "as if nothing had happened"
        page.wrong[:] = [line for line in page.wrong if "ERR_CONNECTION" not in line and "Failed to load" not in line]
    finally:
        for one in (server, *again):
            one.close()


def test_two_windows_do_not_get_in_each_others_way(page: Page, new_page: Any) -> None:
    lever = months(page)
    one, other = page.open(), new_page().open()
    one.move(lever, 14)
    said = other.sentence
    assert "set=" not in other.fragment
    other.move(lever, 30)
    assert other.sentence != said
    assert f"{lever}:14" in one.fragment


def test_ten_rooms_at_once_each_get_their_own_result(new_page: Any) -> None:
    pages = [new_page().open() for _ in range(10)]
    lever = months(pages[0])
    values = range(12, 32, 2)
    for page, value in zip(pages, values):
        page.push(lever, value)
    for page, value in zip(pages, values):
        page.settled()
        assert f"{lever}:{value}" in page.fragment
    alone = new_page().open(pages[0].fragment)
    assert alone.sentence == pages[0].sentence
    assert len({page.sentence for page in pages}) > 1


def test_a_room_that_leaves_in_the_middle_holds_nobody_up(page: Page, new_page: Any) -> None:
    page.open()
    leaving = new_page().open()
    lever = months(page)
    leaving.drag(slider(lever), [20, 19, 18], 10)
    leaving.page.context.close()
    page.move(lever, 25)
    assert f"{lever}:25" in page.fragment


def test_it_ends_with_a_plain_word() -> None:
    server = served("valley")
    started(server)
    said = server.close()
    assert "settings are in its address" in said
    assert "Traceback" not in said
    assert server.process.returncode == 0
