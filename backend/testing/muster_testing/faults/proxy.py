"""A TCP proxy on loopback that misbehaves on command: what lies between two processes on the worst night.

    with Network() as network:
        link = network.before("127.0.0.1", 5432)     # or before("/run/postgres/.s.PGSQL.5432")
        connect(link.host, link.port)
        link.set(BlackHole())
        ...
        link.set(Pass())

It lives in a thread of its own, so that a test that blocks does not block what it tests.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_CHUNK = 65536
_ABRUPTLY = struct.pack("ii", 1, 0)
_SLICES_PER_SECOND = 20


@dataclass(frozen=True, slots=True)
class Pass:
    """Carry everything."""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Nobody listens here; who was connected is cut off."""


@dataclass(frozen=True, slots=True)
class Reset:
    """Accept, and hang up with RST; who was connected is cut off the same way."""


@dataclass(frozen=True, slots=True)
class BlackHole:
    """Accept, and say nothing; what is sent meanwhile arrives when this ends."""


@dataclass(frozen=True, slots=True)
class HalfOpen:
    """The other side has forgotten who is connected now, and nobody tells: those stay silent for ever."""


@dataclass(frozen=True, slots=True)
class Delay:
    """Carry each piece `seconds` late."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Throttle:
    """Carry at most so many bytes a second each way on each connection."""

    bytes_per_second: int


@dataclass(frozen=True, slots=True)
class CutAfter:
    """Hang up with RST after so many more bytes of answers on a connection: replies are lost, requests are not."""

    size: int


Mode = Pass | Refuse | Reset | BlackHole | HalfOpen | Delay | Throttle | CutAfter


@dataclass(eq=False, slots=True)
class _Connection:
    """One client and, once it is reached, what it wanted to reach."""

    client: asyncio.StreamWriter
    upstream: asyncio.StreamWriter | None = None
    forgotten: bool = False
    answered: int = 0
    """Bytes carried to the client since the mode was set."""
    tasks: list[asyncio.Task[None]] = field(default_factory=list["asyncio.Task[None]"])

    def hang_up(self) -> None:
        for writer in (self.client, self.upstream):
            if writer is not None:
                connected: socket.socket = writer.get_extra_info("socket")
                with contextlib.suppress(OSError):
                    connected.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABRUPTLY)
                writer.transport.abort()
        for task in self.tasks:
            task.cancel()


class Link:
    """One listener and where it leads; made by `Network.before`."""

    host = "127.0.0.1"

    def __init__(self, network: Network, upstream: tuple[str, int] | str) -> None:
        self.port = 0
        self._network, self._upstream = network, upstream
        self._mode: Mode = Pass()
        self._open = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()

    @property
    def mode(self) -> Mode:
        """What it does now."""
        return self._mode

    def set(self, mode: Mode) -> None:
        """Behave so from now on; in force when this returns."""
        self._network.run(self._set(mode))

    def lead_to(self, upstream: tuple[str, int] | str) -> None:
        """New connections go there: the other side was started anew at another address."""
        self._upstream = upstream

    def connections(self) -> int:
        """How many clients are connected now."""
        return len(self._connections)

    async def listen(self) -> None:
        """Begin, at the same port as before if there was one."""
        self._open.set()
        self._server = await asyncio.start_server(
            self._accept, self.host, self.port, reuse_address=True
        )
        self.port = int(self._server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop listening and hang up."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in tuple(self._connections):
            connection.hang_up()

    async def _set(self, mode: Mode) -> None:
        self._mode = mode
        for connection in tuple(self._connections):
            connection.answered = 0
            if isinstance(mode, HalfOpen):
                connection.forgotten = True
            elif isinstance(mode, (Refuse, Reset)):
                connection.hang_up()
        if isinstance(mode, BlackHole):
            self._open.clear()
        else:
            self._open.set()
        if isinstance(mode, Refuse):
            await self.close()
        elif self._server is None:
            await self.listen()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = _Connection(writer)
        if isinstance(self._mode, Reset):
            connection.hang_up()
            return
        self._connections.add(connection)
        try:
            await self._open.wait()
            if isinstance(self._upstream, str):
                back, forth = await asyncio.open_unix_connection(self._upstream)
            else:
                back, forth = await asyncio.open_connection(*self._upstream)
            connection.upstream = forth
            connection.tasks = [
                asyncio.create_task(self._carry(connection, reader, forth, answers=False)),
                asyncio.create_task(self._carry(connection, back, writer, answers=True)),
            ]
            await asyncio.wait(connection.tasks)
        except OSError:
            pass  # nobody is there: the client is told so by the end of its connection
        finally:
            self._connections.discard(connection)
            connection.hang_up() if isinstance(self._mode, Reset) else self._part(connection)

    @staticmethod
    def _part(connection: _Connection) -> None:
        for writer in (connection.client, connection.upstream):
            if writer is not None:
                writer.close()

    async def _carry(
        self,
        connection: _Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        *,
        answers: bool,
    ) -> None:
        try:
            while True:
                data = await reader.read(_CHUNK)
                if connection.forgotten:
                    if not data:
                        await self._for_ever()
                    continue
                if not data:
                    break
                await self._carry_piece(connection, data, writer, answers=answers)
            if writer.can_write_eof():
                writer.write_eof()
        except OSError:
            if connection.forgotten:
                await self._for_ever()
            connection.hang_up()  # one side was cut off: the other hears of it the same way

    async def _carry_piece(
        self, connection: _Connection, data: bytes, writer: asyncio.StreamWriter, *, answers: bool
    ) -> None:
        match self._mode:
            case Delay(seconds):
                await asyncio.sleep(seconds)
            case Throttle(rate):
                size = max(1, rate // _SLICES_PER_SECOND)
                while len(data) > size:
                    await asyncio.sleep(size / rate)
                    writer.write(data[:size])
                    await writer.drain()
                    data = data[size:]
                await asyncio.sleep(len(data) / rate)
            case CutAfter(size) if answers:
                room = size - connection.answered
                connection.answered += len(data)
                if len(data) > room:
                    writer.write(data[: max(0, room)])
                    await writer.drain()
                    connection.hang_up()
                    return
            case _:
                pass
        await self._open.wait()
        if not connection.forgotten:
            writer.write(data)
            await writer.drain()

    @staticmethod
    async def _for_ever() -> None:
        await asyncio.Event().wait()


class Network:
    """The thread in which links live; a context."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="faults", daemon=True)
        self._links: list[Link] = []

    def before(self, host: str, port: int = 0) -> Link:
        """A new link to a port, or to a unix socket by its path."""
        link = Link(self, (host, port) if port else host)
        self.run(link.listen())
        self._links.append(link)
        return link

    def run(self, work: Coroutine[object, object, None]) -> None:
        """Do this in the thread, and wait for it."""
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.run(self._end())
        stop: Callable[[], None] = self._loop.stop
        self._loop.call_soon_threadsafe(stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        for link in self._links:
            await link.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
