"""The embedded broker: the relay hands events straight to the consumers of this process.

The outbox is the queue: a row leaves it when every consumer has handled the event or has put it among its dead
letters. A consumer that fails does not hold up the others.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from muster_core.ports.delivery import deliver

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.consumers import Consumer
    from muster_core.events import Event
    from muster_core.runtime import Runtime


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
            *(
                deliver(self._runtime, consumer, [e for e in events if consumer.wants(e)])
                for consumer in self._consumers
            ),
            return_exceptions=True,
        )
        for outcome in outcomes:
            if isinstance(outcome, BaseException):
                raise outcome

    async def close(self) -> None:
        """Deliver to nobody from now on."""
        self._consumers.clear()
