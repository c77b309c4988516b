"""The use cases. Each begins by asking whether the actor may."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from muster.notification.v1.events import (
    NotificationSubscriptionChanged,
    NotificationSubscriptionOpened,
    NotificationSubscriptionStatusChanged,
)
from muster_core.auth import Actor, authorize
from muster_core.database import Reader
from muster_core.errors import ConflictError, InvalidInputError, NotFoundError
from muster_core.http.conditional import check_version
from muster_core.identifiers import uuid7
from muster_core.outbox import announce
from notification import repository
from notification.domain import SubscriptionStatus, can_follow, next_statuses
from notification.models import Incident, Subscription
from notification.permissions import Permission
from notification.repository import SubscriptionFilter, SubscriptionRepository, SubscriptionView
from notification.schemas import ChangeNotificationSubscription, OpenNotificationSubscription
from notification.settings import Settings


class WrongStatusError(ConflictError):
    """The step is not in the table of the subscription's life."""

    code = "wrong-status"
    title = "The status does not allow this step"


async def list_subscriptions(
    reads: Reader,
    actor: Actor,
    wanted: SubscriptionFilter,
    settings: Settings,
    *,
    limit: int,
    cursor: str | None,
) -> bytes:
    """A page of the organization's subscriptions, newest first."""
    authorize(actor, Permission.READ)
    return await repository.list_subscriptions(
        reads, actor.organization, wanted, settings.overdue, limit=limit, cursor=cursor
    )


async def get_subscription(
    reads: Reader, actor: Actor, subscription_id: UUID, settings: Settings
) -> SubscriptionView:
    """One subscription.

    Raises:
        NotFoundError: absent, or another organization's.
    """
    authorize(actor, Permission.READ)
    view = await repository.find_subscription(
        reads, actor.organization, subscription_id, settings.overdue
    )
    if view is None:
        raise _not_found(subscription_id)
    return view


async def open_subscription(
    session: AsyncSession, actor: Actor, asked: OpenNotificationSubscription, settings: Settings
) -> SubscriptionView:
    """Open a subscription, for an incident or by itself.

    Raises:
        InvalidInputError: no such incident in the organization.
        ConflictError: the incident is closed.
    """
    authorize(actor, Permission.WORK)
    subscriptions = SubscriptionRepository(session)
    exercise = asked.exercise
    if asked.incident_id is not None:
        incident = await subscriptions.incident(actor.organization, asked.incident_id)
        if incident is None:
            raise InvalidInputError.at("/incident_id", "Your organization has no such incident.")
        if incident.closed:
            raise ConflictError(f"'{incident.name}' is closed and takes no new subscription.")
        exercise = incident.exercise
    opened = Subscription(
        id=uuid7(),
        organization_id=actor.organization,
        name=asked.name,
        details=asked.details,
        status=SubscriptionStatus.OPEN,
        incident_id=asked.incident_id,
        exercise=exercise,
        opened_at=datetime.now(UTC),
        opened_by_id=actor.id,
        opened_by_name=actor.name,
        version=1,
    )
    subscriptions.save(opened)
    await announce(
        session, NotificationSubscriptionOpened(**_about(opened), details=opened.details)
    )
    return await subscriptions.view(opened, settings.overdue)


async def change_subscription(
    session: AsyncSession,
    actor: Actor,
    subscription_id: UUID,
    asked: ChangeNotificationSubscription,
    if_match: int,
    settings: Settings,
) -> SubscriptionView:
    """Correct a subscription.

    Raises:
        PreconditionFailedError: someone else changed it since it was read.
    """
    authorize(actor, Permission.WORK)
    subscription = await _load(session, actor, subscription_id)
    check_version(subscription.version, if_match, f"'{subscription.name}'")
    changed = [
        name
        for name in sorted(asked.model_fields_set)
        if getattr(subscription, name) != getattr(asked, name)
    ]
    if changed:
        for name in changed:
            setattr(subscription, name, getattr(asked, name))
        subscription.touch()
        fact = NotificationSubscriptionChanged(
            **_about(subscription), details=subscription.details, changed=changed
        )
        await announce(session, fact)
    return await SubscriptionRepository(session).view(subscription, settings.overdue)


async def move_subscription(
    session: AsyncSession,
    actor: Actor,
    subscription_id: UUID,
    wanted: SubscriptionStatus,
    settings: Settings,
) -> SubscriptionView:
    """Move a subscription along its life, one allowed step at a time.

    Raises:
        WrongStatusError: the step is not allowed; the detail says what is.
    """
    authorize(actor, Permission.WORK)
    subscription = await _load(session, actor, subscription_id)
    if not can_follow(subscription.status, wanted):
        allowed = ", ".join(next_statuses(subscription.status)) or "nothing any more"
        raise WrongStatusError(
            f"'{subscription.name}' is {subscription.status} and cannot become {wanted}. It can become: {allowed}."
        )
    await _move(session, subscription, wanted)
    return await SubscriptionRepository(session).view(subscription, settings.overdue)


async def hear_of_incident(session: AsyncSession, actor: Actor, told: Incident) -> None:
    """Keep an incident's name; what is still open when it closes is withdrawn."""
    authorize(actor, Permission.WORK)
    subscriptions = SubscriptionRepository(session)
    await subscriptions.keep_incident(told)
    if told.closed:
        for subscription in await subscriptions.open_ones_of(told.id):
            await _move(session, subscription, SubscriptionStatus.WITHDRAWN)


async def _load(session: AsyncSession, actor: Actor, subscription_id: UUID) -> Subscription:
    subscription = await SubscriptionRepository(session).get(actor.organization, subscription_id)
    if subscription is None:
        raise _not_found(subscription_id)
    return subscription


async def _move(
    session: AsyncSession, subscription: Subscription, wanted: SubscriptionStatus
) -> None:
    before, subscription.status = subscription.status, wanted
    subscription.touch()
    await announce(
        session,
        NotificationSubscriptionStatusChanged(**_about(subscription), before=before, status=wanted),
    )


def _about(subscription: Subscription) -> dict[str, Any]:
    """What every event of a subscription tells."""
    return {
        "organization_id": subscription.organization_id,
        "exercise": subscription.exercise,
        "incident_id": subscription.incident_id,
        "subscription_id": subscription.id,
        "name": subscription.name,
        "version": subscription.version,
    }


def _not_found(subscription_id: UUID) -> NotFoundError:
    return NotFoundError(f"Your organization has no subscription {subscription_id}.")
