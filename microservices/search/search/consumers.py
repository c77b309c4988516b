"""Search hears everything: every event is an entry of the journal, and some change other documents too."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.auth import system_actor
from muster_core.consumers import Consumers
from muster_core.events import Event
from search.service import indexing

consumers = Consumers("search")


@consumers.on_everything(batch=200)
async def index_everything(session: AsyncSession, events: Sequence[Event]) -> None:
    """Keep what can be found."""
    await indexing.hear(session, system_actor("search"), events)
