"""What everything that talks AMQP shares: connecting, declaring queues, and consuming that outlives its connection."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any

import aio_pika
from aio_pika.abc import (
    AbstractChannel,
    AbstractConnection,
    AbstractIncomingMessage,
    AbstractQueue,
)

from muster_core.background import end
from muster_core.logs import get_logger
from muster_core.metrics import QUEUE_CONSUMERS, QUEUE_MESSAGES

DEAD = ".dead"
_CONNECT_SECONDS = 3.0
_CLOSE_SECONDS = 1.0
_HEARTBEAT_SECONDS = 5
_RETRY_SECONDS = 0.5
_MEASURE_SECONDS = 5.0
_log = get_logger(__name__)

Waiting = asyncio.Queue[AbstractIncomingMessage]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A queue to consume, how many messages to hold, and what handles (and acknowledges) them, without end."""

    queue: str
    prefetch: int
    work: Callable[[Waiting], Coroutine[Any, Any, None]]


class Subscriptions:
    """Consumes some queues in the background over a connection of its own, made anew whenever it is lost."""

    def __init__(
        self,
        url: str,
        declare: Callable[[AbstractChannel], Awaitable[None]],
        subscriptions: Sequence[Subscription],
    ) -> None:
        """`declare` is called on each new connection, before consuming."""
        self._url, self._declare, self._subscriptions = url, declare, subscriptions
        self._task = asyncio.create_task(self._run(), name="amqp subscriptions")

    async def close(self) -> None:
        """Stop; what was not acknowledged is delivered again, to whoever consumes next."""
        await end(self._task)

    async def _run(self) -> None:
        told = False
        while True:
            try:
                await self._consume()
            except Exception as error:  # noqa: BLE001 - whatever it is, consuming goes on
                if not told:
                    _log.warning("consuming again", error=f"{type(error).__name__}: {error}"[:300])
                told = True
            else:
                told = False
            await asyncio.sleep(_RETRY_SECONDS)

    async def _consume(self) -> None:
        async with opened(self._url) as connection:
            lost = asyncio.Event()
            connection.close_callbacks.add(_setting(lost))
            channel = await connection.channel()
            await self._declare(channel)
            await channel.close()
            tasks: list[asyncio.Task[Any]] = [asyncio.create_task(lost.wait())]
            try:
                for one in self._subscriptions:
                    waiting = await _listen(connection, one, lost)
                    tasks.append(asyncio.create_task(one.work(waiting)))
                queues = [one.queue for one in self._subscriptions]
                tasks.append(asyncio.create_task(measure(connection, queues)))
                done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
            finally:
                await end(*tasks)


def _setting(lost: asyncio.Event) -> Callable[..., None]:
    def closed(*_: object) -> None:
        lost.set()

    return closed


async def _listen(
    connection: AbstractConnection, subscription: Subscription, lost: asyncio.Event
) -> Waiting:
    """Messages as they come, on a channel of its own, so that acknowledging many at once is safe."""
    channel = await connection.channel(publisher_confirms=False)
    channel.close_callbacks.add(_setting(lost))
    await channel.set_qos(prefetch_count=subscription.prefetch)
    queue = await channel.get_queue(subscription.queue, ensure=False)
    waiting: Waiting = asyncio.Queue()
    await queue.consume(waiting.put)
    return waiting


async def measure(connection: AbstractConnection, queues: Sequence[str]) -> None:
    """Say for /metrics how deep these queues and those they are the dead letters of are, until cancelled."""
    names = sorted({*queues, *(queue.removesuffix(DEAD) for queue in queues)})
    channel = await connection.channel(publisher_confirms=False)
    try:
        while True:
            for name in names:
                queue = await channel.declare_queue(name, passive=True)
                about = queue.declaration_result
                QUEUE_MESSAGES.labels(name).set(about.message_count or 0)
                QUEUE_CONSUMERS.labels(name).set(about.consumer_count or 0)
            await asyncio.sleep(_MEASURE_SECONDS)
    finally:
        # Better unknown than old: another process may see them.
        for name in names:
            with contextlib.suppress(KeyError):
                QUEUE_MESSAGES.remove(name)
                QUEUE_CONSUMERS.remove(name)


async def patiently(work: Callable[[], Awaitable[None]]) -> None:
    """Do it; while that fails (the database is away) keep the messages and try again.

    Giving them back would count against their delivery limit.
    """
    told = False
    while True:
        try:
            await work()
        except Exception as error:  # noqa: BLE001 - callers let nothing but outages out
            if not told:
                _log.warning("consumer waits", error=f"{type(error).__name__}: {error}"[:300])
            told = True
            await asyncio.sleep(_RETRY_SECONDS)
        else:
            return


async def connect(url: str) -> AbstractConnection:
    """A connection, or an error within 3 s."""
    async with asyncio.timeout(_CONNECT_SECONDS):
        return await aio_pika.connect(
            url, heartbeat=_HEARTBEAT_SECONDS, client_properties={"connection_name": "muster"}
        )


@contextlib.asynccontextmanager
async def opened(url: str) -> AsyncGenerator[AbstractConnection]:
    """A connection for the length of a block."""
    connection = await connect(url)
    try:
        yield connection
    finally:
        await part_with(connection)


async def part_with(connection: AbstractConnection) -> None:
    """Close politely if that is quick: a blocked broker does not even answer a goodbye."""
    with contextlib.suppress(Exception):
        async with asyncio.timeout(_CLOSE_SECONDS):
            await connection.close()


async def declare_queue(
    channel: AbstractChannel, name: str, arguments: dict[str, Any]
) -> AbstractQueue:
    """A durable queue, and the queue of its dead letters; doing it again changes nothing."""
    await channel.declare_queue(name + DEAD, durable=True, arguments={"x-queue-type": "quorum"})
    return await channel.declare_queue(name, durable=True, arguments=arguments)


def queue_arguments(name: str, limit: int, *, in_order: bool = False) -> dict[str, Any]:
    """How a quorum queue is declared; whoever declares it must say the same, or the broker refuses.

    `limit`: how often a message is delivered again before it goes to the dead letters. `in_order`: one consumer at a
    time is active, the others wait in its stead.
    """
    arguments: dict[str, Any] = {
        "x-queue-type": "quorum",
        "x-delivery-limit": limit,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": name + DEAD,
    }
    if in_order:
        arguments["x-single-active-consumer"] = True
    return arguments


def text_of(message: AbstractIncomingMessage) -> str:
    """The body for a person to read, whatever it is."""
    return message.body.decode("utf-8", "backslashreplace")
