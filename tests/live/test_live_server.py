"""The server: what it answers, to whom, and what it refuses; nothing loads from elsewhere whatever it answers."""

import os
import signal
import socket
import threading
import time
from typing import Any

import pytest
from rooms import a_glance
from serving_it import JSON, Answer, Served, engine_of, served, wait_until

from sim.live.frames import OUTCOMES
from sim.live.glance import SITUATIONS, Glance
from sim.live.guard import HEADERS, POLICY
from sim.live.opening import LANGUAGES
from sim.live.pack import GROUPS
from sim.live.server import MOST_BODY
from sim.live.serving import listening

CLOSED = {"camp_closure": 14}
SAVED = "extends: valley/as-is\nprogrammes: {camp_closure: {kind: camp_closure, sites: all, closing_month: 2025-08}}\n"

# ---------------------------------------------------------------------------------- what it answers


def test_it_says_that_it_is_there(page: Served) -> None:
    answer = page.get("/api/health")
    assert answer.status == 200
    assert answer.json["ok"] is True
    assert answer.json.keys() == {"ok", "version"}


def test_a_page_that_opens_is_told_all_it_needs(page: Served) -> None:
    told = page.get("/api/start").json
    assert told.keys() >= {
        "version", "case", "scenario", "title", "question", "families", "simulated", "data_date", "data_hash",
        "fictional", "start", "months", "groups", "levers", "outcomes", "situations", "aimable", "map", "languages",
        "examples", "pack", "baseline",
    }  # fmt: skip
    assert (told["case"], told["scenario"], told["families"]) == ("valley", "valley/as-is", 9000)
    assert (told["start"], told["months"], told["fictional"]) == ("2024-07", 36, True)
    assert told["simulated"] == {"rows": 2202, "seeds": 2}
    assert told["aimable"] == ["sustained_whole", "integrating", "settled_elsewhere"]
    assert (told["outcomes"], told["situations"]) == (list(OUTCOMES), list(SITUATIONS))
    assert (told["groups"], told["languages"]) == (list(GROUPS), list(LANGUAGES))
    assert {lever["group"] for lever in told["levers"]} == set(GROUPS)
    for lever in told["levers"]:
        assert lever.keys() >= {
            "id", "group", "label", "unit", "kind", "low", "high", "step", "value", "off", "needs", "scale",
        }  # fmt: skip
    assert len(told["map"]["areas"]) == len(told["baseline"]["areas"]["displaced"]["level"])
    assert told["baseline"]["kind"] == "full"
    assert told["baseline"]["watch"] == []


@pytest.mark.parametrize("kind", ["preview", "full"])
def test_a_frame_is_as_the_page_reads_it(page: Served, kind: str) -> None:
    shown = page.post(kind, {"settings": {"transport": 40 if kind == "full" else 45}}).json
    assert shown["kind"] == kind
    assert shown["settings"] == {"transport": 40 if kind == "full" else 45}
    assert shown.keys() >= {"outcomes", "bars", "watch", "areas", "money", "seeds", "rows", "seconds"}
    assert list(shown["outcomes"]) == list(OUTCOMES)
    for name, outcome in shown["outcomes"].items():
        months = len(outcome["months"])
        assert outcome["months"] == list(range(37)) or name == "sustained_whole"
        for side in ("baseline", "actions"):
            assert {len(outcome[side][line]) for line in ("mean", "low", "high", "q25", "q75")} == {months}
        assert outcome["end"].keys() == {"baseline", "actions", "difference", "low", "high"}
        assert (outcome["end"]["low"] is None) == (kind == "preview" or outcome["end"]["difference"] is None)


def test_the_page_its_words_and_its_files_are_served(page: Served) -> None:
    assert page.get("/").headers["content-type"].startswith("text/html")
    assert "javascript" not in page.get("/").headers["content-type"]
    for language in ("en",):
        assert "watch.induced" in page.get(f"/words/{language}.json").json
    assert page.get("/nowhere").status == 404
    assert page.get("/api/full").status == 405


def test_settings_are_saved_and_opened_again(page: Served) -> None:
    saved = page.post("export", {"settings": CLOSED, "title": "Closed"}).json
    assert saved["command"] == f"sim compare valley/as-is {saved['file']} --seeds 2"
    opened = page.post("import", {"yaml": saved["yaml"]}).json
    assert opened["settings"]["camp_closure"] == 14
    assert (opened["title"], opened["notes"]) == ("Closed", [])
    assert page.post("export", {"settings": {}}).json["yaml"].count("programmes") == 0


def test_what_it_would_take_is_answered_with_a_full_result(page: Served) -> None:
    asked = {"settings": {}, "lever": "rent_subsidy", "outcome": "integrating", "target": 100}
    answer = page.post("take", asked).json
    assert answer["found"] is False, "no such help makes everybody integrate"
    frame = page.post("full", {"settings": {"rent_subsidy": answer["value"]}}).json
    assert frame["outcomes"]["integrating"]["end"]["actions"] == answer["reached"]


