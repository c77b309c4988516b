"""The contact points that account holders give themselves: how a responder is reached.

Nothing is copied from identity: who has an account says here how to be reached, confirms it, and takes it back here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from muster_core.auth import Actor, authorize_service
from muster_core.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from muster_core.identifiers import uuid7
from notification.addresses import AddressError, canonical
from notification.domain.subscribers import (
    CODE_TRIES,
    ChannelKind,
    Contact,
    Kind,
    Source,
    Status,
    Wish,
)
from notification.models import ContactPoint, Subscription
from notification.repository.subscribers import SubscriberRepository
from notification.service.managing import PointView, pause, view_point
from notification.service.problems import CodeRefusedError
from notification.service.subscribing import add_points, confirm, point_row, send_code

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from notification.vault import Vault

MOST = 6


def check_address(channel: ChannelKind, text: str, region: str | None) -> Contact:
    """An address in the form its channel takes.

    Raises:
        InvalidInputError: it is none.
    """
    try:
        return Contact(channel, canonical(channel, text, region))
    except AddressError as error:
        raise InvalidInputError.at("/address", f"The address {error}.") from error


def authorize_person(actor: Actor) -> None:
    """Refuse everyone but a person: programs and services are not called at night.

    Raises:
        ForbiddenError: the actor is none.
    """
    if actor.kind != "user":
        raise ForbiddenError("Only a person has contact points of their own.")


async def list_own(session: AsyncSession, actor: Actor, vault: Vault) -> list[PointView]:
    """One's own contact points, masked."""
    authorize_person(actor)
    repository = SubscriberRepository(session)
    subscription = await repository.of_account(actor.id)
    if subscription is None:
        return []
    return [view_point(vault, point) for point in await repository.points(subscription.id)]


async def add_own(
    session: AsyncSession, actor: Actor, vault: Vault, contact: Contact, language: str
) -> PointView:
    """Give a contact point; it counts when its code was entered.

    Raises:
        ConflictError: it is given already, or there are too many.
    """
    authorize_person(actor)
    repository = SubscriberRepository(session)
    await repository.lock(actor.id.bytes[8:])
    subscription = await repository.of_account(actor.id)
    wish = Wish(language=language, min_severity=1, tz="UTC")
    if subscription is None:
        subscription = Subscription(
            id=uuid7(),
            organization_id=actor.organization,
            account_id=actor.id,
            kind=Kind.STAFF,
            source=Source.ACCOUNT,
            status=Status.ACTIVE,
            language=language,
            exercise=False,
        )
        await repository.add(subscription, [])
    points = await repository.points(subscription.id)
    point = ContactPoint(**point_row(vault, subscription.id, wish, contact, exercise=False))
    if any(one.address_index == point.address_index for one in points):
        raise ConflictError("You have given this address already.")
    if len(points) >= MOST:
        raise ConflictError(f"At most {MOST} contact points: remove one first.")
    await add_points(session, vault, subscription, [point])
    await send_code(session, vault, point)
    return view_point(vault, point)


async def confirm_own(session: AsyncSession, actor: Actor, vault: Vault, code: str) -> bool:
    """Confirm whichever of one's contact points was sent this code; False for a wrong one, whose try is to be kept."""
    authorize_person(actor)
    subscription = await SubscriberRepository(session).of_account(actor.id)
    if subscription is None:
        raise NotFoundError("You have given no contact point.")
    return (await confirm(session, vault, subscription.id, code)).right


def refuse_code() -> CodeRefusedError:
    """The error for a wrong code."""
    return CodeRefusedError(
        f"This code is wrong or older than 15 minutes, or was tried {CODE_TRIES} times. Give the address again to get"
        " a new one."
    )


async def remove_own(session: AsyncSession, actor: Actor, contact_point_id: UUID) -> None:
    """Take a contact point back; its address is destroyed.

    Raises:
        NotFoundError: one has no such contact point.
    """
    authorize_person(actor)
    repository = SubscriberRepository(session)
    subscription = await repository.of_account(actor.id)
    point = await repository.point(contact_point_id)
    if subscription is None or point is None or point.subscription_id != subscription.id:
        raise NotFoundError("You have no such contact point.")
    await repository.delete(point)
    await repository.remove_empty(subscription.id)


async def follow_account(
    session: AsyncSession, actor: Actor, account_id: UUID, *, enabled: bool
) -> None:
    """Whoever's account is disabled is not called; once it is enabled they are, as before."""
    authorize_service(actor)
    repository = SubscriberRepository(session)
    subscription = await repository.of_account(account_id)
    if subscription is not None:
        pause(subscription, list(await repository.points(subscription.id)), paused=not enabled)
