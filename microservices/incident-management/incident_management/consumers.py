from __future__ import annotations

from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.service import help_requests as calls
from incident_management.service.organizations import keep_organization
from muster.identity.v1.events import OrganizationCreated, OrganizationFacts, OrganizationUpdated
from muster.notification.v1.events import HelpRequested
from muster_core.auth import system_actor
from muster_core.consumers import Consumers
from muster_core.events import Event

consumers = Consumers("incident-management")


@consumers.on(OrganizationCreated, OrganizationUpdated)
async def organizations(session: AsyncSession, event: Event) -> None:
    """Keep the names of organizations."""
    facts = cast("OrganizationFacts", event.payload())
    await keep_organization(session, facts.organization_id, facts.name, facts.version)


@consumers.on(HelpRequested)
async def call_for_help(session: AsyncSession, event: Event) -> None:
    """Put a call for help on the board."""
    told = cast("HelpRequested", event.payload())
    await calls.hear(session, system_actor("incident-management"), told, event.time)
