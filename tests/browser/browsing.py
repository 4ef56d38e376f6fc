"""What browser tests share: a real server in a process of its own, and pages of it as a person uses them."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any
from urllib.request import urlopen

SEEDS, ROWS = 3, 700
SCREENS = {"small": (1024, 768), "laptop": (1366, 768)}
LANGUAGES = {"en": "ltr", "fr": "ltr", "ar": "rtl"}
PATIENCE = 60_000  # ms: a machine that tests run on is busy with other tests
DRAG = """
async ([selector, values, pause]) => {
  const range = document.querySelector(selector);
  for (const value of values) {
    range.value = value;
    range.dispatchEvent(new Event("input", { bubbles: true }));
    await new Promise(done => setTimeout(done, pause));
  }
  range.dispatchEvent(new Event("change", { bubbles: true }));
}
"""
PUSH = """(range, value) => {
  range.value = value;
  range.dispatchEvent(new Event("input", { bubbles: true }));
  range.dispatchEvent(new Event("change", { bubbles: true }));
}"""


@dataclass
class Server:
    """`sim live` in a process, and where it listens."""

    process: subprocess.Popen[str]
    address: str
    _said: str = ""

    @property
    def port(self) -> int:
        return int(self.address.rsplit(":", 1)[1].rstrip("/"))

    def kill(self) -> None:
        self.process.kill()
        self.said()

    def said(self) -> str:
        """Return what it has said since it told its address, once it has ended."""
        if self.process.stdout is not None and not self.process.stdout.closed:
            try:
                self._said, _ = self.process.communicate(timeout=PATIENCE / 1000)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
        return self._said

    def close(self) -> str:
        """End it as its user does, with Ctrl-C."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.said()


def served(*arguments: str, port: int = 0, seeds: int = SEEDS, rows: int | None = ROWS) -> Server:
    """Start `sim live`, and wait until it says where it is."""
    size = [] if rows is None else ["--households", str(rows)]
    command = [sys.executable, "-m", "sim", "live", *arguments, "--no-browser", "--seeds", str(seeds), *size]
    process = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    assert process.stdout is not None
    said = process.stdout.readline()
    found = re.search(r"http://127\.0\.0\.1:\d+/", said)
    assert found, said
    return Server(process, found[0])


@dataclass
class Page:
    """A page under test, and all that went wrong on it or left this machine."""

    page: Any
    server: Server
    wrong: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def open(self, fragment: str = "", path: str = "") -> "Page":
        self.page.goto(f"{self.server.address}{path}{fragment}")
        self.page.wait_for_selector("html[data-painted]", timeout=PATIENCE)
        self.settled()
        return self

    def settled(self) -> None:
        """Wait for the full result of the settings as they are."""
        self.page.wait_for_function("() => document.documentElement.dataset.shown === 'full'", timeout=PATIENCE)

    def move(self, lever: str, value: float) -> None:
        """Move a lever as a hand does: to a value, and let go."""
        self.push(lever, value)
        self.settled()

    def push(self, lever: str, value: float) -> None:
        """Move a lever and let go, without waiting for what comes."""
        self.page.locator(slider(lever)).evaluate(PUSH, value)

    def drag(self, selector: str, values: list[int], pause: int) -> None:
        """Drag the slider of a selector over values, so many ms apart, and let go."""
        self.page.evaluate(DRAG, [selector, values, pause])

    @property
    def sentence(self) -> str:
        return str(self.page.locator("#sentence").inner_text())

    @property
    def fragment(self) -> str:
        return str(self.page.evaluate("location.hash"))

    @property
    def log(self) -> list[dict[str, Any]]:
        return list(self.page.evaluate("window.liveLog"))


def slider(lever: str) -> str:
    """Return the selector of the slider of a lever."""
    return f'#levers input[type=range][data-lever="{lever}"]'


def started(server: Server) -> dict[str, Any]:
    """Return what a page is told when it opens."""
    with urlopen(f"{server.address}api/start") as answer:
        return dict(json.load(answer))


def as_link(settings: dict[str, float]) -> str:
    """Return settings as the address of the page writes them."""
    return ",".join(f"{name}:{value:g}" for name, value in settings.items())
