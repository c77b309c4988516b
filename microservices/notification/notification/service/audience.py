"""How many an alert would reach."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncSession

from muster_core.auth import Actor, authorize
from notification.permissions import Permission
from notification.pieces import GeoJSON
from notification.repository import audience as repository
from notification.repository.audience import Counted


async def count_audience(
    session: AsyncSession,
    actor: Actor,
    area: GeoJSON,
    severity: str,
    hazard: str,
    *,
    exercise: bool,
) -> Counted:
    """Count whom an alert would reach now, by the SQL that selects them when it is published.

    Raises:
        InvalidInputError: the area is none.
    """
    authorize(actor, Permission.READ)
    audience = repository.select_audience(area, severity, hazard, exercise=exercise)
    return await repository.count_audience(session, audience)
