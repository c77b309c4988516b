"""The cache port: a place for answers that can be made again. Losing it costs time, never truth.

No adapter raises and none makes a request wait: while the server does not answer, every read is a miss. What is kept
there is believed to be an answer, never a right: nothing may be allowed because the cache says so.
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, cast

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from muster_core.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

_log = get_logger(__name__)
_TIMEOUT_SECONDS = 0.25
_PAUSE_SECONDS = 5.0
_PROBE_SECONDS = 0.02
_MOST_OWED = 10_000
_CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Bucket:
    """Tokens that come back at `rate` a second, at most `burst` of them."""

    key: str
    rate: float
    burst: int


@dataclass(frozen=True, slots=True)
class Taken:
    """What a bucket gave, how many tokens it still has, and in how many seconds there is one again or it is full."""

    given: int
    left: int
    next_in: float
    full_in: float


class Cache(Protocol):
    """Bytes by key, for a number of seconds."""

    @property
    def away(self) -> bool:
        """Whether the server does not answer now."""
        ...

    async def get(self, *keys: str) -> list[bytes | None]:
        """The values in one question; None for what is unknown or expired, or while the cache is away."""
        ...

    async def set(self, key: str, value: bytes, *, seconds: float) -> None:
        """Keep a value; silently does not if the cache is away."""
        ...

    async def add(self, key: str, value: bytes, *, seconds: float) -> bool | None:
        """Keep a value unless there is one; answers whether it was kept, or None while the cache is away."""
        ...

    async def delete(self, *keys: str) -> bool:
        """Forget values; answers whether the cache was there to hear it."""
        ...

    async def take(self, buckets: Sequence[Bucket], count: int) -> list[Taken] | None:
        """Take up to `count` tokens from each bucket in one question; None while the cache is away."""
        ...

    async def close(self) -> None:
        """Let go of connections."""
        ...


class MemoryCache:
    """Within one process, bounded: for tests, for a process without a server, for limits while the server is away."""

    away = False

    def __init__(self, most: int = 10_000) -> None:
        """Keep `most` values and as many buckets, the most recently used ones."""
        self._values: OrderedDict[str, tuple[float, bytes]] = OrderedDict()
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._most = most

    async def get(self, *keys: str) -> list[bytes | None]:
        """The values that have not expired."""
        now = time.monotonic()
        found = [self._values.get(key, (0.0, b"")) for key in keys]
        return [value if until > now else None for until, value in found]

    async def set(self, key: str, value: bytes, *, seconds: float) -> None:
        """Keep a value for some seconds."""
        self._values[key] = (time.monotonic() + seconds, value)
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    async def add(self, key: str, value: bytes, *, seconds: float) -> bool | None:
        """Keep a value unless there is one."""
        if self._values.get(key, (0.0, b""))[0] > time.monotonic():
            return False
        await self.set(key, value, seconds=seconds)
        return True

    async def delete(self, *keys: str) -> bool:
        """Forget values."""
        for key in keys:
            self._values.pop(key, None)
        return True

    async def take(self, buckets: Sequence[Bucket], count: int) -> list[Taken] | None:
        """Take tokens."""
        now = time.monotonic()
        return [self._take(bucket, count, now) for bucket in buckets]

    def _take(self, bucket: Bucket, count: int, now: float) -> Taken:
        tokens, at = self._buckets.get(bucket.key, (float(bucket.burst), now))
        tokens = min(float(bucket.burst), tokens + (now - at) * bucket.rate)
        given = min(count, int(tokens))
        self._buckets[bucket.key] = (tokens - given, now)
        self._buckets.move_to_end(bucket.key)
        if len(self._buckets) > self._most:
            self._buckets.popitem(last=False)
        return _taken(bucket, given, tokens - given)

    async def close(self) -> None:
        """Forget everything."""
        self._values.clear()
        self._buckets.clear()


# By the server's clock, so that processes whose clocks differ share a bucket; all or nothing, so that none is counted
# twice.
_TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local count = tonumber(ARGV[1])
local answer = {}
for i, key in ipairs(KEYS) do
    local rate, burst = tonumber(ARGV[2 * i]), tonumber(ARGV[2 * i + 1])
    local known = redis.call('HMGET', key, 't', 'a')
    local tokens = tonumber(known[1]) or burst
    tokens = math.min(burst, tokens + math.max(0, now - (tonumber(known[2]) or now)) * rate)
    local given = math.min(count, math.floor(tokens))
    tokens = tokens - given
    redis.call('HSET', key, 't', tostring(tokens), 'a', string.format('%.6f', now))
    redis.call('PEXPIRE', key, math.ceil(burst / rate * 1000) + 1000)
    answer[i] = {given, tostring(tokens)}
end
return answer
"""


