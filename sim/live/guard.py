"""Who may ask, and what a page may do: this machine alone, and nothing from elsewhere."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"cache-control": b"no-store",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}
FORBIDDEN = 403


class Guard:
    """An application behind a door: requests under another name, or from pages of others, are turned away.

    A page on the internet may have a name that points at this machine; its requests carry that name, and are refused.

    Parameters
    ----------
    app : callable
        An ASGI application.
    hosts : tuple of str
        Names with port by which it may be called.
    """

    def __init__(self, app: App, hosts: tuple[str, ...]) -> None:
        self._app = app
        self._hosts = {host.encode() for host in hosts}
        self._origins = {b"http://" + host for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or turn it away."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        guarded = _with_headers(send)
        if self._may_ask(dict(scope["headers"])):
            await self._app(scope, receive, guarded)
        else:
            await guarded({"type": "http.response.start", "status": FORBIDDEN, "headers": []})
            await guarded({"type": "http.response.body", "body": b"This page answers to this computer only."})

    def _may_ask(self, headers: dict[bytes, bytes]) -> bool:
        origin = headers.get(b"origin")
        return headers.get(b"host") in self._hosts and (origin is None or origin in self._origins)


def _with_headers(send: Send) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [(name, value) for name, value in message.get("headers", []) if name.lower() not in HEADERS]
            message["headers"] = [*kept, *HEADERS.items()]
        await send(message)

    return guarded
