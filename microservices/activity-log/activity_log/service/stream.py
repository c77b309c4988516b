"""The live stream: one hub per process reads each new entry once and hands the same bytes to all who may see it.

A client is either catching up, reading the database for itself up to where the hub is, or live, fed by the hub. It
becomes live in the one step in which both are at the same position, so nothing is missed and nothing told twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from activity_log.domain.visibility import Audience, Shares, may_see
from activity_log.permissions import Permission
from activity_log.repository import reading
from activity_log.repository.reading import Told
from activity_log.repository.writing import CHANNEL
from activity_log.settings import ActivitySettings
from muster.incidents.v1.events import IncidentShared, IncidentUnshared
from muster_core.auth import API_KEY_PREFIX, Actor, authorize
from muster_core.background import end
from muster_core.errors import UnauthorizedError, UnavailableError
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from muster_core.listener import Listener
    from muster_core.runtime import Runtime

HEARTBEAT = b": heartbeat\n\n"
_READ_AT_ONCE = 500
_LOOK_SECONDS = 1.0
_TICK_SECONDS = 1.0
_API_KEY_TICKS = 10
_AWAIT_POSITION_SECONDS = 3.0
# A connection that takes nothing for so long after its stream was ended is cut off.
_SLOW_GRACE_SECONDS = 10.0
_SHARING = {IncidentShared.type, IncidentUnshared.type}
_log = get_logger(__name__)


def frame(position: int, kind: str, json: str) -> bytes:
    """One entry as a server-sent event. JSON from PostgreSQL has no line break outside of strings, and none within."""
    return f"id: {position}\nevent: {kind}\ndata: {json}\n\n".encode()


class Client:
    """One open stream: what waits to be sent, and whether it has to end."""

    def __init__(self, audience: Audience, token: str, actor: Actor, most_bytes: int) -> None:
        self.audience, self.token, self.actor = audience, token, actor
        self.ended_at: float | None = None
        self.fed_at = time.monotonic()
        self.on_cut: Callable[[], object] = lambda: None
        self._most_bytes = most_bytes
        self._waiting: deque[bytes] = deque()
        self._bytes = 0
        self._wake: asyncio.Future[None] | None = None

    def feed(self, data: bytes) -> None:
        """Queue bytes; a client that does not keep up is closed rather than remembered without end."""
        if self.ended_at is not None:
            return
        if self._bytes + len(data) > self._most_bytes:
            self._waiting.clear()
            self.end("too slow; resume with Last-Event-ID")
            return
        self._waiting.append(data)
        self._bytes += len(data)
        self.fed_at = time.monotonic()
        self._stir()

    def end(self, why: str) -> None:
        """Close the stream after what waits, with a comment that says why."""
        if self.ended_at is None:
            self.ended_at = time.monotonic()
            self._waiting.append(f": closing: {why}\n\n".encode())
            self._stir()

    def gone(self) -> None:
        """The client hung up."""
        self._waiting.clear()
        self.ended_at = self.ended_at or time.monotonic()
        self._stir()

    async def next(self) -> bytes | None:
        """What to send now, waiting for it; None when the stream has ended."""
        while not self._waiting:
            if self.ended_at is not None:
                return None
            self._wake = asyncio.get_running_loop().create_future()
            await self._wake
        data = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
        self._waiting.clear()
        self._bytes = 0
        return data

    def _stir(self) -> None:
        if self._wake is not None and not self._wake.done():
            self._wake.set_result(None)


class Hub:
    """Reads the journal once for all the streams of a process."""

    def __init__(self, runtime: Runtime) -> None:
        self.position = 0
        self.reads = runtime.database("activity_log").reader
        self.settings = runtime.service_settings(ActivitySettings)
        self._tokens = runtime.tokens
        self._groups: dict[Audience, set[Client]] = {}
        self.clients: set[Client] = set()
        self._shares: Shares = {}
        self._ready = asyncio.Event()
        self._new = asyncio.Event()
        self._moved = asyncio.Condition()
        self._closing = False
        self._stopping = runtime.stopping

    def wake(self, _payload: str = "") -> None:
        """Something was appended."""
        self._new.set()

    # Clients -----------------------------------------------------------------------------------------------

    async def open(self, actor: Actor, token: str, audience: Audience) -> Client:
        """A stream for an actor; it is not fed before `go_live`."""
        authorize(actor, Permission.READ)
        if len(self.clients) >= self.settings.streams or self._closing:
            raise UnavailableError("This server has no stream to spare; try again.", retry_after=5)
        try:
            await asyncio.wait_for(self._ready.wait(), _AWAIT_POSITION_SECONDS)
        except TimeoutError as error:
            raise UnavailableError("The journal cannot be read now.", retry_after=2) from error
        client = Client(audience, token, actor, self.settings.stream_buffer_bytes)
        self.clients.add(client)
        return client

    def close_client(self, client: Client) -> None:
        """Forget a stream."""
        self.clients.discard(client)
        group = self._groups.get(client.audience)
        if group is not None:
            group.discard(client)
            if not group:
                del self._groups[client.audience]

    def go_live(self, client: Client) -> int:
        """Feed the client from here on; answers the position after which it will be told everything."""
        self._groups.setdefault(client.audience, set()).add(client)
        return self.position

    async def reach(self, position: int) -> bool:
        """Wait until the hub has read as far as another process had; False if the journal is not that long."""
        self.wake()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_AWAIT_POSITION_SECONDS), self._moved:
                await self._moved.wait_for(lambda: self.position >= position)
        return self.position >= position

    async def catch_up(self, client: Client, after: int) -> AsyncIterator[bytes]:
        """What the client missed after a position, in parts; at the end the client is live."""
        while True:
            upto = self.position
            while after < upto:
                rows = await reading.entries_between(
                    self.reads, client.audience, after, upto, _READ_AT_ONCE
                )
                if rows:
                    yield b"".join(frame(row["position"], row["type"], row["json"]) for row in rows)
                after = upto if len(rows) < _READ_AT_ONCE else rows[-1]["position"]
            # Nothing is awaited between this comparison and going live: no entry can come between.
            if upto == self.position:
                self.go_live(client)
                return

    # The work ----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Read and feed until cancelled."""
        while True:
            try:
                if not self._ready.is_set():
                    self._shares = await reading.shares_in_force(self.reads)
                    self.position = await reading.last_position(self.reads)
                    self._ready.set()
                await self._read_new()
            except Exception as error:  # noqa: BLE001 - streams stay open through an outage and go on after it
                _log.warning("the stream waits for the journal", error=type(error).__name__)
                await asyncio.sleep(_LOOK_SECONDS / 2)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._new.wait(), _LOOK_SECONDS)
            self._new.clear()

    async def _read_new(self) -> None:
        while True:
            told = await reading.entries_after(self.reads, self.position, _READ_AT_ONCE)
            if not told:
                return
            if not _SHARING.isdisjoint(one.type for one in told):
                self._shares = await reading.shares_in_force(self.reads)
            self._feed(told)
            self.position = told[-1].position
            async with self._moved:
                self._moved.notify_all()
            if len(told) < _READ_AT_ONCE:
                return

    def _feed(self, told: Sequence[Told]) -> None:
        now = datetime.now(UTC)
        frames = [frame(one.position, one.type, one.json) for one in told]
        for audience, group in self._groups.items():
            seen = [
                data
                for one, data in zip(told, frames, strict=True)
                if may_see(audience, one.mark, self._shares, now)
            ]
            if not seen:
                continue
            data = b"".join(seen)
            for client in group:
                client.feed(data)

    async def watch(self) -> None:
        """Each second: end the streams of whoever was signed out or whose token expired; heartbeats."""
        ticks = 0
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _TICK_SECONDS)
                self.close()
                return
            ticks += 1
            now = time.monotonic()
            for client in list(self.clients):
                if client.ended_at is not None:
                    if now - client.ended_at > _SLOW_GRACE_SECONDS:
                        client.on_cut()
                elif now - client.fed_at >= self._heartbeat:
                    client.feed(HEARTBEAT)
            tokens: dict[str, list[Client]] = {}
            for client in self.clients:
                if client.ended_at is None:
                    tokens.setdefault(client.token, []).append(client)
            for token, clients in tokens.items():
                if token.startswith(API_KEY_PREFIX) and ticks % _API_KEY_TICKS:
                    continue
                await self._verify(token, clients)

    @property
    def _heartbeat(self) -> float:
        return self.settings.stream_heartbeat_seconds - _TICK_SECONDS / 2

    async def _verify(self, token: str, clients: Sequence[Client]) -> None:
        try:
            actor = await self._tokens.verify(token)
        except UnauthorizedError:
            for client in clients:
                client.end("signed out or expired; connect with a fresh token")
        except Exception as error:  # noqa: BLE001 - with identity away, what was known stays in force
            _log.warning("stream tokens not verified", error=type(error).__name__)
        else:
            for client in clients:
                if (actor.permissions, actor.organization_id) != (
                    client.actor.permissions,
                    client.actor.organization_id,
                ):
                    client.end("permissions changed; connect again")

    def close(self) -> None:
        """End every stream: the server is stopping."""
        self._closing = True
        for client in self.clients:
            client.end("the server is stopping; connect again")


_hubs: WeakKeyDictionary[Runtime, Hub] = WeakKeyDictionary()


def hub_of(runtime: Runtime) -> Hub:
    """The process's hub."""
    return _hubs[runtime]


@asynccontextmanager
async def streaming(runtime: Runtime, listener: Listener) -> AsyncGenerator[None]:
    """The hub's life: as long as the process serves HTTP."""
    hub = _hubs[runtime] = Hub(runtime)
    listener.on(CHANNEL, hub.wake)
    tasks = [
        asyncio.create_task(hub.run(), name="journal hub"),
        asyncio.create_task(hub.watch(), name="journal hub watch"),
    ]
    try:
        yield
    finally:
        hub.close()
        await end(*tasks)
        del _hubs[runtime]
