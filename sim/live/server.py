"""The server of the page: a few routes on this machine, for nobody else.

It answers only to its own name and to pages of its own, reads bodies up to a limit, and sends no page that could load
anything from elsewhere.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from sim.live.engine import Engine
from sim.live.export import exported, imported
from sim.live.guard import Guard
from sim.live.opening import opening, origin_of
from sim.schema.errors import InputError

Plain = dict[str, Any]
Asked = Callable[[Plain], Awaitable[Plain]]
HERE = Path(__file__).parent
PAGE, WORDS = HERE / "page", HERE / "words"
MOST_BODY = 64 * 1024  # bytes
FILE = "my-scenario.yaml"
BAD_INPUT, TOO_LARGE, FAILED = 422, 413, 500


class Refusal(Exception):
    """What the page is told instead of an answer: a code that it has words for, and the plain message."""

    def __init__(self, code: str, text: str, status: int = BAD_INPUT, lever: str | None = None) -> None:
        super().__init__(text)
        self.code, self.text, self.status, self.lever = code, text, status, lever

    @classmethod
    def of(cls, error: InputError, code: str, levers: set[str]) -> "Refusal":
        """Return the refusal of bad input; of a lever that is known it is out of range."""
        known = error.key in levers
        return cls("out_of_range" if known else code, str(error), lever=error.key if known else None)


def app_of(engine: Engine, hosts: tuple[str, ...]) -> Guard:
    """Return the application.

    Parameters
    ----------
    engine : Engine
    hosts : tuple of str
        Names with port by which it may be called, such as ``127.0.0.1:8765``.
    """
    answers = Answers(engine)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        engine.start()
        yield
        engine.close()

    routes = [
        Route("/", lambda request: FileResponse(PAGE / "index.html")),
        Route("/presenter", lambda request: FileResponse(PAGE / "presenter.html")),
        Route("/api/health", answers.health),
        Route("/api/start", answers.start),
        *(Route(f"/api/{name}", answers.post(asked), methods=["POST"]) for name, asked in answers.by_name().items()),
        Mount("/static", StaticFiles(directory=PAGE)),
        Mount("/words", StaticFiles(directory=WORDS)),
    ]
    return Guard(Starlette(routes=routes, lifespan=lifespan), hosts)


class Answers:
    """What the page asks, and what it is told."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.levers = {lever.id for lever in engine.levers}

    def by_name(self) -> dict[str, Asked]:
        """Return what can be asked, by the last part of its address."""
        return {
            "preview": lambda body: self.engine.preview(_settings(body)),
            "full": lambda body: self.engine.full(_settings(body)),
            "take": self.take,
            "export": self.export,
            "import": self.open,
        }

    async def health(self, request: Request) -> Response:
        """Say that the server is there."""
        return JSONResponse({"ok": True, "version": origin_of(self.engine).version})

    async def start(self, request: Request) -> Response:
        """Tell a page that opens what it needs."""
        return JSONResponse(await opening(self.engine))

    async def take(self, body: Plain) -> Plain:
        """Find what it would take."""
        target = body.get("target")
        if isinstance(target, bool) or not isinstance(target, int | float) or not 0 <= target <= 100:
            raise Refusal("out_of_range", "the target is a number from 0 to 100")
        lever, outcome = str(body.get("lever")), str(body.get("outcome"))
        if lever not in self.levers:
            raise Refusal("unknown_lever", f"no such lever: {lever!r}")
        settings = _settings(body)
        self.engine.changed(settings)  # what is wrong with them is no matter of aims
        try:
            return {**await self.engine.take(settings, lever, outcome, float(target))}
        except InputError as error:
            raise Refusal.of(error, "not_aimed_at", self.levers) from None

    async def export(self, body: Plain) -> Plain:
        """Return the settings as a scenario file."""
        changed, scenario = self.engine.changed(_settings(body))
        title = str(body.get("title") or scenario.spec.title)
        origin = origin_of(self.engine)
        return {"file": FILE, "yaml": exported(changed, title, FILE, origin), "command": origin.command(FILE)}

    async def open(self, body: Plain) -> Plain:
        """Return the settings of a scenario file."""
        engine = self.engine
        try:
            origin, start = origin_of(engine), engine.scenario.spec.start
            settings, title, notes = imported(str(body.get("yaml", "")), engine.levers, origin, start)
            engine.changed(settings)
        except InputError as error:
            raise Refusal("bad_file", str(error)) from None
        return {"settings": settings, "title": title, "notes": notes}

    def post(self, asked: Asked) -> Callable[[Request], Awaitable[Response]]:
        """Return the endpoint of something asked with a body of JSON; it stops when the page no longer waits."""

        async def endpoint(request: Request) -> Response:
            try:
                body = await _body(request)
                return JSONResponse(await _while_wanted(request, asked(body)))
            except Refusal as refusal:
                return _refused(refusal)
            except InputError as error:
                return _refused(Refusal.of(error, "unknown_lever", self.levers))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                return _refused(Refusal("failed", f"{type(error).__name__}: {error}", FAILED))

        return endpoint


def _settings(body: Plain) -> Plain:
    settings = body.get("settings", {})
    if not isinstance(settings, dict):
        raise Refusal("bad_request", "settings are values by lever")
    return settings


async def _body(request: Request) -> Plain:
    """Return the body of a request as JSON, read up to the limit."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refusal("bad_request", "a request is JSON")
    read = bytearray()
    async for part in request.stream():
        read += part
        if len(read) > MOST_BODY:
            raise Refusal("too_large", f"more than {MOST_BODY // 1024} KiB", TOO_LARGE)
    try:
        body = json.loads(read)
    except (ValueError, RecursionError):
        raise Refusal("bad_request", "the request is not JSON") from None
    if not isinstance(body, dict):
        raise Refusal("bad_request", "the request is not a mapping")
    return body


async def _while_wanted(request: Request, answer: Awaitable[Plain]) -> Plain:
    """Return an answer; give it up where the page has gone away meanwhile."""
    working = asyncio.ensure_future(answer)
    gone = asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Refusal("busy", "nobody waits for this any more", 499)
        return working.result()
    finally:
        working.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _refused(refusal: Refusal) -> Response:
    error: Plain = {"code": refusal.code, "lever": refusal.lever, "text": refusal.text, "values": {}}
    return JSONResponse({"error": error}, status_code=refusal.status)
