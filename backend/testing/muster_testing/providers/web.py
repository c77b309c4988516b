"""A small, quick HTTP/1.1 server whose connections can be cut at any moment, which frameworks do not let one do."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

import httptools

from muster_testing.providers.knobs import Illness, Knobs, Record, as_line


@dataclass(frozen=True, slots=True)
class Request:
    """A whole request; names of headers are in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """An answer; as JSON unless the headers say otherwise."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict[str, str])


def as_json(status: int, value: object, **headers: str) -> Response:
    """An answer of JSON; underscores in the names of headers become hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(
        status, json.dumps(value).encode(), {"Content-Type": "application/json", **named}
    )


Answers = Callable[[Request], Awaitable[Response | None]]
"""None cuts the connection without a word."""


class HttpServer:
    """What the HTTP providers share: record, knobs, and the two addresses by which a test sets and reads them."""

    def __init__(self, knobs: Knobs | None = None, record: Record | None = None) -> None:
        self.knobs = knobs or Knobs()
        self.illness = Illness(self.knobs)
        self.record = record or Record()
        self.url = ""

    async def handle(self, request: Request) -> Response | None:
        """Answer as the provider would."""
        raise NotImplementedError

    async def answer(self, request: Request) -> Response | None:
        """The provider's own addresses, and ours."""
        if request.target == "/_record":
            lines = "\n".join(as_line(got) for got in self.record.all)
            return Response(200, lines.encode(), {"Content-Type": "application/x-ndjson"})
        if request.target == "/_knobs":
            if request.method == "POST":
                try:
                    self.knobs.turn(json.loads(request.body))
                except (KeyError, ValueError, TypeError) as error:
                    return as_json(400, {"error": str(error)})
                self.illness = Illness(self.knobs)
            return as_json(200, asdict(self.knobs))
        return await self.handle(request)


class _Connection(asyncio.Protocol):
    def __init__(self, answers: Answers, open_ones: set[_Connection]) -> None:
        self._answers, self._open = answers, open_ones
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._url, self._body, self._headers = b"", bytearray(), dict[str, str]()
        self._queue: list[Request] = []
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._open.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        self._transport = None
        self._open.discard(self)

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self.cut()

    # httptools calls these by name
    def on_message_begin(self) -> None:
        self._url, self._body, self._headers = b"", bytearray(), {}

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        method = self._parser.get_method().decode()
        target = self._url.decode("latin-1")
        self._queue.append(Request(method, target, self._headers, bytes(self._body)))
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._serve())

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def _serve(self) -> None:
        while self._queue:
            request = self._queue.pop(0)
            response = await self._answers(request)
            if response is None:
                self.cut()
            if response is None or self._transport is None:
                return
            lines = [f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}"]
            lines += [f"{name}: {value}" for name, value in response.headers.items()]
            lines.append(f"Content-Length: {len(response.body)}\r\n\r\n")
            self._transport.write("\r\n".join(lines).encode("latin-1") + response.body)


@asynccontextmanager
async def served_by(
    answers: Answers, *, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[str]:
    """Serve on loopback; gives the address. Open connections are cut at the end."""
    open_ones: set[_Connection] = set()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Connection(answers, open_ones), "127.0.0.1", port, ssl=tls
    )
    bound: Any = server.sockets[0].getsockname()
    scheme = "http" if tls is None else "https"
    try:
        yield f"{scheme}://127.0.0.1:{bound[1]}"
    finally:
        server.close()
        for connection in list(open_ones):
            connection.cut()
        await server.wait_closed()


S = TypeVar("S", bound=HttpServer)


@asynccontextmanager
async def running(
    server: S, *, port: int = 0, tls: ssl.SSLContext | None = None
) -> AsyncGenerator[S]:
    """Run a provider in this event loop; `server.url` is its address."""
    async with served_by(server.answer, port=port, tls=tls) as url:
        server.url = url
        try:
            yield server
        finally:
            server.record.close()
