"""A lean HTTP/1.1 client for one provider's API: posts, kept connections, and nothing else.

A general client spends three times as much on a request as the request itself (decision 0080). This one also knows what
others do not say: whether a request can have left. Strangers' addresses are not for it; `client.Client` meets those.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast
from urllib.parse import urlsplit

import httptools

from notification.channels.client import MOST_BYTES, Answer, Silence

IDLE_SECONDS: Final = 10.0
"""A kept connection that was silent for longer is not trusted: the other side may be about to close it."""
_CONNECT_SECONDS: Final = 5.0


@dataclass(frozen=True, slots=True)
class _Target:
    host: str
    port: int
    tls: bool
    head: str


class _Line(asyncio.Protocol):
    """One connection, one request at a time."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[Answer | Silence] | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._until_end = False
        self.used = 0.0

    @property
    def open(self) -> bool:
        """Whether it can be asked."""
        return self._transport is not None and not self._transport.is_closing()

    async def ask(self, request: bytes, seconds: float) -> Answer | Silence:
        """Send a request and wait for its answer; without a whole one the connection ends."""
        if self._transport is None or self._transport.is_closing():
            return Silence("unreachable:closed", sent=False)
        self._waiter = self._loop.create_future()
        late = self._loop.call_later(seconds, self._end, Silence("timed-out", sent=True))
        try:
            self._transport.write(request)
            return await self._waiter
        finally:
            late.cancel()
            if not self._waiter.done() or self._waiter.cancelled():
                self.close()
            self._waiter = None
            self.used = self._loop.time()

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.abort()

    # asyncio and httptools call these by name
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def connection_lost(self, exc: Exception | None) -> None:
        self._transport = None
        if exc is None and self._until_end:
            self._end(Answer(self._parser.get_status_code(), bytes(self._body), self._headers))
        self._end(Silence(f"cut-off:{type(exc).__name__ if exc else 'closed'}", sent=True))

    def data_received(self, data: bytes) -> None:
        if self._waiter is None or self._waiter.done():
            self.close()
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._end(Silence("cut-off:no-http", sent=True))

    def on_message_begin(self) -> None:
        self._headers, self._body, self._until_end = {}, bytearray(), False

    def on_headers_complete(self) -> None:
        ends = {"Content-Length", "Transfer-Encoding"} & set(self._headers)
        self._until_end = not ends and self._parser.get_status_code() >= 200

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode("latin-1").title()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self._body += body
        if len(self._body) > MOST_BYTES:
            self._end(Answer(self._parser.get_status_code(), b"", self._headers))

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        if status < 200 or self._waiter is None or self._waiter.done():
            return
        keep = self._parser.should_keep_alive()
        self._waiter.set_result(Answer(status, bytes(self._body), self._headers))
        if not keep:
            self.close()

    def _end(self, result: Answer | Silence) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(result)
        self.close()


class LeanClient:
    """Its callers limit how many requests are under way; each has a connection of its own."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._idle: list[_Line] = []
        self._targets: dict[str, _Target] = {}
        self._tls: ssl.SSLContext | None = None

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer | Silence:
        """Ask once; what goes wrong on the way is a `Silence`.

        Raises:
            ValueError: a header could not stand on a line of its own.
        """
        target = self._targets.get(url) or self._read(url)
        lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
        told = f"{target.head}{''.join(lines)}Content-Length: {len(body)}\r\n\r\n"
        if told.count("\r") != len(lines) + 4 or told.count("\n") != len(lines) + 4:
            raise ValueError("A header with a line break.")
        request = told.encode("latin-1") + body
        while (line := self._kept()) is not None:
            found = await line.ask(request, self._seconds)
            if isinstance(found, Answer) or found.sent:
                return self._keep(line, found)
        try:
            line = await self._connect(target)
        except TimeoutError:
            return Silence("unreachable:TimeoutError", sent=False)
        except (OSError, ssl.SSLError) as error:
            return Silence(f"unreachable:{type(error).__name__}", sent=False)
        return self._keep(line, await line.ask(request, self._seconds))

    async def close(self) -> None:
        """Close the connections."""
        idle, self._idle = self._idle, []
        for line in idle:
            line.close()

    def _kept(self) -> _Line | None:
        now = asyncio.get_running_loop().time()
        while self._idle:
            line = self._idle.pop()
            if line.open and now - line.used < IDLE_SECONDS:
                return line
            line.close()
        return None

    def _keep(self, line: _Line, found: Answer | Silence) -> Answer | Silence:
        if line.open:
            self._idle.append(line)
        return found

    async def _connect(self, target: _Target) -> _Line:
        if target.tls and self._tls is None:
            self._tls = ssl.create_default_context()
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(min(_CONNECT_SECONDS, self._seconds)):
            _, line = await loop.create_connection(
                _Line, target.host, target.port, ssl=self._tls if target.tls else None
            )
        return line

    def _read(self, url: str) -> _Target:
        """Read an address of the settings, once.

        Raises:
            ValueError: it is no http or https address.
        """
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("A provider's address is http://… or https://….")
        tls, path = parts.scheme == "https", parts.path or "/"
        host = parts.netloc.rpartition("@")[2]
        target = _Target(
            host=parts.hostname,
            port=parts.port or (443 if tls else 80),
            tls=tls,
            head=f"POST {path}{f'?{parts.query}' if parts.query else ''} HTTP/1.1\r\nHost: {host}\r\n",
        )
        self._targets[url] = target
        return target
