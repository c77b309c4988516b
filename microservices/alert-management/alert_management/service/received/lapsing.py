"""The end of alerts of others by the clock: announced once, so that whoever keeps them knows."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.repository.received import lapsed
from alert_management.service.received.facts import shown, told_of
from muster.alerts.v1.events import ReceivedAlertEnded
from muster_core.auth import Actor, authorize_service
from muster_core.outbox import announce

_SWEEP = 200


async def tell_lapsed(session: AsyncSession, actor: Actor) -> int:
    """Announce those whose time is over; answers how many. Whether it is over is never asked of this."""
    authorize_service(actor)
    found = await lapsed(session, _SWEEP)
    for alert in found:
        alert.lapse_told = True
        alert.touch()
    await session.flush()
    for alert in found:
        await announce(session, ReceivedAlertEnded(**told_of(alert), how=str(shown(alert))))
    return len(found)
