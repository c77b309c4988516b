"""The cache: both adapters alike, reads that are kept and dropped, and life without it."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

import pytest
from redis.asyncio import Redis

from muster_core import cached
from muster_core.cached import CachedRead, dropper
from muster_core.events import EventData
from muster_core.ports import cache as ports
from muster_core.ports.cache import Bucket, Cache, MemoryCache, RedisCache
from muster_host.engines import embedded_valkey

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from muster_core.runtime import Runtime


class Painted(
    EventData, type="muster.fence.painted.v1", requires="incidents:read", subject="fence/{fence_id}"
):
    fence_id: UUID = UUID(int=1)


FENCES = CachedRead("fences.list", seconds=30, dropped_by=(Painted,))


@dataclass
class Process:
    """What a read sees of a process."""

    cache: Cache


def process(cache: Cache) -> Runtime:
    return cast("Runtime", Process(cache))


@pytest.fixture(scope="module")
def valkey_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with embedded_valkey(tmp_path_factory.mktemp("valkey")) as server:
        yield server.url


@pytest.fixture
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the server is well, a busy machine must not look like a fault."""
    monkeypatch.setattr(ports, "_TIMEOUT_SECONDS", 10.0)


@pytest.fixture(params=["memory", "valkey", "redis"])
async def cache(request: pytest.FixtureRequest, patient: None) -> AsyncIterator[Cache]:
    if request.param == "memory":
        made: Cache = MemoryCache()
    else:
        url = request.getfixturevalue(f"{request.param}_url")
        made = RedisCache(url, prefix=f"test-{secrets.token_hex(6)}:")
    yield made
    await made.close()


async def test_values_are_kept_for_their_time(cache: Cache) -> None:
    await cache.set("a", b"one", seconds=30)
    await cache.set("b", b"two", seconds=0.05)
    assert (await cache.get("a", "nothing"))[1] is None
    await asyncio.sleep(0.1)
    assert await cache.get("a", "b") == [b"one", None]
    assert await cache.delete("a", "b")
    assert await cache.get("a") == [None]


async def test_only_the_first_may_add(cache: Cache) -> None:
    answers = await asyncio.gather(*(cache.add("lock", b"1", seconds=0.3) for _ in range(10)))
    assert (answers.count(True), answers.count(False)) == (1, 9)
    await asyncio.sleep(0.35)
    assert await cache.add("lock", b"1", seconds=1)


async def test_a_bucket_gives_its_burst_and_then_its_rate(cache: Cache) -> None:
    bucket, other = Bucket("account", rate=20, burst=5), Bucket("address", rate=1000, burst=1000)
    given = 0
    for _ in range(8):
        taken = await cache.take([bucket, other], 1)
        assert taken is not None
        assert taken[1].given == 1
        given += taken[0].given
    assert 5 <= given <= 7
    while (taken := await cache.take([bucket], 100)) is not None and taken[0].given:
        pass
    assert taken is not None
    assert (taken[0].given, taken[0].left) == (0, 0)
    assert 0 < taken[0].next_in <= 0.05
    assert 0.2 <= taken[0].full_in <= 0.25
    await asyncio.sleep(0.12)
    taken = await cache.take([bucket], 100)
    assert taken is not None
    assert 2 <= taken[0].given <= 4


async def answer(number: list[int], seconds: float = 0.0) -> bytes:
    number[0] += 1
    made = number[0]
    await asyncio.sleep(seconds)
    return b"fence %d" % made


async def test_a_read_is_made_once_and_dropped_by_its_event(cache: Cache) -> None:
    here, made = process(cache), [0]
    for _ in range(3):
        assert await FENCES.get(here, "all", lambda: answer(made)) == b"fence 1"
    (consumer,) = dropper("fences")
    assert consumer.types == {"muster.fence.painted.v1"}
    await cached.drop_what(here, {"muster.fence.painted.v1"})
    assert await FENCES.get(here, "all", lambda: answer(made)) == b"fence 2"
    await cached.drop_what(here, {"muster.fence.felled.v1"})
    assert await FENCES.get(here, "all", lambda: answer(made)) == b"fence 2"


async def test_what_is_dropped_while_it_is_made_is_not_kept(cache: Cache) -> None:
    here, made = process(cache), [0]
    making = asyncio.create_task(FENCES.get(here, "all", lambda: answer(made, 0.2)))
    while not made[0]:  # noqa: ASYNC110 - a counter, no event
        await asyncio.sleep(0.005)
    await FENCES.drop(here)
    assert await making == b"fence 1"
    assert await FENCES.get(here, "all", lambda: answer(made)) == b"fence 2"


