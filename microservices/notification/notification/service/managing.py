"""Seeing, changing and ending one's own subscription, by a signed link. Addresses are shown masked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from muster_core.errors import NotFoundError
from notification.addresses import mask
from notification.domain.subscribers import ChannelKind, Status, Wish
from notification.pieces import cut
from notification.repository.subscribers import SubscriberRepository
from notification.service.subscribing import seal_details, wish_columns

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from notification.models import ContactPoint, Subscription
    from notification.vault import Vault


@dataclass(frozen=True, slots=True)
class PointView:
    """A contact point as its owner sees it."""

    id: UUID
    channel: ChannelKind
    masked: str
    confirmed: bool


@dataclass(frozen=True, slots=True)
class OwnView:
    """A subscription as its owner sees it."""

    id: UUID
    status: Status
    wish: Wish
    points: list[PointView]


async def show(session: AsyncSession, vault: Vault, subscription_id: UUID) -> OwnView:
    """A subscription, for whoever holds its link.

    Raises:
        NotFoundError: it was ended.
    """
    subscription, points = await _load(session, subscription_id)
    return _view(vault, subscription, points)


async def change(
    session: AsyncSession, vault: Vault, subscription_id: UUID, wish: Wish, *, paused: bool
) -> OwnView:
    """Change where, of what and when somebody is warned.

    Raises:
        NotFoundError: it was ended.
    """
    subscription, points = await _load(session, subscription_id)
    repository = SubscriberRepository(session)
    if wish.area != subscription.area:
        await repository.drop_pieces(subscription.id)
        if wish.area is not None:
            await repository.add_pieces({subscription.id: cut(wish.area)})
    subscription.area = wish.area
    subscription.language = wish.language
    subscription.details_sealed = seal_details(vault, wish, subscription.id)
    for point in points:
        for name, value in wish_columns(wish).items():
            setattr(point, name, value)
    pause(subscription, points, paused=paused)
    subscription.touch()
    await session.flush()
    return _view(vault, subscription, points)


def pause(subscription: Subscription, points: list[ContactPoint], *, paused: bool) -> None:
    """Stop a subscription for a while, or let it go on; what was never confirmed stays silent either way."""
    if subscription.status == Status.UNCONFIRMED:
        return
    subscription.status = Status.PAUSED if paused else Status.ACTIVE
    for point in points:
        point.active = not paused and point.verified_at is not None


async def leave(session: AsyncSession, contact_point_id: UUID) -> None:
    """End one contact point, at once and for good; with the last one the subscription ends. Ended is ended."""
    repository = SubscriberRepository(session)
    point = await repository.point(contact_point_id)
    if point is not None:
        subscription_id = point.subscription_id
        await repository.delete(point)
        await repository.remove_empty(subscription_id)


async def leave_all(session: AsyncSession, subscription_id: UUID) -> None:
    """End a subscription, at once and for good: nothing of it stays."""
    repository = SubscriberRepository(session)
    subscription = await repository.get(subscription_id)
    if subscription is not None:
        await repository.delete(subscription)


async def leave_by_address(
    session: AsyncSession, vault: Vault, channel: ChannelKind, identity: str
) -> int:
    """End every contact point of an address: what a STOP from it means. Answers how many there were.

    `identity` as `addresses.identity_of` tells it: the E.164 number, the e-mail address in lower case.
    """
    repository = SubscriberRepository(session)
    points = await repository.by_address(vault.index(channel, identity))
    for point in points:
        await repository.delete(point)
        await repository.remove_empty(point.subscription_id)
    return len(points)


async def _load(
    session: AsyncSession, subscription_id: UUID
) -> tuple[Subscription, list[ContactPoint]]:
    repository = SubscriberRepository(session)
    subscription = await repository.get(subscription_id)
    if subscription is None:
        raise NotFoundError("This subscription was ended.")
    return subscription, list(await repository.points(subscription_id))


def _view(vault: Vault, subscription: Subscription, points: list[ContactPoint]) -> OwnView:
    details: dict[str, Any] = vault.open_details(subscription.details_sealed, subscription.id)
    first = points[0]
    wish = Wish(
        language=first.language,
        min_severity=first.min_severity,
        tz=first.tz,
        at=None if first.at is None else (float(first.at[0]), float(first.at[1])),
        area=subscription.area,
        hazards=first.hazards,
        quiet=(first.quiet_from, first.quiet_until)
        if first.quiet_from is not None and first.quiet_until is not None
        else None,
        per_day=first.per_day,
        name=details.get("name"),
        place=details.get("place"),
    )
    return OwnView(
        subscription.id,
        Status(subscription.status),
        wish,
        [view_point(vault, point) for point in points],
    )


def view_point(vault: Vault, point: ContactPoint) -> PointView:
    """A contact point with its address masked."""
    channel = ChannelKind(point.channel)
    address = vault.open_address(point.address_sealed, point.id)
    return PointView(point.id, channel, mask(channel, address), point.verified_at is not None)
