"""The broker port: carries events from a service's outbox to the other services' consumers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from muster_core.consumers import Consumer
    from muster_core.events import Event


class Broker(Protocol):
    """At least once, in order per subject: `publish` returns only when the events can no longer be lost."""

    async def publish(self, events: Sequence[Event]) -> None:
        """Take over responsibility for the events; raises if it cannot, and the relay tries again."""
        ...

    async def subscribe(self, consumers: Sequence[Consumer]) -> None:
        """Deliver to these consumers from now on; each has a durable queue of its own."""
        ...

    async def close(self) -> None:
        """Stop delivering."""
        ...