async def test_a_crowd_makes_an_answer_once(cache: Cache) -> None:
    here, made = process(cache), [0]
    await asyncio.gather(*(cache.get("nothing") for _ in range(8)))  # connected
    answers = await asyncio.gather(
        *(FENCES.get(here, "all", lambda: answer(made, 0.1)) for _ in range(50))
    )
    assert set(answers) == {b"fence 1"}
    assert made == [1]


async def test_a_crowd_in_several_processes_makes_an_answer_once(
    redis_url: str, patient: None
) -> None:
    prefix = f"test-{secrets.token_hex(6)}:"
    caches = [RedisCache(redis_url, prefix) for _ in range(4)]
    made = [0]
    answers = await asyncio.gather(
        *(FENCES.get(process(one), "all", lambda: answer(made, 0.1)) for one in caches * 5)
    )
    assert set(answers) == {b"fence 1"}
    assert made == [1]
    for one in caches:
        await one.close()


async def test_who_makes_an_answer_and_dies_holds_nobody_up_for_long(cache: Cache) -> None:
    await cache.add("read:fences.list:all:lock", b"1", seconds=60)
    began = time.monotonic()
    assert await FENCES.get(process(cache), "all", lambda: answer([0])) == b"fence 1"
    assert time.monotonic() - began < 1


async def test_a_failure_is_raised_and_not_kept(cache: Cache) -> None:
    here = process(cache)

    async def fails() -> bytes:
        raise LookupError("the fence is gone")

    with pytest.raises(LookupError):
        await FENCES.get(here, "all", fails)
    assert await FENCES.get(here, "all", lambda: answer([0])) == b"fence 1"


async def test_an_answer_is_made_anew_before_it_expires_and_nobody_waits(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cached, "_EAGERNESS", 1e9)
    here, made = process(cache), [0]
    await FENCES.get(here, "all", lambda: answer(made, 0.05))
    began = time.monotonic()
    assert await FENCES.get(here, "all", lambda: answer(made, 0.3)) == b"fence 1"
    assert time.monotonic() - began < 0.25
    async with asyncio.timeout(5):
        while await FENCES.get(here, "all", lambda: answer(made, 0.3)) == b"fence 1":  # noqa: ASYNC110 - as who asks
            await asyncio.sleep(0.05)


async def measured(work: Any) -> tuple[Any, float]:
    began = time.monotonic()
    return await work, time.monotonic() - began


@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP])
async def test_without_the_server_everything_works_and_nobody_waits_twice(
    tmp_path: Path, fault: signal.Signals, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "_PAUSE_SECONDS", 0.5)
    with embedded_valkey(tmp_path) as server:
        cache = RedisCache(server.url)
        here, made = process(cache), [0]
        assert await FENCES.get(here, "all", lambda: answer(made)) == b"fence 1"
        assert server.pid is not None
        if fault is signal.SIGKILL:
            server.kill()
        else:
            os.kill(server.pid, fault)
        found, first = await measured(FENCES.get(here, "all", lambda: answer(made)))
        assert found == b"fence 2"
        assert first < 0.25 + 0.2
        for _ in range(5):
            _, seconds = await measured(FENCES.get(here, "all", lambda: answer(made)))
            assert seconds < 0.05
        assert cache.away
        assert await cache.take([Bucket("x", 1, 1)], 1) is None
        assert await cache.add("x", b"", seconds=1) is None
        # Dropped while the server is away: what it still holds is wrong when it is back.
        await FENCES.drop(here)
        if fault is signal.SIGSTOP:
            os.kill(server.pid, signal.SIGCONT)
        else:
            await asyncio.to_thread(server.start)
        async with asyncio.timeout(10):
            while cache.away:  # noqa: ASYNC110 - as who asks
                await asyncio.sleep(0.02)
        before = made[0]
        await FENCES.get(here, "all", lambda: answer(made))
        assert made[0] == before + 1
        await FENCES.get(here, "all", lambda: answer(made))
        assert made[0] == before + 1
        await cache.close()


async def test_a_flushed_server_costs_one_read(redis_url: str, patient: None) -> None:
    prefix = f"test-{secrets.token_hex(6)}:"
    cache = RedisCache(redis_url, prefix)
    here, made = process(cache), [0]
    await FENCES.get(here, "all", lambda: answer(made))
    other: Any = Redis.from_url(redis_url)  # pyright: ignore[reportUnknownMemberType]
    await other.delete(*[key async for key in other.scan_iter(f"{prefix}*")])
    await other.aclose()
    assert await FENCES.get(here, "all", lambda: answer(made)) == b"fence 2"
    assert await FENCES.get(here, "all", lambda: answer(made)) == b"fence 2"
    await cache.close()
