"""A published alert becomes a broadcast, its chunks and the call to the workers, in one transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from muster.alerts.v1.events import AlertPublished
from muster_core.auth import Actor, authorize
from muster_core.identifiers import uuid7
from muster_core.outbox import enqueue
from notification.domain.delivery import Lane, lane_of, rank_of
from notification.permissions import Permission
from notification.repository.delivery_intake import IntakeRepository
from notification.service.delivery.options import DeliverySettings
from notification.service.delivery.wording import frozen

WORK = "notification.work"


async def take_in(
    session: AsyncSession, actor: Actor, told: AlertPublished, options: DeliverySettings
) -> None:
    """Freeze the words, choose the recipients, and call the workers; the same alert again changes nothing.

    A later message of the thread overtakes the earlier ones, also when it comes first. A Cancel goes only to those to
    whom something of the thread was sent, or nobody knows whether it was.
    """
    authorize(actor, Permission.MANAGE)
    intake = IntakeRepository(session)
    await intake.hold_thread(told.thread_id)
    lane = lane_of(told.severity)
    exercise = told.exercise or told.status != "Actual"
    broadcast_id = uuid7()
    areas = [area.model_dump(mode="json") for area in told.areas]
    new = await intake.add(
        {
            "id": broadcast_id,
            "organization_id": told.organization_id,
            "alert_id": told.alert_id,
            "thread_id": told.thread_id,
            "number": told.number,
            "incident_id": told.incident_id,
            "exercise": exercise,
            "status": told.status,
            "msg_type": told.msg_type,
            "severity": told.severity,
            "hazard": told.hazard,
            "headline": told.headline,
            "content": frozen(told),
            "areas": areas,
            "lane": lane.value,
            "expires": told.expires,
            "recipients": 0,
        }
    )
    if not new:
        return
    await intake.overtake(told.thread_id, told.number)
    chunk: dict[str, Any] = {
        "broadcast_id": broadcast_id,
        "thread_id": told.thread_id,
        "number": told.number,
        "lane": lane.value,
        "severity_rank": rank_of(told.severity),
    }
    if told.msg_type == "Cancel":
        await intake.part_warned(chunk, len(areas))
    else:
        geometries = [area["geometry"] for area in areas]
        await intake.part(chunk, geometries, told.severity, told.hazard, exercise=exercise)
    await intake.count(broadcast_id)
    if await intake.overtaken(told.thread_id, told.number):
        await intake.overtake(told.thread_id, told.number + 1)
        return
    await call_workers(session, lane, options.calls)


async def call_workers(session: AsyncSession, lane: Lane, times: int) -> None:
    """Call so many worker processes to a lane; one that is at it already is not disturbed."""
    for _ in range(times):
        await enqueue(session, WORK, {"lane": lane.value}, lane=lane.value)
