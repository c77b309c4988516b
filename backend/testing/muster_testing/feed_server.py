"""A feed that behaves as a test tells it, over real HTTP on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any


@dataclass
class FeedServer:
    """An HTTP server that answers what a test put into it, good or bad, byte for byte.

    `pages` answer other paths of it with a body each; a path that is not there is 404 once there are any pages.
    """

    port: int = 0
    path: str = "/feed"
    body: bytes = b""
    pages: dict[str, bytes] = field(default_factory=dict[str, bytes])
    status: str = "200 OK"
    headers: dict[str, str] = field(default_factory=dict[str, str])
    pause: float = 0
    """Seconds between two pieces of the body."""
    cut_after: int | None = None
    """Bytes after which the connection is dropped."""
    length: bool = True
    """Whether Content-Length is told."""
    requests: list[dict[str, str]] = field(default_factory=list[dict[str, str]])
    paths: list[str] = field(default_factory=list[str])
    sent: int = 0
    usual: bytes = b""

    def __post_init__(self) -> None:
        self.usual = self.body

    @property
    def url(self) -> str:
        """The feed's address."""
        return self.at(self.path)

    def at(self, path: str) -> str:
        """The address of another page of it."""
        return f"http://127.0.0.1:{self.port}{path}"

    @asynccontextmanager
    async def serving(self) -> AsyncGenerator[FeedServer]:
        """Listen on a free port of loopback."""
        server = await asyncio.start_server(self.answer, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        yield self
        server.close()

    def behave(self, **changes: Any) -> None:
        """Behave so from now on, and otherwise as at first."""
        kept = {
            name: getattr(self, name)
            for name in ("port", "path", "pages", "requests", "paths", "usual")
        }
        vars(self).update(vars(FeedServer()) | {"body": self.usual} | kept)
        vars(self).update(changes)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request."""
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            asked = {k.lower(): v for k, _, v in (line.partition(": ") for line in head[1:]) if k}
            self.requests.append(asked)
            path = head[0].split(" ")[1]
            self.paths.append(path)
            status, body = self.status, self.body
            if path != self.path and self.pages:
                body = self.pages.get(path, b"")
                status = "200 OK" if path in self.pages else "404 Not Found"
            etag = self.headers.get("ETag") if path == self.path else None
            if etag and asked.get("if-none-match") == etag:
                status, body = "304 Not Modified", b""
            told = dict(self.headers)
            if self.length and status[:3] != "304":
                told.setdefault("Content-Length", str(len(body)))
            lines = [f"HTTP/1.1 {status}", *(f"{k}: {v}" for k, v in told.items())]
            writer.write("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))
            end = len(body) if self.cut_after is None else self.cut_after
            step = 16 if self.pause else 65_536
            for start in range(0, end, step):
                writer.write(body[start : min(start + step, end)])
                await writer.drain()
                self.sent += step
                if self.pause:
                    await asyncio.sleep(self.pause)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()
