"""RabbitMQ: the relay against bare aio-pika with confirms, and how soon an event is in the journal."""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import time
from collections.abc import Generator, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import aio_pika
from pydantic import SecretStr
from sqlalchemy import text

from bench.process import environment_of, process, ready
from bench.report import Row
from muster.incidents.v1.events import IncidentDeclared
from muster_core.auth import system_actor
from muster_core.identifiers import uuid7
from muster_core.microservice import declare_topology, installed_microservices
from muster_core.outbox import announce
from muster_core.ports.amqp import opened
from muster_core.ports.rabbitmq import EXCHANGE, MEDIA_TYPE, RabbitMQBroker
from muster_core.relay import Relay
from muster_core.runtime import Runtime
from muster_core.settings import Settings
from muster_host.application import make_runtime
from muster_host.engines import Postgres, embedded_postgres, embedded_rabbitmq, embedded_valkey

SCHEMA = "incident_management"
EVENTS = 10_000
WINDOW = 500
ROUNDS = 3
RATE = 200
SECONDS = 20
PORTS = (18953, 18954)
_ORGANIZATION = UUID("01980000-0000-7000-8000-00000000000a")


def measure(folder: Path) -> list[Row]:
    """Events through the relay per second, and from commit to the journal's commit at 200/s."""
    with (
        embedded_postgres(folder / "postgres", durable=True) as server,
        embedded_rabbitmq(folder / "rabbitmq") as broker,
        embedded_valkey(folder / "valkey") as cache,
    ):
        server.query("ALTER SYSTEM SET track_commit_timestamp = on", "postgres")
        server.stop()
        server.start()
        environment = environment_of(
            folder,
            server,
            cache,
            MUSTER_BROKER_URL=broker.url,
            MUSTER_RPC_PEERS=json.dumps({"identity": f"unix:{folder}/rpc.sock"}),
        )
        settings = Settings(
            home=folder / "home",
            database_url=SecretStr(server.url),
            broker_url=SecretStr(broker.url),
            rpc_address=f"unix:{folder}/rpc.sock",
        )
        ours, bare = asyncio.run(_throughput(settings))
        with (
            _process(environment, folder, PORTS[0], "incident-management", "relay"),
            _process(environment, folder, PORTS[1], "activity-log", "consumers"),
        ):
            asyncio.run(_announce(settings))
            delays = _delays(server)
    p99 = delays[int(0.99 * len(delays))]
    return [
        Row(
            "events through the relay to RabbitMQ, each confirmed",
            f"{ours:,.0f}/s",
            f"bare aio-pika {bare:,.0f}/s",
            f"{ours / bare:.0%}",
            "at least 50%",
            ours < bare / 2,
        ),
        Row(
            f"from announcing to the journal's commit at {RATE}/s over RabbitMQ, p99",
            f"{p99 * 1000:.0f} ms",
            f"median {statistics.median(delays) * 1000:.0f} ms",
            "-",
            "under 250 ms",
            p99 >= 0.25,
        ),
    ]


async def _throughput(settings: Settings) -> tuple[float, float]:
    """Events per second of ours and of a bare loop, turn by turn; the medians."""
    assert settings.broker_url is not None
    url = settings.broker_url.get_secret_value()
    services = installed_microservices()
    runtime = make_runtime(settings)
    broker = RabbitMQBroker(runtime, url)
    relay = Relay(runtime, [SCHEMA], broker, _no_work)
    ours: list[float] = []
    bare: list[float] = []
    try:
        await declare_topology(services, url)
        for _ in range(ROUNDS):
            bodies = await _fill(runtime)
            ours.append(EVENTS / await _timed(partial(_drain, relay)))
            bare.append(EVENTS / await _timed(partial(_publish_bare, url, bodies)))
            await _purge(url)
    finally:
        await broker.close()
        await runtime.close()
    return statistics.median(ours), statistics.median(bare)


async def _no_work(_works: Sequence[object]) -> None:
    """No task is started here."""


