"""Reading alerts, drafting them, and writing what they say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.life import AlertStatus, what_instead
from alert_management.domain.terms import hazard_of
from alert_management.domain.words import MsgType
from alert_management.errors import WrongStatusError
from alert_management.models import Alert, AlertVersion
from alert_management.permissions import Permission
from alert_management.repository import views
from alert_management.repository.alerts import AlertRepository
from alert_management.repository.views import AlertFilter, View
from alert_management.schemas.content import AlertContent
from alert_management.schemas.requests import DraftAlert
from alert_management.service.access import about, content_of, load_alert, not_found, note
from alert_management.service.areas import extent_of
from alert_management.service.templates import filled_template
from muster.alerts.v1.events import AlertDrafted, AlertRevised
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import InvalidInputError
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbox import announce


async def list_alerts(
    reads: Reader, actor: Actor, wanted: AlertFilter, *, limit: int, cursor: str | None
) -> bytes:
    """A page of the organization's alerts, newest first."""
    authorize(actor, Permission.READ)
    return await views.list_alerts(reads, actor.organization, wanted, limit=limit, cursor=cursor)


async def alert_detail(reads: Reader, actor: Actor, alert_id: UUID) -> View:
    """An alert with what it says, its history and its thread.

    Raises:
        NotFoundError: the organization has no such alert.
    """
    authorize(actor, Permission.READ)
    view = await views.alert_detail(reads, actor.organization, alert_id)
    if view is None:
        raise not_found("alert", alert_id)
    return view


async def alert_versions(reads: Reader, actor: Actor, alert_id: UUID) -> bytes:
    """Every version of what an alert said, oldest first.

    Raises:
        NotFoundError: the organization has no such alert.
    """
    authorize(actor, Permission.READ)
    body = await views.versions(reads, actor.organization, alert_id)
    if body is None:
        raise not_found("alert", alert_id)
    return body


async def draft_alert(session: AsyncSession, actor: Actor, request: DraftAlert) -> View:
    """Begin an alert, from nothing, from a template, or with content.

    Raises:
        InvalidInputError: a test cannot be an exercise; the incident is unknown or of the other world; the
            template is unknown, or a field of it is not.
    """
    authorize(actor, Permission.DRAFT)
    exercise = request.exercise
    if request.incident_id is not None:
        incident = await AlertRepository(session).incident(actor.organization, request.incident_id)
        if incident is None:
            raise InvalidInputError.at(
                "/incident_id", "Your organization has no incident with this id."
            )
        if "exercise" in request.model_fields_set and exercise != incident.exercise:
            raise InvalidInputError.at(
                "/exercise", f"'{incident.name}' is {'an' if incident.exercise else 'no'} exercise."
            )
        exercise = incident.exercise
    if exercise and request.test:
        raise InvalidInputError.at("/test", "An exercise is one already; leave `test` out.")
    content = request.content or AlertContent()
    if request.template_id is not None:
        if request.content is not None:
            raise InvalidInputError.at("/content", "Send a template or content, not both.")
        content = await filled_template(session, actor, request.template_id, request.fields)
    alert = new_alert(actor, content, incident_id=request.incident_id, exercise=exercise)
    alert.test = request.test
    return await save_draft(session, actor, alert, content)


def new_alert(
    actor: Actor,
    content: AlertContent,
    *,
    incident_id: UUID | None,
    exercise: bool,
    msg_type: MsgType = MsgType.ALERT,
) -> Alert:
    """A draft, not yet saved; the first of a thread unless it is told another."""
    alert_id = uuid7()
    return Alert(
        **columns_of(content),
        id=alert_id,
        organization_id=actor.organization,
        thread_id=alert_id,
        incident_id=incident_id,
        msg_type=msg_type,
        exercise=exercise,
        test=False,
        status=AlertStatus.DRAFT,
        revision=1,
        drafted_at=datetime.now(UTC),
        drafted_by_id=actor.id,
        drafted_by_name=actor.name,
        replaces=[],
        version=1,
    )


async def save_draft(
    session: AsyncSession, actor: Actor, alert: Alert, content: AlertContent
) -> View:
    """Store a new draft with its first version, and tell of it."""
    AlertRepository(session).save(alert)
    await session.flush()
    _keep_version(session, actor, alert, content)
    await announce(session, AlertDrafted(**about(alert), msg_type=alert.msg_type))
    return await views.alert_now(session, alert.id)


async def write_content(
    session: AsyncSession, actor: Actor, alert_id: UUID, content: AlertContent, if_match: int
) -> View:
    """Write what a draft says; each time is a version of its own, kept whole.

    Raises:
        WrongStatusError: it is no draft any more.
        PreconditionFailedError: someone else changed it since it was read.
    """
    authorize(actor, Permission.DRAFT)
    alert = await load_alert(session, actor, alert_id)
    if alert.status is not AlertStatus.DRAFT:
        raise WrongStatusError(
            f"'{alert.headline}' is {alert.status.replace('_', ' ')}: only a draft can be rewritten."
            f" {what_instead(alert.status)}"
        )
    check_version(alert.version, if_match, f"'{alert.headline}'")
    if content_of(alert) != content:
        for name, value in columns_of(content).items():
            setattr(alert, name, value)
        alert.revision += 1
        alert.touch()
        _keep_version(session, actor, alert, content)
        await session.flush()
        await announce(session, AlertRevised(**about(alert), revision=alert.revision))
    return await views.alert_now(session, alert.id)


async def add_comment(
    session: AsyncSession, actor: Actor, alert_id: UUID, comment: str, place: str | None
) -> View:
    """Say something about an alert; drafters and approvers may, at any time."""
    authorize(actor, Permission.READ)
    if not actor.may(Permission.APPROVE):
        authorize(actor, Permission.DRAFT)
    alert = await load_alert(session, actor, alert_id)
    note(session, actor, alert, comment=comment, place=place)
    return await views.alert_now(session, alert.id)


def columns_of(content: AlertContent) -> dict[str, Any]:
    """What is kept of the content in columns of its own."""
    event = next((one.event for one in content.texts if one.event), "")
    return {
        "content": content.stored(),
        "headline": content.headline,
        "hazard": hazard_of(content.term, event),
        "severity": content.severity,
        "extent": extent_of(content.areas),
    }


def _keep_version(session: AsyncSession, actor: Actor, alert: Alert, content: AlertContent) -> None:
    version = AlertVersion(
        alert_id=alert.id,
        revision=alert.revision,
        content=content.stored(),
        written_at=datetime.now(UTC),
        written_by_id=actor.id,
        written_by_name=actor.name,
    )
    AlertRepository(session).save(version)
