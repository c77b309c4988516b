"""The embedded broker: the relay hands events straight to the consumers of this process.

The outbox is the queue: a row leaves it when every consumer has handled the event or has put it among its dead
letters. A consumer that fails does not hold up the others.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from muster_core.identifiers import uuid7
from muster_core.logs import get_logger

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.consumers import Consumer
    from muster_core.events import Event
    from muster_core.runtime import Runtime

ATTEMPTS = 5
_FIRST_PAUSE_SECONDS = 0.05
_log = get_logger(__name__)


class InProcessBroker:
    """Delivers within this process."""

    def __init__(self, runtime: Runtime) -> None:
        """`runtime` gives the consumers their transactions."""
        self._runtime = runtime
        self._consumers: list[Consumer] = []

    async def subscribe(self, consumers: Sequence[Consumer]) -> None:
        """Deliver to these consumers from now on."""
        self._consumers.extend(consumers)

    async def publish(self, events: Sequence[Event]) -> None:
        """Return once every consumer has handled every event or set it aside as a dead letter.

        Raises:
            Exception: the database did not answer; the events stay in the outbox.
        """
        outcomes = await asyncio.gather(
            *(self._feed(consumer, events) for consumer in self._consumers), return_exceptions=True
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def close(self) -> None:
        """Deliver to nobody from now on."""
        self._consumers.clear()

    async def _feed(self, consumer: Consumer, events: Sequence[Event]) -> None:
        wanted = [event for event in events if consumer.wants(event)]
        for start in range(0, len(wanted), consumer.batch):
            chunk = wanted[start : start + consumer.batch]
            try:
                await consumer.handle(self._runtime, chunk)
            except Exception:  # noqa: BLE001 - one bad event must not take its neighbours along
                for event in chunk:
                    await self._deliver_one(consumer, event)

    async def _deliver_one(self, consumer: Consumer, event: Event) -> None:
        pause = _FIRST_PAUSE_SECONDS
        for attempt in range(1, ATTEMPTS + 1):
            try:
                await consumer.handle(self._runtime, [event])
            except Exception as error:
                if is_outage(error):
                    raise
                if attempt == ATTEMPTS:
                    await self._set_aside(consumer, event, error)
                    return
                await asyncio.sleep(pause)
                pause *= 2
            else:
                return

    async def _set_aside(self, consumer: Consumer, event: Event, error: Exception) -> None:
        _log.error(
            "event set aside as a dead letter",
            consumer=consumer.name,
            event_id=str(event.id),
            event_type=event.type,
            exc_info=error,
        )
        async with self._runtime.session(consumer.schema) as session:
            await session.execute(
                text(
                    f"INSERT INTO {consumer.schema}.dead_letter (id, consumer, body, error, attempts)"  # noqa: S608
                    " VALUES (:id, :consumer, :body, :error, :attempts)"
                ),
                {
                    "id": uuid7(),
                    "consumer": consumer.name,
                    "body": event.to_json(),
                    "error": f"{type(error).__name__}: {error}"[:2000],
                    "attempts": ATTEMPTS,
                },
            )
            # In the inbox too: setting aside is an outcome, and a redelivery must not repeat it.
            await session.execute(
                text(
                    f"INSERT INTO {consumer.schema}.inbox (consumer, event_id)"  # noqa: S608
                    " VALUES (:consumer, :id) ON CONFLICT DO NOTHING"
                ),
                {"consumer": consumer.name, "id": event.id},
            )


def is_outage(error: BaseException) -> bool:
    """Whether the database is away, as opposed to the statement being wrong."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or type(error).__name__ in {
            "OperationalError",
            "InterfaceError",
        }
    return isinstance(error, (OSError, TimeoutError))
