"""An SMS that a subscriber answers: OK is counted, STOP ends it, HELP is told to the incident board."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from muster.notification.v1.events import HelpRequested
from muster_core.auth import Actor, authorize
from muster_core.identifiers import uuid7
from muster_core.outbox import announce
from notification.addresses import identity_of
from notification.channels.port import InboundText
from notification.channels.replies import Meaning, understand
from notification.domain.subscribers import ChannelKind
from notification.models.subscribers import ContactPoint
from notification.permissions import Permission
from notification.repository.delivery_replies import ReplyRepository
from notification.repository.subscribers import SubscriberRepository
from notification.service.managing import leave_by_address
from notification.vault import Vault

_LONGEST = 500


async def hear(
    session: AsyncSession, actor: Actor, vault: Vault, told: InboundText
) -> Meaning | None:
    """Do what a reply means, once; None if nobody is subscribed with that number, or it was heard before.

    The number is used to find the subscriber and then forgotten. What was written is kept sealed.
    """
    authorize(actor, Permission.MANAGE)
    identity = identity_of(ChannelKind.SMS, told.from_.value)
    points = await SubscriberRepository(session).by_address(vault.index(ChannelKind.SMS, identity))
    if not points:
        return None
    replies = ReplyRepository(session)
    warning = await replies.last_warning([point.id for point in points])
    point = points[0]
    reply = understand(told.text, point.language)
    reply_id = uuid7()
    new = await replies.keep(
        {
            "id": reply_id,
            "provider": told.provider,
            "provider_id": told.provider_id,
            "broadcast_id": warning and warning.broadcast_id,
            "contact_point_id": point.id,
            "meaning": reply.meaning.value,
            "text_sealed": vault.seal(told.text[:_LONGEST], f"replies:{reply_id}:text"),
            "at": told.place and (told.place[1], told.place[0]),
        }
    )
    if not new:
        return None
    if reply.meaning is Meaning.STOP:
        await leave_by_address(session, vault, ChannelKind.SMS, identity)
    elif reply.meaning is Meaning.HELP and warning is not None:
        await announce(
            session,
            HelpRequested(
                organization_id=warning.organization_id,
                exercise=warning.exercise,
                incident_id=warning.incident_id,
                request_id=reply_id,
                alert_id=warning.alert_id,
                thread_id=warning.thread_id,
                headline=warning.headline,
                text=(reply.words or told.text)[:_LONGEST],
                place=_place(told, point),
                language=point.language,
            ),
        )
    return reply.meaning


async def forget(session: AsyncSession, actor: Actor) -> None:
    """Destroy the words of replies after a week."""
    authorize(actor, Permission.MANAGE)
    await ReplyRepository(session).forget()


def _place(told: InboundText, point: ContactPoint) -> dict[str, Any] | None:
    """Where they were when they wrote, else the place they are subscribed for."""
    at = (told.place[1], told.place[0]) if told.place else point.at
    return None if at is None else {"type": "Point", "coordinates": [float(at[0]), float(at[1])]}
