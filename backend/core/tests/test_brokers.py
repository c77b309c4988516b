"""One suite for both brokers: an event is heard, once in effect, in order, or lies among the dead letters."""

from __future__ import annotations

import asyncio
import socket
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import aio_pika
import pytest
import pytest_asyncio
from pydantic import SecretStr

from muster_core.dead_letters import discard, letters, replay
from muster_core.errors import ConflictError, NotFoundError, UnavailableError
from muster_core.events import Event
from muster_core.identifiers import uuid7
from muster_core.microservice import Microservice, declare_topology, open_broker
from muster_core.ports.rabbitmq import (
    DELIVERY_LIMIT,
    EXCHANGE,
    PUBLISH_SECONDS,
    RabbitMQBroker,
    declare,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from muster_core.consumers import Consumer
    from muster_core.database import Reader
    from muster_core.ports.broker import Broker
    from muster_core.runtime import Runtime
    from muster_core.settings import Settings

QUEUE = "board.count_copies"


@pytest.fixture(params=["in_process", "rabbitmq"])
def settings(request: pytest.FixtureRequest, settings: Settings) -> Settings:
    """Those of every test, and the broker's address where there is one."""
    if request.param == "in_process":
        return settings
    url: str = request.getfixturevalue("fresh_rabbitmq_url")
    return settings.model_copy(update={"broker_url": SecretStr(url)})


@pytest.fixture
def consumers(services: list[Microservice]) -> list[Consumer]:
    return [one for service in services for one in service.listeners]


@pytest_asyncio.fixture
async def broker(
    runtime: Runtime, services: list[Microservice], consumers: list[Consumer]
) -> AsyncIterator[Broker]:
    url = runtime.settings.broker_url
    if url is not None:
        await declare_topology(services, url.get_secret_value())
    made = open_broker(runtime)
    await made.subscribe(consumers)
    yield made
    await made.close()
    await runtime.close()


@pytest.fixture
def reads(runtime: Runtime) -> Reader:
    return runtime.database("board").reader


def pinned(pin: UUID, text: str = "a note", event_id: UUID | None = None) -> Event:
    return Event(
        id=event_id or uuid7(),
        time=datetime.now(UTC),
        type="muster.pin.pinned.v1",
        source="board",
        subject=f"pin/{pin}",
        requires="incidents:read",
        summary="pinned",
        data={"pin_id": str(pin), "text": text},
    )


async def pin_in(reads: Reader) -> UUID:
    pin = uuid7()
    await reads.execute("INSERT INTO board.pin (id, text, copies) VALUES ($1, 'x', 0)", pin)
    return pin


async def copies_of(reads: Reader, pin: UUID) -> int:
    (row,) = await reads.fetch("SELECT copies FROM board.pin WHERE id = $1", pin)
    return int(row["copies"])


async def until(true: Callable[[], Awaitable[bool]], seconds: float = 15) -> None:
    """Wait for something that happens by itself."""
    limit = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < limit, "it did not happen in time"
        await asyncio.sleep(0.02)


async def heard(reads: Reader, number: int) -> None:
    async def enough() -> bool:
        (row,) = await reads.fetch("SELECT count(*) AS n FROM board.inbox")
        return bool(row["n"] >= number)

    await until(enough)


async def test_an_event_is_heard_once_however_often_it_comes(broker: Broker, reads: Reader) -> None:
    pin = await pin_in(reads)
    event, last = pinned(pin), pinned(pin)
    await broker.publish([event, event])
    await broker.publish([event])
    await broker.publish([last])
    await heard(reads, 2)
    assert await copies_of(reads, pin) == 2


async def test_events_are_heard_in_their_order(broker: Broker, reads: Reader) -> None:
    pin = await pin_in(reads)
    events = [pinned(pin, str(number)) for number in range(120)]
    for start in range(0, 120, 40):
        await broker.publish(events[start : start + 40])
    await heard(reads, 120)
    rows = await reads.fetch("SELECT event_id FROM board.inbox ORDER BY received_at")
    assert [row["event_id"] for row in rows] == [event.id for event in events]


async def test_poison_is_set_aside_and_the_others_go_on(
    broker: Broker, reads: Reader, runtime: Runtime
) -> None:
    pin = await pin_in(reads)
    poison = pinned(pin, "poison")
    await broker.publish([pinned(pin), poison, pinned(pin)])
    await heard(reads, 3)
    assert await copies_of(reads, pin) == 2
    (letter,) = await letters(runtime, "board")
    assert (letter.consumer, letter.attempts, letter.about) == (QUEUE, 5, poison.type)
    assert "cannot be handled" in letter.error
    assert Event.from_json(letter.body) == poison


async def test_a_letter_is_handled_again_by_its_consumer_alone(
    broker: Broker, reads: Reader, runtime: Runtime, consumers: list[Consumer]
) -> None:
    pin = await pin_in(reads)
    await broker.publish([pinned(pin, "poison")])
    await heard(reads, 1)
    (letter,) = await letters(runtime, "board")

    with pytest.raises(ValueError, match="cannot be handled"):
        await replay(runtime, letter, consumers)
    assert await letters(runtime, "board") == [letter]
    with pytest.raises(ConflictError, match="does not exist here"):
        await replay(runtime, letter, [])

    # Whoever mended the cause: here the words.
    body = letter.body.replace("poison", "cured")
    await reads.execute("UPDATE board.dead_letter SET body = $1", body)
    (mended,) = await letters(runtime, "board")
    await replay(runtime, mended, consumers)
    assert await copies_of(reads, pin) == 1
    assert await letters(runtime, "board") == []
    with pytest.raises(NotFoundError):
        await replay(runtime, mended, consumers)
    assert await copies_of(reads, pin) == 1


async def test_a_discarded_letter_is_not_handled_when_it_comes_again(
    broker: Broker, reads: Reader, runtime: Runtime
) -> None:
    pin = await pin_in(reads)
    poison = pinned(pin, "poison")
    await broker.publish([poison])
    await heard(reads, 1)
    await discard(runtime, (await letters(runtime, "board"))[0])

    last = pinned(pin)
    await broker.publish([poison, last])
    await heard(reads, 2)
    assert await letters(runtime, "board") == []
    assert await copies_of(reads, pin) == 1


rabbitmq_only = pytest.mark.parametrize("settings", ["rabbitmq"], indirect=True)


@pytest_asyncio.fixture
async def channel(runtime: Runtime) -> AsyncIterator[Any]:
    """A stranger's channel to the same broker."""
    assert runtime.settings.broker_url is not None
    connection = await aio_pika.connect(runtime.settings.broker_url.get_secret_value())
    yield await connection.channel()
    await connection.close()


@rabbitmq_only
async def test_what_is_no_event_is_kept_for_a_person(
    broker: Broker, reads: Reader, runtime: Runtime, channel: Any
) -> None:
    pin = await pin_in(reads)
    exchange = await channel.get_exchange(EXCHANGE)
    for body in (b"", b"not JSON", b"\xff\x00", b'{"specversion": "2.0"}', b"[" * 10_000):
        await exchange.publish(aio_pika.Message(body), "muster.pin.pinned.v1")
    stranger = pinned(pin).model_copy(update={"data": {"unknown": 1}})
    await broker.publish([stranger, pinned(pin)])

    async def all_kept() -> bool:
        return len(await letters(runtime, "board")) == 6 and await copies_of(reads, pin) == 1

    await until(all_kept)
    unreadable = [one for one in await letters(runtime, "board") if one.attempts == 1]
    assert [one.body for one in unreadable][:3] == ["", "not JSON", "\\xff\\0"]


@rabbitmq_only
async def test_what_kills_its_consumer_again_and_again_is_kept_too(
    broker: Broker, reads: Reader, runtime: Runtime, channel: Any, consumers: list[Consumer]
) -> None:
    await broker.close()
    pin = await pin_in(reads)
    await broker.publish([pinned(pin)])
    queue = await channel.get_queue(QUEUE)
    deaths = 0

    async def die(message: Any) -> None:
        nonlocal deaths
        deaths += 1
        await message.nack(requeue=True)

    tag = await queue.consume(die)
    dead = await channel.get_queue(f"{QUEUE}.dead")

    async def given_up() -> bool:
        return bool(
            (await channel.declare_queue(dead.name, passive=True)).declaration_result.message_count
        )

    await until(given_up)
    assert deaths == DELIVERY_LIMIT + 1
    await queue.cancel(tag)

    await broker.subscribe(consumers)

    async def kept() -> bool:
        return len(await letters(runtime, "board")) == 1

    await until(kept)
    (letter,) = await letters(runtime, "board")
    assert letter.attempts == DELIVERY_LIMIT + 1
    await replay(runtime, letter, consumers)
    assert await copies_of(reads, pin) == 1


@rabbitmq_only
async def test_an_event_that_no_queue_wants_is_not_taken(broker: Broker) -> None:
    stranger = pinned(uuid4()).model_copy(update={"type": "muster.pin.removed.v1"})
    with pytest.raises(UnavailableError):
        await broker.publish([stranger])


@rabbitmq_only
async def test_a_second_consumer_takes_over_in_order(
    broker: Broker, reads: Reader, runtime: Runtime, consumers: list[Consumer]
) -> None:
    pin = await pin_in(reads)
    second = open_broker(runtime)
    await second.subscribe(consumers)
    events = [pinned(pin) for _ in range(100)]
    try:
        await broker.publish(events[:50])
        await heard(reads, 10)
        await broker.close()
        await second.publish(events[50:])
        await heard(reads, 100)
    finally:
        await second.close()
    rows = await reads.fetch("SELECT event_id FROM board.inbox ORDER BY received_at")
    assert [row["event_id"] for row in rows] == [event.id for event in events]
    assert await copies_of(reads, pin) == 100


@rabbitmq_only
async def test_declaring_again_changes_nothing(
    broker: Broker, channel: Any, consumers: list[Consumer]
) -> None:
    await declare(channel, consumers)
    assert (await channel.declare_queue(QUEUE, passive=True)).name == QUEUE
    await broker.close()


async def test_a_broker_that_is_away_is_an_outage_within_seconds(runtime: Runtime) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        for port in (silent.getsockname()[1], 9):
            away = RabbitMQBroker(runtime, f"amqp://x:y@127.0.0.1:{port}/")
            began = time.monotonic()
            with pytest.raises(UnavailableError):
                await away.publish([pinned(uuid4())])
            assert time.monotonic() - began < PUBLISH_SECONDS + 2
            await away.close()
