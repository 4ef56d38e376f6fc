"""What tests of the server share: the real one on this machine, in a thread, and questions put to it."""

import http.client
import json
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn

from sim.live import workers
from sim.live.engine import Engine, Size
from sim.live.glance import Glance
from sim.live.server import app_of
from sim.live.serving import HOST, listening
from sim.scenario import load_scenario

JSON = {"Content-Type": "application/json"}
PATIENCE = 120  # seconds: other tests may keep the machine busy
Glancing = Callable[[dict[str, Any], int, bool], Glance]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def error(self) -> dict[str, Any]:
        """What is refused, and why."""
        return dict(self.json["error"])


@dataclass(frozen=True)
class Served:
    """A server that runs, and its engine."""

    port: int
    engine: Engine

    def ask(
        self, method: str, path: str, body: bytes | Iterable[bytes] | None = None, headers: dict[str, str] | None = None
    ) -> Answer:
        connection = http.client.HTTPConnection(HOST, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers or {})
            found = connection.getresponse()
            return Answer(found.status, {name.lower(): value for name, value in found.getheaders()}, found.read())
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(self, what: str, body: Any, **headers: str) -> Answer:
        return self.ask("POST", f"/api/{what}", json.dumps(body).encode(), JSON | headers)

    def begun(self, what: str, body: Any) -> socket.socket:
        """Return the connection of a question whose answer nobody has read yet."""
        content = json.dumps(body).encode()
        head = f"POST /api/{what} HTTP/1.1\r\nHost: {HOST}:{self.port}\r\nContent-Type: application/json\r\n"
        connection = socket.create_connection((HOST, self.port), timeout=PATIENCE)
        connection.sendall(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
        return connection


@contextmanager
def served(engine: Engine) -> Iterator[Served]:
    """Serve an engine as `sim live` does, until the end of the block."""
    with listening(0) as listener:
        port = int(listener.getsockname()[1])
        app = app_of(engine, (f"{HOST}:{port}", f"localhost:{port}"))
        server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="on", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        wait_until(lambda: server.started)
        yield Served(port, engine)
        server.should_exit = True
        thread.join(PATIENCE)


def wait_until(done: Callable[[], bool], seconds: float = PATIENCE) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.01)


def engine_of(glance: Glancing, patch: pytest.MonkeyPatch, seeds: int = 2, processes: int = 1) -> Engine:
    """Return an engine for the valley whose glances a function makes, in threads."""
    in_threads(glance, patch)
    return Engine(load_scenario("valley/as-is"), None, Size(seeds, quick_rows=300), processes)


def in_threads(glance: Glancing, patch: pytest.MonkeyPatch) -> None:
    """Let workers be threads, and glances what a function makes of changes, seed and quickness."""
    patch.setattr(workers.Workers, "_new_pool", lambda self: ThreadPoolExecutor(self.number))
    patch.setattr(workers, "_glance", glance)