class RedisCache:
    """Redis or Valkey. While it does not answer, every read is a miss and nobody waits for it.

    The first request that meets the failure waits a quarter of a second; then the cache is bypassed, and one question
    on the side asks, each five seconds at last, whether it is back.
    """

    def __init__(self, url: str, prefix: str = "") -> None:
        """Nothing is connected before first use. `prefix` begins every key, for several on one server."""
        pool = BlockingConnectionPool.from_url(  # pyright: ignore[reportUnknownMemberType]
            url,
            max_connections=_CONNECTIONS,
            timeout=_TIMEOUT_SECONDS,
            socket_timeout=_TIMEOUT_SECONDS,
            socket_connect_timeout=_TIMEOUT_SECONDS,
            # Once, for a connection that the server closed meanwhile; the time for both is bounded below.
            retry=Retry(NoBackoff(), 1),
        )
        self._redis: Redis = Redis.from_pool(pool)
        self._prefix = prefix
        self._take = cast("Any", self._redis).register_script(_TAKE)
        self._away = False
        self._owed: set[str] = set()
        self._back: asyncio.Task[None] | None = None

    @property
    def away(self) -> bool:
        """Whether it is bypassed now."""
        return self._away

    async def get(self, *keys: str) -> list[bytes | None]:
        """The values."""
        found = await self._ask(
            lambda: cast("Any", self._redis).mget([self._prefix + key for key in keys])
        )
        return cast("list[bytes | None]", found) if found is not None else [None] * len(keys)

    async def set(self, key: str, value: bytes, *, seconds: float) -> None:
        """Keep a value for some seconds."""
        await self._ask(
            lambda: self._redis.set(self._prefix + key, value, px=max(1, int(seconds * 1000)))
        )

    async def add(self, key: str, value: bytes, *, seconds: float) -> bool | None:
        """Keep a value unless there is one."""
        answer = await self._ask(
            lambda: self._redis.set(
                self._prefix + key, value, px=max(1, int(seconds * 1000)), nx=True
            ),
            nothing=False,
        )
        return None if answer is None else bool(answer)

    async def delete(self, *keys: str) -> bool:
        """Forget values."""
        if not keys:
            return True
        named = [self._prefix + key for key in keys]
        if await self._ask(lambda: cast("Any", self._redis).delete(*named)) is not None:
            return True
        # What was to be forgotten must not be found there when the server is back.
        self._owed.update(named[: max(0, _MOST_OWED - len(self._owed))])
        return False

    async def take(self, buckets: Sequence[Bucket], count: int) -> list[Taken] | None:
        """Take tokens."""
        arguments: list[Any] = [count]
        for bucket in buckets:
            arguments += [bucket.rate, bucket.burst]
        keys = [self._prefix + bucket.key for bucket in buckets]
        answer = await self._ask(lambda: self._take(keys=keys, args=arguments))
        if answer is None:
            return None
        return [
            _taken(bucket, int(given), float(tokens))
            for bucket, (given, tokens) in zip(buckets, answer, strict=True)
        ]

    async def close(self) -> None:
        """Let go of connections."""
        if self._back is not None:
            self._back.cancel()
        await self._redis.aclose()

    async def _ask(self, question: Any, nothing: Any = None) -> Any:
        """The answer (`nothing` for the server's nil), or None while the server is away."""
        if self._away:
            return None
        try:
            async with asyncio.timeout(_TIMEOUT_SECONDS):
                answer = await cast("Awaitable[Any]", question())
        except (RedisError, OSError, TimeoutError) as error:
            self._note(error)
            return None
        return nothing if answer is None else answer

    def _note(self, error: Exception) -> None:
        if self._away:
            return
        self._away = True
        _log.warning("cache bypassed", error=type(error).__name__)
        self._back = asyncio.create_task(self._wait_until_back(), name="cache is back")

    async def _wait_until_back(self) -> None:
        """Nobody's request is the one that finds out whether it is back."""
        pause = _PROBE_SECONDS
        while True:
            await asyncio.sleep(pause)
            pause = min(_PAUSE_SECONDS, pause * 2)
            try:
                async with asyncio.timeout(_TIMEOUT_SECONDS):
                    await cast("Any", self._redis).ping()
                    if self._owed:
                        await cast("Any", self._redis).delete(*self._owed)
            except (RedisError, OSError, TimeoutError):
                continue
            self._owed.clear()
            self._away = False
            _log.info("cache is back")
            return


def _taken(bucket: Bucket, given: int, tokens: float) -> Taken:
    next_in = 0.0 if tokens >= 1 else (1 - tokens) / bucket.rate
    return Taken(given, int(tokens), next_in, (bucket.burst - tokens) / bucket.rate)


def open_cache(url: str | None) -> Cache:
    """The adapter a URL asks for: redis://…, rediss://…, or None for memory."""
    return RedisCache(url) if url else MemoryCache()
