"""Consumers: what a service does when it hears a fact. The inbox makes hearing it twice harmless."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from sqlalchemy import text

from muster_core.auth import system_actor
from muster_core.observation import consuming

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from muster_core.events import Event, EventData
    from muster_core.runtime import Runtime

Handler = Callable[["AsyncSession", "Event"], Awaitable[None]]
BatchHandler = Callable[["AsyncSession", "Sequence[Event]"], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Consumer:
    """One durable queue: its name, the event types it takes (empty: all), and how many it takes at once."""

    name: str
    service: str
    schema: str
    types: frozenset[str]
    batch: int
    handler: BatchHandler

    def wants(self, event: Event) -> bool:
        """Whether the event belongs in this queue."""
        return not self.types or event.type in self.types

    async def handle(self, runtime: Runtime, events: Sequence[Event]) -> None:
        """Handle events not handled before: inbox rows and effect in one transaction.

        Raises:
            Exception: whatever the handler raised; nothing was stored then.
        """
        with consuming(self.name, events, runtime.settings.messaging):
            async with runtime.session(self.schema, system_actor(self.service)) as session:
                await self.handle_within(session, events)

    async def handle_within(self, session: AsyncSession, events: Sequence[Event]) -> None:
        """The same in a transaction of the caller's, who speaks for the service."""
        new = await _enter(session, self.schema, self.name, events)
        if new:
            await self.handler(session, new)


async def _enter(
    session: AsyncSession, schema: str, consumer: str, events: Sequence[Event]
) -> list[Event]:
    rows = await session.scalars(
        text(
            f"INSERT INTO {schema}.inbox (consumer, event_id)"
            " SELECT :consumer, unnest(CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING RETURNING event_id"
        ),
        {"consumer": consumer, "ids": [event.id for event in events]},
    )
    unseen = set(rows.all())
    fresh: list[Event] = []
    for event in events:
        if event.id in unseen:
            unseen.discard(event.id)
            fresh.append(event)
    return fresh


class Consumers:
    """A service's consumers, registered by decorator."""

    def __init__(self, service: str) -> None:
        """`service` in kebab-case, as in its folder."""
        self.service = service
        self.schema = service.replace("-", "_")
        self.all: list[Consumer] = []

    def on(self, *kinds: type[EventData]) -> Callable[[Handler], Handler]:
        """Handle each event of these kinds, one at a time, in one queue named after the function."""

        def register(handler: Handler) -> Handler:
            async def one_by_one(session: AsyncSession, events: Sequence[Event]) -> None:
                for event in events:
                    await handler(session, event)

            self._add(
                cast("BatchHandler", handler), one_by_one, frozenset(kind.type for kind in kinds), 1
            )
            return handler

        return register

    def on_everything(self, batch: int = 1) -> Callable[[BatchHandler], BatchHandler]:
        """Handle every event of every service, up to `batch` in one transaction."""

        def register(handler: BatchHandler) -> BatchHandler:
            self._add(handler, handler, frozenset[str](), batch)
            return handler

        return register

    def _add(
        self, named: BatchHandler, handler: BatchHandler, types: frozenset[str], batch: int
    ) -> None:
        name = f"{self.service}.{getattr(named, '__name__', 'consumer')}"
        self.all.append(Consumer(name, self.service, self.schema, types, batch, handler))