# ---------------------------------------------------------------------------------- to whom


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "[::1]:{port}", ""]
)
def test_under_another_name_it_does_not_answer(page: Served, host: str) -> None:
    answer = page.get("/api/health", Host=host.format(port=page.port))
    assert answer.status == 403
    assert b"version" not in answer.body


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "https://127.0.0.1:{port}", "http://127.0.0.1", "http://127.0.0.1:1"]
)
def test_pages_of_others_get_no_answer(page: Served, origin: str) -> None:
    assert page.post("export", {"settings": {}}, Origin=origin.format(port=page.port)).status == 403
    assert page.get("/", Origin=origin.format(port=page.port)).status == 403


@pytest.mark.parametrize("name", ["127.0.0.1", "localhost"])
def test_under_its_own_names_and_from_its_own_page_it_answers(page: Served, name: str) -> None:
    own = f"{name}:{page.port}"
    assert page.get("/api/health", Host=own).status == 200
    assert page.post("export", {"settings": {}}, Host=own, Origin=f"http://{own}").status == 200


@pytest.mark.parametrize(
    "path", ["/static/../server.py", "/static/%2e%2e/server.py", "/static/..%2fserver.py", "/words/../engine.py"]
)
def test_no_other_file_is_served(page: Served, path: str) -> None:
    assert page.get(path).status == 404


# ---------------------------------------------------------------------------------- what it refuses


@pytest.mark.parametrize("what", ["preview", "full", "export", "take", "import"])
@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        (b'{"settings": {}}', "text/plain", "a request is JSON"),
        (b'{"settings": {}}', "", "a request is JSON"),
        (b'{"settings": ', "application/json", "not JSON"),
        (b"", "application/json", "not JSON"),
        (b"\xff\xfe", "application/json", "not JSON"),
        (b"[" * 30000, "application/json", "not JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "application/json", "not JSON"),
        (b"[]", "application/json", "not a mapping"),
        (b"null", "application/json", "not a mapping"),
    ],
)
def test_what_is_no_question_is_refused(page: Served, what: str, body: bytes, kind: str, text: str) -> None:
    answer = page.ask("POST", f"/api/{what}", body, {"Content-Type": kind})
    assert answer.status == 422
    assert answer.error["code"] == "bad_request"
    assert text in answer.error["text"]


@pytest.mark.parametrize("what", ["preview", "full", "export", "take", "import"])
def test_a_body_over_the_limit_is_refused(page: Served, what: str) -> None:
    fits = b'{"settings": {}, "x": "%s"}' % (b"x" * (MOST_BODY - 25))
    assert len(fits) == MOST_BODY
    for body in (fits + b" ", iter([fits, b" " * 1000] * 40)):
        answer = page.ask("POST", f"/api/{what}", body, JSON)
        assert (answer.status, answer.error["code"]) == (413, "too_large")
    assert page.ask("POST", "/api/export", fits, JSON).status == 200


@pytest.mark.parametrize("what", ["preview", "full", "export", "take"])
@pytest.mark.parametrize(
    ("settings", "code", "lever"),
    [
        ({"nothing": 1}, "unknown_lever", None),
        ({"transport": 401}, "out_of_range", "transport"),
        ({"transport": "many"}, "out_of_range", "transport"),
        ({"transport": float("nan")}, "out_of_range", "transport"),
        ({"transport": 10**400}, "out_of_range", "transport"),
        ({"aid_cut": 0.001}, "out_of_range", "aid_cut"),
        ([["transport", 5]], "bad_request", None),
    ],
)
def test_settings_that_do_not_fit_are_refused(
    page: Served, what: str, settings: Any, code: str, lever: str | None
) -> None:
    asked = {"settings": settings, "lever": "transport", "outcome": "sustained_whole", "target": 10}
    answer = page.post(what, asked)
    assert answer.status == 422
    assert (answer.error["code"], answer.error["lever"]) == (code, lever)
    assert answer.error["text"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"outcome": "displaced"}, "not_aimed_at"),
        ({"outcome": "returned"}, "not_aimed_at"),
        ({"outcome": "everything"}, "not_aimed_at"),
        ({"target": 101}, "out_of_range"),
        ({"target": -1}, "out_of_range"),
        ({"target": "half"}, "out_of_range"),
        ({"target": True}, "out_of_range"),
        ({"target": float("nan")}, "out_of_range"),
        ({"target": None}, "out_of_range"),
        ({"lever": "nothing"}, "unknown_lever"),
        ({"lever": None}, "unknown_lever"),
    ],
)
def test_no_plan_is_fitted_to_what_is_no_aim(page: Served, changed: dict[str, Any], code: str) -> None:
    asked = {"settings": {}, "lever": "transport", "outcome": "sustained_whole", "target": 10}
    answer = page.post("take", asked | changed)
    assert (answer.status, answer.error["code"]) == (422, code)


