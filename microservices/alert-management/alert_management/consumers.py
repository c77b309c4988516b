"""What alert-management does when it hears of organizations, accounts and incidents."""

from __future__ import annotations

from typing import cast

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.service import known
from muster.identity.v1.events import (
    AccountCreated,
    AccountPasswordChanged,
    OrganizationCreated,
    OrganizationFacts,
    OrganizationUpdated,
)
from muster.incidents.v1.events import (
    IncidentDeclared,
    IncidentFact,
    IncidentStatusChanged,
    IncidentUpdated,
)
from muster_core.auth import system_actor
from muster_core.consumers import Consumers
from muster_core.events import Event

consumers = Consumers("alert-management")
ACTOR = system_actor("alert-management")


@consumers.on(OrganizationCreated, OrganizationUpdated)
async def organizations(session: AsyncSession, event: Event) -> None:
    """Keep who may alert where; a new organization gets templates to start with."""
    facts = cast("OrganizationFacts", event.payload())
    kept = {
        "id": facts.organization_id,
        "name": facts.name,
        "area": facts.area,
        "time_zone": facts.time_zone,
        "version": facts.version,
    }
    await known.hear_of_organization(session, ACTOR, kept)
    if event.type == OrganizationCreated.type:
        await known.give_starters(session, ACTOR, facts.organization_id)


@consumers.on(AccountCreated, AccountPasswordChanged)
async def accounts(session: AsyncSession, event: Event) -> None:
    """Keep who had an account in hand: its maker, and whoever set its password anew."""
    fact = event.payload()
    assert isinstance(fact, (AccountCreated, AccountPasswordChanged))
    if isinstance(fact, AccountPasswordChanged) and not fact.reset:
        return
    by = event.actor.id if event.actor is not None else None
    await known.hear_of_account(session, ACTOR, fact.account_id, by, event.time)


@consumers.on(IncidentDeclared, IncidentUpdated, IncidentStatusChanged)
async def incidents(session: AsyncSession, event: Event) -> None:
    """Keep an incident's name and world."""
    fact = event.payload()
    assert isinstance(fact, IncidentFact)
    kept = {
        "id": fact.incident_id,
        "organization_id": fact.organization_id,
        "name": fact.incident_name,
        "exercise": fact.exercise,
        "version": fact.version,
    }
    await known.hear_of_incident(session, ACTOR, kept)
