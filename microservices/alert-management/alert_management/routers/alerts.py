from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any
from uuid import UUID

from fastapi import Query
from fastapi.responses import Response

from alert_management.database import Reads, Session
from alert_management.domain.life import AlertStatus
from alert_management.domain.words import MsgType, Severity
from alert_management.repository.views import AlertFilter
from alert_management.routers.shared import AlertId, Drafter, Reader, answer
from alert_management.schemas.answers import AlertDetail, AlertPage, AlertVersions
from alert_management.schemas.content import AlertContent
from alert_management.schemas.requests import DraftAlert
from alert_management.service import alerts as service
from alert_management.service import followups
from muster_core.errors import InvalidInputError
from muster_core.geo import BBox
from muster_core.http.conditional import IfMatch
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/alerts", "alerts")


@router.get("", response_model=AlertPage)
async def list_alerts(
    actor: Reader,
    reads: Reads,
    status: Annotated[
        str | None, Query(max_length=200, description="Statuses, separated by commas.")
    ] = None,
    severity: Annotated[
        str | None, Query(max_length=100, description="Severities, separated by commas.")
    ] = None,
    hazard: Annotated[
        str | None, Query(max_length=500, description="Event terms, separated by commas.")
    ] = None,
    incident_id: UUID | None = None,
    exercise: Annotated[
        bool | None, Query(description="Only exercises and tests, or only the real.")
    ] = None,
    bbox: Annotated[
        str | None, Query(max_length=200, description="west,south,east,north in degrees.")
    ] = None,
    q: Annotated[str | None, Query(max_length=200, description="In the headline.")] = None,
    shapes: Annotated[
        bool, Query(description="Each with its areas, to be drawn on a map.")
    ] = False,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """The organization's alerts, newest first."""
    wanted = AlertFilter(
        statuses=_listed("/status", status, [str(one) for one in AlertStatus]),
        severities=_listed("/severity", severity, [str(one) for one in Severity]),
        hazards=_hazards(hazard),
        incident_id=incident_id,
        exercise=exercise,
        bbox=BBox.parse(bbox) if bbox else None,
        words=words(q),
        shapes=shapes,
    )
    return json_response(
        await service.list_alerts(reads, actor, wanted, limit=limit, cursor=cursor)
    )


@router.post("", status_code=201, response_model=AlertDetail)
async def draft_alert(request: DraftAlert, actor: Drafter, session: Session) -> Response:
    """Begin an alert; nothing is needed, everything can follow."""
    return answer(await service.draft_alert(session, actor, request), "alerts", 201)


@router.get("/{alert_id}", response_model=AlertDetail)
async def get_alert(alert_id: AlertId, actor: Reader, reads: Reads) -> Response:
    """An alert with what it says, its history and its thread."""
    return answer(await service.alert_detail(reads, actor, alert_id), "alerts")


@router.put("/{alert_id}/content", response_model=AlertDetail)
async def write_content(
    alert_id: AlertId,
    content: AlertContent,
    actor: Drafter,
    if_match: IfMatch,
    session: Session,
) -> Response:
    """Write what a draft says, as a new version."""
    view = await service.write_content(session, actor, alert_id, content, if_match)
    return answer(view, "alerts")


@router.get("/{alert_id}/versions", response_model=AlertVersions)
async def list_versions(alert_id: AlertId, actor: Reader, reads: Reads) -> Response:
    """Every version of what an alert said, oldest first."""
    return json_response(await service.alert_versions(reads, actor, alert_id))


_BEGUN: dict[int | str, dict[str, Any]] = {
    200: {"model": AlertDetail, "description": "Begun before; this is that draft."}
}


@router.post("/{alert_id}/update", status_code=201, response_model=AlertDetail, responses=_BEGUN)
async def draft_update(alert_id: AlertId, actor: Drafter, session: Session) -> Response:
    """Begin an Update of an alert in force, with everything in it."""
    view, new = await followups.draft_follow_up(session, actor, alert_id, MsgType.UPDATE)
    return answer(view, "alerts", 201 if new else 200)


@router.post("/{alert_id}/cancel", status_code=201, response_model=AlertDetail, responses=_BEGUN)
async def draft_cancel(alert_id: AlertId, actor: Drafter, session: Session) -> Response:
    """Begin a Cancel of an alert in force, with everything in it."""
    view, new = await followups.draft_follow_up(session, actor, alert_id, MsgType.CANCEL)
    return answer(view, "alerts", 201 if new else 200)


def _listed(pointer: str, text: str | None, known: Collection[str]) -> list[str] | None:
    if not text:
        return None
    found = text.split(",")
    for word in found:
        if word not in known:
            choices = ", ".join(known)
            raise InvalidInputError.at(pointer, f"must be of: {choices}", location="query")
    return found


def _hazards(text: str | None) -> list[str] | None:
    asked = words(text, "/hazard")
    return asked.split(",") if asked else None


def words(text: str | None, pointer: str = "/q") -> str | None:
    """Words to look for.

    Raises:
        InvalidInputError: PostgreSQL holds no text with U+0000.
    """
    if text and "\x00" in text:
        raise InvalidInputError.at(
            pointer, "contains the control character U+0000", location="query"
        )
    return text or None
