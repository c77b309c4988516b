"""The other engines: cache, broker, Elasticsearch."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import aio_pika
import httpx
from aio_pika.exceptions import AMQPError, ChannelNotFoundEntity
from redis.asyncio import Redis
from redis.exceptions import AuthenticationError, RedisError

from muster_core.ports.amqp import DEAD, opened
from muster_core.tasks import lane_queues
from muster_host.doctor.findings import Finding, Place, fail, off, ok, short, warn
from muster_host.environment import read
from search.settings import Settings as SearchSettings

if TYPE_CHECKING:
    from aio_pika.abc import AbstractConnection

_SECONDS = 1.5
_CONFIRM_SECONDS = 1.0
_DEEP = 1_000
_ELASTICSEARCH = "MUSTER_SEARCH_ELASTICSEARCH_URL"


async def cache(place: Place) -> Sequence[Finding]:
    """Redis or Valkey answers."""
    url = place.settings.cache_url
    if url is None:
        return [off("cache", "the embedded Valkey does not run now")]
    client: Any = Redis.from_url(  # pyright: ignore[reportUnknownMemberType]
        url.get_secret_value(), socket_timeout=_SECONDS, socket_connect_timeout=_SECONDS
    )
    began = time.perf_counter()
    try:
        await client.ping()
        about: dict[str, Any] = await client.info("server")
    except AuthenticationError:
        return [fail("cache", "refuses our password", "correct MUSTER_CACHE_URL")]
    except (RedisError, OSError) as error:
        remedy = "start it, or correct MUSTER_CACHE_URL; until then everything works, slower"
        return [fail("cache", f"cannot be reached ({short(error)})", remedy)]
    finally:
        with contextlib.suppress(RedisError, OSError):
            await client.aclose()
    kind = "Valkey" if "valkey_version" in about else "Redis"
    version = about.get("valkey_version") or about.get("redis_version")
    return [ok("cache", f"{kind} {version}, answers in {time.perf_counter() - began:.3f} s")]


async def broker(place: Place) -> Sequence[Finding]:
    """RabbitMQ takes messages, has every queue, and somebody takes from each."""
    url = place.settings.broker_url
    if url is None:
        return [off("broker", "none: the relay hands events over by itself")]
    try:
        async with opened(url.get_secret_value()) as connection:
            if not await _takes_messages(connection):
                seen = "connected, and it takes no message: a memory or disk alarm blocks it"
                return [
                    fail("broker", seen, "free memory or disk on its machine (rabbitmqctl status)")
                ]
            return [ok("broker", "RabbitMQ takes messages"), *await _queues(connection, place)]
    except TimeoutError:
        return [fail("broker", "RabbitMQ does not answer", "look at its log; is it paused?")]
    except (AMQPError, OSError) as error:
        remedy = "start it, or correct MUSTER_BROKER_URL; until then the outboxes hold everything"
        return [fail("broker", f"RabbitMQ cannot be used ({short(error)})", remedy)]


async def _takes_messages(connection: AbstractConnection) -> bool:
    """Publish to nobody: a blocked broker never confirms."""
    channel = await connection.channel()
    try:
        async with asyncio.timeout(_CONFIRM_SECONDS):
            message = aio_pika.Message(b"")
            await channel.default_exchange.publish(message, "muster.doctor", mandatory=False)
    except TimeoutError:
        return False
    return True


async def _queues(connection: AbstractConnection, place: Place) -> list[Finding]:
    wanted = [one.name for service in place.services for one in service.listeners]
    wanted += [lane for service in place.services for lane in lane_queues(service.name)]
    missing: list[str] = []
    unattended: list[str] = []
    deep: list[str] = []
    dead = 0
    for name in wanted:
        about = await _declared(connection, name)
        if about is None:
            missing.append(name)
            continue
        messages, consumers = about
        if not consumers:
            unattended.append(name)
        if messages > _DEEP:
            deep.append(f"{name} ({messages})")
        dead += (await _declared(connection, name + DEAD) or (0, 0))[0]
    findings: list[Finding] = []
    if missing:
        seen = f"{len(missing)} of {len(wanted)} are missing, such as {missing[0]}"
        findings.append(fail("queues", seen, "`muster migrate` declares them"))
    else:
        findings.append(ok("queues", f"all {len(wanted)} are declared"))
    if unattended:
        seen = f"nobody takes from {len(unattended)} queues, such as {unattended[0]}"
        remedy = "start the face `consumers`, or a worker, of that service"
        findings.append(warn("consumers", seen, remedy))
    elif not missing:
        findings.append(ok("consumers", "every queue has one"))
    if deep:
        remedy = "see docs/runbooks/queue-deep.md"
        findings.append(warn("queues", f"many messages wait: {', '.join(deep)}", remedy))
    if dead:
        remedy = "a running relay or consumer moves them to the tables: `muster dead-letters list`"
        findings.append(warn("dead letters", f"{dead} in the broker's queues", remedy))
    return findings


async def _declared(connection: AbstractConnection, name: str) -> tuple[int, int] | None:
    """Messages and consumers of a queue, or None if there is no such queue."""
    channel = await connection.channel(publisher_confirms=False)
    try:
        queue = await channel.declare_queue(name, passive=True)
    except ChannelNotFoundEntity:
        return None
    result = queue.declaration_result
    await channel.close()
    return result.message_count or 0, result.consumer_count or 0


async def elasticsearch(_place: Place) -> Sequence[Finding]:
    """Its health."""
    url = read(SearchSettings).elasticsearch_url
    if url is None:
        return [off("Elasticsearch", "none: PostgreSQL answers searches")]
    parts = urlsplit(url.get_secret_value())
    bare = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    auth = (parts.username, parts.password or "") if parts.username else None
    try:
        async with httpx.AsyncClient(timeout=_SECONDS, auth=auth, trust_env=False) as client:
            answer = await client.get(f"{bare.rstrip('/')}/_cluster/health")
            if answer.status_code in {401, 403}:
                return [fail("Elasticsearch", "refuses our account", f"correct {_ELASTICSEARCH}")]
            health: dict[str, Any] = answer.raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        remedy = "start it; until then PostgreSQL answers searches"
        return [fail("Elasticsearch", f"cannot be used ({short(error)})", remedy)]
    seen = (
        f"{health['status']}, {health['number_of_nodes']} nodes, {health['active_shards']} shards"
    )
    if health["status"] == "red":
        remedy = "an index has lost data: `muster search rebuild` once its disk and nodes are well"
        return [fail("Elasticsearch", seen, remedy)]
    return [ok("Elasticsearch", seen)]
