"""The guard at the door: what is asked in the wrong way gets a short answer and costs nothing.

Only reading is possible; a request has no body, a short address, a host that is this machine, and no foreign origin. An
answer takes no longer than a limit, and a client that sends or reads too slowly is cut off.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Collection, MutableMapping
from typing import Any, Final

from uvicorn.protocols.http.h11_impl import H11Protocol

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

TARGET_MOST = 10_000  # bytes of path and query
HEAD_MOST = 16_384  # bytes of a request before its body
ASK_SECONDS = 10  # to send a request
ANSWER_SECONDS = 60  # to work out an answer and have it read

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS: Final = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=()"),
)


def own_names(host: str) -> frozenset[str]:
    """Return the names by which this machine may be asked for, besides any address in numbers."""
    name = socket.gethostname().lower()
    return frozenset({"localhost", host.lower(), name, name.partition(".")[0], f"{name.partition('.')[0]}.local"})


def host_of(value: str) -> str:
    """Return the host in a Host header or an origin, without its port."""
    if value.startswith("["):
        return value[1:].partition("]")[0]
    return value.partition(":")[0].lower()


def is_number(host: str) -> bool:
    """Say whether a host is an address in numbers: no foreign name can stand for this machine that way."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


class Guard:
    """Stands before an application."""

    def __init__(self, app: App, names: Collection[str]) -> None:
        self._app, self._names = app, names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it shortly."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refused = self._refused(scope)
        if refused is not None:
            await _short_answer(send, *refused)
            return

        begun = False

        async def guarded(message: MutableMapping[str, Any]) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                message["headers"] = [*message.get("headers", []), *HEADERS]
            await send(message)

        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._app(scope, receive, guarded)
        except TimeoutError:
            if not begun:
                await _short_answer(send, 503, "this takes too long; ask for less, or later")

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        headers: dict[bytes, bytes] = {}
        for name, value in scope["headers"]:
            if name in headers and name in (b"host", b"origin", b"content-length"):
                return 400, f"more than one {name.decode()}"
            headers[name] = value
        if sum(len(name) + len(value) for name, value in scope["headers"]) > HEAD_MOST:
            return 431, "the request is too large"
        host = headers.get(b"host", b"").decode("latin-1")
        if not (is_number(host_of(host)) or host_of(host) in self._names):
            return 421, "this host is not served here"
        if scope["method"] not in ("GET", "HEAD"):
            return 405, "only GET is possible"
        if headers.get(b"content-length", b"0") != b"0" or b"transfer-encoding" in headers:
            return 413, "a request has no body here"
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > TARGET_MOST:
            return 414, "the address is too long"
        origin = headers.get(b"origin")
        if origin is not None and origin.decode("latin-1").partition("://")[2] != host:
            return 403, "asked from another site"
        if scope["path"].startswith("/api/") and headers.get(b"sec-fetch-site", b"none") == b"cross-site":
            return 403, "asked from another site"
        return None


async def _short_answer(send: Send, status: int, text: str) -> None:
    body = f"{text}\n".encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"), *HEADERS,
    ]  # fmt: skip
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class ImpatientProtocol(H11Protocol):
    """HTTP as the server speaks it, with an end to waiting for a request that does not come."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Take in a part of a request; the wait ends with its last part."""
        super().data_received(data)
        cycle: Any = self.cycle
        if cycle is not None and not cycle.response_complete:
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Begin to wait for the next request."""
        super().on_response_complete()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._stop_waiting()
        if not self.transport.is_closing():
            self._waiting = self.loop.call_later(ASK_SECONDS, self._give_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.abort()
