"""What events tell of an alert that was taken in, and the same for the search index to be built anew."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from shapely.geometry import shape
from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.domain.received import ReceivedState, Shown
from alert_management.models.received import ReceivedAlert
from alert_management.repository.received import received_after
from muster.alerts.v1.events import AlertReceived, ReceivedFacts
from muster_core.auth import Actor, authorize_service

LONGEST_TEXT = 4_000


def shown(alert: ReceivedAlert) -> ReceivedState | Shown:
    """As it is announced: expired once that has been told."""
    over = alert.state is ReceivedState.IN_FORCE and alert.lapse_told
    return Shown.EXPIRED if over else alert.state


def told_of(alert: ReceivedAlert) -> dict[str, Any]:
    """What every event of it tells."""
    return {
        "organization_id": alert.organization_id,
        "exercise": alert.exercise,
        "received_id": alert.id,
        "thread_id": alert.thread_id,
        "headline": alert.headline,
        "sender": alert.sender,
        "severity": alert.severity,
        "version": alert.version,
        "facts": ReceivedFacts(
            state=str(shown(alert)),
            event=alert.event,
            text=_text(alert),
            bbox=shape(alert.outline).bounds if alert.outline else None,
            at=alert.sent,
        ),
    }


def _text(alert: ReceivedAlert) -> str:
    infos: list[dict[str, Any]] = alert.message.get("infos", [])
    said = [info.get(name) for info in infos for name in ("headline", "description")]
    return "\n".join(filter(None, (alert.area, alert.identifier, *said)))[:LONGEST_TEXT]


async def searchable_after(
    session: AsyncSession, actor: Actor, received_id: UUID, limit: int
) -> list[AlertReceived]:
    """The next received alerts by id; none left: empty."""
    authorize_service(actor)
    found = await received_after(session, received_id, limit)
    return [AlertReceived(**told_of(one), signature=one.signature) for one in found]
