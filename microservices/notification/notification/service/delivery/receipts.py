"""What providers tell later: kept once, and moving a delivery forward only, also if it comes before our own write."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.auth import Actor, authorize
from notification.channels.port import Receipt, ReceiptState
from notification.domain.delivery import BY_RECEIPT, State, receipt_moves
from notification.permissions import Permission
from notification.repository.delivery import DeliveryRepository, Result
from notification.repository.delivery_receipts import ReceiptRepository, Waiting

KEPT = timedelta(days=30)
_MEANS = {
    ReceiptState.ACCEPTED: State.ACCEPTED,
    ReceiptState.SENT: State.ACCEPTED,
    ReceiptState.DELIVERED: State.DELIVERED,
    ReceiptState.READ: State.DELIVERED,
    ReceiptState.FAILED: State.FAILED,
}


async def hear(session: AsyncSession, actor: Actor, told: Receipt) -> bool:
    """Keep a verified receipt and move its delivery; False if it was told before. One that is too early waits."""
    authorize(actor, Permission.MANAGE)
    kept = ReceiptRepository(session)
    position = await kept.keep(
        {
            "provider": told.provider,
            "provider_id": told.provider_id,
            "state": _MEANS[told.state].value,
            "key": _uuid(told.key),
            "reason": told.reason,
            "gone": told.gone,
            "at": told.at,
        }
    )
    if position is None:
        return False
    await _apply(session, await kept.found(position))
    return True


async def settle_early(
    session: AsyncSession, chunk_id: UUID, provider_ids: Sequence[str]
) -> None:
    """Receipts that came before the chunk's worker had written what they are about; the chunk is locked."""
    found = await ReceiptRepository(session).of_providers(provider_ids)
    await _apply(session, [one for one in found if one.chunk_id == chunk_id])


async def settle_waiting(session: AsyncSession, actor: Actor) -> None:
    """The same for those that came in the very moment, and forget old ones."""
    authorize(actor, Permission.MANAGE)
    kept = ReceiptRepository(session)
    await _apply(session, await kept.waiting(500))
    await kept.forget(datetime.now(UTC) - KEPT)


async def _apply(session: AsyncSession, waiting: Sequence[Waiting]) -> None:
    if not waiting:
        return
    kept = ReceiptRepository(session)
    deliveries = DeliveryRepository(session)
    chunks = sorted({one.chunk_id for one in waiting})
    standing = await kept.lock(chunks, [one.delivery_id for one in waiting])
    states = {one.id: one.state for one in standing}
    points = {one.id: one.contact_point_id for one in standing}
    results: dict[UUID, Result] = {}
    for one in waiting:
        told = State(one.state)
        if receipt_moves(states[one.delivery_id], told):
            states[one.delivery_id] = told
            results[one.delivery_id] = Result(
                one.delivery_id, told, one.provider, one.provider_id, one.reason
            )
    await deliveries.settle(list(results.values()), tuple(BY_RECEIPT))
    if gone := [points[one.delivery_id] for one in waiting if one.gone]:
        await deliveries.silence(gone)
    await deliveries.recount(chunks)
    await kept.settled([one.position for one in waiting])


def _uuid(key: str | None) -> UUID | None:
    try:
        return UUID(key) if key else None
    except ValueError:
        return None
