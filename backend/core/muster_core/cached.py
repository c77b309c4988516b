"""Reads that are kept for a while: each declares its lifetime and which events make it wrong.

    ORGANIZATIONS = CachedRead("identity.organizations", seconds=60, dropped_by=(OrganizationCreated, …))

    page = await ORGANIZATIONS.get(runtime, f"{limit}:{cursor}", lambda: repository.page(reads, limit, cursor))

The key holds everything on which the answer depends, and whoever asks has been authorized before: what is kept is an
answer, never a right. The writing process drops at once what its commit made wrong; a consumer of the service drops it
again when the event arrives, in case that process died in between. If both fail, `seconds` is how old an answer can be.

Only one process makes a missing answer while the others wait for it a little, and only once in each process; an answer
that is asked for often is made anew shortly before it expires, by one of those who ask, while the others are given it.
"""

from __future__ import annotations

import asyncio
import math
import random
import struct
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from muster_core.consumers import Consumer
from muster_core.metrics import CACHE_READS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.events import Event, EventData
    from muster_core.ports.cache import Cache
    from muster_core.runtime import Runtime

    Make = Callable[[], Awaitable[bytes]]

_HEAD = struct.Struct(
    "!16sdd"
)  # edition, when it expires (Unix time), how long it took to make, both in seconds
_EDITION_SECONDS = 86_400.0
_LOCK_SECONDS = 2.0
_WAIT_SECONDS = 0.3
_LOOK_SECONDS = 0.02
_EAGERNESS = 2.0
_reads: list[CachedRead] = []


@dataclass(frozen=True, slots=True, eq=False)
class CachedRead:
    """One kind of answer, as bytes."""

    name: str
    seconds: float
    dropped_by: tuple[type[EventData], ...] = ()
    _making: dict[tuple[int, str, bytes | None], asyncio.Task[bytes]] = field(
        default_factory=dict[tuple[int, str, bytes | None], "asyncio.Task[bytes]"]
    )

    def __post_init__(self) -> None:
        """Known from now on to whoever announces the events."""
        _reads.append(self)

    async def get(self, runtime: Runtime, key: str, make: Make) -> bytes:
        """The kept answer for `key`, or the one that `make` gives now.

        Raises:
            Exception: what `make` raises; nothing is kept then.
        """
        cache = runtime.cache
        edition, kept = await cache.get(self._edition_key, self._key(key))
        found = _unpack(kept, edition)
        if found is None:
            CACHE_READS.labels("away" if cache.away else "miss").inc()
            return await asyncio.shield(self._once(cache, key, edition, make, wait=True))
        CACHE_READS.labels("hit").inc()
        answer, expires, cost = found
        # Early, with a chance that grows towards the end: XFetch (Vattani, Chierichetti, Lowenstein 2015).
        if time.time() - cost * _EAGERNESS * math.log(1 - random.random()) >= expires:  # noqa: S311 - a dice, no secret
            self._once(cache, key, edition, make, wait=False)
        return answer

    async def drop(self, runtime: Runtime) -> None:
        """Every kept answer of this kind is wrong from now on, also those that are being made."""
        self._making.clear()
        await runtime.cache.delete(self._edition_key)

    @property
    def _edition_key(self) -> str:
        return f"read:{self.name}:edition"

    def _key(self, key: str) -> str:
        return f"read:{self.name}:{key}"

    def _once(
        self, cache: Cache, key: str, edition: bytes | None, make: Make, *, wait: bool
    ) -> asyncio.Task[bytes]:
        """The task that makes the answer in this process; there is one at a time for a key."""
        place = (id(cache), key, edition)
        task = self._making.get(place)
        if task is None:
            task = asyncio.create_task(self._make(cache, key, edition, make, wait=wait))
            self._making[place] = task

            def made(done: asyncio.Task[bytes]) -> None:
                if self._making.get(place) is done:
                    del self._making[place]
                if not done.cancelled():
                    done.exception()  # met by who waits; an early refresh that fails leaves what there is

            task.add_done_callback(made)
        return task

    async def _make(
        self, cache: Cache, key: str, edition: bytes | None, make: Make, *, wait: bool
    ) -> bytes:
        lock = f"{self._key(key)}:lock"
        first = await cache.add(lock, b"1", seconds=_LOCK_SECONDS)
        if first is False:
            if not wait:
                raise _ElsewhereError
            until = time.monotonic() + _WAIT_SECONDS
            while time.monotonic() < until:
                await asyncio.sleep(_LOOK_SECONDS)
                edition, kept = await cache.get(self._edition_key, self._key(key))
                found = _unpack(kept, edition)
                if found is not None:
                    return found[0]
        try:
            if edition is None:
                # The edition is known before the read begins: what is dropped meanwhile is then not kept.
                edition = uuid4().bytes
                if await cache.add(self._edition_key, edition, seconds=_EDITION_SECONDS) is False:
                    (edition,) = await cache.get(self._edition_key)
            began = time.monotonic()
            answer = await make()
            cost = time.monotonic() - began
            if edition is not None and first is not None:
                head = _HEAD.pack(edition, time.time() + self.seconds, cost)
                await cache.set(self._key(key), head + answer, seconds=self.seconds)
        finally:
            if first:
                await cache.delete(lock)
        return answer


class _ElsewhereError(Exception):
    """Another process makes it anew already."""


def _unpack(kept: bytes | None, edition: bytes | None) -> tuple[bytes, float, float] | None:
    if kept is None or edition is None or len(kept) < _HEAD.size:
        return None
    of, expires, cost = _HEAD.unpack_from(kept)
    return (kept[_HEAD.size :], expires, cost) if of == edition else None


async def drop_what(runtime: Runtime, types: Sequence[str] | set[str]) -> None:
    """Drop every read that events of these types make wrong."""
    for read in _reads:
        if any(kind.type in types for kind in read.dropped_by):
            await read.drop(runtime)


@dataclass(frozen=True, slots=True)
class CacheDropper(Consumer):
    """The consumer that drops what events make wrong. Dropping twice does no harm: it needs no inbox."""

    async def handle(self, runtime: Runtime, events: Sequence[Event]) -> None:
        """Drop."""
        await drop_what(runtime, {event.type for event in events})


def dropper(service: str) -> list[Consumer]:
    """The consumer for a service's own reads, named `<service>.<name>`; none if it has none."""
    types = {
        kind.type
        for read in _reads
        if read.name.startswith(f"{service}.")
        for kind in read.dropped_by
    }
    if not types:
        return []

    async def nothing(_session: AsyncSession, _events: Sequence[Event]) -> None:
        """Everything is done in `handle`."""

    schema = service.replace("-", "_")
    return [CacheDropper(f"{service}.drop_cached", service, schema, frozenset(types), 100, nothing)]
