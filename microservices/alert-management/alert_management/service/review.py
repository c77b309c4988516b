"""The review: two pairs of eyes before the public sees anything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.life import AlertStatus
from alert_management.errors import SecondPersonError
from alert_management.models import Alert
from alert_management.permissions import Permission
from alert_management.repository import known, views
from alert_management.repository.alerts import NEW_FOR, AlertRepository
from alert_management.repository.views import View
from alert_management.service.access import check_step, content_of, load_alert, take_step
from alert_management.service.cap_faults import cap_faults
from alert_management.service.checks import check_content, check_ready
from alert_management.service.compose import cap_alert, envelope_of
from alert_management.settings import Settings
from muster_core.auth import Actor, authorize, require_step_up

# Where this installation is reached matters to no rule.
_ANYWHERE = "https://muster.invalid"


async def check_sendable(session: AsyncSession, alert: Alert, settings: Settings) -> None:
    """Refuse an alert that could not go out as it is.

    Raises:
        NotReadyError: `errors` says where.
    """
    organization = await known.organization(session, alert.organization_id)
    content, now = content_of(alert), datetime.now(UTC)
    findings = check_content(
        content,
        alert.msg_type,
        organization.area if organization is not None else None,
        now,
        settings.max_vertices,
    )
    check_ready(findings)
    envelope = envelope_of(alert, organization, settings.sender_domain, _ANYWHERE, now)
    check_ready(cap_faults(cap_alert(alert, content, envelope)))


async def submit(
    session: AsyncSession, actor: Actor, alert_id: UUID, comment: str | None, settings: Settings
) -> View:
    """Hand a draft over to be reviewed by somebody else.

    Raises:
        WrongStatusError: it is no draft.
        NotReadyError: it could not go out as it is.
    """
    authorize(actor, Permission.DRAFT)
    alert = await load_alert(session, actor, alert_id)
    check_step(alert, AlertStatus.IN_REVIEW)
    await check_sendable(session, alert, settings)
    alert.submitted_at = datetime.now(UTC)
    alert.submitted_by_id, alert.submitted_by_name = actor.id, actor.name
    await take_step(session, actor, alert, AlertStatus.IN_REVIEW, comment)
    return await views.alert_now(session, alert.id)


async def give_back(session: AsyncSession, actor: Actor, alert_id: UUID, comment: str) -> View:
    """Return an alert to its authors, saying why; whoever submitted it may also take it back.

    Raises:
        WrongStatusError: it is neither in review nor approved.
    """
    authorize(actor, Permission.READ)
    alert = await load_alert(session, actor, alert_id)
    if not (actor.id == alert.submitted_by_id and actor.may(Permission.DRAFT)):
        authorize(actor, Permission.APPROVE)
    alert.approved_at = alert.approved_by_id = alert.approved_by_name = None
    await take_step(session, actor, alert, AlertStatus.DRAFT, comment)
    return await views.alert_now(session, alert.id)


async def reject(session: AsyncSession, actor: Actor, alert_id: UUID, comment: str) -> View:
    """Decide that an alert is never sent. Drafters may discard a draft; the rest needs an approver.

    Raises:
        WrongStatusError: the public has seen it, or it is rejected already.
    """
    authorize(actor, Permission.READ)
    alert = await load_alert(session, actor, alert_id)
    if not (alert.status is AlertStatus.DRAFT and actor.may(Permission.DRAFT)):
        authorize(actor, Permission.APPROVE)
    await take_step(session, actor, alert, AlertStatus.REJECTED, comment)
    return await views.alert_now(session, alert.id)


async def approve(
    session: AsyncSession, actor: Actor, alert_id: UUID, comment: str | None, settings: Settings
) -> View:
    """Approve an alert as a second person, with a second factor shown in the last five minutes.

    Raises:
        SecondPersonError: the actor, or whoever made the actor's account today, had a hand in it.
        WrongStatusError: it is not in review.
        NotReadyError: it could not go out as it is any more.
    """
    authorize(actor, Permission.APPROVE)
    require_step_up(actor)
    alert = await load_alert(session, actor, alert_id)
    check_step(alert, AlertStatus.APPROVED)
    await check_second_person(session, actor, alert)
    await check_sendable(session, alert, settings)
    alert.approved_at = datetime.now(UTC)
    alert.approved_by_id, alert.approved_by_name = actor.id, actor.name
    await take_step(session, actor, alert, AlertStatus.APPROVED, comment)
    return await views.alert_now(session, alert.id)


async def check_second_person(session: AsyncSession, actor: Actor, alert: Alert) -> None:
    """Refuse whoever submitted an alert or wrote any of it, and accounts that one of them had in hand today.

    Raises:
        SecondPersonError: says which it is.
    """
    repository = AlertRepository(session)
    authors = await repository.authors(alert.id)
    if actor.id == alert.submitted_by_id:
        raise SecondPersonError(
            f"You submitted '{alert.headline}'. Somebody else has to approve it."
        )
    if actor.id in authors:
        raise SecondPersonError(
            f"You wrote part of '{alert.headline}'. Somebody who did not has to approve it."
        )
    hands = authors | {alert.submitted_by_id}
    if hands & await repository.handlers(actor.id, datetime.now(UTC) - NEW_FOR):
        raise SecondPersonError(
            f"Your account was made or reset within 24 hours by somebody who had a hand in '{alert.headline}'."
            " Somebody else has to approve it."
        )
    if await repository.handled(actor.id) is None and _is_new(actor.id):
        raise SecondPersonError(
            "Your account is new, and who made it is not known here yet. Try again in a minute,"
            " or let somebody else approve it."
        )


def _is_new(account: UUID) -> bool:
    """Whether an account's own id, a UUIDv7, says that it was made within 24 hours."""
    if account.version != 7:
        return False
    made = datetime.fromtimestamp((account.int >> 80) / 1000, UTC)
    return datetime.now(UTC) - made < timedelta(hours=24)
