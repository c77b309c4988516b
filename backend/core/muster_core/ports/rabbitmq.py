"""The distributed broker: RabbitMQ, one durable quorum queue and one dead-letter queue per consumer.

Events go to the topic exchange `muster.events` under their type. A queue is declared before the first event that
it should hear: by `muster migrate` for every service, and again by whoever consumes it. One consumer at a time is
active on a queue, the others wait in its stead: so events of one subject stay in order.

A message that killed its consumer again and again ends, by the broker's delivery limit, in `<queue>.dead`, and from
there in the service's `dead_letter` table with all the others.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

import aio_pika
from aio_pika.abc import DeliveryMode, ExchangeType

from muster_core.dead_letters import set_aside
from muster_core.errors import UnavailableError
from muster_core.events import Event, UnknownEventError
from muster_core.ports.amqp import (
    DEAD,
    Subscription,
    Subscriptions,
    connect,
    declare_queue,
    part_with,
    patiently,
    queue_arguments,
    text_of,
)
from muster_core.ports.delivery import deliver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aio_pika.abc import (
        AbstractChannel,
        AbstractConnection,
        AbstractExchange,
        AbstractIncomingMessage,
    )

    from muster_core.consumers import Consumer
    from muster_core.ports.amqp import Waiting
    from muster_core.runtime import Runtime

EXCHANGE = "muster.events"
MEDIA_TYPE = "application/cloudevents+json"
# A consumer that is restarted gives back what it held, and each time counts: more than any series of restarts.
DELIVERY_LIMIT = 20
PUBLISH_SECONDS = 3.0
_PREFETCH = 50


class RabbitMQBroker:
    """Publishes with confirms, and consumes in the background until closed; reconnects by itself."""

    def __init__(self, runtime: Runtime, url: str) -> None:
        """Nothing is connected before first use."""
        self._runtime, self._url = runtime, url
        self._connection: AbstractConnection | None = None
        self._exchange: AbstractExchange | None = None
        self._opening = asyncio.Lock()
        self._subscriptions: list[Subscriptions] = []
        self._parting: set[asyncio.Task[None]] = set()

    async def publish(self, events: Sequence[Event]) -> None:
        """Return once the broker has confirmed every event: a majority of its nodes has it on disk.

        Raises:
            UnavailableError: it is away or blocked (a memory or disk alarm) and has confirmed nothing for 3 s, or no
                queue wants an event. Some events may have been taken; all must be published again.
        """
        try:
            async with asyncio.timeout(PUBLISH_SECONDS):
                exchange = await self._publishing()
            await _all_confirmed(exchange, events)
        except Exception as error:
            self._drop()
            raise UnavailableError(
                f"RabbitMQ did not take the events: {type(error).__name__} {error}"[:300]
            ) from error

    async def subscribe(self, consumers: Sequence[Consumer]) -> None:
        """Consume in the background from now on; while the broker is away, try to reach it."""
        queues: list[Subscription] = []
        for consumer in consumers:
            prefetch = max(_PREFETCH, 2 * consumer.batch)
            queues += [
                Subscription(consumer.name, prefetch, partial(self._feed, consumer)),
                Subscription(consumer.name + DEAD, _PREFETCH, partial(self._bury, consumer)),
            ]
        if queues:
            declaring = partial(declare, consumers=consumers)
            self._subscriptions.append(Subscriptions(self._url, declaring, queues))

    async def close(self) -> None:
        """Stop; what was not handled yet is delivered again, to whoever consumes next."""
        for subscriptions in self._subscriptions:
            await subscriptions.close()
        self._subscriptions.clear()
        self._drop()
        await asyncio.gather(*self._parting, return_exceptions=True)

    async def _publishing(self) -> AbstractExchange:
        async with self._opening:
            if self._exchange is None or self._connection is None or self._connection.is_closed:
                self._drop()
                self._connection = await connect(self._url)
                channel = await self._connection.channel(on_return_raises=True)
                self._exchange = await declare_exchange(channel)
            return self._exchange

    def _drop(self) -> None:
        connection, self._connection, self._exchange = self._connection, None, None
        if connection is not None:
            task = asyncio.get_running_loop().create_task(part_with(connection))
            self._parting.add(task)
            task.add_done_callback(self._parting.discard)

    async def _feed(self, consumer: Consumer, waiting: Waiting) -> None:
        """Hand the queue's messages to the consumer, as many at once as it takes, in their order."""
        while True:
            messages = [await waiting.get()]
            while len(messages) < consumer.batch and not waiting.empty():
                messages.append(waiting.get_nowait())
            events: list[Event] = []
            for message in messages:
                try:
                    events.append(Event.from_json(message.body))
                except UnknownEventError as error:
                    await self._keep(consumer, message, error, attempts=1)
            if events:
                await patiently(partial(deliver, self._runtime, consumer, events))
            await messages[-1].ack(multiple=True)

    async def _bury(self, consumer: Consumer, waiting: Waiting) -> None:
        """Move what the broker gave up on from the dead-letter queue to the dead-letter table."""
        while True:
            message = await waiting.get()
            words = f"Its consumer died, or gave it back, {DELIVERY_LIMIT + 1} times."
            await self._keep(consumer, message, words, attempts=DELIVERY_LIMIT + 1)
            await message.ack()

    async def _keep(
        self,
        consumer: Consumer,
        message: AbstractIncomingMessage,
        error: BaseException | str,
        *,
        attempts: int,
    ) -> None:
        keep = partial(set_aside, self._runtime, consumer.schema, consumer.name, text_of(message))
        await patiently(partial(keep, error, attempts=attempts))


async def _all_confirmed(exchange: AbstractExchange, events: Sequence[Event]) -> None:
    """Wait for every confirm, however long that takes as long as they keep coming."""
    loop = asyncio.get_running_loop()
    last = loop.time()

    async def one(event: Event) -> None:
        nonlocal last
        await _publish(exchange, event)
        last = loop.time()

    publishing = asyncio.ensure_future(asyncio.gather(*(one(event) for event in events)))
    try:
        while not publishing.done():
            left = last + PUBLISH_SECONDS - loop.time()
            if left <= 0:
                message = f"nothing confirmed for {PUBLISH_SECONDS:g} s"
                raise TimeoutError(message)
            await asyncio.wait({publishing}, timeout=left)
    finally:
        publishing.cancel()
        await asyncio.wait({publishing})
    publishing.result()


async def _publish(exchange: AbstractExchange, event: Event) -> None:
    message = aio_pika.Message(
        event.to_json().encode(),
        content_type=MEDIA_TYPE,
        delivery_mode=DeliveryMode.PERSISTENT,
        message_id=str(event.id),
        type=event.type,
        headers={"traceparent": event.traceparent},
    )
    await exchange.publish(message, event.type)


async def declare_exchange(channel: AbstractChannel) -> AbstractExchange:
    """The exchange of all events, made unless it is there."""
    return await channel.declare_exchange(EXCHANGE, ExchangeType.TOPIC, durable=True)


async def declare(channel: AbstractChannel, consumers: Sequence[Consumer]) -> None:
    """The exchange, and every consumer's two queues with their bindings; doing it again changes nothing."""
    exchange = await declare_exchange(channel)
    for consumer in consumers:
        name = consumer.name
        arguments = queue_arguments(name, DELIVERY_LIMIT, in_order=True)
        queue = await declare_queue(channel, name, arguments)
        for key in sorted(consumer.types) or ["#"]:
            await queue.bind(exchange, key)
