"""What subscribers answered, and which warning they answered to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from notification.database import SCHEMA
from notification.domain.delivery import BEGUN
from notification.models.delivery import Reply


@dataclass(frozen=True, slots=True)
class Answered:
    """The warning that somebody was sent last."""

    broadcast_id: UUID
    organization_id: UUID | None
    alert_id: UUID
    thread_id: UUID
    incident_id: UUID | None
    exercise: bool
    headline: str


class ReplyRepository:
    """The replies of one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def keep(self, values: dict[str, Any]) -> bool:
        """Keep a reply; False if the provider told it before."""
        added = insert(Reply).values(values).on_conflict_do_nothing().returning(Reply.id)
        return await self._session.scalar(added) is not None

    async def forget(self) -> None:
        """Destroy what was written more than a week ago; what it meant stays counted."""
        await self._session.execute(
            text(
                f"UPDATE {SCHEMA}.replies SET text_sealed = '', at = NULL WHERE length(text_sealed) > 0"
                " AND received_at < clock_timestamp() - interval '7 days'"
            )
        )

    async def last_warning(self, contact_points: Sequence[UUID]) -> Answered | None:
        """What was sent last to any of them within a week, whose text they can mean."""
        row = (
            await self._session.execute(
                text(
                    "SELECT b.id, b.organization_id, b.alert_id, b.thread_id, b.incident_id, b.exercise, b.headline"
                    f" FROM {SCHEMA}.deliveries d JOIN {SCHEMA}.broadcasts b ON b.id = d.broadcast_id"
                    " WHERE d.contact_point_id = ANY(:ids) AND d.state = ANY(:begun)"
                    " AND d.begun_at > clock_timestamp() - interval '7 days' ORDER BY d.begun_at DESC LIMIT 1"
                ),
                {"ids": list(contact_points), "begun": [state.value for state in BEGUN]},
            )
        ).first()
        return None if row is None else Answered(*row)
