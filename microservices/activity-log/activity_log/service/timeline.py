"""Reading the journal: what an actor may see of it, by incident, person, period and type."""

from __future__ import annotations

from uuid import UUID

from activity_log.domain.visibility import Audience
from activity_log.permissions import Permission
from activity_log.repository import reading
from activity_log.repository.reading import Wanted
from muster_core.auth import Actor, authorize
from muster_core.database import Reader


def audience_of(
    actor: Actor, *, exercise: bool | None = None, incident_id: UUID | None = None
) -> Audience:
    """Whom an actor sees the journal as."""
    return Audience(actor.organization, actor.permissions, exercise, incident_id)


async def list_activity(
    reads: Reader, actor: Actor, wanted: Wanted, *, direction: str, limit: int, cursor: str | None
) -> bytes:
    """A page of the journal, newest first or oldest first, as JSON."""
    authorize(actor, Permission.READ)
    return await reading.list_entries(
        reads, wanted, direction=direction, limit=limit, cursor=cursor
    )
