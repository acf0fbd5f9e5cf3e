"""The server: a pure function of its address. Nothing is kept about a visitor, and nothing is written."""

from __future__ import annotations

import asyncio
import os
import socket
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sim.app.address import Address, AddressError, parse
from sim.app.answers import FIRST_RUNS, Answers, encoded
from sim.app.choices import choices
from sim.app.guard import ASK_SECONDS, HEAD_MOST, Guard, ImpatientProtocol, own_names
from sim.app.page import TYPES, one_file, page, static_files
from sim.app.workers import Busy, Memory, Workers
from sim.language import LANGUAGES
from sim.provenance import version

ANSWERS_BYTES = 32 * 1024 * 1024
CONNECTIONS_MOST = 500
SMALL = 1_000  # bytes that are not worth compressing

Endpoint = Callable[[Request], Awaitable[Response]]


class GoneError(Exception):
    """The visitor no longer waits for the answer."""


async def unless_gone(request: Request, work: Coroutine[Any, Any, Any]) -> Any:
    """Return what a piece of work comes to; give it up when the visitor has gone.

    Raises:
        GoneError: the visitor has gone.
    """

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    working, watching = asyncio.ensure_future(work), asyncio.ensure_future(gone())
    try:
        await asyncio.wait({working, watching}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise GoneError
        return working.result()
    finally:
        for task in (working, watching):
            task.cancel()


class Viewer:
    """The endpoints, and what they share: threads, and a bounded memory of answers."""

    def __init__(self, threads: int | None = None) -> None:
        self._workers = Workers(threads or os.cpu_count() or 1)
        self._answers = Answers(self._workers)
        self._memory: Memory[bytes] = Memory(ANSWERS_BYTES, len)

    def close(self) -> None:
        """Let the threads go."""
        self._workers.close()

    async def index(self, request: Request) -> Response:
        """Answer with the page and what it shows first."""
        address = parse(request.url.query)
        data = {**self._said(address), "choices": choices(address), "run": await self._run(request, address)}
        return _text(request, page(_title(data), address.lang, data), "text/html")

    async def choices(self, request: Request) -> Response:
        """Answer with what there is to choose from."""
        address = parse(request.url.query)
        return _data(request, encoded({**self._said(address), "choices": choices(address)}))

    async def run(self, request: Request) -> Response:
        """Answer with the recorded runs."""
        address = parse(request.url.query)
        key = (
            "run",
            *(address.world(each) for each in address.frameworks),
            address.seed,
            address.replicate,
            address.lang,
        )
        found = self._memory.get(key)
        if found is None:
            answer = await self._run(request, address)
            found = self._memory.put(key, await self._workers.do(0, 2, lambda: zlib_of(encoded(answer))))
        return _data(request, found, packed=True)

    async def spread(self, request: Request) -> Response:
        """Answer with how many of many runs stand where."""
        address = parse(request.url.query)
        key = ("spread", *(address.world(each) for each in address.frameworks), address.seed, address.runs)
        found = self._memory.get(key)
        if found is None:
            answer = await unless_gone(request, self._answers.spread(address))
            found = zlib_of(encoded(answer))
            if answer["runs"] == answer["asked"]:
                self._memory.put(key, found)
        return _data(request, found, packed=True)

    async def toml(self, request: Request) -> Response:
        """Answer with a scenario as a file."""
        address = parse(request.url.query)
        framework = address.show if address.show in address.frameworks else address.frameworks[0]
        text = await unless_gone(request, self._answers.toml(address, framework))
        return _text(request, text, "application/toml", f"{address.case}-{framework}.toml")

    async def csv(self, request: Request) -> Response:
        """Answer with the runs as a table."""
        address = parse(request.url.query)
        text = await unless_gone(request, self._answers.table(address))
        return _text(request, text, "text/csv", f"{address.case}.csv")

    async def export(self, request: Request) -> Response:
        """Answer with the whole exploration as one file."""
        address = parse(request.url.query)
        text = await unless_gone(request, self._one_file(address))
        return _text(request, text, "text/html", f"{address.case}.html")

    async def static(self, request: Request) -> Response:
        """Answer with a part of the viewer."""
        name = request.path_params["name"]
        found = static_files().get(name)
        if found is None:
            return Response("there is no such part\n", 404, media_type="text/plain")
        kind = TYPES[f".{name.rpartition('.')[2]}"]
        return _data(request, found, kind=kind, keep="no-cache")

    async def favicon(self, request: Request) -> Response:
        """Answer with the sign of the app."""
        return _data(request, static_files()["sign.svg"], kind="image/svg+xml", keep="max-age=86400")

    def _said(self, address: Address) -> dict[str, Any]:
        return {"version": 1, "query": address.query(), "lang": address.lang, "program": version(), "first": FIRST_RUNS}

    async def _run(self, request: Request, address: Address) -> dict[str, Any]:
        answer: dict[str, Any] = await unless_gone(request, self._answers.run(address))
        return answer

    async def _one_file(self, address: Address) -> str:
        spread = await self._answers.spread(address)
        while spread["runs"] < spread["asked"]:
            spread = await self._answers.spread(address)
        shown: dict[str, Any] = {}
        for code in LANGUAGES:
            there = replace(address, lang=code)
            shown[code] = {**self._said(there), "choices": choices(there), "run": await self._answers.run(there)}
        data = {**shown[address.lang], "spread": spread, "offline": shown}
        return await self._workers.do(0, 2, lambda: one_file(_title(data), address.lang, data))


def _title(data: dict[str, Any]) -> str:
    case = next(each for each in data["choices"]["cases"] if f"case={each['id']}&" in f"{data['query']}&")
    return f"{case['title']} · {data['choices']['words']['app.title']}"


def zlib_of(body: bytes) -> bytes:
    """Return a body compressed as gzip, quickly and without a date."""
    packer = zlib.compressobj(1, zlib.DEFLATED, 31)
    return packer.compress(body) + packer.flush()


def _data(
    request: Request, body: bytes, *, packed: bool = False, kind: str = "application/json", keep: str = "no-store"
) -> Response:
    """Return an answer, compressed for those who can unpack it."""
    takes = "gzip" in request.headers.get("accept-encoding", "")
    headers = {"cache-control": keep, "vary": "accept-encoding"}
    if takes and (packed or len(body) > SMALL):
        headers["content-encoding"] = "gzip"
        body = body if packed else zlib_of(body)
    elif packed:
        body = zlib.decompress(body, 31)
    if request.method == "HEAD":
        headers["content-length"] = str(len(body))
        body = b""
    return Response(body, media_type=kind, headers=headers)


def _text(request: Request, text: str, kind: str, name: str = "") -> Response:
    answer = _data(request, text.encode(), kind=f"{kind}; charset=utf-8")
    if name:
        answer.headers["content-disposition"] = f'attachment; filename="{name}"'
    return answer


def _plain(endpoint: Endpoint) -> Endpoint:
    """Return an endpoint that answers what is wrong in one line."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except AddressError as error:
            return Response(f"{error}\n", 400, media_type="text/plain")
        except Busy:
            return Response("busy; try again in a moment\n", 503, {"retry-after": "2"}, "text/plain")
        except GoneError:
            return Response("", 499)

    return answer


def make_app(host: str = "127.0.0.1", threads: int | None = None) -> Guard:
    """Return the application behind its guard."""
    viewer = Viewer(threads)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        viewer.close()

    endpoints: dict[str, Endpoint] = {
        "/": viewer.index, "/api/choices": viewer.choices, "/api/run": viewer.run, "/api/spread": viewer.spread,
        "/api/scenario.toml": viewer.toml, "/api/run.csv": viewer.csv, "/api/exploration.html": viewer.export,
        "/static/{name}": viewer.static, "/favicon.ico": viewer.favicon,
    }  # fmt: skip
    routes = [Route(path, _plain(endpoint), methods=["GET"]) for path, endpoint in endpoints.items()]
    return Guard(Starlette(routes=routes, lifespan=lifespan), own_names(host))


def warm() -> None:
    """Compile and load what the first visitor would otherwise wait for."""
    workers = Workers(1)
    try:
        answers = Answers(workers)
        asyncio.run(answers.run(Address()))
        asyncio.run(answers.spread(Address(frameworks=("informal",), runs=1)))
    finally:
        workers.close()


def configuration(host: str, threads: int | None = None) -> uvicorn.Config:
    """Return how the server listens: no logs of visitors, little patience, bounds on everything."""
    return uvicorn.Config(
        make_app(host, threads),
        http=ImpatientProtocol,
        ws="none",
        lifespan="on",
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=HEAD_MOST,
        limit_concurrency=CONNECTIONS_MOST,
        timeout_keep_alive=ASK_SECONDS,
        timeout_graceful_shutdown=3,
    )


def serve(host: str, listening: socket.socket) -> None:
    """Serve on a socket until interrupted."""
    uvicorn.Server(configuration(host)).run(sockets=[listening])
