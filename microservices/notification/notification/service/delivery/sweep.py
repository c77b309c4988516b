"""The clock's tick: nothing that was acknowledged stays lying about."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.auth import Actor, authorize
from notification.domain.delivery import Lane, State, again_when_in_doubt, pause_after
from notification.permissions import Permission
from notification.repository.delivery import DeliveryRepository
from notification.repository.delivery_sweep import Called, Lost, SweepRepository
from notification.service.delivery.intake import WORK, call_workers
from notification.service.delivery.options import DeliverySettings

_MOST = 40
_FIRST_PAUSE = 1.0
_AT_IT = timedelta(seconds=3)
_LONGEST_PAUSE = 60.0


async def take_up_lost(
    session: AsyncSession, actor: Actor, keyed: Collection[str], options: DeliverySettings
) -> int:
    """Open the chunks again whose worker was not heard of for a whole lease; answers how many there were.

    What it was sending is in doubt: it is sent again where it matters or cannot arrive twice. `keyed` names the
    providers that know our keys.
    """
    authorize(actor, Permission.MANAGE)
    deliveries = DeliveryRepository(session)
    sweeps = SweepRepository(session)
    found = await sweeps.lost(_MOST)
    for chunk in found:
        if chunk.superseded or chunk.expired:
            await _end(deliveries, chunk)
            continue
        again = again_when_in_doubt(chunk.severity, keyed=False)
        most = options.doubt_attempts
        await sweeps.doubt(chunk.id, again=again, keyed=sorted(keyed), most=most)
        await deliveries.release(chunk.id, pause_after(chunk.attempts, Lane(chunk.lane)))
    return len(found)


async def end_late(session: AsyncSession, actor: Actor) -> int:
    """Whatever was overtaken or has expired comes to its end, some chunks at a time; answers how many."""
    authorize(actor, Permission.MANAGE)
    deliveries = DeliveryRepository(session)
    found = await SweepRepository(session).too_late(_MOST)
    for chunk in found:
        await _end(deliveries, chunk)
    return len(found)


async def _end(deliveries: DeliveryRepository, chunk: Lost) -> None:
    if chunk.superseded:
        await deliveries.end_rest(chunk.id, State.SUPERSEDED, "later-message")
    else:
        await deliveries.end_rest(chunk.id, State.EXPIRED, "expired")
    await deliveries.release(chunk.id, timedelta(0))


async def call_to_waiting(session: AsyncSession, actor: Actor, options: DeliverySettings) -> None:
    """Call workers to lanes in which work waits; never while a call is still in the outbox.

    Who is called in vain is called less and less often: after 1 s, doubling to a minute, until a chunk is claimed again.
    """
    authorize(actor, Permission.MANAGE)
    sweeps = SweepRepository(session)
    if not await sweeps.be_the_clock():
        return
    for lane in await sweeps.waiting_lanes(WORK):
        pause = next_call(lane)
        if pause is None:
            continue
        await sweeps.called(lane.lane, pause)
        await call_workers(session, Lane(lane.lane), options.calls)


def next_call(lane: Called) -> float | None:
    """The pause after a call made now, in seconds; None if somebody is at it, or the last call is too recent."""
    if lane.claimed_at is not None and lane.now - lane.claimed_at < _AT_IT:
        return None
    if lane.called_at is None or (lane.claimed_at is not None and lane.claimed_at > lane.called_at):
        return _FIRST_PAUSE
    if lane.now - lane.called_at < timedelta(seconds=lane.pause_seconds):
        return None
    return min(_LONGEST_PAUSE, lane.pause_seconds * 2)
