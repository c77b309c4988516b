from __future__ import annotations

from collections.abc import Collection
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from fastapi.responses import Response

from incident_management.database import Reads, Session
from incident_management.domain.kinds import KIND_KEYS, KINDS
from incident_management.domain.lifecycle import IncidentStatus
from incident_management.permissions import Permission
from incident_management.repository.views import IncidentFilter, IncidentView
from incident_management.schemas.answers import (
    Incident,
    IncidentDetail,
    IncidentKind,
    IncidentKinds,
    IncidentPage,
)
from incident_management.schemas.requests import ChangeIncident, DeclareIncident, MoveIncident
from incident_management.service import incidents as service
from muster_core.auth import Actor
from muster_core.errors import InvalidInputError
from muster_core.geo import BBox
from muster_core.http.conditional import IfMatch, etag
from muster_core.http.dependencies import needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/incidents", "incidents")
IncidentId = Annotated[UUID, Path(description="The incident.")]


def answer(view: IncidentView, status: int = 200) -> Response:
    """An incident's JSON with its ETag, and its Location when it is new."""
    headers = etag(view.version)
    if status == 201:
        headers["Location"] = f"/api/v1/incidents/{view.id}"
    return json_response(view.body, status, headers)


@router.get("", response_model=IncidentPage)
async def list_incidents(
    actor: Annotated[Actor, needs(Permission.READ)],
    reads: Reads,
    status: Annotated[
        str | None, Query(max_length=100, description="Statuses, separated by commas.")
    ] = None,
    kind: Annotated[
        str | None, Query(max_length=500, description="Kinds, separated by commas.")
    ] = None,
    exercise: Annotated[bool | None, Query(description="Only exercises, or only the real.")] = None,
    bbox: Annotated[
        str | None, Query(max_length=200, description="west,south,east,north in degrees.")
    ] = None,
    q: Annotated[str | None, Query(max_length=200, description="In the name or number.")] = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """Incidents of one's own organization and those shared with it, newest first."""
    wanted = IncidentFilter(
        statuses=_listed("/status", status, [str(one) for one in IncidentStatus]),
        kinds=_listed("/kind", kind, KIND_KEYS),
        exercise=exercise,
        bbox=BBox.parse(bbox) if bbox else None,
        words=_words(q) if q else None,
    )
    return json_response(
        await service.list_incidents(reads, actor, wanted, limit=limit, cursor=cursor)
    )


@router.post("", status_code=201, response_model=Incident)
async def declare_incident(
    request: DeclareIncident, actor: Annotated[Actor, needs(Permission.DECLARE)], session: Session
) -> Response:
    """Declare an incident; a name is enough."""
    return answer(await service.declare_incident(session, actor, request), 201)


@router.get("/kinds", response_model=IncidentKinds)
async def list_kinds(_actor: Annotated[Actor, needs(Permission.READ)]) -> IncidentKinds:
    """The published list of kinds of incident."""
    return IncidentKinds(items=[IncidentKind.model_validate(kind) for kind in KINDS])


@router.get("/{incident_id}", response_model=IncidentDetail)
async def get_incident(
    incident_id: IncidentId, actor: Annotated[Actor, needs(Permission.READ)], reads: Reads
) -> Response:
    """An incident with its command, plan, tasks, links, shares and watchers."""
    return answer(await service.incident_detail(reads, actor, incident_id))


@router.patch("/{incident_id}", response_model=Incident)
async def change_incident(
    incident_id: IncidentId,
    request: ChangeIncident,
    actor: Annotated[Actor, needs(Permission.UPDATE)],
    if_match: IfMatch,
    session: Session,
) -> Response:
    """Correct or complete the facts of an incident."""
    view = await service.change_incident(session, actor, incident_id, request, if_match)
    return answer(view)


@router.post("/{incident_id}/status", response_model=Incident)
async def move_incident(
    incident_id: IncidentId,
    request: MoveIncident,
    actor: Annotated[Actor, needs(Permission.TRANSITION)],
    session: Session,
) -> Response:
    """Move an incident to its next status."""
    return answer(await service.move_incident(session, actor, incident_id, request))


def _listed(pointer: str, text: str | None, known: Collection[str]) -> list[str] | None:
    if not text:
        return None
    words = text.split(",")
    for word in words:
        if word not in known:
            choices = ", ".join(sorted(known))
            raise InvalidInputError.at(pointer, f"must be of: {choices}", location="query")
    return words


def _words(text: str) -> str:
    if "\x00" in text:
        raise InvalidInputError.at("/q", "contains the control character U+0000", location="query")
    return text
