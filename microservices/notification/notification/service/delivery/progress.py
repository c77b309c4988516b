"""How far each broadcast has come, told at most once a second, and its end."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from muster.notification.v1.events import BroadcastFinished, BroadcastProgressed
from muster_core.auth import Actor, authorize
from muster_core.outbox import announce
from notification.permissions import Permission
from notification.repository.delivery_sweep import Running, SweepRepository


async def tell(session: AsyncSession, actor: Actor) -> None:
    """One tick of the clock: tell what has moved since the last one, receipts after the end too, and what is through.

    A tick comes once a second at most, so no broadcast is told of more often.
    """
    authorize(actor, Permission.MANAGE)
    sweeps = SweepRepository(session)
    if not await sweeps.be_the_clock():
        return
    for one in await sweeps.running():
        told = {**one.counts, "waiting": waiting_of(one)}
        done = not one.open and not one.finished and await sweeps.finish(one.id)
        if told == one.told and not done:
            continue
        number = one.number + 1
        await sweeps.told(one.id, told, number)
        fact = _fact(one, told)
        if done:
            end = BroadcastFinished(**fact, incident_id=one.incident_id, version=number)
            await announce(session, end)
        else:
            # Each second of it would bury what people did on the incident's timeline.
            await announce(session, BroadcastProgressed(**fact, version=number))


def waiting_of(one: Running) -> int:
    """Recipients for whom nothing has been decided yet, or something is under way."""
    return max(0, one.recipients - sum(one.counts.values()))


def _fact(one: Running, told: dict[str, int]) -> dict[str, Any]:
    return {
        "organization_id": one.organization_id,
        "exercise": one.exercise,
        "broadcast_id": one.id,
        "alert_id": one.alert_id,
        "thread_id": one.thread_id,
        "headline": one.headline,
        "recipients": one.recipients,
        "reached": told["accepted"] + told["delivered"],
        **told,
    }
