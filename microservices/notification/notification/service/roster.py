"""The subscriptions that an organization runs: seen masked, paused, removed, and exported by whoever may."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from muster.notification.v1.events import (
    SubscriberPaused,
    SubscriberRemoved,
    SubscribersExported,
)
from muster_core.auth import Actor, authorize, require_step_up
from muster_core.errors import NotFoundError
from muster_core.identifiers import uuid7
from muster_core.outbox import announce
from notification.addresses import identity_of
from notification.domain.subscribers import ChannelKind, Kind, Source, Status, severity_of
from notification.permissions import Permission
from notification.repository.subscribers import SubscriberRepository
from notification.service.managing import PointView, pause, view_point

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from notification.models import ContactPoint, Subscription
    from notification.vault import Vault

EXPORTED = (
    "list", "kind", "status", "phone", "email", "web_push", "web_hook", "name", "place", "coordinates", "area",
    "language", "hazards", "severity", "timezone", "quiet_from", "quiet_until", "per_day",
)  # fmt: skip
_BATCH = 500


@dataclass(frozen=True, slots=True)
class RosterFilter:
    """Which subscriptions are shown; what is None does not matter."""

    kind: Kind | None = None
    source: Source | None = None
    status: Status | None = None
    list_name: str | None = None
    exercise: bool | None = None


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """A subscription as staff see it: no address, name or place in full."""

    subscription: Subscription
    points: list[PointView]
    min_severity: str
    hazards: list[str] | None
    placed: str


async def list_subscriptions(
    session: AsyncSession,
    actor: Actor,
    vault: Vault,
    wanted: RosterFilter,
    *,
    public: bool,
    after: UUID | None,
    limit: int,
) -> list[RosterEntry]:
    """A page, newest first. `public`: whether the organization runs what the public subscribed, too."""
    authorize(actor, Permission.MANAGE)
    repository = SubscriberRepository(session)
    found = await repository.page(
        actor.organization,
        public=public,
        after=after,
        limit=limit,
        kind=wanted.kind,
        source=wanted.source,
        status=wanted.status,
        list_name=wanted.list_name,
        exercise=wanted.exercise,
    )
    points = await _points(repository, found)
    return [_entry(vault, one, points.get(one.id, [])) for one in found]


def _entry(vault: Vault, subscription: Subscription, points: list[ContactPoint]) -> RosterEntry:
    first = points[0] if points else None
    placed = "area" if subscription.area else "point" if first and first.at else "none"
    return RosterEntry(
        subscription,
        [view_point(vault, point) for point in points],
        severity_of(first.min_severity if first else 1),
        first.hazards if first else None,
        placed,
    )


async def _points(
    repository: SubscriberRepository, found: Sequence[Subscription]
) -> dict[UUID, list[ContactPoint]]:
    points: dict[UUID, list[ContactPoint]] = {}
    for point in await repository.points_of([one.id for one in found]):
        points.setdefault(point.subscription_id, []).append(point)
    return points


async def pause_subscription(
    session: AsyncSession, actor: Actor, subscription_id: UUID, *, paused: bool, public: bool
) -> None:
    """Send nothing to a subscriber for a while, or go on.

    Raises:
        NotFoundError: the organization runs no such subscription.
    """
    authorize(actor, Permission.MANAGE)
    repository = SubscriberRepository(session)
    subscription = await _load(repository, actor, subscription_id, public=public)
    points = list(await repository.points(subscription_id))
    wanted = Status.PAUSED if paused else Status.ACTIVE
    if subscription.status == wanted:
        return
    pause(subscription, points, paused=paused)
    subscription.touch()
    await announce(
        session,
        SubscriberPaused(
            organization_id=actor.organization,
            exercise=subscription.exercise,
            subscription_id=subscription_id,
            paused=paused,
            version=subscription.version,
        ),
    )


async def remove_subscription(
    session: AsyncSession, actor: Actor, subscription_id: UUID, *, public: bool
) -> None:
    """End a subscription, and destroy what is known of its subscriber.

    Raises:
        NotFoundError: the organization runs no such subscription.
    """
    authorize(actor, Permission.MANAGE)
    repository = SubscriberRepository(session)
    subscription = await _load(repository, actor, subscription_id, public=public)
    fact = SubscriberRemoved(
        organization_id=actor.organization,
        exercise=subscription.exercise,
        subscription_id=subscription_id,
    )
    await repository.delete(subscription)
    await announce(session, fact)


async def begin_export(
    session: AsyncSession, actor: Actor, wanted: RosterFilter, *, public: bool
) -> int:
    """Say that subscribers leave the system, before the first one does. Answers how many.

    Raises:
        ForbiddenError: addresses in full need the right to see recipients, too.
        StepUpRequiredError: they need a second factor proven just before, too.
    """
    authorize(actor, Permission.MANAGE)
    authorize(actor, Permission.RECIPIENTS)
    require_step_up(actor)
    count = await SubscriberRepository(session).count(
        actor.organization, public=public, **_named(wanted)
    )
    await announce(
        session,
        SubscribersExported(
            organization_id=actor.organization, export_id=uuid7(), subscribers=count
        ),
    )
    return count


async def export_batch(
    session: AsyncSession,
    actor: Actor,
    vault: Vault,
    wanted: RosterFilter,
    *,
    public: bool,
    after: UUID | None,
) -> tuple[list[dict[str, str]], UUID | None]:
    """Some rows of an export that was begun, and after which subscription the next ones come (None: no more)."""
    authorize(actor, Permission.MANAGE)
    authorize(actor, Permission.RECIPIENTS)
    repository = SubscriberRepository(session)
    found = list(
        await repository.page(
            actor.organization, public=public, after=after, limit=_BATCH, **_named(wanted)
        )
    )
    points = await _points(repository, found)
    rows = [_exported(vault, one, points.get(one.id, [])) for one in found]
    return rows, found[-1].id if len(found) == _BATCH else None


def _named(wanted: RosterFilter) -> dict[str, object]:
    return {
        "kind": wanted.kind,
        "source": wanted.source,
        "status": wanted.status,
        "list_name": wanted.list_name,
        "exercise": wanted.exercise,
    }


def _exported(
    vault: Vault, subscription: Subscription, points: list[ContactPoint]
) -> dict[str, str]:
    details = vault.open_details(subscription.details_sealed, subscription.id)
    row = {
        "list": subscription.list_name or "",
        "kind": subscription.kind,
        "status": subscription.status,
        "name": details.get("name") or "",
        "place": details.get("place") or "",
        "area": json.dumps(subscription.area) if subscription.area else "",
        "language": subscription.language,
    }
    for point in points:
        channel = ChannelKind(point.channel)
        address = vault.open_address(point.address_sealed, point.id)
        row[_COLUMN[channel]] = (
            address if channel is ChannelKind.WEB_PUSH else _plain(channel, address)
        )
        row |= _wish(point)
    return row


_COLUMN = {
    ChannelKind.SMS: "phone",
    ChannelKind.EMAIL: "email",
    ChannelKind.WEB_PUSH: "web_push",
    ChannelKind.WEBHOOK: "web_hook",
}


def _plain(channel: ChannelKind, address: str) -> str:
    """As it is typed; a web hook's secret stays here."""
    return identity_of(channel, address) if channel is ChannelKind.WEBHOOK else address


def _wish(point: ContactPoint) -> dict[str, str]:
    return {
        "coordinates": "" if point.at is None else f"{point.at[1]:.4f}, {point.at[0]:.4f}",
        "hazards": " ".join(point.hazards or []),
        "severity": severity_of(point.min_severity),
        "timezone": point.tz,
        "quiet_from": f"{point.quiet_from:%H:%M}" if point.quiet_from else "",
        "quiet_until": f"{point.quiet_until:%H:%M}" if point.quiet_until else "",
        "per_day": "" if point.per_day is None else str(point.per_day),
    }


async def _load(
    repository: SubscriberRepository, actor: Actor, subscription_id: UUID, *, public: bool
) -> Subscription:
    found = await repository.get(subscription_id)
    ours = found is not None and (
        found.organization_id == actor.organization or (found.organization_id is None and public)
    )
    if found is None or not ours or found.source == Source.ACCOUNT:
        raise NotFoundError(f"Your organization runs no subscription {subscription_id}.")
    return found
