"""The HTTP face. Each endpoint translates, calls one service function and answers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query
from fastapi.responses import Response

from alert_management import service
from alert_management.database import Reads, Session
from alert_management.domain import AlertStatus
from alert_management.permissions import Permission
from alert_management.repository import AlertFilter, AlertView
from alert_management.schemas import (
    AlertManagementAlert,
    AlertManagementAlertPage,
    ChangeAlertManagementAlert,
    MoveAlertManagementAlert,
    OpenAlertManagementAlert,
)
from alert_management.settings import Settings
from muster_core.auth import Actor
from muster_core.http.conditional import IfMatch, etag
from muster_core.http.dependencies import RuntimeOf, needs
from muster_core.http.routing import service_router
from muster_core.reads import PageCursor, PageLimit, json_response

router = service_router("/alert-management/alerts", "alert-management")


def _settings(runtime: RuntimeOf) -> Settings:
    return runtime.service_settings(Settings)


SettingsOf = Annotated[Settings, Depends(_settings)]
Reader = Annotated[Actor, needs(Permission.READ)]
Worker = Annotated[Actor, needs(Permission.WORK)]
AlertId = Annotated[UUID, Path(description="The alert.")]


def answer(view: AlertView, status: int = 200) -> Response:
    """A alert's JSON with its ETag, and its Location when it is new."""
    headers = etag(view.version)
    if status == 201:
        headers["Location"] = f"/api/v1/alert-management/alerts/{view.id}"
    return json_response(view.body, status, headers)


@router.get("", response_model=AlertManagementAlertPage)
async def list_alerts(
    actor: Reader,
    reads: Reads,
    settings: SettingsOf,
    status: AlertStatus | None = None,
    incident_id: UUID | None = None,
    exercise: Annotated[bool | None, Query(description="Only exercises, or only the real.")] = None,
    limit: PageLimit = 50,
    cursor: PageCursor = None,
) -> Response:
    """Alerts of one's own organization, newest first."""
    wanted = AlertFilter(status, incident_id, exercise)
    return json_response(
        await service.list_alerts(reads, actor, wanted, settings, limit=limit, cursor=cursor)
    )


@router.post("", status_code=201, response_model=AlertManagementAlert)
async def open_alert(
    asked: OpenAlertManagementAlert, actor: Worker, session: Session, settings: SettingsOf
) -> Response:
    """Open a alert; a name is enough."""
    return answer(await service.open_alert(session, actor, asked, settings), 201)


@router.get("/{alert_id}", response_model=AlertManagementAlert)
async def get_alert(
    alert_id: AlertId, actor: Reader, reads: Reads, settings: SettingsOf
) -> Response:
    """One alert."""
    return answer(await service.get_alert(reads, actor, alert_id, settings))


@router.patch("/{alert_id}", response_model=AlertManagementAlert)
async def change_alert(
    alert_id: AlertId,
    asked: ChangeAlertManagementAlert,
    actor: Worker,
    if_match: IfMatch,
    session: Session,
    settings: SettingsOf,
) -> Response:
    """Correct a alert."""
    return answer(await service.change_alert(session, actor, alert_id, asked, if_match, settings))


@router.post("/{alert_id}/status", response_model=AlertManagementAlert)
async def move_alert(
    alert_id: AlertId,
    asked: MoveAlertManagementAlert,
    actor: Worker,
    session: Session,
    settings: SettingsOf,
) -> Response:
    """Move a alert to its next status."""
    return answer(await service.move_alert(session, actor, alert_id, asked.status, settings))