@pytest.mark.parametrize(
    "text", ["", "- a", "extends: iraq/no-closure", SAVED.replace("2025-08", "soon"), SAVED + "a: *b", None, 7, [], {}]
)
def test_another_file_is_refused(page: Served, text: Any) -> None:
    answer = page.post("import", {"yaml": text})
    assert (answer.status, answer.error["code"], answer.error["lever"]) == (422, "bad_file", None)
    assert page.post("import", {"yaml": SAVED}).json["settings"] == CLOSED


def answers_of_all_kinds(page: Served) -> dict[str, Answer]:
    return {
        "page": page.get("/"),
        "words": page.get("/words/en.json"),
        "answer": page.get("/api/health"),
        "frame": page.post("full", {"settings": {}}),
        "nowhere": page.get("/nowhere"),
        "no file": page.get("/static/none.js"),
        "wrong method": page.get("/api/full"),
        "head": page.ask("HEAD", "/"),
        "refused": page.post("full", {"settings": {"nothing": 1}}),
        "too large": page.ask("POST", "/api/full", b" " * (MOST_BODY + 1), JSON),
        "forbidden": page.get("/", Host="evil.example"),
        "redirected": page.get("/static"),
    }


def test_every_answer_says_that_nothing_is_loaded_from_elsewhere(page: Served) -> None:
    for kind, answer in answers_of_all_kinds(page).items():
        for name, value in HEADERS.items():
            assert answer.headers.get(name.decode()) == value.decode(), kind
        assert "access-control-allow-origin" not in answer.headers
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY


# ---------------------------------------------------------------------------------- who goes away, what is lost


class Slow:
    """Glances that take a while, and how many were made."""

    def __init__(self, seconds: float) -> None:
        self.seconds, self.made = seconds, []
        self.fails = False

    def __call__(self, changes: dict[str, Any], seed: int, quick: bool) -> Glance:
        self.made.append((changes, seed, quick))
        time.sleep(self.seconds if changes else 0)
        if self.fails:
            raise RuntimeError("out of luck")
        return a_glance()

    @property
    def fulls(self) -> int:
        return sum(bool(changes) and not quick for changes, _, quick in self.made)


def test_a_page_that_goes_away_frees_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(0.05)
    with served(engine_of(slow, monkeypatch, seeds=60)) as room:
        room.get("/api/start")
        connection = room.begun("full", {"settings": {"transport": 50}})
        wait_until(lambda: slow.fulls > 0)
        connection.close()
        assert room.post("preview", {"settings": {"transport": 60}}).status == 200
        made = slow.fulls
        time.sleep(0.5)
        assert slow.fulls <= made + 1 < 30, "what nobody waits for is left out"
        assert room.post("full", {"settings": {"transport": 50}}).json["seeds"] == 60, "and made when asked again"


def test_a_preview_comes_before_the_rest_of_a_full_result(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(0.05)
    with served(engine_of(slow, monkeypatch, seeds=20)) as room:
        room.get("/api/start")
        full = threading.Thread(target=room.post, args=("full", {"settings": {"transport": 50}}))
        full.start()
        wait_until(lambda: slow.fulls > 0)
        assert room.post("preview", {"settings": {"transport": 60}}).json["kind"] == "preview"
        assert slow.fulls < 20
        full.join()
        assert slow.fulls == 20


def test_what_fails_is_told_and_the_next_is_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    slow = Slow(0.0)
    with served(engine_of(slow, monkeypatch)) as room:
        room.get("/api/start")
        slow.fails = True
        for what in ("preview", "full"):
            answer = room.post(what, {"settings": {"transport": 50}})
            assert (answer.status, answer.error["code"]) == (500, "failed")
            assert "out of luck" in answer.error["text"]
            assert answer.headers["content-security-policy"] == POLICY
        slow.fails = False
        assert room.post("full", {"settings": {"transport": 50}}).status == 200


@pytest.mark.slow
def test_a_worker_that_is_killed_is_replaced(page: Served) -> None:
    page.get("/api/start")
    for places in (310, 320):
        victims = list(page.engine._workers._pool._processes)
        os.kill(victims[0], signal.SIGKILL)
        answer = page.post("full", {"settings": {"transport": places}})
        assert answer.status == 200, "the glances of the lost process are made again"
        assert not set(victims) & set(page.engine._workers._pool._processes)
    assert page.post("full", {"settings": {}}).json["watch"] == []


def test_answers_are_not_held_back() -> None:
    """asyncio switches Nagle's algorithm off for sockets that are named as TCP, and so for those they accept."""
    with listening(0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.proto == socket.IPPROTO_TCP
