from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from activity_log.service import journal
from muster_core.consumers import Consumers
from muster_core.events import Event

consumers = Consumers("activity-log")


@consumers.on_everything(batch=200)
async def journal_everything(session: AsyncSession, events: Sequence[Event]) -> None:
    """Every event of every service becomes an entry of the journal."""
    await journal.record(session, events)
