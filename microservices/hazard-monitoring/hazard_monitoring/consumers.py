"""What hazard-monitoring hears: organizations, for their rules; incidents, declared from hazards."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from hazard_monitoring.service import proposals
from hazard_monitoring.settings import Settings
from muster.identity.v1.events import OrganizationCreated, OrganizationFacts, OrganizationUpdated
from muster.incidents.v1.events import IncidentDeclared
from muster_core.auth import system_actor
from muster_core.consumers import Consumers
from muster_core.errors import NotFoundError
from muster_core.events import Event
from muster_core.logs import get_logger

consumers = Consumers("hazard-monitoring")
ACTOR = system_actor("hazard-monitoring")
_log = get_logger(__name__)


@consumers.on(OrganizationCreated, OrganizationUpdated)
async def hear_of_organization(session: AsyncSession, event: Event) -> None:
    """Keep the organization's name and area; measure the news by its rules."""
    facts = event.payload()
    assert isinstance(facts, OrganizationFacts)
    await proposals.know_organization(
        session,
        ACTOR,
        organization_id=facts.organization_id,
        name=facts.name,
        area=facts.area,
        version=facts.version,
        recent=Settings().recent,
    )


@consumers.on(IncidentDeclared)
async def hear_of_incident(session: AsyncSession, event: Event) -> None:
    """Settle the organization's proposal for the hazard that the incident was declared from."""
    facts = event.payload()
    assert isinstance(facts, IncidentDeclared)
    if facts.hazard_id is None or facts.organization_id is None:
        return
    try:
        await proposals.note_declared(
            session,
            ACTOR,
            organization_id=facts.organization_id,
            hazard_id=facts.hazard_id,
            incident_id=facts.incident_id,
        )
    except NotFoundError:
        _log.warning("incident from an unknown hazard", hazard_id=str(facts.hazard_id))