async def _timed(work: partial[object]) -> float:
    began = time.perf_counter()
    await work()  # pyright: ignore[reportGeneralTypeIssues]
    return time.perf_counter() - began


async def _drain(relay: Relay) -> None:
    while await relay.relay_once(SCHEMA):
        pass


async def _fill(runtime: Runtime) -> list[bytes]:
    """An outbox of declared incidents; answers their bodies."""
    async with runtime.session(SCHEMA, system_actor("incident-management")) as session:
        await announce(session, *(_declared(number) for number in range(EVENTS)))
        rows = await session.scalars(text(f"SELECT body FROM {SCHEMA}.outbox ORDER BY position"))
        return [body.encode() for body in rows]


def _declared(number: int) -> IncidentDeclared:
    return IncidentDeclared(
        incident_id=uuid7(),
        incident_name=f"Cedar Creek Fire {number}",
        version=1,
        number=f"2026-{number:05}",
        kind="wildfire",
        status="reported",
        severity="Severe",
        location={"type": "Point", "coordinates": [-117.5, 35.7]},
        declared_at=datetime.now(UTC),
        organization_id=_ORGANIZATION,
    )


async def _publish_bare(url: str, bodies: Sequence[bytes]) -> None:
    """The same bodies to the same queues, with as many confirms in flight as the relay has."""
    async with opened(url) as connection:
        exchange = await (await connection.channel()).get_exchange(EXCHANGE)
        for start in range(0, len(bodies), WINDOW):
            await asyncio.gather(
                *(
                    exchange.publish(
                        aio_pika.Message(
                            body,
                            content_type=MEDIA_TYPE,
                            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                        ),
                        IncidentDeclared.type,
                    )
                    for body in bodies[start : start + WINDOW]
                )
            )


async def _purge(url: str) -> None:
    async with opened(url) as connection:
        channel = await connection.channel()
        for service in installed_microservices():
            for consumer in service.listeners:
                queue = await channel.get_queue(consumer.name)
                await queue.purge()


@contextlib.contextmanager
def _process(
    environment: dict[str, str], folder: Path, port: int, service: str, face: str
) -> Generator[None]:
    """One face of one service, as it is deployed."""
    own = {**environment, "MUSTER_PORT": str(port)}
    with process(own, folder, "serve", service, "--faces", face):
        asyncio.run(ready(f"http://127.0.0.1:{port}", 60, path="/healthz"))
        yield


async def _announce(settings: Settings) -> None:
    """Commit one event after another at the rate, and wait until the outbox is empty."""
    runtime = make_runtime(settings)
    try:
        began = time.perf_counter()
        pending: set[asyncio.Task[None]] = set()
        for number in range(RATE * SECONDS):
            await asyncio.sleep(max(0.0, began + number / RATE - time.perf_counter()))
            task = asyncio.create_task(_one(runtime, number))
            pending.add(task)
            task.add_done_callback(pending.discard)
        await asyncio.gather(*pending)
        await asyncio.sleep(3)
    finally:
        await runtime.close()


async def _one(runtime: Runtime, number: int) -> None:
    async with runtime.session(SCHEMA, system_actor("incident-management")) as session:
        await announce(session, _declared(number))


def _delays(server: Postgres) -> list[float]:
    """Seconds from announcing (before its own commit) to the commit of the journal's entry, in order of size.

    The first seconds, in which connections are opened, are left out.
    """
    found = server.query(
        "SELECT extract(epoch FROM pg_xact_commit_timestamp(xmin) - time) FROM activity_log.entry"
        f" WHERE type = '{IncidentDeclared.type}' AND time > (SELECT min(time) + interval '3 s' FROM activity_log.entry"
        f" WHERE type = '{IncidentDeclared.type}')"
    )
    delays = sorted(float(line) for line in found.split())
    expected = RATE * (SECONDS - 4)
    if len(delays) < expected:
        raise RuntimeError(f"only {len(delays)} of more than {expected} events are in the journal")
    return delays
