"""The cache port: a place for answers that can be made again. Losing it costs time, never truth."""

from __future__ import annotations

import time
from collections import OrderedDict
from typing import Protocol, cast

from redis.asyncio import Redis
from redis.exceptions import RedisError

from muster_core.logs import get_logger

_log = get_logger(__name__)
_TIMEOUT_SECONDS = 0.25
_PAUSE_SECONDS = 5.0


class Cache(Protocol):
    """Bytes by key, for a number of seconds."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None if it is unknown, expired, or the cache is away."""
        ...

    async def set(self, key: str, value: bytes, *, seconds: float) -> None:
        """Keep a value; silently does not if the cache is away."""
        ...

    async def delete(self, *keys: str) -> None:
        """Forget values; silently does not if the cache is away."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class MemoryCache:
    """Within one process, bounded: for tests and for a process without a server."""

    def __init__(self, most: int = 10_000) -> None:
        """Keep `most` values, the most recently set ones."""
        self._values: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._most = most

    async def get(self, key: str) -> bytes | None:
        """The value while it has not expired."""
        until, value = self._values.get(key, (0.0, b""))
        return value if until > time.monotonic() else None

    async def set(self, key: str, value: bytes, *, seconds: float) -> None:
        """Keep a value for some seconds."""
        self._values[key] = (time.monotonic() + seconds, value)
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    async def delete(self, *keys: str) -> None:
        """Forget values."""
        for key in keys:
            self._values.pop(key, None)

    async def close(self) -> None:
        """Forget everything."""
        self._values.clear()


class RedisCache:
    """Redis or Valkey. While it does not answer, every read is a miss and nobody waits for it."""

    def __init__(self, url: str) -> None:
        """Nothing is connected before first use."""
        self._redis: Redis = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
            url, socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS
        )
        self._resume_at = 0.0

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        if self._away():
            return None
        try:
            return cast("bytes | None", await self._redis.get(key))
        except (RedisError, OSError) as error:
            self._note(error)
            return None

    async def set(self, key: str, value: bytes, *, seconds: float) -> None:
        """Keep a value for some seconds."""
        if self._away():
            return
        try:
            await self._redis.set(key, value, px=max(1, int(seconds * 1000)))
        except (RedisError, OSError) as error:
            self._note(error)

    async def delete(self, *keys: str) -> None:
        """Forget values."""
        if self._away() or not keys:
            return
        try:
            await self._redis.delete(*keys)
        except (RedisError, OSError) as error:
            self._note(error)

    async def close(self) -> None:
        """Let go of connections."""
        await self._redis.aclose()

    def _away(self) -> bool:
        return time.monotonic() < self._resume_at

    def _note(self, error: Exception) -> None:
        self._resume_at = time.monotonic() + _PAUSE_SECONDS
        _log.warning("cache bypassed", error=type(error).__name__, seconds=_PAUSE_SECONDS)


def open_cache(url: str | None) -> Cache:
    """The adapter a URL asks for: redis://…, rediss://…, or None for memory."""
    return RedisCache(url) if url else MemoryCache()
