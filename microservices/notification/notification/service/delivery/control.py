"""What a person may do with a broadcast: stop it, let it go on, try again what failed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from muster.notification.v1.events import BroadcastResumed, BroadcastStopped
from muster_core.auth import Actor, authorize
from muster_core.errors import NotFoundError
from muster_core.outbox import announce
from notification.domain.delivery import Lane
from notification.models.delivery import Broadcast
from notification.permissions import Permission
from notification.repository.delivery_control import ControlRepository
from notification.service.delivery.intake import call_workers
from notification.service.delivery.options import DeliverySettings
from notification.service.problems import BroadcastOverError


async def stop(session: AsyncSession, actor: Actor, broadcast_id: UUID) -> None:
    """Begin nothing more of a broadcast; what is at a provider stays there. Stopping twice is stopping.

    Raises:
        BroadcastOverError: it is finished, or was overtaken.
    """
    authorize(actor, Permission.MANAGE)
    broadcast = await _running(session, actor, broadcast_id)
    if broadcast.stopped_at is None:
        await ControlRepository(session).stop(broadcast, actor.name)
        await _tell(session, broadcast, BroadcastStopped)


async def resume(
    session: AsyncSession, actor: Actor, broadcast_id: UUID, options: DeliverySettings
) -> None:
    """Let a stopped broadcast go on.

    Raises:
        BroadcastOverError: it is finished, or was overtaken.
    """
    authorize(actor, Permission.MANAGE)
    broadcast = await _running(session, actor, broadcast_id)
    if broadcast.stopped_at is not None:
        broadcast.stopped_at = broadcast.stopped_by = None
        await _tell(session, broadcast, BroadcastResumed)
        await call_workers(session, Lane(broadcast.lane), options.calls)


async def retry_failed(
    session: AsyncSession, actor: Actor, broadcast_id: UUID, options: DeliverySettings
) -> int:
    """Try again what failed; answers how many deliveries that are. Those whose address is dead stay failed.

    Raises:
        BroadcastOverError: it has expired, or was overtaken.
    """
    authorize(actor, Permission.MANAGE)
    control = ControlRepository(session)
    broadcast = await _load(session, actor, broadcast_id)
    if broadcast.superseded_at is not None or await control.expired(broadcast):
        raise _over(broadcast)
    count = await control.reopen_failed(broadcast_id)
    if count:
        broadcast.finished_at = None
        await _tell(session, broadcast, BroadcastResumed)
        await call_workers(session, Lane(broadcast.lane), options.calls)
    return count


async def _running(session: AsyncSession, actor: Actor, broadcast_id: UUID) -> Broadcast:
    broadcast = await _load(session, actor, broadcast_id)
    if broadcast.finished_at is not None or broadcast.superseded_at is not None:
        raise _over(broadcast)
    return broadcast


async def _load(session: AsyncSession, actor: Actor, broadcast_id: UUID) -> Broadcast:
    found = await ControlRepository(session).get(actor.organization, broadcast_id)
    if found is None:
        raise NotFoundError(f"Your organization has no broadcast {broadcast_id}.")
    return found


def _over(broadcast: Broadcast) -> BroadcastOverError:
    how = "was overtaken by a later message" if broadcast.superseded_at else "is over"
    return BroadcastOverError(
        f'"{broadcast.headline}" {how}: nothing of it is sent any more. Publish an Update to reach people again.'
    )


async def _tell(
    session: AsyncSession,
    broadcast: Broadcast,
    kind: type[BroadcastStopped | BroadcastResumed],
) -> None:
    number = await ControlRepository(session).next_number(broadcast.id)
    about: dict[str, Any] = {
        "organization_id": broadcast.organization_id,
        "exercise": broadcast.exercise,
        "incident_id": broadcast.incident_id,
        "broadcast_id": broadcast.id,
        "alert_id": broadcast.alert_id,
        "thread_id": broadcast.thread_id,
        "headline": broadcast.headline,
        "recipients": broadcast.recipients,
    }
    await announce(session, kind(**about, version=number))
