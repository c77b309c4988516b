"""The one way to an alert: what is not of one's organization is not found."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.life import AlertStatus, can_follow, what_instead
from alert_management.errors import WrongStatusError
from alert_management.models import Alert, AlertEntry
from alert_management.repository.alerts import AlertRepository
from alert_management.schemas.content import AlertContent
from muster.alerts.v1.events import AlertStepped
from muster_core.auth import Actor
from muster_core.errors import NotFoundError
from muster_core.identifiers import uuid7
from muster_core.outbox import announce


def not_found(what: str, record_id: UUID) -> NotFoundError:
    """The same answer for what does not exist and for what may not be seen."""
    return NotFoundError(f"There is no {what} {record_id} in your organization.")


async def load_alert(session: AsyncSession, actor: Actor, alert_id: UUID) -> Alert:
    """An alert of the actor's organization, locked for a change.

    Raises:
        NotFoundError: absent, or of another organization.
    """
    alert = await AlertRepository(session).get(actor.organization, alert_id)
    if alert is None:
        raise not_found("alert", alert_id)
    return alert


def content_of(alert: Alert) -> AlertContent:
    """What an alert says."""
    return AlertContent.model_validate(alert.content)


def about(alert: Alert) -> dict[str, Any]:
    """What every event of an alert tells.

    A test of the real system counts as an exercise to everyone who hears of it: it reaches nobody, by construction.
    """
    content = alert.content
    texts: list[dict[str, Any]] = content["texts"]
    extent = alert.extent
    return {
        "organization_id": alert.organization_id,
        "exercise": alert.exercise or alert.test,
        "alert_id": alert.id,
        "thread_id": alert.thread_id,
        "headline": alert.headline,
        "version": alert.version,
        "incident_id": alert.incident_id,
        "facts": {
            "status": alert.status,
            "severity": alert.severity,
            "hazard": alert.hazard,
            "text": "\n".join(
                filter(
                    None,
                    (
                        one[name]
                        for one in texts
                        for name in ("headline", "description", "instruction")
                    ),
                )
            )[:4000],
            "bbox": (*extent[1], *extent[0]) if extent is not None else None,
            "at": alert.sent or alert.drafted_at,
        },
    }


def check_step(alert: Alert, wanted: AlertStatus) -> None:
    """Refuse a step that the life does not allow.

    Raises:
        WrongStatusError: the detail says what is allowed.
    """
    if not can_follow(alert.status, wanted):
        raise WrongStatusError(
            f"'{alert.headline}' is {_said(alert.status)} and cannot become {_said(wanted)}."
            f" {what_instead(alert.status)}"
        )


async def take_step(
    session: AsyncSession, actor: Actor, alert: Alert, wanted: AlertStatus, comment: str | None
) -> None:
    """Take a step of the review that was checked, and tell of it."""
    before = alert.status
    check_step(alert, wanted)
    alert.status = wanted
    alert.touch()
    note(session, actor, alert, before=before, after=wanted, comment=comment)
    await session.flush()
    await announce(
        session,
        AlertStepped(**about(alert), before=before, after=wanted, comment=comment),
    )


def note(session: AsyncSession, actor: Actor, alert: Alert, **said: Any) -> None:
    """Write a step or comment into the alert's history."""
    entry = AlertEntry(
        id=uuid7(),
        alert_id=alert.id,
        revision=alert.revision,
        at=datetime.now(UTC),
        by_id=actor.id,
        by_name=actor.name,
        **said,
    )
    AlertRepository(session).save(entry)


def _said(status: str) -> str:
    return status.replace("_", " ")
