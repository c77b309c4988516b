"""Declaring incidents, keeping their facts, and moving them along their life."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from incident_management.domain.incidents import Access, extent_of, incident_number
from incident_management.domain.lifecycle import INCIDENT_LIFE, CloseReason, IncidentStatus
from incident_management.models import Incident
from incident_management.permissions import Permission
from incident_management.repository import views
from incident_management.repository.incidents import IncidentRepository
from incident_management.repository.views import IncidentFilter, IncidentView
from incident_management.schemas.requests import ChangeIncident, DeclareIncident, MoveIncident
from incident_management.service.access import about, find_incident, load_incident, not_found
from incident_management.service.changes import check_step
from incident_management.service.command import relieve_everyone
from muster.incidents.v1.events import (
    IncidentDeclared,
    IncidentFacts,
    IncidentStatusChanged,
    IncidentUpdated,
)
from muster.search.v1.documents import Sharing
from muster_core.auth import Actor, authorize, authorize_service
from muster_core.database import Reader
from muster_core.errors import InvalidInputError
from muster_core.geo import to_geojson
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbox import announce

# What is known of an incident and may be corrected; each is a column.
FACTS = (
    "name",
    "kind",
    "complexity_type",
    "severity",
    "location",
    "area",
    "address",
    "summary",
)


async def list_incidents(
    reads: Reader, actor: Actor, wanted: IncidentFilter, *, limit: int, cursor: str | None
) -> bytes:
    """A page of one's own incidents and of those shared with one's organization, newest first."""
    authorize(actor, Permission.READ)
    return await views.list_incidents(reads, actor.organization, wanted, limit=limit, cursor=cursor)


async def incident_detail(reads: Reader, actor: Actor, incident_id: UUID) -> IncidentView:
    """An incident with everything that belongs to it.

    Raises:
        NotFoundError: absent, or not for the actor's organization.
    """
    authorize(actor, Permission.READ)
    view = await views.incident_detail(reads, actor.organization, incident_id)
    if view is None:
        raise not_found("incident", incident_id)
    return view


async def incident_record(
    session: AsyncSession, actor: Actor, incident_id: UUID
) -> tuple[Incident, Access]:
    """An incident for another service that asks, and what the caller may do with it."""
    authorize(actor, Permission.READ)
    return await find_incident(session, actor, incident_id)


async def searchable_after(
    session: AsyncSession, actor: Actor, incident_id: UUID, limit: int
) -> tuple[list[IncidentFacts], list[Sharing]]:
    """The next incidents by id for the search index, with whom they are shared; none left: empty."""
    authorize_service(actor)
    repository = IncidentRepository(session)
    incidents = await repository.after(incident_id, limit)
    shares = await repository.shares_of([one.id for one in incidents])
    return (
        [IncidentFacts(**told_of(one)) for one in incidents],
        [
            Sharing(one.incident_id, one.organization_id, one.until, one.changed_at)
            for one in shares
        ],
    )


async def declare_incident(
    session: AsyncSession, actor: Actor, request: DeclareIncident
) -> IncidentView:
    """Take an emergency on as an incident of the actor's organization."""
    authorize(actor, Permission.DECLARE)
    return await record_declaration(session, actor, _facts(request), exercise=request.exercise)


async def record_declaration(
    session: AsyncSession,
    actor: Actor,
    facts: dict[str, Any],
    *,
    exercise: bool,
    hazard_id: UUID | None = None,
) -> IncidentView:
    """Number, store and announce a new incident; `facts` are columns of it."""
    repository = IncidentRepository(session)
    declared_at = datetime.now(UTC)
    count = await repository.next_count(actor.organization, declared_at.year, exercise=exercise)
    incident = Incident(
        **(dict.fromkeys(FACTS) | facts),
        id=uuid7(),
        organization_id=actor.organization,
        number=incident_number(declared_at.year, count, exercise=exercise),
        status=IncidentStatus.REPORTED,
        extent=extent_of(facts.get("location"), facts.get("area")),
        hazard_id=hazard_id,
        exercise=exercise,
        declared_at=declared_at,
        declared_by_id=actor.id,
        declared_by_name=actor.name,
        version=1,
    )
    body = await repository.declare(incident)
    await announce(session, IncidentDeclared(**told_of(incident)))
    return IncidentView(incident.id, incident.version, body)


