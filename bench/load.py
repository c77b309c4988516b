"""A load generator small enough not to be what is measured: keep-alive HTTP/1.1 over plain asyncio streams."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit


@dataclass
class Outcome:
    """What a run did: `rate` in requests per second, latencies in seconds."""

    seconds: float = 0.0
    statuses: dict[int, int] = field(default_factory=dict[int, int])
    latencies: list[float] = field(default_factory=list[float])

    @property
    def rate(self) -> float:
        """Good answers per second."""
        good = sum(count for status, count in self.statuses.items() if status < 300)
        return good / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that `share` (0 to 1) of the requests did not exceed, in seconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class Connection:
    """One keep-alive connection."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 80
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._head = b""

    async def send(self, request: bytes) -> tuple[int, bytes]:
        """Send one request; answers status and body."""
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        self._writer.write(request)
        self._head = head = await self._reader.readuntil(b"\r\n\r\n")
        status = int(head[9:12])
        length = 0
        for line in head.lower().split(b"\r\n"):
            if line.startswith(b"content-length:"):
                length = int(line[15:])
        return status, await self._reader.readexactly(length) if length else b""

    def header(self, name: bytes) -> bytes:
        """A header of the last answer, by its name in small letters; empty if it has none."""
        for line in self._head.split(b"\r\n"):
            given, _, value = line.partition(b":")
            if given.lower() == name:
                return value.strip()
        return b""

    def close(self) -> None:
        """Hang up."""
        if self._writer is not None:
            self._writer.close()


def request(method: str, path: str, token: str, body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: Bearer {token}",
        f"Content-Length: {len(body)}",
    ]
    if body:
        lines.append("Content-Type: application/json")
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def hammer(
    address: str, make: Callable[[int], bytes], *, clients: int, seconds: float
) -> Outcome:
    """Send requests from `clients` connections for `seconds`, each as soon as the one before is answered."""
    outcome = Outcome()
    deadline = time.perf_counter() + seconds
    numbers = iter(range(1 << 62))

    async def one() -> None:
        connection = Connection(address)
        while (started := time.perf_counter()) < deadline:
            status, _ = await connection.send(make(next(numbers)))
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
            outcome.latencies.append(time.perf_counter() - started)
        connection.close()

    started = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(clients)))
    outcome.seconds = time.perf_counter() - started
    return outcome


async def steady(
    address: str, make: Callable[[int], bytes], clients: int, rate: float, seconds: float
) -> Outcome:
    """Send `rate` requests a second whether or not the ones before are answered.

    A latency counts from when the request was due, so that waiting for a free connection counts too.
    """
    outcome = Outcome()
    numbers = iter(range(int(rate * seconds)))
    started = time.perf_counter()

    async def one() -> None:
        connection = Connection(address)
        for number in numbers:
            due = started + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            status, _ = await connection.send(make(number))
            outcome.statuses[status] = outcome.statuses.get(status, 0) + 1
            outcome.latencies.append(time.perf_counter() - due)
        connection.close()

    await asyncio.gather(*(one() for _ in range(clients)))
    outcome.seconds = time.perf_counter() - started
    return outcome
