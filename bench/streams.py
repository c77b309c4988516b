"""Live streams: the time from a commit to the last of 1,000 screens, against a bare loop writing to 1,000 sockets."""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from bench.load import Connection, request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from multiprocessing.connection import Connection as Pipe

_SETTLE_SECONDS = 1.0


def raise_file_limit() -> None:
    """A thousand sockets on either side need more files than the usual limit."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Audience:
    """Open streams in a process of their own, which notes when each marked message arrives."""

    def __init__(self, address: str, opening: bytes, count: int) -> None:
        self._here, there = multiprocessing.Pipe()
        self._process = multiprocessing.get_context("spawn").Process(
            target=_audience, args=(address, opening, count, there), daemon=True
        )

    def __enter__(self) -> Self:
        self._process.start()
        if self._here.recv() != "open":
            raise RuntimeError("the streams did not open")
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.join()

    def expect(self, mark: bytes) -> None:
        """Watch for a mark from now on."""
        self._here.send(mark)
        self._here.recv()

    def arrivals(self, seconds: float) -> list[float]:
        """When the mark reached each stream (monotonic clock of the machine), once all have it."""
        if not self._here.poll(seconds):
            raise RuntimeError(f"not every stream had the message after {seconds} s")
        return self._here.recv()


def _audience(address: str, opening: bytes, count: int, pipe: Pipe) -> None:
    raise_file_limit()
    asyncio.run(_watch(address, opening, count, pipe))


async def _watch(address: str, opening: bytes, count: int, pipe: Pipe) -> None:
    loop = asyncio.get_running_loop()
    parts = urlsplit(address)
    host, port = parts.hostname or "127.0.0.1", parts.port or 80
    mark = b""
    arrivals: list[float] = []

    class Screen(asyncio.Protocol):
        def __init__(self) -> None:
            self.ready = asyncio.Event()

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            transport.write(opening)  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]

        def data_received(self, data: bytes) -> None:
            self.ready.set()
            if mark and mark in data:
                arrivals.append(time.monotonic())
                if len(arrivals) == count:
                    pipe.send(list(arrivals))

    for start in range(0, count, 50):
        made = [
            await loop.create_connection(Screen, host, port)
            for _ in range(start, min(start + 50, count))
        ]
        await asyncio.gather(*(screen.ready.wait() for _, screen in made))
    pipe.send("open")
    while True:
        mark = await loop.run_in_executor(None, pipe.recv)
        arrivals.clear()
        pipe.send("watching")


async def measure(
    audience: Audience, publish: Callable[[str], Awaitable[float]], rounds: int
) -> list[float]:
    """Delays in seconds, one for each stream and round. `publish(mark)` answers when it was sent."""
    delays: list[float] = []
    for number in range(rounds):
        mark = f"mark-{number}-{time.monotonic_ns()}"
        audience.expect(mark.encode())
        sent = await publish(mark)
        arrived = await asyncio.to_thread(audience.arrivals, 30.0)
        delays += [at - sent for at in arrived]
        await asyncio.sleep(_SETTLE_SECONDS / 4)
    return delays


async def through_muster(address: str, token: str, count: int, rounds: int) -> list[float]:
    """Notes written to the journal through the API, seen on `count` live streams."""
    connection = Connection(address)

    async def publish(mark: str) -> float:
        body = f'{{"text": "{mark}"}}'.encode()
        sent = time.monotonic()
        status, answer = await connection.send(
            request("POST", "/api/v1/activity/notes", token, body)
        )
        if status != 201:
            raise RuntimeError(f"{status} {answer[:300]!r}")
        return sent

    with Audience(address, request("GET", "/api/v1/stream", token), count) as audience:
        return await measure(audience, publish, rounds)


async def through_bare_loop(count: int, rounds: int) -> list[float]:
    """The limit: a loop that writes the same number of bytes to as many sockets."""
    writers: list[asyncio.StreamWriter] = []

    async def welcome(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"ready\n")
        writers.append(writer)

    server = await asyncio.start_server(welcome, "127.0.0.1", 0, backlog=2048)
    port = server.sockets[0].getsockname()[1]

    async def publish(mark: str) -> float:
        message = mark.encode() + b" " * 700 + b"\n"
        sent = time.monotonic()
        for writer in writers:
            writer.write(message)
        return sent

    audience = Audience(f"http://127.0.0.1:{port}", b"GET / HTTP/1.1\r\n\r\n", count)
    await asyncio.to_thread(audience.__enter__)
    try:
        return await measure(audience, publish, rounds)
    finally:
        audience.__exit__()
        server.close()
