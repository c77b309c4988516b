"""Keeping the documents: from what happens, one transaction for what was heard together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy.ext.asyncio import AsyncSession

from muster.search.v1.documents import Document, Fact, Removal, Sharing
from muster.search.v1.sources import SOURCES
from muster_core.auth import Actor, authorize_service
from muster_core.events import Event
from search.repository.documents import DocumentRepository


def facts_in(event: Event) -> list[Fact]:
    """What an event changes of what can be found.

    Raises:
        UnknownEventError: its payload is not what its type promises.
    """
    return [fact for source in SOURCES if source.hears(event) for fact in source.translate(event)]


async def hear(session: AsyncSession, actor: Actor, events: Sequence[Event]) -> None:
    """Keep what events tell; older facts than what is known change nothing."""
    authorize_service(actor)
    facts = [fact for event in events for fact in facts_in(event)]
    repository = DocumentRepository(session)
    await repository.share([fact for fact in facts if isinstance(fact, Sharing)])
    await repository.take(
        [fact for fact in facts if isinstance(fact, (Document, Removal))], now=datetime.now(UTC)
    )
