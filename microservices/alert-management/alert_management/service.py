"""The use cases. Each begins by asking whether the actor may."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management import repository
from alert_management.domain import AlertStatus, can_follow, next_statuses
from alert_management.models import Alert, Incident
from alert_management.permissions import Permission
from alert_management.repository import AlertFilter, AlertRepository, AlertView
from alert_management.schemas import ChangeAlertManagementAlert, OpenAlertManagementAlert
from alert_management.settings import Settings
from muster.alert_management.v1.events import (
    AlertManagementAlertChanged,
    AlertManagementAlertOpened,
    AlertManagementAlertStatusChanged,
)
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import ConflictError, InvalidInputError, NotFoundError
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbox import announce


class WrongStatusError(ConflictError):
    """The step is not in the table of the alert's life."""

    code = "wrong-status"
    title = "The status does not allow this step"


async def list_alerts(
    reads: Reader,
    actor: Actor,
    wanted: AlertFilter,
    settings: Settings,
    *,
    limit: int,
    cursor: str | None,
) -> bytes:
    """A page of the organization's alerts, newest first."""
    authorize(actor, Permission.READ)
    return await repository.list_alerts(
        reads, actor.organization, wanted, settings.overdue, limit=limit, cursor=cursor
    )


async def get_alert(reads: Reader, actor: Actor, alert_id: UUID, settings: Settings) -> AlertView:
    """One alert.

    Raises:
        NotFoundError: absent, or another organization's.
    """
    authorize(actor, Permission.READ)
    view = await repository.find_alert(reads, actor.organization, alert_id, settings.overdue)
    if view is None:
        raise _not_found(alert_id)
    return view


async def open_alert(
    session: AsyncSession, actor: Actor, asked: OpenAlertManagementAlert, settings: Settings
) -> AlertView:
    """Open a alert, for an incident or by itself.

    Raises:
        InvalidInputError: no such incident in the organization.
        ConflictError: the incident is closed.
    """
    authorize(actor, Permission.WORK)
    alerts = AlertRepository(session)
    exercise = asked.exercise
    if asked.incident_id is not None:
        incident = await alerts.incident(actor.organization, asked.incident_id)
        if incident is None:
            raise InvalidInputError.at("/incident_id", "Your organization has no such incident.")
        if incident.closed:
            raise ConflictError(f"'{incident.name}' is closed and takes no new alert.")
        exercise = incident.exercise
    opened = Alert(
        id=uuid7(),
        organization_id=actor.organization,
        name=asked.name,
        details=asked.details,
        status=AlertStatus.OPEN,
        incident_id=asked.incident_id,
        exercise=exercise,
        opened_at=datetime.now(UTC),
        opened_by_id=actor.id,
        opened_by_name=actor.name,
        version=1,
    )
    alerts.save(opened)
    await announce(session, AlertManagementAlertOpened(**_about(opened), details=opened.details))
    return await alerts.view(opened, settings.overdue)


async def change_alert(
    session: AsyncSession,
    actor: Actor,
    alert_id: UUID,
    asked: ChangeAlertManagementAlert,
    if_match: int,
    settings: Settings,
) -> AlertView:
    """Correct a alert.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
    """
    authorize(actor, Permission.WORK)
    alert = await _load(session, actor, alert_id)
    check_version(alert.version, if_match, f"'{alert.name}'")
    changed = [
        name
        for name in sorted(asked.model_fields_set)
        if getattr(alert, name) != getattr(asked, name)
    ]
    if changed:
        for name in changed:
            setattr(alert, name, getattr(asked, name))
        alert.touch()
        fact = AlertManagementAlertChanged(**_about(alert), details=alert.details, changed=changed)
        await announce(session, fact)
    return await AlertRepository(session).view(alert, settings.overdue)


async def move_alert(
    session: AsyncSession,
    actor: Actor,
    alert_id: UUID,
    wanted: AlertStatus,
    settings: Settings,
) -> AlertView:
    """Move a alert along its life, one allowed step at a time.

    Raises:
        WrongStatusError: the step is not allowed; the detail says what is.
    """
    authorize(actor, Permission.WORK)
    alert = await _load(session, actor, alert_id)
    if not can_follow(alert.status, wanted):
        allowed = ", ".join(next_statuses(alert.status)) or "nothing any more"
        raise WrongStatusError(
            f"'{alert.name}' is {alert.status} and cannot become {wanted}. It can become: {allowed}."
        )
    await _move(session, alert, wanted)
    return await AlertRepository(session).view(alert, settings.overdue)


async def hear_of_incident(session: AsyncSession, actor: Actor, told: Incident) -> None:
    """Keep an incident's name; what is still open when it closes is withdrawn."""
    authorize(actor, Permission.WORK)
    alerts = AlertRepository(session)
    await alerts.keep_incident(told)
    if told.closed:
        for alert in await alerts.open_ones_of(told.id):
            await _move(session, alert, AlertStatus.WITHDRAWN)


async def _load(session: AsyncSession, actor: Actor, alert_id: UUID) -> Alert:
    alert = await AlertRepository(session).get(actor.organization, alert_id)
    if alert is None:
        raise _not_found(alert_id)
    return alert


async def _move(session: AsyncSession, alert: Alert, wanted: AlertStatus) -> None:
    before, alert.status = alert.status, wanted
    alert.touch()
    await announce(
        session, AlertManagementAlertStatusChanged(**_about(alert), before=before, status=wanted)
    )


def _about(alert: Alert) -> dict[str, Any]:
    """What every event of a alert tells."""
    return {
        "organization_id": alert.organization_id,
        "exercise": alert.exercise,
        "incident_id": alert.incident_id,
        "alert_id": alert.id,
        "name": alert.name,
        "version": alert.version,
    }


def _not_found(alert_id: UUID) -> NotFoundError:
    return NotFoundError(f"Your organization has no alert {alert_id}.")
