"""Sharing an incident with other organizations until a date, and watching it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.domain.incidents import Access
from incident_management.models import IncidentShare
from incident_management.permissions import Permission
from incident_management.repository.incidents import IncidentRepository
from incident_management.schemas.answers import Share
from incident_management.schemas.requests import ShareIncident
from incident_management.service.access import about, load_incident, not_found
from muster.incidents.v1.events import (
    IncidentShared,
    IncidentUnshared,
    IncidentUnwatched,
    IncidentWatched,
)
from muster_core.auth import Actor, authorize
from muster_core.errors import InvalidInputError
from muster_core.identifiers import uuid7
from muster_core.outbox import announce

LONGEST_SHARE = timedelta(days=366)


async def share_incident(
    session: AsyncSession, actor: Actor, incident_id: UUID, request: ShareIncident
) -> Share:
    """Let another organization see an incident, or work on it, until a date; again to change it.

    Raises:
        InvalidInputError: with oneself, until a moment that has passed, or for over a year.
    """
    authorize(actor, Permission.SHARE)
    incident = await load_incident(session, actor, incident_id, Access.OWN, lock="exclusive")
    _check_share(request, incident.organization_id)
    repository = IncidentRepository(session)
    share = await repository.share(incident_id, request.organization_id)
    if share is None:
        share = IncidentShare(
            id=uuid7(), incident_id=incident_id, organization_id=request.organization_id
        )
        repository.save(share)
    share.access, share.until = request.access, request.until
    share.changed_at = datetime.now(UTC)
    name = await repository.organization_name(request.organization_id)
    shared = IncidentShared(
        **about(incident),
        version=incident.version,
        shared_with_id=share.organization_id,
        shared_with_name=name,
        access=share.access,
        until=share.until,
    )
    await announce(session, shared)
    return Share.model_validate(share).model_copy(update={"organization_name": name})


async def unshare_incident(
    session: AsyncSession, actor: Actor, incident_id: UUID, share_id: UUID
) -> None:
    """End another organization's view of an incident, at once."""
    authorize(actor, Permission.SHARE)
    incident = await load_incident(session, actor, incident_id, Access.OWN, lock="exclusive")
    repository = IncidentRepository(session)
    share = await repository.share_by_id(incident_id, share_id)
    if share is None:
        raise not_found("share", share_id)
    await repository.remove(share)
    unshared = IncidentUnshared(
        **about(incident),
        version=incident.version,
        shared_with_id=share.organization_id,
        shared_with_name=await repository.organization_name(share.organization_id),
    )
    await announce(session, unshared)


async def watch_incident(session: AsyncSession, actor: Actor, incident_id: UUID) -> None:
    """Begin to watch an incident; watching it already is the same."""
    authorize(actor, Permission.READ)
    incident = await load_incident(session, actor, incident_id)
    if await IncidentRepository(session).watch(incident_id, actor.id, actor.name):
        watched = IncidentWatched(
            **about(incident),
            version=incident.version,
            person_id=actor.id,
            person_name=actor.name,
        )
        await announce(session, watched)


async def unwatch_incident(session: AsyncSession, actor: Actor, incident_id: UUID) -> None:
    """Stop watching an incident; not watching it is the same."""
    authorize(actor, Permission.READ)
    incident = await load_incident(session, actor, incident_id)
    if await IncidentRepository(session).unwatch(incident_id, actor.id):
        unwatched = IncidentUnwatched(
            **about(incident),
            version=incident.version,
            person_id=actor.id,
            person_name=actor.name,
        )
        await announce(session, unwatched)


def _check_share(request: ShareIncident, owner: UUID) -> None:
    if request.organization_id == owner:
        raise InvalidInputError.at("/organization_id", "The incident is this organization's own.")
    now = datetime.now(UTC)
    if request.until <= now:
        raise InvalidInputError.at("/until", "Must lie in the future.")
    if request.until > now + LONGEST_SHARE:
        raise InvalidInputError.at(
            "/until",
            f"An incident is shared for {LONGEST_SHARE.days} days at most; share it again.",
        )
