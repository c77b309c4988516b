"""The workers' queues on RabbitMQ: declared before work is put in, and what died in them fetched into the tables."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

from muster_core.celery_app import DELIVERY_LIMIT, bury, lane_arguments, work_row
from muster_core.dead_letters import TASK_PREFIX, set_aside
from muster_core.ports.amqp import (
    DEAD,
    Subscription,
    Subscriptions,
    declare_queue,
    patiently,
    text_of,
)
from muster_core.tasks import lane_queues

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aio_pika.abc import AbstractChannel, AbstractIncomingMessage

    from muster_core.ports.amqp import Waiting
    from muster_core.runtime import Runtime

_PREFETCH = 20
_WORDS = f"Its worker died, or gave it back, {DELIVERY_LIMIT + 1} times."


async def declare_lanes(channel: AbstractChannel, services: Sequence[str]) -> None:
    """Every service's lanes, each with its dead-letter queue."""
    for service in services:
        for name in lane_queues(service):
            await declare_queue(channel, name, lane_arguments(name))


def fetch_dead_work(runtime: Runtime, url: str, services: Sequence[str]) -> Subscriptions:
    """Move work that killed its worker too often into its service's dead letters, until closed."""

    async def fetch(service: str, waiting: Waiting) -> None:
        while True:
            message = await waiting.get()
            # A tick that waited too long (no worker was there) is no dead letter: the next one does the same work.
            if message.headers.get("x-first-death-reason") != "expired":
                await patiently(partial(_keep, runtime, service, message))
            await message.ack()

    queues = [
        Subscription(name + DEAD, _PREFETCH, partial(fetch, service))
        for service in services
        for name in lane_queues(service)
    ]
    return Subscriptions(url, partial(declare_lanes, services=services), queues)


async def _keep(runtime: Runtime, service: str, message: AbstractIncomingMessage) -> None:
    headers: dict[str, Any] = dict(message.headers)
    work = read_work(message.body, headers)
    if work is not None:
        await bury(runtime, service, work, _WORDS)
        return
    schema = service.replace("-", "_")
    consumer = f"{TASK_PREFIX}{headers.get('task', '?')}"
    await set_aside(
        runtime, schema, consumer, text_of(message), _WORDS, attempts=DELIVERY_LIMIT + 1
    )


def read_work(body: bytes | str, headers: dict[str, Any]) -> dict[str, Any] | None:
    """The work in a Celery message (protocol 2), or None if it is none."""
    try:
        _, arguments, _ = json.loads(body)
        return work_row(str(headers["task"]), str(headers["id"]), dict(arguments), headers)
    except (ValueError, TypeError, KeyError):
        return None
