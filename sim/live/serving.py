"""Serving the page: a free port of this machine, the browser, and a plain word when it ends."""

import os
import socket
import threading
import webbrowser
from collections.abc import Callable
from contextlib import suppress

import uvicorn

from sim.experiments.executors import processors
from sim.live.engine import Engine, Size
from sim.live.pack import OpenPack
from sim.live.server import app_of
from sim.scenario import Scenario
from sim.schema.errors import InputError

HOST = "127.0.0.1"
TRIES = 20  # ports from the one wished for upwards
WAIT = 2  # seconds that answers under way are given when it ends
BROWSER_AFTER = 0.5  # seconds


def serve(
    scenario: Scenario, opened: OpenPack | None, size: Size, port: int, say: Callable[[str], None], open_browser: bool
) -> None:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    scenario : Scenario
        The baseline.
    opened : OpenPack, optional
        The workshop pack.
    size : Size
    port : int
        Where to serve; the next that is free where it is taken; any where 0.
    say : callable
        Takes what people should read.
    open_browser : bool
        Whether to open the page in the browser.
    """
    with listening(port) as listener:
        port = int(listener.getsockname()[1])
        engine = Engine(scenario, opened, size, processors())
        app = app_of(engine, (f"{HOST}:{port}", f"localhost:{port}"))
        config = uvicorn.Config(app, log_level="warning", lifespan="on", timeout_graceful_shutdown=WAIT)
        with suppress(KeyboardInterrupt):  # how it is ended
            _tell(f"http://{HOST}:{port}/", say, open_browser)
            uvicorn.Server(config).run(sockets=[listener])
        engine.close()
        say("The page has ended. Its settings are in its address: open that again when the program runs again.")


def _tell(address: str, say: Callable[[str], None], open_browser: bool) -> None:
    say(f"The page is at {address}\nOnly this machine can open it. Ctrl-C ends it.")
    if open_browser:
        threading.Timer(BROWSER_AFTER, webbrowser.open, [address]).start()


def listening(port: int) -> socket.socket:
    """Return a socket that listens on this machine alone: on this port, or the next that is free.

    Raises
    ------
    InputError
        Where all of them are taken.
    """
    for candidate in range(port, min(port + TRIES, 65536)) if port else (0,):
        # Named as TCP, or asyncio does not switch Nagle's algorithm off, and every answer comes 40 ms late.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        if os.name == "posix":  # so that a page finds the program again; on Windows it would mean to share a port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            listener.listen()  # so that a browser that is opened at once waits, rather than being turned away
        except OSError:
            listener.close()
            continue
        return listener
    raise InputError("every port from here on is taken", key="--port", value=port, allowed=f"another, or {port} freed")
