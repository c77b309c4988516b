"""Handing events to one consumer, whichever broker brought them: attempts, pauses, dead letters."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from muster_core.dead_letters import set_aside
from muster_core.outages import is_outage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.consumers import Consumer
    from muster_core.events import Event
    from muster_core.runtime import Runtime

ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.05


async def deliver(runtime: Runtime, consumer: Consumer, events: Sequence[Event]) -> None:
    """Return once the consumer has handled every event, in order, or has put it among its dead letters.

    Raises:
        Exception: something the work needs is away (`is_outage`), which no number of attempts would change; the
            events not yet handled must be delivered again.
    """
    for start in range(0, len(events), consumer.batch):
        chunk = events[start : start + consumer.batch]
        try:
            await consumer.handle(runtime, chunk)
        except Exception:  # noqa: BLE001 - one bad event must not take its neighbours along
            for event in chunk:
                await _deliver_one(runtime, consumer, event)


async def _deliver_one(runtime: Runtime, consumer: Consumer, event: Event) -> None:
    pause = _FIRST_PAUSE_SECONDS
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await consumer.handle(runtime, [event])
        except Exception as error:
            if is_outage(error):
                raise
            if attempt == ATTEMPTS:
                await set_aside(
                    runtime,
                    consumer.schema,
                    consumer.name,
                    event.to_json(),
                    error,
                    attempts=ATTEMPTS,
                    event_id=event.id,
                )
                return
            await asyncio.sleep(pause)
            pause *= 2
        else:
            return
