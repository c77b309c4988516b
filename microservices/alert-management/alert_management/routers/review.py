from __future__ import annotations

from fastapi.responses import Response

from alert_management.cap.settings import CapSettings
from alert_management.database import Session
from alert_management.routers.shared import (
    AddressOf,
    AlertId,
    Approver,
    Drafter,
    Reader,
    SettingsOf,
    answer,
)
from alert_management.schemas.answers import AlertDetail
from alert_management.schemas.requests import AddComment, NeededComment, ReviewComment
from alert_management.service import alerts, publishing
from alert_management.service import review as service
from alert_management.signing import signing_key
from muster_core.http.dependencies import RuntimeOf
from muster_core.http.routing import service_router

router = service_router("/alerts", "alerts")


@router.post("/{alert_id}/submit", response_model=AlertDetail)
async def submit_alert(
    alert_id: AlertId,
    actor: Drafter,
    session: Session,
    settings: SettingsOf,
    request: ReviewComment | None = None,
) -> Response:
    """Hand a draft over for review by somebody else."""
    comment = request.comment if request is not None else None
    return answer(await service.submit(session, actor, alert_id, comment, settings), "alerts")


@router.post("/{alert_id}/return", response_model=AlertDetail)
async def return_alert(
    alert_id: AlertId, request: NeededComment, actor: Reader, session: Session
) -> Response:
    """Return an alert to its authors, saying why; needs alerts:approve, or to have submitted it oneself."""
    return answer(await service.give_back(session, actor, alert_id, request.comment), "alerts")


@router.post("/{alert_id}/reject", response_model=AlertDetail)
async def reject_alert(
    alert_id: AlertId, request: NeededComment, actor: Reader, session: Session
) -> Response:
    """Decide that an alert is never sent; needs alerts:approve, or alerts:draft for a draft."""
    return answer(await service.reject(session, actor, alert_id, request.comment), "alerts")


@router.post("/{alert_id}/approve", response_model=AlertDetail)
async def approve_alert(
    alert_id: AlertId,
    actor: Approver,
    session: Session,
    settings: SettingsOf,
    request: ReviewComment | None = None,
) -> Response:
    """Approve an alert as a second person, with a second factor shown in the last five minutes."""
    comment = request.comment if request is not None else None
    return answer(await service.approve(session, actor, alert_id, comment, settings), "alerts")


@router.post("/{alert_id}/publish", response_model=AlertDetail)
async def publish_alert(
    alert_id: AlertId,
    actor: Approver,
    session: Session,
    settings: SettingsOf,
    address: AddressOf,
    runtime: RuntimeOf,
) -> Response:
    """Send an approved alert to the public; needs a second factor shown in the last five minutes."""
    view = await publishing.publish(
        session,
        actor,
        alert_id,
        settings=settings,
        address=address,
        key=signing_key(runtime.service_settings(CapSettings)),
    )
    return answer(view, "alerts")


@router.post("/{alert_id}/comments", status_code=201, response_model=AlertDetail)
async def add_comment(
    alert_id: AlertId, request: AddComment, actor: Reader, session: Session
) -> Response:
    """Say something about an alert, or about a part of what it says; needs alerts:draft or alerts:approve."""
    view = await alerts.add_comment(session, actor, alert_id, request.comment, request.place)
    return answer(view, "alerts", 201)