async def change_incident(
    session: AsyncSession, actor: Actor, incident_id: UUID, request: ChangeIncident, if_match: int
) -> IncidentView:
    """Correct or complete the facts of an incident, closed or not.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
    """
    authorize(actor, Permission.UPDATE)
    incident = await load_incident(session, actor, incident_id, Access.OWN, lock="exclusive")
    check_version(incident.version, if_match, f"'{incident.name}'")
    new = {
        name: value for name, value in _facts(request).items() if getattr(incident, name) != value
    }
    if new:
        for name, value in new.items():
            setattr(incident, name, value)
        incident.extent = extent_of(incident.location, incident.area)
        incident.touch()
        await announce(session, IncidentUpdated(**told_of(incident), changed=list(new)))
    return await views.incident_item(session, actor.organization, incident_id)


async def move_incident(
    session: AsyncSession, actor: Actor, incident_id: UUID, request: MoveIncident
) -> IncidentView:
    """Move an incident along its life, one allowed step at a time; closing relieves everyone.

    Raises:
        WrongStatusError: the step is not allowed; the detail says what is.
        InvalidInputError: an incident is closed for a reason.
    """
    authorize(actor, Permission.TRANSITION)
    incident = await load_incident(session, actor, incident_id, Access.OWN, lock="exclusive")
    before = incident.status
    check_step(f"'{incident.name}'", INCIDENT_LIFE, before, request.status)
    _check_reason(request)
    incident.status = request.status
    incident.touch()
    if request.status is IncidentStatus.CLOSED:
        incident.closed_at = datetime.now(UTC)
        incident.close_reason, incident.close_note = request.reason, request.note
    moved = IncidentStatusChanged(
        **about(incident),
        version=incident.version,
        before=before,
        status=incident.status,
        reason=request.reason,
        note=request.note,
        facts=IncidentFacts(**told_of(incident)),
    )
    await announce(session, moved)
    if incident.closed_at is not None:
        await relieve_everyone(session, incident, incident.closed_at)
    return await views.incident_item(session, actor.organization, incident_id)


def _check_reason(request: MoveIncident) -> None:
    closing = request.status is IncidentStatus.CLOSED
    if closing and request.reason is None:
        reasons = ", ".join(CloseReason)
        raise InvalidInputError.at("/reason", f"Say why the incident is closed: {reasons}.")
    if not closing and request.reason is not None:
        raise InvalidInputError.at("/reason", "Only closing has a reason; use a note instead.")
    if request.reason is CloseReason.OTHER and request.note is None:
        raise InvalidInputError.at("/note", "Say in a note why the incident is closed.")


def _facts(request: DeclareIncident | ChangeIncident) -> dict[str, Any]:
    """The facts that were sent, by column."""
    sent = {name: getattr(request, name) for name in FACTS if name in request.model_fields_set}
    for name in ("location", "area"):
        if sent.get(name) is not None:
            sent[name] = to_geojson(sent[name])
    return sent


def told_of(incident: Incident) -> dict[str, Any]:
    """What the events of an incident's facts tell."""
    return about(incident) | {
        "version": incident.version,
        "number": incident.number,
        "kind": incident.kind,
        "complexity_type": incident.complexity_type,
        "status": incident.status,
        "severity": incident.severity,
        "location": incident.location,
        "has_area": incident.area is not None,
        "address": incident.address,
        "description": incident.summary,
        "hazard_id": incident.hazard_id,
        "declared_at": incident.declared_at,
        "bbox": _bbox(incident),
    }


def _bbox(incident: Incident) -> tuple[float, float, float, float] | None:
    if incident.extent is None:
        return None
    (east, north), (west, south) = incident.extent
    return west, south, east, north
