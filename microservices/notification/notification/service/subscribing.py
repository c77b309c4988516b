"""Subscribing: by anybody, for a place or an area, confirmed by a code. Nobody needs an account.

No function here has an actor: the right is a link that only this installation can sign, or nothing at all.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from muster_core.identifiers import uuid7
from muster_core.outbox import enqueue
from notification.addresses import identity_of
from notification.domain.subscribers import (
    CODE_LIVES,
    CODE_TRIES,
    ChannelKind,
    Contact,
    Kind,
    Source,
    Status,
    Wish,
)
from notification.models import ContactPoint, Subscription
from notification.pieces import cut
from notification.repository.subscribers import SubscriberRepository
from notification.service import asking
from notification.service.asking import address_subject

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

    from notification.vault import Vault


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What entering a code did. `waiting` are channels whose code is still to be entered."""

    right: bool
    waiting: list[str] = field(default_factory=list[str])
    secret: str | None = field(default=None, repr=False)
    """What a web hook's messages are signed with: shown once, to whoever proved to own the hook."""


async def subscribe(
    session: AsyncSession,
    vault: Vault,
    wish: Wish,
    contacts: Sequence[Contact],
    *,
    network_address: str,
    exercise: bool = False,
) -> UUID:
    """Take in a wish, and send each address a code. The same happens for a known and for an unknown address.

    Raises:
        TooManyAskingsError: too much was asked for from this network.
    """
    await asking.count_network(session, vault, network_address)
    subscription = Subscription(
        id=uuid7(),
        kind=Kind.PARTNER if _only_hooks(contacts) else Kind.PERSON,
        source=Source.PUBLIC,
        status=Status.UNCONFIRMED,
        language=wish.language,
        area=wish.area,
        exercise=exercise,
    )
    subscription.details_sealed = seal_details(vault, wish, subscription.id)
    points = [
        ContactPoint(**point_row(vault, subscription.id, wish, contact, exercise=exercise))
        for contact in contacts
    ]
    repository = SubscriberRepository(session)
    await add_points(session, vault, subscription, points)
    if wish.area is not None:
        await repository.add_pieces({subscription.id: cut(wish.area)})
    for point in points:
        await send_code(session, vault, point)
    return subscription.id


async def add_points(
    session: AsyncSession, vault: Vault, subscription: Subscription, points: Sequence[ContactPoint]
) -> None:
    """Store a subscription, new or not, with new contact points."""
    repository = SubscriberRepository(session)
    await repository.hold_addresses(
        [address_subject(vault, point.address_index) for point in points]
    )
    await repository.add(subscription, points)
    await repository.mark_singles(
        [point.id for point in points], [point.address_index for point in points]
    )


def _only_hooks(contacts: Sequence[Contact]) -> bool:
    return all(contact.channel is ChannelKind.WEBHOOK for contact in contacts)


def seal_details(vault: Vault, wish: Wish, subscription_id: UUID) -> bytes | None:
    """The name and the place in somebody's own words, sealed; None without any."""
    details = {"name": wish.name, "place": wish.place}
    return vault.seal_details(details, subscription_id) if any(details.values()) else None


def point_row(
    vault: Vault, subscription_id: UUID, wish: Wish, contact: Contact, *, exercise: bool
) -> dict[str, Any]:
    """A contact point as it is stored, not yet confirmed."""
    point_id = uuid7()
    return {
        "id": point_id,
        "subscription_id": subscription_id,
        "channel": contact.channel,
        "address_sealed": vault.seal_address(contact.address, point_id),
        "address_index": vault.index(
            contact.channel, identity_of(contact.channel, contact.address)
        ),
        "active": False,
        "verified_at": None,
        "exercise": exercise,
        **wish_columns(wish),
    }


def wish_columns(wish: Wish) -> dict[str, Any]:
    """What a contact point keeps of its subscription's wish."""
    start, end = wish.quiet or (None, None)
    return {
        "language": wish.language,
        "at": wish.at,
        "min_severity": wish.min_severity,
        "hazards": wish.hazards,
        "tz": wish.tz,
        "quiet_from": start,
        "quiet_until": end,
        "per_day": wish.per_day,
    }


async def send_code(session: AsyncSession, vault: Vault, point: ContactPoint) -> None:
    """Have a code sent to a contact point, unless its address was sent too many."""
    if not await asking.may_send_code(session, vault, point.address_index):
        return
    seed = secrets.token_bytes(16)
    await SubscriberRepository(session).put_confirmation(point.id, seed, CODE_LIVES)
    await enqueue(
        session,
        "notification.send_code",
        {"contact_point_id": str(point.id), "seed": seed.hex()},
        lane="urgent",
        expires_at=datetime.now(UTC).timestamp() + CODE_LIVES.total_seconds(),
    )


async def send_codes_again(
    session: AsyncSession, vault: Vault, subscription_id: UUID, *, network_address: str
) -> None:
    """Send new codes to what is not yet confirmed. An unknown subscription is answered alike.

    Raises:
        TooManyAskingsError: too much was asked for from this network.
    """
    await asking.count_network(session, vault, network_address)
    repository = SubscriberRepository(session)
    points = [one for one in await repository.points(subscription_id) if one.verified_at is None]
    await repository.hold_addresses([address_subject(vault, one.address_index) for one in points])
    for point in points:
        await send_code(session, vault, point)


async def confirm(
    session: AsyncSession, vault: Vault, subscription_id: UUID, code: str
) -> Confirmed:
    """Confirm whichever contact point of a subscription was sent this code.

    A wrong code counts against every code that is out; five spend it. It is an answer, not an error, so that the count
    is kept.
    """
    repository = SubscriberRepository(session)
    subscription = await repository.get(subscription_id)
    if subscription is None:
        return Confirmed(right=False)
    points = await repository.points(subscription_id)
    right = await _match(repository, vault, points, code)
    if right is not None and subscription.status == Status.UNCONFIRMED:
        subscription.status = Status.ACTIVE
        subscription.touch()
    if right is not None:
        right.verified_at = datetime.now(UTC)
        right.active = subscription.status == Status.ACTIVE
    waiting = [str(point.channel) for point in points if point.verified_at is None]
    return Confirmed(right is not None, waiting, _secret(vault, right))


def _secret(vault: Vault, point: ContactPoint | None) -> str | None:
    if point is None or point.channel != ChannelKind.WEBHOOK:
        return None
    return str(json.loads(vault.open_address(point.address_sealed, point.id))["secret"])


async def _match(
    repository: SubscriberRepository, vault: Vault, points: Sequence[ContactPoint], code: str
) -> ContactPoint | None:
    now, typed = datetime.now(UTC), code.encode("utf-8", "replace")
    out = await repository.confirmations([point.id for point in points])
    for point in points:
        sent = out.get(point.id)
        if sent is None or sent.expires_at <= now or sent.tries >= CODE_TRIES:
            continue
        if secrets.compare_digest(vault.code(point.id, sent.seed).encode(), typed):
            await repository.delete(sent)
            return point
    for sent in out.values():
        sent.tries = min(sent.tries + 1, CODE_TRIES)
    return None
