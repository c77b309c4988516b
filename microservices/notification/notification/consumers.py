"""What notification does when it hears of an incident."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from muster.incidents.v1.events import (
    IncidentDeclared,
    IncidentFact,
    IncidentStatusChanged,
    IncidentUpdated,
)
from muster_core.auth import system_actor
from muster_core.consumers import Consumers
from muster_core.events import Event
from notification import service
from notification.models import Incident

consumers = Consumers("notification")


@consumers.on(IncidentDeclared, IncidentUpdated, IncidentStatusChanged)
async def keep_incidents(session: AsyncSession, event: Event) -> None:
    """Keep the incident's name, and whether it is closed."""
    fact = event.payload()
    assert isinstance(fact, IncidentFact)
    assert fact.organization_id is not None
    told = Incident(
        id=fact.incident_id,
        organization_id=fact.organization_id,
        name=fact.incident_name,
        closed=getattr(fact, "status", None) == "closed",
        exercise=fact.exercise,
        version=fact.version,
    )
    await service.hear_of_incident(session, system_actor("notification"), told)
