"""Alerts for the search index."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from alert_management.repository.alerts import AlertRepository
from alert_management.service.access import about
from muster.alerts.v1.events import AlertFact
from muster_core.auth import Actor, authorize_service


async def searchable_after(
    session: AsyncSession, actor: Actor, alert_id: UUID, limit: int
) -> list[AlertFact]:
    """The next alerts by id; none left: empty."""
    authorize_service(actor)
    return [
        AlertFact(**about(one)) for one in await AlertRepository(session).after(alert_id, limit)
    ]
